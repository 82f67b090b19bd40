#include "adapters/git/tree_parts.hpp"

#include "core/utf8.hpp"

#include <git2/sys/repository.h>

#include <algorithm>
#include <cerrno>

namespace hyakki::git2 {

std::string attributes_of(git_index* index) {
  auto out = std::string{};
  for (std::size_t i = 0, n = git_index_entrycount(index); i < n; ++i) {
    auto* e = git_index_get_byindex(index, i);
    auto path = std::string_view{e->path};
    if (path == ".gitattributes" || (path.size() > 15 && path.substr(path.size() - 15) == "/.gitattributes"))
      out += std::string{path} + ' ' + hex(e->id) + '\n';
  }
  return out;
}

result<std::string> filtered(git_repository* repo, const std::string& path, std::string_view content,
                             git_filter_mode_t way) {
  auto options = git_filter_options{};
  options.version = GIT_FILTER_OPTIONS_VERSION;
  options.flags = GIT_FILTER_ALLOW_UNSAFE | GIT_FILTER_NO_SYSTEM_ATTRIBUTES;
  int rc = 0;
  git_filter_list* raw = nullptr;
  rc = git_filter_list_load_ext(&raw, repo, nullptr, path.c_str(), way, &options);
  auto list = owned<git_filter_list>{raw};
  if (rc != 0)
    return failure(rc, "git: attributes of " + printable(path));
  if (!list)
    return std::string{content};
  auto out = git_buf{};
  rc = git_filter_list_apply_to_buffer(&out, list.get(), content.data(), content.size());
  if (rc != 0)
    return failure(rc, "git: line ends of " + printable(path));
  auto text = std::string{out.ptr, out.size};
  git_buf_dispose(&out);
  return text;
}

int parents::of(const std::string& path, std::string& name, bool make) {
  auto slash = path.rfind('/');
  name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (slash == std::string::npos)
    return root_;
  auto dir = path.substr(0, slash);
  if (last_ && dir == last_path_)
    return last_.get();
  auto at = files::descriptor{};
  for (std::size_t from = 0; from < dir.size();) {
    auto to = std::min(dir.find('/', from), dir.size());
    auto part = dir.substr(from, to - from);
    auto here = at ? at.get() : root_;
    auto next = files::open_dir(here, part, make);
    if (!next && make && (errno == ENOTDIR || errno == ELOOP) && ::unlinkat(here, part.c_str(), 0) == 0)
      next = files::open_dir(here, part, true); // what stands in the way was not in the target
    if (!next)
      return -1;
    at = std::move(next);
    from = to + 1;
  }
  last_ = std::move(at);
  last_path_ = dir;
  return last_.get();
}

} // namespace hyakki::git2
