#include "tickets/analytics.hpp"
#include "tickets/json_text.hpp"
#include "tickets/local_time.hpp"
#include "tickets/measure.hpp"
#include "tickets/query.hpp"
#include "tickets/store.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

using namespace hyakki;
using namespace hyakki::tickets;
using nlohmann::json;

namespace {

/// A copy under the name that a store has.
class sample_store {
public:
  sample_store() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    auto base = std::getenv("TMPDIR");
    auto name = std::string{base ? base : "/tmp"} + "/hyakki-sample-XXXXXX";
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    root = name;
    std::filesystem::copy(std::filesystem::path{HYAKKI_FIXTURES} / "tickets", root / ".tickets",
                          std::filesystem::copy_options::recursive);
  }
  ~sample_store() {
    auto ignored = std::error_code{};
    std::filesystem::remove_all(root, ignored);
  }
  std::filesystem::path root;
};

json expected() {
  auto in = std::ifstream{std::string{HYAKKI_FIXTURES} + "/tickets_expected.json"};
  return json::parse(in);
}

/// The record as the other tool's own loader sees it: labels sorted, whole numbers where it has whole numbers.
template <class T>
json as_json(const T& record, value (*write)(const T&)) {
  auto out = json::parse(json_text(write(record)));
  if (out.contains("labels"))
    std::sort(out["labels"].begin(), out["labels"].end());
  return out;
}

template <class T>
void agree(const std::vector<T>& records, json wanted, value (*write)(const T&)) {
  CHECK(records.size() == wanted.size());
  for (auto& record : records) {
    CAPTURE(record.id);
    REQUIRE(wanted.contains(record.id));
    auto& one = wanted[record.id];
    if (one.contains("labels"))
      std::sort(one["labels"].begin(), one["labels"].end());
    CHECK(as_json(record, write) == one);
  }
}

std::vector<std::string> ids(const std::vector<ticket>& all) {
  auto out = std::vector<std::string>{};
  for (auto& t : all)
    out.push_back(t.id);
  return out;
}

json as_json(const counts& all) {
  auto out = json::object();
  for (auto& [word, n] : all)
    out[word] = n;
  return out;
}

std::vector<std::string> found(const std::vector<ticket>& all, const std::string& text,
                               bool (*match)(const query&, const ticket&)) {
  auto out = std::vector<std::string>{};
  auto q = read_query(text);
  REQUIRE(q);
  for (auto& t : all)
    if (match(*q, t))
      out.push_back(t.id);
  return out;
}

} // namespace

