#pragma once
// Small arithmetic that the parts of a report share. Inner header.

#include "core/clock.hpp"
#include "tickets/local_time.hpp"
#include "tickets/model/words.hpp"
#include "tickets/report/report.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

inline constexpr wall_ms one_day = 86'400'000;

/// In percent; `of_nothing` where there is nothing to share.
inline double percent_of(double part, double whole, double of_nothing = 0) {
  return whole <= 0 ? of_nothing : part * 100 / whole;
}

/// A word's place in its table; the table's size for a word that is none of it.
inline std::size_t place_of(std::string_view word, word_list table) {
  return static_cast<std::size_t>(std::find(table.begin(), table.end(), word) - table.begin());
}

/// One share a word, at 0, and "other" behind them.
inline std::vector<share> shares_of(word_list table) {
  auto out = std::vector<share>{};
  for (auto word : table)
    out.push_back({std::string{word}, 0});
  out.push_back({"other", 0});
  return out;
}

/// 0 for what cannot be read.
inline wall_ms time_of(std::string_view text) { return read_local_time(text).value_or(0); }

/// Whole days from one time to a later one; 0 for what is unknown or the wrong way round.
inline std::int64_t days_between(wall_ms from, wall_ms to) {
  return from == 0 || to < from ? 0 : (to - from) / one_day;
}

/// YYYY-MM-DD, local; empty for 0.
inline std::string day_text(wall_ms at) { return at == 0 ? std::string{} : local_time_text(at).substr(0, 10); }

/// Work that came and went: what a burndown is drawn from.
struct piece {
  wall_ms created = 0;
  wall_ms gone = 0;       ///< 0 = still there
  bool cancelled = false; ///< gone without being done
  std::int64_t points = -1;
};

/// Left over at the end of each day, from `start` (0 = the first piece) to now, at most 366 days back.
burndown burndown_of(const std::vector<piece>& pieces, wall_ms start, wall_ms target, wall_ms now);

/// Grounds for worry with their weights, over tickets in their final order.
risk_view risk_of(const report& r, wall_ms now);

/// Weeks, ages and durations, over tickets in their final order.
flow_view flow_of(const report& r, wall_ms now);

} // namespace hyakki::tickets
