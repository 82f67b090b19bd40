#pragma once
// What a host says about how much more it will take, and what follows for the next request to it.
//
// Pure bookkeeping on a monotonic clock that is handed in. A host that said "not before" is left alone until then; a
// host that fails is asked once a second at most, by one call; calls with a spacing go one after the other.

#include "adapters/http_client.hpp"

namespace hyakki {

/// Seconds since the epoch of an HTTP date (all three forms) or of an ISO time in UTC; nothing when it is neither.
std::optional<std::int64_t> parse_http_date(std::string_view text);

/// What one answer says.
struct limit_words {
  http_quota quota;                    ///< `not_before_ms` unused
  std::optional<std::int64_t> wait_ms; ///< come back after this
  bool limited = false;                ///< the call was turned away for coming too often
};
limit_words read_limits(const http_answer& answer, wall_ms now);

class host_gate {
public:
  struct verdict {
    std::int64_t wait_ms = 0; ///< 0 = go now
    bool said_by_host = false;
    bool until_answered = false; ///< a spaced call is under way: ask again when it has ended
  };

  verdict may_send(std::int64_t now, std::int64_t spacing_ms) const;
  void sent(std::int64_t now, std::int64_t spacing_ms);
  void answered(std::int64_t now, std::int64_t spacing_ms);

  void went_well() {
    failing_ = false;
    failures_ = 0;
  }
  void failed(std::int64_t now);
  std::uint32_t failures() const { return failures_; }
  /// The host's word, believed for a day at most.
  void not_before(std::int64_t now, std::int64_t wait_ms);
  std::int64_t closed_until() const { return closed_until_; }

private:
  std::int64_t closed_until_ = 0;
  std::int64_t next_try_ = 0;
  std::int64_t spaced_at_ = 0;
  bool has_spaced_ = false;
  bool failing_ = false;
  std::uint32_t failures_ = 0;
  std::uint32_t spaced_under_way_ = 0;
};

/// min(cap, base·2^(attempt−1)), between half of it and all of it. Attempts count from 1.
std::int64_t http_backoff_ms(const http_retry& limits, std::uint32_t attempt, std::uint64_t random);

} // namespace hyakki
