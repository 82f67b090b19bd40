#include "runtime/quiet_note.hpp"

#include <filesystem>
#include <fstream>

namespace hyakki {

void quiet_note::write(std::int64_t until_ms, const std::string& why) {
  if (path_.empty())
    return;
  std::lock_guard guard{one_at_a_time_};
  std::ofstream{path_ + ".new"} << until_ms << "\n" << why << "\n";
  std::error_code failed;
  std::filesystem::rename(path_ + ".new", path_, failed);
}

} // namespace hyakki
