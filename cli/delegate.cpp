// Hands what needs actors to hyakki-engine, which lies beside this program or in libexec. The process stays the
// same one: pid, signals, terminal and exit code are the engine's.

#include "cli/commands.hpp"
#include "cli/companion.hpp"
#include "cli/text.hpp"

namespace hyakki::cli {

int run_engine(const invocation&, char** argv) {
  complain(become("hyakki-engine", argv));
  return exit_startup;
}

} // namespace hyakki::cli
