#pragma once
// What the agent printed in one run, line by line, in a file that `hyakki log` follows.
//
// One line of the file is `<wall ms> <o|e> <text>`, redacted, without control characters but tab. The file is
// bounded: past the bound one last line says so. Used from one thread at a time.

#include "adapters/process.hpp"
#include "core/clock.hpp"
#include "core/redact.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace hyakki {

class transcript {
public:
  /// Opens (and makes, 0600) `path` for appending. A file that cannot be opened is said by `failure` and the
  /// run goes on without it.
  transcript(std::string path, const clock& time, redactor hide, std::uint64_t most_bytes);
  ~transcript();
  transcript(const transcript&) = delete;
  transcript& operator=(const transcript&) = delete;

  void write(const output_line& line);
  /// Hands what is buffered to the operating system.
  void flush();
  const std::string& failure() const { return failure_; }

private:
  int file_ = -1;
  const clock& time_;
  redactor hide_;
  std::uint64_t left_;
  std::string buffer_;
  std::string failure_;
};

} // namespace hyakki
