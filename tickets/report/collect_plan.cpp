// Epics, sprints, backlog and agents of a report.

#include "tickets/report/collect.hpp"

#include "tickets/measure.hpp"
#include "tickets/report/figures.hpp"
#include "tickets/report/shown_text.hpp"

#include <map>

namespace hyakki::tickets {
namespace {

constexpr std::size_t title_length = 160, name_length = 60, id_length = 100;
constexpr std::size_t most_burndowns = 6, most_backlog_rows = 15;

std::string shown_word(std::string_view text) { return shown_text(text, 24); }

/// What an item of the backlog lacks before a sprint can take it.
std::vector<const char*> lacks_of(const backlog_item& b) {
  auto out = std::vector<const char*>{};
  if (b.status != "groomed" && b.status != "ready")
    out.push_back("grooming");
  if (!b.story_points)
    out.push_back("story points");
  if (b.acceptance_criteria.empty())
    out.push_back("acceptance criteria");
  return out;
}

} // namespace

void report_collector::add(const epic& e) {
  auto part = epic_part{};
  part.row.id = shown_text(e.id, id_length);
  part.row.title = shown_text(e.title, title_length);
  part.row.status = shown_word(e.status);
  part.row.priority = shown_word(e.priority);
  part.row.owner = shown_text(e.owner, name_length);
  part.row.version = shown_word(e.target_version);
  part.start = e.start_date ? time_of(*e.start_date) : 0;
  part.target = e.target_date ? time_of(*e.target_date) : 0;
  part.row.target = day_text(part.target);
  part.active = e.status == "active";
  part.row.overdue = is_overdue(e, now_);
  for (auto& id : e.ticket_ids)
    part.tickets.push_back(shown_text(id, id_length));
  epics_.push_back(std::move(part));
}

void report_collector::add(const backlog_item& b) {
  auto part = item_part{};
  auto lacks = lacks_of(b);
  part.row.id = shown_text(b.id, id_length);
  part.row.title = shown_text(b.title, title_length);
  part.row.type = shown_word(b.item_type);
  part.row.priority = shown_word(b.priority);
  part.row.status = shown_word(b.status);
  part.row.score = priority_score(b);
  part.row.points = b.story_points.value_or(-1);
  part.row.ready = ready_for_sprint(b);
  for (auto* what : lacks)
    part.row.lacks += (part.row.lacks.empty() ? "" : ", ") + std::string{what};
  part.lacking = lacks.size();
  part.done = b.status == "done";
  part.cancelled = b.status == "cancelled";
  part.waits = !part.done && !part.cancelled && b.status != "in-progress";
  part.sprint = shown_text(b.sprint_id.value_or(""), name_length);
  part.sprint_name = shown_text(b.sprint_name.value_or(""), name_length);
  part.ticket = b.ticket_id ? shown_text(*b.ticket_id, id_length) : std::string{};
  part.created = time_of(b.created_at);
  part.updated = time_of(b.updated_at);
  ++out_.backlog.total;
  ++out_.backlog.statuses[place_of(b.status, item_statuses)].count;
  items_.push_back(std::move(part));
}

void report_collector::add(const agent& a) {
  auto row = agent_row{};
  row.id = shown_text(a.id, id_length);
  row.name = shown_text(a.name, name_length);
  row.type = shown_word(a.agent_type);
  row.status = shown_word(a.status);
  row.active = a.active_tasks.size();
  row.slots = std::max<std::int64_t>(a.max_concurrent_tasks, 1);
  row.completed = std::max<std::int64_t>(a.metrics.tasks_completed, 0);
  row.failed = std::max<std::int64_t>(a.metrics.tasks_failed, 0);
  row.minutes = std::max<std::int64_t>(a.metrics.total_execution_time_minutes, 0);
  ++out_.agents.total;
  out_.agents.active += a.status == "active";
  out_.agents.rows.push_back(std::move(row));
}

void report_collector::add(const agent_task& t) {
  ++out_.agents.tasks;
  ++out_.agents.task_statuses[place_of(t.status, task_statuses)].count;
}

void report_collector::plan() {
  auto place = std::unordered_map<std::string_view, std::size_t>{};
  auto by_epic = std::unordered_map<std::string_view, std::vector<std::size_t>>{};
  for (std::size_t i = 0; i < out_.tickets.size(); ++i) {
    place.emplace(out_.tickets[i].id, i);
    if (!out_.tickets[i].epic.empty())
      by_epic[out_.tickets[i].epic].push_back(i);
  }
  auto piece_of = [&](const ticket_row& t) {
    return piece{t.created, t.over ? t.updated : 0, t.status == 4, t.points};
  };

  std::sort(epics_.begin(), epics_.end(), [](const epic_part& a, const epic_part& b) {
    if (a.active != b.active)
      return a.active;
    auto far = [](wall_ms at) { return at == 0 ? INT64_MAX : at; };
    return a.target != b.target ? far(a.target) < far(b.target) : a.row.id < b.row.id;
  });
  for (auto& e : epics_) {
    auto mine = by_epic[e.row.id];
    for (auto& id : e.tickets)
      if (auto at = place.find(id); at != place.end())
        mine.push_back(at->second);
      else
        ++e.row.missing;
    std::sort(mine.begin(), mine.end());
    mine.erase(std::unique(mine.begin(), mine.end()), mine.end());
    auto pieces = std::vector<piece>{};
    for (auto i : mine) {
      auto& t = out_.tickets[i];
      pieces.push_back(piece_of(t));
      if (t.status == 4)
        continue;
      auto points = std::clamp<std::int64_t>(t.points, 0, 1'000'000);
      ++e.row.tickets;
      e.row.points += points;
      e.row.in_progress += t.status == 1;
      e.row.blocked += t.status == 2;
      e.row.done += t.over;
      e.row.done_points += t.over ? points : 0;
    }
    if (e.active && e.row.tickets > 1 && out_.burndowns.size() < most_burndowns) {
      auto b = burndown_of(pieces, e.start, e.target, now_);
      b.id = e.row.id;
      b.title = e.row.title;
      out_.burndowns.push_back(std::move(b));
    }
    out_.overdue_epics += e.row.overdue;
    out_.epics.push_back(std::move(e.row));
  }

  struct sprint {
    sprint_row row;
    std::vector<piece> pieces;
  };
  auto sprints = std::map<std::string, sprint>{};
  for (auto& item : items_) {
    auto& key = item.sprint.empty() ? item.sprint_name : item.sprint;
    if (key.empty())
      continue;
    auto& s = sprints[key];
    s.row.id = key;
    if (!item.sprint_name.empty())
      s.row.name = item.sprint_name;
    auto at = place.find(item.ticket);
    auto* ticket = item.ticket.empty() || at == place.end() ? nullptr : &out_.tickets[at->second];
    bool done = item.done || (ticket && ticket->status == 3);
    auto gone = !done && !item.cancelled ? 0 : ticket && ticket->over ? ticket->updated : item.updated;
    s.pieces.push_back({item.created, gone, item.cancelled, item.row.points});
    if (item.cancelled)
      continue;
    auto points = std::clamp<std::int64_t>(item.row.points, 0, 1'000'000);
    ++s.row.items;
    s.row.done += done;
    s.row.points += points;
    s.row.done_points += done ? points : 0;
  }
  for (auto& [key, s] : sprints) {
    if (s.row.items > 1 && s.row.done < s.row.items && out_.burndowns.size() < most_burndowns) {
      auto b = burndown_of(s.pieces, 0, 0, now_);
      b.id = s.row.id;
      b.title = s.row.name.empty() ? s.row.id : s.row.name;
      b.unit = b.unit == "tickets" ? "items" : b.unit;
      out_.burndowns.push_back(std::move(b));
    }
    out_.sprints.push_back(std::move(s.row));
  }
}

void report_collector::count_backlog() {
  auto& b = out_.backlog;
  for (auto& item : items_) {
    if (!item.waits)
      continue;
    ++b.waiting;
    b.ready += item.row.ready;
    b.nearly += item.lacking == 1;
    if (item.row.ready)
      b.ready_points += std::clamp<std::int64_t>(item.row.points, 0, 1'000'000);
    b.rows.push_back(std::move(item.row));
  }
  std::sort(b.rows.begin(), b.rows.end(), [](const backlog_row& x, const backlog_row& y) {
    return x.score != y.score ? x.score > y.score : x.id < y.id;
  });
  b.rows.resize(std::min(b.rows.size(), most_backlog_rows));
}

} // namespace hyakki::tickets
