// Further rounds on a pull request: who may ask, what is done, and what is said where none can begin.

#include "tests/actors/stage.hpp"

#include "actors/reviews.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;
using namespace std::chrono_literals;

namespace {

constexpr auto id = "fake/ONE-1";
using R = run_role;
using texts = std::vector<std::string>;

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

remark said(const std::string& what, const std::string& name = "7") {
  remark m;
  m.id = name;
  m.author = "Kim";
  m.text = what;
  m.path = "calc.py";
  m.line = 3;
  return m;
}

/// A story that is done, its pull request open with one remark on it.
struct reviewed : stage {
  reviewed() {
    settings.templates.rework_prompt = "Again {round}: {remarks} {answer_rule}";
    settings.rework.watch_days = 0;
    feedback.pull.id = "1";
    feedback.pull.state = "open";
    feedback.said.remarks = {said("one too many")};
  }
  void finish() {
    stories = {told_story("ONE-1")};
    raise();
    pass(2s);
    if (memory.at(id) != state::done)
      throw std::runtime_error{"the story is not done"};
    stories.clear();
    asked.clear();
    reports.clear();
  }
  void set_label() {
    auto s = told_story("ONE-1");
    s.labels.push_back(settings.issue_tracker.rework_label);
    wants_rework = {s};
    standings["ONE-1"] = {s, true, {}};
  }
  void take_label_off() {
    wants_rework.clear();
    standings["ONE-1"] = {told_story("ONE-1"), true, {}};
  }
  story_record record() { return *memory.look(id); }
};

} // namespace

