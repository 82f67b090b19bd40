#pragma once
// Where trees and what is known of them lie, proven inside their roots; and the warm ones that wait for reuse.
//
// <workspace>/<safe tree>/ is a tree, <state>/trees/<safe tree>/ its index and its `base` record. Released trees
// wait in <workspace>/.warm/<safe repository>/N with their index in <state>/warm/<safe repository>/N. The record
// is written last, so a tree with a state directory and without a record is ours and unfinished.

#include "adapters/git/files.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace hyakki::git2 {

struct tree_record {
  std::string repository;
  std::string branch;
  std::string base_branch;
  std::string base_sha;
};

class tree_place {
public:
  static result<tree_place> open(const std::string& workspace, const std::string& state);

  std::string tree_path(std::string_view tree) const;
  std::string index_path(std::string_view tree) const;
  files::descriptor open_tree(std::string_view tree) const;
  /// What is known of a tree, and its directory; empty when it was never finished or is gone.
  result<std::optional<tree_record>> find(std::string_view repository, std::string_view tree,
                                          files::descriptor* opened = nullptr) const;

  /// Begins (again): makes the tree's directories, from a warm one when there is one. `warm` says so.
  result<files::descriptor> begin(std::string_view repository, std::string_view tree, bool& warm);
  result<void> finish(std::string_view tree, const tree_record& what);
  /// True when giving a tree back was begun and not ended; `retire` ends it.
  bool is_retiring(std::string_view repository, std::string_view tree) const;
  /// Puts a proven tree aside for reuse, or removes it when enough wait.
  result<void> retire(std::string_view repository, std::string_view tree, std::uint32_t most_warm);

private:
  std::string workspace_;
  std::string state_;
  files::descriptor workspace_dir_;
  files::descriptor trees_dir_;
  files::descriptor warm_state_dir_;
};

} // namespace hyakki::git2
