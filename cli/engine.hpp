#pragma once
// The commands that need the engine: they run stories, or speak with trackers and code hosts.

#include "cli/invocation.hpp"

namespace hyakki {
struct http_hold;
}

namespace hyakki::cli {

int run_stories(const invocation& i);
int run_check(const invocation& i);
int run_pull_requests(const invocation& i);

/// Says on stderr that a service makes the command wait.
void say_hold(const http_hold& hold);

} // namespace hyakki::cli
