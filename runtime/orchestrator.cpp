#include "runtime/orchestrator.hpp"

#include "actors/failure.hpp"
#include "actors/inspect.hpp"
#include "core/admit.hpp"
#include "core/routing.hpp"
#include "hooks/event_reader.hpp"
#include "runtime/wiring.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <unordered_map>

#include <caf/scoped_actor.hpp>

namespace hyakki {
namespace {

using namespace std::chrono_literals;

run_summary summary_of(std::vector<rest_notice> rested, std::vector<std::string> errors) {
  run_summary out;
  out.poll_errors = std::move(errors);
  std::unordered_map<story_id, std::size_t> last; // a story that was tried again has rested before
  for (std::size_t i = 0; i < rested.size(); ++i)
    last[rested[i].entry.id] = i;
  for (std::size_t i = 0; i < rested.size(); ++i) {
    auto& r = rested[i];
    if (last[r.entry.id] != i)
      continue;
    out.touched.push_back(r.entry.id);
    switch (r.entry.at) {
    case state::done: ++out.done; break;
    case state::no_changes: ++out.no_changes; break;
    case state::failed:
    case state::parked: ++out.failed; break;
    case state::cancelled: ++out.cancelled; break;
    default: ++out.backing_off; break;
    }
  }
  return out;
}

} // namespace

struct orchestrator::inner {
  std::unique_ptr<furniture> things;
  std::unique_ptr<household> actors;
  std::mutex guard;
  std::condition_variable changed;
  bool started = false;
  bool stop_wanted = false;
  bool ended = false;
  std::vector<untold_events> untold; ///< since the end

  /// The store's last word comes from the thread that others wait for: it must not wait for `guard`.
  mutable std::mutex fate;
  std::string why;             ///< guarded by fate: it ended by itself
  dispatcher_actor to_be_told; ///< guarded by fate

  /// Starts the actors; they take up what an earlier life left. Ends that life's children first.
  result<void> begin(bool forever) {
    std::unique_lock lock{guard};
    if (started)
      return {ec::invalid_transition, "this orchestrator was started before; make another one"};
    started = true;
    if (!things->owned.memory)
      return {ec::invalid_transition, "a dry run starts nothing"};
    auto left = things->owned.children->end_leftovers(things->shop.mark_prefix);
    if (left > 0)
      things->owned.log->warning("processes of an earlier life were ended", {},
                                 {{"count", static_cast<std::uint64_t>(left)}});
    if (auto room = household::has_room(*things); !room)
      return room;
    actors = std::make_unique<household>(*things);
    caf::scoped_actor self{actors->system()};
    result<void> out;
    self->request(actors->dispatch(), 600s, atom::start::value, forever)
      .receive([](atom::ok_atom) {}, [&](caf::error& e) { out = from_caf(e); });
    actors->nudge_plugins();
    std::lock_guard told{fate};
    to_be_told = actors->dispatch();
    if (stop_wanted || !why.empty())
      caf::anon_send(actors->dispatch(), atom::stop::value);
    return out;
  }

  void give_up(const std::string& reason) {
    std::lock_guard lock{fate};
    why = reason;
    if (to_be_told)
      caf::anon_send(to_be_told, atom::stop::value);
  }
  std::string why_it_ended() const {
    std::lock_guard lock{fate};
    return why;
  }

  /// Who waits for a service's turn, or to try again, is kept no longer: the next start goes on with it.
  void hurry() const {
    // First: what a sink fails at from now on says nothing of the sink.
    things->telling_of_plugins.move_to(telling::ending);
    if (things->owned.http)
      things->owned.http->hurry();
  }

