#pragma once
// A store's report: reads every record once, keeps none.

#include "core/clock.hpp"
#include "core/error.hpp"
#include "tickets/report/report.hpp"
#include "tickets/store.hpp"

#include <string>
#include <vector>

namespace hyakki::tickets {

/// `project` and `branch` are the caller's words; `vcs` is found beside the store. Files that cannot be read are
/// counted, their errors go to `unreadable` when it is given; they never hide the others.
result<report> read_report(const ticket_store& store, const std::string& project, const std::string& branch,
                           wall_ms now, std::vector<std::string>* unreadable = nullptr);

} // namespace hyakki::tickets
