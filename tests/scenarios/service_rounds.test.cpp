// Stories whose tracker and code host are reached over HTTP, after their pull request was opened: rounds for its
// reviewers, and stories that are taken back. Worked on by real processes, which are killed.
//
// $HYAKKI_SOAK=2 makes every point a trial, where a few are; $HYAKKI_SEED replays.
#include "tests/support/comes.hpp"
#include "tests/support/service_world.hpp"
#include "tests/support/soak.hpp"

#include <catch2/catch.hpp>

#include <iostream>
#include <random>
#include <set>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// The first time a change; in a round another one, with words for the first two remarks and none for the third.
const std::string does_rounds = R"(case "$prompt" in
*"round 1 of rework"*)
  echo one >round_one.txt
  echo 'HYAKKI-REMARK 1 LEFT: It is right.'
  echo 'HYAKKI-REMARK 2 DONE: I changed it.'
  ;;
*"round 2 of rework"*) echo two >round_two.txt; echo 'HYAKKI-REMARK 1 DONE: And this.' ;;
*) echo changed >file.txt; echo 'I changed it.' ;;
esac
)";

/// Works until somebody ends it, with a helper that left its group.
const std::string works_on = "echo half >file.txt\nsetsid sleep 1000 &\n: >\"$here/works\"\nexec sleep 1000\n";

const std::string two_rounds = "rework: {max_rounds: 2}\n";

/// Everything that one round may take up, and the label.
void ask_for_a_round(service_world& w) {
  auto& o = w.outside();
  o.remark("Say why.");
  o.remark("One too many.", "file.txt", 1);
  o.task("Finish this first.");
  o.label("ai-rework");
}

void every_remark_is_answered_once(service_world& w, std::size_t at_least) {
  auto all = w.outside().remarks();
  CHECK(all.size() >= at_least);
  for (auto& r : all) {
    INFO(r.text);
    CHECK(r.answers.size() == 1);
  }
}

struct kill_plan {
  std::vector<std::pair<long, const char*>> shots;
};

/// Trials of some points each; soaked, of every point alone.
std::vector<kill_plan> plans(long points, std::size_t trials, std::size_t shots_each) {
  std::cerr << points << " points\n";
  std::mt19937_64 dice{seed()};
  std::vector<kill_plan> out;
  if (soak() > 1) {
    for (long n = 1; n <= points; ++n)
      for (auto* when : {"before", "after"})
        out.push_back({{{n, when}}});
    return out;
  }
  for (std::size_t t = 0; t < trials; ++t) {
    out.emplace_back();
    for (std::size_t n = 0; n < shots_each; ++n) // the later ones come early in what is left
      out.back().shots.emplace_back(1 + static_cast<long>(dice() % static_cast<std::uint64_t>(n == 0 ? points : 8)),
                                    dice() % 2 == 0 ? "before" : "after");
  }
  return out;
}

/// Kills at these points, then lets it end. How many of them hit.
int kill_and_recover(service_world& w, const kill_plan& plan, state wanted) {
  int kills = 0;
  for (auto& [point, when] : plan.shots)
    kills += w.work(point, when).killed() ? 1 : 0;
  bool rests = false;
  for (int start = 0; start < 20 && !rests; ++start)
    rests = w.work().well() && w.look_at_store(wanted).empty();
  CHECK(rests);
  return kills;
}

std::string told(const kill_plan& plan) {
  std::string out = "killed";
  for (auto& [point, when] : plan.shots)
    out += std::string{" "} + when + " point " + std::to_string(point) + ",";
  return out;
}

std::size_t runs_of(const service_world& w) {
  auto all = lines_of(file_text(w.root() + "/runs"));
  CHECK(std::set<std::string>(all.begin(), all.end()).size() == all.size());
  return all.size();
}

void take_back_at_work(service_world& w) {
  auto pid = w.start();
  REQUIRE(comes([&] { return std::filesystem::exists(w.root() + "/works"); }));
  ::kill(pid, SIGKILL);
  wait_for(pid);
  w.outside().close();
  w.forget_points();
}

} // namespace

