// Recent activity, the list of tickets, and how everything is counted.

#include "tickets/report/chart.hpp"
#include "tickets/report/figures.hpp"
#include "tickets/report/page_parts.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t rows_at_once = 100;

struct list_filter {
  const char* word;
  const char* name;
  std::size_t (*count)(const report&);
};
constexpr list_filter filters[] = {
  {"all", "All", [](const report& r) { return r.total; }},
  {"open", "Open", [](const report& r) { return r.with_status(0); }},
  {"in-progress", "In progress", [](const report& r) { return r.with_status(1); }},
  {"blocked", "Blocked", [](const report& r) { return r.with_status(2); }},
  {"closed", "Closed", [](const report& r) { return r.with_status(3); }},
  {"critical", "Critical", [](const report& r) { return r.priorities[0].count; }},
  {"high", "High", [](const report& r) { return r.priorities[1].count; }},
};

void badge(html& out, const char* letter, std::string_view meaning, std::uint32_t part, std::uint32_t whole) {
  if (whole == 0)
    return;
  out << "<span class=\"tag " << std::string_view{tone_of(percent_of(part, whole))} << "\" title=\"" << meaning << "\">"
      << std::string_view{letter} << " " << part << "/" << whole << "</span>";
}

void draw_row(html& out, const report& r, const ticket_row& t) {
  out << "<tr";
  if (is_anchor(t.id))
    out << " id=\"t-" << t.id << "\"";
  out << " class=\"s" << std::uint32_t{t.status} << " p" << std::uint32_t{t.priority} << "\"><th scope=row class=id>"
      << t.id << "<td><bdi class=t>" << t.title << "</bdi>";
  for (auto& label : t.labels)
    out << "<span class=tag><bdi>" << label << "</bdi></span>";
  if (t.more_labels != 0)
    out << "<span class=tag>+" << grouped{t.more_labels} << "</span>";
  if (!t.epic.empty())
    out << "<span class=tag>epic " << t.epic << "</span>";
  if (t.stale)
    out << "<span class=\"tag fair\">stale</span>";
  out << "<td>";
  status_mark(out, t.status, r.statuses[t.status].name);
  out << "<td class=\"pr p" << std::uint32_t{t.priority} << "\">" << r.priorities[t.priority].name << "<td>";
  if (t.assignee != 0)
    out << "<bdi>" << r.people[t.assignee].name << "</bdi>";
  out << "<td class=n data-k=points>";
  if (t.points >= 0)
    out << t.points;
  out << "<td class=n data-k=age>" << t.age_days << " d<td>";
  if (t.specified()) {
    badge(out, "R", "requirements met", t.covered, t.requirements);
    if (t.stories != 0)
      out << "<span class=tag title=\"user stories\">S " << t.stories << "</span>";
    badge(out, "E", "expected results verified", t.verified, t.results);
    badge(out, "G", "scenarios passing", t.passing, t.scenarios);
    if (t.accepted)
      out << "<span class=\"tag good\">accepted</span>";
    else
      out << "<span class=tag>pending</span>";
  }
  out << "<td class=n>" << day_text(t.updated) << "\n";
}

} // namespace

void draw_activity(html& out, const report& r) {
  if (r.activity.empty())
    return;
  static constexpr const char* words[] = {"made", "closed", "cancelled", "commented on", "noted on"};
  out << "<section id=activity aria-labelledby=h-activity><header><h2 id=h-activity>Activity</h2><p>The latest "
      << r.activity.size() << " things that happened</p></header><div class=card><ul class=log>";
  for (auto& a : r.activity) {
    auto& t = r.tickets[a.ticket];
    auto when = local_time_text(a.at);
    out << "<li><time datetime=\"" << std::string_view{when}.substr(0, 19) << "\">"
        << std::string_view{when}.substr(0, 10) << "</time><div>";
    ticket_link(out, t);
    out << " <bdi>" << t.title << "</bdi> <span class=what>"
        << std::string_view{words[static_cast<std::size_t>(a.what)]};
    if (!a.who.empty())
      out << " by <bdi>" << a.who << "</bdi>";
    out << "</span></div>";
  }
  out << "</ul></div></section>\n";
}

