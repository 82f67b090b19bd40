#include "adapters/code_hosts/local.hpp"

#include "adapters/code_hosts/known_pulls.hpp"
#include "adapters/code_hosts/local_merge.hpp"
#include "adapters/code_hosts/pull_lock.hpp"
#include "adapters/code_hosts/pull_record.hpp"
#include "adapters/git/change.hpp"
#include "adapters/git/files.hpp"
#include "adapters/git/repository_pool.hpp"
#include "core/clock.hpp"
#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <filesystem>

namespace hyakki {
namespace {

using namespace git2;

bool good_part(std::string_view part) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  };
  return !part.empty() && part.size() <= 100 && part.front() != '.' && part.front() != '_' && part.front() != '-' &&
         std::all_of(part.begin(), part.end(), plain);
}

bool good_slug(std::string_view slug) {
  auto slash = slug.find('/');
  if (slash == std::string_view::npos)
    return good_part(slug);
  return good_part(slug.substr(0, slash)) && good_part(slug.substr(slash + 1));
}

/// The commit that a reference names; empty when there is none.
std::string ref_target(git_repository* repo, const std::string& ref) {
  git_oid id;
  return git_reference_name_to_id(&id, repo, ref.c_str()) == 0 ? hex(id) : std::string{};
}

class local_host final : public code_host {
public:
  local_host(const code_host_config& config, std::vector<std::string> allowed)
    : root_(config.path), default_branch_(config.default_branch), allowed_(std::move(allowed)) {}

  std::string_view name() const override { return "local"; }

  result<remote> locate(std::string_view repository) override {
    auto at = open(repository);
    if (!at)
      return at.error();
    auto out = remote{};
    out.repository = repository;
    out.url = at->path;
    out.default_branch = default_branch_;
    int rc = 0;
    if (out.default_branch.empty())
      if (auto head = make<git_reference>(rc, git_reference_lookup, at->repo.get(), "HEAD");
          head && git_reference_type(head.get()) == GIT_REFERENCE_SYMBOLIC) {
        auto target = std::string_view{git_reference_symbolic_target(head.get())};
        if (target.substr(0, 11) == "refs/heads/")
          out.default_branch = target.substr(11);
      }
    return out;
  }

