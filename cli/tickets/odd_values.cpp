#include "cli/tickets/odd_values.hpp"

#include "cli/tickets/links.hpp"
#include "cli/tickets/print.hpp"
#include "tickets/local_time.hpp"
#include "tickets/measure.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::ticket;

constexpr auto most_estimate = 1e6; ///< hours or points, as `create` takes them

/// Collects sentences about the values of one ticket.
struct critic {
  std::vector<std::string> out;

  /// Local and without a zone, as the format has them; "" where the store or a program left it out.
  void time(const std::string& where, const std::string& text, bool may_be_empty = true) {
    if (text.empty() && may_be_empty)
      return;
    auto zoned = text.size() > 10 && text.find_first_of("Z+-", 11) != std::string::npos;
    if (!tickets::read_local_time(text))
      out.push_back(where + " is \"" + cut(text, 40) + "\"; it must be a time such as 2026-11-20T12:00:00");
    else if (zoned)
      out.push_back(where + " is \"" + cut(text, 40) + "\"; times are local and have no zone: 2026-11-20T12:00:00");
  }
  void time(const std::string& where, const std::optional<std::string>& text) {
    if (text)
      time(where, *text, false);
  }
  template <class N>
  void number(const std::string& where, const std::optional<N>& n) {
    if (n && !(static_cast<double>(*n) >= 0 && static_cast<double>(*n) <= most_estimate))
      out.push_back(where + " is " + fixed(static_cast<double>(*n), 0) + "; it must be 0 to 1000000");
  }
  /// `visit` says its own of each record: "comments[2]" is the third.
  template <class T, class F>
  void each(const char* key, const std::vector<T>& all, F&& visit) {
    for (std::size_t n = 0; n < all.size(); ++n)
      visit(std::string{key} + "[" + std::to_string(n) + "].", all[n]);
  }
};

/// Is that link possible? `turn` has the ticket itself already.
result<void> refuse_link(const tickets::turn& turn, const ticket& t, const char* key, link_kind kind,
                         const std::string& id) {
  auto other = turn.load<ticket>(id);
  if (!other)
    return {other.error().code, std::string{key} + ": " + tickets::without_name(other.error().text)};
  if (auto free = refuse_cycle(turn, kind, t, *other); !free)
    return with_context(free.error(), key);
  return {};
}

} // namespace

std::vector<std::string> odd_values(const ticket& t) {
  auto c = critic{};
  c.time("created_at", t.created_at);
  c.time("updated_at", t.updated_at);
  c.number("estimated_hours", t.estimated_hours);
  c.number("story_points", t.story_points);
  c.each("comments", t.comments, [&](auto at, auto& r) { c.time(at + "created_at", r.created_at, false); });
  c.each("journal_entries", t.journal_entries, [&](auto at, auto& r) { c.time(at + "created_at", r.created_at); });
  c.each("time_logs", t.time_logs, [&](auto at, auto& r) {
    c.time(at + "start_time", r.start_time, false);
    c.time(at + "end_time", r.end_time);
    c.time(at + "created_at", r.created_at);
    c.number(at + "duration_minutes", r.duration_minutes);
    auto start = tickets::read_local_time(r.start_time), end = tickets::read_local_time(r.end_time.value_or(""));
    if (start && end && *end < *start)
      c.out.push_back(at + "end_time is " + cut(*r.end_time) + "; it lies before start_time, " + cut(r.start_time));
  });
  c.each("requirements", t.requirements, [&](auto at, auto& r) {
    c.time(at + "created_at", r.created_at);
    c.time(at + "updated_at", r.updated_at);
  });
  c.each("user_stories", t.user_stories, [&](auto at, auto& r) {
    c.time(at + "created_at", r.created_at);
    c.number(at + "story_points", r.story_points);
  });
  c.each("expected_results", t.expected_results, [&](auto at, auto& r) {
    c.time(at + "created_at", r.created_at);
    c.time(at + "verified_at", r.verified_at);
  });
  c.each("gherkin_scenarios", t.gherkin_scenarios, [&](auto at, auto& r) { c.time(at + "created_at", r.created_at); });
  for (auto& row : link_rows)
    if (has_word(t.*row.list, t.id))
      c.out.push_back(std::string{row.key} + " has the ticket itself; take it out");
  if (t.parent_ticket_id == t.id)
    c.out.emplace_back("parent_ticket_id is the ticket itself; take it out");
  return std::move(c.out);
}

result<void> refuse_odd(const tickets::turn& turn, const ticket& was, const ticket& is) {
  // What was odd before must not keep anybody from changing the rest.
  auto known = odd_values(was);
  for (auto& text : odd_values(is))
    if (!has_word(known, text))
      return {ec::rejected, text};
  for (auto& row : link_rows)
    for (auto& id : is.*row.list)
      if (!has_word(was.*row.list, id))
        if (auto good = refuse_link(turn, is, row.key, row.kind, id); !good)
          return good;
  if (is.parent_ticket_id && is.parent_ticket_id != was.parent_ticket_id)
    if (auto good = refuse_link(turn, is, "parent_ticket_id", link_kind::parent, *is.parent_ticket_id); !good)
      return good;
  if (is.epic_id && is.epic_id != was.epic_id)
    if (auto epic = turn.load<tickets::epic>(*is.epic_id); !epic)
      return {epic.error().code, "epic_id: " + tickets::without_name(epic.error().text)};
  return {};
}

} // namespace hyakki::ticket_cli
