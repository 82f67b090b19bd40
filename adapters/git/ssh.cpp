#include "adapters/git/ssh.hpp"

#include "adapters/git/files.hpp"
#include "core/utf8.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace hyakki {
namespace {

/// Nobody is asked anything, nothing of ours is lent to the other side, and no other host's word counts.
constexpr const char* always[] = {
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  "VerifyHostKeyDNS=no",
  "CheckHostIP=no",
  "PasswordAuthentication=no",
  "KbdInteractiveAuthentication=no",
  "ForwardAgent=no",
  "ForwardX11=no",
  "ClearAllForwardings=yes",
  "PermitLocalCommand=no",
  "ControlMaster=no",
  "ControlPath=none",
  "ConnectTimeout=20",
  "ServerAliveInterval=15", // a host that died is given up after a minute
  "ServerAliveCountMax=4",
};

error no(const char* key, const std::string& path, const std::string& why) {
  return {ec::bad_config, "git: repo_hosting." + std::string{key} + " " + printable(cut_utf8(path, 300)) + " " + why};
}

/// A file that ssh will read: ours or the system's, and nobody else may do with it what `forbidden` says.
result<void> check_file(const char* key, const std::string& path, mode_t forbidden, const char* mend) {
  // git hands the command to a shell, and ssh reads quotes, % and $ in the names of files
  if (path.front() != '/' || std::any_of(path.begin(), path.end(), [](unsigned char c) {
        return c < 32 || c == 127 || c == '"' || c == '\'' || c == '\\' || c == '%' || c == '$';
      }))
    return no(key, path, "cannot be used: it must be an absolute path without quotes, \\, %, $ and control characters");
  auto fd = files::descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)};
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) != 0)
    return no(key, path, std::string{"cannot be read: "} + std::strerror(errno));
  if (!S_ISREG(s.st_mode))
    return no(key, path, "is not a plain file");
  if (s.st_uid != ::geteuid() && s.st_uid != 0)
    return no(key, path, "belongs to another user");
  if ((s.st_mode & forbidden) != 0)
    return no(key, path, mend + path);
  return {};
}

result<void> check_key(const std::string& path) {
  if (auto fine = check_file("ssh_key", path, 077, "can be read by others, so ssh would not use it: chmod 600 "); !fine)
    return fine;
  char head[64] = "";
  auto fd = files::descriptor{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY)};
  auto n = fd ? ::read(fd.get(), head, sizeof head) : -1;
  auto text = std::string_view{head, n > 0 ? static_cast<std::size_t>(n) : 0};
  if (text.substr(0, 4) == "ssh-" || text.substr(0, 6) == "ecdsa-" || text.substr(0, 3) == "sk-")
    return no("ssh_key", path, "is a public key; name the file of the private one");
  if (text.substr(0, 11) != "-----BEGIN ")
    return no("ssh_key", path, "is no private key as ssh-keygen writes it");
  return {};
}

} // namespace

result<std::string> ssh_command(const remote& to) {
  std::string out = "ssh -F none";
  for (auto* option : always)
    (out += " -o ") += option;
  if (!to.user.empty()) {
    constexpr auto letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (to.user.find_first_not_of(letters) != std::string::npos || to.user.front() == '-')
      return {ec::bad_config, "git: '" + printable(cut_utf8(to.user, 100)) + "' is not a user that ssh can be given"};
    out += " -o User=" + to.user;
  }
  if (!to.ssh_key.empty()) {
    if (auto fine = check_key(to.ssh_key); !fine)
      return fine.error();
    out += " -o IdentitiesOnly=yes -o 'IdentityFile=\"" + to.ssh_key + "\"'";
  }
  if (!to.known_hosts.empty()) {
    if (auto fine = check_file("known_hosts", to.known_hosts, 022, "can be written by others: chmod go-w "); !fine)
      return fine.error();
    out += " -o GlobalKnownHostsFile=/dev/null -o 'UserKnownHostsFile=\"" + to.known_hosts + "\"'";
  }
  return out;
}

} // namespace hyakki
