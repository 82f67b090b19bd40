// Quality, agents and time.

#include "tickets/report/chart.hpp"
#include "tickets/report/figures.hpp"
#include "tickets/report/page_parts.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

std::vector<slice> slices(const std::vector<share>& from, std::initializer_list<const char*> tones) {
  auto out = std::vector<slice>{};
  for (std::size_t i = 0; i < from.size(); ++i)
    out.push_back({from[i].name, from[i].count, i < tones.size() ? *(tones.begin() + i) : "s5"});
  return out;
}

void rate(html& out, std::string_view name, double percent, std::size_t part, std::size_t whole) {
  out << "<div><dt>" << name << "</dt><dd>";
  if (whole == 0)
    out << "–";
  else
    out << "<span class=" << std::string_view{tone_of(percent)} << ">" << fixed{percent} << "%</span>";
  out << " <small>" << grouped{part} << " of " << grouped{whole} << "</small></dd></div>";
}

void hours_row(html& out, const time_row& row, double most, double total) {
  out << "<tr><th scope=row>" << row.name
      << "<td><svg class=rowbar width=\"100%\" height=\"10\" aria-hidden=true><rect class=plain "
         "width=\""
      << fixed{percent_of(row.hours, most), 2} << "%\" height=\"10\"/></svg><td class=n>" << fixed{row.hours}
      << " h <small>" << fixed{percent_of(row.hours, total), 0} << "%</small>";
}

} // namespace

void draw_quality(html& out, const report& r) {
  auto& q = r.quality;
  out << "<section id=quality aria-labelledby=h-quality><header><h2 id=h-quality>Quality</h2><p>What was asked for, "
         "and what is "
         "proven</p></header><div class=grid>";
  if (q.specified == 0) {
    out << "<article class=card><h3>Requirements</h3><p class=empty>No ticket has requirements, stories, expected "
           "results or "
           "scenarios yet. Begin with <code>tickets requirements add ID -t \"Login works offline\"</code> or bring "
           "scenarios "
           "along: <code>tickets requirements gherkin ID -t Login -f "
           "login.feature</code>.</p></article></div></section>\n";
    return;
  }
  out << "<article class=\"card w4\"><h3>Coverage</h3><dl class=figures>";
  rate(out, "Requirements met", q.coverage(), q.covered, q.requirements);
  rate(out, "Results verified", q.verification_rate(), q.verified, q.results);
  rate(out, "Scenarios passing", q.pass_rate(), q.passing, q.scenarios);
  rate(out, "Tickets accepted", q.acceptance_rate(), q.accepted, q.specified);
  out << "<div><dt>User stories</dt><dd>" << grouped{q.stories} << " <small>"
      << grouped{static_cast<std::uint64_t>(q.story_points)}
      << " points</small></dd></div><div><dt>Tickets specified</dt><dd>" << grouped{q.specified} << " <small>of "
      << grouped{r.total}
      << "</small></dd></div></dl></article><article class=\"card "
         "w4\"><h3>Where they stand</h3>";
  auto part = [&](std::string_view name, std::vector<slice> parts, std::size_t whole, const char* tip) {
    out << "<div class=two><p class=sub>" << name << "</p>";
    if (whole == 0)
      out << "<p class=sub>none yet: <code>" << std::string_view{tip} << "</code></p>";
    else
      stacked_bar(out, name, parts);
    out << "</div>";
  };
  part("Requirements", slices(q.requirement_statuses, {"s0", "p2", "s1", "s3"}), q.requirements,
       "tickets requirements add");
  part("Expected results", slices(q.result_statuses, {"s0", "s3", "s2", "p1"}), q.results,
       "tickets requirements result");
  part("Gherkin scenarios", slices(q.scenario_statuses, {"s0", "p2", "s3", "s2", "p1"}), q.scenarios,
       "tickets requirements gherkin");
  out << "</article><article class=\"card w4\"><h3>Least covered, still open</h3>";
  if (q.weakest.empty())
    out << "<p class=empty>Every requirement of open tickets is met.</p>";
  else {
    out << "<table class=bars><caption class=unseen>Open tickets with the lowest coverage</caption><thead "
           "class=unseen><tr><th "
           "scope=col>Ticket<th scope=col>Bar<th scope=col>Met<tbody>";
    for (auto i : q.weakest) {
      auto& t = r.tickets[i];
      out << "<tr><th scope=row>";
      ticket_link(out, t);
      out << "<td>";
      auto met = percent_of(t.covered, t.requirements);
      meter(out, met, tone_of(met));
      out << "<td class=n>" << t.covered << " of " << t.requirements;
    }
    out << "</table>";
  }
  if (q.results != 0) {
    out << "<h3>How results are verified</h3>";
    stacked_bar(out, "Expected results by method", slices(q.methods, {"p2", "s3", "s0"}));
  }
  out << "</article></div></section>\n";
}

