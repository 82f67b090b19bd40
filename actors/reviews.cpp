#include "actors/reviews.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/operators.hpp"
#include "actors/pull_ends.hpp"
#include "actors/reconcile.hpp"
#include "core/admit.hpp"
#include "core/progress.hpp"
#include "core/rework.hpp"
#include "core/routing.hpp"
#include "core/shared_tracker.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

namespace hyakki::reviews {

change round_step(story_record r, std::vector<remark> remarks, const std::string& asked_by, std::int64_t now) {
  auto from = r.at;
  r.at = next(from, move::rework).value_or(from);
  ++r.version;
  r.changed_ms = now;
  begin_round(r, std::move(remarks), asked_by, now);
  change out{std::move(r), {}};
  auto& round = out.record.rework.back();
  out.events.push_back(
    make_event(out.record, event_kind::moved, now,
               on_move{from, move::rework, out.record.at,
                       "round " + std::to_string(out.record.rework.size()) + ", " + std::to_string(round.wanted) +
                         (round.wanted == 1 ? " remark" : " remarks") + ", asked for by " + round.asked_by}));
  return out;
}

namespace {

using dispatch::pointer;

constexpr std::int64_t day_ms = 24 * 3600 * 1000;
/// So many stories of the store are looked through with one tick.
constexpr std::size_t scan_at_once = 2'000;
constexpr std::size_t most_watched = 10'000;
/// A look may show the label of a round that has ended this moment: such a story is left to a later look.
constexpr std::int64_t settles_ms = 60'000;

/// Is it of use to look at open pull requests: for reviews that ask for changes, or for merges?
bool is_watching(const config& c) {
  auto moves = [](auto& p) { return !p.issue_tracker.status_on_done.empty(); };
  bool merges = c.projects.empty() ? moves(c) : std::any_of(c.projects.begin(), c.projects.end(), moves);
  return c.rework.watch_days > 0 && (c.rework.max_rounds > 0 || merges);
}

/// Where a story may rest whose pull request waits for people: done, or behind a round that changed nothing. One that
/// was cancelled is looked at for its end alone: merged while a round was under way for one.
bool may_be_watched(state at) { return at == state::done || at == state::no_changes || at == state::cancelled; }

std::int64_t watched_since(pointer self) {
  return dispatch::now(self) - self->state.with->settings.rework.watch_days * day_ms;
}

/// Who wants a round.
struct wish {
  std::optional<story> by_label; ///< the story as its tracker has it; empty = a review
  bool is_label() const { return by_label.has_value(); }
};

/// Is it another tracker's, which looks at the same service and knows more of the story: its pull request, or it at
/// all?
bool is_of_a_neighbour(pointer self, const story& s, const story_record* known) {
  auto& st = self->state;
  if (known && !known->pull->id.empty())
    return false;
  auto names = neighbours(st.with->settings, s.tracker);
  return std::any_of(names.begin(), names.end(), [&](auto& name) {
    auto theirs = st.memory->find(name + "/" + s.key);
    return !theirs || (*theirs && (!known || !(*theirs)->pull->id.empty())); // one that cannot be read may be theirs
  });
}

/// Tells the tracker why no round begins. Not durable: where it fails the label is still there for the next look.
void tell_why_not(pointer self, const story& s, story_record* known, rework_verdict why) {
  auto& st = self->state;
  auto order = st.with->texts.on_no_round(s, known, why);
  auto gateway = st.with->gateways.find(s.tracker);
  if (gateway == st.with->gateways.end() || order.comments.empty())
    return;
  auto id = s.id();
  auto guard = std::pair{id, true};
  st.reviewing.insert(guard);
  auto over = [=] {
    self->state.reviewing.erase(guard);
    dispatch::check_idle(self);
  };
  self->request(gateway->second, dispatch::report_deadline, atom::report::value, std::move(order))
    .then([=](atom::ok_atom) { over(); },
          [=](caf::error& e) {
            self->state.with->log->warning("the tracker could not be told why no round of rework begins", {id, {}},
                                           {{"error", to_string(from_caf(e))}});
            over();
          });
}

void begin(pointer self, story_record r, std::vector<remark> remarks, const std::string& asked_by) {
  auto id = r.id();
  operators::store_step(self, round_step(std::move(r), std::move(remarks), asked_by, dispatch::now(self)),
                        [=](bool stored) {
                          if (stored) // else the next look finds it as it is
                            self->state.watched.erase(id);
                        });
}

/// A review wants changes: begins the round unless the story's tracker does not want the story any more.
void begin_if_wanted(pointer self, const story_record& seen, std::vector<remark> remarks, const std::string& asked_by) {
  auto id = seen.id();
  auto key = seen.story.key;
  auto tracker = seen.story.tracker;
  reconcile::ask(self, tracker, {key}, [=](reconcile::answers& told) {
    auto& st = self->state;
    auto at = told.find(key);
    if (at != told.end() && !at->second.wanted) {
      // It may be opened again as long as its pull request is looked at.
      st.with->log->debug("a review wants changes of a story that its tracker does not want any more", {id, {}},
                          {{"why", at->second.why}});
      return;
    }
    auto known = st.memory->find(id);
    if (!known || !*known || !next((*known)->at, move::rework) || st.stepping.count(id) > 0)
      return;
    begin(self, **std::move(known), remarks, asked_by);
  });
}

/// What follows from what the host says.
void decide(pointer self, const story_id& id, const wish& who, pull_feedback& found) {
  auto& st = self->state;
  auto known = st.memory->find(id);
  if (!known || !*known || st.stepping.count(id) > 0)
    return;
  auto& r = **known;
  auto remarks = taken_up(std::move(found.said.remarks));
  auto verdict = judge_rework(r, found.pull, remarks.size(), st.with->settings.rework);
  if (verdict == rework_verdict::busy || verdict == rework_verdict::no_pull)
    return;
  if (who.is_label()) {
    if (verdict == rework_verdict::begins) {
      auto label = project_for(st.with->settings, r.story.tracker).issue_tracker.rework_label;
      auto fresh = r;
      fresh.story = *who.by_label;
      return begin(self, std::move(fresh), std::move(remarks), "the label " + label);
    }
    auto told = r;
    told.pull.edit().state = found.pull.state;
    return tell_why_not(self, *who.by_label, &told, verdict);
  }
  if (verdict == rework_verdict::not_open)
    return pull_ends::ended(self, std::move(r), found.pull);
  if (r.at == state::cancelled)
    return;
  if (!found.said.changes_requested || verdict == rework_verdict::no_remark || st.with->settings.rework.max_rounds == 0)
    return;
  if (verdict == rework_verdict::begins)
    return begin_if_wanted(self, r, std::move(remarks),
                           found.said.requested_by.empty() ? std::string{"a review"} : found.said.requested_by);
  st.watched.erase(id); // said once; nothing more follows from looking
  tell_why_not(self, r.story, &r, verdict);
}

/// Asks the host how the pull request of a story stands.
void ask_host(pointer self, const story_record& r, wish who) {
  auto& st = self->state;
  auto id = r.id();
  auto guard = std::pair{id, who.is_label()}; // a look for reviews must not stand before a person's word
  if (!st.reviewing.insert(guard).second)
    return;
  auto deadline = std::chrono::seconds{4 * st.with->settings.git.timeout_seconds};
  self->request(st.with->publisher_of(r.repository), deadline, atom::feedback::value, r.repository, r.pull->id)
    .then(
      [=](pull_feedback& found) {
        self->state.reviewing.erase(guard);
        decide(self, id, who, found);
        dispatch::fill(self);
      },
      [=](caf::error& e) {
        auto& inner = self->state;
        inner.reviewing.erase(guard);
        auto why = from_caf(e);
        inner.with->log->warning("a pull request could not be looked at", {id, {}}, {{"error", to_string(why)}});
        if (why == ec::not_found && who.is_label()) {
          auto known = inner.memory->find(id);
          if (known && *known) {
            (*known)->pull.edit().state = "gone";
            tell_why_not(self, *who.by_label, &**known, rework_verdict::not_open);
          }
        } else if (why == ec::not_found) {
          inner.watched.erase(id);
        } else if (who.is_label()) {
          dispatch::remember(self, id + ": " + to_string(why));
        }
        dispatch::check_idle(self);
      });
}

} // namespace

void ended(pointer self, const index_entry& e) {
  auto& st = self->state;
  if (may_be_watched(e.at) && is_watching(st.with->settings) && st.watched.size() < most_watched)
    st.watched[e.id] = dispatch::now(self);
}

void scan(pointer self) {
  auto& st = self->state;
  if (st.scanned || !is_watching(st.with->settings))
    return;
  auto since = watched_since(self);
  std::size_t seen = 0;
  auto last = st.scanned_up_to;
  auto most = st.forever ? scan_at_once : ~std::size_t{0};
  auto read = st.memory->each_after(st.scanned_up_to, [&](const index_entry& e) {
    last = e.id;
    if (may_be_watched(e.at) && e.changed_ms >= since && st.watched.size() < most_watched)
      st.watched.emplace(e.id, e.changed_ms);
    return ++seen < most;
  });
  st.scanned = seen < most || last == st.scanned_up_to;
  st.scanned_up_to = last;
  if (!read)
    st.with->log->debug("not every stored story could be looked through", {}, {{"error", to_string(read.error())}});
}

void look(pointer self) {
  auto& st = self->state;
  if (!is_watching(st.with->settings))
    return;
  if (!st.forever)
    scan(self);
  auto since = watched_since(self);
  auto wanted = std::min<std::size_t>(st.with->settings.rework.pull_requests_a_poll, st.watched.size());
  for (std::size_t n = 0, tried = 0; n < wanted && tried < 100 && !st.watched.empty(); ++tried) {
    auto at = st.watched.upper_bound(st.watched_up_to);
    if (at == st.watched.end())
      at = st.watched.begin();
    st.watched_up_to = at->first;
    auto known = st.memory->find(at->first);
    if (!known)
      continue;
    bool over = !*known || !may_be_watched((*known)->at) || (*known)->pull->id.empty() ||
                (*known)->pull->state != "open" || at->second < since ||
                st.with->gateways.count((*known)->story.tracker) == 0;
    if (over) {
      if (*known) // its round was stored, and nobody heard so
        dispatch::adopt(self, **known);
      st.watched.erase(at);
      continue;
    }
    ++n;
    ask_host(self, **known, {});
  }
}

void asked_for(pointer self, const std::string& tracker, std::vector<story> found) {
  auto& st = self->state;
  auto& own = project_for(st.with->settings, tracker).issue_tracker;
  auto label = own.rework_label;
  std::map<std::string, story> wishes;
  std::vector<std::string> keys;
  auto left_alone = [self](const story& s, const char* why) {
    self->state.with->log->debug("a story that wants rework is left to whoever works on it", {s.id(), {}},
                                 {{"why", why}});
  };
  for (auto& s : found) {
    auto is_meant = is_meant_for(s, own); // with all its labels: admission cuts
    auto admitted = admit(std::move(s));
    if (!admitted || admitted->tracker != tracker)
      continue;
    auto id = admitted->id();
    if (st.queue.waits(id) || st.queue.runs(id) || st.stepping.count(id) > 0 || st.reviewing.count({id, true}) > 0 ||
        st.on_the_way.count(id) > 0)
      continue;
    auto known = st.memory->find(id);
    if (!known)
      continue;
    // The label alone does not say whose it is: others may work on the same project, here or in another process.
    if (!*known && !is_meant) {
      left_alone(*admitted, "it is not on record, and does not carry the labels that stories are taken by");
      continue;
    }
    if (is_of_a_neighbour(self, *admitted, *known ? &**known : nullptr)) {
      left_alone(*admitted, "another tracker of this configuration has it on record");
      continue;
    }
    if (*known)
      dispatch::adopt(self, **known); // its round was stored, and nobody heard so
    if (*known && (is_living((*known)->at) || (st.forever && !(*known)->rework.empty() &&
                                               dispatch::now(self) - (*known)->changed_ms < settles_ms)))
      continue; // what was written is found when it has ended
    auto& key = keys.emplace_back(admitted->key);
    wishes.emplace(key, *std::move(admitted));
  }
  // A look may be an old one: only what carries the label for certain is acted upon.
  reconcile::ask(self, tracker, std::move(keys), [=](reconcile::answers& told) {
    auto& inner = self->state;
    for (auto& [key, shown] : wishes) {
      auto now = shown;
      auto is_meant = true; // as it was shown
      if (auto at = told.find(key); at != told.end()) {
        at->second.now.tracker = tracker;
        is_meant = is_meant_for(at->second.now, project_for(inner.with->settings, tracker).issue_tracker);
        auto admitted = admit(at->second.now);
        if (!at->second.wanted || !admitted || !carries(admitted->labels, label))
          continue;
        now = *std::move(admitted);
      }
      auto known = inner.memory->find(now.id());
      if (!known || (!*known && !is_meant) || is_of_a_neighbour(self, now, *known ? &**known : nullptr))
        continue;
      if (*known && is_living((*known)->at))
        continue;
      if (!*known || (*known)->pull->id.empty())
        tell_why_not(self, now, *known ? &**known : nullptr, rework_verdict::no_pull);
      else
        ask_host(self, **known, wish{now});
    }
  });
}

} // namespace hyakki::reviews
