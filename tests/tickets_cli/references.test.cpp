// Records that name each other: what goes with a ticket, and what is counted to an epic.

#include "tests/tickets_cli/cli_tickets_world.hpp"

using namespace hyakki::test;
