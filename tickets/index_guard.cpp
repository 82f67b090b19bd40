#include "tickets/index_guard.hpp"

#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

#include <unistd.h>

namespace hyakki::tickets {
namespace {

std::atomic<int> folder_of{-1};
std::array<char, 256> name_of{};
std::array<char, 256> lock_of{};
bool guards = false;
/// Looking where nothing is, and what the allocator says of bytes that were written where they do not belong.
constexpr std::array<int, 3> faults{SIGSEGV, SIGBUS, SIGABRT};
std::array<struct sigaction, faults.size()> before{};

void on_fault(int number) {
  if (folder_of.load() >= 0)
    guarded_index::end();
  // Not ours: as if nobody had looked, when the same happens again.
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (faults[i] == number)
      ::sigaction(number, &before[i], nullptr);
}

} // namespace

void guard_index() {
  struct sigaction how {};
  how.sa_handler = on_fault;
  for (std::size_t i = 0; i < faults.size(); ++i)
    ::sigaction(faults[i], &how, &before[i]);
  guards = true;
}

guarded_index::guarded_index(int folder, const std::string& name) {
  auto lock = name + "-lock";
  if (!guards || lock.size() >= name_of.size())
    return;
  std::memcpy(name_of.data(), name.c_str(), name.size() + 1);
  std::memcpy(lock_of.data(), lock.c_str(), lock.size() + 1);
  folder_of = folder;
}

guarded_index::~guarded_index() { folder_of = -1; }

void guarded_index::end() {
  constexpr char words[] =
    "tickets: the index was damaged, and is removed: it is made anew by the next command. What is in "
    "the tickets' files is not touched by this. Look whether this command did its work, then run "
    "it again\n";
  auto folder = folder_of.load();
  (void)::unlinkat(folder, name_of.data(), 0);
  (void)::unlinkat(folder, lock_of.data(), 0);
  (void)!::write(STDERR_FILENO, words, sizeof words - 1);
  ::_exit(1);
}

} // namespace hyakki::tickets
