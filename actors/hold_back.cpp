#include "actors/hold_back.hpp"

#include "core/text_values.hpp"

#include <algorithm>

namespace hyakki::hold_back {
namespace {

std::string tracker_of(const story_id& id) { return id.substr(0, id.find('/')); }

std::string about(const std::string& tracker) { return "setback " + tracker; }

std::string about(const std::string& tracker, const std::string& repository) {
  return about(tracker) + " " + repository;
}

/// Says once until when nothing is begun, and why.
void tell(pointer self, const std::string& subject, std::int64_t until, const std::string& text) {
  auto& st = self->state;
  auto& told = st.told_quiet[subject];
  if (until <= told)
    return;
  told = until;
  st.with->log->warning(text, {}, {});
  dispatch::remember(self, text);
  if (st.with->tell_quiet)
    st.with->tell_quiet(subject, until, text);
}

void untell(pointer self, const std::string& subject) {
  auto& st = self->state;
  if (st.told_quiet.erase(subject) > 0 && st.with->tell_quiet)
    st.with->tell_quiet(subject, 0, {});
}

std::int64_t for_quota(pointer self, const std::string& tracker) {
  auto& st = self->state;
  std::int64_t until = 0;
  if (!st.with->quotas)
    return until;
  for (auto& q : st.with->quotas(tracker)) {
    auto its = quiet_until(q, dispatch::now(self));
    if (its != 0)
      tell(self, q.service, its, to_string(q) + "; no new story is begun until then, what runs goes on");
    until = std::max(until, its);
  }
  return until;
}

std::string in_a_row(std::uint32_t many, const std::string& of, std::int64_t until) {
  return std::to_string(many) + " stories of " + of +
         " in a row were parked for a fault of the configuration; no new one is begun before " + minute_of(until) +
         ", then one is tried";
}

std::int64_t if_to_come(pointer self, std::int64_t at) { return at > dispatch::now(self) ? at : 0; }

/// A story was parked, or is to be: a fault of the configuration may stand in the way of the others too. True when it
/// is one.
bool learn_of_fault(pointer self, const story_id& id) {
  auto& st = self->state;
  auto found = st.memory->find(id);
  if (!found || !*found)
    return false;
  auto& r = **found;
  if (!r.has_trouble || r.why->code != ec::bad_config || (r.at != state::parked && r.verdict != state::parked))
    return false;
  auto tracker = tracker_of(id);
  auto& s = st.setbacks[tracker];
  s.fault(r.repository, dispatch::now(self));
  auto say = [&](const std::string& subject, std::uint32_t many, const std::string& of, std::int64_t until) {
    tell(self, subject, until, in_a_row(many, of, until) + ". The last one: " + r.why->text);
  };
  if (auto until = if_to_come(self, s.until_for_all()); until != 0)
    say(about(tracker), s.in_a_row(), tracker, until);
  else if (until = if_to_come(self, s.until(r.repository)); until != 0)
    say(about(tracker, r.repository), s.in_a_row(r.repository), "the repository " + r.repository, until);
  return true;
}

} // namespace

std::int64_t until(pointer self, const std::string& tracker, const std::string& repository) {
  auto& behind = self->state.setbacks;
  auto i = behind.find(tracker);
  auto fault = i == behind.end() ? 0 : if_to_come(self, i->second.until(repository));
  return std::max(fault, for_quota(self, tracker));
}

bool all(pointer self) {
  auto& st = self->state;
  return std::all_of(st.with->gateways.begin(), st.with->gateways.end(), [&](auto& g) {
    auto i = st.setbacks.find(g.first);
    return (i != st.setbacks.end() && if_to_come(self, i->second.until_for_all()) != 0) ||
           for_quota(self, g.first) != 0;
  });
}

void begun(pointer self, const std::string& tracker, const std::string& repository) {
  auto& behind = self->state.setbacks;
  if (auto i = behind.find(tracker); i != behind.end())
    i->second.begun(repository, dispatch::now(self));
}

void ends(pointer self, const story_id& id) {
  if (self->state.set_back.count(id) == 0 && learn_of_fault(self, id))
    self->state.set_back.insert(id);
}

void rested(pointer self, const index_entry& e) {
  if (e.at == state::done)
    return forget(self, tracker_of(e.id), e.repository);
  if (e.at == state::parked && self->state.set_back.erase(e.id) == 0)
    learn_of_fault(self, e.id);
}

void forget(pointer self, const std::string& tracker, const std::string& repository) {
  auto& st = self->state;
  auto i = st.setbacks.find(tracker);
  if (i == st.setbacks.end())
    return;
  bool held = if_to_come(self, i->second.until(repository)) != 0;
  i->second.forget(repository);
  untell(self, about(tracker));
  untell(self, about(tracker, repository));
  // Some may have been held with all the others, and are so no longer but for faults of their own.
  for (auto& other : i->second.held(dispatch::now(self)))
    tell(self, about(tracker, other), i->second.until(other),
         in_a_row(i->second.in_a_row(other), "the repository " + other, i->second.until(other)));
  if (!held)
    return;
  // Which of them waited for this is not known: all look again, and who has another reason waits on.
  std::multimap<std::int64_t, story_id> look_again;
  for (auto& [at, id] : st.due)
    look_again.emplace(std::min(at, dispatch::now(self)), id);
  st.due = std::move(look_again);
}

} // namespace hyakki::hold_back
