// The child of the crash tests: crash_child <state directory> <batches, 0 = for ever>.
//
// Commits the plan from where the store stands, and forgets what ended in between. Each acknowledged batch is a line
// "ack N" on stdout (and a note in the disk log); each failure "fail <code> <text>". A failed batch is tried three
// times. Exit codes: 0 all done, 2 a batch failed for good, 3 the store did not open.
#include "storage/lmdb_store.hpp"
#include "tests/storage/crash_plan.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <unistd.h>

using namespace hyakki;

namespace {
void say(const std::string& line) {
  // of disk_faults, where it is preloaded
  using note = void(const char*, std::size_t);
  if (auto* disk_note = reinterpret_cast<note*>(::dlsym(RTLD_DEFAULT, "disk_note")))
    disk_note(line.data(), line.size());
  auto text = line + "\n";
  (void)!::write(STDOUT_FILENO, text.data(), text.size());
}
} // namespace

int main(int argc, char** argv) {
  if (argc != 3)
    return 64;
  lmdb_options o;
  o.path = argv[1];
  o.initial_map = 1 << 20;
  auto s = open_lmdb_store(o);
  if (!s) {
    say("fail " + to_string(s.error()));
    return 3;
  }
  auto at = test::batches_in(**s);
  if (!at) {
    say("fail " + to_string(at.error()));
    return 3;
  }
  test::versions stored;
  for (std::uint64_t b = 1; b <= *at; ++b)
    test::planned_batch(b, stored);
  auto last = std::strtoull(argv[2], nullptr, 10);
  for (auto b = *at + 1; last == 0 || b <= last; ++b) {
    auto batch = test::planned_batch(b, stored);
    auto done = false;
    for (int tries = 0; tries < 3 && !done; ++tries) {
      auto answer = (*s)->commit(batch);
      done = answer.ok();
      if (!done)
        say("fail " + to_string(answer.error()));
      for (std::size_t i = 0; done && i < answer->size(); ++i)
        if (!(*answer)[i]) {
          say("fail " + to_string((*answer)[i].error()));
          return 2;
        }
    }
    if (!done)
      return 2;
    say("ack " + std::to_string(b));
    if (!test::forgets_after(b))
      continue;
    for (int tries = 0; tries < 3; ++tries) {
      auto forgotten = (*s)->forget_events(test::planned_forgetting());
      if (forgotten) {
        say("forgot " + std::to_string(forgotten->events));
        break;
      }
      say("fail " + to_string(forgotten.error()));
    }
  }
  return 0;
}
