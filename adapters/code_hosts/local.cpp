#include "adapters/code_hosts/local.hpp"

#include "adapters/code_hosts/pull_record.hpp"
#include "adapters/git/change.hpp"
#include "core/clock.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

namespace hyakki {
namespace {

using namespace git2;

/// One process, and one thread of it, changes pull requests of a repository at a time. Ends with its process.
class pull_lock {
public:
  explicit pull_lock(const std::string& repository) {
    fd_ = ::open((repository + "/hyakki-pulls.lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (fd_ >= 0 && !(held_ = ::flock(fd_, LOCK_EX | LOCK_NB) == 0) && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds{2});
  }
  ~pull_lock() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  pull_lock(const pull_lock&) = delete;
  pull_lock& operator=(const pull_lock&) = delete;
  result<void> check() const {
    if (fd_ < 0)
      return {ec::bad_config, "local: the repository's lock file cannot be opened; is the directory writable?"};
    if (!held_)
      return {ec::timed_out, "local: another process holds the pull requests of this repository for 10 s"};
    return {};
  }

private:
  int fd_ = -1;
  bool held_ = false;
};

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

std::string tip(git_repository* repo, const std::string& branch) {
  git_oid id;
  auto ref = branch_ref(branch);
  return ref && git_reference_name_to_id(&id, repo, ref->c_str()) == 0 ? hex(id) : std::string{};
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
    if (tip(at->repo.get(), draft.target_branch).empty())
      return {ec::not_found,
              "local: " + draft.repository + " has no branch '" + printable(draft.target_branch) + "' to merge into"};
    auto head = tip(at->repo.get(), draft.source_branch);
    if (head.empty())
      return {ec::not_found,
              "local: " + draft.repository + " has no branch '" + printable(draft.source_branch) + "'; push it first"};
    auto lock = pull_lock{at->path};
    if (auto held = lock.check(); !held)
      return held.error();
    auto numbers = pull_numbers(at->repo.get());
    if (!numbers)
      return numbers.error();
    for (auto n = numbers->rbegin(); n != numbers->rend(); ++n) {
      auto there = read_pull(at->repo.get(), *n);
      if (!there || there->what.state != "open" || there->what.source_branch != draft.source_branch)
        continue;
      auto done = result<void>{};
      if (there->what.head != head) {
        there->what.head = head;
        there->updated_ms = clock_.now();
        done = write_pull(at->repo.get(), *n, *there);
      } else {
        done = point_head(at->repo.get(), *n, head); // a crash may have come between record and head
      }
      if (!done)
        return done.error();
      auto out = shown(*at, there->what);
      out.adopted = true;
      return out;
    }
    auto fresh = pull_record{};
    fresh.what.title = draft.title;
    fresh.what.description = draft.description;
    fresh.what.source_branch = draft.source_branch;
    fresh.what.target_branch = draft.target_branch;
    fresh.what.state = "open";
    fresh.what.head = head;
    fresh.story = draft.story;
    fresh.created_ms = fresh.updated_ms = clock_.now();
    auto number = numbers->empty() ? 1 : numbers->back() + 1;
    if (auto done = write_pull(at->repo.get(), number, fresh); !done)
      return done.error();
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
    return shown(*at, p->what);
  }

  result<pull_request> merge(std::string_view repository, std::string_view id) override {
    return change(repository, id, [&](place& at, pull_record& p) -> result<bool> {
      if (p.what.state == "merged")
        return false;
      if (p.what.state == "closed")
        return {ec::rejected, "local: pull request " + p.what.id + " is closed"};
      if (auto done = merge_into_target(at.repo.get(), p); !done)
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
    auto target_tip = tip(at->repo.get(), p->what.target_branch);
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
      return {ec::bad_config, "local: '" + printable(root_) + "' (repo_hosting.path) is not a directory"};
    return {};
  }

private:
  struct place {
    std::string path;
    owned<git_repository> repo;
  };

  result<place> open(std::string_view repository) const {
    auto slug = std::string{repository};
    if (!good_slug(slug) || (!allowed_.empty() && std::find(allowed_.begin(), allowed_.end(), slug) == allowed_.end()))
      return {ec::rejected, "local: the repository '" + printable(slug.substr(0, 200)) + "' is not allowed"};
    std::error_code failed;
    auto root = std::filesystem::canonical(root_, failed);
    if (failed)
      return {ec::bad_config, "local: '" + printable(root_) + "' (repo_hosting.path) is not a directory"};
    auto path = std::filesystem::canonical(root / (slug + ".git"), failed);
    if (failed)
      return {ec::not_found, "local: there is no repository " + (root / (slug + ".git")).string()};
    if (path != root / (slug + ".git"))
      return {ec::rejected, "local: the repository '" + slug + "' leads out of " + root.string()};
    auto repo = open_bare(path.string());
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
    auto changed = act(*at, *p);
    if (!changed)
      return changed.error();
    p->updated_ms = clock_.now();
    if (*changed)
      if (auto done = write_pull(at->repo.get(), std::stoull(std::string{id}), *p); !done)
        return done.error();
    return shown(*at, p->what);
  }

  /// Fast-forward, or a merge commit; the target moves only if nobody moved it meanwhile.
  result<void> merge_into_target(git_repository* repo, pull_record& p) const {
    auto ref = branch_ref(p.what.target_branch);
    auto now = tip(repo, p.what.source_branch);
    if (!now.empty())
      p.what.head = now;
    git_oid ours, theirs, base, id;
    if (!ref || !parse(theirs, p.what.head) || !parse(ours, tip(repo, p.what.target_branch)))
      return {ec::not_found, "local: the branches of pull request " + p.what.id + " are gone"};
    int rc = git_merge_base(&base, repo, &ours, &theirs);
    if (rc != 0)
      return {ec::rejected,
              failure(rc, "local: the branches of pull request " + p.what.id + " have nothing in common").text};
    if (git_oid_equal(&base, &theirs))
      return {}; // the target holds it already: merged before a crash
    id = theirs;
    if (!git_oid_equal(&base, &ours)) {
      auto a = make<git_commit>(rc, git_commit_lookup, repo, &ours);
      auto b = make<git_commit>(rc, git_commit_lookup, repo, &theirs);
      if (!a || !b)
        return failure(rc, "local: reading the branches");
      auto index =
        make<git_index>(rc, git_merge_commits, repo, a.get(), b.get(), static_cast<const git_merge_options*>(nullptr));
      if (!index)
        return failure(rc, "local: merging");
      if (git_index_has_conflicts(index.get()))
        return {ec::rejected, "local: pull request " + p.what.id + " conflicts in " + conflicts(index.get())};
      git_oid tree_id;
      if (rc = git_index_write_tree_to(&tree_id, index.get(), repo); rc != 0)
        return failure(rc, "local: writing the merge");
      auto tree = make<git_tree>(rc, git_tree_lookup, repo, &tree_id);
      auto who = make<git_signature>(rc, git_signature_new, "hyakki", "hyakki@localhost",
                                     static_cast<git_time_t>(clock_.now() / 1000), 0);
      const git_commit* parents[] = {a.get(), b.get()};
      auto message =
        "Merge pull request " + p.what.id + " from " + p.what.source_branch + "\n\n" + clean_line(p.what.title) + "\n";
      if (!tree || !who ||
          (rc = git_commit_create(&id, repo, nullptr, who.get(), who.get(), "UTF-8", message.c_str(), tree.get(), 2,
                                  parents)) != 0)
        return failure(rc, "local: committing the merge");
    }
    auto moved = make<git_reference>(rc, git_reference_create_matching, repo, ref->c_str(), &id, 1, &ours, "merge");
    if (!moved)
      return failure(rc, "local: moving " + p.what.target_branch);
    return {};
  }

  static std::string conflicts(git_index* index) {
    int rc = 0;
    auto all = make<git_index_conflict_iterator>(rc, git_index_conflict_iterator_new, index);
    const git_index_entry *base = nullptr, *ours = nullptr, *theirs = nullptr;
    auto out = std::string{};
    for (int n = 0; all && git_index_conflict_next(&base, &ours, &theirs, all.get()) == 0; ++n) {
      auto* e = ours != nullptr ? ours : theirs != nullptr ? theirs : base;
      if (n >= 20)
        return out + " and more";
      out += (n > 0 ? ", " : "") + printable(e->path);
    }
    return out;
  }

  library alive_;
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
