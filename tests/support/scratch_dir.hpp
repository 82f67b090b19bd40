#pragma once
// A directory of a test's own, gone when the test ends. Made under $TMPDIR or /tmp; or in memory where there is
// such a place, for a test that syncs a thousand times and asks nothing of the disk.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace hyakki::test {

class scratch_dir {
public:
  enum class on { disk, memory };

  explicit scratch_dir(on where = on::disk) {
    auto* base = std::getenv("TMPDIR");
    path_ = base != nullptr ? base : "/tmp";
    if (where == on::memory && std::filesystem::is_directory("/dev/shm"))
      path_ = "/dev/shm";
    path_ += "/hyakki-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr)
      throw std::runtime_error{"no scratch directory at " + path_};
  }
  ~scratch_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_dir(const scratch_dir&) = delete;
  scratch_dir& operator=(const scratch_dir&) = delete;

  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

} // namespace hyakki::test
