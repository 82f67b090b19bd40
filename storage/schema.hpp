#pragma once
// The version of the tables, and the way from an older one to this.
//
// A store with a newer version is refused: this build cannot know what it would break. An older one is brought up
// by its owner, step by step, in the one transaction that opens it.

#include "core/error.hpp"

#include <lmdb.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

/// The version of the tables that this build reads and writes.
inline constexpr std::uint32_t schema_version = 3;

/// One step: from version `from` to the next one. May throw lmdb_failure.
struct migration {
  std::uint32_t from;
  const char* what;
  void (*run)(MDB_txn*);
};

/// All steps that exist, oldest first.
const std::vector<migration>& migrations();

/// The steps from `found` to `wanted`, in order; `rejected` when there is no way.
result<std::vector<migration>> plan_migration(const std::string& where, std::uint32_t found, std::uint32_t wanted,
                                              const std::vector<migration>& steps);

} // namespace hyakki