  result<pull_request> find_or_open(const pull_request_draft& draft) override {
    auto at = open(draft.repository);
    if (!at)
      return at.error();
    for (auto& branch : {draft.source_branch, draft.target_branch})
      if (auto ref = branch_ref(branch); !ref)
        return ref.error();
    if (draft.source_branch == draft.target_branch)
      return {ec::rejected, "local: a pull request needs two different branches"};
    auto lock = pull_lock{at->path};
    if (auto held = lock.check(); !held)
      return held.error();
    if (branch_tip(at->repo.get(), draft.target_branch).empty())
      return {ec::not_found,
              "local: " + draft.repository + " has no branch '" + printable(draft.target_branch) + "' to merge into"};
    auto head = branch_tip(at->repo.get(), draft.source_branch);
    if (head.empty())
      return {ec::not_found,
              "local: " + draft.repository + " has no branch '" + printable(draft.source_branch) + "'; push it first"};
    auto known = known_.look(at->path, at->repo.get(), draft.source_branch);
    if (known && !is_so(*at, *known, draft.source_branch)) { // another git wrote since, and the clock did not tell
      known_.forget(at->path);
      known = known_.look(at->path, at->repo.get(), draft.source_branch);
    }
    if (!known)
      return known.error();
    if (known->open != 0)
      return adopt(*at, known->open, head);
    auto fresh = pull_record{};
    fresh.what.title = draft.title;
    fresh.what.description = draft.description;
    fresh.what.source_branch = draft.source_branch;
    fresh.what.target_branch = draft.target_branch;
    fresh.what.state = "open";
    fresh.what.head = head;
    fresh.story = draft.story;
    fresh.created_ms = fresh.updated_ms = clock_.now();
    auto number = known->last + 1;
    if (auto done = write_pull(at->repo.get(), number, fresh); !done)
      return done.error();
    known_.opened(at->path, number, draft.source_branch);
    fresh.what.id = std::to_string(number);
    return shown(*at, fresh.what);
  }

  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) override {
    auto at = open(repository);
    if (!at)
      return at.error();
    auto numbers = pull_numbers(at->repo.get());
    if (!numbers)
      return numbers.error();
    auto out = std::vector<pull_request>{};
    for (auto n = numbers->rbegin(); n != numbers->rend(); ++n) {
      auto p = read_pull(at->repo.get(), *n);
      if (!p)
        return p.error();
      if (which == pull_filter::all || p->what.state == "open")
        out.push_back(shown(*at, p->what));
    }
    return out;
  }

  result<pull_request> find(std::string_view repository, std::string_view id) override {
    auto at = open(repository);
    if (!at)
      return at.error();
    auto p = read(*at, id);
    if (!p)
      return p.error();
    if (is_behind(*at, *p, id)) {
      auto lock = pull_lock{at->path};
      if (auto held = lock.check(); !held)
        return held.error();
      if (p = read(*at, id); !p)
        return p.error();
      if (auto done = follow(*at, *p, id); !done)
        return done.error();
    }
    return shown(*at, p->what);
  }

  result<pull_request> merge(std::string_view repository, std::string_view id) override {
    return change(repository, id, [&](place& at, pull_record& p) -> result<bool> {
      if (p.what.state == "merged")
        return false;
      if (p.what.state == "closed")
        return {ec::rejected, "local: pull request " + p.what.id + " is closed"};
      if (auto done = merge_into_target(at.repo.get(), p, clock_.now()); !done)
        return done.error();
      p.what.state = "merged";
      return true;
    });
  }

  result<pull_request> close(std::string_view repository, std::string_view id) override {
    return change(repository, id, [&](place&, pull_record& p) -> result<bool> {
      if (p.what.state == "closed")
        return false;
      if (p.what.state == "merged")
        return {ec::rejected, "local: pull request " + p.what.id + " is merged"};
      p.what.state = "closed";
      return true;
    });
  }

  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) override {
    auto at = open(repository);
    if (!at)
      return at.error();
    auto p = read(*at, id);
    if (!p)
      return p.error();
    auto to = tree_of(at->repo.get(), p->what.head);
    git_oid head, target, base;
    auto target_tip = branch_tip(at->repo.get(), p->what.target_branch);
    if (!to || !parse(head, p->what.head) || !parse(target, target_tip))
      return {ec::not_found, "local: the branches of pull request " + p->what.id + " are gone"};
    // a merged one is shown against the first parent of its own history
    if (int rc = git_merge_base(&base, at->repo.get(), &head, &target); rc != 0)
      return failure(rc, "local: the branches of pull request " + p->what.id + " have nothing in common");
    if (git_oid_equal(&base, &head)) {
      int rc = 0;
      auto commit = make<git_commit>(rc, git_commit_lookup, at->repo.get(), &head);
      if (commit && git_commit_parentcount(commit.get()) > 0)
        base = *git_commit_parent_id(commit.get(), 0);
    }
    auto from = tree_of(at->repo.get(), hex(base));
    if (!from)
      return from.error();
    return diff_text(at->repo.get(), from->get(), to->get(), most_bytes);
  }

  result<void> probe() override {
    std::error_code failed;
    if (root_.empty() || !std::filesystem::is_directory(root_, failed))
      return {ec::bad_config, no_directory()};
    return {};
  }

