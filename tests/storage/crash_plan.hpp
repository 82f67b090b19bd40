#pragma once
// What the child of the crash tests commits, batch by batch: known in advance, so that a survivor can be judged.

#include "storage/store.hpp"
#include "tests/support/store_samples.hpp"

#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hyakki::test {

using versions = std::map<std::string, std::uint64_t>;

inline change planned_step(std::uint64_t story, std::uint64_t version) {
  constexpr state path[]{state::queued, state::preparing, state::backing_off,
                         state::queued, state::pushing,   state::done};
  auto at = path[(version - 1) % 6];
  change c{typical_record(story, at, version), {move_event(state::queued, move::dispatched, at)}};
  c.record.story.description = std::string(600 + 900 * (version / 5 % 4), static_cast<char>('a' + version / 5 % 26));
  c.record.due_ms = at == state::backing_off ? static_cast<std::int64_t>(story * 10 + version) : 0;
  return c;
}

/// Batch number `b` (1, 2, …) on top of `stored`, which it brings up to date.
inline std::vector<change> planned_batch(std::uint64_t b, versions& stored) {
  std::vector<change> out;
  for (std::uint64_t i = 0; i <= b % 3; ++i) {
    auto story = (b * 5 + i * 7) % 11;
    out.push_back(planned_step(story, ++stored["tickets/FIX-" + std::to_string(story)]));
  }
  return out;
}

/// Forgotten after every few batches: what it can of all lives that ended.
inline old_events planned_forgetting() {
  constexpr auto all = std::numeric_limits<std::int64_t>::max();
  return {"", all, static_cast<std::uint64_t>(all), 100, 25};
}
inline bool forgets_after(std::uint64_t batch) { return batch % 4 == 0; }

inline result<versions> versions_in(const store& s) {
  versions out;
  std::vector<std::string> ids;
  if (auto ok = s.each([&](const index_entry& e) {
        ids.push_back(e.id);
        return true;
      });
      !ok)
    return ok.error();
  for (auto& id : ids) {
    auto r = s.find(id);
    if (!r)
      return r.error();
    if (!*r)
      return error{ec::not_found, id + " is listed and not found"};
    auto wanted = planned_step(std::stoull((*r)->story.key.substr(4)), (*r)->version).record;
    if (bytes_of(**r) != bytes_of(wanted))
      return error{ec::corrupt_record, id + " is not what was written"};
    out[id] = (*r)->version;
  }
  return out;
}

/// A life is six steps with an event each. While it goes on all of them are there, and of one that ended the last.
inline std::string missing_event(const store& s) {
  auto have = versions_in(s);
  if (!have)
    return have.error().text;
  for (auto& [id, version] : *have) {
    auto events = s.events_of(id);
    if (!events)
      return events.error().text;
    if (events->size() < (version % 6 == 0 ? 1 : version % 6))
      return id + " has " + std::to_string(events->size()) + " events at version " + std::to_string(version);
  }
  return {};
}

/// How many batches a store holds; not_found when it holds no whole number of them.
inline result<std::uint64_t> batches_in(const store& s) {
  auto have = versions_in(s);
  if (!have)
    return have.error();
  std::uint64_t total = 0, sum = 0;
  for (auto& [id, v] : *have)
    total += v;
  versions model;
  std::uint64_t b = 0;
  while (sum < total)
    sum += planned_batch(++b, model).size();
  if (model != *have)
    return error{ec::not_found, "the store holds a part of batch " + std::to_string(b)};
  return b;
}

} // namespace hyakki::test
