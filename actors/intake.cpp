#include "actors/intake.hpp"

#include "actors/deadline.hpp"
#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/reconcile.hpp"
#include "actors/reviews.hpp"
#include "core/progress.hpp"
#include "core/routing.hpp"

#include <chrono>
#include <memory>
#include <utility>

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

namespace intake {
namespace {

using namespace std::chrono_literals;
using dispatch::pointer;

constexpr auto search_deadline = 600s;
constexpr std::int64_t kept_ms = 600'000; ///< a look may take as long

/// Stories that nobody here works on or waits for, admitted and bounded.
std::vector<story> news(pointer self, std::vector<story> found) {
  auto& st = self->state;
  std::vector<story> out;
  for (auto& s : found) {
    auto admitted = admit(std::move(s));
    if (!admitted) {
      st.with->log->warning("a story was refused", {}, {{"error", to_string(admitted.error())}});
      dispatch::remember(self, admitted.error().text);
      continue;
    }
    auto id = admitted->id();
    st.queue.reorder(id, admitted->priority, admitted->created_ms); // somebody may have found it more pressing
    if (!st.queue.waits(id) && !st.queue.runs(id) && st.with->gateways.count(admitted->tracker) > 0)
      out.push_back(*std::move(admitted));
  }
  return out;
}

/// Claims one story in the store. Answers by `then(true)` when it is new.
void claim(pointer self, story s, std::function<void(bool)> then) {
  auto& st = self->state;
  auto known = st.memory->find(s.id());
  if (!known || *known) {
    if (!known)
      st.with->log->error("the store cannot be read; the story is taken at the next look", {s.key, {}},
                          {{"error", to_string(known.error())}});
    else
      dispatch::adopt(self, **known);
    return then(false);
  }
  // A look that comes while the store is slow must not offer the same story once more.
  if (!st.on_the_way.insert(s.id()).second)
    return then(false);
  auto step = take_in(std::move(s), st.with->settings, dispatch::now(self));
  auto& r = step.record;
  index_entry entry{r.id(), r.at, r.story.priority, r.story.created_ms, 0, r.repository};
  auto settled = [=](bool is_new) {
    self->state.on_the_way.erase(entry.id);
    then(is_new);
    // One look's stories are put in order before the first of them starts.
    if (self->state.on_the_way.empty())
      dispatch::fill(self);
  };
  auto question = self->request(st.with->writer, store_deadline, atom::commit::value, std::move(step));
  question.then(
    [=, id = question.id()](atom::ok_atom) {
      forget_deadline(self, id);
      dispatch::enqueue(self, entry);
      settled(true);
    },
    [=](caf::error& e) { // `conflict`: somebody else took it; anything else: the next look finds it again
      auto why = from_caf(e);
      if (why != ec::conflict)
        self->state.with->log->error("a story could not be stored; it is taken at the next look", {entry.id, {}},
                                     {{"error", to_string(why)}});
      settled(false);
    });
}

/// True while what is left of a service's quota must last: the tracker is looked at later. Else notes when the look
/// after this one may come.
bool waits_for_quota(pointer self, const std::string& name) {
  auto& st = self->state;
  if (!st.with->quotas)
    return false;
  auto now = dispatch::now(self);
  if (auto after = st.look_after.find(name); after != st.look_after.end() && after->second > now) {
    if (!st.forever)
      dispatch::remember(self, name + " is not looked at: its quota is nearly used up");
    return true;
  }
  auto usual = st.with->settings.orchestrator.poll_interval_seconds * 1000;
  std::int64_t next = 0;
  for (auto& q : st.with->quotas(name)) {
    if (auto until = quiet_until(q, now); until != 0)
      st.with->log->info("a tracker is looked at later: " + to_string(q), {}, {{"tracker", name}});
    next = std::max(next, next_look_ms(q, now, usual));
  }
  if (next > now + usual)
    st.look_after[name] = next;
  else
    st.look_after.erase(name);
  return false;
}

/// Says it in the log where it is new, and for whoever looks from outside until a look comes through.
void not_searched(pointer self, const std::string& name, const error& why) {
  auto& st = self->state;
  auto text = to_string(why);
  auto& known = st.unsearched[name];
  auto level = known == text ? log_level::debug : log_level::warning;
  st.with->log->write(level, "a tracker could not be searched", {}, {{"tracker", name}, {"error", text}});
  known = std::move(text);
  if (why == ec::rate_limited || !st.with->tell_quiet)
    return; // said by what its services say of themselves
  auto look_again_ms = st.with->settings.orchestrator.poll_interval_seconds * 1000;
  st.with->tell_quiet("search " + name, dispatch::now(self) + 2 * look_again_ms + kept_ms,
                      name + " could not be searched: " + why.text + "; it is asked again with every look");
}

void look_at(pointer self, const std::string& name, const tracker_gateway_actor& gateway) {
  auto& st = self->state;
  if (st.polling[name])
    return;
  if (waits_for_quota(self, name))
    return;
  st.polling[name] = true;
  self->request(gateway, search_deadline, atom::search::value, look_order{true, reconcile::keys(self, name)})
    .then(
      [=](found_stories& found) {
        auto& inner = self->state;
        inner.polling[name] = false;
        if (inner.unsearched.erase(name) > 0 && inner.with->tell_quiet)
          inner.with->tell_quiet("search " + name, 0, {});
        for (auto& text : found.unreadable) {
          inner.with->log->warning("a story could not be read", {}, {{"tracker", name}, {"error", text}});
          dispatch::remember(self, text);
        }
        for (auto& text : found.held)
          inner.with->log->debug("a story is held back", {}, {{"tracker", name}, {"why", text}});
        for (auto& text : found.failures) {
          inner.with->log->warning("a part of a look at a tracker failed", {}, {{"tracker", name}, {"error", text}});
          dispatch::remember(self, name + ": " + text);
        }
        reconcile::judge(self, found.standings);
        std::vector<story> again;
        for (auto& s : news(self, std::move(found.stories))) {
          auto known = inner.memory->find(s.id());
          if (known && *known && reconcile::may_come_back(**known))
            again.push_back(std::move(s));
          else
            claim(self, std::move(s), [](bool) {});
        }
        reconcile::shown_again(self, name, std::move(again));
        reviews::asked_for(self, name, std::move(found.rework));
        dispatch::fill(self);
      },
      [=](caf::error& e) { // running stories go on; the next look tries again
        auto& inner = self->state;
        inner.polling[name] = false;
        auto why = from_caf(e);
        not_searched(self, name, why);
        dispatch::remember(self, name + ": " + to_string(why));
        dispatch::check_idle(self);
      });
}

} // namespace

void look(pointer self) {
  auto& st = self->state;
  if (st.stopping)
    return;
  // One look is for what is new; as long as it takes to work on that, what is in hand is looked at again.
  bool for_new = st.forever || !std::exchange(st.looked, true);
  for (auto& [name, gateway] : st.with->gateways)
    if (for_new)
      look_at(self, name, gateway);
    else
      reconcile::look_again(self, name);
  if (for_new)
    reviews::look(self);
  self->delayed_send(self, std::chrono::seconds{st.with->settings.orchestrator.poll_interval_seconds},
                     atom::poll::value);
}

void take(pointer self, std::vector<story> found, std::function<void(std::uint32_t)> then) {
  auto fresh = news(self, std::move(found));
  if (fresh.empty())
    return then(0);
  auto left = std::make_shared<std::size_t>(fresh.size());
  auto taken = std::make_shared<std::uint32_t>(0);
  for (auto& s : fresh)
    claim(self, std::move(s), [=](bool is_new) {
      *taken += is_new ? 1 : 0;
      if (--*left == 0)
        then(*taken);
    });
}

} // namespace intake
} // namespace hyakki
