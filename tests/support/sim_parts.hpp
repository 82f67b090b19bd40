#pragma once
// The outside world of a simulated orchestrator: a store, a git door and coding agents that fail as the seed says.
//
// Faults come only while `stormy`; a store that is `closed` takes nothing any more. Broken promises towards the world
// are collected in `wrongs`.

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/interfaces.hpp"
#include "storage/memory_store.hpp"
#include "tests/support/simulation.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <caf/response_promise.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

namespace hyakki::test {

/// What all parts of one simulated world share.
struct storm {
  explicit storm(simulation& s) : sim(s) {}
  simulation& sim;
  bool stormy = true;
  std::uint64_t force = 1; ///< so many times as often as usual
  std::vector<std::string> wrongs;
  void wrong(std::string what) {
    if (wrongs.size() < 20)
      wrongs.push_back(std::move(what));
  }
  /// True once in `n`, while there is a storm.
  bool strikes(std::uint64_t n) { return stormy && sim.once_in(std::max<std::uint64_t>(2, n / force)); }
};

/// The store of every life of the process: a memory store that is sometimes busy, or answers and is not heard.
/// Watches every step: versions, moves and ends.
class sim_store final : public store {
public:
  explicit sim_store(storm& w) : world_(w), kept_(make_memory_store()) {}

  result<std::vector<result<void>>> commit(const std::vector<change>& changes) override {
    if (closed || world_.strikes(40))
      return error{world_.sim.once_in(2) ? ec::unavailable : ec::timed_out, "sim: the store is busy", 0};
    for (auto& c : changes)
      look_at(c);
    auto out = kept_->commit(changes);
    for (std::size_t i = 0; out && i < changes.size(); ++i)
      if ((*out)[i]) {
        auto& s = seen_[changes[i].record.id()];
        s = {changes[i].record.version, changes[i].record.at, s.late_now, world_.sim.overtaken_ms};
      }
    if (world_.strikes(60)) {
      for (auto& c : changes)
        unheard_.insert(c.record.id());
      return error{ec::timed_out, "sim: committed, but nobody heard", 0};
    }
    return out;
  }
  result<void> append(const std::vector<event>& events) override { return kept_->append(events); }
  result<void> set_cursor(std::string_view who, std::uint64_t seq) override { return kept_->set_cursor(who, seq); }
  result<void> drop_request(std::uint64_t seq) override {
    if (world_.strikes(10))
      return {ec::unavailable, "sim: the store is busy"};
    return kept_->drop_request(seq);
  }
  result<std::uint64_t> post_request(const operator_request& r) override { return kept_->post_request(r); }
  result<std::optional<story_record>> find(const story_id& id) const override {
    if (world_.strikes(100))
      return {ec::unavailable, "sim: the store cannot be read"};
    return kept_->find(id);
  }
  result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const override {
    return kept_->each_unfinished(visit);
  }
  result<void> each(const std::function<bool(const index_entry&)>& visit) const override { return kept_->each(visit); }
  result<std::vector<index_entry>> due(std::int64_t now, std::size_t most) const override {
    return kept_->due(now, most);
  }
  result<std::vector<event>> events_after(std::uint64_t after, std::size_t most) const override {
    return kept_->events_after(after, most);
  }
  result<std::vector<event>> events_of(const story_id& id) const override { return kept_->events_of(id); }
  result<std::uint64_t> cursor(std::string_view who) const override { return kept_->cursor(who); }
  result<std::vector<operator_request>> requests(std::size_t most) const override {
    if (world_.strikes(50))
      return {ec::unavailable, "sim: the store cannot be read"};
    return kept_->requests(most);
  }

