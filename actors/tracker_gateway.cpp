#include "actors/tracker_gateway.hpp"

#include "actors/deadline.hpp"
#include "actors/failure.hpp"
#include "actors/inspect.hpp"

#include <algorithm>
#include <chrono>

#include <caf/response_promise.hpp>

namespace hyakki {
namespace {

using pointer = tracker_gateway_actor::stateful_pointer<tracker_gateway_state>;

/// What a tracker says of its own time is believed for a day at most.
constexpr std::int64_t longest_hold_ms = 24 * 3600 * 1000;
/// Of one look; a pull that brings more is told over several.
constexpr std::size_t most_changes = 500;

/// The failure to answer with while the tracker wants to be left alone.
std::optional<error> held_back(pointer self) {
  auto& st = self->state;
  if (st.time->now() >= st.not_before_ms)
    return std::nullopt;
  return error{ec::rate_limited, std::string{st.what->name()} + " asked us to come back later", st.not_before_ms};
}

caf::error remember(pointer self, const error& e) {
  if (e == ec::rate_limited)
    self->state.not_before_ms =
      std::max(self->state.not_before_ms, std::min(e.retry_at_ms, self->state.time->now() + longest_hold_ms));
  return to_caf(e);
}

/// A part of a look that may fail alone: what the others brought still counts.
template <class T, class F>
void part(pointer self, found_stories& out, const char* what, T call, F take) {
  if (held_back(self))
    return; // said with what was asked before it
  auto got = call();
  if (got)
    return take(*std::move(got));
  (void)remember(self, got.error());
  out.failures.push_back(std::string{what} + ": " + to_string(got.error()));
}

/// Tells what others did, and the tracker when that is stored: at least once. Then the look is answered.
void tell_changes(pointer self, found_stories out, std::vector<story_change> changes, caf::response_promise answer) {
  std::vector<event> events;
  for (auto& c : changes) {
    event e;
    e.at_ms = self->state.time->now();
    e.kind = c.what;
    e.story = std::string{self->state.what->name()} + "/" + c.key;
    e.title = std::move(c.title);
    e.payload = on_ticket{std::move(c.fields)};
    events.push_back(std::move(e));
  }
  auto done = [=](std::string failed) mutable {
    self->state.telling = false;
    if (!failed.empty())
      out.failures.push_back("what others changed could not be told; it is told later: " + failed);
    answer.deliver(std::move(out));
  };
  self->state.telling = true;
  self->request(self->state.writer, store_deadline, atom::append::value, std::move(events))
    .then(
      [=](atom::ok_atom) mutable {
        auto noted = self->state.what->changes_stored();
        done(noted ? std::string{} : to_string(noted.error()));
      },
      [=](caf::error& e) mutable { done(to_string(from_caf(e))); });
}

caf::result<found_stories> look(pointer self, const look_order& order) {
  if (auto wait = held_back(self))
    return to_caf(*wait);
  auto& tracker = *self->state.what;
  found_stories out;
  if (order.wanted) {
    auto found = tracker.search();
    if (!found)
      return remember(self, found.error());
    out.stories = std::move(found->stories);
    out.unreadable = std::move(found->unreadable);
    out.held = std::move(found->held);
    if (found->held_besides > 0)
      out.held.push_back("and " + std::to_string(found->held_besides) + " more");
  }
  if (!order.keys.empty())
    part(
      self, out, "stories that are worked on could not be looked at again; they go on",
      [&] { return tracker.look_again(order.keys); }, [&](auto&& all) { out.standings = std::move(all); });
  if (order.wanted)
    part(
      self, out, "stories that want rework could not be searched", [&] { return tracker.search_rework(); },
      [&](auto&& found) {
        out.rework = std::move(found.stories);
        for (auto& text : found.unreadable) // both looks come across the same ones
          if (std::find(out.unreadable.begin(), out.unreadable.end(), text) == out.unreadable.end())
            out.unreadable.push_back(std::move(text));
      });
  std::vector<story_change> changes;
  if (order.wanted && !self->state.telling && self->state.writer)
    part(
      self, out, "what others changed could not be looked for", [&] { return tracker.changes(most_changes); },
      [&](auto&& all) { changes = std::move(all); });
  if (changes.empty())
    return out;
  auto answer = self->make_response_promise();
  tell_changes(self, std::move(out), std::move(changes), answer);
  return caf::delegated<found_stories>{};
}

/// Says all parts of a report, as far as they are not said already: the refusal of one does not keep the others back.
/// Answers the first refusal, or nothing. Where the tracker is away that is an error.
result<std::optional<error>> say(pointer self, const report_order& order) {
  auto& tracker = *self->state.what;
  auto refused = std::optional<error>{};
  auto ends = [&](const error& e) {
    if (e != ec::rejected && e != ec::not_found && e != ec::over_budget)
      return true;
    if (!refused)
      refused = e;
    return false;
  };
  for (auto& c : order.comments)
    if (auto posted = tracker.post(order.key, c); !posted && ends(posted.error()))
      return posted.error();
  if (!order.labels.add.empty() || !order.labels.remove.empty())
    if (auto set = tracker.label(order.key, order.labels); !set && ends(set.error()))
      return set.error();
  if (!order.status.empty())
    if (auto moved = tracker.move_to(order.key, order.status); !moved && ends(moved.error()))
      return moved.error();
  return refused;
}

/// A refusal counts only between two moments at which the tracker answers for the story at all, be it that it is gone.
/// Else something stands between us and it, which passes: all is said again later.
caf::result<atom::ok_atom> report(pointer self, const report_order& order) {
  if (auto wait = held_back(self))
    return to_caf(*wait);
  for (bool answers = false;; answers = true) {
    auto refused = say(self, order);
    if (!refused)
      return remember(self, refused.error());
    if (!*refused)
      return atom::ok_atom::value;
    if (auto again = self->state.what->look_again({order.key}); !again) {
      auto why = again.error();
      if (band_of(why.code) != band::try_again && why != ec::bad_config)
        why.code = ec::unavailable;
      why.text = (*refused)->text + "; and the story cannot be looked at: " + why.text;
      return remember(self, why);
    }
    if (answers)
      return to_caf(**refused);
  }
}

} // namespace

tracker_gateway_actor::behavior_type tracker_gateway(pointer self, tracker* what, const clock* time,
                                                     store_writer_actor writer) {
  self->state.what = what;
  self->state.writer = std::move(writer);
  self->state.time = time;
  return {
    [=](atom::search, const look_order& order) { return look(self, order); },
    [=](atom::report, const report_order& order) { return report(self, order); },
  };
}

} // namespace hyakki
