#pragma once
// A store in memory that remembers what was asked of it, and fails when a test says so.

#include "storage/memory_store.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace hyakki::test {

class scripted_store final : public store {
public:
  /// A failure of one commit. `done` = it happened all the same, only the answer is lost.
  struct fault {
    error what;
    bool done = false;
  };
  std::deque<std::optional<fault>> faults; ///< of the next commits; none = goes well
  std::vector<std::vector<story_id>> commits;
  std::set<story_id> damaged;    ///< cannot be read, ever
  std::set<story_id> unreadable; ///< cannot be read now
  std::optional<error> reads;    ///< why nothing can be read now
  std::optional<error> cursors;
  std::optional<error> appends; ///< why no events are taken
  std::size_t cursors_set = 0;
  std::function<void(const change&)> watch; ///< every step that became durable

  result<std::vector<result<void>>> commit(const std::vector<change>& changes) override {
    commits.emplace_back();
    for (auto& c : changes)
      commits.back().push_back(c.record.id());
    std::optional<fault> f;
    if (!faults.empty()) {
      f = faults.front();
      faults.pop_front();
    }
    if (f && !f->done)
      return f->what;
    auto out = kept_->commit(changes);
    for (std::size_t i = 0; watch && out && i < changes.size(); ++i)
      if ((*out)[i])
        watch(changes[i]);
    if (f)
      return f->what;
    return out;
  }
  result<void> append(const std::vector<event>& events) override {
    return appends ? result<void>{*appends} : kept_->append(events);
  }
  result<void> set_cursor(std::string_view who, std::uint64_t seq) override {
    ++cursors_set;
    if (cursors)
      return *cursors;
    return kept_->set_cursor(who, seq);
  }
  result<void> drop_request(std::uint64_t seq) override { return kept_->drop_request(seq); }
  result<std::uint64_t> post_request(const operator_request& r) override { return kept_->post_request(r); }
  result<std::optional<story_record>> find(const story_id& id) const override {
    if (reads)
      return *reads;
    if (damaged.count(id) > 0)
      return {ec::corrupt_record, "the record of " + id + " is damaged"};
    if (unreadable.count(id) > 0)
      return {ec::unavailable, "the record of " + id + " cannot be read now"};
    return kept_->find(id);
  }
  result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const override {
    if (auto all = kept_->each_unfinished(visit); !all)
      return all;
    if (hidden)
      return {ec::corrupt_record, "an index entry is damaged"};
    return {};
  }
  result<void> each(const std::function<bool(const index_entry&)>& visit) const override { return kept_->each(visit); }
  result<std::vector<index_entry>> due(std::int64_t now, std::size_t n) const override { return kept_->due(now, n); }
  result<std::vector<event>> events_after(std::uint64_t after, std::size_t n) const override {
    if (reads)
      return *reads;
    return kept_->events_after(after, n);
  }
  result<std::vector<event>> events_of(const story_id& id) const override { return kept_->events_of(id); }
  result<std::uint64_t> cursor(std::string_view who) const override {
    if (reads)
      return *reads;
    return kept_->cursor(who);
  }
  result<std::vector<operator_request>> requests(std::size_t n) const override {
    if (reads)
      return *reads;
    return kept_->requests(n);
  }

  /// The record, past all faults.
  std::optional<story_record> look(const story_id& id) const {
    auto found = kept_->find(id);
    return found ? *found : std::nullopt;
  }
  state at(const story_id& id) const {
    auto r = look(id);
    return r ? r->at : state::queued;
  }
  std::vector<std::string> notes(const story_id& id) const {
    std::vector<std::string> out;
    auto all = kept_->events_of(id);
    for (auto& e : *all)
      if (auto n = std::get_if<on_note>(&e.payload))
        out.push_back(n->text);
    return out;
  }
  bool hidden = false; ///< an entry of the index cannot be read

private:
  std::unique_ptr<store> kept_ = make_memory_store();
};

} // namespace hyakki::test
