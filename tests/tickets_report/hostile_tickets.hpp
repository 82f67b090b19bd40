#pragma once
// Records whose every text is written by the same pen, and the texts that an attacker would write.

#include "tickets/model/agent.hpp"
#include "tickets/model/backlog_item.hpp"
#include "tickets/model/epic.hpp"
#include "tickets/model/ticket.hpp"
#include "tickets/report/collect.hpp"

#include <string>
#include <vector>

namespace hyakki::test {

/// Each sets window.owned when it runs, or asks the network when it loads.
inline std::vector<std::string> payloads() {
  return {"<script>window.owned=1</script>",
          "\"><img src=x onerror=window.owned=1>",
          "' onmouseover='window.owned=1",
          "</title><script>window.owned=1</script>",
          "</style><script>window.owned=1</script>",
          "</script><script>window.owned=1</script>",
          "--><script>window.owned=1</script>",
          "]]><svg onload=window.owned=1>",
          "</svg><svg/onload=window.owned=1>",
          "<img src=https://evil.example/pixel.png>",
          "<link rel=stylesheet href=//evil.example/a.css>",
          "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
          "<base href=https://evil.example/>",
          "<iframe srcdoc='<script>parent.owned=1</script>'>",
          "<style>*{background:url(https://evil.example/b)}</style>",
          "javascript:window.owned=1",
          "${window.owned=1}{{window.owned=1}}`window.owned=1`",
          "&lt;script&gt;window.owned=1&lt;/script&gt;&#x3c;script>",
          "\x3c\x00script>window.owned=1",
          "\xE2\x80\xAE"
          "gnp.eteled\xE2\x81\xA6 \xD7\x90",
          "\x1B[2J\x1B]8;;https://evil.example\x07link",
          "\xFF\xFE\xC0\xBC"
          "script\xC0\xBE",
          std::string(1'000'000, 'A')};
}

/// One record of every kind with `text` wherever a file may hold any text.
inline void add_written_by(tickets::report_collector& into, const std::string& text, std::size_t number) {
  auto id = "T-" + std::to_string(number);
  auto t = tickets::ticket{};
  t.id = id;
  t.title = t.description = t.reporter = t.reporter_email = t.branch = text;
  t.assignee = text;
  t.labels = {text, "plain"};
  t.epic_id = text;
  t.created_at = "2026-11-01T10:00:00";
  t.updated_at = "2026-11-02T10:00:00";
  t.story_points = 3;
  t.estimated_hours = 0.5;
  t.comments.push_back({text, text, text, text, "2026-11-03T10:00:00"});
  auto log = tickets::time_log{};
  log.start_time = "2026-11-03T10:00:00";
  log.duration_minutes = 60;
  log.entry_type = log.author = log.description = text;
  t.time_logs.push_back(log);
  auto r = tickets::requirement{};
  r.title = r.status = text;
  t.requirements.push_back(r);
  auto s = tickets::gherkin_scenario{};
  s.title = s.status = text;
  t.gherkin_scenarios.push_back(s);
  into.add(t);
  auto odd = tickets::ticket{};
  odd.id = text;
  odd.title = text;
  odd.status = odd.priority = text;
  odd.created_at = odd.updated_at = text;
  into.add(odd);
  auto e = tickets::epic{};
  e.id = text;
  e.title = e.owner = e.target_version = text;
  e.status = "active";
  e.ticket_ids = {id, text};
  e.target_date = "2026-12-31T00:00:00";
  into.add(e);
  auto b = tickets::backlog_item{};
  b.id = b.title = b.item_type = b.priority = text;
  b.status = "ready";
  b.sprint_id = b.sprint_name = text;
  into.add(b);
  b.id += "2";
  into.add(b);
  auto a = tickets::agent{};
  a.id = a.name = a.agent_type = a.status = text;
  into.add(a);
  auto task = tickets::agent_task{};
  task.id = task.status = text;
  into.add(task);
}

} // namespace hyakki::test
