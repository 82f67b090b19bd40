#include "adapters/git/change.hpp"

#include "core/utf8.hpp"

namespace hyakki::git2 {
namespace {

result<owned<git_diff>> compare(git_repository* repo, git_tree* from, git_tree* to) {
  auto options = git_diff_options{};
  git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
  options.max_size = 8 << 20; // larger ones are shown and counted as binaries
  int rc = 0;
  auto diff = make<git_diff>(rc, git_diff_tree_to_tree, repo, from, to, static_cast<const git_diff_options*>(&options));
  if (!diff)
    return failure(rc, "git: comparing two trees");
  auto find = git_diff_find_options{};
  git_diff_find_options_init(&find, GIT_DIFF_FIND_OPTIONS_VERSION);
  find.flags = GIT_DIFF_FIND_RENAMES;
  find.rename_limit = 400;
  if (rc = git_diff_find_similar(diff.get(), &find); rc != 0)
    return failure(rc, "git: looking for renames");
  return diff;
}

struct sink {
  std::string text;
  std::size_t most;
};

int take(const git_diff_delta*, const git_diff_hunk*, const git_diff_line* line, void* payload) {
  auto& out = *static_cast<sink*>(payload);
  if (line->origin == GIT_DIFF_LINE_CONTEXT || line->origin == GIT_DIFF_LINE_ADDITION ||
      line->origin == GIT_DIFF_LINE_DELETION)
    out.text += line->origin;
  out.text.append(line->content, line->content_len);
  return out.text.size() > out.most ? GIT_EUSER : 0;
}

} // namespace

result<std::string> diff_text(git_repository* repo, git_tree* from, git_tree* to, std::size_t most_bytes) {
  auto diff = compare(repo, from, to);
  if (!diff)
    return diff.error();
  auto out = sink{{}, most_bytes};
  int rc = git_diff_print(diff->get(), GIT_DIFF_FORMAT_PATCH, take, &out);
  if (rc != 0 && rc != GIT_EUSER)
    return failure(rc, "git: printing a diff");
  if (out.text.size() > most_bytes)
    return std::string{cut_utf8(out.text, most_bytes)} + "\n[cut at " + std::to_string(most_bytes) + " bytes]\n";
  return std::move(out.text);
}

result<std::vector<changed_file>> changed_files(git_repository* repo, git_tree* from, git_tree* to) {
  auto diff = compare(repo, from, to);
  if (!diff)
    return diff.error();
  auto out = std::vector<changed_file>{};
  for (std::size_t i = 0, n = git_diff_num_deltas(diff->get()); i < n; ++i) {
    int rc = 0;
    auto patch = make<git_patch>(rc, git_patch_from_diff, diff->get(), i);
    if (rc != 0)
      return failure(rc, "git: counting lines");
    auto* delta = git_diff_get_delta(diff->get(), i);
    auto f = changed_file{};
    f.path = delta->status == GIT_DELTA_DELETED ? delta->old_file.path : delta->new_file.path;
    f.binary = (delta->flags & GIT_DIFF_FLAG_BINARY) != 0;
    std::size_t added = 0, removed = 0;
    if (patch && !f.binary && git_patch_line_stats(nullptr, &added, &removed, patch.get()) == 0) {
      f.added = static_cast<std::uint32_t>(added);
      f.removed = static_cast<std::uint32_t>(removed);
    }
    out.push_back(std::move(f));
  }
  return out;
}

} // namespace hyakki::git2
