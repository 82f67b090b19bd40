#pragma once
// A real supervisor, or a real dispatcher with its supervisors, between colleagues who answer as a test says.
//
// Every question has a name: search, report, prepare, hash, diff, commit, push, open, release, run implement,
// run review, run fix, check, store. A test may hold one open (`held`, then `let_go`), order failures of the next ones
// (`fails`), and read what was asked. Store, lock and lifecycle are the real ones; time moves by hand.

#include "tests/actors/ask.hpp"
#include "tests/actors/scripted_store.hpp"

#include "actors/dispatcher.hpp"
#include "actors/intake.hpp"
#include "actors/repo_lock.hpp"
#include "actors/store_writer.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <caf/typed_response_promise.hpp>

namespace hyakki::test {

class stage;

struct stub_state {
  std::vector<std::pair<std::string, std::function<void()>>> open;
  bool cancelled = false;
  static inline const char* name = "stub";
};

using let_go_message = caf::reacts_to<atom::tick, std::string>;
using stub_gateway = tracker_gateway_actor::extend<let_go_message>;
using stub_publisher = publisher_actor::extend<let_go_message>;
using stub_runner = agent_runner_actor::extend<let_go_message>;
using stub_writer = store_writer_actor::extend<let_go_message>;

class stage {
public:
  stage() {
    sim.overtaking = false;
    settings.issue_tracker.name = "fake";
    settings.issue_tracker.type = "tickets";
    settings.routing.label_prefix = "repo:";
    settings.agent.timeout_seconds = 60;
    settings.git.timeout_seconds = 5;
    settings.retry.base_seconds = 5;
    settings.orchestrator.max_fix_rounds = 2;
    auto& t = settings.templates;
    t.prompt = "Do {issue_key}";
    t.review_prompt = "Review {diff}";
    t.fix_prompt = "Mend {findings}";
    t.pull_request_body = "For {issue_key}";
    with.agent = {"stub", true, true};
  }
  ~stage() {
    held.clear();
    if (dispatch) {
      auto& inside = caf::actor_cast<dispatch::pointer>(dispatch)->state;
      inside.stopping = true;
      for (auto& [id, who] : inside.running)
        all_.push_back(caf::actor_cast<caf::actor>(who));
    }
    for (int i = 0; i < 3; ++i) {
      for (auto& a : all_)
        caf::anon_send_exit(a, caf::exit_reason::kill);
      sim.settle();
      pass(std::chrono::seconds{2});
    }
    all_.clear();
  }

  /// The colleagues, as `settings` stand now.
  void furnish() {
    if (with.time)
      return;
    with.settings = settings;
    auto texts = story_texts::make(settings);
    with.texts = *std::move(texts);
    with.time = sim.time;
    with.log = logger::silent();
    with.new_session = [this] { return "new-" + std::to_string(++sessions_); };
    with.seed = [] { return std::uint64_t{1}; };
    real_writer_ = keep(sim.system.spawn(store_writer, static_cast<store*>(&memory), std::function<void()>{}));
    with.writer = slow_store ? store_writer_actor{stub(keep(sim.system.spawn(writer, this)))} : real_writer_;
    with.lock = keep(sim.system.spawn(repo_lock, settings.orchestrator.max_parallel_per_repo));
    with.gateways.emplace("fake", stub(keep(sim.system.spawn(gateway, this))));
    auto hands = stub(keep(sim.system.spawn(publisher, this)));
    with.publisher_of = [hands](const std::string&) { return publisher_actor{hands}; };
    with.make_runner = [this](const story_supervisor_actor&) {
      runners.push_back(stub(keep(sim.system.spawn(runner, this))));
      return agent_runner_actor{runners.back()};
    };
  }

  // -- one supervisor ---------------------------------------------------------------------------------------

