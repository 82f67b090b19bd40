#include "cli/tickets/tui/board.hpp"

#include "cli/tickets/session.hpp"
#include "tickets/measure.hpp"
#include "tickets/query.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_tui {

bool passes(const filter& f, const row& r) { return f.everything || (f.by_priority ? r.priority : r.status) == f.name; }

void board::count() {
  counts = {};
  risk = {};
  std::size_t closed = 0;
  for (auto& r : rows) {
    for (std::size_t i = 0; i < filters.size(); ++i)
      counts[i] += passes(filters[i], r);
    closed += r.status == "closed";
    // The age tells something only of what is not over.
    auto age = tickets::is_over(r.status) ? 0 : tickets::days_since(r.created_at, now);
    risk.add(r.status, r.priority, !r.assignee.empty(), age);
  }
  risk.weigh();
  completion =
    rows.empty() ? 0 : tickets::one_decimal(100.0 * static_cast<double>(closed) / static_cast<double>(rows.size()));
}

bool board::same_as(const board& other) const {
  return place == other.place && query == other.query && searched == other.searched && found == other.found &&
         unreadable == other.unreadable &&
         std::equal(rows.begin(), rows.end(), other.rows.begin(), other.rows.end(),
                    [](auto& a, auto& b) { return a.mark != 0 && a.mark == b.mark && a.id == b.id; });
}

result<std::shared_ptr<const board>> read_board(const ticket_cli::call& asked, const std::string& query) {
  auto at = ticket_cli::session::open(asked);
  if (!at)
    return at.error();
  auto wanted = tickets::read_query(query);
  if (!wanted)
    return wanted.error();
  auto all = tickets::catalog::open(at->store());
  if (!all)
    return all.error();
  auto out = std::make_shared<board>();
  out->place = at->root();
  out->folder = at->store().path();
  out->now = at->now_ms();
  out->query = query;
  out->unreadable = all->unreadable().size();
  out->rows.reserve(all->tickets().size());
  for (std::size_t i = 0; i < all->tickets().size(); ++i) {
    auto& t = all->tickets()[i];
    auto text = [](std::string_view view) { return std::string{view}; };
    out->rows.push_back({text(t.id()), text(t.title()), text(t.status()), text(t.priority()), text(t.assignee()),
                         text(t.created_at()), all->mark_of(i)});
  }
  out->searched = !tickets::stripped(query).empty();
  if (out->searched)
    for (auto place : all->search(*wanted))
      out->found.push_back(static_cast<std::uint32_t>(place));
  out->count();
  return std::shared_ptr<const board>{std::move(out)};
}

} // namespace hyakki::ticket_tui
