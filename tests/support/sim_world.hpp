#pragma once
// A whole orchestrator in a simulated world: real actors between faulty parts, with restarts and operators.
//
// What outlives a process (store, tracker, host, trees) lives as long as the world; `raise` starts the actors of one
// life, `lower` stops them in order, `kill` ends them where they are.

#include "actors/dispatcher.hpp"
#include "actors/publisher.hpp"
#include "actors/repo_lock.hpp"
#include "actors/store_writer.hpp"
#include "actors/tracker_gateway.hpp"
#include "tests/support/fake_code_host.hpp"
#include "tests/support/fake_tracker.hpp"
#include "tests/support/sim_agent.hpp"
#include "tests/support/sim_slow.hpp"
#include "tests/support/sim_tracker.hpp"

#include <iostream>

#include <caf/send.hpp>

namespace hyakki::test {

class sim_world {
public:
  explicit sim_world(std::uint64_t seed, std::ostream* trace = nullptr)
    : sim(seed), world(sim), memory(world), trees(world) {
    settings.issue_tracker.name = "fake";
    settings.issue_tracker.type = "tickets";
    settings.routing.label_prefix = "repo:";
    settings.agent.timeout_seconds = 60;
    settings.git.timeout_seconds = 5;
    settings.retry.base_seconds = 5;
    settings.orchestrator.poll_interval_seconds = 30;
    settings.orchestrator.max_parallel_stories = 2 + static_cast<std::uint32_t>(sim.below(6));
    settings.orchestrator.max_parallel_per_repo = 1 + static_cast<std::uint32_t>(sim.below(2));
    settings.review.enabled = sim.once_in(3);
    settings.rework.max_rounds = 2;
    settings.rework.pull_requests_a_poll = 10;
    if (sim.once_in(2))
      settings.checks = {{"test", {"make", "test"}, 10}};
    auto& t = settings.templates;
    t.prompt = "Do {{issue.key}}";
    t.review_prompt = "Review {{diff}}";
    t.fix_prompt = "Mend {{findings}}";
    t.pull_request_body = "For {{issue.key}}";
    tracker.emplace(settings.issue_tracker);
    shown.emplace(*tracker, world);
    books.most_all = static_cast<int>(settings.orchestrator.max_parallel_stories);
    books.most_in_repository = static_cast<int>(settings.orchestrator.max_parallel_per_repo);
    traits = {"sim", sim.once_in(2), !sim.once_in(3)};
    if (trace)
      memory.watch = [this, trace](const change& c) {
        *trace << sim.elapsed_ms() << " " << c.record.id() << " v" << c.record.version << " " << to_string(c.record.at)
               << " resume_at " << to_string(c.record.resume_at) << " attempts " << c.record.attempts << " "
               << (c.record.has_trouble ? c.record.why->text : "") << "\n";
      };
    tracing = trace;
  }
  ~sim_world() { kill(); }

  void raise() {
    auto& system = sim.system;
    auto keep = [&](auto handle) {
      all_.push_back(caf::actor_cast<caf::actor>(handle));
      return handle;
    };
    with_ = std::make_unique<colleagues>();
    auto& w = *with_;
    w.writer = keep(system.spawn(store_writer, static_cast<store*>(&memory), std::function<void()>{}));
    w.lock = keep(system.spawn(repo_lock, settings.orchestrator.max_parallel_per_repo));
    auto gateway = keep(system.spawn(tracker_gateway, static_cast<hyakki::tracker*>(&*shown),
                                     static_cast<const clock*>(sim.time.get()), w.writer));
    w.gateways.emplace("fake", slow_tracker ? tracker_gateway_actor{keep(system.spawn(slow_gateway, &world, gateway))}
                                            : gateway);
    std::vector<publisher_actor> publishers;
    for (int i = 0; i < 2; ++i) {
      auto real = keep(system.spawn(publisher, static_cast<git*>(&trees), static_cast<code_host*>(&host)));
      publishers.push_back(keep(system.spawn(slow_publisher, &world, real)));
    }
    table_ = std::make_unique<publisher_table>(std::move(publishers));
    w.publisher_of = [table = table_.get()](const std::string& repository) { return table->of(repository); };
    w.make_runner = [this](const story_supervisor_actor& owner) {
      auto made = sim.system.spawn(sim_agent, &world, &books, &memory, &trees, owner);
      runners_.push_back(caf::actor_cast<caf::actor>(made));
      return agent_runner_actor{made};
    };
    w.new_session = [this] { return "uuid-" + std::to_string(sim.rng()); };
    w.seed = [this] { return sim.rng(); };
    w.agent = traits;
    w.quotas = [this](const std::string&) { return std::vector<service_quota>{quota}; };
    w.settings = settings;
    w.texts = *story_texts::make(settings);
    w.time = sim.time;
    w.log = log ? log : logger::silent();
    dispatch =
      keep(system.spawn(dispatcher, static_cast<const colleagues*>(with_.get()), static_cast<const store*>(&memory)));
    sim.self->send(dispatch, atom::start::value, true);
  }