  /// A new story's record, as intake makes it.
  story_record fresh(const std::string& key = "ONE-1") {
    return take_in(told_story(key), settings, sim.time->now()).record;
  }
  story told_story(const std::string& key, std::int32_t priority = 2, const std::string& repository = "r1",
                   std::int64_t created = 0) {
    story s;
    s.tracker = "fake";
    s.key = key;
    s.title = "Story " + key;
    s.labels = {settings.issue_tracker.trigger_label};
    if (!repository.empty())
      s.labels.push_back("repo:" + repository);
    s.priority = priority;
    s.created_ms = created;
    return s;
  }
  /// Stores a record that is not there yet.
  void remember(story_record r) {
    auto done = memory.commit({{std::move(r), {}}});
    memory.commits.clear();
    if (!done || !(*done)[0])
      throw std::runtime_error{"the test's record is refused"};
  }
  /// Starts a supervisor of the stored record, whose last word the test hears.
  story_supervisor_actor supervise(const story_id& id = "fake/ONE-1") {
    furnish();
    auto who = keep(sim.system.spawn(story_supervisor, *memory.look(id), static_cast<const colleagues*>(&with), ear()));
    sim.self->send(who, story_word::start);
    sim.settle();
    return who;
  }
  /// Who hears the last words of supervisors that a test starts by itself.
  dispatcher_actor ear() {
    if (!ear_)
      ear_ = keep(sim.system.spawn(listener, this));
    return ear_;
  }
  /// Stores a record and starts its supervisor.
  story_supervisor_actor begin(story_record r) {
    auto id = r.id();
    remember(std::move(r));
    return supervise(id);
  }
  static story_supervisor_state& inside(const story_supervisor_actor& who) {
    return caf::actor_cast<story_supervisor_actor::stateful_pointer<story_supervisor_state>>(who)->state;
  }
  template <class... Ts>
  void tell(const story_supervisor_actor& who, Ts... what) {
    sim.self->send(who, std::move(what)...);
    sim.settle();
  }

  // -- a dispatcher ------------------------------------------------------------------------------------------

  /// `forever`: else it looks once, and tells when nothing is left to do.
  void raise(bool forever = true) {
    furnish();
    dispatch =
      keep(sim.system.spawn(dispatcher, static_cast<const colleagues*>(&with), static_cast<const store*>(&memory)));
    caf::anon_send(dispatch, atom::start::value, forever);
    sim.settle();
  }
  dispatcher_state& middle() { return caf::actor_cast<dispatch::pointer>(dispatch)->state; }

  // -- everybody ---------------------------------------------------------------------------------------------

  void let_go(const std::string& name) {
    held.erase(name);
    auto stubs = stubs_;
    for (auto& s : stubs)
      caf::anon_send(s, atom::tick::value, name);
    sim.settle();
  }
  void pass(std::chrono::milliseconds by) {
    for (auto left = by; left.count() > 0; left -= std::chrono::milliseconds{500}) {
      sim.scheduler.advance_time(std::min(left, std::chrono::milliseconds{500}));
      sim.time->set(simulation::epoch + sim.elapsed_ms());
      sim.settle();
    }
  }
  /// Ends an actor as a defect would.
  template <class Handle>
  void die(const Handle& who) {
    caf::anon_send_exit(who, caf::exit_reason::unhandled_exception);
    sim.settle();
  }
  std::size_t times(const std::string& name) const {
    return static_cast<std::size_t>(std::count(asked.begin(), asked.end(), name));
  }
  std::vector<run_role> roles() const {
    std::vector<run_role> out;
    for (auto& r : runs)
      out.push_back(r.role);
    return out;
  }
  /// The ends of the markers of all comments that were posted, in order.
  std::vector<std::string> comments(const std::string& key = "ONE-1") const {
    std::vector<std::string> out;
    for (auto& r : reports)
      for (auto& c : r.comments)
        if (r.key == key)
          out.push_back(c.marker.substr(c.marker.rfind('/', c.marker.rfind('/') - 1) + 1));
    return out;
  }

  simulation sim{1};
  scripted_store memory;
  config settings;
  colleagues with;
  bool slow_store = false;    ///< steps pass a writer that can be held ("store"); set before `furnish`
  int undroppable = 0;        ///< so many requests cannot be forgotten when they should; with `slow_store`
  std::vector<story> stories; ///< what every look shows
  std::set<std::string> held; ///< stay open until `let_go`
  bool deaf = false;          ///< the agent does not end when it is told to
  std::map<std::string, std::deque<error>> fails;
  std::string tree_hash = "tree";     ///< of what lies in the tree when the checks have run
  std::deque<std::string> reviews;    ///< last words of the next reviews; then they pass
  std::deque<bool> verdicts;          ///< of the next checks; then they pass
  std::deque<run_report> run_answers; ///< of the next runs; then they succeed
  std::vector<std::string> asked;     ///< in order
  std::vector<stub_runner> runners;   ///< in the order of their making
  std::vector<agent_order> runs;
  std::vector<check_order> checks;
  std::vector<report_order> reports;
  std::vector<rest_notice> rested;
  std::vector<std::vector<std::string>> looks;        ///< the keys of each look at the tracker
  std::map<std::string, tracker::standing> standings; ///< by key: what the tracker tells of it; others it does not
  std::vector<story> wants_rework;                    ///< what every look shows with the rework label
  std::vector<std::string> failed_parts;              ///< of every look
  std::vector<prepare_order> trees;
  std::vector<push_order> pushes;
  std::vector<answer_order> answers;
  std::deque<answer_report> answer_reports; ///< of the next answers; then all goes well
  pull_feedback feedback;                   ///< what the host says of every pull request
  std::string tree_base = "base";
  dispatcher_actor dispatch;

