#pragma once
// A tracker in memory, with faults on order. For tests only.
//
// Keeps the tracker contract (it runs the same conformance suite as the real ones). A script of faults says
// which of the next calls fail, and whether their effect happens before the answer is lost. Safe from any
// thread, so that a test may look while an actor works.

#include "adapters/tracker.hpp"
#include "core/config.hpp"

#include <algorithm>
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

class fake_tracker final : public tracker {
public:
  enum class call : std::uint8_t { search, fetch, post, label, move_to, probe, look_again, search_rework };

  explicit fake_tracker(tracker_config c = {}) : config_(std::move(c)) {
    if (config_.name.empty())
      config_.name = "fake";
    if (config_.status.empty())
      config_.status = "open";
  }

  // -- seeding ---------------------------------------------------------------------------------------------

  /// Adds or replaces a story. Empty status becomes the configured one; the tracker's name is set.
  void put(story s) {
    auto guard = std::lock_guard{mutex_};
    s.tracker = config_.name;
    if (s.status.empty())
      s.status = config_.status;
    auto key = s.key;
    stories_[key].what = std::move(s);
  }
  /// Adds a story that wants to be worked on, by the trigger label.
  void put(std::string key, std::string title, std::int32_t priority = 2, std::int64_t created_ms = 0) {
    auto s = story{};
    s.key = std::move(key);
    s.title = std::move(title);
    s.labels = {config_.trigger_label};
    s.priority = priority;
    s.created_ms = created_ms;
    put(std::move(s));
  }
  void remove(const std::string& key) {
    auto guard = std::lock_guard{mutex_};
    stories_.erase(key);
  }
  /// From now on the story cannot be read: left out of search and said in `unreadable`.
  void damage(const std::string& key) {
    auto guard = std::lock_guard{mutex_};
    stories_[key].what.key = key;
    stories_[key].readable = false;
  }

  /// From now on `key` waits for `by` to be closed.
  void block(const std::string& key, const std::string& by) {
    auto guard = std::lock_guard{mutex_};
    stories_[key].blocked_by.insert(by);
  }
  /// Gives the story to an account; counts when `assignee` is configured.
  void assign(const std::string& key, std::string account) {
    auto guard = std::lock_guard{mutex_};
    stories_[key].assignee = std::move(account);
  }
  /// Somebody else did this; it is told until it is said to be kept.
  void change(story_change what) {
    auto guard = std::lock_guard{mutex_};
    changes_.push_back(std::move(what));
  }
  /// Another configuration over the same stories.
  void configure(const std::function<void(tracker_config&)>& change) {
    auto guard = std::lock_guard{mutex_};
    change(config_);
  }

  // -- faults ----------------------------------------------------------------------------------------------

  /// The next `times` calls of this kind fail with `e`; nothing happens.
  void fail_next(call which, error e, int times = 1) { script(which, std::move(e), false, times); }
  /// The next `times` calls of this kind take effect and then answer `e` all the same.
  void lose_answer(call which, error e = {ec::timed_out, "fake: the answer was lost"}, int times = 1) {
    script(which, std::move(e), true, times);
  }
  /// The next call of this kind goes through (between two scripted faults).
  void pass_next(call which, int times = 1) {
    auto guard = std::lock_guard{mutex_};
    for (int i = 0; i < times; ++i)
      faults_[which].push_back({});
  }
  /// Forgets all faults on order.
  void heal() {
    auto guard = std::lock_guard{mutex_};
    faults_.clear();
  }
  /// Runs at the start of every call, outside the lock: to block, to move a clock, to count.
  void on_call(std::function<void(call, std::string_view key)> f) {
    auto guard = std::lock_guard{mutex_};
    watch_ = std::move(f);
  }

  // -- inspection ------------------------------------------------------------------------------------------

