#include "actors/pull_ends.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/operators.hpp"
#include "actors/reconcile.hpp"

namespace hyakki::pull_ends {
namespace {

using dispatch::pointer;

void keep(pointer self, const story_id& id, const pull_request& now, const std::string& told) {
  auto& st = self->state;
  auto known = st.memory->find(id);
  if (!known || !*known || is_living((*known)->at) || st.stepping.count(id) > 0)
    return; // a later look keeps it
  st.watched.erase(id);
  auto r = **std::move(known);
  if (r.pull->state == now.state)
    return;
  r.pull.edit().state = now.state;
  if (!now.head.empty())
    r.pull.edit().head = now.head;
  ++r.version;
  r.changed_ms = dispatch::now(self);
  change step{std::move(r), {}};
  auto text = "pull request " + now.id + " is " + now.state + (told.empty() ? "" : "; " + told);
  step.events.push_back(make_event(step.record, event_kind::noted, step.record.changed_ms, on_note{std::move(text)}));
  operators::store_step(self, std::move(step), [](bool) {});
}

void tell(pointer self, const story_record& r, const pull_request& now) {
  auto& st = self->state;
  auto id = r.id();
  auto order = st.with->texts.on_merge(r);
  auto status = order.status;
  auto guard = std::pair{id, false};
  if (!st.reviewing.insert(guard).second)
    return;
  self->request(st.with->gateways.at(r.story.tracker), dispatch::report_deadline, atom::report::value, std::move(order))
    .then(
      [=](atom::ok_atom) {
        self->state.reviewing.erase(guard);
        keep(self, id, now, "the story was moved to " + status);
        dispatch::check_idle(self);
      },
      [=](caf::error& e) {
        auto& inner = self->state;
        inner.reviewing.erase(guard);
        auto why = from_caf(e);
        inner.with->log->warning("a story whose pull request was merged could not be moved", {id, {}},
                                 {{"status", status}, {"error", to_string(why)}});
        if (band_of(why.code) == band::try_again)
          dispatch::remember(self, id + ": " + to_string(why));
        else
          keep(self, id, now, "the story could not be moved to " + status + ": " + why.text);
        dispatch::check_idle(self);
      });
}

} // namespace

void ended(pointer self, story_record r, const pull_request& now) {
  auto& st = self->state;
  auto& t = project_for(st.with->settings, r.story.tracker).issue_tracker;
  if (now.state != "merged" || r.pull->state == now.state || t.status_on_done.empty() ||
      st.with->gateways.count(r.story.tracker) == 0)
    return keep(self, r.id(), now, {});
  reconcile::ask(self, r.story.tracker, {r.story.key}, [self, r, now](reconcile::answers& told) {
    auto at = told.find(r.story.key);
    if (at != told.end() && !at->second.wanted)
      return keep(self, r.id(), now, "the story stays where it is: " + at->second.why);
    tell(self, r, now);
  });
}

} // namespace hyakki::pull_ends
