#include "storage/schema.hpp"

namespace hyakki {

const std::vector<migration>& migrations() {
  // Version 1 is the first. A step, once released, is never changed: stores of every version are still out there.
  static const std::vector<migration> steps{
    // New states, moves, roles and codes: what is there reads as before, but an older build could not read on.
    {1, "rework and withdrawal", [](MDB_txn*) {}},
    {2, "events of tickets", [](MDB_txn*) {}},
  };
  return steps;
}

result<std::vector<migration>> plan_migration(const std::string& where, std::uint32_t found, std::uint32_t wanted,
                                              const std::vector<migration>& steps) {
  if (found > wanted)
    return {ec::rejected,
            "the store " + where + " has schema version " + std::to_string(found) +
              ", this hyakki reads up to version " + std::to_string(wanted) +
              ": it was written by a newer one. Upgrade hyakki, or set storage.path to another directory"};
  std::vector<migration> way;
  for (auto at = found; at < wanted; ++at) {
    const migration* step = nullptr;
    for (auto& s : steps)
      if (s.from == at)
        step = &s;
    if (step == nullptr)
      return {ec::rejected, "the store " + where + " has schema version " + std::to_string(found) +
                              ", and this hyakki knows no way from version " + std::to_string(at) + " to " +
                              std::to_string(at + 1) + ": upgrade with a version in between first"};
    way.push_back(*step);
  }
  return way;
}

} // namespace hyakki
