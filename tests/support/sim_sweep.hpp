#pragma once
// One seed: fifty stories over five repositories go through a storm of faults, operators, reviewers, people who edit
// stories and push to branches, stops, kills and crashes.
//
// Two modes. `safety` stops in the middle of a storm of double force and judges what was done so far: nothing lost,
// nothing twice. `liveness` heals the world, and then every story must end, and end well once it was tried again.

#include "actors/reconcile.hpp"
#include "tests/support/audit.hpp"
#include "tests/support/sim_world.hpp"

namespace hyakki::test {

enum class sweep_mode { safety, liveness };

/// Every fourth seed (of the even ones, and of the odd ones) is for safety alone.
inline sweep_mode mode_of(std::uint64_t seed) { return seed / 2 % 4 == 3 ? sweep_mode::safety : sweep_mode::liveness; }

struct sweep_outcome {
  std::uint64_t digest = 0;
  std::vector<std::string> wrongs;
  std::size_t steps = 0;
  std::size_t runs = 0;
  std::map<state, int> ends;
  std::map<std::pair<state, move>, std::uint64_t> walked;
};

class sweep {
public:
  static constexpr int stories = 50;
  static constexpr int repositories = 5;

  explicit sweep(std::uint64_t seed, bool trace) : w_(seed, trace ? &std::cerr : nullptr), mode_(mode_of(seed)) {
    w_.slow_tracker = true;
    if (trace) {
      log_config c;
      c.level = "debug";
      w_.log = *logger::make(c, std::cerr);
    }
  }

  sweep_outcome run() {
    for (int n = 0; n < stories; ++n) {
      story s;
      s.key = key_of(n);
      s.title = "Story " + std::to_string(n);
      s.labels = {w_.settings.issue_tracker.trigger_label};
      if (routable(n)) // otherwise nobody knows where it belongs
        s.labels.push_back("repo:r" + std::to_string(n % repositories));
      s.priority = n % 4;
      s.created_ms = n;
      w_.tracker->put(s);
    }
    storm();
    if (mode_ == sweep_mode::liveness) {
      heal();
      reviewed();
      again();
      if (w_.world.wrongs.empty())
        w_.sim.pass(std::chrono::seconds{2});
    }
    judge();
    sweep_outcome out;
    for (int n = 0; n < stories; ++n)
      if (auto at = w_.memory.where(id_of(n)))
        ++out.ends[*at];
    out.digest = w_.sim.digest;
    out.wrongs = w_.world.wrongs;
    out.steps = w_.sim.steps;
    out.runs = w_.books.runs;
    out.walked = w_.memory.walked;
    return out;
  }

private:
  static std::string key_of(int n) { return "SIM-" + std::to_string(n); }
  static story_id id_of(int n) { return "fake/" + key_of(n); }
  static bool routable(int n) { return n % 25 != 24; }
  int somebody() { return static_cast<int>(w_.sim.below(stories)); }
  /// One for which `is` holds, where there is one; else anybody.
  template <class Condition>
  int somebody_who(Condition is) {
    auto from = somebody();
    for (int n = 0; n < stories; ++n)
      if (auto who = (from + n) % stories; is(who))
        return who;
    return from;
  }
  /// One that is in the middle of what takes a moment only, so that these moments are struck as often as the long ones.
  int somebody_at_a_moment() {
    return somebody_who([&](int n) {
      auto at = w_.memory.where(id_of(n));
      return at == state::answering || at == state::committing || at == state::pushing ||
             at == state::opening_pull_request || at == state::waiting_for_repo;
    });
  }
  /// One that rests, not as done, and has a pull request.
  int somebody_with_a_pull() {
    return somebody_who([&](int n) {
      auto at = w_.memory.where(id_of(n));
      if (!at || *at == state::done || is_living(*at))
        return false;
      auto r = w_.memory.look(id_of(n));
      return r && !r->pull->id.empty() && r->pull->state == "open";
    });
  }