  dispatcher_state& inside() {
    return caf::actor_cast<dispatcher_actor::stateful_pointer<dispatcher_state>>(dispatch)->state;
  }

  /// Stops in order: everybody comes to rest, then ends. False when somebody did not.
  bool lower() {
    sim.self->send(dispatch, atom::stop::value);
    auto stopped = sim.run_until([&] { return inside().stopping && inside().running.empty(); }, 200'000);
    end_actors();
    return stopped;
  }

  /// Ends everybody between two messages.
  void kill() {
    if (dispatch)
      end_actors();
  }

  /// One supervisor that runs, or one agent's runner, ends where it is: a defect of ours.
  void crash_one() {
    if (sim.once_in(2)) {
      auto& all = inside().running;
      if (all.empty())
        return;
      // The order of a hash map is nobody's promise: the smallest key after a random one.
      std::map<story_id, story_supervisor_actor> sorted(all.begin(), all.end());
      auto which = std::next(sorted.begin(), sim.below(sorted.size()));
      ++crashes;
      books.crashed.insert(which->second.id());
      caf::anon_send_exit(which->second, caf::exit_reason::kill);
    } else if (!books.busy.empty()) {
      auto which = std::next(books.busy.begin(), sim.below(books.busy.size()))->first;
      auto runner =
        std::find_if(runners_.begin(), runners_.end(), [&](const caf::actor& r) { return r.id() == which; });
      books.busy.erase(which);
      if (runner != runners_.end())
        caf::anon_send_exit(*runner, caf::exit_reason::kill);
    }
  }

  /// The supervisor of this story ends where it is, when the story stands at `in`.
  void crash(const story_id& id, state in) {
    auto at = inside().running.find(id);
    if (at == inside().running.end() || memory.where(id) != in)
      return;
    ++crashes;
    books.crashed.insert(at->second.id());
    caf::anon_send_exit(at->second, caf::exit_reason::kill);
  }

  bool running() const { return static_cast<bool>(dispatch); }

  simulation sim;
  storm world;
  sim_store memory;
  sim_git trees;
  std::optional<fake_tracker> tracker;
  std::optional<sim_tracker> shown; ///< what the engine sees of it
  fake_code_host host;
  agent_books books;
  config settings;
  agent_traits traits;
  service_quota quota{"sim", {}, {}, 0, 0};
  dispatcher_actor dispatch;
  bool slow_tracker = false;
  std::size_t crashes = 0; ///< of supervisors, in this life
  std::ostream* tracing = nullptr;
  std::shared_ptr<logger> log;

private:
  void end_actors() {
    inside().stopping = true; // it may take one more message before it ends: no new supervisor then
    for (auto& [id, who] : inside().running)
      all_.push_back(caf::actor_cast<caf::actor>(who));
    all_.insert(all_.end(), runners_.begin(), runners_.end());
    runners_.clear();
    crashes = 0;
    dispatch = nullptr;
    auto stormy = world.stormy;
    world.stormy = false;
    // An exit that comes while its receiver awaits an answer lies aside until the next one, or until the time for
    // the answer is over: say it again until everybody is gone.
    for (int i = 0; i < 20 && (i == 0 || sim.living_actors() > 0); ++i) {
      for (auto& who : all_)
        caf::anon_send_exit(who, caf::exit_reason::kill);
      memory.closed = true;
      sim.settle();
      sim.scheduler.advance_time(std::chrono::seconds{i < 3 ? 2 : 70});
      sim.tell_time();
      sim.settle();
    }
    if (auto left = sim.living_actors(); left > 0)
      world.wrong(std::to_string(left) + " actors outlive the life of their process");
    memory.closed = false;
    all_.clear();
    world.stormy = stormy;
    table_.reset();
    with_.reset();
    books.busy.clear();
  }

  std::unique_ptr<colleagues> with_;
  std::unique_ptr<publisher_table> table_;
  std::vector<caf::actor> all_, runners_;
};

} // namespace hyakki::test
