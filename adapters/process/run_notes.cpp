#include "adapters/process/run_notes.hpp"

#include "adapters/process/process_table.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <climits>
#include <cstdlib>
#include <ctime>
#include <string_view>

namespace hyakki {

namespace {

/// No slot crosses a page, so a write is there as a whole or not at all when we are killed in it.
constexpr std::size_t slot_bytes = 512;
constexpr std::size_t most_slots = 4096;
/// Whoever was killed holds the file until the kernel has closed all that it had.
constexpr int lock_tries = 200;
constexpr timespec lock_pause{0, 5'000'000};

/// A pid and a start time mean something for one start of the machine and one namespace of pids only. Empty: unknown.
std::string whose_pids() {
  std::array<char, 64> boot{}, space{};
  unique_fd file{::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)};
  auto n = file ? ::read(file.get(), boot.data(), boot.size()) : 0;
  auto m = ::readlink("/proc/self/ns/pid", space.data(), space.size());
  if (n < 36 || m <= 0)
    return {};
  return "hyakki runs 1 " + std::string{boot.data(), 36} + " " + std::string{space.data(), static_cast<std::size_t>(m)};
}

std::string resolved(const std::string& directory) {
  std::array<char, PATH_MAX> real;
  return !directory.empty() && ::realpath(directory.c_str(), real.data()) ? std::string{real.data()} : std::string{};
}

/// "leader started out err directory"
std::string to_text(const noted_run& r) {
  auto text = std::to_string(r.leader) + " " + std::to_string(r.started) + " " + std::to_string(r.pipes.out) + " " +
              std::to_string(r.pipes.err) + " ";
  if (text.size() + r.directory.size() < slot_bytes)
    text += r.directory; // of a longer one the rest of the note tells enough
  return text;
}

template <class Number>
bool take(std::string_view& text, Number& into) {
  auto word = text.substr(0, text.find(' '));
  auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), into);
  if (failed != std::errc{} || end != word.data() + word.size() || word.size() == text.size())
    return false;
  text.remove_prefix(word.size() + 1);
  return true;
}

std::optional<noted_run> from_text(std::string_view text) {
  noted_run r;
  if (!take(text, r.leader) || !take(text, r.started) || !take(text, r.pipes.out) || !take(text, r.pipes.err))
    return std::nullopt;
  if (r.leader < 0 || r.leader == 1 || (!text.empty() && text.front() != '/'))
    return std::nullopt;
  r.directory = text;
  return r;
}

bool write_at(int fd, std::size_t slot, const std::string& text) {
  auto size = text.size() + 1; // with the NUL that ends it
  return ::pwrite(fd, text.c_str(), size, static_cast<off_t>(slot * slot_bytes)) == static_cast<ssize_t>(size);
}

unique_fd open_alone(const std::string& path) {
  unique_fd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600)};
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) != 0 || !S_ISREG(s.st_mode))
    return {};
  for (int tries = 0; ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++tries) {
    if (errno != EWOULDBLOCK || tries == lock_tries)
      return {};
    ::nanosleep(&lock_pause, nullptr);
  }
  return fd;
}

} // namespace

std::uint64_t ticks_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  static const auto a_second = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
  return static_cast<std::uint64_t>(now.tv_sec) * a_second +
         static_cast<std::uint64_t>(now.tv_nsec) * a_second / 1'000'000'000;
}

run_notes::run_notes(const std::string& path) {
  auto head = whose_pids();
  auto file = path.empty() || head.empty() ? unique_fd{} : open_alone(path);
  if (!file)
    return;
  std::string text((most_slots + 1) * slot_bytes, '\0');
  std::size_t have = 0;
  while (have < text.size()) {
    auto n = ::pread(file.get(), text.data() + have, text.size() - have, static_cast<off_t>(have));
    if (n <= 0)
      break;
    have += static_cast<std::size_t>(n);
  }
  if (text.compare(0, head.size() + 1, head.c_str(), head.size() + 1) != 0) {
    // Of another start of the machine: whoever has those pids now is somebody else.
    if (::ftruncate(file.get(), 0) != 0 || !write_at(file.get(), 0, head))
      return;
    have = 0;
  }
  for (std::size_t at = 1; at * slot_bytes < have; ++at) {
    auto said = text.substr(at * slot_bytes, slot_bytes);
    if (auto run = from_text(said.substr(0, said.find('\0')))) {
      earlier_.push_back(*std::move(run));
      earlier_slots_.push_back(at);
    } else {
      free_.push_back(at);
    }
    slots_ = at;
  }
  std::reverse(free_.begin(), free_.end()); // the first ones first
  file_ = std::move(file);
}

void run_notes::forget_earlier() {
  for (auto at : earlier_slots_)
    remove(at);
  earlier_.clear();
  earlier_slots_.clear();
}

std::optional<run_notes::slot> run_notes::add(const std::string& directory, run_pipes pipes) {
  if (!file_)
    return std::nullopt;
  if (free_.empty()) {
    if (slots_ == most_slots)
      return std::nullopt;
    free_.push_back(++slots_); // slot 0 is the head
  }
  auto at = free_.back();
  begun_ = {0, ticks_now(), pipes, resolved(directory)};
  if (!write_at(file_.get(), at, to_text(begun_)))
    return std::nullopt;
  free_.pop_back();
  return at;
}

void run_notes::complete(slot at, pid_t leader) {
  // It is not reaped yet, so it is there to be looked at, if only as a zombie.
  auto seen = look_at(leader);
  if (!seen)
    return;
  begun_.leader = leader;
  begun_.started = seen->started;
  write_at(file_.get(), at, to_text(begun_));
}

void run_notes::remove(slot at) {
  // A note that cannot be taken back names processes that are gone: it costs a slot until the next life.
  if (write_at(file_.get(), at, {}))
    free_.push_back(at);
}

} // namespace hyakki