private:
  struct place {
    std::string path;
    repository_pool::lease repo;
  };

  std::string no_directory() const {
    return "local: '" + printable(root_) +
           "' (repo_hosting.path) is not a directory. It holds a bare repository for each that stories go to, "
           "<repository>.git: make it, and put them there with git clone --mirror, or name the directory that has them";
  }

  result<place> open(std::string_view repository) const {
    auto slug = std::string{repository};
    if (!good_slug(slug) || (!allowed_.empty() && std::find(allowed_.begin(), allowed_.end(), slug) == allowed_.end()))
      return {ec::rejected, "local: the repository '" + printable(slug.substr(0, 200)) + "' is not allowed"};
    // Nearly always the path is what it says, which the system tells in one call.
    if (auto plain = root_ + "/" + slug + ".git"; files::is_real(plain)) {
      auto repo = opened_.open(plain);
      if (!repo)
        return repo.error();
      return place{std::move(plain), std::move(*repo)};
    }
    std::error_code failed;
    auto root = std::filesystem::canonical(root_, failed);
    if (failed)
      return {passes_by_itself(failed.value()) ? ec::unavailable : ec::bad_config, no_directory()};
    auto path = std::filesystem::canonical(root / (slug + ".git"), failed);
    if (failed)
      return {passes_by_itself(failed.value()) ? ec::unavailable : ec::not_found,
              "local: there is no repository " + (root / (slug + ".git")).string()};
    if (path != root / (slug + ".git"))
      return {ec::rejected, "local: the repository '" + slug + "' leads out of " + root.string()};
    auto repo = opened_.open(path.string());
    if (!repo)
      return repo.error();
    return place{path.string(), std::move(*repo)};
  }

  static pull_request shown(const place& at, pull_request p) {
    p.url = at.path + "#pull/" + p.id;
    return p;
  }

  static result<pull_record> read(const place& at, std::string_view id) {
    if (id.empty() || id.size() > 15 || id.find_first_not_of("0123456789") != std::string_view::npos)
      return {ec::not_found, "local: there is no pull request '" + printable(id.substr(0, 40)) + "'"};
    return read_pull(at.repo.get(), std::stoull(std::string{id}));
  }

  /// Whether the repository agrees with what is known.
  static bool is_so(const place& at, const pull_place& known, const std::string& branch) {
    if (!pull_id(at.repo.get(), known.last + 1).empty())
      return false;
    auto there = known.open != 0 ? read_pull(at.repo.get(), known.open) : pull_record{};
    return known.open == 0 || (there && there->what.state == "open" && there->what.source_branch == branch);
  }

  /// The open pull request of a branch whose tip is `head`. Under the lock.
  result<pull_request> adopt(const place& at, std::uint64_t number, const std::string& head) {
    auto there = read_pull(at.repo.get(), number);
    if (!there)
      return there.error();
    clear_pull_locks(at.repo.get(), number); // who opened it may have been killed over it
    auto done = result<void>{};
    if (there->what.head != head) {
      there->what.head = head;
      there->updated_ms = clock_.now();
      done = write_pull(at.repo.get(), number, *there);
    } else {
      done = point_head(at.repo.get(), number, head); // a crash may have come between record and head
    }
    if (!done)
      return done.error();
    auto out = shown(at, there->what);
    out.adopted = true;
    return out;
  }

  /// Whether the branch of an open pull request has moved on.
  static bool is_behind(const place& at, const pull_record& p, std::string_view id) {
    auto tip = p.what.state == "open" ? branch_tip(at.repo.get(), p.what.source_branch) : std::string{};
    return !tip.empty() &&
           (tip != p.what.head || ref_target(at.repo.get(), "refs/pull/" + std::string{id} + "/head") != tip);
  }

  /// An open pull request is what its branch holds now. Under the lock.
  result<void> follow(const place& at, pull_record& p, std::string_view id) {
    if (!is_behind(at, p, id))
      return {};
    auto number = std::stoull(std::string{id});
    clear_pull_locks(at.repo.get(), number);
    auto tip = branch_tip(at.repo.get(), p.what.source_branch);
    if (tip == p.what.head)
      return point_head(at.repo.get(), number, tip); // a crash came between record and head
    p.what.head = tip;
    p.updated_ms = clock_.now();
    return write_pull(at.repo.get(), number, p);
  }

  template <class F>
  result<pull_request> change(std::string_view repository, std::string_view id, F act) {
    auto at = open(repository);
    if (!at)
      return at.error();
    auto lock = pull_lock{at->path};
    if (auto held = lock.check(); !held)
      return held.error();
    auto p = read(*at, id);
    if (!p)
      return p.error();
    if (auto done = follow(*at, *p, id); !done)
      return done.error();
    auto changed = act(*at, *p);
    if (!changed)
      return changed.error();
    p->updated_ms = clock_.now();
    if (*changed)
      if (auto done = write_pull(at->repo.get(), std::stoull(std::string{id}), *p); !done)
        return done.error();
    return shown(*at, p->what);
  }

  library alive_;
  known_pulls known_;
  mutable repository_pool opened_;
  std::string root_;
  std::string default_branch_;
  std::vector<std::string> allowed_;
  system_clock clock_;
};

} // namespace

std::unique_ptr<code_host> make_local_code_host(const code_host_config& config, std::vector<std::string> allowed) {
  return std::make_unique<local_host>(config, std::move(allowed));
}

} // namespace hyakki
