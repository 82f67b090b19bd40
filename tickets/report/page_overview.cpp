// Overview and risk: what a reader wants to know who has ten seconds.

#include "tickets/report/chart.hpp"
#include "tickets/report/page_parts.hpp"

namespace hyakki::tickets {
namespace {

constexpr const char* status_tones[] = {"s0", "s1", "s2", "s3", "s4", "s5"};

const char* level_tone(const risk_view& risk) {
  return risk.level == "high" ? "poor" : risk.level == "medium" ? "fair" : "good";
}

} // namespace

void draw_overview(html& out, const report& r) {
  out
    << "<section id=overview aria-labelledby=h-overview><h2 id=h-overview class=unseen>Overview</h2><div class=\"card "
       "kpis\">";
  auto begin = [&](std::string_view name) -> html& { return out << "<dl class=kpi><dt>" << name << "</dt><dd>"; };
  begin("Open") << "<b>" << grouped{r.open} << "</b><small>of " << grouped{r.total} << " tickets</small></dd></dl>";
  begin("In progress") << "<b>" << grouped{r.with_status(1)} << "</b><small>team of " << grouped{r.team}
                       << "</small></dd></dl>";
  begin("Blocked") << "<b class=\"" << (r.with_status(2) != 0 ? std::string_view{"poor"} : std::string_view{}) << "\">"
                   << grouped{r.with_status(2)} << "</b><small>" << grouped{r.risk.rows[1].count}
                   << " critical open</small></dd></dl>";
  begin("Closed this week") << "<b>" << grouped{r.flow.closed_week} << "</b><small>" << grouped{r.flow.closed_month}
                            << " in 30 days</small></dd></dl>";
  begin("Complete") << "<b>" << fixed{r.completion()} << "%</b>";
  meter(out, r.completion(), "s3");
  out << "<small class=unseen>closed of all tickets</small></dd></dl>";
  begin("Risk") << "<b class=\"" << std::string_view{level_tone(r.risk)} << "\">" << r.risk.level << "</b><small>score "
                << r.risk.score << " of 100</small></dd></dl>";
  out << "<div class=strip>";
  auto parts = std::vector<slice>{};
  for (std::size_t i : {3, 1, 0, 2, 4, 5})
    parts.push_back({r.statuses[i].name, r.statuses[i].count, status_tones[i]});
  stacked_bar(out, "Tickets by status", parts);
  out << "</div></div></section>\n";
}

void draw_risk(html& out, const report& r) {
  out << "<section id=risk aria-labelledby=h-risk><header><h2 id=h-risk>Risk</h2><p>What needs a decision, worst "
         "first</p></header><div class=grid><article class=\"card w3\"><h3>Score</h3><div class=score><b class=\""
      << std::string_view{level_tone(r.risk)} << "\">" << r.risk.score << "</b><span>of 100, " << r.risk.level
      << "</span></div><svg width=\"100%\" height=\"10\" role=img aria-label=\"Risk score " << r.risk.score
      << " of 100\"><rect class=track width=\"100%\" height=\"10\" rx=\"5\"/><rect class=\""
      << std::string_view{level_tone(r.risk)} << "\" width=\"" << r.risk.score
      << "%\" height=\"10\" rx=\"5\"/><rect class=gap x=\"20%\" width=\"2\" height=\"10\"/><rect class=gap x=\"50%\" "
         "width=\"2\" "
         "height=\"10\"/></svg><p class=sub>Low below 20, medium below 50, high from there on.</p><dl "
         "class=figures><div><dt>"
         "Overdue epics</dt><dd>"
      << grouped{r.overdue_epics} << "</dd></div><div><dt>Unassigned</dt><dd>" << grouped{r.risk.rows[4].count}
      << "</dd></div></dl></article><article class=\"card w9\"><h3>Where it comes from</h3><div class=scroll "
         "tabindex=0 role=region "
         "aria-label=\"Grounds for the risk score\"><table><thead><tr><th scope=col>Ground<th scope=col "
         "class=n>Tickets<th "
         "scope=col class=n>Each<th scope=col class=n>Points<th scope=col>Worst<tbody>";
  for (auto& row : r.risk.rows) {
    out << "<tr><th scope=row><b>" << row.name << "</b><br><small>" << row.meaning
        << "</small><td class=n data-k=tickets>" << grouped{row.count} << "<td class=n data-k=each>";
    if (row.weight != 0)
      out << "×" << row.weight << "<td class=n data-k=points>"
          << grouped{static_cast<std::uint64_t>(row.weight) * row.count};
    else
      out << "<small>told</small><td class=n data-k=points><small>–</small>";
    out << "<td class=\"ids wide\">";
    for (auto i : row.examples)
      ticket_link(out, r.tickets[i]);
    if (row.count == 0)
      out << "<small>none</small>";
    else if (row.count > row.examples.size())
      out << "<small>and " << grouped{row.count - row.examples.size()} << " more</small>";
  }
  out << "</table></div></article></div></section>\n";
}

} // namespace hyakki::tickets
