#include "adapters/process/spawn.hpp"

#include "adapters/process/program.hpp"
#include "core/shortage.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
extern "C" {
#include <sys/pidfd.h> // glibc 2.36 forgot to declare these for C++
}
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki {

unique_fd::~unique_fd() {
  if (fd_ >= 0)
    ::close(fd_);
}

namespace {

constexpr std::string_view mark_name = "HYAKKI_RUN";

struct two_ends {
  unique_fd read, write;
};

std::string errno_text(int number) {
  auto name = ::strerrorname_np(number);
  auto says = ::strerrordesc_np(number);
  return (says ? std::string{says} : "unknown error") + (name ? std::string{" ("} + name + ")" : std::string{});
}

std::string shortage_text(int number) {
  auto text = errno_text(number);
  if (number == EMFILE || number == ENFILE)
    text += ": no descriptors are left, raise `ulimit -n` or run fewer stories at once";
  else if (number == EAGAIN || number == ENOMEM)
    text += ": no processes or memory are left, run fewer stories at once";
  return text;
}

/// A pipe whose ends are none of 0, 1 and 2: those are set up in the child one after the other, and an end that
/// is one of them would be overwritten.
int open_pipe(two_ends& ends) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0)
    return errno;
  ends.read = unique_fd{fds[0]};
  ends.write = unique_fd{fds[1]};
  for (auto* end : {&ends.read, &ends.write}) {
    if (end->get() > 2)
      continue;
    unique_fd higher{::fcntl(end->get(), F_DUPFD_CLOEXEC, 3)};
    if (!higher)
      return errno;
    *end = std::move(higher);
  }
  return 0;
}

std::uint64_t inode_of(int fd) {
  struct stat s {};
  return ::fstat(fd, &s) == 0 ? s.st_ino : 0;
}

bool is_directory(const std::string& path) {
  struct stat s {};
  return ::stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
}

/// What is wrong with a spec before anything is started; empty = nothing.
std::string fault_of(const process_spec& spec) {
  if (spec.argv.empty() || spec.argv.front().empty())
    return "the command is empty";
  for (const auto& word : spec.argv)
    if (word.find('\0') != std::string::npos)
      return "an argument of `" + spec.argv.front() + "` has a NUL byte";
  for (const auto& entry : spec.environment)
    if (entry.find('\0') != std::string::npos || entry.find('=') == std::string::npos || entry.front() == '=')
      return "the environment of `" + spec.argv.front() + "` has an entry that is not NAME=value";
  if (spec.mark.find('\0') != std::string::npos)
    return "the mark of the run has a NUL byte";
  if (spec.directory.find('\0') != std::string::npos || (!spec.directory.empty() && spec.directory.front() != '/'))
    return "the working directory is not an absolute path";
  if (!spec.directory.empty() && !is_directory(spec.directory))
    return "the working directory " + spec.directory + " does not exist";
  return {};
}

/// Why an existing program did not start.
std::string refusal_text(const std::string& program, int number) {
  auto text = "`" + program + "` did not start: " + shortage_text(number);
  if (number == ENOENT)
    text += "; the interpreter in its first line is missing";
  else if (number == ENOEXEC)
    text += "; it is neither a program nor a script with #! in its first line";
  else if (number == E2BIG)
    text += "; hand long input over by stdin or a file";
  return text;
}

/// Sets the limits of a child that has just started. It had no time to do much yet, and what it starts from now on
/// has them too. A limit never rises above what we may have ourselves.
bool limit(pid_t pid, const process_limits& limits) {
  const std::pair<__rlimit_resource, std::uint64_t> all[] = {
    {RLIMIT_DATA, limits.memory_bytes}, {RLIMIT_FSIZE, limits.file_bytes}, {RLIMIT_NPROC, limits.processes}};
  for (auto& [what, most] : all) {
    struct rlimit now {};
    if (most == 0 || ::prlimit(pid, what, nullptr, &now) != 0)
      continue;
    now.rlim_max = std::min<rlim_t>(now.rlim_max, most);
    now.rlim_cur = std::min<rlim_t>(now.rlim_cur, now.rlim_max);
    if (::prlimit(pid, what, &now, nullptr) != 0 && errno != ESRCH)
      return false;
  }
  return true;
}

