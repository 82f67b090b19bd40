#include "actors/hook_bus.hpp"

#include "actors/failure.hpp"

#include <chrono>

namespace hyakki {

hook_bus_actor::behavior_type hook_bus(hook_bus_actor::stateful_pointer<hook_bus_state> self, plugin what,
                                       const store* memory, const clock* time, const telling_end* end,
                                       std::shared_ptr<logger> log, store_writer_actor writer) {
  auto keep = [=](const std::string& name, std::uint64_t seq) {
    self->request(writer, std::chrono::seconds{60}, atom::cursor::value, name, seq)
      .then([](atom::ok_atom) {},
            [=](caf::error& e) { // told once more after the next start
              log->warning("a plugin's place in the event log cannot be stored", {},
                           {{"plugin", name}, {"error", to_string(from_caf(e))}});
            });
  };
  self->state.reader = std::make_unique<event_reader>(std::move(what), *memory, *time, *end, log, keep);
  return {
    [=](atom::nudge) { self->state.reader->catch_up(); },
    [=](atom::idle) {
      self->state.reader->catch_up();
      return atom::ok_atom::value;
    },
  };
}

} // namespace hyakki
