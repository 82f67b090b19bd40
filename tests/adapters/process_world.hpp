#pragma once
// The vocabulary of tests around real children: a door, the test child, and what can be seen of processes.

#include "adapters/process.hpp"
#include "adapters/process/process_table.hpp"

#include <poll.h>
extern "C" {
#include <sys/pidfd.h> // glibc 2.36 forgot to declare these for C++
}
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <dirent.h>
#include <mutex>
#include <string>
#include <vector>

namespace hyakki::test {

using namespace std::chrono_literals;

/// What one child did, waited for from the test's thread.
class witness {
public:
  process_handlers handlers() {
    process_handlers h;
    h.on_lines = [this](std::vector<output_line> lines) {
      std::lock_guard guard{mutex_};
      for (auto& line : lines)
        lines_.push_back(std::move(line));
      changed_.notify_all();
    };
    h.on_exit = [this](exit_status s) {
      std::lock_guard guard{mutex_};
      status_ = std::move(s);
      ++exits_;
      changed_.notify_all();
    };
    return h;
  }

  /// False when the end does not come within half a minute.
  bool ends() {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [this] { return exits_ > 0; });
  }
  bool says(const std::string& text) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, 30s, [&] {
      return std::any_of(lines_.begin(), lines_.end(), [&](const auto& line) { return line.text == text; });
    });
  }

  exit_status status() {
    std::lock_guard guard{mutex_};
    return status_;
  }
  std::vector<output_line> lines() {
    std::lock_guard guard{mutex_};
    return lines_;
  }
  int exits() {
    std::lock_guard guard{mutex_};
    return exits_;
  }
  /// The pids that the child announced.
  std::vector<pid_t> announced() {
    std::vector<pid_t> pids;
    for (const auto& line : lines())
      if (line.text.rfind("pid ", 0) == 0)
        pids.push_back(std::atoi(line.text.c_str() + 4));
    return pids;
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<output_line> lines_;
  exit_status status_;
  int exits_ = 0;
};

inline process_spec child_spec(std::vector<std::string> words, std::string mark = {}) {
  process_spec spec;
  spec.argv = {TEST_CHILD};
  spec.argv.insert(spec.argv.end(), words.begin(), words.end());
  spec.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LANG=C"};
  spec.directory = "/tmp";
  spec.mark = std::move(mark);
  spec.limits.grace = 200ms;
  return spec;
}

/// A mark that no other test process uses.
inline std::string own_mark(const std::string& name) { return "test-" + std::to_string(::getpid()) + "/" + name; }

inline bool is_alive(pid_t pid) {
  auto p = look_at(pid);
  return p && !p->is_dead();
}

/// Waits for the end of a process that may be anybody's child.
inline bool dies(pid_t pid) {
  auto fd = ::pidfd_open(pid, 0);
  if (fd < 0)
    return true;
  pollfd waiting{fd, POLLIN, 0};
  auto n = ::poll(&waiting, 1, 30000);
  ::close(fd);
  return n == 1;
}

inline std::size_t entries_of(const char* path) {
  std::size_t n = 0;
  auto* folder = ::opendir(path);
  while (folder && ::readdir(folder))
    ++n;
  if (folder)
    ::closedir(folder);
  return n;
}
inline std::size_t open_descriptors() { return entries_of("/proc/self/fd"); }
inline std::size_t threads() { return entries_of("/proc/self/task"); }

} // namespace hyakki::test
