#pragma once
// A coding agent's hands in a simulated world: every way in which a run can end, in simulated time.
//
// Counts what runs: never two at once for a story, never more than allowed for a repository or in all, never a run
// that the store does not know of, never the same run twice.

#include "tests/support/sim_parts.hpp"

namespace hyakki::test {

struct agent_books {
  struct work {
    story_id story;
    std::string repository;
    caf::actor_id owner;
  };
  std::map<caf::actor_id, work> busy; ///< by runner
  std::set<caf::actor_id> crashed;    ///< supervisors whose agents may outlive them for a moment
  std::set<std::string> started;      ///< story + '#' + run
  int most_all = 1000, most_in_repository = 1000;
  std::size_t runs = 0;

  template <class Which>
  int count(Which which) const {
    return static_cast<int>(std::count_if(
      busy.begin(), busy.end(), [&](auto& b) { return crashed.count(b.second.owner) == 0 && which(b.second); }));
  }
};

struct sim_agent_state {
  bool busy = false;
  bool is_check = false;
  bool dead = false;
  story_id story;
  agent_order order;
  caf::response_promise promise;
  run_report report;
  error check_failure;
  evidence proof;
  bool edits = false;
  std::uint64_t turn = 0;
  story_supervisor_actor owner;
  static inline const char* name = "sim_agent";
};

using sim_agent_actor = agent_runner_actor::extend<caf::reacts_to<atom::tick, std::uint64_t>>;
using sim_agent_pointer = sim_agent_actor::stateful_pointer<sim_agent_state>;

/// Ends what runs and answers.
inline void sim_agent_ends(sim_agent_pointer self, agent_books* books, sim_git* trees) {
  auto& st = self->state;
  if (!st.busy)
    return;
  st.busy = false;
  ++st.turn;
  books->busy.erase(self->id());
  if (st.edits)
    if (auto at = trees->trees.find(st.order.directory.substr(7)); at != trees->trees.end()) // behind /trees/
      at->second.content = "work of " + st.story + " #" + std::to_string(st.order.number);
  if (!st.is_check)
    st.promise.deliver(st.report);
  else if (!st.check_failure.text.empty())
    st.promise.deliver(to_caf(st.check_failure));
  else
    st.promise.deliver(st.proof);
}

inline void sim_agent_begins(sim_agent_pointer self, storm* world, agent_books* books, sim_store* memory,
                             const story_id& story, bool is_check) {
  auto& st = self->state;
  if (st.busy)
    world->wrong("the runner of " + story + " was asked for two things at once");
  auto r = memory->look(story);
  st.story = story;
  st.busy = true;
  st.is_check = is_check;
  st.edits = false;
  st.check_failure = {};
  st.promise = self->make_response_promise();
  auto& mine = books->busy[self->id()] = {story, r ? r->repository : std::string{}, st.owner.id()};
  if (books->count([&](auto& w) { return w.story == story; }) > 1)
    world->wrong("two things run at once in the tree of " + story);
  if (books->count([&](auto& w) { return w.repository == mine.repository; }) > books->most_in_repository)
    world->wrong("too many agents work in " + mine.repository);
  if (books->count([](auto&) { return true; }) > books->most_all)
    world->wrong("too many agents work at once");
}

inline sim_agent_actor::behavior_type sim_agent(sim_agent_pointer self, storm* world, agent_books* books,
                                                sim_store* memory, sim_git* trees, story_supervisor_actor owner) {
  self->state.owner = owner;
  self->monitor(owner);
  auto after = [=](std::int64_t ms) {
    self->delayed_send(self, std::chrono::milliseconds{ms}, atom::tick::value, self->state.turn);
  };
  auto leave = [=] {
    self->state.edits = false;
    sim_agent_ends(self, books, trees);
    self->quit();
  };
  self->set_down_handler([=](caf::down_msg&) { leave(); });
  self->set_exit_handler([=](caf::exit_msg&) { leave(); });
  return {
    [=](atom::run, const agent_order& order) -> caf::result<run_report> {
      auto& st = self->state;
      auto& dice = world->sim;
      sim_agent_begins(self, world, books, memory, order.story, false);
      ++books->runs;
      st.order = order;
      if (!books->started.insert(order.story + "#" + std::to_string(order.number)).second)
        world->wrong("run " + std::to_string(order.number) + " of " + order.story + " was started twice");
      auto r = memory->look(order.story);
      if (!r || r->runs.empty() || r->runs.back().number != order.number ||
          r->runs.back().outcome != run_outcome::running)
        world->wrong("run " + std::to_string(order.number) + " of " + order.story + " is not in the store");
      if (order.prompt.empty())
        world->wrong("run " + std::to_string(order.number) + " of " + order.story + " has no prompt");
      st.report = {};
      auto& what = st.report.what;
      what.session = order.session;
      auto fails = [&](ec code, std::int64_t at = 0) {
        st.report.succeeded = false;
        st.report.code = code;
        st.report.retry_at_ms = at;
        what.outcome = code == ec::timed_out ? run_outcome::timed_out : run_outcome::failed;
        what.error = "sim: " + std::string{to_string(code)};
      };
      auto takes = dice.below(50'000);
      auto chance = world->stormy ? dice.below(100) : 99;
      if (chance < 4)
        fails(ec::agent_failed);
      else if (chance < 8)
        fails(ec::timed_out);
      else if (chance < 14)
        fails(ec::unavailable);
      else if (chance < 18)
        fails(ec::rate_limited, dice.time->now() + 60'000);
      else if (chance < 20)
        fails(ec::bad_config);
      else if (order.resume && chance < 35) {
        takes = 100;
        fails(ec::not_found);
      } else {
        st.report.succeeded = true;
        what.outcome = run_outcome::succeeded;
        // Whoever is asked again finds that all is well more often than who begins.
        st.edits = order.role != run_role::review && !world->strikes(order.number > 1 ? 8 : 30);
        what.summary = order.role != run_role::review ? "did it\nHYAKKI-REMARK 1: done"
                       : world->strikes(4)            ? "HYAKKI-REVIEW: FINDINGS\nmend it"
                                                      : "HYAKKI-REVIEW: PASS";
      }
      if (order.session.empty() && dice.below(3) > 0) {
        what.session = "s-" + std::to_string(dice.rng());
        self->send(st.owner, atom::session::value, order.number, what.session);
      }
      if (!world->strikes(25)) // otherwise it never ends by itself
        after(world->strikes(30) ? 370'000 + takes : takes);
      return st.promise;
    },
    [=](atom::check, const check_order& order) -> caf::result<evidence> {
      auto& st = self->state;
      sim_agent_begins(self, world, books, memory, order.story, true);
      st.proof = {order.name, "sim", 0, !world->strikes(5), world->sim.time->now(), 1, "output"};
      if (world->strikes(30))
        st.check_failure = {ec::bad_config, "sim: cannot run", 0};
      if (!world->strikes(30))
        after(world->strikes(30) ? 80'000 : world->sim.below(20'000));
      return st.promise;
    },
    [=](atom::cancel) {
      auto& st = self->state;
      if (!st.busy)
        return;
      st.report.succeeded = false;
      st.report.code = ec::cancelled;
      st.report.what.outcome = run_outcome::cancelled;
      st.check_failure = {ec::cancelled, "sim: ended", 0};
      after(world->sim.below(1'500));
    },
    [=](atom::ended) {},
    [=](atom::tick, std::uint64_t turn) {
      if (turn == self->state.turn)
        sim_agent_ends(self, books, trees);
    },
  };
}

} // namespace hyakki::test
