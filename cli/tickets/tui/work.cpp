#include "cli/tickets/tui/work.hpp"

namespace hyakki::ticket_tui {
namespace {

constexpr double hour_ms = 3'600'000;

} // namespace

double hours::until(wall_ms now) const {
  return logged + static_cast<double>(running) * static_cast<double>(now - at) / hour_ms;
}

double work::logged(wall_ms now) const {
  return logged_ + static_cast<double>(running_) * static_cast<double>(now) / hour_ms;
}

void work::count(const hours& h, double sign) {
  logged_ += sign * h.until(0);
  estimated_ += sign * h.estimated.value_or(0);
  running_ += sign > 0 ? h.running : 0 - h.running;
}

void work::keep(const board& all) {
  auto before = std::move(known_);
  known_ = {};
  known_.reserve(before.size());
  next_ = 0;
  logged_ = estimated_ = 0;
  running_ = 0;
  for (auto& r : all.rows) {
    auto it = before.find(r.id);
    if (it == before.end() || r.mark == 0 || it->second.mark != r.mark)
      continue;
    count(it->second.what, 1);
    known_.emplace(r.id, std::move(it->second));
  }
}

void work::add(const row& of, hours what) {
  auto [it, fresh] = known_.try_emplace(of.id);
  if (!fresh)
    count(it->second.what, -1);
  count(what, 1);
  it->second = {of.mark, what};
}

const hours* work::find(const std::string& id) const {
  auto it = known_.find(id);
  return it == known_.end() ? nullptr : &it->second.what;
}

const row* work::next(const board& all) {
  while (next_ < all.rows.size() && known_.count(all.rows[next_].id) != 0)
    ++next_;
  return next_ < all.rows.size() ? &all.rows[next_] : nullptr;
}

} // namespace hyakki::ticket_tui