  /// Everything fails now and then; operators call; the process stops and is killed.
  void storm() {
    auto& dice = w_.sim;
    bool hard = mode_ == sweep_mode::safety;
    w_.world.force = hard ? 2 : 1;
    w_.raise();
    auto lives = (hard ? 2 : 1) + dice.below(4);
    for (int life = 0; life < lives; ++life) {
      auto steps = 500 + dice.below(3'000);
      for (int i = 0; i < steps && dice.step(); ++i) {
        if (i % (hard ? 8 : 16) == 0)
          strike();
        if (!w_.world.wrongs.empty())
          return;
      }
      if (life + 1 == lives)
        break;
      another_life();
    }
    if (hard)
      w_.kill();
  }

  void another_life() {
    if (w_.sim.once_in(2)) {
      if (!w_.lower())
        w_.world.wrong("it did not stop");
    } else {
      w_.kill();
    }
    w_.raise();
  }

  void strike() {
    auto& dice = w_.sim;
    using tc = fake_tracker::call;
    using hc = fake_code_host::call;
    static constexpr ec bad[] = {ec::unavailable, ec::timed_out, ec::rate_limited, ec::rejected, ec::bad_config};
    auto pick = [&] {
      auto code = bad[dice.below(5)];
      return error{code, "sim: fails", code == ec::rate_limited ? dice.time->now() + 30'000 : 0};
    };
    if (dice.once_in(6)) {
      tc which[] = {tc::search, tc::post, tc::label, tc::look_again, tc::search_rework};
      if (dice.once_in(2))
        w_.tracker->fail_next(which[dice.below(5)], pick(), dice.once_in(8) ? 20 : 1);
      else
        w_.tracker->lose_answer(which[dice.below(3)]);
    }
    if (dice.once_in(10)) {
      hc which[] = {hc::locate, hc::find_or_open, hc::find, hc::feedback, hc::answer};
      auto n = dice.once_in(2) ? 2 : 5;
      if (dice.once_in(2))
        w_.host.fail_next(which[dice.below(n)], pick(), dice.once_in(8) ? 20 : 1);
      else
        w_.host.lose_answer(which[dice.below(n)]);
    }
    if (dice.once_in(40))
      post(dice.once_in(2) ? operator_request::kind::cancel : operator_request::kind::retry, somebody());
    if (dice.once_in(20))
      post(operator_request::kind::cancel, somebody_at_a_moment());
    if (dice.once_in(60))
      w_.crash_one();
    if (dice.once_in(4)) // one dies of its story whenever it comes to a certain state
      w_.crash(id_of(doomed_), doomed_in_);
    if (dice.once_in(100)) { // somebody sets the clock
      dice.skew_ms += (dice.below(21) - 10) * 60'000;
      dice.tell_time();
    }
    if (dice.once_in(100)) // somebody tidies the disk
      w_.trees.trees.erase(id_of(somebody()));
    if (dice.once_in(8))
      meddle();
    if (dice.once_in(150))
      w_.quota = {"sim", 5000, dice.below(2) * 1000, dice.time->now() + 600'000, 0};
    if (dice.once_in(30)) // somebody edits a story
      if (auto s = w_.tracker->fetch(key_of(somebody()))) {
        s->title += " (edited)";
        w_.tracker->put(*s);
      }
  }

  /// What people do who are no operators.
  void meddle() {
    auto& dice = w_.sim;
    auto n = dice.once_in(3) ? somebody_with_a_pull() : somebody();
    auto r = w_.memory.look(id_of(n));
    auto s = w_.tracker->fetch(key_of(n));
    if (!s)
      return;
    auto& t = w_.settings.issue_tracker;
    switch (dice.below(8)) {
    case 0: s->status = "closed"; break;
    case 1: drop(*s, t.trigger_label); break;
    case 2: // to another repository
      for (auto& l : s->labels)
        if (l.compare(0, 5, "repo:") == 0)
          l = "repo:r" + std::to_string(dice.below(repositories));
      break;
    case 3: restore(n, *s); break;
    case 4: add(*s, t.rework_label); break;
    case 5:
    case 6: return want_changes(n);
    default:
      if (r && !r->pull->id.empty() && dice.once_in(3))
        (void)(dice.once_in(2) ? w_.host.merge(r->repository, r->pull->id) : w_.host.close(r->repository, r->pull->id));
      else if (r && !r->pull->id.empty())
        w_.trees.person_pushes(r->repository, r->branch);
    }
    w_.tracker->put(*s);
  }
  static void drop(story& s, const std::string& label) {
    s.labels.erase(std::remove(s.labels.begin(), s.labels.end(), label), s.labels.end());
  }
  static void add(story& s, const std::string& label) {
    if (std::find(s.labels.begin(), s.labels.end(), label) == s.labels.end())
      s.labels.push_back(label);
  }
  /// Open, with its label.
  void restore(int n, story& s) {
    s.status.clear();
    add(s, w_.settings.issue_tracker.trigger_label);
    (void)n;
  }

  void post(operator_request::kind what, int who) {
    operator_request r;
    r.what = what;
    r.story = id_of(who);
    r.reason = "sim: somebody wants it";
    (void)w_.memory.post_request(r);
  }

  /// Whether the tracker was told how the story ended, and took all of it. One that supervisors die of even while they
  /// tell waits for a person without a word.
  bool was_told(const story_id& id) {
    auto events = w_.memory.calm().events_of(id);
    return events && std::none_of(events->begin(), events->end(), [](auto& e) {
             auto note = std::get_if<on_note>(&e.payload);
             auto moved = std::get_if<on_move>(&e.payload);
             return (note && note->text.find("the tracker refused") != std::string::npos) ||
                    (moved && moved->by == move::needs_person &&
                     moved->reason.find("its supervisor died") != std::string::npos);
           });
  }

  /// A round that somebody wants, and that nobody began or refused yet.
  std::string wish_left() {
    auto& t = w_.settings.issue_tracker;
    for (int n = 0; n < stories; ++n) {
      auto key = key_of(n);
      // The tracker still says that it is worked on, since it did not take the story's end, for which the story's
      // events stand; nothing comes of a label there until a person has looked. Nowhere else may one be left.
      if (w_.tracker->has_label(key, t.processing_label) && !was_told(id_of(n)))
        continue;
      if (w_.tracker->has_label(key, t.rework_label) && w_.tracker->status(key) != "closed")
        return key + " carries the rework label";
      auto r = w_.memory.look(id_of(n));
      bool shown = w_.tracker->status(key) != "closed" && w_.tracker->has_label(key, t.trigger_label) &&
                   !w_.tracker->has_label(key, t.done_label) && !w_.tracker->has_label(key, t.failed_label);
      if (r && shown && reconcile::may_come_back(*r))
        return key + " was taken back, and is wanted again,";
      if (!r || r->at != state::done || r->rework.size() >= w_.settings.rework.max_rounds ||
          w_.tracker->status(key) == "closed" || !w_.tracker->has_label(key, t.trigger_label))
        continue;
      auto pull = w_.host.find(r->repository, r->pull->id);
      auto said = w_.host.feedback(r->repository, r->pull->id);
      if (pull && pull->state == "open" && said && said->changes_requested && !said->remarks.empty())
        return key + " has a review that asks for changes";
    }
    return {};
  }

  bool settled() {
    return w_.memory.taken() == stories && w_.memory.living() == 0 && w_.inside().running.empty() &&
           wish_left().empty();
  }

  void until_settled(const char* when) {
    auto until = w_.sim.elapsed_ms() + 24 * 3600 * 1000;
    std::size_t n = 0;
    bool done = false;
    while (w_.world.wrongs.empty() && !done && w_.sim.elapsed_ms() < until && w_.sim.step())
      if (++n % 64 == 0)
        done = settled();
    if (done || !w_.world.wrongs.empty())
      return;
    if (auto left = wish_left(); !left.empty())
      w_.world.wrong(left + " and nothing comes of it (" + when + ")");
    for (int i = 0; i < stories; ++i) {
      auto r = w_.memory.look(id_of(i));
      if (!r)
        w_.world.wrong(key_of(i) + " was never taken in (" + when + ")");
      else if (is_living(r->at))
        w_.world.wrong(key_of(i) + " is stuck: " + std::string{to_string(r->at)} + " after " + r->why->text + " (" +
                       when + ")");
    }
  }

  void heal() {
    if (!w_.world.wrongs.empty())
      return;
    w_.world.stormy = false;
    w_.tracker->heal();
    w_.host.heal();
    w_.quota = {"sim", {}, {}, 0, 0};
    for (int n = 0; n < stories; ++n)
      if (auto s = w_.tracker->fetch(key_of(n))) {
        restore(n, *s);
        w_.tracker->put(*s);
      }
    if (w_.crashes > 0) // a story whose supervisor crashed is left alone in that life
      another_life();
    until_settled("after the storm");
  }

  /// Reviewers read what there is, and most of them want more; while rounds are made for them it storms again.
  void reviewed() {
    if (!w_.world.wrongs.empty())
      return;
    auto& dice = w_.sim;
    w_.world.stormy = true;
    for (int i = 0; i < 3'000 && dice.step() && w_.world.wrongs.empty(); ++i) {
      if (i % 1'000 == 0)
        for (int n = 0; n < stories; ++n)
          if (dice.once_in(2))
            want_changes(n);
      if (i % 16 == 0)
        strike();
    }
    heal();
  }
  void want_changes(int n) {
    auto r = w_.memory.look(id_of(n));
    auto s = w_.tracker->fetch(key_of(n));
    if (!r || r->pull->id.empty() || !s)
      return;
    remark m;
    m.author = "somebody";
    m.text = "change this";
    w_.host.remark_on(r->repository, r->pull->id, m);
    if (w_.sim.once_in(3))
      return w_.host.review(r->repository, r->pull->id, "somebody", true);
    add(*s, w_.settings.issue_tracker.rework_label);
    w_.tracker->put(*s);
  }

  /// Every story that a person may send on is sent on; now nothing stands in its way.
  void again() {
    if (!w_.world.wrongs.empty())
      return;
    send_on("after everybody was tried again", [](auto& r) { return r.at != state::done; });
    // What a person pushed in between is seen by the push alone. Who sends such a story on begins from what is there.
    send_on("after pushes of people were seen", [](auto& r) {
      return r.at == state::parked && r.why->text.find("the branch holds person-") != std::string::npos;
    });
    for (int n = 0; n < stories && w_.world.wrongs.empty(); ++n) {
      auto r = w_.memory.look(id_of(n));
      if (routable(n) ? r->at != state::done && r->at != state::cancelled
                      : r->at != state::parked && r->at != state::cancelled)
        w_.world.wrong(key_of(n) + " ended " + std::string{to_string(r->at)} + ": " + r->why->text);
    }
  }
  template <class Condition>
  void send_on(const char* when, Condition is) {
    for (int n = 0; n < stories; ++n)
      if (auto r = w_.memory.look(id_of(n)); r && is(*r)) {
        operator_request q;
        q.what = operator_request::kind::retry;
        q.story = id_of(n);
        (void)w_.memory.post_request(q);
      }
    w_.sim.pass(std::chrono::seconds{2});
    until_settled(when);
  }

  void judge() {
    auto& s = w_.memory.calm();
    for (auto& fault : audit(s))
      w_.world.wrong("audit: " + fault);
    for (int n = 0; n < stories; ++n)
      if (auto r = w_.memory.look(id_of(n)))
        judge(*r, key_of(n));
    auto left = s.requests(100);
    if (mode_ == sweep_mode::liveness && w_.world.wrongs.empty() && left && !left->empty())
      w_.world.wrong(std::to_string(left->size()) + " operators' requests are left over");
  }

  void judge(const story_record& r, const std::string& key) {
    auto wrong = [&](const std::string& what) { w_.world.wrong(r.id() + " " + what); };
    if (!r.branch.empty() && open_pulls(r) > 1)
      wrong("has more than one open pull request");
    // A round that changed nothing has answered all the same; who has it tried again hears what came of that.
    auto words_of_people = std::max<std::size_t>(1, moves_of_people(r.id()));
    for (auto& p : w_.host.pulls(r.repository)) {
      if (p.source_branch != r.branch)
        continue;
      for (int m = 1; m < 100; ++m) {
        auto answers = w_.host.answers(r.repository, p.id, "r" + std::to_string(m));
        if (answers.size() > words_of_people)
          wrong("answered remark " + std::to_string(m) + " " + std::to_string(answers.size()) + " times, and people " +
                "sent it on " + std::to_string(words_of_people) + " times");
      }
    }
    if (r.rework.size() > w_.settings.rework.max_rounds)
      wrong("went " + std::to_string(r.rework.size()) + " rounds");
    std::set<std::string> markers;
    for (auto& c : w_.tracker->comments(key))
      if (!markers.insert(c.marker).second)
        wrong("has the comment " + c.marker + " twice");
    if (r.at == state::done && r.pull->id.empty())
      wrong("is done without a pull request");
    std::size_t taken = 0;
    bool told = was_told(r.id());
    auto events = w_.memory.calm().events_of(r.id());
    for (auto& e : *events)
      if (auto note = std::get_if<on_note>(&e.payload))
        taken += note->text == "taken in" ? 1 : 0;
    if (taken != 1)
      wrong("was taken in " + std::to_string(taken) + " times");
    if (mode_ == sweep_mode::safety)
      return;
    for (auto& past : r.runs)
      if (past.outcome == run_outcome::running)
        wrong("ended with run " + std::to_string(past.number) + " under way");
    auto& labels = w_.settings.issue_tracker;
    if (told && is_final(r.at) && w_.tracker->has_label(key, labels.processing_label))
      wrong("ended " + std::string{to_string(r.at)} + " and its tracker still says that it is worked on");
    if (told && r.at == state::done && !w_.tracker->has_label(key, labels.done_label))
      wrong("is done and its tracker does not say so");
  }

  /// How often a person had this story begin again: by a retry, or by another round.
  std::size_t moves_of_people(const story_id& id) {
    auto events = w_.memory.calm().events_of(id);
    auto by_a_person = [](const event& e) {
      auto m = std::get_if<on_move>(&e.payload);
      return m && (m->by == move::retry || m->by == move::rework);
    };
    return events ? static_cast<std::size_t>(std::count_if(events->begin(), events->end(), by_a_person)) : 0;
  }

  std::size_t open_pulls(const story_record& r) {
    auto all = w_.host.pulls(r.repository);
    return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](auto& p) { return p.source_branch == r.branch && p.state == "open"; }));
  }

  sim_world w_;
  sweep_mode mode_;
  int doomed_ = static_cast<int>(w_.sim.below(stories));
  state doomed_in_ = static_cast<state>(1 + w_.sim.below(state_count));
};

} // namespace hyakki::test
