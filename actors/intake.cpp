#include "actors/intake.hpp"

#include "core/progress.hpp"
#include "core/routing.hpp"

namespace hyakki {

change take_in(story s, const config& c, std::int64_t now) {
  story_record r;
  r.story = std::move(s);
  r.version = 1;
  r.taken_ms = now;
  r.changed_ms = now;
  if (auto repository = repository_for(r.story, c))
    r.repository = *std::move(repository);
  change out{std::move(r), {}};
  out.events.push_back(make_event(out.record, event_kind::noted, now, on_note{"taken in"}));
  return out;
}

change operator_step(story_record r, move by, const std::string& reason, std::int64_t now) {
  auto from = r.at;
  r.at = next(from, by).value_or(from);
  ++r.version;
  r.changed_ms = now;
  if (by == move::retry)
    begin_life(r);
  change out{std::move(r), {}};
  out.events.push_back(make_event(out.record, event_kind::moved, now, on_move{from, by, out.record.at, reason}));
  return out;
}

} // namespace hyakki