SCENARIO("the rework label takes what reviewers wrote back to the agent") {
  GIVEN("a story that is done") {
    reviewed s;
    s.finish();
    auto first = s.record();
    WHEN("a person sets the label") {
      s.tree_base = "their head";
      run_report answer;
      answer.succeeded = true;
      answer.what.outcome = run_outcome::succeeded;
      answer.what.session = first.runs.back().session;
      answer.what.summary = "Done.\nHYAKKI-REMARK 1 DONE: took one off";
      s.run_answers = {answer};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      s.pass(1s);
      THEN("the agent goes on in its session, with the remark") {
        REQUIRE(s.memory.at(id) == state::done);
        REQUIRE(s.runs.size() == 2);
        CHECK(s.runs[1].role == R::rework);
        CHECK(s.runs[1].resume);
        CHECK(s.runs[1].session == first.runs.back().session);
        CHECK(contains(s.runs[1].prompt, "one too many"));
        CHECK(contains(s.runs[1].prompt, "calc.py"));
        CHECK(contains(s.runs[1].prompt, "BEGIN UNTRUSTED REMARKS"));
        CHECK(contains(s.runs[1].prompt, "HYAKKI-REMARK"));
      }
      THEN("the tree stands on the branch as people left it, and the push expects that") {
        CHECK(s.trees.back().base == first.branch);
        CHECK(s.trees.back().branch == first.branch);
        REQUIRE(s.pushes.size() == 2);
        CHECK(s.pushes[1].branch == first.branch);
        CHECK(s.pushes[1].expected == "their head");
        CHECK(s.record().base_branch == first.base_branch);
      }
      THEN("each remark is answered with the agent's words, and no second pull request is opened") {
        REQUIRE(s.answers.size() == 1);
        REQUIRE(s.answers[0].words.size() == 1);
        CHECK(s.answers[0].remarks[0].id == "7");
        CHECK(contains(s.answers[0].words[0].markdown, "took one off"));
        CHECK(s.answers[0].words[0].settles);
        CHECK(contains(s.answers[0].words[0].marker, "/1/remark_"));
        CHECK(s.times("open") == 0);
      }
      THEN("the tracker is told, and the labels are as after the first time") {
        CHECK(s.comments() == texts{"2/rework", "2/details"});
        auto& labels = s.reports.back().labels;
        auto& t = s.settings.issue_tracker;
        CHECK(labels.add == texts{t.done_label});
        CHECK(labels.remove == texts{t.processing_label, t.failed_label, t.rework_label});
      }
      THEN("the record tells of the round and keeps no text of strangers") {
        auto r = s.record();
        REQUIRE(r.rework.size() == 1);
        CHECK_FALSE(r.rework[0].open);
        CHECK(r.rework[0].answered == 1);
        CHECK(r.rework[0].remarks.empty());
        CHECK(contains(r.rework[0].asked_by, s.settings.issue_tracker.rework_label));
      }
    }
    WHEN("more is written while the agent works") {
      answer_report more{s.feedback.pull, 1, {}, true, {}, {}, 0};
      s.answer_reports = {more};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      THEN("the label stays for another round") {
        REQUIRE(s.memory.at(id) == state::done);
        auto& remove = s.reports.back().labels.remove;
        CHECK(std::count(remove.begin(), remove.end(), s.settings.issue_tracker.rework_label) == 0);
        CHECK(contains(s.reports.back().comments.back().markdown, "another round"));
      }
    }
    WHEN("the agent changes nothing") {
      s.fails["commit"] = {{ec::no_changes, "no", 0}};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      THEN("that is said under each remark, which stays open, and the label is taken off") {
        CHECK(s.memory.at(id) == state::no_changes);
        CHECK(s.record().why->code == ec::no_changes);
        CHECK(s.pushes.size() == 1);
        REQUIRE(s.answers.size() == 1);
        CHECK_FALSE(s.answers[0].words[0].settles);
        CHECK(contains(s.answers[0].words[0].markdown, "changed nothing"));
        CHECK(s.comments() == texts{"2/rework_unchanged"});
        auto& remove = s.reports.back().labels.remove;
        CHECK(std::count(remove.begin(), remove.end(), s.settings.issue_tracker.rework_label) == 1);
      }
    }
    WHEN("the agent changes nothing, and an operator has it tried again") {
      s.fails["commit"] = {{ec::no_changes, "no", 0}};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      REQUIRE(s.memory.at(id) == state::no_changes);
      s.sim.self->send(s.dispatch, atom::retry::value, id);
      s.sim.settle();
      s.pass(2s);
      THEN("the same round goes on with its remarks, and each is answered anew") {
        CHECK(s.memory.at(id) == state::done);
        CHECK(s.record().rework.size() == 1);
        REQUIRE(s.answers.size() == 2);
        CHECK(s.answers[1].from == 0);
        CHECK(s.answers[1].remarks[0].id == "7");
        CHECK(s.answers[1].words[0].marker != s.answers[0].words[0].marker);
      }
    }
    WHEN("the host is away when nothing was changed") {
      s.fails["commit"] = {{ec::no_changes, "no", 0}};
      s.answer_reports = {{s.feedback.pull, 0, {}, false, ec::unavailable, "the host is away", 0}};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      s.pass(30s);
      THEN("it is told later, and still nothing was changed") {
        CHECK(s.memory.at(id) == state::no_changes);
        CHECK(s.record().why->code == ec::no_changes);
        CHECK(s.answers.size() == 2);
        CHECK(s.pushes.size() == 1);
      }
    }
    WHEN("a person pushed while the agent worked") {
      s.fails["push"] = {{ec::rejected, "the branch holds other commits", 0}};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      s.pass(100s);
      THEN("nothing is forced, and the round waits for a person") {
        CHECK(s.memory.at(id) == state::parked);
        CHECK(s.answers.empty());
        CHECK(s.pushes.size() == 2);
      }
      AND_WHEN("the label is set again") {
        s.set_label();
        s.pass(70s);
        s.take_label_off();
        THEN("another round begins from what is there now") {
          CHECK(s.memory.at(id) == state::done);
          CHECK(s.record().rework.size() == 2);
        }
      }
    }
    WHEN("the pull request is merged before the push") {
      s.held = {"run rework"};
      s.set_label();
      s.pass(31s);
      s.feedback.pull.state = "merged";
      s.let_go("run rework");
      s.pass(1s);
      s.take_label_off();
      THEN("nothing is pushed, and the record says why") {
        CHECK(s.memory.at(id) == state::cancelled);
        CHECK(s.pushes.size() == 1);
        CHECK(contains(s.record().why->text, "merged"));
      }
    }
    WHEN("a remark takes no answer") {
      answer_report odd{s.feedback.pull, 1, {"remark 1 takes no answer: locked"}, false, {}, {}, 0};
      s.answer_reports = {odd};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      THEN("the work counts all the same, and the record tells of it") {
        CHECK(s.memory.at(id) == state::done);
        auto events = s.memory.events_of(id);
        CHECK(std::any_of(events->begin(), events->end(), [](auto& e) {
          auto note = std::get_if<on_note>(&e.payload);
          return note && contains(note->text, "locked");
        }));
      }
    }
    WHEN("the host is away in the middle of the answers") {
      s.feedback.said.remarks = {said("one", "1"), said("two", "2")};
      answer_report half{s.feedback.pull, 1, {}, false, ec::unavailable, "the host is away", 0};
      s.answer_reports = {half};
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      s.pass(30s);
      THEN("it goes on behind the last one that was answered") {
        REQUIRE(s.memory.at(id) == state::done);
        REQUIRE(s.answers.size() == 2);
        CHECK(s.answers[1].from == 1);
        CHECK(s.pushes.size() == 2);
      }
    }
    WHEN("the host never takes an answer") {
      for (int n = 0; n < 9; ++n)
        s.answer_reports.push_back({s.feedback.pull, 0, {}, false, ec::unavailable, "the host is away", 0});
      s.set_label();
      s.pass(31s);
      s.take_label_off();
      s.pass(300s);
      THEN("what was pushed counts") { CHECK(s.memory.at(id) == state::done); }
    }
    WHEN("the story is closed while the round runs") {
      s.held = {"run rework"};
      s.set_label();
      s.pass(31s);
      REQUIRE(s.memory.at(id) == state::implementing);
      s.take_label_off();
      s.standings["ONE-1"].wanted = false;
      s.standings["ONE-1"].why = "ONE-1 is closed";
      s.pass(31s);
      THEN("the round is ended and the label taken off") {
        CHECK(s.memory.at(id) == state::cancelled);
        auto& remove = s.reports.back().labels.remove;
        CHECK(std::count(remove.begin(), remove.end(), s.settings.issue_tracker.rework_label) == 1);
      }
    }
    WHEN("its components lead elsewhere while the round runs") {
      s.held = {"run rework"};
      s.set_label();
      s.pass(31s);
      s.standings["ONE-1"].now.labels[1] = "repo:r2";
      s.pass(31s);
      THEN("the round goes on where the pull request is") { CHECK(s.memory.at(id) == state::implementing); }
    }
  }
}