void draw_list(html& out, const report& r, const page_options& options) {
  auto listed = std::min(options.open_only ? r.open : r.total, options.most_rows);
  out << "<section id=tickets aria-labelledby=h-tickets><header><h2 id=h-tickets>Tickets</h2><p>";
  if (options.open_only)
    out << "The " << grouped{listed} << " that are open, by priority, the oldest first";
  else if (listed < r.total)
    out << grouped{listed} << " of " << grouped{r.total}
        << ": open ones first, then those that were closed last. <code>tickets "
           "list --all</code> has the rest";
  else
    out << "Open ones by priority, the oldest first; then what is over, the latest first";
  out << "</p></header><div class=\"bar live\"><div class=group role=group aria-label=\"Filter the list\">";
  for (auto& f : filters) {
    out << "<button class=btn type=button data-filter=\"" << std::string_view{f.word}
        << "\" aria-pressed=" << (f.count == filters[0].count ? std::string_view{"true"} : std::string_view{"false"})
        << ">" << std::string_view{f.name};
    if (!options.open_only && listed == r.total)
      out << "<small>" << grouped{f.count(r)} << "</small>";
    out << "</button>";
  }
  out << "</div><input id=search type=search placeholder=\"Search ID, title, label, name\" aria-label=\"Search the "
         "list\" "
         "autocomplete=off spellcheck=false></div><div class=card><table id=list><caption "
         "class=unseen>Tickets</caption><colgroup><col "
         "class=c-id><col><col class=c-st><col class=c-pr><col class=c-as><col class=c-pt><col class=c-ag><col "
         "class=c-sp><col "
         "class=c-up></colgroup><thead><tr><th scope=col>ID<th scope=col>Title<th scope=col>Status<th "
         "scope=col>Priority<th "
         "scope=col>Assignee<th scope=col class=n>Points<th scope=col class=n>Age<th scope=col>Specified<th scope=col "
         "class=n>Updated</thead><tbody>\n";
  for (std::size_t i = 0; i < listed; ++i) {
    if (i == rows_at_once)
      out << "<tbody class=more>\n";
    draw_row(out, r, r.tickets[i]);
  }
  out << "</table><div class=\"pager live\"><p id=range role=status aria-live=polite></p><div><label>Rows <select "
         "id=size><option>50"
         "<option selected>100<option>250<option>1000<option value=0>all</select></label><button class=btn type=button "
         "id=back>Back</button><button class=btn type=button id=next>Next</button></div></div></div></section>\n";
}

void draw_method(html& out) {
  struct term {
    const char* name;
    const char* meaning;
  };
  static constexpr term terms[] = {
    {"Open, closed, over",
     "A ticket is over when it is closed or cancelled; everything else counts as open. \"Complete\" is closed "
     "tickets of all, cancelled ones not among the closed."},
    {"When it was closed",
     "The files keep no time of closing: the last change of a closed ticket stands for it. A comment on a "
     "closed ticket moves it. Where the flow says closed, cancelled tickets count too."},
    {"Risk score",
     "20 for each blocked ticket, 15 for each critical one, 10 for each critical or high one that is open for more "
     "than 7 days, 5 for each that is open for more than 30, 3 for each without an assignee; at most 100."},
    {"Weeks", "Seven days back from the time of the report, not calendar weeks. The projection of a year is twelve "
              "times the last "
              "30 days."},
    {"Epic progress",
     "Closed tickets of those that are listed by the epic or name it, cancelled ones left out. Burndowns count "
     "story points where there are any, else tickets; the dashed line is an even pace to the due date."},
    {"Backlog",
     "Score: 100 for each level of priority, plus the business value (50 if unknown), minus twice the points (5 if "
     "unknown). Ready: groomed, with points and at least one acceptance criterion."},
    {"Coverage",
     "Requirements that are implemented or verified, of all. A ticket is accepted when its requirements and expected "
     "results are verified and its scenarios pass."},
    {"Colours", "From 80 % good, from 50 % fair, below poor; the number always stands beside them."},
  };
  out << "<section class=method aria-labelledby=h-method><div class=card><h2 id=h-method class=unseen>How this is "
         "counted</h2><details>"
         "<summary>How this is counted</summary><dl>";
  for (auto& t : terms)
    out << "<dt>" << std::string_view{t.name} << "</dt><dd>" << std::string_view{t.meaning} << "</dd>";
  out << "</dl></details></div></section>\n";
}

} // namespace hyakki::tickets
