// What hyakki-engine does with the commands that the lean program hands it.

#include "cli/engine.hpp"

#include "cli/commands.hpp"

namespace hyakki::cli {

int run_engine(const invocation& i, char**) {
  switch (i.what) {
  case command::run: return run_stories(i);
  case command::check: return run_check(i);
  default: return run_pull_requests(i);
  }
}

} // namespace hyakki::cli