SCENARIO("where no round can begin the tracker is told why, and the label is taken off") {
  GIVEN("a story that is done") {
    reviewed s;
    s.finish();
    auto kind = [&]() -> std::string { return s.comments().empty() ? "" : s.comments().back(); };
    WHEN("nothing is left unresolved") {
      s.feedback.said.remarks.clear();
      s.set_label();
      s.pass(31s);
      CHECK(kind() == "1/rework_no_remark");
    }
    WHEN("the pull request was merged") {
      s.feedback.pull.state = "merged";
      s.set_label();
      s.pass(31s);
      CHECK(kind() == "1/rework_not_open");
      CHECK(contains(s.reports.back().comments[0].markdown, "merged"));
    }
    WHEN("the host does not know the pull request any more") {
      s.fails["feedback"] = {{ec::not_found, "no such pull request", 0}};
      s.set_label();
      s.pass(31s);
      CHECK(kind() == "1/rework_not_open");
    }
    WHEN("no rounds are allowed") {
      s.with.settings.rework.max_rounds = 0;
      s.set_label();
      s.pass(31s);
      CHECK(kind() == "1/rework_spent");
    }
    THEN("the story is done as before, and only the label goes") {
      CHECK(s.memory.at(id) == state::done);
      if (!s.reports.empty()) {
        CHECK(s.reports.back().labels.add.empty());
        CHECK(s.reports.back().labels.remove == texts{s.settings.issue_tracker.rework_label});
      }
    }
  }
  GIVEN("a story that nobody knows") {
    reviewed s;
    s.raise();
    s.set_label();
    s.pass(31s);
    CHECK(s.comments().back() == "1/rework_no_pull");
    CHECK_FALSE(s.memory.look(id));
  }
  GIVEN("a story that failed before it had a pull request") {
    reviewed s;
    run_report bad;
    bad.code = ec::agent_failed;
    s.run_answers = {bad};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(2s);
    REQUIRE(s.memory.at(id) == state::failed);
    s.stories.clear();
    s.set_label();
    s.pass(31s);
    CHECK(s.comments().back() == "1/rework_no_pull");
    CHECK(s.memory.at(id) == state::failed);
  }
  GIVEN("an old look that shows a label which is gone") {
    reviewed s;
    s.finish();
    s.set_label();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), true, {}};
    s.pass(100s);
    THEN("nothing happens") {
      CHECK(s.memory.at(id) == state::done);
      CHECK(s.times("feedback") == 0);
      CHECK(s.reports.empty());
    }
  }
  GIVEN("a story that is being worked on") {
    reviewed s;
    s.held = {"run implement"};
    s.stories = {s.told_story("ONE-1")};
    s.raise();
    s.pass(1s);
    s.set_label();
    s.pass(60s);
    THEN("its run goes on, and nobody is told anything") {
      CHECK(s.memory.at(id) == state::implementing);
      CHECK(s.times("feedback") == 0);
    }
  }
}