  /// What the tracker tells of these.
  std::vector<tracker::standing> standing_of(const std::vector<std::string>& keys) const {
    std::vector<tracker::standing> out;
    for (auto& key : keys)
      if (auto at = standings.find(key); at != standings.end())
        out.push_back(at->second);
    return out;
  }

private:
  template <class Handle>
  Handle keep(Handle h) {
    all_.push_back(caf::actor_cast<caf::actor>(h));
    return h;
  }
  template <class Handle>
  Handle stub(Handle h) {
    stubs_.push_back(caf::actor_cast<caf::actor>(h));
    return h;
  }

  /// Answers a question, now or when it is let go.
  template <class Answer, class Pointer>
  caf::typed_response_promise<Answer> meet(Pointer self, const std::string& name,
                                           std::function<result<Answer>()> good) {
    auto promise = self->template make_response_promise<Answer>();
    asked.push_back(name);
    auto go = [this, promise, name, good]() mutable {
      auto& line = fails[name];
      if (!line.empty()) {
        auto e = line.front();
        line.pop_front();
        promise.deliver(to_caf(e));
      } else if (auto out = good())
        promise.deliver(*std::move(out));
      else
        promise.deliver(to_caf(out.error()));
    };
    if (held.count(name) > 0)
      self->state.open.emplace_back(name, go);
    else
      go();
    return promise;
  }
  template <class Pointer>
  static void release(Pointer self, const std::string& name) {
    auto open = std::move(self->state.open);
    self->state.open.clear();
    for (auto& [n, go] : open)
      if (n == name || name.empty())
        go();
      else
        self->state.open.emplace_back(n, go);
  }
  template <class Answer>
  static std::function<result<Answer>()> says(Answer a) {
    return [a] { return result<Answer>{a}; };
  }

  static stub_gateway::behavior_type gateway(stub_gateway::stateful_pointer<stub_state> self, stage* s) {
    return {
      [=](atom::search, const look_order& order) {
        if (!order.wanted)
          return s->meet<found_stories>(self, "look again", [=] {
            return result<found_stories>{found_stories{{}, {}, {}, {}, s->standing_of(order.keys), {}}};
          });
        s->looks.push_back(order.keys);
        return s->meet<found_stories>(self, "search", [=] {
          return result<found_stories>{
            found_stories{s->stories, {}, {}, s->wants_rework, s->standing_of(order.keys), s->failed_parts}};
        });
      },
      [=](atom::report, const report_order& order) {
        return s->meet<atom::ok_atom>(self, "report", [=] {
          s->reports.push_back(order);
          return result<atom::ok_atom>{atom::ok_atom{}};
        });
      },
      [=](atom::tick, const std::string& name) { release(self, name); },
    };
  }

  static stub_publisher::behavior_type publisher(stub_publisher::stateful_pointer<stub_state> self, stage* s) {
    return {
      [=](atom::prepare, const prepare_order& o) {
        s->trees.push_back(o);
        return s->meet<prepared_tree>(self, "prepare",
                                      says(prepared_tree{"/trees/" + o.tree, "main", s->tree_base, o.keep, false, {}}));
      },
      [=](atom::hash, const std::string&, const std::string&) {
        return s->meet<std::string>(self, "hash", [=] { return result<std::string>{s->tree_hash}; });
      },
      [=](atom::diff, const std::string&, const std::string&) {
        return s->meet<std::string>(self, "diff", says(std::string{"+1"}));
      },
      [=](atom::commit, const commit_request&) {
        return s->meet<tree_commit>(self, "commit", says(tree_commit{"c1", "tree", {{"f", 1, 0, false}}}));
      },
      [=](atom::push, const push_order& o) {
        s->pushes.push_back(o);
        return s->meet<atom::ok_atom>(self, "push", says(atom::ok_atom{}));
      },
      [=](atom::find, const std::string&, const std::string&) {
        return s->meet<pull_request>(self, "find", [=] { return result<pull_request>{s->feedback.pull}; });
      },
      [=](atom::feedback, const std::string&, const std::string&) {
        return s->meet<pull_feedback>(self, "feedback", [=] { return result<pull_feedback>{s->feedback}; });
      },
      [=](atom::answer, const answer_order& o) {
        s->answers.push_back(o);
        return s->meet<answer_report>(self, "answer", [=]() -> result<answer_report> {
          if (!s->answer_reports.empty()) {
            auto out = s->answer_reports.front();
            s->answer_reports.pop_front();
            return out;
          }
          return answer_report{s->feedback.pull, static_cast<std::uint32_t>(o.remarks.size()), {}, false, {}, {}, 0};
        });
      },
      [=](atom::open, const pull_request_draft& d) {
        pull_request p;
        p.id = "1";
        p.source_branch = d.source_branch;
        p.state = "open";
        return s->meet<pull_request>(self, "open", says(p));
      },
      [=](atom::release, const std::string&, const std::string&, const std::string&) {
        return s->meet<atom::ok_atom>(self, "release", says(atom::ok_atom{}));
      },
      [=](atom::tick, const std::string& name) { release(self, name); },
    };
  }