SCENARIO("a pull request goes round after round for its reviewers, until no more rounds are allowed") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    service_world w{which, does_rounds, two_rounds};
    REQUIRE(w.work().well());
    REQUIRE(w.look_at_store() == "");
    auto& o = w.outside();
    auto first = w.record()->runs.front().session;
    auto branch = w.record()->branch;
    ask_for_a_round(w);
    REQUIRE(w.work().well());
    INFO(file_text(w.root() + "/out") << w.outcome());
    REQUIRE(w.look_at_store() == "");
    auto r = *w.record();
    auto wrote = o.remarks();

    // the round went into the same session, and to the same branch
    REQUIRE(r.rework.size() == 1);
    CHECK_FALSE(r.rework[0].open);
    CHECK(r.rework[0].wanted == wrote.size());
    CHECK(r.rework[0].answered == wrote.size());
    CHECK(r.rework[0].asked_by == "the label ai-rework");
    REQUIRE(r.runs.size() == 2);
    CHECK(r.runs[1].role == run_role::rework);
    CHECK(r.runs[1].resumed);
    CHECK_FALSE(first.empty());
    CHECK(r.runs[1].session == first);
    CHECK(lines_of(file_text(w.root() + "/sessions")) ==
          std::vector<std::string>{"--session " + first, "--session " + first + " --resume " + first});
    CHECK(r.branch == branch);
    CHECK(o.pulls().size() == 1);
    CHECK(w.branches().size() == 2);
    CHECK(w.branches()[branch] == *r.pushed_sha);
    CHECK(w.git({"-C", w.repository(), "rev-list", "--count", "main.." + branch}) == "2");
    CHECK(w.git({"-C", w.repository(), "show", branch + ":round_one.txt"}) == "one");
    CHECK(w.git({"-C", w.repository(), "show", branch + ":file.txt"}) == "changed");
    every_remark_is_answered_once(w, 2);
    for (auto& m : wrote) { // done is what its agent says is done, and the others wait for people
      INFO(m.text);
      auto done = m.text == "One too many.";
      CHECK((m.answers[0].find("I changed it") != std::string::npos) == done);
      CHECK((m.answers[0].find("It is right") != std::string::npos) == (m.text == "Say why."));
      CHECK(m.resolved == (done && o.resolves(true)));
    }
    CHECK(w.comments_with("worked on again") == 1);
    CHECK_FALSE(w.has_label("ai-rework"));
    CHECK_FALSE(w.has_label("ai-processing"));
    CHECK(w.has_label("ai-done"));

    // what was answered starts nothing more
    auto before = w.outcome();
    REQUIRE(w.work().well());
    CHECK(w.outcome() == before);
    CHECK(w.record()->rework.size() == 1);

    // a review does so, while remarks alone do not
    o.remark("And this line.", "file.txt", 2);
    REQUIRE(w.work().well());
    CHECK(w.record()->rework.size() == 1);
    o.want_changes("ann");
    REQUIRE(w.work().well());
    REQUIRE(w.look_at_store() == "");
    REQUIRE(w.record()->rework.size() == 2);
    CHECK(w.record()->rework[1].asked_by.find("ann") != std::string::npos);
    CHECK(w.record()->runs.back().session == first);
    CHECK(w.git({"-C", w.repository(), "rev-list", "--count", "main.." + branch}) == "3");
    every_remark_is_answered_once(w, 3);
    CHECK(w.comments_with("worked on again") == 2);

    // and then there is an end, which is said once
    o.remark("Once more.", "file.txt", 3);
    o.label("ai-rework");
    REQUIRE(w.work().well());
    CHECK(w.comments_with("No round of rework") == 1);
    CHECK_FALSE(w.has_label("ai-rework"));
    REQUIRE(w.work().well());
    CHECK(w.comments_with("No round of rework") == 1);
    CHECK(w.record()->rework.size() == 2);
    CHECK(w.record()->at == state::done);
    CHECK(runs_of(w) == 3);
    CHECK(o.pulls().size() == 1);
    CHECK(o.complaints() == std::vector<std::string>{});
    CHECK(w.marked().empty());
  }
}

