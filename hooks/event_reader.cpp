#include "hooks/event_reader.hpp"

#include <algorithm>
#include <exception>

namespace hyakki {
namespace {

constexpr std::size_t events_at_once = 256;
constexpr std::size_t most_counted = 40; ///< pieces of the log
constexpr wall_ms keep_every_ms = 1'000;

/// A cursor of its own for what was put off at an end: no plugin's name has a blank.
std::string put_off_name(const plugin& p) { return p.name + " put off"; }

} // namespace

result<untold_events> untold(const plugin& p, const store& memory) {
  auto at = memory.cursor(p.name);
  if (!at)
    return at.error();
  untold_events out{p.name};
  for (std::size_t n = 0; n < most_counted; ++n) {
    auto batch = memory.events_after(*at, events_at_once);
    if (!batch)
      return batch.error();
    if (batch->empty())
      return out;
    out.count += static_cast<std::size_t>(
      std::count_if(batch->begin(), batch->end(), [&](const event& e) { return !p.wants || p.wants(e); }));
    at = batch->back().seq;
  }
  out.or_more = true;
  return out;
}

event_reader::event_reader(plugin p, const store& memory, const clock& time, const telling_end& end,
                           std::shared_ptr<logger> log, keeper keep)
  : plugin_(std::move(p)), memory_(memory), time_(time), end_(end), log_(std::move(log)), keep_(std::move(keep)) {}

/// False when the event is to be told in the next life.
bool event_reader::tell(const event& e) {
  try {
    auto told = plugin_.tell(e);
    return told || failed(e, told.error().code, to_string(told.error()));
  } catch (const std::exception& x) {
    return failed(e, ec::rejected, x.what());
  } catch (...) {
    return failed(e, ec::rejected, "threw something that is no exception");
  }
}

/// The same: a failure counts as told, but for one at the end. Twice put off is left out as well: nobody gets the same
/// message with every start, and none is kept back for ever behind one that cannot be delivered.
bool event_reader::failed(const event& e, ec code, const std::string& text) {
  bool later = is_told_later(end_.at(), code) && put_off_ != e.seq;
  log_->warning(later ? "a plugin failed at an event while the program ended; it is told of it after the next start"
                      : "a plugin failed at an event",
                {e.story, {}}, {{"plugin", plugin_.name}, {"event", to_string(e.kind)}, {"error", text}});
  if (later)
    keep_(put_off_name(plugin_), e.seq);
  return !later;
}

bool event_reader::know_place() {
  if (known_)
    return true;
  auto at = memory_.cursor(plugin_.name);
  auto put_off = memory_.cursor(put_off_name(plugin_));
  if (!at || !put_off) {
    log_->warning("a plugin's place in the event log cannot be read", {},
                  {{"plugin", plugin_.name}, {"error", to_string(at ? put_off.error() : at.error())}});
    return false;
  }
  at_ = kept_ = *at;
  put_off_ = *put_off;
  return known_ = true;
}

void event_reader::keep_place() {
  if (kept_ != at_)
    keep_(plugin_.name, kept_ = at_);
}

std::size_t event_reader::catch_up() {
  std::size_t told = 0;
  if (waits_for_next_ || !know_place())
    return told;
  for (;;) {
    auto batch = memory_.events_after(at_, events_at_once);
    if (!batch) {
      log_->warning("the event log cannot be read", {},
                    {{"plugin", plugin_.name}, {"error", to_string(batch.error())}});
      return told;
    }
    if (batch->empty())
      return told;
    auto kept_at = time_.now();
    for (auto& e : *batch) {
      waits_for_next_ = !rule_of(end_.at()).begins || !tell(e);
      if (waits_for_next_)
        break;
      at_ = e.seq;
      ++told;
      if (time_.now() - kept_at >= keep_every_ms) {
        keep_place();
        kept_at = time_.now();
      }
    }
    keep_place();
    if (waits_for_next_)
      return told;
  }
}

} // namespace hyakki
