#pragma once
// What checkout and staging share: the way to a path's directory, and git's own two filters.
//
// A part of working_tree. The filters are line ends and ident, as the attributes of an index ask for them; no
// other filter exists here.

#include "adapters/git/files.hpp"
#include "adapters/git/libgit2.hpp"

#include <string>
#include <string_view>

namespace hyakki::git2 {

/// Which attributes apply: path and content of every .gitattributes; empty when there is none.
std::string attributes_of(git_index* index);

/// Content after (or before) git's own two filters: line ends and ident.
result<std::string> filtered(git_repository* repo, const std::string& path, std::string_view content,
                             git_filter_mode_t way);

/// Opens the directory that holds `path`, one component after the other; keeps the last one open.
class parents {
public:
  explicit parents(int root) : root_(root) {}
  /// Directory of `path`, -1 when a component is no directory; `name` becomes its last component.
  int of(const std::string& path, std::string& name, bool make);
  void forget() { last_ = files::descriptor{}; }

private:
  int root_;
  files::descriptor last_;
  std::string last_path_;
};

} // namespace hyakki::git2
