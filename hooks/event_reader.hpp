#pragma once
// Reads the event log for one plugin, from its cursor, and tells it. Free of actors.
//
// At least once: the cursor is moved after the plugin was told, and a cursor that could not be stored is only a
// repeat after the next start. A failing plugin is logged and the log goes on.

#include "core/log.hpp"
#include "hooks/plugin.hpp"
#include "storage/store.hpp"

#include <functional>
#include <memory>

namespace hyakki {

class event_reader {
public:
  /// `memory` outlives the reader. `keep` stores the cursor (subscriber's name, seq).
  event_reader(plugin p, const store& memory, std::shared_ptr<logger> log,
               std::function<void(const std::string&, std::uint64_t)> keep);

  /// Tells everything that is in the log now. Returns how many events were told.
  std::size_t catch_up();

  std::uint64_t at() const { return at_; }

private:
  void tell(const event& e);

  plugin plugin_;
  const store& memory_;
  std::shared_ptr<logger> log_;
  std::function<void(const std::string&, std::uint64_t)> keep_;
  std::uint64_t at_ = 0;
  bool known_ = false; ///< the stored cursor was read
};

} // namespace hyakki
