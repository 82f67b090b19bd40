#include "cli/tickets/epic_figures.hpp"

#include "tickets/local_time.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {

result<std::string> date_text(const std::string& given) {
  if (given.empty())
    return given;
  auto shape = given.size() >= 10 && given[4] == '-' && given[7] == '-';
  auto at = shape ? tickets::read_local_time(given.size() == 10 ? given + "T00:00:00" : given) : std::nullopt;
  if (!at)
    return {ec::rejected, "\"" + given + "\" is no date; write a day that there is, as YYYY-MM-DD"};
  return tickets::local_time_text(*at);
}

const tickets::ticket* ticket_in(const std::vector<tickets::ticket>& all, const std::string& id) {
  // The store gives them in order of their names, which a caller may have changed.
  auto found = std::find_if(all.begin(), all.end(), [&](auto& t) { return t.id == id; });
  return found == all.end() ? nullptr : &*found;
}

epic_state state_of(const tickets::epic& e, const std::vector<tickets::ticket>& all) {
  auto s = epic_state{};
  static_cast<tickets::epic_progress&>(s) = tickets::progress_of(e, all);
  for (auto& [id, t] : members_of(e, all))
    if (t != nullptr) {
      s.open += !tickets::is_over(t->status);
      s.in_progress += t->status == "in-progress";
      s.blocked += t->status == "blocked";
      s.cancelled += t->status == "cancelled";
    }
  return s;
}

json to_json(const epic_state& s) {
  return json{{"tickets", s.tickets},         {"done", s.done},       {"open", s.open},
              {"in_progress", s.in_progress}, {"blocked", s.blocked}, {"cancelled", s.cancelled},
              {"missing", s.missing},         {"points", s.points},   {"points_done", s.points_done},
              {"percent", s.percent}};
}

std::string text_of(const epic_state& s) {
  return std::to_string(s.done) + " of " + std::to_string(s.tickets) + " tickets done (" +
         std::to_string(static_cast<int>(s.percent + 0.5)) + "%)" +
         (s.points != 0 ? ", " + std::to_string(s.points_done) + " of " + std::to_string(s.points) + " points" : "");
}

std::vector<burndown_day> burndown_of(const tickets::epic& e, const std::vector<tickets::ticket>& all, wall_ms now) {
  auto members = std::vector<const tickets::ticket*>{};
  auto today = tickets::local_time_text(now).substr(0, 10);
  auto first = today;
  for (auto& [id, t] : members_of(e, all))
    if (t != nullptr && t->status != "cancelled") {
      members.push_back(t);
      first = std::min(first, t->created_at.substr(0, 10));
    }
  auto out = std::vector<burndown_day>{};
  if (members.empty())
    return out;
  auto noon = tickets::read_local_time(first + "T12:00:00");
  constexpr wall_ms day = 86'400'000;
  constexpr wall_ms most = 366;
  auto from = std::max(noon.value_or(now), now - (most - 1) * day);
  // At noon no change of summer time can move a step into the day beside it.
  for (auto at = from;; at += day) {
    auto d = burndown_day{};
    d.date = tickets::local_time_text(at).substr(0, 10);
    if (d.date > today)
      return out;
    for (auto t : members) {
      if (t->created_at.substr(0, 10) > d.date)
        continue;
      ++d.total;
      if (t->status == "closed" && t->updated_at.substr(0, 10) <= d.date)
        continue;
      ++d.open;
      d.open_points += t->story_points.value_or(0);
    }
    out.push_back(d);
  }
}

} // namespace hyakki::ticket_cli
