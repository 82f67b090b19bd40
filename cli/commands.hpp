#pragma once
// One function a command: parse was done, so call and print. Each returns the process's exit code.
//
// Commands that only look, and the words that leave a request, start no actors and link none. `run`, `check` and
// `pr` need the engine: in the lean program `delegate.cpp` hands them to hyakki-engine.

#include "cli/invocation.hpp"

namespace hyakki::cli {

int run_init(const invocation& i);
int run_status(const invocation& i);
int run_show(const invocation& i);
int run_log(const invocation& i);
int run_request(const invocation& i); ///< cancel and retry
int run_version(const invocation& i);

/// run, check, pr …: what the engine does. `argv` is the command line as it was given.
int run_engine(const invocation& i, char** argv);

} // namespace hyakki::cli
