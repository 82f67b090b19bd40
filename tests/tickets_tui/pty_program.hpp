#pragma once
// A program on a pseudo terminal of its own: what it shows, what it is typed, how it ends.

#include "tests/tickets_tui/screen_of.hpp"

#include <catch2/catch.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace hyakki::test {

class pty_program {
public:
  pty_program(const std::vector<std::string>& argv, const std::vector<std::string>& environment,
              const std::string& directory, int columns = 100, int rows = 30)
    : screen(columns, rows) {
    master_ = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    REQUIRE(master_ >= 0);
    REQUIRE(::grantpt(master_) == 0);
    REQUIRE(::unlockpt(master_) == 0);
    auto name = std::string{::ptsname(master_)};
    slave_ = ::open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC); // kept: its modes are looked at in the end
    REQUIRE(slave_ >= 0);
    set_size(columns, rows);
    REQUIRE(::tcgetattr(slave_, &before_) == 0);
    auto words = pointers(argv), variables = pointers(environment);
    child_ = ::fork();
    REQUIRE(child_ >= 0);
    if (child_ == 0) {
      ::setsid();
      auto fd = ::open(name.c_str(), O_RDWR);
      ::ioctl(fd, TIOCSCTTY, 0);
      for (int to : {0, 1, 2})
        ::dup2(fd, to);
      if (fd > 2)
        ::close(fd);
      if (::chdir(directory.c_str()) == 0)
        ::execve(words[0], words.data(), variables.data());
      ::_exit(127);
    }
  }
  ~pty_program() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
    ::close(slave_);
    ::close(master_);
  }
  pty_program(const pty_program&) = delete;
  pty_program& operator=(const pty_program&) = delete;

  void type(std::string_view keys) {
    while (!keys.empty()) {
      auto n = ::write(master_, keys.data(), keys.size());
      REQUIRE(n > 0);
      keys.remove_prefix(static_cast<std::size_t>(n));
    }
  }

  /// Until the screen says so; false when it never does.
  template <class F>
  bool until(F&& says) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!says()) {
      if (std::chrono::steady_clock::now() > end || !take())
        return says();
    }
    return true;
  }
  bool shows(const std::string& part) {
    auto seen = until([&] { return screen.text().find(part) != std::string::npos; });
    if (!seen)
      UNSCOPED_INFO("\"" << part << "\" is not on the screen:\n" << screen.text());
    return seen;
  }
  bool hides(const std::string& part) {
    return until([&] { return screen.text().find(part) == std::string::npos; });
  }

  void resize(int columns, int rows) {
    screen.resize(columns, rows);
    set_size(columns, rows);
  }
  void signal(int number) { ::kill(child_, number); }

  /// Its status, once it has ended.
  int ended() {
    int status = -1;
    until([&] {
      auto gone = ::waitpid(child_, &status, WNOHANG) == child_;
      if (gone)
        child_ = -1;
      return gone;
    });
    REQUIRE(child_ == -1);
    while (take(0)) {
    }
    return status;
  }
  /// Modes as they were, and the screen given back.
  bool restored() const {
    termios now{};
    return ::tcgetattr(slave_, &now) == 0 && now.c_lflag == before_.c_lflag && now.c_iflag == before_.c_iflag &&
           now.c_oflag == before_.c_oflag && now.c_cflag == before_.c_cflag && !screen.full_screen();
  }

  xterm_screen screen;
  std::string bytes; ///< all that came out

private:
  static std::vector<char*> pointers(const std::vector<std::string>& all) {
    auto out = std::vector<char*>{};
    for (auto& one : all)
      out.push_back(const_cast<char*>(one.c_str()));
    out.push_back(nullptr);
    return out;
  }
  void set_size(int columns, int rows) {
    auto size = winsize{};
    size.ws_col = static_cast<unsigned short>(columns);
    size.ws_row = static_cast<unsigned short>(rows);
    REQUIRE(::ioctl(master_, TIOCSWINSZ, &size) == 0);
  }
  /// Takes in what there is, or waits for it a moment; false when nothing came and `wait` is 0, or nothing ever will.
  bool take(int wait = 50) {
    auto one = pollfd{master_, POLLIN, 0};
    if (::poll(&one, 1, wait) <= 0)
      return wait != 0;
    char part[4096];
    auto n = ::read(master_, part, sizeof part);
    if (n <= 0)
      return false;
    bytes.append(part, static_cast<std::size_t>(n));
    screen.feed({part, static_cast<std::size_t>(n)});
    return true;
  }

  int master_ = -1, slave_ = -1;
  pid_t child_ = -1;
  termios before_{};
};

} // namespace hyakki::test