SCENARIO("the rework label of a story that is somebody else's is left alone") {
  reviewed s;
  auto pass = [&] {
    s.raise();
    s.pass(31s);
  };
  auto project = [&](const std::string& name, const std::string& trigger) {
    project_config p{s.settings.issue_tracker, s.settings.repo_hosting, s.settings.routing};
    p.issue_tracker.name = name;
    p.issue_tracker.trigger_label = trigger;
    s.settings.projects.push_back(p);
  };
  auto theirs = [&](const std::string& key, const std::string& pull) {
    story_record r;
    r.story = s.told_story(key);
    r.story.tracker = "other";
    r.version = 1;
    r.at = state::done;
    r.repository = "r1";
    r.branch = "feature/" + key;
    if (!pull.empty()) {
      r.pull.edit().id = pull;
      r.pull.edit().state = "open";
    }
    s.remember(r);
  };
  GIVEN("a story without the label that stories are taken by, which nobody here worked on") {
    s.set_label();
    s.wants_rework[0].labels = {"go-b", s.settings.issue_tracker.rework_label};
    WHEN("a look shows it") {
      pass();
      THEN("nothing is asked, said or taken off") {
        CHECK(s.reports.empty());
        CHECK(s.times("look again") == 0);
      }
    }
  }
  GIVEN("one that lost that label since the look") {
    s.set_label();
    s.standings["ONE-1"].now.labels = {"go-b", s.settings.issue_tracker.rework_label};
    pass();
    CHECK(s.times("look again") > 0);
    CHECK(s.reports.empty());
  }
  GIVEN("one without a label that is required besides") {
    s.settings.issue_tracker.required_labels = {"backend"};
    s.set_label();
    pass();
    CHECK(s.reports.empty());
  }
  GIVEN("one that another tracker of the same service has a pull request of") {
    project("fake", s.settings.issue_tracker.trigger_label);
    project("other", "go-b");
    theirs("ONE-1", "7");
    s.set_label(); // with this tracker's own trigger label too
    WHEN("this one knows nothing of it") {
      pass();
      THEN("it is left alone") {
        CHECK(s.reports.empty());
        CHECK(s.times("feedback") == 0);
      }
    }
    WHEN("this one tried it once, without a pull request") {
      auto r = s.fresh();
      r.at = state::failed;
      s.remember(r);
      pass();
      THEN("it is left alone too") { CHECK(s.reports.empty()); }
    }
    WHEN("this one has a pull request of its own") {
      auto r = s.fresh();
      r.at = state::done;
      r.branch = "feature/ONE-1";
      r.pull.edit().id = "1";
      r.pull.edit().state = "open";
      s.remember(r);
      pass();
      THEN("its round begins") { CHECK(s.times("feedback") == 1); }
    }
  }
  GIVEN("one of which neither tracker has a pull request") {
    project("fake", s.settings.issue_tracker.trigger_label);
    project("other", "go-b");
    s.set_label();
    WHEN("the other one has it on record") {
      theirs("ONE-1", {});
      pass();
      THEN("the other one tells of it") { CHECK(s.reports.empty()); }
    }
    WHEN("nobody has it on record") {
      pass();
      THEN("whose labels it carries tells of it") { CHECK(s.comments().back() == "1/rework_no_pull"); }
    }
  }
  GIVEN("a tracker at another address with the same key on record") {
    project("fake", s.settings.issue_tracker.trigger_label);
    project("other", "go-b");
    s.settings.projects[1].issue_tracker.path = "/another/place";
    theirs("ONE-1", "7");
    s.set_label();
    pass();
    CHECK(s.comments().back() == "1/rework_no_pull");
  }
}

