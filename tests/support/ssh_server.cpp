#include "tests/support/ssh_server.hpp"

#include "tests/support/http_server.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

namespace hyakki::test {
namespace {

const std::string path_variable = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string text_in(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream{path, std::ios::binary}.rdbuf();
  return out.str();
}

/// Starts a program. `err`: a descriptor that gets both of its outputs; -1 = nobody.
pid_t start_program(std::vector<std::string> words, int err, std::vector<std::string> more = {}) {
  std::vector<char*> argv, env;
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  more.push_back(path_variable);
  more.emplace_back("HOME=/nonexistent");
  for (auto& e : more)
    env.push_back(e.data());
  env.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  for (int fd : {1, 2})
    if (err >= 0)
      posix_spawn_file_actions_adddup2(&actions, err, fd);
    else
      posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  pid_t pid = -1;
  if (::posix_spawn(&pid, words[0].c_str(), &actions, nullptr, argv.data(), env.data()) != 0)
    pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

bool run_program(std::vector<std::string> words, std::vector<std::string> more = {}) {
  auto pid = start_program(std::move(words), -1, std::move(more));
  int status = -1;
  while (pid > 0 && ::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/// Reads what a child says until a word comes or it ends.
bool hears(int fd, const std::string& word, std::string& said) {
  char piece[512];
  while (said.find(word) == std::string::npos) {
    auto n = ::read(fd, piece, sizeof piece);
    if (n <= 0)
      return false;
    said.append(piece, static_cast<std::size_t>(n));
  }
  return true;
}

} // namespace

background_child::~background_child() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGTERM);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
}

std::unique_ptr<ssh_server> ssh_server::start(const std::string& directory, std::string& why) {
  const std::string program = "/usr/sbin/sshd", keygen = "/usr/bin/ssh-keygen";
  for (auto& p : {program, keygen})
    if (::access(p.c_str(), X_OK) != 0) {
      why = p + " is not installed";
      return nullptr;
    }
  if (::geteuid() == 0)
    ::mkdir("/run/sshd", 0755); // where sshd shuts itself in when it runs as root
  auto out = std::unique_ptr<ssh_server>{new ssh_server};
  out->dir_ = directory;
  std::filesystem::create_directories(directory);
  auto* who = ::getpwuid(::geteuid());
  out->user_ = who != nullptr ? who->pw_name : "root";
  for (auto* name : {"host", "key", "other", "locked"})
    if (!run_program({keygen, "-q", "-t", "ed25519", "-C", name, "-N",
                      name == std::string{"locked"} ? "a pass phrase" : "", "-f", directory + "/" + name})) {
      why = "ssh-keygen fails";
      return nullptr;
    }
  out->port_ = closed_port();
  auto place = "[localhost]:" + std::to_string(out->port_) + " ";
  std::ofstream{out->known_hosts()} << place << text_in(directory + "/host.pub");
  std::ofstream{out->strange_hosts()} << place << text_in(directory + "/other.pub");
  std::ofstream{out->empty_hosts()};
  std::ofstream{directory + "/authorized"} << text_in(directory + "/key.pub") << text_in(directory + "/locked.pub");
  std::ofstream{directory + "/forced"} << "#!/bin/sh\n{ echo \"$SSH_ORIGINAL_COMMAND\"; env; } >>'" << directory
                                       << "/sessions'\nexec git-shell -c \"$SSH_ORIGINAL_COMMAND\"\n";
  ::chmod((directory + "/forced").c_str(), 0755);
  std::ofstream{directory + "/config"} << "Port " << out->port_
                                       << "\nListenAddress 127.0.0.1\nListenAddress ::1\nHostKey " << directory
                                       << "/host\nPidFile none\nAuthorizedKeysFile " << directory
                                       << "/authorized\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
                                          "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\n"
                                          "AllowAgentForwarding yes\nForceCommand "
                                       << directory << "/forced\n";
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return nullptr;
  out->child_ = background_child{start_program({program, "-D", "-e", "-f", directory + "/config"}, ends[1])};
  ::close(ends[1]);
  std::string said;
  bool listens = hears(ends[0], "Server listening", said);
  // sshd goes on to say things there; nobody has to read them
  if (!listens) {
    ::close(ends[0]);
    why = "sshd does not start: " + said;
    return nullptr;
  }
  ::fcntl(ends[0], F_SETPIPE_SZ, 1 << 20);
  out->log_ = ends[0];
  return out;
}

ssh_server::~ssh_server() {
  child_ = background_child{};
  ::close(log_);
}

std::string ssh_server::sessions() const { return text_in(dir_ + "/sessions"); }

std::unique_ptr<ssh_agent> ssh_agent::start(const std::string& directory, const std::string& key) {
  auto out = std::unique_ptr<ssh_agent>{new ssh_agent};
  out->socket_ = directory + "/agent";
  int ends[2];
  if (::access("/usr/bin/ssh-agent", X_OK) != 0 || ::pipe2(ends, O_CLOEXEC) != 0)
    return nullptr;
  out->child_ = background_child{start_program({"/usr/bin/ssh-agent", "-D", "-a", out->socket_}, ends[1])};
  ::close(ends[1]);
  std::string said;
  bool there = hears(ends[0], "SSH_AUTH_SOCK", said); // said once it listens
  ::close(ends[0]);
  if (!there || !run_program({"/usr/bin/ssh-add", "-q", key}, {"SSH_AUTH_SOCK=" + out->socket_}))
    return nullptr;
  return out;
}

} // namespace hyakki::test
