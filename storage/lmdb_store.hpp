#pragma once
// The store on disk: one LMDB file in the state directory. The default keeper.
//
// Every answer comes after the data is on disk (full sync, always). One process owns the directory and writes; any
// number of visitors read, and may leave an operator's request, while it does or when nobody does. A visitor of
// `each` or `each_unfinished` must not call the store. docs/storage.md has the keys and bytes and all failures.

#include "core/error.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace hyakki {

struct lmdb_options {
  /// owner: the daemon; holds the directory's lock, may write everything, makes the store where there is none.
  /// visitor: the command line; reads and posts requests, never takes the lock, makes nothing.
  enum class role : std::uint8_t { owner, visitor };

  std::string path; ///< the state directory
  role as = role::owner;
  std::uint64_t initial_map = 256ull << 20; ///< bytes of address space, not of disk; grows by itself
  std::uint64_t largest_map = 64ull << 30;  ///< where growing ends: `over_budget`
  /// Called once, on the thread that writes, when no later write can succeed before another start: after a failed
  /// sync nobody knows what is on the disk. Says why. Must not call the store.
  std::function<void(const std::string&)> on_give_up;
  unsigned readers = 126; ///< snapshots at one time, over all processes; set by who comes first
};

/// Opens the store. `unavailable`: another process owns it (text has its pid). `not_found`: a visitor came before
/// any owner. `rejected`: written by a newer hyakki, or already open in this process.
result<std::unique_ptr<store>> open_lmdb_store(const lmdb_options& options);

} // namespace hyakki
