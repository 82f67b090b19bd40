#pragma once
// LMDB trusts its file: where a copy cut it short or a disk broke it, looking into it can end the process, at every
// start. A program that asks for it ends then with a word instead, and the index is removed, so that the next start
// makes it anew. Nothing is lost with it: it is never the truth.

#include <string>

namespace hyakki::tickets {

/// For a program's main, once: takes SIGSEGV, SIGBUS and SIGABRT for as long as an index is open, and ends with exit
/// code 1 then. At other times they do what they did.
void guard_index();

/// The index that is open, of which there is one at most. Inner to the room; async-signal-safe to look at.
class guarded_index {
public:
  guarded_index(int folder, const std::string& name);
  ~guarded_index();
  guarded_index(const guarded_index&) = delete;
  guarded_index& operator=(const guarded_index&) = delete;

  /// What a fault does; for LMDB's own assertions too.
  [[noreturn]] static void end();
};

} // namespace hyakki::tickets
