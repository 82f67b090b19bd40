#include "runtime/quiet_note.hpp"

#include "core/utf8.hpp"

#include <filesystem>
#include <fstream>

namespace hyakki {
namespace {

constexpr std::size_t most_subjects = 100;

} // namespace

quiet_note::quiet_note(std::string path) : path_(std::move(path)) {
  std::error_code failed;
  if (!path_.empty())
    std::filesystem::remove(path_, failed);
}

void quiet_note::write(const std::string& subject, std::int64_t until_ms, const std::string& why) {
  if (path_.empty())
    return;
  std::lock_guard guard{one_at_a_time_};
  if (until_ms == 0)
    lines_.erase(subject);
  else if (lines_.count(subject) > 0 || lines_.size() < most_subjects)
    lines_[subject] = {until_ms, clean_line(why)};
  std::error_code failed;
  {
    std::ofstream file{path_ + ".new"};
    std::filesystem::permissions(path_ + ".new",
                                 std::filesystem::perms::owner_read | std::filesystem::perms::owner_write, failed);
    for (auto& [of, line] : lines_)
      file << line.first << " " << line.second << "\n";
  }
  std::filesystem::rename(path_ + ".new", path_, failed);
}

} // namespace hyakki
