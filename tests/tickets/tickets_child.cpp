// A process of its own for the tests: it works on a ticket directory, and may die at the step it is told.
//
//   tickets_child DIRECTORY ACTION [ARGUMENT...]
//   HYAKKI_DIE_AT=N   end at the N-th step of writing, as kill -9 would

#include "adapters/trackers/tickets.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

#include <unistd.h>

using namespace hyakki;

namespace {

/// Posts its own remarks, those that everybody posts, and labels, on one story.
bool work(tracker& t, const std::string& who, int count) {
  for (int i = 0; i < count; ++i) {
    auto n = std::to_string(i);
    auto done = i % 3 == 0   ? t.post("T-1", {"all:" + n, "by " + who}).ok()
                : i % 3 == 1 ? t.post("T-1", {who + ":" + n, "by " + who}).ok()
                             : t.label(i % 2 ? "T-1" : "T-2", {{"l-" + who + "-" + n}, {"never"}}).ok();
    if (!done)
      return false;
  }
  return true;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3)
    return 2;
  auto config = tracker_config{};
  config.path = argv[1];
  auto action = std::string{argv[2]};
  auto die_at = std::getenv("HYAKKI_DIE_AT");
  auto options = tickets::store_options{};
  if (die_at)
    options.on_step = [left = std::atoi(die_at)](const char*) mutable {
      if (--left == 0)
        ::_exit(77);
    };
  auto clock = manual_clock{1'790'000'000'456};
  auto tracker = make_tickets_tracker(config, clock, options);
  if (action == "post")
    return tracker->post("T-1", {"mark", "said"}) ? 0 : 1;
  if (action == "label")
    return tracker->label("T-1", {{"ai-processing"}, {"gone"}}) ? 0 : 1;
  if (action == "close")
    return tracker->move_to("T-1", "closed") ? 0 : 1;
  if (action == "reopen")
    return tracker->move_to("T-1", "open") ? 0 : 1;
  if (action == "swing" && argc > 3) {
    for (int i = 0; i < std::atoi(argv[3]); ++i)
      if (!tracker->move_to("T-1", i % 2 ? "open" : "closed"))
        return 1;
    return 0;
  }
  if (action == "work" && argc > 4)
    return work(*tracker, argv[3], std::atoi(argv[4])) ? 0 : 1;
  return 2;
}
