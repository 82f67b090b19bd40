#pragma once
// Looks at a whole store through its contract and says what does not fit together. Empty = sound.
//
// Every record must be found, every index must say what the records say, and the log of events must be whole.

#include "storage/store.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <vector>

namespace hyakki::test {

/// `forgets`: events of ended stories may be gone.
inline std::vector<std::string> audit(const store& s, bool forgets = false) {
  std::vector<std::string> faults;
  auto same = [](const index_entry& a, const index_entry& b) {
    return a.id == b.id && a.at == b.at && a.priority == b.priority && a.created_ms == b.created_ms &&
           a.due_ms == b.due_ms && a.repository == b.repository;
  };
  auto ok = [&](const auto& r, const std::string& what) {
    if (!r)
      faults.push_back(what + ": " + to_string(r.error()));
    return r.ok();
  };

  std::map<std::string, index_entry> all;
  std::string last;
  ok(s.each([&](const index_entry& e) {
    if (!all.empty() && e.id <= last)
      faults.push_back("each is out of order at " + e.id);
    last = e.id;
    all[e.id] = e;
    return true;
  }),
     "each");

  std::size_t waiting = 0, unfinished = 0;
  for (auto& [id, e] : all) {
    waiting += e.at == state::backing_off ? 1 : 0;
    unfinished += is_final(e.at) ? 0 : 1;
    auto r = s.find(id);
    if (!ok(r, "find " + id))
      continue;
    if (!*r)
      faults.push_back("each names " + id + ", find does not know it");
    else if (!same(
               e, {(*r)->id(), (*r)->at, (*r)->story.priority, (*r)->story.created_ms, (*r)->due_ms, (*r)->repository}))
      faults.push_back("each and the record of " + id + " differ");
    else if (e.changed_ms != (*r)->changed_ms)
      faults.push_back("each says another time of the last change of " + id);
    else if ((*r)->version == 0)
      faults.push_back("version 0 is stored for " + id);
  }

  std::size_t seen = 0;
  ok(s.each_unfinished([&](const index_entry& e) {
    ++seen;
    auto at = all.find(e.id);
    if (at == all.end() || !same(at->second, e) || is_final(e.at))
      faults.push_back("the index of the unfinished and the record of " + e.id + " differ");
  }),
     "each_unfinished");
  if (seen != unfinished)
    faults.push_back(std::to_string(seen) + " stories are in the index of the unfinished, " +
                     std::to_string(unfinished) + " are unfinished");

  if (auto due = s.due(std::numeric_limits<std::int64_t>::max(), all.size() + 1); ok(due, "due")) {
    if (due->size() != waiting)
      faults.push_back(std::to_string(due->size()) + " stories are due some time, " + std::to_string(waiting) +
                       " are backing off");
    for (std::size_t i = 0; i < due->size(); ++i) {
      auto at = all.find((*due)[i].id);
      if (at == all.end() || !same(at->second, (*due)[i]) || (*due)[i].at != state::backing_off)
        faults.push_back("the index of due times and the record of " + (*due)[i].id + " differ");
      if (i > 0 && (*due)[i - 1].due_ms > (*due)[i].due_ms)
        faults.push_back("due times are out of order");
    }
  }

  std::map<std::string, std::vector<std::uint64_t>> by_story;
  std::uint64_t after = 0;
  for (;;) {
    auto page = s.events_after(after, 1000);
    if (!ok(page, "events_after") || page->empty())
      break;
    for (auto& e : *page) {
      if (e.seq != after + 1 && !(forgets && e.seq > after))
        faults.push_back("event " + std::to_string(e.seq) + " follows " + std::to_string(after));
      after = e.seq;
      by_story[e.story].push_back(e.seq);
      if (all.count(e.story) == 0)
        faults.push_back("event " + std::to_string(e.seq) + " is of an unknown story");
    }
  }
  for (auto& [id, e] : all) {
    auto mine = s.events_of(id);
    if (!ok(mine, "events_of " + id))
      continue;
    auto& expected = by_story[id];
    if (mine->size() != expected.size() ||
        !std::equal(mine->begin(), mine->end(), expected.begin(), [](auto& ev, auto seq) { return ev.seq == seq; }))
      faults.push_back("events_of and the log differ for " + id);
  }
  return faults;
}

} // namespace hyakki::test
