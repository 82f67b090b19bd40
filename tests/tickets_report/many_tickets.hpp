#pragma once
// A store of a size to order, the same one for the same number: what a busy project of three years might look like.

#include "tickets/local_time.hpp"
#include "tickets/model/words.hpp"
#include "tickets/record_text.hpp"

#include <filesystem>
#include <fstream>
#include <string>

namespace hyakki::test {

/// Small, and the same everywhere.
class dice {
public:
  explicit dice(std::uint64_t seed) : state_(seed * 2'862'933'555'777'941'757ULL + 3'037'000'493ULL) {}
  std::uint64_t roll(std::uint64_t sides) {
    state_ = state_ * 6'364'136'223'846'793'005ULL + 1'442'695'040'888'963'407ULL;
    return (state_ >> 33U) % sides;
  }

private:
  std::uint64_t state_;
};

inline tickets::ticket a_ticket(std::size_t number, wall_ms now) {
  static constexpr const char* verbs[] = {"Fix",      "Add",         "Improve", "Remove",
                                          "Document", "Investigate", "Upgrade", "Test"};
  static constexpr const char* things[] = {"the login",       "token refresh",
                                           "dark theme",      "the export of invoices",
                                           "search by label", "memory use of the importer",
                                           "the TLS library", "offline mode",
                                           "release notes"};
  static constexpr const char* people[] = {"alice", "bob",   "carol", "dave", "erin",    "Zoë",   "frank",
                                           "grace", "heidi", "ivan",  "judy", "mallory", "oscar", "peggy"};
  static constexpr const char* labels[] = {"bug",    "feature", "enhancement", "documentation",
                                           "urgent", "ui",      "api",         "ops"};
  constexpr wall_ms day = 86'400'000;
  auto d = dice{number + 1};
  auto t = tickets::ticket{};
  t.id = "TICKET-" + std::to_string(number + 1);
  t.title = std::string{verbs[d.roll(8)]} + " " + things[d.roll(9)] + ", part " + std::to_string(number + 1);
  t.description = "What is seen, what is expected, and how to get there.\nSeen on the second of three machines.";
  auto age = static_cast<wall_ms>(d.roll(1000));
  auto open = d.roll(100) < 30;
  if (open)
    age = static_cast<wall_ms>(d.roll(140));
  auto made = now - age * day - static_cast<wall_ms>(d.roll(day));
  auto done = std::min(made + static_cast<wall_ms>(d.roll(60)) * day, now - 3'600'000);
  auto state = d.roll(20);
  t.status = open ? (state < 14   ? "open"
                     : state < 18 ? "in-progress"
                                  : "blocked")
                  : (state == 0 ? "cancelled" : "closed");
  auto urgency = d.roll(20);
  t.priority = urgency == 0 ? "critical" : urgency < 5 ? "high" : urgency < 14 ? "medium" : "low";
  if (d.roll(6) != 0)
    t.assignee = people[d.roll(14) * d.roll(14) / 14];
  t.reporter = people[d.roll(14)];
  t.reporter_email = t.reporter + "@example.org";
  t.labels.push_back(labels[d.roll(4)]);
  if (d.roll(3) == 0)
    t.labels.push_back(labels[4 + d.roll(4)]);
  t.created_at = tickets::local_time_text(made);
  t.updated_at = tickets::local_time_text(open ? std::min(made + day, now) : done);
  t.branch = "main";
  if (d.roll(2) == 0)
    t.story_points = static_cast<std::int64_t>(1 + d.roll(8));
  if (d.roll(12) == 0)
    t.epic_id = "EPIC-" + std::to_string(1 + d.roll(12));
  if (d.roll(4) == 0)
    t.comments.push_back(
      {"16263a73", people[d.roll(14)], "x@example.org", "Seen again on the other machine.", t.updated_at});
  if (d.roll(7) == 0) {
    auto log = tickets::time_log{};
    log.id = "48576dda";
    log.start_time = t.created_at;
    log.duration_minutes = static_cast<std::int64_t>(15 + d.roll(400));
    log.end_time = tickets::local_time_text(made + *log.duration_minutes * 60'000);
    log.entry_type = std::string{tickets::time_types[d.roll(tickets::time_types.size())]};
    log.author = people[d.roll(14)];
    log.created_at = t.created_at;
    t.time_logs.push_back(log);
    t.estimated_hours = static_cast<double>(1 + d.roll(8));
  }
  if (d.roll(10) == 0)
    for (std::size_t i = 0, n = 1 + d.roll(4); i < n; ++i) {
      auto r = tickets::requirement{};
      r.id = "1053d96" + std::to_string(i);
      r.title = "Works in case " + std::to_string(i + 1);
      r.status = std::string{tickets::requirement_statuses[open ? d.roll(4) : 3]};
      r.created_at = r.updated_at = t.created_at;
      t.requirements.push_back(r);
      auto s = tickets::gherkin_scenario{};
      s.id = "555ef2f" + std::to_string(i);
      s.title = "case " + std::to_string(i + 1);
      s.given = {"a store"};
      s.then = {"it works"};
      s.status = std::string{tickets::scenario_statuses[open ? d.roll(5) : 2]};
      s.created_at = t.created_at;
      t.gherkin_scenarios.push_back(s);
    }
  t.acceptance_criteria_met = !open && !t.requirements.empty();
  return t;
}

/// Writes `count` tickets, twelve epics and twenty items of a backlog into `root`/.tickets.
inline void write_many_tickets(const std::filesystem::path& root, std::size_t count, wall_ms now) {
  constexpr wall_ms day = 86'400'000;
  auto store = root / ".tickets";
  for (auto* folder : {"open", "closed", "epics", "backlog", "agents", "tasks"})
    std::filesystem::create_directories(store / folder);
  auto write = [](const std::filesystem::path& file, const std::string& bytes) {
    std::ofstream{file, std::ios::binary} << bytes;
  };
  write(store / "config.yaml", "default_status: open\n");
  for (std::size_t i = 0; i < count; ++i) {
    auto t = a_ticket(i, now);
    write(store / (tickets::is_over(t.status) ? "closed" : "open") / (t.id + ".yaml"), tickets::bytes_of(t));
  }
  for (int i = 0; i < 12; ++i) {
    auto e = tickets::epic{};
    e.id = "EPIC-" + std::to_string(i + 1);
    e.title = "Goal number " + std::to_string(i + 1);
    e.status = i < 6 ? "active" : i < 9 ? "completed" : "draft";
    e.owner = "Ann Dev";
    e.created_at = e.updated_at = tickets::local_time_text(now - 200 * day);
    e.start_date = tickets::local_time_text(now - 180 * day);
    e.target_date = tickets::local_time_text(now + (i * 20 - 30) * day);
    write(store / "epics" / (e.id + ".yaml"), tickets::bytes_of(e));
  }
  for (int i = 0; i < 20; ++i) {
    auto b = tickets::backlog_item{};
    b.id = "USER-" + std::to_string(i + 1);
    b.title = "As a user I want thing " + std::to_string(i + 1);
    b.status = std::string{tickets::item_statuses[static_cast<std::size_t>(i) % 6]};
    b.priority = std::string{tickets::priorities[static_cast<std::size_t>(i) % 4]};
    b.created_at = b.updated_at = tickets::local_time_text(now - (40 - i) * day);
    if (i % 3 != 0)
      b.story_points = i % 5 + 1;
    if (i % 2 == 0)
      b.acceptance_criteria = {"works offline"};
    if (i % 4 == 1) {
      b.sprint_id = "S-7";
      b.sprint_name = "Sprint 7";
    }
    write(store / "backlog" / (b.id + ".yaml"), tickets::bytes_of(b));
  }
}

} // namespace hyakki::test