  static stub_runner::behavior_type runner(stub_runner::stateful_pointer<stub_state> self, stage* s) {
    return {
      [=](atom::run, const agent_order& order) {
        self->state.cancelled = false;
        s->runs.push_back(order);
        auto name = "run " + std::string{to_string(order.role)};
        return s->meet<run_report>(self, name,
                                   [=] { return result<run_report>{s->ran(order, self->state.cancelled)}; });
      },
      [=](atom::check, const check_order& order) {
        self->state.cancelled = false;
        s->checks.push_back(order);
        return s->meet<evidence>(self, "check", [=]() -> result<evidence> {
          if (self->state.cancelled)
            return {ec::cancelled, "the check was ended"};
          bool good = s->verdicts.empty() || s->verdicts.front();
          if (!s->verdicts.empty())
            s->verdicts.pop_front();
          return evidence{order.name, "make", good ? 0 : 2, good, s->sim.time->now(), 1, good ? "fine" : "1 + 1 is 3"};
        });
      },
      [=](atom::cancel) {
        if (s->deaf)
          return;
        self->state.cancelled = true;
        release(self, {});
      },
      [](atom::ended) {},
      [=](atom::tick, const std::string& name) { release(self, name); },
    };
  }

  run_report ran(const agent_order& order, bool cancelled) {
    run_report out;
    out.what.session = order.session;
    if (cancelled) {
      out.code = ec::cancelled;
      out.what.outcome = run_outcome::cancelled;
      out.what.error = "it was ended";
    } else if (!run_answers.empty()) {
      out = run_answers.front();
      run_answers.pop_front();
    } else {
      out.succeeded = true;
      out.what.outcome = run_outcome::succeeded;
      out.what.summary = "did it";
      if (order.role == run_role::review) {
        out.what.summary = reviews.empty() ? "HYAKKI-REVIEW: PASS" : reviews.front();
        if (!reviews.empty())
          reviews.pop_front();
      }
    }
    return out;
  }

  static stub_writer::behavior_type writer(stub_writer::stateful_pointer<stub_state> self, stage* s) {
    return {
      [=](atom::commit, const change& c) {
        return s->meet<atom::ok_atom>(self, "store", [=]() -> result<atom::ok_atom> {
          auto done = s->memory.commit({c});
          if (!done)
            return done.error();
          if (!(*done)[0])
            return (*done)[0].error();
          return atom::ok_atom{};
        });
      },
      [](atom::flush) {},
      [=](atom::append, const std::vector<event>& events) -> caf::result<atom::ok_atom> {
        if (auto done = s->memory.append(events); !done)
          return to_caf(done.error());
        return atom::ok_atom::value;
      },
      [=](atom::cursor, const std::string&, std::uint64_t) { return atom::ok_atom::value; },
      [=](atom::drop, std::uint64_t seq) -> caf::result<atom::ok_atom> {
        if (s->undroppable > 0) {
          --s->undroppable;
          return to_caf({ec::unavailable, "no request can be dropped now", 0});
        }
        (void)s->memory.drop_request(seq);
        return atom::ok_atom::value;
      },
      [=](atom::tick, const std::string& name) { release(self, name); },
    };
  }

  static dispatcher_actor::behavior_type listener(dispatcher_actor::pointer self, stage* s) {
    return {
      [](atom::start, bool) { return atom::ok_atom::value; },
      [](atom::take_in, const std::vector<story>&) { return std::uint32_t{0}; },
      [](atom::release, const story_id&) {},
      [=](atom::rested, const rest_notice& last) { s->rested.push_back(last); },
      [](atom::cancel, const story_id&, const std::string&) { return atom::ok_atom::value; },
      [](atom::retry, const story_id&) { return atom::ok_atom::value; },
      [](atom::tick) {},
      [](atom::poll) {},
      [self](atom::idle) -> caf::result<std::vector<rest_notice>, std::vector<std::string>> {
        return self->make_response_promise<std::vector<rest_notice>, std::vector<std::string>>(); // never
      },
      [](atom::stop) { return atom::ok_atom::value; },
    };
  }

  store_writer_actor real_writer_;
  dispatcher_actor ear_;
  std::vector<caf::actor> all_, stubs_;
  int sessions_ = 0;
};

} // namespace hyakki::test
