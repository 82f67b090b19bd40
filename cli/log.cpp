// hyakki log KEY: what the coding agent printed, run by run; -f goes on until the story rests.
//
// Follows the transcript by reading what was appended. Files are only read; a missing one is a run that has not
// printed yet.

#include "cli/commands.hpp"
#include "cli/open.hpp"
#include "cli/text.hpp"
#include "cli/transcript.hpp"
#include "runtime/orchestrator.hpp"

#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace hyakki::cli {
namespace {

constexpr auto look_again = std::chrono::milliseconds{150};
constexpr std::size_t longest_line = 8u << 20;

/// Reads a growing file line by line.
class tail {
public:
  tail(std::string path, bool raw) : path_(std::move(path)), raw_(raw) {}
  tail(const tail&) = delete;
  tail& operator=(const tail&) = delete;
  ~tail() {
    if (fd_ >= 0)
      ::close(fd_);
  }

  /// Prints what is there now. False when there is no such file.
  bool pump() {
    if (fd_ < 0)
      fd_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0)
      return false;
    char buffer[1 << 16];
    for (;;) {
      auto n = ::read(fd_, buffer, sizeof buffer);
      if (n < 0 && errno == EINTR)
        continue;
      if (n <= 0)
        return true;
      take({buffer, static_cast<std::size_t>(n)});
    }
  }
  /// Prints a last line that has no newline.
  void finish() {
    if (!rest_.empty())
      print(rest_);
    rest_.clear();
  }

private:
  void take(std::string_view bytes) {
    while (!bytes.empty()) {
      auto end = bytes.find('\n');
      if (rest_.size() < longest_line)
        rest_.append(bytes.substr(0, end));
      if (end == std::string_view::npos)
        return;
      print(rest_);
      rest_.clear();
      bytes.remove_prefix(end + 1);
    }
  }
  void print(const std::string& line) const {
    if (raw_)
      return put(line + "\n");
    for (auto& one : readable(line))
      put(one + "\n");
  }

  std::string path_;
  bool raw_;
  int fd_ = -1;
  std::string rest_;
};

const run* run_numbered(const story_record& r, std::uint32_t n) {
  for (auto& one : r.runs)
    if (one.number == n)
      return &one;
  return nullptr;
}

void say_run(const run& one) {
  auto line = "-- run " + std::to_string(one.number) + ", " + std::string{to_string(one.role)} + ", began " +
              date_time(one.started_ms) + " --\n";
  std::fputs(line.c_str(), stderr);
}

int follow(const view& v, story_record r, const invocation& i) {
  auto next = i.run != 0 ? i.run : r.runs.empty() ? 1 : r.runs.back().number;
  auto id = r.id();
  for (;;) {
    if (auto one = run_numbered(r, next)) {
      say_run(*one);
      auto file = tail{transcript_path(v.state, id, next), i.raw};
      for (bool ended = false; !ended;) {
        // Look at the record first, then read: what was printed before the end was known is not missed.
        auto now = v.memory->find(id);
        if (!now)
          return fail(now.error());
        if (!*now)
          return exit_failed;
        r = std::move(**now);
        auto running = run_numbered(r, next);
        ended = running == nullptr || running->outcome != run_outcome::running;
        file.pump();
        if (!ended)
          std::this_thread::sleep_for(look_again);
      }
      file.finish();
      ++next;
      continue;
    }
    if (is_final(r.at) || r.at == state::parked || i.run != 0) {
      auto line = "-- the story is " + std::string{to_string(r.at)} + " --\n";
      std::fputs(line.c_str(), stderr);
      return exit_done;
    }
    std::this_thread::sleep_for(look_again);
    auto now = v.memory->find(id);
    if (!now)
      return fail(now.error());
    if (!*now)
      return exit_failed;
    r = std::move(**now);
  }
}

} // namespace

int run_log(const invocation& i) {
  auto at = open_view(i);
  if (!at.ok)
    return at.exit;
  auto r = find_story(at.seen, i.key);
  if (!r)
    return fail(r.error());
  if (i.follow)
    return follow(at.seen, std::move(*r), i);
  if (r->runs.empty()) {
    complain("the coding agent has not run on " + r->id() + " yet (it is " + std::string{to_string(r->at)} + ")");
    return exit_failed;
  }
  auto one = i.run == 0 ? &r->runs.back() : run_numbered(*r, i.run);
  if (one == nullptr) {
    complain("there is no run " + std::to_string(i.run) + "; the last one is " + std::to_string(r->runs.back().number));
    return exit_failed;
  }
  auto path = transcript_path(at.seen.state, r->id(), one->number);
  auto file = tail{path, i.raw};
  if (!file.pump()) {
    complain("run " + std::to_string(one->number) + " left no transcript: " + path + ": " + std::strerror(errno));
    return exit_failed;
  }
  file.finish();
  return exit_done;
}

} // namespace hyakki::cli
