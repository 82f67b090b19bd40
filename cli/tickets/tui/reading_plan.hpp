#pragma once
// When the store is read anew: as soon as somebody waits for it, soon when others change it, now and then in any case,
// and never while somebody types. A large store costs a moment to read, so that how often follows from how long the
// last reading took. Pure: the time is handed in.

#include <chrono>

namespace hyakki::ticket_tui {

class reading_plan {
public:
  using moment = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// A key was pressed.
  void typed(moment now) { last_key_ = now; }
  /// Somebody waits for a reading: once typing pauses, or as soon as the screen shows what was done.
  void want_later() { wanted_ = true; }
  void want_now() {
    wanted_ = true;
    last_key_ = {};
  }

  /// What is to be done now.
  enum class step : unsigned char { nothing, look, read };
  /// `look`: at the folders; then `read` when they have changed and `may_follow`.
  step due(moment now);
  bool may_follow(moment now) const { return now >= rested_; }
  /// A reading has ended, and took so long.
  void done(moment now, duration cost);

  /// When to ask again at the latest.
  moment next() const;
  bool wanted() const { return wanted_; }

private:
  moment last_key_, next_look_, next_read_;
  moment rested_; ///< from then on a change of the folders is worth another reading
  bool wanted_ = false;
};

} // namespace hyakki::ticket_tui
