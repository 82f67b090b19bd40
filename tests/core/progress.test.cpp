// The pure decisions under the supervisor.

#include "core/progress.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;

SCENARIO("where an operator's words lead is known before they are obeyed") {
  CHECK(after_word(state::implementing, move::cancel) == state::cancelled);
  CHECK(after_word(state::parked, move::cancel) == state::cancelled);
  CHECK(after_word(state::done, move::cancel) == state::done);
  CHECK(after_word(state::failed, move::cancel) == state::failed);
  CHECK(after_word(state::failed, move::retry) == state::queued);
  CHECK(after_word(after_word(state::failed, move::retry), move::cancel) == state::cancelled);
  CHECK(after_word(state::pushing, move::retry) == state::pushing);
  story_record r;
  r.at = state::backing_off;
  r.resume_at = state::reporting;
  CHECK_FALSE(is_cancelled_untold(r));
  r.verdict = state::cancelled;
  CHECK(is_cancelled_untold(r));
  r.resume_at = state::queued;
  CHECK_FALSE(is_cancelled_untold(r));
}

SCENARIO("a failure is decided by its band and by the attempts used") {
  story_record r;
  retry_config limits;
  limits.max_attempts = 3;
  auto decide = [&](ec code, std::int64_t at = 0) { return after_failure({code, "x", at}, r, limits, 1'000, 1); };
  CHECK(decide(ec::cancelled).by == move::cancel);
  CHECK(decide(ec::agent_failed).verdict == state::failed);
  CHECK(decide(ec::rejected).verdict == state::parked);
  CHECK(decide(ec::corrupt_record).verdict == state::parked);
  CHECK(decide(ec::unavailable).by == move::try_again_later);
  CHECK(decide(ec::rate_limited, 500'000).due_ms == 500'000);
  THEN("one that names no time is left alone for a minute, however often it is asked") {
    CHECK(decide(ec::rate_limited).due_ms == 61'000);
  }
  THEN("another side's word is believed for a day at most") {
    CHECK(decide(ec::rate_limited, 1'000'000'000'000).due_ms <= 1'000 + 24 * 3600 * 1000);
  }
  r.attempts = 2;
  CHECK(decide(ec::unavailable).verdict == state::failed);
  CHECK(decide(ec::unavailable).by == move::went_wrong);
  CHECK(decide(ec::rate_limited).by == move::try_again_later);
}

SCENARIO("a new life goes on behind what was committed, and afresh otherwise") {
  story_record r;
  r.has_trouble = true;
  r.why.edit().in = state::backing_off;
  r.findings = {"x"};
  auto committed = r;
  committed.commit.edit().sha = "c1";
  auto pushed = committed;
  pushed.pushed_sha = std::string{"c1"};
  begin_life(r);
  begin_life(committed);
  begin_life(pushed);
  CHECK(r.resume_at == state::queued);
  CHECK(r.findings.empty());
  CHECK(committed.resume_at == state::pushing);
  CHECK(pushed.resume_at == state::opening_pull_request);
  CHECK(pushed.life == 2);
}

SCENARIO("runs are booked: begun, ended, lost, resumed") {
  story_record r;
  std::vector<event> told;
  begin_run(r, run_role::implement, "a", "s1", false, 10);
  CHECK(open_run(r));
  CHECK(lose_open_run(r, 20, told));
  CHECK_FALSE(lose_open_run(r, 20, told));
  CHECK(told.back().kind == event_kind::run_lost);
  CHECK(session_to_resume(r) == "s1");
  begin_run(r, run_role::review, "a", "s2", false, 30);
  run how;
  how.outcome = run_outcome::succeeded;
  end_run(r, how, 40, told);
  CHECK_FALSE(open_run(r));
  CHECK(r.runs.back().session == "s2");
  CHECK(r.runs.back().number == 2);
  CHECK(session_to_resume(r) == "s1");
  begin_run(r, run_role::fix, "a", "s1", true, 50);
  how.cost_microusd = 300;
  how.input_tokens = 20;
  how.output_tokens = 4;
  end_run(r, how, 60, told);
  begin_run(r, run_role::fix, "a", "s1", true, 70);
  CHECK(account_of(r, "s1").cost_microusd == 300);
  CHECK(account_of(r, "s1").tokens == 24);
  CHECK(account_of(r, "s2").tokens == 0);
  CHECK(account_of(r, "").tokens == 0);
}
