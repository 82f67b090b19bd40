#pragma once
// A real sshd on loopback for repositories, as the user who runs the test, with keys of its own. And a real ssh-agent.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <sys/types.h>

namespace hyakki::test {

/// A child that runs until the object goes.
class background_child {
public:
  background_child() = default;
  background_child(pid_t pid) : pid_(pid) {}
  background_child(background_child&& o) noexcept : pid_(o.pid_) { o.pid_ = -1; }
  background_child& operator=(background_child&& o) noexcept {
    std::swap(pid_, o.pid_);
    return *this;
  }
  ~background_child();

private:
  pid_t pid_ = -1;
};

class ssh_server {
public:
  /// Nothing where no sshd is installed, or where it cannot run as this user; `why` says which.
  static std::unique_ptr<ssh_server> start(const std::string& directory, std::string& why);
  ~ssh_server();

  /// ssh://localhost:PORT/path of a repository
  std::string url(const std::string& path) const { return "ssh://localhost:" + std::to_string(port_) + path; }
  std::string key() const { return dir_ + "/key"; }                 ///< is let in
  std::string other_key() const { return dir_ + "/other"; }         ///< is not
  std::string locked_key() const { return dir_ + "/locked"; }       ///< would be, but has a pass phrase
  std::string known_hosts() const { return dir_ + "/known hosts"; } ///< holds our key
  std::string strange_hosts() const { return dir_ + "/strange"; }   ///< holds another key for us
  std::string empty_hosts() const { return dir_ + "/empty"; }
  std::string user() const { return user_; }
  /// What each session saw of its environment, and its command.
  std::string sessions() const;

private:
  ssh_server() = default;
  std::string dir_, user_;
  int log_ = -1;
  std::uint16_t port_ = 0;
  background_child child_;
};

class ssh_agent {
public:
  /// Holds this key. Nothing where there is no ssh-agent.
  static std::unique_ptr<ssh_agent> start(const std::string& directory, const std::string& key);
  std::string socket() const { return socket_; }

private:
  ssh_agent() = default;
  std::string socket_;
  background_child child_;
};

} // namespace hyakki::test
