#pragma once
// A code host in memory, with faults on order. For tests only.
//
// Keeps the code host contract (it runs the same conformance suite as the real ones). A script of faults says
// which of the next calls fail, and whether their effect happens before the answer is lost. It holds no objects:
// a diff is the text that a test gave it, a conflict is one that a test ordered. Safe from any thread.

#include "adapters/code_host.hpp"

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::test {

class fake_code_host final : public code_host {
public:
  enum class call : std::uint8_t { locate, find_or_open, list, find, merge, close, diff, probe, feedback, answer };

  // -- seeding ---------------------------------------------------------------------------------------------

  /// Adds a repository, or replaces where it lies. A host without any repository knows every slug.
  void put(remote where) {
    auto guard = std::lock_guard{mutex_};
    if (where.default_branch.empty())
      where.default_branch = "main";
    repositories_[where.repository] = std::move(where);
  }
  void refuse(const std::string& repository) {
    auto guard = std::lock_guard{mutex_};
    refused_.insert(repository);
  }
  /// Merging this source branch conflicts in `files`.
  void conflict(const std::string& branch, std::string files) {
    auto guard = std::lock_guard{mutex_};
    conflicts_[branch] = std::move(files);
  }
  void diff_is(std::string text) {
    auto guard = std::lock_guard{mutex_};
    diff_ = std::move(text);
  }

  /// A reviewer says something about a pull request; the id is made here and returned.
  std::string remark_on(const std::string& repository, const std::string& id, remark what) {
    auto guard = std::lock_guard{mutex_};
    auto& all = reviews_[repository + "#" + id];
    what.id = "r" + std::to_string(all.remarks.size() + 1);
    all.remarks.push_back({what, false, {}});
    return what.id;
  }
  /// A reviewer wants changes, or does not any more.
  void review(const std::string& repository, const std::string& id, const std::string& who, bool wants_changes) {
    auto guard = std::lock_guard{mutex_};
    reviews_[repository + "#" + id].verdicts[who] = wants_changes;
  }
  /// The answers under a remark so far.
  std::vector<comment> answers(const std::string& repository, const std::string& id, const std::string& to) const {
    auto guard = std::lock_guard{mutex_};
    if (auto at = reviews_.find(repository + "#" + id); at != reviews_.end())
      for (auto& r : at->second.remarks)
        if (r.what.id == to)
          return r.answers;
    return {};
  }

  // -- faults ----------------------------------------------------------------------------------------------

  /// The next `times` calls of this kind fail with `e`; nothing happens.
  void fail_next(call which, error e, int times = 1) { script(which, std::move(e), false, times); }
  /// The next `times` calls of this kind take effect and then answer `e` all the same.
  void lose_answer(call which, error e = {ec::timed_out, "fake: the answer was lost"}, int times = 1) {
    script(which, std::move(e), true, times);
  }
  /// Forgets all faults on order.
  void heal() {
    auto guard = std::lock_guard{mutex_};
    faults_.clear();
  }
  /// Runs at the start of every call, outside the lock.
  void on_call(std::function<void(call, std::string_view repository)> f) {
    auto guard = std::lock_guard{mutex_};
    watch_ = std::move(f);
  }

  // -- inspection ------------------------------------------------------------------------------------------

  /// Every pull request that was ever opened, in order; `story` of the draft stands beside it.
  std::vector<pull_request> pulls(const std::string& repository) const {
    auto guard = std::lock_guard{mutex_};
    auto at = pulls_.find(repository);
    return at == pulls_.end() ? std::vector<pull_request>{} : at->second;
  }
  std::size_t pulls_from(const std::string& repository, std::string_view branch) const {
    auto all = pulls(repository);
    return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](const pull_request& p) { return p.source_branch == branch; }));
  }
  std::vector<pull_request_draft> drafts() const {
    auto guard = std::lock_guard{mutex_};
    return drafts_;
  }
  bool resolved(const std::string& repository, const std::string& id, const std::string& remark_id) const {
    auto guard = std::lock_guard{mutex_};
    auto at = reviews_.find(repository + "#" + id);
    return at != reviews_.end() && std::any_of(at->second.remarks.begin(), at->second.remarks.end(),
                                               [&](auto& r) { return r.what.id == remark_id && r.resolved; });
  }
  /// Calls seen so far, failed ones included.
  std::size_t calls(call which) const {
    auto guard = std::lock_guard{mutex_};
    auto at = counts_.find(which);
    return at == counts_.end() ? 0 : at->second;
  }

  // -- the contract ----------------------------------------------------------------------------------------

  std::string_view name() const override { return "fake"; }

  result<remote> locate(std::string_view repository) override {
    return answer<remote>(call::locate, repository, [&]() -> result<remote> {
      if (auto known = check(repository); !known)
        return known.error();
      if (auto at = repositories_.find(std::string{repository}); at != repositories_.end())
        return at->second;
      auto out = remote{};
      out.repository = repository;
      out.url = "/nowhere/" + std::string{repository} + ".git";
      out.default_branch = "main";
      return out;
    });
  }

  result<pull_request> find_or_open(const pull_request_draft& draft) override {
    return answer<pull_request>(call::find_or_open, draft.repository, [&]() -> result<pull_request> {
      if (auto known = check(draft.repository); !known)
        return known.error();
      if (draft.source_branch.empty() || draft.target_branch.empty() || draft.source_branch == draft.target_branch)
        return {ec::rejected, "fake: a pull request needs two different branches"};
      auto& all = pulls_[draft.repository];
      for (auto& p : all)
        if (p.state == "open" && p.source_branch == draft.source_branch) {
          p.head = draft.head;
          auto out = p;
          out.adopted = true;
          return out;
        }
      auto p = pull_request{};
      p.id = std::to_string(all.size() + 1);
      p.url = "fake://" + draft.repository + "/pulls/" + p.id;
      p.title = draft.title;
      p.source_branch = draft.source_branch;
      p.target_branch = draft.target_branch;
      p.description = draft.description;
      p.state = "open";
      p.head = draft.head;
      all.push_back(p);
      drafts_.push_back(draft);
      return p;
    });
  }

  result<std::vector<pull_request>> list(std::string_view repository, pull_filter which) override {
    using many = std::vector<pull_request>;
    return answer<many>(call::list, repository, [&]() -> result<many> {
      if (auto known = check(repository); !known)
        return known.error();
      auto out = many{};
      auto& all = pulls_[std::string{repository}];
      for (auto p = all.rbegin(); p != all.rend(); ++p)
        if (which == pull_filter::all || p->state == "open")
          out.push_back(*p);
      return out;
    });
  }

  result<pull_request> find(std::string_view repository, std::string_view id) override {
    return answer<pull_request>(call::find, repository, [&]() -> result<pull_request> {
      auto p = at(repository, id);
      if (!p)
        return p.error();
      return **p;
    });
  }

  result<pull_request> merge(std::string_view repository, std::string_view id) override {
    return answer<pull_request>(call::merge, repository, [&]() -> result<pull_request> {
      auto p = at(repository, id);
      if (!p)
        return p.error();
      if ((*p)->state == "closed")
        return {ec::rejected, "fake: pull request " + std::string{id} + " is closed"};
      if (auto c = conflicts_.find((*p)->source_branch); (*p)->state == "open" && c != conflicts_.end())
        return {ec::rejected, "fake: conflicts in " + c->second};
      (*p)->state = "merged";
      return **p;
    });
  }

  result<pull_request> close(std::string_view repository, std::string_view id) override {
    return answer<pull_request>(call::close, repository, [&]() -> result<pull_request> {
      auto p = at(repository, id);
      if (!p)
        return p.error();
      if ((*p)->state == "merged")
        return {ec::rejected, "fake: pull request " + std::string{id} + " is merged"};
      (*p)->state = "closed";
      return **p;
    });
  }

  result<std::string> diff(std::string_view repository, std::string_view id, std::size_t most_bytes) override {
    return answer<std::string>(call::diff, repository, [&]() -> result<std::string> {
      if (auto p = at(repository, id); !p)
        return p.error();
      return diff_.size() <= most_bytes ? diff_ : diff_.substr(0, most_bytes) + "\n[cut]\n";
    });
  }

  result<review_feedback> feedback(std::string_view repository, std::string_view id) override {
    return answer<review_feedback>(call::feedback, repository, [&]() -> result<review_feedback> {
      if (auto p = at(repository, id); !p)
        return p.error();
      auto out = review_feedback{};
      auto& all = reviews_[std::string{repository} + "#" + std::string{id}];
      for (auto& r : all.remarks)
        if (!r.resolved && r.answers.empty() && out.remarks.size() < 200)
          out.remarks.push_back(r.what);
      for (auto& [who, wants] : all.verdicts)
        if (wants) {
          out.changes_requested = true;
          out.requested_by += (out.requested_by.empty() ? "" : ", ") + who;
        }
      return out;
    });
  }

  result<void> answer(std::string_view repository, std::string_view id, const remark& to,
                      const remark_answer& words) override {
    return answer<void>(call::answer, repository, [&]() -> result<void> {
      if (auto p = at(repository, id); !p)
        return p.error();
      for (auto& r : reviews_[std::string{repository} + "#" + std::string{id}].remarks) {
        if (r.what.id != to.id)
          continue;
        auto there = std::any_of(r.answers.begin(), r.answers.end(), [&](auto& c) { return c.marker == words.marker; });
        if (!there)
          r.answers.push_back({words.marker, words.markdown});
        r.resolved = r.resolved || words.settles;
        return {};
      }
      return {ec::not_found, "fake: there is no remark '" + to.id + "'"};
    });
  }

  result<void> probe() override {
    return answer<void>(call::probe, {}, []() -> result<void> { return {}; });
  }