/// When the machine runs out of memory, the run is to go before the engine.
void offer_to_the_memory_killer(pid_t pid) {
  unique_fd fd{::open(("/proc/" + std::to_string(pid) + "/oom_score_adj").c_str(), O_WRONLY | O_CLOEXEC)};
  if (fd)
    (void)!::write(fd.get(), "500", 3);
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  out.reserve(words.size() + 1);
  for (auto& word : words)
    out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

/// Owns the two C objects of posix_spawn.
struct spawn_plan {
  spawn_plan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  ~spawn_plan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  spawn_plan(const spawn_plan&) = delete;
  spawn_plan& operator=(const spawn_plan&) = delete;

  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

} // namespace

result<spawned_child> spawn_child(const process_spec& spec,
                                  const std::function<void(std::uint64_t, std::uint64_t)>& about_to_start) {
  if (auto fault = fault_of(spec); !fault.empty())
    return {ec::bad_config, fault};
  const auto& name = spec.argv.front();
  auto path = variable_of(spec.environment, "PATH");
  auto program = name;
  if (name.find('/') == std::string::npos)
    program = find_program(name, path);
  else if (name.front() != '/' && !spec.directory.empty())
    program = spec.directory + "/" + name;
  if (program.empty() || ::access(program.c_str(), X_OK) != 0 || is_directory(program))
    return {ec::bad_config, missing_program_text(name, path)};

  two_ends in, out, err;
  int failed = spec.input.empty() ? 0 : open_pipe(in);
  if (failed == 0)
    failed = open_pipe(out);
  if (failed == 0)
    failed = open_pipe(err);
  if (failed != 0)
    return {ec::unavailable, "`" + name + "` did not start: " + shortage_text(failed)};

  spawn_plan plan;
  if (spec.input.empty())
    failed = ::posix_spawn_file_actions_addopen(&plan.actions, 0, "/dev/null", O_RDONLY, 0);
  else
    failed = ::posix_spawn_file_actions_adddup2(&plan.actions, in.read.get(), 0);
  failed |= ::posix_spawn_file_actions_adddup2(&plan.actions, out.write.get(), 1);
  failed |= ::posix_spawn_file_actions_adddup2(&plan.actions, err.write.get(), 2);
  // Whatever a library opened without close-on-exec stays with us.
  failed |= ::posix_spawn_file_actions_addclosefrom_np(&plan.actions, 3);
  failed |=
    ::posix_spawn_file_actions_addchdir_np(&plan.actions, spec.directory.empty() ? "/" : spec.directory.c_str());
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  failed |= ::posix_spawnattr_setsigmask(&plan.attributes, &none);
  failed |= ::posix_spawnattr_setsigdefault(&plan.attributes, &all);
  failed |=
    ::posix_spawnattr_setflags(&plan.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  if (failed != 0)
    return {ec::unavailable, "`" + name + "` did not start: no memory for its plan"};

  auto words = spec.argv;
  std::vector<std::string> environment;
  environment.reserve(spec.environment.size() + 1);
  if (!spec.mark.empty())
    environment.push_back(std::string{mark_name} + "=" + spec.mark);
  for (const auto& entry : spec.environment)
    if (entry.compare(0, mark_name.size() + 1, std::string{mark_name} + "=") != 0)
      environment.push_back(entry);
  auto argv = pointers(words);
  auto envp = pointers(environment);

  if (about_to_start)
    about_to_start(inode_of(out.write.get()), inode_of(err.write.get()));
  spawned_child child;
  failed = ::posix_spawn(&child.pid, program.c_str(), &plan.actions, &plan.attributes, argv.data(), envp.data());
  if (failed != 0) {
    // A program that somebody is just writing (ETXTBSY) is one of these too.
    return {passes_by_itself(failed) ? ec::unavailable : ec::bad_config, refusal_text(program, failed)};
  }
  // Nobody but us reaps it, so the pid is still its own.
  child.pidfd = unique_fd{::pidfd_open(child.pid, 0)};
  if (!child.pidfd || !limit(child.pid, spec.limits)) {
    auto text = shortage_text(errno);
    ::kill(-child.pid, SIGKILL);
    ::waitpid(child.pid, nullptr, 0);
    return {ec::unavailable, "`" + name + "` did not start: " + text};
  }
  if (!spec.mark.empty())
    offer_to_the_memory_killer(child.pid);
  child.in = std::move(in.write);
  child.out = std::move(out.read);
  child.err = std::move(err.read);
  for (auto fd : {child.in.get(), child.out.get(), child.err.get()})
    if (fd >= 0)
      ::fcntl(fd, F_SETFL, O_NONBLOCK);
  return child;
}

} // namespace hyakki
