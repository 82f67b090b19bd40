#include "storage/memory_store.hpp"

#include "storage/record.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <utility>

namespace hyakki {

namespace {

class memory_store final : public store {
public:
  result<std::vector<result<void>>> commit(const std::vector<change>& changes) override {
    std::unique_lock lock{mutex_};
    std::vector<result<void>> out;
    out.reserve(changes.size());
    for (auto& c : changes)
      out.push_back(apply(c));
    return out;
  }

  result<void> append(const std::vector<event>& events) override {
    for (auto& e : events)
      if (auto ok = codec::storable(e); !ok)
        return ok;
    std::unique_lock lock{mutex_};
    for (auto& e : events)
      log(e, e.story);
    return {};
  }

  result<void> set_cursor(std::string_view subscriber, std::uint64_t seq) override {
    if (subscriber.empty() || subscriber.size() > codec::max_subscriber)
      return {ec::rejected, codec::subscriber_rule(subscriber)};
    std::unique_lock lock{mutex_};
    auto& at = cursors_[std::string{subscriber}];
    at = std::max(at, seq);
    return {};
  }

  result<void> drop_request(std::uint64_t seq) override {
    std::unique_lock lock{mutex_};
    requests_.erase(seq);
    return {};
  }

  result<std::uint64_t> post_request(const operator_request& r) override {
    if (auto ok = codec::storable(r); !ok)
      return ok.error();
    std::unique_lock lock{mutex_};
    if (requests_.size() >= codec::max_requests)
      return {ec::over_budget, codec::requests_rule()};
    auto kept = r;
    kept.seq = ++last_request_;
    requests_.emplace(kept.seq, std::move(kept));
    return last_request_;
  }

  result<std::optional<story_record>> find(const story_id& id) const override {
    std::shared_lock lock{mutex_};
    auto at = records_.find(id);
    if (at == records_.end())
      return std::optional<story_record>{};
    return std::optional<story_record>{at->second};
  }

  result<void> each_unfinished(const std::function<void(const index_entry&)>& visit) const override {
    return each([&](const index_entry& e) {
      if (!is_final(e.at))
        visit(e);
      return true;
    });
  }

  result<void> each(const std::function<bool(const index_entry&)>& visit) const override {
    std::vector<index_entry> all;
    {
      std::shared_lock lock{mutex_};
      all.reserve(records_.size());
      for (auto& [id, r] : records_)
        all.push_back(codec::entry_of(r));
    }
    for (auto& e : all)
      if (!visit(e))
        break;
    return {};
  }

  result<std::vector<index_entry>> due(std::int64_t now, std::size_t most) const override {
    std::shared_lock lock{mutex_};
    std::vector<index_entry> out;
    for (auto& [at, id] : due_) {
      if (at > now || out.size() >= most)
        break;
      out.push_back(codec::entry_of(records_.at(id)));
    }
    return out;
  }

  result<std::vector<event>> events_after(std::uint64_t after, std::size_t most) const override {
    std::shared_lock lock{mutex_};
    std::vector<event> out;
    for (auto i = after; i < events_.size() && out.size() < most; ++i) // the n-th event has seq n
      out.push_back(events_[i]);
    return out;
  }

  result<std::vector<event>> events_of(const story_id& id) const override {
    std::shared_lock lock{mutex_};
    std::vector<event> out;
    if (auto at = events_of_.find(id); at != events_of_.end())
      for (auto i : at->second)
        out.push_back(events_[i]);
    return out;
  }

  result<std::uint64_t> cursor(std::string_view subscriber) const override {
    std::shared_lock lock{mutex_};
    auto at = cursors_.find(subscriber);
    return at == cursors_.end() ? 0 : at->second;
  }

  result<std::vector<operator_request>> requests(std::size_t most) const override {
    std::shared_lock lock{mutex_};
    std::vector<operator_request> out;
    for (auto& [seq, r] : requests_) {
      if (out.size() >= most)
        break;
      out.push_back(r);
    }
    return out;
  }

private:
  result<void> apply(const change& c) {
    if (auto ok = codec::storable(c); !ok)
      return ok;
    auto id = c.record.id();
    auto old = records_.find(id);
    auto has = old == records_.end() ? 0 : old->second.version;
    if (c.record.version == 0 || c.record.version - 1 != has)
      return codec::version_conflict(id, c.record.version, has);
    if (old != records_.end() && old->second.at == state::backing_off)
      due_.erase({old->second.due_ms, id});
    records_[id] = c.record;
    if (!c.record.has_trouble)
      records_[id].why = {};
    if (c.record.at == state::backing_off)
      due_.insert({c.record.due_ms, id});
    for (auto& e : c.events)
      log(e, id);
    return {};
  }

  void log(const event& e, const story_id& id) {
    events_of_[id].push_back(events_.size());
    auto& kept = events_.emplace_back(e);
    kept.seq = events_.size();
    kept.story = id;
  }

  mutable std::shared_mutex mutex_;
  std::map<story_id, story_record> records_;
  std::set<std::pair<std::int64_t, story_id>> due_;
  std::vector<event> events_;
  std::map<story_id, std::vector<std::size_t>> events_of_;
  std::map<std::string, std::uint64_t, std::less<>> cursors_;
  std::map<std::uint64_t, operator_request> requests_;
  std::uint64_t last_request_ = 0;
};

} // namespace

std::unique_ptr<store> make_memory_store() { return std::make_unique<memory_store>(); }

} // namespace hyakki