private:
  struct kept_remark {
    remark what;
    bool resolved = false;
    std::vector<comment> answers;
  };
  struct kept_review {
    std::vector<kept_remark> remarks;
    std::map<std::string, bool> verdicts;
  };
  struct fault {
    bool done_first = false;
    error e;
  };

  void script(call which, error e, bool done_first, int times) {
    auto guard = std::lock_guard{mutex_};
    for (int i = 0; i < times; ++i)
      faults_[which].push_back({done_first, e});
  }

  template <class T, class F>
  result<T> answer(call which, std::string_view repository, F act) {
    auto watch = [&] {
      auto guard = std::lock_guard{mutex_};
      ++counts_[which];
      return watch_;
    }();
    if (watch)
      watch(which, repository);
    auto guard = std::lock_guard{mutex_};
    auto& line = faults_[which];
    if (line.empty())
      return act();
    auto next = std::move(line.front());
    line.pop_front();
    if (next.done_first)
      (void)act();
    return next.e;
  }

  result<void> check(std::string_view repository) const {
    auto slug = std::string{repository};
    if (slug.empty() || slug.front() == '-' || slug.front() == '/' || slug.find("..") != std::string::npos ||
        refused_.count(slug) != 0)
      return {ec::rejected, "fake: the repository '" + slug + "' is not allowed"};
    if (!repositories_.empty() && repositories_.count(slug) == 0)
      return {ec::not_found, "fake: there is no repository '" + slug + "'"};
    return {};
  }

  result<pull_request*> at(std::string_view repository, std::string_view id) {
    if (auto known = check(repository); !known)
      return known.error();
    for (auto& p : pulls_[std::string{repository}])
      if (p.id == id)
        return &p;
    return {ec::not_found, "fake: there is no pull request '" + std::string{id} + "'"};
  }

  mutable std::mutex mutex_;
  std::map<std::string, remote> repositories_;
  std::set<std::string> refused_;
  std::map<std::string, std::string> conflicts_;
  std::map<std::string, std::vector<pull_request>> pulls_;
  std::vector<pull_request_draft> drafts_;
  std::map<std::string, kept_review> reviews_;
  std::string diff_ = "diff --git a/file b/file\n";
  std::map<call, std::deque<fault>> faults_;
  std::map<call, std::size_t> counts_;
  std::function<void(call, std::string_view)> watch_;
};

} // namespace hyakki::test
