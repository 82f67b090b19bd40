#include "tickets/report/figures.hpp"
#include "tests/tickets_report/report_world.hpp"
#include "tickets/analytics.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;

namespace {

nlohmann::json expected() {
  auto in = std::ifstream{std::string{HYAKKI_FIXTURES} + "/tickets_expected.json"};
  return nlohmann::json::parse(in);
}

template <class Shares>
nlohmann::json as_json(const Shares& shares) {
  auto out = nlohmann::json::object();
  for (auto& s : shares)
    if (s.count != 0)
      out[s.name] = s.count;
  return out;
}

ticket plain(const std::string& id, const std::string& created = "2026-11-01T10:00:00") {
  auto t = ticket{};
  t.id = id;
  t.title = "A ticket";
  t.created_at = t.updated_at = created;
  return t;
}

const person_load* person(const report& r, const std::string& name) {
  for (auto& p : r.people)
    if (p.name == name)
      return &p;
  return nullptr;
}

} // namespace

SCENARIO("the numbers of the report are those of repo-tickets") {
  GIVEN("the store that it wrote and what it made of it") {
    auto r = sample_report();
    auto want = expected()["analytics"];
    THEN("totals, statuses, priorities and labels agree") {
      CHECK(r.total == want["total_tickets"]);
      CHECK(r.open == want["open_tickets"]);
      CHECK(r.over == want["closed_tickets"]);
      CHECK(as_json(r.statuses) == want["status_distribution"]);
      CHECK(as_json(r.priorities) == want["priority_distribution"]);
      CHECK(as_json(r.top_labels) == want["label_distribution"]);
      CHECK(one_decimal(r.completion()) == want["progress_metrics"]["completion_rate"]);
    }
    THEN("every assignee's load agrees") {
      for (auto& [name, load] : want["assignee_workload"].items()) {
        INFO(name);
        auto* p = person(r, name);
        REQUIRE(p != nullptr);
        CHECK(p->total == load["total"]);
        CHECK(p->open == load["open"]);
        CHECK(p->in_progress == load["in_progress"]);
      }
    }
    THEN("ages agree, of all tickets") {
      auto ages = std::vector<std::size_t>{};
      for (auto& [name, n] : want["age_distribution"].items())
        ages.push_back(n);
      // By name: Ancient, Moderate, New, Old, Recent.
      CHECK(std::vector<std::size_t>{r.flow.ages[4].count, r.flow.ages[2].count, r.flow.ages[0].count,
                                     r.flow.ages[3].count, r.flow.ages[1].count} == ages);
    }
    THEN("risk and velocity agree") {
      auto risk = want["risk_indicators"];
      CHECK(r.risk.rows[0].count == risk["blocked_tickets"]);
      CHECK(r.risk.rows[1].count == risk["critical_open"]);
      CHECK(r.risk.rows[2].count == risk["high_priority_stalled"]);
      CHECK(r.risk.rows[3].count == risk["old_open_tickets"]);
      CHECK(r.risk.rows[4].count == risk["unassigned_tickets"]);
      CHECK(r.risk.score == risk["overall_risk_score"]);
      CHECK(r.flow.closed_week == want["velocity_metrics"]["weekly_velocity"]);
      CHECK(r.flow.closed_month == want["velocity_metrics"]["monthly_velocity"]);
      CHECK(one_decimal(r.flow.average_days) == want["velocity_metrics"]["average_resolution_time"]);
    }
    THEN("requirements, results and scenarios agree") {
      auto q = want["requirements_metrics"];
      CHECK(r.quality.specified == q["tickets_with_requirements"]);
      CHECK(r.quality.requirements == q["total_requirements"]);
      CHECK(r.quality.stories == q["total_user_stories"]);
      CHECK(r.quality.story_points == q["total_story_points"]);
      CHECK(r.quality.results == q["total_expected_results"]);
      CHECK(r.quality.scenarios == q["total_scenarios"]);
      CHECK(one_decimal(r.quality.coverage()) == q["requirements_coverage"]);
      CHECK(one_decimal(r.quality.acceptance_rate()) == q["acceptance_rate"]);
      CHECK(one_decimal(r.quality.pass_rate()) == q["test_pass_rate"]);
      CHECK(as_json(r.quality.requirement_statuses) == q["requirements_status_distribution"]);
      CHECK(as_json(r.quality.scenario_statuses) == q["scenario_status_distribution"]);
      CHECK(as_json(r.quality.methods) == q["verification_method_distribution"]);
    }
    THEN("what was made is told in its order; closings, which repo-tickets leaves out, stand between") {
      auto made = std::vector<std::string>{}, theirs = std::vector<std::string>{};
      for (auto& a : r.activity)
        if (a.what == activity_row::kind::created)
          made.push_back(day_text(a.at));
      for (auto& a : want["activity_timeline"])
        theirs.push_back(a["date"]);
      REQUIRE(made.size() >= 10);
      theirs.resize(made.size());
      CHECK(made == theirs);
      CHECK(r.activity.size() == 20);
    }
    THEN("epics and backlog agree") {
      auto all = expected();
      CHECK(r.epics.size() == all["epic_derived"].size());
      for (auto& e : r.epics) {
        INFO(e.id);
        CHECK(e.overdue == all["epic_derived"][e.id]["is_overdue"].get<bool>());
      }
      CHECK(r.backlog.total == all["backlog_derived"].size());
      for (auto& b : r.backlog.rows) {
        INFO(b.id);
        CHECK(b.score == all["backlog_derived"][b.id]["priority_score"]);
        CHECK(b.ready == all["backlog_derived"][b.id]["is_ready_for_sprint"].get<bool>());
        CHECK(b.ready == b.lacks.empty());
      }
    }
    THEN("epics count their tickets once, however they are named") {
      REQUIRE(r.epics.front().id == "USER-1");
      CHECK(r.epics.front().tickets == 4);
      CHECK(r.epics.front().done == 1);
      CHECK(r.epics.front().missing == 0);
    }
    THEN("agents are there with what they did") {
      CHECK(r.agents.total == 7);
      CHECK(r.agents.active == 3);
      CHECK(r.agents.tasks == 10);
      auto& code = r.agents.rows[1];
      CHECK(code.id == "AGENT-CODEBOT");
      CHECK(code.completed == 5);
      CHECK(code.success().value_or(0) == 100.0);
      CHECK_FALSE(r.agents.rows.back().success());
    }
  }
}

