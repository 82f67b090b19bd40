#pragma once
// Reads the event log for one plugin, from its cursor, and tells it. Free of actors.
//
// At least once: the cursor is moved after the plugin was told, and a cursor that could not be stored is only a
// repeat after the next start. It is kept after each piece of the log, at the end, and where telling is slow once a
// second. A failing plugin is logged and the log goes on.

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/telling.hpp"
#include "hooks/plugin.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace hyakki {

/// What a plugin was not told yet: from the stored cursor on, as the next start reads it.
result<untold_events> untold(const plugin& p, const store& memory);

class event_reader {
public:
  /// Stores a cursor (its name, seq).
  using keeper = std::function<void(const std::string&, std::uint64_t)>;

  /// `memory`, `time` and `end` outlive the reader.
  event_reader(plugin p, const store& memory, const clock& time, const telling_end& end, std::shared_ptr<logger> log,
               keeper keep);

  /// Tells what is in the log now, as far as the end of the process allows. Returns how many events were told.
  std::size_t catch_up();

  std::uint64_t at() const { return at_; }

private:
  bool know_place();
  bool tell(const event& e);
  bool failed(const event& e, ec code, const std::string& text);
  void keep_place();

  plugin plugin_;
  const store& memory_;
  const clock& time_;
  const telling_end& end_;
  std::shared_ptr<logger> log_;
  keeper keep_;
  std::uint64_t at_ = 0;
  std::uint64_t kept_ = 0;      ///< what was last given to the keeper
  std::uint64_t put_off_ = 0;   ///< an event that failed at the end of an earlier life
  bool known_ = false;          ///< the stored cursor was read
  bool waits_for_next_ = false; ///< nothing more is told in this life
};

} // namespace hyakki