SCENARIO("looks for reviews never stand before a person's label") {
  reviewed s;
  s.settings.rework.watch_days = 14;
  s.finish();
  s.held = {"feedback"};
  s.set_label();
  s.pass(31s);
  CHECK(s.times("feedback") == 2); // one for the review, one for the label
  s.let_go("feedback");
  s.pass(1s);
  s.take_label_off();
  CHECK(s.memory.at(id) == state::done);
  CHECK(s.record().rework.size() == 1);
}

SCENARIO("rounds are counted, and there is an end") {
  reviewed s;
  s.settings.rework.max_rounds = 2;
  s.finish();
  for (int n = 0; n < 5; ++n) {
    s.set_label();
    s.pass(100s);
  }
  s.take_label_off();
  CHECK(s.memory.at(id) == state::done);
  CHECK(s.record().rework.size() == 2);
  CHECK(s.runs.size() == 3);
  CHECK(s.comments().back() == "3/rework_spent");
}

SCENARIO("a review that asks for changes starts a round by itself") {
  GIVEN("a story that is done, and looks at open pull requests") {
    reviewed s;
    s.settings.rework.watch_days = 14;
    s.finish();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), true, {}};
    WHEN("there are remarks, and nobody asks for changes") {
      s.pass(100s);
      THEN("nothing begins") {
        CHECK(s.memory.at(id) == state::done);
        CHECK(s.times("feedback") >= 2);
        CHECK(s.record().rework.empty());
      }
    }
    WHEN("a reviewer asks for changes") {
      s.feedback.said.changes_requested = true;
      s.feedback.said.requested_by = "kim";
      s.held = {"run rework"};
      s.pass(31s);
      THEN("the round begins") {
        CHECK(s.memory.at(id) == state::implementing);
        CHECK(s.record().rework.back().asked_by == "kim");
      }
    }
    WHEN("a round changes nothing, and the reviewer insists") {
      s.fails["commit"] = {{ec::no_changes, "no", 0}};
      s.feedback.said.changes_requested = true;
      s.feedback.said.requested_by = "kim";
      s.pass(31s);
      s.feedback.said.remarks.clear(); // they have their answers
      REQUIRE(s.memory.at(id) == state::no_changes);
      s.pass(100s);
      CHECK(s.record().rework.size() == 1);
      s.feedback.said.remarks = {said("I mean it", "8")};
      for (int n = 0; n < 61 && s.record().rework.size() < 2; ++n)
        s.pass(1s);
      s.feedback.said.remarks.clear();
      s.pass(65s);
      THEN("another round begins with what is new") {
        REQUIRE(s.record().rework.size() == 2);
        CHECK(s.memory.at(id) == state::done);
        CHECK(contains(s.runs.back().prompt, "I mean it"));
      }
    }
    WHEN("a reviewer asks for changes of a story that its tracker does not want") {
      s.standings["ONE-1"] = {s.told_story("ONE-1"), false, "ONE-1 is closed"};
      s.feedback.said.changes_requested = true;
      s.pass(200s);
      THEN("nothing begins") { CHECK(s.memory.at(id) == state::done); }
      AND_WHEN("it is opened again") {
        s.standings["ONE-1"].wanted = true;
        s.pass(31s);
        THEN("the round begins") { CHECK(s.record().rework.size() == 1); }
      }
    }
    WHEN("changes are asked for and nothing is left unresolved, as after a round") {
      s.feedback.said.remarks.clear();
      s.feedback.said.changes_requested = true;
      s.pass(100s);
      THEN("nothing begins and nothing is said") {
        CHECK(s.memory.at(id) == state::done);
        CHECK(s.reports.empty());
      }
    }
    WHEN("the pull request was merged") {
      s.feedback.pull.state = "merged";
      s.pass(200s);
      THEN("that is kept, and nobody looks again") {
        CHECK(s.record().pull->state == "merged");
        CHECK(s.times("feedback") == 1);
      }
    }
    WHEN("the rounds are used up") {
      s.with.settings.rework.max_rounds = 1;
      s.feedback.said.changes_requested = true;
      s.pass(300s);
      THEN("that is said once") {
        CHECK(s.record().rework.size() == 1);
        CHECK(std::count_if(s.reports.begin(), s.reports.end(), [](auto& r) {
                return !r.comments.empty() && contains(r.comments[0].marker, "rework_spent");
              }) == 1);
      }
    }
    WHEN("two weeks pass") {
      s.sim.skew_ms += std::int64_t{15} * 24 * 3600 * 1000;
      s.sim.tell_time();
      s.asked.clear();
      s.sim.settle();
      auto inside = s.middle().watched.size();
      s.memory.commits.clear();
      reviews::look(caf::actor_cast<dispatch::pointer>(s.dispatch));
      CHECK(inside == 1);
      THEN("nobody looks any more") { CHECK(s.middle().watched.empty()); }
    }
  }
  GIVEN("merges are to be told, and a round is under way when its pull request is merged") {
    reviewed s;
    s.settings.rework.watch_days = 14;
    s.settings.issue_tracker.status_on_done = "Done";
    s.finish();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), true, {}};
    s.held = {"run rework"};
    s.set_label();
    s.pass(31s);
    s.feedback.pull.state = "merged";
    s.let_go("run rework");
    s.pass(1s);
    s.take_label_off();
    REQUIRE(s.memory.at(id) == state::cancelled);
    THEN("the story is moved with the next look, once") {
      s.pass(200s);
      CHECK(std::count_if(s.reports.begin(), s.reports.end(), [](auto& r) { return r.status == "Done"; }) == 1);
      CHECK(s.record().pull->state == "merged");
      CHECK(s.memory.at(id) == state::cancelled);
      CHECK(s.record().rework.size() == 1);
    }
  }
  GIVEN("no rounds are allowed, and merges are to be told") {
    reviewed s;
    s.settings.rework.watch_days = 14;
    s.settings.rework.max_rounds = 0;
    s.settings.issue_tracker.status_on_done = "Done";
    s.finish();
    s.standings["ONE-1"] = {s.told_story("ONE-1"), true, {}};
    auto moved = [&] {
      return std::count_if(s.reports.begin(), s.reports.end(), [](auto& r) { return r.status == "Done"; });
    };
    WHEN("a reviewer asks for changes") {
      s.feedback.said.changes_requested = true;
      s.pass(100s);
      THEN("nothing begins and nothing is said") {
        CHECK(s.times("feedback") >= 2);
        CHECK(s.record().rework.empty());
        CHECK(s.reports.empty());
      }
    }
    WHEN("the pull request is merged") {
      s.feedback.pull.state = "merged";
      s.pass(200s);
      THEN("the story is moved once, and nobody looks again") {
        CHECK(moved() == 1);
        CHECK(s.reports.back().comments.empty());
        CHECK(s.reports.back().labels.remove == texts{s.settings.issue_tracker.rework_label});
        CHECK(s.times("feedback") == 1);
        CHECK(s.record().pull->state == "merged");
        CHECK(s.memory.at(id) == state::done);
      }
    }
    WHEN("the tracker is away when the pull request was merged") {
      s.feedback.pull.state = "merged";
      s.fails["report"] = {{ec::unavailable, "away", 0}};
      s.pass(31s);
      CHECK(moved() == 0);
      CHECK(s.record().pull->state == "open");
      s.pass(100s);
      THEN("it is told with a later look") {
        CHECK(moved() == 1);
        CHECK(s.record().pull->state == "merged");
      }
    }
    WHEN("the tracker cannot be asked when the pull request was merged") {
      s.feedback.pull.state = "merged";
      s.fails["look again"] = {{ec::unavailable, "away", 0}};
      s.pass(31s);
      CHECK(moved() == 0);
      CHECK(s.record().pull->state == "open");
      s.pass(100s);
      THEN("it is told with a later look") { CHECK(moved() == 1); }
    }
    WHEN("the tracker refuses") {
      s.feedback.pull.state = "merged";
      s.fails["report"] = {{ec::rejected, "there is no way to Done", 0}};
      s.pass(200s);
      THEN("it is not asked again, and the story says so") {
        CHECK(s.times("report") == 1);
        CHECK(s.record().pull->state == "merged");
        auto log = s.memory.events_of(id);
        REQUIRE(log);
        CHECK(std::any_of(log->begin(), log->end(), [](auto& e) {
          auto note = std::get_if<on_note>(&e.payload);
          return note && contains(note->text, "could not be moved to Done: there is no way to Done");
        }));
      }
    }
    WHEN("it is merged and the tracker does not want the story any more") {
      s.feedback.pull.state = "merged";
      s.standings["ONE-1"] = {s.told_story("ONE-1"), false, "ONE-1 is closed"};
      s.pass(200s);
      THEN("the story stays where it is") {
        CHECK(moved() == 0);
        CHECK(s.record().pull->state == "merged");
      }
    }
    WHEN("it is closed without a merge") {
      s.feedback.pull.state = "closed";
      s.pass(200s);
      THEN("the story stays where it is") {
        CHECK(moved() == 0);
        CHECK(s.record().pull->state == "closed");
      }
    }
  }
  GIVEN("a store with many stories that are done") {
    reviewed s;
    s.settings.rework.watch_days = 14;
    s.settings.rework.pull_requests_a_poll = 2;
    s.feedback.said.remarks.clear();
    for (int n = 0; n < 9; ++n) {
      auto r = s.fresh("D-" + std::to_string(n));
      r.at = state::done;
      r.pull.edit().id = "1";
      r.pull.edit().state = "open";
      r.changed_ms = simulation::epoch;
      s.remember(r);
    }
    s.raise();
    s.pass(1s);
    auto first = s.times("feedback");
    s.pass(200s);
    THEN("a few are looked at each time, each in its turn") {
      CHECK(first <= 2);
      CHECK(s.times("feedback") >= 12);
      CHECK(s.times("feedback") <= 16);
      CHECK(s.middle().watched.size() == 9);
    }
  }
}