  /// The record, past all faults.
  std::optional<story_record> look(const story_id& id) const {
    auto found = kept_->find(id);
    return found ? *found : std::nullopt;
  }
  store& calm() { return *kept_; }
  /// Stories that are being worked on, or will be by themselves.
  std::size_t living() const {
    return static_cast<std::size_t>(
      std::count_if(seen_.begin(), seen_.end(), [](auto& s) { return is_living(s.second.at); }));
  }
  /// Stories that were taken in.
  std::size_t taken() const { return seen_.size(); }
  std::optional<state> where(const story_id& id) const {
    auto at = seen_.find(id);
    return at == seen_.end() ? std::nullopt : std::optional{at->second.at};
  }
  std::map<std::pair<state, move>, std::uint64_t> walked; ///< rows of the lifecycle's table, and how often
  std::uint64_t steps = 0;
  bool closed = false; ///< the process that had it open is being killed
  std::function<void(const change&)> watch;

private:
  void look_at(const change& c) {
    auto id = c.record.id();
    auto before = seen_.find(id);
    auto version = before == seen_.end() ? 0 : before->second.version;
    if (c.record.version != version + 1) {
      // Only somebody who could not hear an answer may ask for the same step again: it was lost, or came after the
      // deadline of a minute because others were too slow.
      bool late =
        version != 0 && c.record.version == version && world_.sim.overtaken_ms - before->second.late_before >= 60'000;
      if (unheard_.erase(id) == 0 && version != 0 && !late)
        world_.wrong(id + " was at version " + std::to_string(version) + ", a step to version " +
                     std::to_string(c.record.version) + " was offered");
      return;
    }
    ++steps;
    if (watch)
      watch(c);
    auto at = before == seen_.end() ? state::queued : before->second.at;
    for (auto& e : c.events)
      if (auto m = std::get_if<on_move>(&e.payload)) {
        if (m->from != at || next(m->from, m->by) != m->to)
          world_.wrong(id + ": " + std::string{to_string(at)} + " is followed by a move from " +
                       std::string{to_string(m->from)} + " by " + std::string{to_string(m->by)} + " to " +
                       std::string{to_string(m->to)});
        if (is_final(at) && m->by != move::retry && m->by != move::rework)
          world_.wrong(id + " had ended and moves on by " + std::string{to_string(m->by)});
        at = m->to;
        ++walked[{m->from, m->by}];
      }
    if (at != c.record.at)
      world_.wrong(id + ": the moves lead to " + std::string{to_string(at)} + ", the record says " +
                   std::string{to_string(c.record.at)});
    std::size_t open = 0;
    for (auto& r : c.record.runs)
      open += r.outcome == run_outcome::running ? 1 : 0;
    bool works = c.record.at == state::implementing || c.record.at == state::reviewing || c.record.at == state::fixing;
    if (open > (works ? 1u : 0u))
      world_.wrong(id + " is " + std::string{to_string(c.record.at)} + " with " + std::to_string(open) +
                   " runs under way");
    world_.sim.mix(id);
    world_.sim.mix(c.record.version * 64 + static_cast<std::uint64_t>(c.record.at));
  }

  struct seen {
    std::uint64_t version = 0;
    state at = state::queued;
    std::int64_t late_before = 0; ///< what was overtaken when the step before was stored
    std::int64_t late_now = 0;    ///< and when this one was
  };
  storm& world_;
  std::unique_ptr<store> kept_;
  std::unordered_map<story_id, seen> seen_; ///< what the store holds, without a copy of each record
  std::set<story_id> unheard_;
};

/// Repositories as tables: what lies in each tree, what each remote branch holds.
class sim_git final : public git {
public:
  struct tree {
    std::string base;
    std::string content; ///< empty = as the base
  };
  explicit sim_git(storm& w) : world_(w) {}

  std::map<std::string, tree> trees;          ///< by story id
  std::map<std::string, std::string> heads;   ///< repository + ':' + branch → commit
  std::map<std::string, std::string> parents; ///< of each commit

  /// Somebody else pushes to a branch that is there.
  void person_pushes(const std::string& repository, const std::string& branch) {
    auto at = heads.find(repository + ":" + branch);
    if (at == heads.end())
      return;
    auto commit = "person-" + std::to_string(parents.size());
    parents[commit] = at->second;
    at->second = commit;
  }

