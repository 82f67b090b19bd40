#include "hooks/event_reader.hpp"

#include <exception>

namespace hyakki {
namespace {
constexpr std::size_t events_at_once = 256;
}

event_reader::event_reader(plugin p, const store& memory, std::shared_ptr<logger> log,
                           std::function<void(const std::string&, std::uint64_t)> keep)
  : plugin_(std::move(p)), memory_(memory), log_(std::move(log)), keep_(std::move(keep)) {}

void event_reader::tell(const event& e) {
  std::string failed;
  try {
    if (auto told = plugin_.tell(e); !told)
      failed = to_string(told.error());
  } catch (const std::exception& x) {
    failed = x.what();
  } catch (...) {
    failed = "threw something that is no exception";
  }
  if (!failed.empty())
    log_->warning("a plugin failed at an event", {e.story, {}},
                  {{"plugin", plugin_.name}, {"event", to_string(e.kind)}, {"error", failed}});
}

std::size_t event_reader::catch_up() {
  if (!known_) {
    auto stored = memory_.cursor(plugin_.name);
    if (!stored) {
      log_->warning("a plugin's place in the event log cannot be read", {},
                    {{"plugin", plugin_.name}, {"error", to_string(stored.error())}});
      return 0;
    }
    at_ = *stored;
    known_ = true;
  }
  std::size_t told = 0;
  for (;;) {
    auto batch = memory_.events_after(at_, events_at_once);
    if (!batch) {
      log_->warning("the event log cannot be read", {},
                    {{"plugin", plugin_.name}, {"error", to_string(batch.error())}});
      return told;
    }
    if (batch->empty())
      return told;
    for (auto& e : *batch) {
      tell(e);
      at_ = e.seq;
      ++told;
    }
    keep_(plugin_.name, at_);
  }
}

} // namespace hyakki
