#include "hooks/notify.hpp"

#include <algorithm>

namespace hyakki {
namespace {

constexpr std::int64_t oldest_ms = 24 * 3600 * 1000;

/// Events of tickets are told by their own name.
std::optional<notification::kind> of_ticket(event_kind what) {
  switch (what) {
  case event_kind::ticket_created: return notification::kind::ticket_created;
  case event_kind::ticket_changed: return notification::kind::ticket_changed;
  case event_kind::ticket_closed: return notification::kind::ticket_closed;
  case event_kind::ticket_removed: return notification::kind::ticket_removed;
  default: return std::nullopt;
  }
}

} // namespace

std::optional<notification> notification_of(const event& e) {
  notification n;
  n.number = e.seq;
  n.at_ms = e.at_ms;
  n.story = e.story;
  n.title = e.title;
  if (e.kind == event_kind::after_resolve_repo) {
    n.what = notification::kind::started;
    if (auto repo = std::get_if<on_repo>(&e.payload))
      n.repository = repo->repository;
    return n;
  }
  if (e.kind == event_kind::on_success) {
    n.what = notification::kind::succeeded;
    if (auto pull = std::get_if<on_pull>(&e.payload))
      n.pull_request = pull->pull.url;
    return n;
  }
  if (e.kind == event_kind::on_failure) {
    auto why = std::get_if<on_error>(&e.payload);
    if (why == nullptr || !why->final)
      return std::nullopt;
    n.what = notification::kind::failed;
    n.reason = why->text;
    return n;
  }
  if (auto what = of_ticket(e.kind)) {
    n.what = *what;
    if (auto changed = std::get_if<on_ticket>(&e.payload))
      n.fields = changed->fields;
    return n;
  }
  return std::nullopt;
}

plugin make_notifications(const notification_config& c, const std::shared_ptr<notifier>& sink, const clock& time) {
  auto told = [events = c.events, time = &time](const event& e) -> std::optional<notification> {
    auto n = notification_of(e);
    if (!n || time->now() - e.at_ms > oldest_ms ||
        std::find(events.begin(), events.end(), to_string(n->what)) == events.end())
      return std::nullopt;
    return n;
  };
  return {c.name,
          [told, sink](const event& e) -> result<void> {
            auto n = told(e);
            return n ? sink->tell(*n) : result<void>{};
          },
          [told](const event& e) { return told(e).has_value(); }, [sink] { sink->give_up(); }};
}

} // namespace hyakki
