#pragma once
// A directory of a test's own, gone when the test ends. Made under $TMPDIR or /tmp.

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace hyakki::test {

class scratch_dir {
public:
  scratch_dir() {
    auto* base = std::getenv("TMPDIR");
    path_ = std::string{base != nullptr ? base : "/tmp"} + "/hyakki-XXXXXX";
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
