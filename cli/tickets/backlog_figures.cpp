#include "cli/tickets/backlog_figures.hpp"

#include "cli/tickets/epic_figures.hpp"

namespace hyakki::ticket_cli {

std::vector<std::string> lacks_of(const tickets::backlog_item& b) {
  std::vector<std::string> out;
  if (b.status != "groomed" && b.status != "ready")
    out.push_back("the status groomed or ready (it is " + b.status + ")");
  if (!b.story_points)
    out.emplace_back("story points");
  if (b.acceptance_criteria.empty())
    out.emplace_back("an acceptance criterion");
  return out;
}

double sprint_figures::percent() const {
  return items == 0 ? 0 : static_cast<double>(done) * 100 / static_cast<double>(items);
}

sprint_figures sprint_progress(const std::vector<const tickets::backlog_item*>& items,
                               const std::vector<tickets::ticket>& all) {
  auto f = sprint_figures{};
  for (auto b : items) {
    if (f.name.empty())
      f.name = b->sprint_name.value_or("");
    if (b->status == "cancelled")
      continue;
    auto t = b->ticket_id ? ticket_in(all, *b->ticket_id) : nullptr;
    auto done = b->status == "done" || (t != nullptr && t->status == "closed");
    ++f.items;
    f.done += done;
    f.points += b->story_points.value_or(0);
    f.done_points += done ? b->story_points.value_or(0) : 0;
  }
  return f;
}

} // namespace hyakki::ticket_cli