SCENARIO("a round that changes nothing answers each remark, resolves none and pushes nothing") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    service_world w{which, "case \"$prompt\" in *'of rework'*) echo 'HYAKKI-REMARK 2 DONE: It was so before.' ;;\n"
                           "*) echo changed >file.txt ;;\nesac\n"};
    REQUIRE(w.work().well());
    ask_for_a_round(w);
    REQUIRE(w.work().well());
    INFO(file_text(w.root() + "/out") << w.outcome());
    CHECK(w.look_at_store(state::no_changes) == "");
    every_remark_is_answered_once(w, 2);
    for (auto& m : w.outside().remarks()) {
      CHECK_FALSE(m.resolved);
      CHECK(m.answers.front().find("changed nothing") != std::string::npos);
    }
    CHECK(w.git({"-C", w.repository(), "rev-list", "--count", "main.." + w.record()->branch}) == "1");
    CHECK(w.has_label("ai-failed"));
    CHECK_FALSE(w.has_label("ai-rework"));
    auto before = w.outcome();
    REQUIRE(w.work().well());
    CHECK(w.outcome() == before);
    CHECK(w.outside().complaints() == std::vector<std::string>{});
  }
}

SCENARIO("a round that is killed anywhere leaves one commit more, one answer to each remark and its comments") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    service_world whole{which, does_rounds, two_rounds};
    REQUIRE(whole.work().well());
    ask_for_a_round(whole);
    whole.forget_points();
    REQUIRE(whole.work().well());
    auto wanted = whole.outcome();
    INFO(wanted);
    CHECK(wanted.find("complaint") == std::string::npos);
    auto points = whole.points();
    REQUIRE(points > 12);
    int kills = 0, lost = 0;
    std::size_t extra = 0;
    auto all = plans(points, 1, 4);
    for (auto& plan : all) {
      service_world w{which, does_rounds, two_rounds};
      REQUIRE(w.work().well());
      ask_for_a_round(w);
      auto hit = kill_and_recover(w, plan, state::done);
      INFO(told(plan) << "\n" << file_text(w.root() + "/out") << w.look_at_store());
      CHECK(w.outcome() == wanted);
      auto r = w.record();
      REQUIRE(r);
      CHECK(r->rework.size() == 1);
      auto gone = std::count_if(r->runs.begin(), r->runs.end(), [](auto& x) { return x.outcome == run_outcome::lost; });
      CHECK(gone <= hit);
      CHECK(runs_of(w) <= 2 + static_cast<std::size_t>(gone));
      extra += runs_of(w) - 2;
      lost += static_cast<int>(gone);
      kills += hit;
      CHECK(w.marked().empty());
    }
    std::cerr << "rework with " << to_string(which) << ": " << all.size() << " trials, " << kills << " kills, " << lost
              << " lost runs, " << extra << " extra runs\n";
    CHECK(2 * kills >= static_cast<int>(all.size())); // a later shot may find that all is done
  }
}

SCENARIO("a story is moved to its last status when its pull request was merged, though its engine is killed") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    auto moves = "status_on_done: " + std::string{which == service_pair::github ? "closed" : "Done"};
    auto make = [&] {
      auto w = std::make_unique<service_world>(which, does_rounds, "rework: {max_rounds: 0}\n", moves);
      REQUIRE(w->work().well());
      REQUIRE(w->look_at_store() == "");
      CHECK(w->outside().status() != w->outside().done_status());
      w->outside().merge();
      w->forget_points();
      return w;
    };
    auto holds = [](service_world& w) {
      CHECK(w.outside().status() == w.outside().done_status());
      CHECK(w.record()->at == state::done);
      CHECK(w.record()->pull->state == "merged");
      CHECK(w.say({"show", w.story()}).find("the story was moved to " + w.outside().done_status()) !=
            std::string::npos);
      CHECK(w.outside().complaints() == std::vector<std::string>{});
      CHECK(w.comments_with("No round of rework") == 0);
      CHECK(runs_of(w) == 1);
    };
    WHEN("nobody ends the engine") {
      auto w = make();
      REQUIRE(w->work().well());
      holds(*w);
      AND_WHEN("a person moves it on") {
        w->outside().reopen();
        auto there = w->outside().status();
        REQUIRE(w->work().well());
        THEN("it is left there") { CHECK(w->outside().status() == there); }
      }
    }
    WHEN("it is killed at every point") {
      auto first = make();
      REQUIRE(first->work().well());
      auto points = first->points();
      REQUIRE(points >= 1);
      for (long n = 1; n <= points; ++n)
        for (auto* when : {"before", "after"}) {
          auto w = make();
          CHECK(kill_and_recover(*w, {{{n, when}}}, state::done) == 1);
          REQUIRE(w->work().well());
          INFO("killed " << when << " point " << n << " of " << points);
          CHECK(w->outside().status() == w->outside().done_status());
          CHECK(w->record()->pull->state == "merged");
          CHECK(w->outside().complaints() == std::vector<std::string>{});
        }
    }
    WHEN("a person closed it meanwhile") {
      auto w = make();
      w->outside().close();
      auto there = w->outside().status();
      REQUIRE(w->work().well());
      THEN("it is left there") {
        CHECK(w->outside().status() == there);
        CHECK(w->record()->pull->state == "merged");
        CHECK(w->say({"show", w->story()}).find("stays where it is") != std::string::npos);
      }
    }
  }
}

