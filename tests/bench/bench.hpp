#pragma once
// The measuring stick of all benchmarks: ours beside its limit, interleaved in one run.
//
// Only ratios taken in one run mean anything, so a figure is the median of the ratios of paired rounds. Each
// figure is printed as one JSON line; the process's exit code says only that it ran, never that it was fast.

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::bench {

/// One figure beside its limit.
struct figure {
  std::string name;
  double ours = 0;  ///< median of the rounds
  double limit = 0; ///< median of the rounds; 0 = the figure stands alone
  double ratio = 0; ///< median of the paired ratios ours/limit
  std::string unit;
  std::size_t rounds = 0;
  double goal = 0;              ///< what the ratio (or `ours`, where there is no limit) should reach; 0 = no goal
  bool goal_is_ceiling = false; ///< the goal is an upper bound
};

inline double median(std::vector<double> v) {
  if (v.empty())
    return 0;
  std::sort(v.begin(), v.end());
  auto mid = v.size() / 2;
  return v.size() % 2 == 1 ? v[mid] : (v[mid - 1] + v[mid]) / 2;
}

/// Seconds that a call takes.
template <class F>
double seconds(F&& f) {
  auto start = std::chrono::steady_clock::now();
  f();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Runs the two sides `rounds` times, the order turned each round so that neither always goes first. Each side
/// returns its own measure (a rate, or a time); the ratio is ours/limit.
template <class Ours, class Limit>
figure interleaved(std::string name, std::string unit, std::size_t rounds, Ours&& ours, Limit&& limit) {
  std::vector<double> a, b, ratios;
  for (std::size_t i = 0; i < rounds; ++i) {
    double x = 0, y = 0;
    if (i % 2 == 0) {
      x = ours();
      y = limit();
    } else {
      y = limit();
      x = ours();
    }
    a.push_back(x);
    b.push_back(y);
    ratios.push_back(y != 0 ? x / y : 0);
  }
  figure f;
  f.name = std::move(name);
  f.unit = std::move(unit);
  f.rounds = rounds;
  f.ours = median(a);
  f.limit = median(b);
  f.ratio = median(ratios);
  return f;
}

/// A figure that has no limit beside it.
inline figure alone(std::string name, std::string unit, double value, std::size_t rounds = 1) {
  figure f;
  f.name = std::move(name);
  f.unit = std::move(unit);
  f.ours = value;
  f.rounds = rounds;
  return f;
}

/// States the goal. `ceiling`: lower is better.
inline figure with_goal(figure f, double goal, bool ceiling = false) {
  f.goal = goal;
  f.goal_is_ceiling = ceiling;
  return f;
}

/// Prints a figure as one JSON line. A figure with a goal says whether it was reached.
inline void print(const figure& f) {
  nlohmann::json j{{"name", f.name}, {"ours", f.ours}, {"unit", f.unit}, {"rounds", f.rounds}};
  if (f.limit != 0) {
    j["limit"] = f.limit;
    j["ratio"] = f.ratio;
  }
  if (f.goal != 0 || f.goal_is_ceiling) {
    double seen = f.limit != 0 ? f.ratio : f.ours;
    j["goal"] = f.goal;
    j["goal_is_ceiling"] = f.goal_is_ceiling;
    j["reached"] = f.goal_is_ceiling ? seen <= f.goal : seen >= f.goal;
  }
  auto line = j.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fflush(stdout);
}

/// True when `--small` is among the arguments: sizes that only prove that the benchmark works.
inline bool is_small(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::string_view{argv[i]} == "--small")
      return true;
  return false;
}

} // namespace hyakki::bench
