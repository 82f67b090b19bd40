#pragma once
// The tracker that lives in the repository: `.tickets/`, in repo-tickets' layout.
//
// Every answer is read from the files as they are now, by way of the index where it is right. An effect is one write of
// one file, durable when the call returns, and repeating it writes nothing. Other processes, repo-tickets among them,
// may work on the same files.

#include "adapters/tracker.hpp"
#include "core/clock.hpp"
#include "core/config.hpp"
#include "tickets/store.hpp"

#include <memory>
#include <string>

namespace hyakki {

/// `config.path` has (or is) a .tickets directory. `clock` must outlive the tracker. Failing is left to the calls:
/// a directory that is not there yet is `bad_config` from each of them, and none of it when it has come.
/// `told_file` is where it keeps the picture of what it told of changes; without one it tells of none. One tracker for
/// a file; the folder belongs to one engine.
std::unique_ptr<tracker> make_tickets_tracker(const tracker_config& config, const clock& clock,
                                              tickets::store_options options = {}, std::string told_file = {});

} // namespace hyakki
