#pragma once
// The folder for what can be made again: `.git/hyakki-tickets` beside the store, or `.tickets/.cache`. Inner header.

#include "tickets/directory.hpp"

#include <string>

namespace hyakki::tickets {

/// Opens it, or makes it; `not_found` with `make` false. Never through a link.
result<directory> cache_folder(const directory& root, bool make);

/// What tells this start of the machine from every other: 32 hex digits. Empty where the kernel does not say.
std::string boot_id();

} // namespace hyakki::tickets
