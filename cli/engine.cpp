// What hyakki-engine does with the commands that the lean program hands it.

#include "cli/engine.hpp"

#include "cli/commands.hpp"
#include "cli/text.hpp"
#include "runtime/adapters.hpp"

#include <malloc.h>

namespace hyakki::cli {
namespace {

/// Blocks of this size and above are the system's own again when they are freed. Left to itself the C library keeps
/// as much as its largest block was, for each thread that had one: an answer of 14 MB would stay for ever.
constexpr int large_block = 1 << 20;

} // namespace

void say_hold(const http_hold& hold) { complain(to_string(hold)); }

int run_engine(const invocation& i, char**) {
  ::mallopt(M_MMAP_THRESHOLD, large_block);
  switch (i.what) {
  case command::run: return run_stories(i);
  case command::check: return run_check(i);
  default: return run_pull_requests(i);
  }
}

} // namespace hyakki::cli
