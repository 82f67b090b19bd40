#include "tickets/report/figures.hpp"

#include <cmath>

namespace hyakki::tickets {
namespace {

constexpr wall_ms most_back = 365;

} // namespace

burndown burndown_of(const std::vector<piece>& pieces, wall_ms start, wall_ms target, wall_ms now) {
  auto out = burndown{};
  bool points = std::any_of(pieces.begin(), pieces.end(), [](const piece& p) { return p.points > 0; });
  out.unit = points ? "points" : "tickets";
  auto first = start != 0 ? start : now;
  for (auto& p : pieces)
    if (start == 0 && p.created != 0)
      first = std::min(first, p.created);
  auto back = first >= now ? 0 : std::min((now - first + one_day - 1) / one_day, most_back);
  auto today = static_cast<std::size_t>(back);
  // Days end with the hour of the report, so that the last one is whole.
  auto day_of = [&](wall_ms at) {
    auto ago = at >= now ? 0 : (now - at) / one_day;
    return static_cast<std::size_t>(std::max<wall_ms>(back - ago, 0));
  };
  auto change = std::vector<double>(today + 1);
  for (auto& p : pieces) {
    auto size = points ? static_cast<double>(std::max<std::int64_t>(p.points, 0)) : 1.0;
    change[day_of(p.created)] += size;
    if (p.gone != 0)
      change[std::max(day_of(p.gone), day_of(p.created))] -= size;
    if (!p.cancelled)
      out.scope += size;
  }
  double left = 0;
  for (auto c : change)
    out.left.push_back(std::max(left += c, 0.0));
  out.days = today;
  out.from = day_text(now - back * one_day);
  out.to = day_text(now);
  if (target != 0) {
    out.target = day_text(target);
    auto ahead = target - (now - back * one_day);
    if (ahead > 0) {
      out.target_day = static_cast<std::size_t>(std::min((ahead + one_day / 2) / one_day, 2 * most_back));
      if (out.target_day > out.days) {
        out.days = out.target_day;
        out.to = out.target;
      }
    }
  }
  return out;
}

} // namespace hyakki::tickets
