#pragma once
// The connections to one origin: those that carry a call, and those that wait for the next one. Lives on the loop.

#include "adapters/http/connection.hpp"

#include <vector>

namespace hyakki {

class connection_pool {
public:
  using clock = connection::clock;

  /// The idle connection that was used last and is still good; null when there is none.
  std::shared_ptr<connection> take_idle(clock::time_point not_idle_since);
  /// May another one be opened?
  bool has_room(std::size_t most) const { return open_ < most; }
  void add(const std::shared_ptr<connection>& c);
  /// The call is over: keeps the connection for the next one, or closes it.
  void give_back(const std::shared_ptr<connection>& c, bool keep);
  void close_idle(clock::time_point not_idle_since);
  void close_all();
  /// When the one that waits longest began to; max when none does.
  clock::time_point oldest_idle() const;

private:
  std::vector<std::shared_ptr<connection>> idle_; ///< the last is the youngest
  std::vector<std::shared_ptr<connection>> busy_;
  std::size_t open_ = 0;
};

} // namespace hyakki