  /// Ends the actors when every running story has come to a stop.
  void end() {
    std::unique_lock lock{guard};
    if (!actors || ended)
      return;
    ended = true;
    hurry();
    {
      caf::scoped_actor self{actors->system()};
      self->request(actors->dispatch(), 900s, atom::stop::value)
        .receive([](atom::ok_atom) {},
                 [&](caf::error& e) {
                   things->owned.log->error("running stories did not stop", {}, {{"error", to_string(from_caf(e))}});
                 });
    }
    {
      std::lock_guard told{fate};
      to_be_told = nullptr;
    }
    actors->tell_plugins();
    actors.reset();
    look_who_waits();
    changed.notify_all();
  }

  void look_who_waits() {
    for (auto& p : things->plugins) {
      auto left = hyakki::untold(p, *things->owned.memory);
      if (!left || left->count == 0)
        continue;
      things->owned.log->warning(
        "a plugin was not told of everything in time; it is told of the rest after the next start", {},
        {{"plugin", p.name}, {"events", left->count}});
      untold.push_back(*std::move(left));
    }
  }
};

orchestrator::orchestrator(std::unique_ptr<inner> i) : inner_(std::move(i)) {}

orchestrator::~orchestrator() {
  stop();
  inner_->end();
}

result<std::unique_ptr<orchestrator>> orchestrator::make(config c, orchestrator_options o, parts p) {
  if (auto texts = story_texts::make(c); !texts)
    return texts.error();
  auto things = furniture::assemble(std::move(c), o, std::move(p));
  if (!things)
    return things.error();
  auto i = std::make_unique<inner>();
  i->things = *std::move(things);
  // What cannot be remembered must not be done: nothing is tried again, the next start looks at what is on disk.
  i->things->on_store_end = [self = i.get()](const std::string& why) { self->give_up(why); };
  return std::unique_ptr<orchestrator>{new orchestrator{std::move(i)}};
}

void orchestrator::subscribe(std::string name, subscriber s, std::function<void()> give_up) {
  inner_->things->plugins.push_back({std::move(name), std::move(s), {}, std::move(give_up)});
}

void orchestrator::watch(activity_watcher w) { inner_->things->shop.activity = std::move(w); }

result<void> orchestrator::start() { return inner_->begin(true); }

result<run_summary> orchestrator::run_once() {
  if (auto begun = inner_->begin(false); !begun)
    return begun.error();
  result<run_summary> out{run_summary{}};
  {
    caf::scoped_actor self{inner_->actors->system()};
    // Infinite: stories take as long as they take, and `stop` answers it as well.
    self->request(inner_->actors->dispatch(), caf::infinite, atom::idle::value)
      .receive([&](std::vector<rest_notice>& rested,
                   std::vector<std::string>& errors) { out = summary_of(std::move(rested), std::move(errors)); },
               [&](caf::error& e) { out = from_caf(e); });
  }
  inner_->end();
  if (auto why = why_it_ended(); !why.empty())
    return error{ec::unavailable, why, 0};
  return out;
}

namespace {

/// What a run does about a story that is on record: only what waits for its turn is as good as new.
std::string what_comes_of(const story_record& r, std::string as_new) {
  if (r.at == state::queued)
    return as_new;
  auto at = std::string{to_string(r.at)};
  if (is_living(r.at))
    return "would go on: " + at;
  if (r.at == state::cancelled && r.has_trouble && r.why->code == ec::withdrawn && r.rework.empty())
    return as_new + ", taken up again";
  return "would not run: " + at + " on record";
}

} // namespace

run_plan orchestrator::plan() {
  auto& things = *inner_->things;
  run_plan out;
  // Each host is asked once for each repository.
  std::map<std::string, std::string> known_places;
  auto place_of = [&](const std::string& repository) {
    auto place = things.owned.host->locate(repository);
    return place ? std::string{} : place.error().text;
  };
  for (auto& t : things.owned.trackers) {
    auto found = t->search();
    if (!found) {
      out.poll_errors.push_back(std::string{t->name()} + ": " + to_string(found.error()));
      continue;
    }
    for (auto& text : found->unreadable)
      out.poll_errors.push_back(std::string{t->name()} + ": " + text);
    for (auto& s : found->stories) {
      planned p;
      auto admitted = admit(s);
      if (!admitted) {
        p.story = s;
        p.why = "refused: " + admitted.error().text;
      } else {
        p.story = *std::move(admitted);
        auto repository = repository_for(p.story, things.settings);
        if (repository && known_places.count(*repository) == 0)
          known_places.emplace(*repository, place_of(*repository));
        auto fault = repository ? known_places.at(*repository) : repository.error().text;
        if (repository)
          p.repository = *repository;
        p.why = fault.empty() ? "would run" : "would be parked: " + fault;
      }
      if (things.owned.memory)
        if (auto known = things.owned.memory->find(p.story.id()); known && *known)
          p.why = what_comes_of(**known, std::move(p.why));
      out.stories.push_back(std::move(p));
    }
    out.held_besides += found->held_besides;
    for (auto& text : found->held) {
      planned p;
      p.story.tracker = t->name();
      p.story.key = text.substr(0, text.find(' ')); // a keeper's sentence begins with it
      p.why = "held back: " + text;
      out.stories.push_back(std::move(p));
    }
  }
  return out;
}

void orchestrator::wait() {
  std::unique_lock lock{inner_->guard};
  // Who gives up cannot wake us: see `fate`.
  while (!inner_->changed.wait_for(lock, 1s, [&] { return inner_->stop_wanted || inner_->ended; }))
    if (!inner_->why_it_ended().empty())
      break;
  lock.unlock();
  inner_->end();
}

void orchestrator::stop() {
  std::unique_lock lock{inner_->guard};
  if (inner_->stop_wanted)
    return;
  inner_->stop_wanted = true;
  inner_->hurry();
  if (inner_->actors && !inner_->ended)
    caf::anon_send(inner_->actors->dispatch(), atom::stop::value);
  inner_->changed.notify_all();
}

result<bool> orchestrator::submit(story s) {
  std::unique_lock lock{inner_->guard};
  if (!inner_->actors || inner_->ended)
    return error{ec::unavailable, "the orchestrator does not run", 0};
  auto tracker = s.tracker;
  auto& all = inner_->things->owned.trackers;
  if (std::none_of(all.begin(), all.end(), [&](auto& t) { return t->name() == tracker; }))
    return error{ec::bad_config, "no tracker is called '" + tracker + "'", 0};
  if (auto admitted = admit(s); !admitted)
    return admitted.error();
  caf::scoped_actor self{inner_->actors->system()};
  result<bool> out{false};
  self->request(inner_->actors->dispatch(), 60s, atom::take_in::value, std::vector<story>{std::move(s)})
    .receive([&](std::uint32_t fresh) { out = fresh > 0; }, [&](caf::error& e) { out = from_caf(e); });
  return out;
}

std::vector<untold_events> orchestrator::untold() const {
  std::lock_guard lock{inner_->guard};
  return inner_->untold;
}

std::string orchestrator::why_it_ended() const { return inner_->why_it_ended(); }

result<void> orchestrator::cancel(const story_id& id, std::string reason) {
  return leave(id, operator_request::kind::cancel, std::move(reason));
}

result<void> orchestrator::retry(const story_id& id) { return leave(id, operator_request::kind::retry, {}); }

result<void> orchestrator::leave(const story_id& id, operator_request::kind what, std::string reason) {
  auto& memory = inner_->things->owned.memory;
  if (!memory)
    return {ec::invalid_transition, "a dry run changes nothing"};
  auto known = memory->find(id);
  if (!known)
    return known.error();
  if (!*known)
    return {ec::not_found, "there is no story " + id};
  operator_request r;
  r.what = what;
  r.story = id;
  r.reason = std::move(reason);
  r.at_ms = inner_->things->owned.time->now();
  if (auto posted = memory->post_request(r); !posted)
    return posted.error();
  return {};
}

const store& orchestrator::memory() const { return *inner_->things->owned.memory; }

} // namespace hyakki