SCENARIO("the report and the status commands count alike") {
  GIVEN("hundreds of tickets of all sorts") {
    auto now = report_time();
    auto collector = report_collector{now};
    auto all = std::vector<ticket>{};
    for (std::size_t i = 0; i < 600; ++i)
      all.push_back(a_ticket(i, now));
    for (auto& t : all)
      collector.add(t);
    auto r = std::move(collector).finish();
    auto a = analyse(all, now);
    THEN("each number is the same by both ways") {
      CHECK(r.total == a.total);
      CHECK(r.open == a.open);
      CHECK(r.over == a.over);
      CHECK(one_decimal(r.completion()) == a.completion);
      CHECK(r.risk.rows[0].count == a.risk.blocked);
      CHECK(r.risk.rows[1].count == a.risk.critical_open);
      CHECK(r.risk.rows[2].count == a.risk.high_priority_stalled);
      CHECK(r.risk.rows[3].count == a.risk.old_open);
      CHECK(r.risk.rows[4].count == a.risk.unassigned);
      CHECK(r.risk.score == a.risk.score);
      CHECK(r.risk.level == a.risk.level());
      CHECK(r.flow.closed_week == a.velocity.week);
      CHECK(r.flow.closed_month == a.velocity.month);
      CHECK(one_decimal(r.flow.average_days) == a.velocity.average_days);
      CHECK(r.quality.requirements == a.requirements.requirements);
      CHECK(r.quality.coverage() == Approx(a.requirements.coverage));
      CHECK(r.quality.pass_rate() == Approx(a.requirements.test_pass_rate));
      CHECK(r.quality.accepted == a.requirements.accepted_tickets);
    }
    THEN("the weeks add up to what is open now, and the last one is the velocity") {
      CHECK(r.flow.weeks.size() == 26);
      CHECK(r.flow.weeks.back().open_at_end == r.open);
      CHECK(r.flow.weeks.back().closed == r.flow.closed_week);
    }
    THEN("parts add up to their wholes") {
      std::size_t load = 0, open_ages = 0, cycle = 0;
      for (auto i : r.busiest)
        load += r.people[i].load();
      for (auto& s : r.flow.open_ages)
        open_ages += s.count;
      for (auto& s : r.flow.cycle)
        cycle += s.count;
      CHECK(load == r.open);
      CHECK(open_ages == r.open);
      CHECK(cycle == r.over);
      double kinds = 0;
      for (auto& k : r.time.kinds)
        kinds += k.hours;
      CHECK(kinds == Approx(r.time.total));
    }
    THEN("open tickets lead the list, the most urgent first") {
      for (std::size_t i = 1; i < r.tickets.size(); ++i) {
        auto &x = r.tickets[i - 1], &y = r.tickets[i];
        CHECK_FALSE((x.over && !y.over));
        if (!x.over && !y.over)
          CHECK(x.priority <= y.priority);
      }
      for (auto& row : r.risk.rows)
        for (auto i : row.examples)
          CHECK_FALSE(r.tickets[i].over);
    }
  }
}