  std::vector<comment> comments(const std::string& key) const {
    auto guard = std::lock_guard{mutex_};
    auto i = stories_.find(key);
    return i == stories_.end() ? std::vector<comment>{} : i->second.comments;
  }
  /// Comments whose marker contains `part`.
  std::size_t comments_with(const std::string& key, std::string_view part) const {
    auto all = comments(key);
    return static_cast<std::size_t>(std::count_if(
      all.begin(), all.end(), [&](const comment& c) { return c.marker.find(part) != std::string::npos; }));
  }
  std::vector<std::string> labels(const std::string& key) const {
    auto guard = std::lock_guard{mutex_};
    auto i = stories_.find(key);
    return i == stories_.end() ? std::vector<std::string>{} : i->second.what.labels;
  }
  bool has_label(const std::string& key, std::string_view label) const {
    auto all = labels(key);
    return std::find(all.begin(), all.end(), label) != all.end();
  }
  std::string status(const std::string& key) const {
    auto guard = std::lock_guard{mutex_};
    auto i = stories_.find(key);
    return i == stories_.end() ? std::string{} : i->second.what.status;
  }
  /// Calls seen so far, failed ones included.
  std::size_t calls(call which) const {
    auto guard = std::lock_guard{mutex_};
    auto i = counts_.find(which);
    return i == counts_.end() ? 0 : i->second;
  }
  const tracker_config& configured() const { return config_; }

  // -- the contract ----------------------------------------------------------------------------------------

  std::string_view name() const override { return config_.name; }

  result<std::vector<story_change>> changes(std::size_t most) override {
    auto guard = std::lock_guard{mutex_};
    told_ = std::min(most, changes_.size());
    return std::vector<story_change>{changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(told_)};
  }
  result<void> changes_stored() override {
    auto guard = std::lock_guard{mutex_};
    changes_.erase(changes_.begin(), changes_.begin() + static_cast<std::ptrdiff_t>(std::exchange(told_, 0)));
    return {};
  }

  result<found> search() override {
    return answer<found>(call::search, {}, [&]() -> result<found> {
      auto out = found{};
      for (auto& [key, s] : stories_)
        if (!s.readable)
          out.unreadable.push_back("fake: story " + key + " is damaged");
        else if (!wanted(s))
          continue;
        else if (auto by = open_blocker(s); !by.empty())
          out.hold(key + " is blocked by " + by + ", which is open");
        else
          out.stories.push_back(s.what);
      in_order(out.stories);
      return out;
    });
  }

  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    using many = std::vector<standing>;
    return answer<many>(call::look_again, {}, [&]() -> result<many> {
      auto out = many{};
      for (auto& key : std::set<std::string>(keys.begin(), keys.end())) {
        auto at = stories_.find(key);
        if (at != stories_.end() && !at->second.readable)
          continue;
        auto s = standing{};
        s.now.key = key;
        s.now.tracker = config_.name;
        if (at != stories_.end())
          s.now = at->second.what;
        s.why = at == stories_.end() ? "it is gone" : why_not(at->second);
        s.wanted = s.why.empty();
        out.push_back(std::move(s));
      }
      return out;
    });
  }

  result<found> search_rework() override {
    return answer<found>(call::search_rework, {}, [&]() -> result<found> {
      auto out = found{};
      for (auto& [key, s] : stories_)
        if (!s.readable)
          out.unreadable.push_back("fake: story " + key + " is damaged");
        else if (has(s, config_.rework_label) && !has(s, config_.processing_label) && !over(s) && ours(s))
          out.stories.push_back(s.what);
      in_order(out.stories);
      return out;
    });
  }

  result<story> fetch(std::string_view key) override {
    return answer<story>(call::fetch, key, [&]() -> result<story> {
      auto s = find(key);
      if (!s)
        return std::move(s).error();
      return (*s)->what;
    });
  }

  result<bool> post(std::string_view key, const comment& what) override {
    return answer<bool>(call::post, key, [&]() -> result<bool> {
      auto s = find(key);
      if (!s)
        return std::move(s).error();
      for (auto& c : (*s)->comments)
        if (c.marker == what.marker)
          return false;
      (*s)->comments.push_back(what);
      return true;
    });
  }

  result<void> label(std::string_view key, const label_change& what) override {
    return answer<void>(call::label, key, [&]() -> result<void> {
      auto s = find(key);
      if (!s)
        return std::move(s).error();
      auto& labels = (*s)->what.labels;
      for (auto& gone : what.remove)
        labels.erase(std::remove(labels.begin(), labels.end(), gone), labels.end());
      for (auto& add : what.add)
        if (std::find(labels.begin(), labels.end(), add) == labels.end())
          labels.push_back(add);
      return {};
    });
  }

  result<void> move_to(std::string_view key, std::string_view status) override {
    return answer<void>(call::move_to, key, [&]() -> result<void> {
      auto s = find(key);
      if (!s)
        return std::move(s).error();
      static const std::set<std::string_view> known{"open", "in-progress", "blocked", "closed", "cancelled"};
      if (known.count(status) == 0)
        return {ec::rejected, "fake: there is no status '" + std::string{status} + "'"};
      (*s)->what.status = status;
      return {};
    });
  }

  result<void> probe() override {
    return answer<void>(call::probe, {}, []() -> result<void> { return {}; });
  }

