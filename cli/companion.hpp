#pragma once
// The larger programs that this one becomes for what it does not carry itself: they lie beside it or in libexec.

#include <string>

namespace hyakki::cli {

/// Becomes the program of that name: process id, signals, terminal and exit code are its own then. Returns only when it
/// could not, with what was wrong.
std::string become(const std::string& name, char* const argv[]);

} // namespace hyakki::cli
