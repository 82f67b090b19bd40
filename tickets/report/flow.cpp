#include "tickets/report/figures.hpp"

#include <array>
#include <numeric>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_weeks = 26;
constexpr wall_ms one_week = 7 * one_day;

struct bucket {
  std::int64_t up_to;
  const char* name;
};
constexpr std::array<bucket, 5> age_buckets{
  {{2, "0–2 days"}, {7, "3–7 days"}, {28, "1–4 weeks"}, {90, "1–3 months"}, {INT64_MAX, "over 3 months"}}};
constexpr std::array<bucket, 6> cycle_buckets{{{1, "a day or less"},
                                               {3, "2–3 days"},
                                               {7, "4–7 days"},
                                               {28, "1–4 weeks"},
                                               {90, "1–3 months"},
                                               {INT64_MAX, "over 3 months"}}};

template <std::size_t N>
std::array<share, N> empty_buckets(const std::array<bucket, N>& table) {
  auto out = std::array<share, N>{};
  for (std::size_t i = 0; i < N; ++i)
    out[i].name = table[i].name;
  return out;
}

template <std::size_t N>
void drop(std::array<share, N>& into, const std::array<bucket, N>& table, std::int64_t days) {
  for (std::size_t i = 0; i < N; ++i)
    if (days <= table[i].up_to) {
      ++into[i].count;
      return;
    }
}

/// Weeks back from now, 0 = the one that ends now; what lies ahead counts as now.
std::size_t weeks_back(wall_ms at, wall_ms now) {
  return at >= now ? 0 : static_cast<std::size_t>((now - at) / one_week);
}

std::vector<week> weeks_of(const report& r, wall_ms now) {
  auto made = std::array<std::size_t, most_weeks + 1>{}; // the last one: before all that is shown
  auto done = made;
  std::size_t shown = 4;
  for (auto& t : r.tickets) {
    auto born = std::min(weeks_back(t.created, now), most_weeks);
    ++made[born];
    shown = std::max(shown, std::min(born + 1, most_weeks));
    if (t.over)
      ++done[std::min(weeks_back(t.updated, now), most_weeks)];
  }
  auto out = std::vector<week>(shown);
  auto open = made[most_weeks] - std::min(done[most_weeks], made[most_weeks]);
  for (std::size_t back = most_weeks; back-- > 0;) {
    open += made[back];
    open -= std::min(done[back], open);
    if (back >= shown)
      continue;
    auto& w = out[shown - 1 - back];
    w.from = day_text(now - static_cast<wall_ms>(back + 1) * one_week + one_day);
    w.created = made[back];
    w.closed = done[back];
    w.open_at_end = open;
  }
  return out;
}

} // namespace

flow_view flow_of(const report& r, wall_ms now) {
  auto out = flow_view{};
  out.weeks = weeks_of(r, now);
  out.ages = out.open_ages = empty_buckets(age_buckets);
  out.cycle = empty_buckets(cycle_buckets);
  auto took = std::vector<std::int64_t>{};
  for (auto& t : r.tickets) {
    drop(out.ages, age_buckets, t.age_days);
    if (!t.over) {
      drop(out.open_ages, age_buckets, t.age_days);
      continue;
    }
    out.closed_week += t.updated >= now - one_week;
    out.closed_month += t.updated >= now - 30 * one_day;
    took.push_back(days_between(t.created, t.updated));
    drop(out.cycle, cycle_buckets, took.back());
  }
  if (took.empty())
    return out;
  std::sort(took.begin(), took.end());
  out.average_days =
    static_cast<double>(std::accumulate(took.begin(), took.end(), std::int64_t{0})) / static_cast<double>(took.size());
  out.median_days = took[(took.size() - 1) / 2];
  out.slowest_tenth_days = took[(took.size() * 9 + 9) / 10 - 1];
  return out;
}

} // namespace hyakki::tickets
