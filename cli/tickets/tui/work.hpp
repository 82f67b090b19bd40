#pragma once
// The hours of each ticket. The index does not know them, so that files are read one by one while nobody waits; what
// was read counts until the file changes. Pure bookkeeping.

#include "cli/tickets/tui/board.hpp"

#include <optional>
#include <string>
#include <unordered_map>

namespace hyakki::ticket_tui {

/// Of one ticket, as it was read at a time.
struct hours {
  double logged = 0; ///< running clocks up to then
  std::optional<double> estimated;
  std::size_t running = 0; ///< clocks
  wall_ms at = 0;

  /// Running clocks go on without a change of the file.
  double until(wall_ms now) const;
};

class work {
public:
  /// Forgets what does not belong to these files any more.
  void keep(const board& all);
  void add(const row& of, hours what);
  const hours* find(const std::string& id) const;

  /// The next ticket that was not read yet; nothing when all were.
  const row* next(const board& all);

  std::size_t known() const { return known_.size(); }
  double logged(wall_ms now) const;
  double estimated() const { return estimated_; }
  std::size_t running() const { return running_; }

private:
  struct entry {
    std::uint64_t mark = 0;
    hours what;
  };
  void count(const hours& h, double sign);
  std::unordered_map<std::string, entry> known_;
  std::size_t next_ = 0; ///< place in the rows: all before are known
  double logged_ = 0;    ///< had every running clock begun at the epoch
  double estimated_ = 0;
  std::size_t running_ = 0;
};

} // namespace hyakki::ticket_tui
