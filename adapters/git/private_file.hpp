#pragma once
// A file that only our user may read, for the length of one git command: how secrets reach git and its helpers.
//
// Mode 0600 in a directory of mode 0700, gone with the object; what a killed process left is swept at the next start.

#include "core/error.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace hyakki {

class private_file {
public:
  private_file() = default;
  /// Makes `directory` (0700) and in it a new file (0600) with this text.
  static result<private_file> make(const std::string& directory, std::string_view text);
  /// Removes what processes that are gone left behind.
  static void sweep(const std::string& directory);
  private_file(private_file&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
  private_file& operator=(private_file&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~private_file();
  /// Empty for an object that was not made.
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

} // namespace hyakki