SCENARIO("nothing at all is a report too") {
  GIVEN("a collector that was given nothing") {
    auto r = report_collector{report_time()}.finish();
    THEN("every number is nothing and none is missing") {
      CHECK(r.total == 0);
      CHECK(r.completion() == 0);
      CHECK(r.risk.score == 0);
      CHECK(r.risk.level == "low");
      CHECK(r.flow.weeks.size() == 4);
      CHECK(r.quality.coverage() == 0);
      CHECK(r.burndowns.empty());
    }
  }
}

SCENARIO("odd records are counted and do no harm") {
  GIVEN("times that are none, numbers beyond all sense, words of no table") {
    auto collector = report_collector{report_time()};
    auto t = plain("ODD-1", "yesterday");
    t.status = "bogus";
    t.priority = "7";
    t.story_points = INT64_MAX;
    t.estimated_hours = 1e300;
    auto log = time_log{};
    log.start_time = "9999-12-31T23:59:59";
    log.duration_minutes = INT64_MAX;
    log.entry_type = "sleeping";
    t.time_logs.push_back(log);
    auto s = user_story{};
    s.story_points = INT64_MIN;
    t.user_stories.push_back(s);
    collector.add(t);
    auto late = plain("ODD-2", "9999-01-01T00:00:00+14:00");
    late.status = "closed";
    collector.add(late);
    auto e = epic{};
    e.id = "E-1";
    e.status = "active";
    e.start_date = "0001-01-01";
    e.target_date = "9999-12-31";
    e.ticket_ids = {"ODD-1", "ODD-2", "ODD-1", "GONE-1"};
    collector.add(e);
    auto b = backlog_item{};
    b.id = "B-1";
    b.story_points = b.business_value = INT64_MAX;
    collector.add(b);
    auto a = agent{};
    a.id = a.name = "A";
    a.max_concurrent_tasks = INT64_MIN;
    a.metrics.tasks_completed = -4;
    collector.add(a);
    auto r = std::move(collector).finish();
    THEN("they have their places") {
      CHECK(r.statuses.back().count == 1);
      CHECK(r.priorities.back().count == 1);
      CHECK(r.open == 1);
      CHECK(r.flow.weeks.back().closed == 1);
      CHECK(r.time.kinds.front().name == "other");
      CHECK(r.epics.front().missing == 1);
      CHECK(r.epics.front().tickets == 2);
      CHECK(r.agents.rows.front().slots == 1);
      REQUIRE(r.burndowns.size() == 1);
      CHECK(r.burndowns.front().left.size() <= 366);
      CHECK(r.burndowns.front().days <= 732);
    }
    THEN("a page can be drawn of them") { CHECK(report_page(r).size() > 1000); }
  }
}

SCENARIO("a burndown steps down when work is done") {
  constexpr wall_ms day = 86'400'000;
  auto now = report_time();
  GIVEN("three tickets with points, one closed two days ago, one cancelled yesterday") {
    auto pieces = std::vector<piece>{
      {now - 10 * day, 0, false, 5}, {now - 10 * day, now - 2 * day, false, 3}, {now - 4 * day, now - day, true, 2}};
    auto b = burndown_of(pieces, now - 10 * day, now + 5 * day, now);
    THEN("each day says what was left") {
      CHECK(b.unit == "points");
      CHECK(b.left == std::vector<double>{8, 8, 8, 8, 8, 8, 10, 10, 7, 5, 5});
      CHECK(b.scope == 8); // cancelled work is no part of it
      CHECK(b.target_day == 15);
      CHECK(b.days == 15);
    }
  }
  GIVEN("tickets without points and without dates") {
    auto b = burndown_of({{}, {}, {0, now, false, -1}}, 0, 0, now);
    THEN("tickets are counted, today alone") {
      CHECK(b.unit == "tickets");
      CHECK(b.left == std::vector<double>{2});
      CHECK(b.target.empty());
    }
  }
  GIVEN("an epic that began years ago") {
    auto b = burndown_of({{now - 2000 * day, 0, false, 1}}, now - 2000 * day, now - 1900 * day, now);
    THEN("one year is shown") { CHECK(b.left.size() == 366); }
  }
}

SCENARIO("activity keeps the newest twenty things") {
  GIVEN("a ticket with a thousand comments") {
    auto collector = report_collector{report_time()};
    auto t = plain("T-1");
    for (int i = 0; i < 1000; ++i)
      t.comments.push_back({"", "Ann", "", "x", local_time_text(report_time() - i * 60'000LL)});
    t.comments.push_back({"", "Ann", "", "from tomorrow", local_time_text(report_time() + 86'400'000)});
    collector.add(t);
    auto r = std::move(collector).finish();
    THEN("they are the latest, newest first, and none lies ahead") {
      REQUIRE(r.activity.size() == 20);
      for (std::size_t i = 0; i < 20; ++i)
        CHECK(r.activity[i].at == report_time() - static_cast<wall_ms>(i) * 60'000);
    }
  }
}
