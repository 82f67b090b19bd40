// A child for tests: one program that misbehaves in whichever way it is told to. argv[1] is the mode.
//
// Modes that leave processes behind print their pids first, so that a test can see what became of them.

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <string>
#include <thread>

extern char** environ;

namespace {

void say(const std::string& text) {
  for (std::size_t done = 0; done < text.size();) {
    auto n = ::write(1, text.data() + done, text.size() - done);
    if (n < 0 && errno != EINTR)
      ::_exit(97);
    done += n > 0 ? static_cast<std::size_t>(n) : 0;
  }
}

[[noreturn]] void hang() {
  for (;;)
    ::pause();
}

void ignore_politeness() {
  ::signal(SIGTERM, SIG_IGN);
  ::signal(SIGHUP, SIG_IGN);
  ::signal(SIGINT, SIG_IGN);
}

std::string all_of_stdin() {
  std::string text;
  char piece[65536];
  for (;;) {
    auto n = ::read(0, piece, sizeof piece);
    if (n <= 0)
      return text;
    text.append(piece, static_cast<std::size_t>(n));
  }
}

/// A grandchild that ignores signals, announced by "pid N". With `in_session`, it leaves ours; with `bare`, it
/// forgets its environment by starting the program anew.
void leave_behind(const char* self, bool in_session, bool bare, bool twice, bool hollow = false) {
  int ready[2];
  if (::pipe(ready) != 0)
    ::_exit(96);
  if (::fork() == 0) {
    if (in_session)
      ::setsid();
    if (twice && ::fork() != 0)
      ::_exit(0);
    ignore_politeness();
    say("pid " + std::to_string(::getpid()) + "\n");
    if (bare) {
      // The writing end stays open over the exec; `hold` tells when it runs without an environment.
      auto fd = std::to_string(ready[1]);
      const char* argv[] = {self, "hold", fd.c_str(), nullptr};
      char* none[] = {nullptr};
      ::execve(self, const_cast<char**>(argv), none);
      ::_exit(95);
    }
    if (hollow) { // the first thread ends, and with it what /proc says at first sight
      std::thread{[fd = ready[1]] {
        if (::write(fd, "x", 1) == 1)
          hang();
      }}.detach();
      ::pthread_exit(nullptr);
    }
    if (::write(ready[1], "x", 1) != 1)
      ::_exit(94);
    hang();
  }
  ::close(ready[1]);
  char c = 0;
  if (::read(ready[0], &c, 1) != 1)
    ::_exit(93);
  if (twice)
    ::waitpid(-1, nullptr, WNOHANG);
}

void list_descriptors() {
  auto* folder = ::opendir("/proc/self/fd");
  while (auto* entry = ::readdir(folder))
    if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(folder))
      say(std::string{entry->d_name} + "\n");
}

} // namespace

int main(int argc, char** argv) {
  std::string mode = argc > 1 ? argv[1] : "exit";
  auto word = [&](int i) { return std::string{argc > i ? argv[i] : ""}; };
  auto number = [&](int i) { return std::atol(word(i).c_str()); };

  if (mode == "exit")
    return static_cast<int>(number(2));
  if (mode == "raise")
    ::raise(static_cast<int>(number(2)));
  if (mode == "print") {
    for (int i = 2; i < argc; ++i)
      say(word(i) + "\n");
    return 0;
  }
  if (mode == "complain") { // the last words go to stderr, then a failure
    ::dup2(2, 1);
    say(word(3) + "\n");
    return static_cast<int>(number(2));
  }
  if (mode == "echo") {
    say(all_of_stdin());
    return 0;
  }
  if (mode == "count") {
    say(std::to_string(all_of_stdin().size()) + "\n");
    return 0;
  }
  if (mode == "environment")
    for (char** e = environ; *e; ++e)
      say(std::string{*e} + "\n");
  if (mode == "descriptors")
    list_descriptors();
  if (mode == "where") {
    char path[4096];
    say(std::string{::getcwd(path, sizeof path)} + "\n");
  }
  if (mode == "session")
    say(::getsid(0) == ::getpid() && ::getpgid(0) == ::getpid() ? "own\n" : "shared\n");
  if (mode == "signals") {
    sigset_t blocked;
    ::sigprocmask(SIG_BLOCK, nullptr, &blocked);
    struct sigaction pipe_action {};
    ::sigaction(SIGPIPE, nullptr, &pipe_action);
    say(sigismember(&blocked, SIGTERM) || sigismember(&blocked, SIGPIPE) || pipe_action.sa_handler != SIG_DFL
          ? "inherited\n"
          : "default\n");
  }
  if (mode == "flood")
    for (auto text = std::string(8191, 'y') + "\n";;)
      say(text);
  if (mode == "long_line") { // bytes without a newline
    for (auto left = number(2); left > 0; left -= 65536)
      say(std::string(static_cast<std::size_t>(std::min(left, 65536L)), 'x'));
    return 0;
  }
  if (mode == "binary") {
    std::string all;
    for (int i = 0; i < 256; ++i)
      all.push_back(static_cast<char>(i));
    say(all);
  }
  if (mode == "close_early") { // goes on for a while without its streams
    ::close(1);
    ::close(2);
    all_of_stdin();
    return 5;
  }
  if (mode == "hang") {
    say("ready\n");
    hang();
  }
  if (mode == "stubborn") { // ignores SIGTERM, and so does its child in the same group
    ignore_politeness();
    leave_behind(argv[0], false, false, false);
    say("ready\n");
    hang();
  }
  if (mode == "leave") { // leave <same|session|hollow|bare|daemon|bare_daemon> <exit|hang>
    auto how = word(2);
    leave_behind(argv[0], how != "same", how == "bare" || how == "bare_daemon", how == "daemon" || how == "bare_daemon",
                 how == "hollow");
    say("ready\n");
    if (word(3) == "hang")
      hang();
    return 0;
  }
  if (mode == "hold") {
    auto fd = static_cast<int>(number(2));
    if (fd > 0 && ::write(fd, "x", 1) == 1)
      ::close(fd);
    hang();
  }
  if (mode == "zombies") { // orphans that end at once
    for (long i = 0; i < number(2); ++i)
      if (::fork() == 0) {
        ::setsid();
        if (::fork() == 0)
          ::_exit(0);
        ::_exit(0);
      }
    while (::wait(nullptr) > 0) {
    }
    return 0;
  }
  if (mode == "agent") { // agent <lines a second> <seconds>: a stub that prints at a steady pace
    auto rate = number(2), lines = rate * number(3);
    auto start = std::chrono::steady_clock::now();
    for (long i = 0; i < lines; ++i) {
      std::this_thread::sleep_until(start + std::chrono::milliseconds(1000 * i / rate));
      say("line " + std::to_string(i) + "\n");
    }
    return 0;
  }
  if (mode == "write") { // write <file> <text>
    auto fd = ::open(word(2).c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0600);
    ::dup2(fd, 1);
    say(word(3));
    return 0;
  }
  return 0;
}
