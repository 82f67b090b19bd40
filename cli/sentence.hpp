#pragma once
// An event as a plain sentence: "pull request #1 opened: …". Pure; what strangers wrote is in it as it is.

#include "core/event.hpp"
#include "core/record.hpp"

#include <string>

namespace hyakki::cli {

/// What happened, without the story's name and the time. Never empty.
std::string sentence(const event& e);

/// True when the event says nothing that another event beside it does not say better: left out of live progress.
bool is_noise(const event& e);

/// "2 files, +10 −3"
std::string size_of(std::size_t files, std::uint64_t added, std::uint64_t removed);

/// "12 s, 3 turns, $0.0421, 1200 tokens"
std::string price_of(const run& r);

} // namespace hyakki::cli