SCENARIO("a story that its tracker takes back while its agent works is ended, and comes back with its tracker") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  auto by_label = which == service_pair::cloud || soak() > 1;
  GIVEN(to_string(which) + std::string{by_label ? ", by its label" : ", by its state"}) {
    service_world w{which, works_on};
    auto& o = w.outside();
    auto pid = w.start();
    REQUIRE(comes([&] { return std::filesystem::exists(w.root() + "/works"); }));
    CHECK(comes([&] { return w.marked().size() >= 2; })); // none shows its mark while it becomes another program
    by_label ? o.take_label_off("ai-pipeline") : o.close();
    REQUIRE(wait_for(pid).well());
    INFO(file_text(w.root() + "/out") << w.outcome());
    REQUIRE(w.look_at_store(state::cancelled) == "");
    CHECK(w.marked().empty()); // the helper in a group of its own too
    auto r = *w.record();
    CHECK(r.why->code == ec::withdrawn);
    CHECK(r.runs.back().outcome == run_outcome::cancelled);
    CHECK(file_text(r.tree + "/file.txt") == "half\n");
    CHECK(o.pulls().empty());
    CHECK(w.branches().size() == 1);
    CHECK_FALSE(w.has_label("ai-processing"));
    CHECK(w.comments_with("not done") == 1);
    auto shown = w.say({"show", w.story()});
    INFO(shown);
    CHECK(shown.find("cancelled") != std::string::npos);
    CHECK(shown.find(r.why->text) != std::string::npos);
    CHECK(r.why->text.find(by_label ? "ai-pipeline" : w.story()) != std::string::npos);

    w.set_agent(does_rounds);
    by_label ? o.label("ai-pipeline") : o.reopen();
    REQUIRE(w.work().well());
    CHECK(w.look_at_store() == "");
    CHECK(o.pulls().size() == 1);
    CHECK(o.complaints() == std::vector<std::string>{});
  }
}

SCENARIO("a story that is taken back while its engine is killed again and again is ended once") {
  auto which = GENERATE(service_pair::data_center, service_pair::cloud, service_pair::github);
  GIVEN(to_string(which)) {
    service_world whole{which, works_on};
    take_back_at_work(whole);
    REQUIRE(whole.work().well());
    CHECK(whole.look_at_store(state::cancelled) == "");
    auto wanted = whole.outcome();
    INFO(wanted);
    auto points = whole.points();
    REQUIRE(points > 3);
    for (auto& plan : plans(points, 1, 3)) {
      service_world w{which, works_on};
      take_back_at_work(w);
      (void)kill_and_recover(w, plan, state::cancelled);
      INFO(told(plan) << "\n" << file_text(w.root() + "/out") << w.look_at_store(state::cancelled));
      CHECK(w.outcome() == wanted);
      CHECK(w.marked().empty());
      auto r = w.record();
      REQUIRE(r);
      CHECK(r->why->code == ec::withdrawn);
      CHECK(file_text(r->tree + "/file.txt") == "half\n");
    }
  }
}
