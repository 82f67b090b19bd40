#include "adapters/git/command.hpp"

#include "adapters/git/askpass.hpp"
#include "core/redact.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::git_cli {
namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// What is left of git's words: its last lines, safe to print, without the token.
std::string last_words(const process_output& out, const remote& to) {
  auto text = out.err.empty() ? out.out : out.err;
  if (text.size() > 600)
    text = text.substr(text.size() - 600);
  while (!text.empty() && text.back() == '\n')
    text.pop_back();
  return printable(redactor{{to.token}}(text));
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

ec code_of(const std::string& words) {
  if (has(words, "Authentication failed") || has(words, "could not read Username") || has(words, "Permission denied") ||
      has(words, "terminal prompts disabled"))
    return ec::bad_config;
  // Somebody else, a push of an earlier life perhaps, changes the branch in this moment: the next look decides.
  if (has(words, "cannot lock ref") &&
      (has(words, "reference already exists") || has(words, "but expected") || has(words, ".lock': File exists")))
    return ec::unavailable;
  if (has(words, "[rejected]") || has(words, "[remote rejected]") || has(words, "hook declined") ||
      has(words, "not allowed"))
    return ec::rejected;
  if (has(words, "not found") || has(words, "couldn't find remote ref") || has(words, "does not exist") ||
      has(words, "does not appear to be a git repository"))
    return ec::not_found;
  return ec::unavailable;
}

} // namespace

std::string local_path(const std::string& url) {
  if (starts(url, "/"))
    return url;
  return starts(url, "file:///") ? url.substr(7) : std::string{};
}

result<std::string> check_url(const std::string& url) {
  auto no = [&](const char* why) {
    return error{ec::rejected, "git: the address '" + printable(url.substr(0, 200)) + "' is refused: " + why};
  };
  if (url.empty() || url.size() > 4096 ||
      std::any_of(url.begin(), url.end(), [](unsigned char c) { return c <= ' ' || c == 127; }))
    return no("it is empty, too long, or holds blanks or control characters");
  if (!local_path(url).empty())
    return std::string{"file"};
  for (auto* scheme : {"https", "ssh", "http"}) {
    auto head = std::string{scheme} + "://";
    if (!starts(url, head))
      continue;
    auto host = url.substr(head.size());
    host = host.substr(0, host.find('/'));
    if (host.empty() || host.front() == '-')
      return no("it names no host");
    if (host.find('@') != std::string::npos)
      return no("a user or token does not belong into an address");
    auto name = host.front() == '[' ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
    if (head == "http://" && name != "127.0.0.1" && name != "localhost" && name != "[::1]")
      return no("http is for this machine only; use https");
    return std::string{scheme};
  }
  return no("it must be an absolute path, file://, https:// or ssh://");
}

std::vector<std::string> environment(const settings& how, const remote& to, const std::string& protocol,
                                     const std::string& credential) {
  auto out = std::vector<std::string>{"PATH=" + how.path,
                                      "HOME=/nonexistent",
                                      "XDG_CONFIG_HOME=/nonexistent",
                                      "GIT_CONFIG_NOSYSTEM=1",
                                      "GIT_CONFIG_GLOBAL=/dev/null",
                                      "GIT_ATTR_NOSYSTEM=1",
                                      "GIT_TERMINAL_PROMPT=0",
                                      "GIT_OPTIONAL_LOCKS=0",
                                      "GIT_NO_REPLACE_OBJECTS=1",
                                      "LC_ALL=C",
                                      "GIT_ALLOW_PROTOCOL=" + protocol};
  if (!credential.empty()) {
    out.push_back("GIT_ASKPASS=" + how.askpass);
    out.push_back(std::string{askpass_variable} + "=" + credential);
  }
  if (protocol == "ssh") {
    auto user = std::string{};
    if (!to.user.empty() &&
        to.user.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
          std::string::npos &&
        to.user.front() != '-')
      user = " -o User=" + to.user;
    out.push_back(
      "GIT_SSH_COMMAND=ssh -o BatchMode=yes -o ConnectTimeout=20 -o ForwardAgent=no -o PermitLocalCommand=no" + user);
    if (!how.ssh_socket.empty())
      out.push_back("SSH_AUTH_SOCK=" + how.ssh_socket);
  }
  return out;
}

result<std::string> run(process& children, const settings& how, const remote& to, const std::string& git_dir,
                        const std::vector<std::string>& args, const std::string& doing) {
  auto protocol = check_url(to.url);
  if (!protocol)
    return protocol.error();
  auto credential = credential_file{};
  if (!to.token.empty() && *protocol != "file" && *protocol != "ssh") {
    if (how.askpass.empty())
      return {ec::bad_config, "git: there is a token for " + to.repository + " but no askpass program to hand it over"};
    auto made = credential_file::make(how.private_dir, to);
    if (!made)
      return made.error();
    credential = std::move(*made);
  }
  auto spec = process_spec{};
  spec.argv = {how.program, "--git-dir=" + git_dir};
  for (auto* setting :
       {"core.hooksPath=/dev/null", "core.fsmonitor=false", "core.attributesFile=/dev/null", "gc.auto=0",
        "maintenance.auto=false", "credential.helper=", "protocol.ext.allow=never", "submodule.recurse=false",
        "fetch.recurseSubmodules=false", "push.gpgSign=false", "http.followRedirects=false"}) {
    spec.argv.push_back("-c");
    spec.argv.push_back(setting);
  }
  spec.argv.insert(spec.argv.end(), args.begin(), args.end());
  spec.environment = environment(how, to, *protocol, credential.path());
  spec.directory = git_dir;
  // A push may outlive an engine that was killed: the next one ends it by this before it begins.
  if (!how.mark.empty())
    spec.mark = how.mark + "/" + std::to_string(++*how.runs);
  spec.own_tool = true;
  spec.limits.wall = how.timeout;
  spec.limits.output_bytes = 64u << 20;
  auto out = children.run(std::move(spec), 8u << 20);
  if (out.ok())
    return std::move(out.out);
  auto words = last_words(out, to);
  auto code = code_of(out.out + out.err);
  if (out.status.how == process_end::timed_out)
    code = ec::timed_out;
  else if (out.status.how == process_end::not_started)
    code = out.status.is_shortage ? ec::unavailable : ec::bad_config;
  else if (out.status.how == process_end::cancelled)
    code = ec::cancelled;
  return {code, "git: " + doing + " " + describe(out.status) + (words.empty() ? "" : ": " + words)};
}

} // namespace hyakki::git_cli
