// Planning: epics, burndowns, sprints, backlog.

#include "tickets/report/chart.hpp"
#include "tickets/report/page_parts.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_epics = 30, most_sprints = 12;

void draw_epics(html& out, const report& r) {
  out << "<article class=card><h3>Epics</h3>";
  if (r.epics.empty()) {
    out << "<p class=empty>No epics yet. An epic gathers the tickets of one goal: <code>tickets epic create \"User "
           "management\" --target-date 2027-03-31</code>, then <code>tickets epic add-ticket EPIC "
           "TICKET</code>.</p></article>";
    return;
  }
  out << "<div class=scroll tabindex=0 role=region aria-label=\"Epics and their progress\"><table><thead><tr><th "
         "scope=col>Epic<th scope=col>Status<th scope=col>Progress<th scope=col class=n>Done<th scope=col "
         "class=n>Points<th "
         "scope=col>Due<th scope=col class=c-hide>Owner<tbody>";
  for (std::size_t i = 0; i < std::min(r.epics.size(), most_epics); ++i) {
    auto& e = r.epics[i];
    out << "<tr><th scope=row><b><bdi>" << e.title << "</bdi></b> <span class=id>" << e.id << "</span><td>" << e.status
        << "<td class=wide>";
    if (e.tickets != 0)
      meter(out, e.percent(), e.overdue ? "poor" : e.done == e.tickets ? "s3" : "s1");
    if (e.blocked != 0)
      out << "<small class=poor>" << grouped{e.blocked} << " blocked</small> ";
    if (e.in_progress != 0)
      out << "<small>" << grouped{e.in_progress} << " in progress</small> ";
    if (e.missing != 0)
      out << "<small>" << grouped{e.missing} << " not found</small>";
    out << "<td class=n data-k=done>";
    if (e.tickets == 0)
      out << "<small>no tickets</small>";
    else
      out << grouped{e.done} << " of " << grouped{e.tickets} << " <small>" << fixed{e.percent(), 0} << "%</small>";
    out << "<td class=n data-k=points>";
    if (e.points != 0)
      out << grouped{static_cast<std::uint64_t>(e.done_points)} << " of "
          << grouped{static_cast<std::uint64_t>(e.points)};
    else
      out << "<small>–</small>";
    out << "<td>";
    if (!e.target.empty())
      out << "<span class=n>" << e.target << "</span> ";
    if (e.overdue)
      out << "<span class=\"tag poor\">overdue</span>";
    if (!e.version.empty())
      out << "<span class=tag>" << e.version << "</span>";
    out << "<td class=c-hide><bdi>" << e.owner << "</bdi>";
  }
  out << "</table></div>";
  if (r.epics.size() > most_epics)
    out << "<p class=sub>and " << grouped{r.epics.size() - most_epics} << " more: <code>tickets epic list</code></p>";
  out << "</article>";
}

void draw_sprints(html& out, const report& r) {
  out << "<article class=\"card w4\"><h3>Sprints</h3>";
  if (r.sprints.empty()) {
    out << "<p class=empty>No item of the backlog is in a sprint yet.</p></article>";
    return;
  }
  out << "<table class=bars><caption class=unseen>Sprints and what is done</caption><thead class=unseen><tr><th "
         "scope=col>Sprint<th scope=col>Bar<th scope=col>Done<tbody>";
  for (std::size_t i = 0; i < std::min(r.sprints.size(), most_sprints); ++i) {
    auto& s = r.sprints[i];
    out << "<tr><th scope=row><bdi>" << (s.name.empty() ? s.id : s.name) << "</bdi><td>";
    meter(out, s.percent(), s.done == s.items ? "s3" : "s1");
    out << "<td class=n>" << grouped{s.done} << " of " << grouped{s.items};
    if (s.points != 0)
      out << " <small>" << grouped{static_cast<std::uint64_t>(s.done_points)} << "/"
          << grouped{static_cast<std::uint64_t>(s.points)} << " points</small>";
  }
  out << "</table></article>";
}

void draw_backlog(html& out, const report& r) {
  auto& b = r.backlog;
  out << "<article class=\"card w8\"><h3>Backlog</h3>";
  if (b.total == 0) {
    out << "<p class=empty>The backlog is empty. Weigh work before it becomes a ticket: <code>tickets backlog add "
           "\"Offline "
           "mode\" --priority high --story-points 5</code>.</p></article>";
    return;
  }
  out << "<p class=sub>" << grouped{b.waiting} << " of " << grouped{b.total} << " items wait; "
      << grouped{static_cast<std::uint64_t>(b.ready_points)} << " points are ready for a sprint</p>";
  if (b.waiting == 0) {
    out << "<p class=empty>Nothing waits: everything is in progress, done or cancelled.</p></article>";
    return;
  }
  stacked_bar(out, "Readiness of the backlog",
              {{"ready", b.ready, "s3"},
               {"lack one thing", b.nearly, "p1"},
               {"lack more", b.waiting - b.ready - b.nearly, "s0"}});
  out << "<div class=scroll tabindex=0 role=region aria-label=\"Backlog by score\"><table><thead><tr><th "
         "scope=col>Item<th scope=col "
         "class=n>Score<th scope=col>Priority<th scope=col class=n>Points<th scope=col>Readiness<tbody>";
  for (auto& row : b.rows) {
    out << "<tr><th scope=row><bdi>" << row.title << "</bdi> <span class=id>" << row.id
        << "</span><td class=n data-k=score>" << row.score << "<td>" << row.priority << "<td class=n data-k=points>";
    if (row.points >= 0)
      out << row.points;
    else
      out << "<small>–</small>";
    out << "<td>";
    if (row.ready)
      out << "<span class=\"tag good\">ready</span>";
    else
      out << "<small>lacks " << row.lacks << "</small>";
  }
  out << "</table></div>";
  if (b.waiting > b.rows.size())
    out << "<p class=sub>and " << grouped{b.waiting - b.rows.size()} << " more: <code>tickets backlog list</code></p>";
  out << "</article>";
}

} // namespace

void draw_plan(html& out, const report& r) {
  out << "<section id=plan aria-labelledby=h-plan><header><h2 id=h-plan>Planning</h2><p>Goals, and what waits for "
         "them</p></header><div class=grid>";
  draw_epics(out, r);
  for (std::size_t i = 0; i < r.burndowns.size(); ++i) {
    auto& b = r.burndowns[i];
    auto left = b.left.empty() ? 0.0 : b.left.back();
    out << "<article class=\"card w4\"><h3><bdi>" << b.title << "</bdi></h3><p class=sub>Burndown: " << fixed{left, 0}
        << " of " << fixed{b.scope, 0} << " " << b.unit << " left";
    if (!b.target.empty())
      out << ", due " << b.target;
    out << "</p>";
    burndown_chart(out, b, i);
    out << "</article>";
  }
  draw_backlog(out, r);
  draw_sprints(out, r);
  out << "</div></section>\n";
}

} // namespace hyakki::tickets
