#include "core/setback.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::uint32_t taken_for_one = 2; ///< one may be of its story alone
constexpr std::int64_t minute_ms = 60'000;
constexpr std::int64_t shortest_ms = 10 * minute_ms, longest_ms = 60 * minute_ms;

} // namespace

void setback::fault(std::int64_t now) {
  faults_ = std::min(faults_ + 1, 1000u);
  if (faults_ < taken_for_one)
    return;
  if (until_ > now && !trial_)
    return;
  failed_trials_ += trial_ ? 1 : 0;
  trial_ = false;
  hold(now);
}

void setback::begun(std::int64_t now) {
  if (faults_ < taken_for_one)
    return;
  trial_ = true;
  hold(now);
}

void setback::hold(std::int64_t now) {
  until_ = std::max(until_, now + std::min(longest_ms, shortest_ms * (failed_trials_ + 1)));
}

void setbacks::fault(const std::string& repository, std::int64_t now) {
  of_[repository].fault(now);
  all_.fault(now);
  in_.insert(repository);
}

void setbacks::begun(const std::string& repository, std::int64_t now) {
  if (auto i = of_.find(repository); i != of_.end())
    i->second.begun(now);
  if (is_of_many())
    all_.begun(now);
}

void setbacks::forget(const std::string& repository) {
  of_.erase(repository);
  in_.clear();
  all_ = {};
}

std::int64_t setbacks::until(const std::string& repository) const {
  auto i = of_.find(repository);
  return std::max(until_for_all(), i == of_.end() ? 0 : i->second.until());
}

std::vector<std::string> setbacks::held(std::int64_t now) const {
  std::vector<std::string> out;
  for (auto& [repository, its] : of_)
    if (its.until() > now)
      out.push_back(repository);
  return out;
}

std::uint32_t setbacks::in_a_row(const std::string& repository) const {
  auto i = of_.find(repository);
  return i == of_.end() ? 0 : i->second.in_a_row();
}

} // namespace hyakki
