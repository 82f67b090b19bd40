#pragma once
// Git as a child: with an environment made from nothing and a configuration that nobody else can reach.
//
// Used for what talks to another repository (fetch, push, ls-remote), never inside a working tree.

#include "adapters/git.hpp"
#include "adapters/git/https.hpp"
#include "adapters/git/tls_proxy.hpp"
#include "adapters/process.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace hyakki::git_cli {

struct settings {
  std::string program = "git";
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  std::string askpass;    ///< absolute path of a program that calls `serve_askpass`; empty = no credentials
  std::string ssh_socket; ///< SSH_AUTH_SOCK for ssh:// remotes; empty = none
  https_settings https;   ///< for https:// remotes
  std::shared_ptr<tls_proxy> over_tls = std::make_shared<tls_proxy>(); ///< to a proxy that is https:// itself
  std::string private_dir;                                             ///< for what must be secret; made 0700
  std::chrono::milliseconds timeout{600'000};
  std::string mark; ///< first part of each child's mark; empty = none
  std::shared_ptr<std::atomic<std::uint64_t>> runs =
    std::make_shared<std::atomic<std::uint64_t>>(0); ///< tells them apart
};

/// An absolute path, file://, https:// or ssh:// (http:// to this machine only), without user, token or control
/// characters. Returns the protocol for the allow-list.
result<std::string> check_url(const std::string& url);

/// The directory of a url that lies on this machine; empty for others.
std::string local_path(const std::string& url);

/// How one command is let in: paths of private files, and ssh with its options. Each may be empty.
struct access {
  std::string credential;
  std::string configuration;
  std::string ssh;
};

/// What a child of ours may see.
std::vector<std::string> environment(const settings& how, const std::string& protocol, const access& by);

/// `git --git-dir=<dir> <hardening> <args>`, with its output; a failure carries git's last words without
/// secrets, the host, and what can be done.
result<std::string> run(process& children, const settings& how, const remote& to, const std::string& git_dir,
                        const std::vector<std::string>& args, const std::string& doing);

} // namespace hyakki::git_cli
