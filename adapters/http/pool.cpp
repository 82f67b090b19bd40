#include "adapters/http/pool.hpp"

#include <algorithm>

namespace hyakki {

std::shared_ptr<connection> connection_pool::take_idle(clock::time_point not_idle_since) {
  while (!idle_.empty()) {
    auto c = std::move(idle_.back());
    idle_.pop_back();
    if (c->idle_since >= not_idle_since && c->is_quiet()) {
      busy_.push_back(c);
      return c;
    }
    c->close();
    --open_;
  }
  return nullptr;
}

void connection_pool::add(const std::shared_ptr<connection>& c) {
  busy_.push_back(c);
  ++open_;
}

void connection_pool::give_back(const std::shared_ptr<connection>& c, bool keep) {
  auto at = std::find(busy_.begin(), busy_.end(), c);
  if (at == busy_.end())
    return;
  busy_.erase(at);
  if (keep) {
    c->used = true;
    c->idle_since = clock::now();
    idle_.push_back(c);
    return;
  }
  c->close();
  --open_;
}

void connection_pool::close_idle(clock::time_point not_idle_since) {
  auto good = std::partition(idle_.begin(), idle_.end(), [&](const auto& c) { return c->idle_since < not_idle_since; });
  for (auto c = idle_.begin(); c != good; ++c)
    (*c)->close();
  open_ -= static_cast<std::size_t>(good - idle_.begin());
  idle_.erase(idle_.begin(), good);
  std::sort(idle_.begin(), idle_.end(), [](const auto& a, const auto& b) { return a->idle_since < b->idle_since; });
}

void connection_pool::close_all() {
  close_idle(clock::time_point::max());
  auto busy = std::move(busy_);
  busy_.clear();
  for (const auto& c : busy)
    c->close();
  open_ = 0;
}

connection_pool::clock::time_point connection_pool::oldest_idle() const {
  return idle_.empty() ? clock::time_point::max() : idle_.front()->idle_since;
}

} // namespace hyakki
