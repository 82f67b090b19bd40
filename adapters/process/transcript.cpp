#include "adapters/process/transcript.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <system_error>
#include <unistd.h>

namespace hyakki {
namespace {
constexpr std::size_t flush_at = 32 * 1024;
}

transcript::transcript(std::string path, const clock& time, redactor hide, std::uint64_t most_bytes)
  : time_(time), hide_(std::move(hide)), left_(most_bytes) {
  std::error_code made;
  auto parent = std::filesystem::path{path}.parent_path();
  std::filesystem::create_directories(parent, made);
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file_ < 0)
    failure_ = "cannot write the transcript " + path + ": " + std::strerror(errno);
}

transcript::~transcript() {
  flush();
  if (file_ >= 0)
    ::close(file_);
}

void transcript::write(const output_line& line) {
  if (file_ < 0 || left_ == 0)
    return;
  auto text = hide_(line.text);
  for (auto& c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f)
      c = ' ';
  if (line.cut)
    text += " [line cut]";
  auto whole = std::to_string(time_.now()) + (line.from_stderr ? " e " : " o ") + text + "\n";
  if (whole.size() > left_) {
    buffer_ += std::to_string(time_.now()) + " e [the transcript is full; the rest is left out]\n";
    left_ = 0;
    return;
  }
  left_ -= whole.size();
  buffer_ += whole;
  if (buffer_.size() >= flush_at)
    flush();
}

void transcript::flush() {
  std::size_t done = 0;
  while (file_ >= 0 && done < buffer_.size()) {
    auto n = ::write(file_, buffer_.data() + done, buffer_.size() - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) { // a full disk must not end a run: the transcript stops here
      failure_ = std::string{"cannot write the transcript: "} + std::strerror(errno);
      left_ = 0;
      break;
    }
    done += static_cast<std::size_t>(n);
  }
  buffer_.clear();
}

} // namespace hyakki
