#include "actors/reconcile.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "actors/operators.hpp"
#include "core/admit.hpp"
#include "core/progress.hpp"
#include "core/rework.hpp"
#include "core/routing.hpp"

#include <algorithm>
#include <chrono>
#include <set>

namespace hyakki::reconcile {
namespace {

using namespace std::chrono_literals;
using dispatch::pointer;

constexpr auto ask_deadline = 600s;
/// Beyond those that run, so many are asked about with one look: one call of most trackers.
constexpr std::size_t most_besides = 100;

/// The key of a story of this tracker; empty for those of others.
std::string_view key_of(const story_id& id, const std::string& tracker) {
  auto is_its =
    id.size() > tracker.size() + 1 && id.compare(0, tracker.size(), tracker) == 0 && id[tracker.size()] == '/';
  return is_its ? std::string_view{id}.substr(tracker.size() + 1) : std::string_view{};
}

/// Why a story in hand is to be ended; empty when it goes on.
std::string why_end(const story_record& r, tracker::standing& seen, const config& c) {
  if (!is_living(r.at) || r.at == state::reporting || r.resume_at == state::reporting || !came_by_label(r.story, c))
    return {};
  if (!seen.wanted)
    return seen.why.empty() ? "its tracker does not want it any more" : seen.why;
  if (open_round(r)) // belongs where its pull request is
    return {};
  seen.now.tracker = r.story.tracker;
  auto now = admit(seen.now);
  return now && now->key == r.story.key ? led_elsewhere(r.story, *now, c) : std::string{};
}

/// The step that takes a withdrawn story up again, as its tracker shows it now.
change comes_back(story_record r, story now, const config& c, std::int64_t at) {
  auto repository = repository_for(now, c);
  auto made = operator_step(std::move(r), move::retry, "its tracker shows it again", at);
  made.record.story = std::move(now);
  take_home(made.record, repository ? *repository : std::string{});
  if (made.record.commit->sha.empty())
    made.record.resume_at = state::queued;
  return made;
}

} // namespace

std::vector<std::string> keys(pointer self, const std::string& tracker) {
  auto& st = self->state;
  std::set<std::string> out;
  for (auto& [id, who] : st.running)
    if (auto key = key_of(id, tracker); !key.empty())
      out.emplace(key);
  std::set<std::string> others;
  for (auto& [at, id] : st.due)
    if (auto key = key_of(id, tracker); !key.empty())
      others.emplace(key);
  for (auto& id : st.queue.upcoming())
    if (auto key = key_of(id, tracker); !key.empty())
      others.emplace(key);
  // In their turn: where one look ended the next goes on.
  auto& from = st.asked_up_to[tracker];
  auto next = others.upper_bound(from);
  for (std::size_t n = 0; n < others.size() && n < most_besides; ++n) {
    if (next == others.end())
      next = others.begin();
    from = *next;
    out.insert(*next++);
  }
  return {out.begin(), out.end()};
}

void judge(pointer self, std::vector<tracker::standing>& standings) {
  auto& st = self->state;
  for (auto& seen : standings) {
    auto id = seen.now.id();
    if (!st.queue.waits(id) && !st.queue.runs(id) &&
        std::none_of(st.due.begin(), st.due.end(), [&](auto& d) { return d.second == id; }))
      continue;
    auto found = st.memory->find(id);
    if (!found || !*found)
      continue;
    auto why = why_end(**found, seen, st.with->settings);
    if (why.empty())
      continue;
    st.with->log->info("a story is not wanted any more", {id, {}}, {{"why", why}});
    if (auto refused = operators::withdraw(self, id, why))
      st.with->log->debug("it could not be ended", {id, {}}, {{"why", to_string(from_caf(refused))}});
  }
}

void ask(pointer self, const std::string& tracker, std::vector<std::string> keys, std::function<void(answers&)> then) {
  auto& st = self->state;
  auto gateway = st.with->gateways.find(tracker);
  if (gateway == st.with->gateways.end() || keys.empty())
    return;
  ++st.questions[tracker];
  self->request(gateway->second, ask_deadline, atom::search::value, look_order{false, std::move(keys)})
    .then(
      [=](found_stories& found) {
        --self->state.questions[tracker];
        if (found.failures.empty()) {
          answers by_key;
          for (auto& s : found.standings)
            by_key[s.now.key] = std::move(s);
          then(by_key);
        } else {
          self->state.with->log->warning("single stories could not be looked at again", {},
                                         {{"tracker", tracker}, {"error", found.failures.front()}});
        }
        dispatch::fill(self);
      },
      [=](caf::error& e) { // the next look brings them again
        --self->state.questions[tracker];
        self->state.with->log->warning("single stories could not be looked at again", {},
                                       {{"tracker", tracker}, {"error", to_string(from_caf(e))}});
        dispatch::check_idle(self);
      });
}

void look_again(pointer self, const std::string& tracker) {
  // A tracker that takes longer to answer than we are to wait would have more and more to do before it is told
  // anything.
  if (self->state.questions[tracker] > 0)
    return;
  ask(self, tracker, keys(self, tracker), [=](answers& told) {
    std::vector<tracker::standing> all;
    for (auto& [key, seen] : told)
      all.push_back(std::move(seen));
    judge(self, all);
  });
}

bool may_come_back(const story_record& r) {
  return r.at == state::cancelled && r.has_trouble && r.why->code == ec::withdrawn && r.rework.empty();
}

void shown_again(pointer self, const std::string& tracker, std::vector<story> found) {
  std::map<std::string, story> shown;
  std::vector<std::string> keys;
  for (auto& s : found) {
    keys.push_back(s.key);
    shown.emplace(s.key, std::move(s));
  }
  ask(self, tracker, std::move(keys), [=](answers& told) {
    auto& st = self->state;
    for (auto& [key, as_shown] : shown) {
      auto known = st.memory->find(as_shown.id());
      if (!known || !*known || !may_come_back(**known) || st.stepping.count(as_shown.id()) > 0)
        continue;
      auto now = as_shown;
      if (auto at = told.find(key); at != told.end()) {
        if (!at->second.wanted) // the look was an old one
          continue;
        at->second.now.tracker = now.tracker;
        if (auto admitted = admit(at->second.now); admitted && admitted->key == key)
          now = *std::move(admitted);
      }
      // What it was ended for still stands, and was told.
      auto was_lost = (*known)->why->text.compare(0, leads_nowhere.size(), leads_nowhere) == 0;
      if (was_lost && !repository_for(now, st.with->settings))
        continue;
      operators::store_step(
        self, comes_back(**std::move(known), std::move(now), st.with->settings, dispatch::now(self)), [](bool) {});
    }
  });
}

} // namespace hyakki::reconcile