SCENARIO("the sample store is read as the other tool reads it, and the same follows from it") {
  auto sample = sample_store{};
  auto wanted = expected();
  auto now = *read_local_time("2026-11-20T12:00:00");
  auto store = ticket_store::open(sample.root.string());
  REQUIRE(store);
  auto unreadable = std::vector<std::string>{};
  auto all = store->all<ticket>(&unreadable);
  REQUIRE(all);
  CHECK(unreadable.empty());
  newest_first(*all);

  THEN("every record has the same values") {
    agree(*all, wanted["tickets"], write_ticket);
    agree(*store->all<epic>(), wanted["epics"], write_epic);
    agree(*store->all<backlog_item>(), wanted["backlog"], write_backlog_item);
    agree(*store->all<agent>(), wanted["agents"], write_agent);
  }
  THEN("lists come in the same order") {
    CHECK(json(ids(*all)) == wanted["list_order"]);
    auto items = *store->all<backlog_item>();
    std::stable_sort(items.begin(), items.end(),
                     [](auto& a, auto& b) { return priority_score(a) > priority_score(b); });
    auto order = json::array();
    for (auto& item : items) {
      order.push_back(item.id);
      CHECK(json(priority_score(item)) == wanted["backlog_derived"][item.id]["priority_score"]);
      CHECK(json(ready_for_sprint(item)) == wanted["backlog_derived"][item.id]["is_ready_for_sprint"]);
    }
    CHECK(order == wanted["backlog_order"]);
  }
  THEN("each ticket and epic measures the same") {
    for (auto& t : *all) {
      CAPTURE(t.id);
      auto m = measure(t, now);
      auto& w = wanted["ticket_derived"][t.id];
      double closed_hours = 0;
      for (auto& log : t.time_logs)
        closed_hours += log.active() ? 0 : static_cast<double>(minutes_of(log, now)) / 60;
      if (w["total_hours_closed_logs"].is_number()) // nothing is said of a ticket whose session runs
        CHECK(w["total_hours_closed_logs"].get<double>() == Approx(closed_hours));
      CHECK(json{{"age_days", m.age_days},
                 {"is_open", m.is_open},
                 {"total_hours_closed_logs", w["total_hours_closed_logs"]},
                 {"requirements_count", m.requirements},
                 {"requirements_coverage", m.requirements_coverage},
                 {"requirements_status", t.requirements_status},
                 {"user_stories_count", m.user_stories},
                 {"total_story_points", m.story_points},
                 {"expected_results_count", m.expected_results},
                 {"verified_results_count", m.verified_results},
                 {"verification_rate", m.verification_rate},
                 {"gherkin_scenarios_count", m.scenarios},
                 {"passing_scenarios_count", m.passing_scenarios},
                 {"test_pass_rate", m.test_pass_rate},
                 {"test_coverage_percentage", t.test_coverage_percentage ? json(*t.test_coverage_percentage) : json()},
                 {"acceptance_criteria_met", t.acceptance_criteria_met}} == w);
    }
    auto epics = *store->all<epic>();
    for (auto& e : epics) {
      CAPTURE(e.id);
      CHECK(json{{"age_days", days_since(e.created_at, now)}, {"is_overdue", is_overdue(e, now)}} ==
            wanted["epic_derived"][e.id]);
    }
  }
  THEN("the numbers of the whole are the same, but for tickets in progress, which there count as open") {
    auto stats = as_json(by_status(*all));
    CHECK(stats == json{{"open", 13}, {"in-progress", 1}, {"blocked", 1}, {"closed", 9}, {"cancelled", 1}});
    CHECK(stats["open"].get<int>() + stats["in-progress"].get<int>() == wanted["index_stats"]["open"].get<int>());
    CHECK(stats["closed"] == wanted["index_stats"]["closed"]);
    auto a = analyse(*all, now);
    auto& w = wanted["analytics"];
    CHECK(json(a.total) == w["total_tickets"]);
    CHECK(json(a.open) == w["open_tickets"]);
    CHECK(json(a.over) == w["closed_tickets"]);
    CHECK(as_json(a.statuses) == w["status_distribution"]);
    CHECK(as_json(a.priorities) == w["priority_distribution"]);
    CHECK(as_json(a.labels) == w["label_distribution"]);
    CHECK(as_json(a.ages) == w["age_distribution"]);
    auto people = json::object();
    for (auto& [who, load] : a.assignees)
      people[who] = {{"total", load.total}, {"open", load.open}, {"in_progress", load.in_progress}};
    CHECK(people == w["assignee_workload"]);
    auto timeline = json::array();
    for (auto& t : a.timeline)
      timeline.push_back({{"date", t.at.substr(0, 10)},
                          {"type", t.type},
                          {"ticket_id", t.ticket_id},
                          {"title", t.title},
                          {"priority", t.priority},
                          {"status", t.status}});
    CHECK(timeline == w["activity_timeline"]);
    CHECK(json{{"completion_rate", a.completion},
               {"work_in_progress", a.in_progress},
               {"backlog_size", a.backlog},
               {"total_effort", a.total}} == w["progress_metrics"]);
    CHECK(json{{"blocked_tickets", a.risk.blocked},
               {"critical_open", a.risk.critical_open},
               {"old_open_tickets", a.risk.old_open},
               {"unassigned_tickets", a.risk.unassigned},
               {"high_priority_stalled", a.risk.high_priority_stalled},
               {"overall_risk_score", a.risk.score}} == w["risk_indicators"]);
    CHECK(json{{"weekly_velocity", a.velocity.week},
               {"monthly_velocity", a.velocity.month},
               {"average_resolution_time", a.velocity.average_days}} == w["velocity_metrics"]);
    auto& r = a.requirements;
    CHECK(json{{"tickets_with_requirements", r.tickets},
               {"total_requirements", r.requirements},
               {"total_user_stories", r.user_stories},
               {"total_story_points", r.story_points},
               {"total_expected_results", r.expected_results},
               {"total_scenarios", r.scenarios},
               {"requirements_coverage", one_decimal(r.coverage)},
               {"acceptance_rate", one_decimal(r.acceptance_rate)},
               {"test_pass_rate", one_decimal(r.test_pass_rate)},
               {"requirements_status_distribution", as_json(r.by_requirement_status)},
               {"scenario_status_distribution", as_json(r.by_scenario_status)},
               {"verification_method_distribution", as_json(r.by_verification_method)}} == w["requirements_metrics"]);
    auto s = status_of(*all, now, 7);
    CHECK(s.open == 13);
    CHECK(s.critical_open == 2);
    CHECK(s.high_open == 2);
    CHECK(s.recently_closed.size() == 6);
    auto agents = count_agents(*store->all<agent>(), *store->all<agent_task>());
    CHECK(agents.active_agents == 3);
    CHECK(agents.active_tasks == 2);
  }
  THEN("searches find the same") {
    for (auto& [text, hits] : wanted["search"].items()) {
      CAPTURE(text);
      CHECK(json(found(*all, text, matches)) == hits);
    }
    auto by_id = *all;
    std::sort(by_id.begin(), by_id.end(), [](auto& a, auto& b) { return a.id < b.id; });
    for (auto& [text, hits] : wanted["search_fast"].items()) {
      CAPTURE(text);
      CHECK(json(found(by_id, text, matches_fast)) == hits);
    }
    CHECK(found(*all, "status:open label:bug login", matches).empty());
    CHECK(found(*all, "-status:closed LOGIN", matches) == std::vector<std::string>{"IMPLEMEN-1"});
    CHECK(found(*all, "D\xC3\x89J\xC3\x80", matches) == std::vector<std::string>{"EMOJI-1"});
  }
  THEN("agents are recommended in the same order for the same reasons") {
    auto profiles = *store->profiles();
    REQUIRE(profiles.size() == 2);
    auto bot = *store->load<agent>("AGENT-CODEBOT");
    auto r = recommend(bot, &profiles[0], "code", 1);
    CHECK(r.score == Approx(62.789116));
    CHECK(r.why == "100% success rate on code | avg 38min completion time | preferred task type (>80% success) | "
                   "1 active tasks");
  }
}