  result<prepared_tree> prepare(const tree_request& what) override {
    if (auto e = trouble())
      return *e;
    auto head = heads.find(what.from.repository + ":" + what.base);
    auto base = head == heads.end() ? "base-" + what.from.repository : head->second;
    if (!what.at_sha.empty())
      base = what.at_sha;
    auto at = trees.find(what.tree);
    prepared_tree out;
    out.path = "/trees/" + what.tree;
    out.base_branch = what.base;
    out.base_sha = base;
    if (what.keep && at != trees.end() && at->second.base == what.at_sha)
      out.kept = true;
    else
      trees[what.tree] = {base, {}};
    return heard(out);
  }
  bool has_tree(std::string_view, std::string_view tree) override { return trees.count(std::string{tree}) > 0; }
  result<std::string> tree_hash(std::string_view, std::string_view tree) override {
    if (auto e = trouble())
      return *e;
    auto at = trees.find(std::string{tree});
    if (at == trees.end())
      return {ec::not_found, "sim: there is no tree"};
    return hash(at->second.content);
  }
  result<std::string> diff(std::string_view, std::string_view tree, std::size_t) override {
    if (auto e = trouble())
      return *e;
    auto at = trees.find(std::string{tree});
    if (at == trees.end())
      return {ec::not_found, "sim: there is no tree"};
    return at->second.content.empty() ? std::string{} : "+" + at->second.content;
  }
  result<tree_commit> commit(const commit_request& what) override {
    if (auto e = trouble())
      return *e;
    if (world_.strikes(40))
      trees.erase(what.tree);
    auto at = trees.find(what.tree);
    if (at == trees.end())
      return {ec::not_found, "sim: there is no tree"};
    if (at->second.content.empty())
      return {ec::no_changes, "sim: nothing changed"};
    if (at->second.base != what.base_sha)
      world_.wrong(what.tree + " is committed on " + what.base_sha + " and stands on " + at->second.base);
    auto sha = hash(what.base_sha + at->second.content + what.message + std::to_string(what.at_ms));
    parents[sha] = what.base_sha;
    return heard(tree_commit{sha, hash(at->second.content), {{"file", 1, 0, false}}});
  }
  result<void> push(const push_request& what) override {
    if (auto e = trouble())
      return *e;
    auto& head = heads[what.to.repository + ":" + what.branch];
    if (head != what.sha) {
      if (head != what.expected)
        return {ec::rejected, "sim: the branch holds " + head + ", expected was " + what.expected};
      if (!head.empty() && parents[what.sha] != head)
        world_.wrong("a push to " + what.branch + " loses the commit " + head);
      head = what.sha;
    }
    if (world_.strikes(20))
      return {ec::timed_out, "sim: pushed, but nobody heard"};
    return {};
  }
  result<void> release(std::string_view repository, std::string_view tree, std::string_view pushed) override {
    (void)repository;
    if (auto e = trouble())
      return *e;
    auto at = trees.find(std::string{tree});
    if (at == trees.end() || at->second.content.empty() || !pushed.empty()) {
      if (at != trees.end())
        trees.erase(at);
      return {};
    }
    return {ec::rejected, "sim: the tree holds work that is nowhere else"};
  }

private:
  static std::string hash(const std::string& text) {
    std::uint64_t h = 1469598103934665603ull;
    for (auto c : text)
      h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
    return "h" + std::to_string(h);
  }
  std::optional<error> trouble() {
    if (!world_.strikes(14))
      return std::nullopt;
    static constexpr ec all[] = {ec::unavailable,  ec::unavailable, ec::timed_out,  ec::timed_out,
                                 ec::rate_limited, ec::rejected,    ec::bad_config, ec::corrupt_record};
    auto code = all[world_.sim.below(8)];
    return error{code, "sim: git fails", code == ec::rate_limited ? world_.sim.time->now() + 20'000 : 0};
  }
  template <class T>
  result<T> heard(T out) {
    if (world_.strikes(40))
      return {ec::timed_out, "sim: done, but nobody heard"};
    return out;
  }
  storm& world_;
};

} // namespace hyakki::test