void draw_agents(html& out, const report& r) {
  auto& a = r.agents;
  out << "<section id=agents aria-labelledby=h-agents><header><h2 id=h-agents>Agents</h2><p>Who works by itself, and "
         "how well"
         "</p></header><div class=grid>";
  if (a.total == 0) {
    out << "<article class=card><h3>Agents</h3><p class=empty>No agents yet. <code>tickets agent create CodeBot --type "
           "developer"
           "</code> makes one, <code>tickets agent auto-assign ID code \"Implement it\"</code> gives it "
           "work.</p></article></div>"
           "</section>\n";
    return;
  }
  out << "<article class=\"card w8\"><h3>Load and success</h3><p class=sub>" << grouped{a.active} << " of "
      << grouped{a.total}
      << " are active</p><div class=scroll tabindex=0 role=region aria-label=\"Agents, their load and "
         "success\"><table><thead><tr><th "
         "scope=col>Agent<th scope=col>Status<th scope=col>Load<th scope=col class=n>Slots<th scope=col "
         "class=n>Done<th scope=col "
         "class=n>Failed<th scope=col class=n>Success<th scope=col class=n>Hours<tbody>";
  for (auto& row : a.rows) {
    out << "<tr><th scope=row><b><bdi>" << row.name << "</bdi></b> <small>" << row.type << "</small><td>" << row.status
        << "<td class=wide><svg class=rowbar width=\"100%\" height=\"8\" aria-hidden=true><rect class=track "
           "width=\"100%\" "
           "height=\"8\"/><rect class="
        << (static_cast<std::int64_t>(row.active) >= row.slots ? std::string_view{"fair"} : std::string_view{"s1"})
        << " width=\""
        << fixed{std::min(percent_of(static_cast<double>(row.active), static_cast<double>(row.slots)), 100.0), 0}
        << "%\" height=\"8\"/></svg><td class=n data-k=slots>" << grouped{row.active} << " of " << row.slots
        << "<td class=n data-k=done>" << row.completed << "<td class=n data-k=failed>" << row.failed
        << "<td class=n data-k=success>";
    if (auto success = row.success())
      out << "<span class=" << std::string_view{tone_of(*success)} << ">" << fixed{*success, 0} << "%</span>";
    else
      out << "<small>–</small>";
    out << "<td class=n data-k=hours>" << fixed{static_cast<double>(row.minutes) / 60};
  }
  out << "</table></div>";
  if (a.total > a.rows.size())
    out << "<p class=sub>and " << grouped{a.total - a.rows.size()}
        << " more: <code>tickets agent list --all</code></p>";
  out << "</article><article class=\"card w4\"><h3>Tasks</h3><p class=sub>" << grouped{a.tasks} << " given so far</p>";
  if (a.tasks == 0)
    out << "<p class=empty>No tasks yet: <code>tickets agent assign TICKET AGENT code \"What to do\"</code>.</p>";
  else
    stacked_bar(out, "Tasks by status", slices(a.task_statuses, {"s0", "s1", "s3", "s2", "s4", "p2"}));
  out << "</article></div></section>\n";
}

void draw_time(html& out, const report& r) {
  auto& t = r.time;
  out << "<section id=time aria-labelledby=h-time><header><h2 id=h-time>Time</h2><p>Hours that were "
         "logged</p></header><div "
         "class=grid>";
  if (t.kinds.empty()) {
    out << "<article class=card><h3>Time spent</h3><p class=empty>No hours logged yet. <code>tickets time ID "
           "--start</code> and "
           "<code>--stop</code>, or <code>tickets time ID --add 30</code> for minutes gone "
           "by.</p></article></div></section>\n";
    return;
  }
  out << "<article class=\"card w5\"><h3>By kind</h3><p class=sub>" << fixed{t.total} << " hours in all";
  if (t.running != 0)
    out << ", " << grouped{t.running} << " running now";
  out << "</p><table class=bars><caption class=unseen>Hours by kind</caption><thead class=unseen><tr><th "
         "scope=col>Kind<th "
         "scope=col>Bar<th scope=col>Hours<tbody>";
  for (auto& row : t.kinds)
    hours_row(out, row, t.kinds.front().hours, t.total);
  out << "</table></article><article class=\"card w4\"><h3>By person</h3>";
  auto people = std::vector<time_row>{};
  for (auto& p : r.people)
    if (p.hours > 0)
      people.push_back({p.name, p.hours});
  std::sort(people.begin(), people.end(), [](auto& a, auto& b) { return a.hours > b.hours; });
  out << "<table class=bars><caption class=unseen>Hours by person</caption><thead class=unseen><tr><th "
         "scope=col>Person<th "
         "scope=col>Bar<th scope=col>Hours<tbody>";
  for (std::size_t i = 0; i < std::min<std::size_t>(people.size(), 8); ++i)
    hours_row(out, people[i], people.front().hours, t.total);
  out << "</table></article><article class=\"card w3\"><h3>Against estimates</h3><dl "
         "class=figures><div><dt>Estimated</dt><dd>"
      << fixed{t.estimated} << " <small>h</small></dd></div><div><dt>Logged on those</dt><dd>"
      << fixed{t.logged_on_estimated} << " <small>h</small></dd></div></dl>";
  if (t.estimated > 0)
    meter(out, percent_of(t.logged_on_estimated, t.estimated), t.logged_on_estimated > t.estimated ? "poor" : "s1");
  if (!t.overruns.empty()) {
    out << "<table><thead><tr><th scope=col>Beyond its estimate<th scope=col class=n>Hours<tbody>";
    for (auto& o : t.overruns) {
      out << "<tr><th scope=row>";
      ticket_link(out, r.tickets[o.ticket]);
      out << "<td class=n>" << fixed{o.logged} << " of " << fixed{o.estimated};
    }
    out << "</table>";
  }
  out << "</article></div></section>\n";
}

} // namespace hyakki::tickets
