#pragma once
// The screen at work: waits for keys, signals and changes of the store, and does what the state asks for.

#include "cli/tickets/command.hpp"

namespace hyakki::ticket_tui {

/// Runs until the person quits. Returns the exit code; a signal that ends it ends the process, once the terminal is as
/// it was.
int run_screen(const ticket_cli::call& asked);

} // namespace hyakki::ticket_tui
