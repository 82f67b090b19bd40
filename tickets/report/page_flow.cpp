// Flow and work: how fast tickets come and go, what they are and whose.

#include "tickets/report/chart.hpp"
#include "tickets/report/page_parts.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_people = 12;

html& figure(html& out, std::string_view name) { return out << "<div><dt>" << name << "</dt><dd>"; }

void draw_people(html& out, const report& r) {
  out
    << "<article class=\"card w5\"><h3>Load by assignee</h3><p class=sub>Tickets that are not closed or cancelled</p>";
  if (r.busiest.empty()) {
    out << "<p class=empty>Nothing is open. New work gets an owner with <code>tickets update ID -a "
           "NAME</code>.</p></article>";
    return;
  }
  auto most = static_cast<double>(r.people[r.busiest.front()].load());
  out << "<table class=bars><caption class=unseen>Open, in progress and blocked tickets by assignee</caption>"
         "<thead><tr><th scope=col><span class=unseen>Assignee</span><th scope=col><span class=unseen>Bar</span>"
         "<th scope=col class=n>In progress<th scope=col class=n>Blocked<th scope=col class=n>All<tbody>";
  std::size_t shown = 0, others = 0;
  for (auto i : r.busiest) {
    auto& p = r.people[i];
    if (++shown > most_people) {
      others += p.load();
      continue;
    }
    out << "<tr><th scope=row>";
    if (i == 0)
      out << "<i>Unassigned</i>";
    else
      out << "<bdi>" << p.name << "</bdi>";
    out << "<td>";
    row_bar(out, {{"in progress", p.in_progress, "s1"}, {"open", p.open, "s0"}, {"blocked", p.blocked, "s2"}}, most);
    for (auto n : {p.in_progress, p.blocked})
      if (n != 0)
        out << "<td class=n>" << grouped{n};
      else
        out << "<td class=n><small>–</small>";
    out << "<td class=n><b>" << grouped{p.load()} << "</b>";
  }
  out << "</table>";
  if (shown > most_people)
    out << "<p class=sub>and " << grouped{others} << " tickets of " << grouped{shown - most_people} << " others</p>";
  out << "<ul class=legend><li><svg class=key width=\"10\" height=\"10\" aria-hidden=true><rect class=s1 width=\"10\" "
         "height=\"10\" rx=\"2\"/></svg>in progress<li><svg class=key width=\"10\" height=\"10\" "
         "aria-hidden=true><rect class=s0 "
         "width=\"10\" height=\"10\" rx=\"2\"/></svg>open<li><svg class=key width=\"10\" height=\"10\" "
         "aria-hidden=true><rect "
         "class=s2 width=\"10\" height=\"10\" rx=\"2\"/></svg>blocked</ul></article>";
}

void draw_priorities(html& out, const report& r) {
  static constexpr const char* tones[] = {"p0", "p1", "p2", "p3", "p4"};
  std::size_t most = 1;
  for (auto& p : r.priorities)
    most = std::max(most, p.count);
  out << "<article class=\"card w4\"><h3>Priority</h3><p class=sub>Full colour is open, pale is over</p><table "
         "class=bars><caption class=unseen>Tickets by priority</caption><thead class=unseen><tr><th "
         "scope=col>Priority<th "
         "scope=col>Bar<th scope=col>Open of all<tbody>";
  for (std::size_t i = 0; i < r.priorities.size(); ++i) {
    auto& by = r.priority_by_status[i];
    auto over = by[3] + by[4];
    if (r.priorities[i].count == 0 && i == 4)
      continue;
    out << "<tr><th scope=row>" << r.priorities[i].name << "<td>";
    row_bar(out, {{"open", r.priorities[i].count - over, tones[i]}, {"over", over, "track"}},
            static_cast<double>(most));
    out << "<td class=n>" << grouped{r.priorities[i].count - over} << " <small>of " << grouped{r.priorities[i].count}
        << "</small>";
  }
  out << "</table></article>";
}

void draw_labels(html& out, const report& r) {
  out << "<article class=\"card w3\"><h3>Labels</h3><p class=sub>";
  if (r.top_labels.empty()) {
    out << "None in use</p><p class=empty>Group tickets with <code>tickets update ID -l bug,ui</code>.</p></article>";
    return;
  }
  if (r.labels > r.top_labels.size())
    out << "The " << r.top_labels.size() << " most used of " << grouped{r.labels};
  else
    out << "All that are in use";
  out << "</p><table class=bars><caption class=unseen>Tickets by label</caption><thead class=unseen><tr><th "
         "scope=col>Label<th "
         "scope=col>Bar<th scope=col>Tickets<tbody>";
  for (auto& l : r.top_labels) {
    out << "<tr><th scope=row><bdi>" << l.name << "</bdi><td>";
    row_bar(out, {{l.name, l.count, "plain"}}, static_cast<double>(r.top_labels.front().count));
    out << "<td class=n>" << grouped{l.count};
  }
  out << "</table></article>";
}

} // namespace

void draw_flow(html& out, const report& r) {
  auto& f = r.flow;
  out << "<section id=flow aria-labelledby=h-flow><header><h2 id=h-flow>Flow</h2><p>How fast work comes and "
         "goes</p></header><div class=grid><article class=\"card w8\"><h3>Velocity</h3><p class=sub>Tickets made and "
         "closed, "
         "weeks that end today</p>";
  week_bars(out, f.weeks);
  out << "</article><article class=\"card w4\"><h3>Pace</h3><dl class=figures>";
  figure(out, "This week") << grouped{f.closed_week} << " <small>closed</small></dd></div>";
  figure(out, "30 days") << grouped{f.closed_month} << " <small>closed</small></dd></div>";
  figure(out, "At this pace, a year") << grouped{f.closed_month * 12} << "</dd></div>";
  figure(out, "Average time to close") << fixed{f.average_days} << " <small>days</small></dd></div>";
  figure(out, "Half close within") << f.median_days << " <small>days</small></dd></div>";
  figure(out, "Nine of ten within") << f.slowest_tenth_days << " <small>days</small></dd></div></dl></article>";
  out << "<article class=\"card w4\"><h3>Open over time</h3><p class=sub>Tickets that were open at the end of each "
         "week</p>";
  open_line(out, f.weeks);
  out << "</article><article class=\"card w4\"><h3>Age of what is open</h3><p class=sub>Since it was made</p>";
  columns(out, "Open tickets by age", f.open_ages.data(), f.open_ages.size(), "Tickets");
  out << "</article><article class=\"card w4\"><h3>Time that closing took</h3><p class=sub>From made to closed or "
         "cancelled</p>";
  if (r.over == 0)
    out << "<p class=empty>Nothing has been closed yet. <code>tickets close ID</code> starts this picture.</p>";
  else
    columns(out, "Closed tickets by the days they took", f.cycle.data(), f.cycle.size(), "Tickets");
  out << "</article></div></section>\n";
}

void draw_work(html& out, const report& r) {
  out << "<section id=work aria-labelledby=h-work><header><h2 id=h-work>Work</h2><p>What it is, and "
         "whose</p></header><div "
         "class=grid>";
  draw_people(out, r);
  draw_priorities(out, r);
  draw_labels(out, r);
  out << "</div></section>\n";
}

} // namespace hyakki::tickets