private:
  std::deque<story_change> changes_;
  std::size_t told_ = 0; ///< of them, by the last answer
  struct kept {
    story what;
    std::vector<comment> comments;
    std::set<std::string> blocked_by;
    std::string assignee;
    bool readable = true;
  };
  struct fault {
    bool fails = false;
    bool done_first = false;
    error e;
  };

  void script(call which, error e, bool done_first, int times) {
    auto guard = std::lock_guard{mutex_};
    for (int i = 0; i < times; ++i)
      faults_[which].push_back({true, done_first, e});
  }

  template <class T, class F>
  result<T> answer(call which, std::string_view key, F act) {
    auto watch = [&] {
      auto guard = std::lock_guard{mutex_};
      ++counts_[which];
      return watch_;
    }();
    if (watch)
      watch(which, key);
    auto guard = std::lock_guard{mutex_};
    auto next = fault{};
    if (auto& line = faults_[which]; !line.empty()) {
      next = std::move(line.front());
      line.pop_front();
    }
    if (next.fails && !next.done_first)
      return next.e;
    auto out = result<T>(act());
    if (next.fails)
      return next.e;
    return out;
  }

  result<kept*> find(std::string_view key) {
    auto i = stories_.find(std::string{key});
    if (i == stories_.end())
      return {ec::not_found, "fake: there is no story '" + std::string{key} + "'"};
    if (!i->second.readable)
      return {ec::corrupt_record, "fake: story '" + std::string{key} + "' is damaged"};
    return &i->second;
  }

  static bool has(const kept& s, const std::string& label) {
    return std::find(s.what.labels.begin(), s.what.labels.end(), label) != s.what.labels.end();
  }
  static bool over(const kept& s) { return s.what.status == "closed" || s.what.status == "cancelled"; }
  static void in_order(std::vector<story>& all) {
    std::stable_sort(all.begin(), all.end(), [](auto& a, auto& b) { return a.created_ms < b.created_ms; });
  }
  bool ours(const kept& s) const {
    auto& all = config_.required_labels;
    return (config_.assignee.empty() || s.assignee == config_.assignee) &&
           std::all_of(all.begin(), all.end(), [&](auto& label) { return has(s, label); });
  }
  bool wanted(const kept& s) const {
    return s.what.status == config_.status && has(s, config_.trigger_label) && !has(s, config_.processing_label) &&
           !has(s, config_.done_label) && !has(s, config_.failed_label) && ours(s);
  }
  /// Why a story that is being worked on is not wanted any more; empty when it is.
  std::string why_not(const kept& s) const {
    if (over(s))
      return "it is " + s.what.status;
    if (!has(s, config_.trigger_label) && !has(s, config_.rework_label))
      return "it lost its label " + config_.trigger_label;
    if (!config_.assignee.empty() && s.assignee != config_.assignee)
      return "it went to " + (s.assignee.empty() ? "nobody" : s.assignee);
    return {};
  }
  std::string open_blocker(const kept& s) const {
    for (auto& by : s.blocked_by)
      if (auto at = stories_.find(by); at != stories_.end() && !over(at->second))
        return by;
    return {};
  }

  tracker_config config_;
  mutable std::mutex mutex_;
  std::map<std::string, kept> stories_;
  std::map<call, std::deque<fault>> faults_;
  std::map<call, std::size_t> counts_;
  std::function<void(call, std::string_view)> watch_;
};

} // namespace hyakki::test
