#pragma once
// A store that forgets everything when it ends: for tests, and for a dry run.
//
// Keeps the contract of storage/store.hpp, versions and order included, but for durability. Safe to use from any
// thread; a visitor is called without a lock held.

#include "storage/store.hpp"

#include <memory>

namespace hyakki {

std::unique_ptr<store> make_memory_store();

} // namespace hyakki
