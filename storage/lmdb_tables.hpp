#pragma once
// The tables of the store, by their place. Internal to storage/.
//
// storage/lmdb_open.cpp opens them, in this order; storage/lmdb_store.cpp works on them.

#include "storage/lmdb_env.hpp"
#include "storage/state_lock.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <memory>

namespace hyakki {

enum class table : std::uint8_t { meta, records, texts, unfinished, due, events, story_events, cursors, requests };
inline constexpr const char* table_names[]{"meta",   "records",      "texts",   "unfinished", "due",
                                           "events", "story_events", "cursors", "requests"};

/// The store over an environment whose tables are open. Without a lock it is a visitor's.
std::unique_ptr<store> make_lmdb_store(std::unique_ptr<lmdb_env> env, std::unique_ptr<state_lock> lock);

} // namespace hyakki
