#include "adapters/git/command.hpp"

#include "adapters/git/askpass.hpp"
#include "adapters/git/failure.hpp"
#include "adapters/git/private_file.hpp"
#include "adapters/git/ssh.hpp"
#include "core/redact.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::git_cli {
namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// The lines that say something, one behind the other.
std::string one_line(std::string_view text) {
  auto out = std::string{};
  while (!text.empty()) {
    auto end = text.find('\n');
    if (auto words = clean_line(text.substr(0, end)); !words.empty())
      out += (out.empty() ? "" : "; ") + words;
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return out;
}

/// What is left of git's words: its last lines, safe to print, without the token and without the proxy's password.
std::string last_words(const process_output& out, const settings& how, const remote& to) {
  auto text = out.err.empty() ? out.out : out.err;
  // why a push was refused is not among its errors
  if (auto at = out.out.find("!\t"); at != std::string::npos && !out.err.empty())
    text += out.out.substr(at, out.out.find('\n', at) - at);
  if (text.size() > 600)
    text = text.substr(text.size() - 600);
  return one_line(redactor{{to.token, how.https.proxy, proxy_password(how.https.proxy)}}(text));
}

/// Writes what this address needs into private files.
result<void> give_access(const settings& how, const remote& to, private_file& credential, private_file& configuration) {
  auto put = [&](const result<std::string>& text, private_file& into) -> result<void> {
    if (!text)
      return text.error();
    if (text->empty())
      return {};
    auto made = private_file::make(how.private_dir, *text);
    if (!made)
      return made.error();
    into = std::move(*made);
    return {};
  };
  if (!to.token.empty()) {
    if (how.askpass.empty())
      return {ec::bad_config, "git: there is a token for " + to.repository + " but no askpass program to hand it over"};
    if (auto given = put(credential_text(to), credential); !given)
      return given;
  }
  auto reach = how.over_tls->instead_of(how.https, to.url);
  return reach ? put(git_configuration(*reach, to.url), configuration) : result<void>{reach.error()};
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
    // git decodes an address once more before it looks for the host
    auto parsed = parse_url("https://" + host + "/");
    if (!parsed)
      return no("its host cannot be one");
    auto& name = parsed->host;
    if (head == "http://" && name != "127.0.0.1" && name != "localhost" && name != "::1")
      return no("http is for this machine only; use https");
    return std::string{scheme};
  }
  return no("it must be an absolute path, file://, https:// or ssh://");
}

std::vector<std::string> environment(const settings& how, const std::string& protocol, const access& by) {
  auto out =
    std::vector<std::string>{"PATH=" + how.path,
                             "HOME=/nonexistent",
                             "XDG_CONFIG_HOME=/nonexistent",
                             "GIT_CONFIG_NOSYSTEM=1",
                             "GIT_CONFIG_GLOBAL=" + (by.configuration.empty() ? "/dev/null" : by.configuration),
                             "GIT_ATTR_NOSYSTEM=1",
                             "GIT_TERMINAL_PROMPT=0",
                             "GIT_OPTIONAL_LOCKS=0",
                             "GIT_NO_REPLACE_OBJECTS=1",
                             "LC_ALL=C",
                             "GIT_ALLOW_PROTOCOL=" + protocol};
  if (!by.credential.empty()) {
    out.push_back("GIT_ASKPASS=" + how.askpass);
    out.push_back(std::string{askpass_variable} + "=" + by.credential);
  }
  if (!by.ssh.empty()) {
    out.push_back("GIT_SSH_COMMAND=" + by.ssh);
    out.push_back("GIT_SSH_VARIANT=ssh");
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
  auto by = access{};
  auto credential = private_file{}, configuration = private_file{};
  if (*protocol == "ssh") {
    auto command = ssh_command(to);
    if (!command)
      return command.error();
    by.ssh = std::move(*command);
  } else if (*protocol != "file") {
    if (auto made = give_access(how, to, credential, configuration); !made)
      return made.error();
    by.credential = credential.path();
    by.configuration = configuration.path();
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
  spec.environment = environment(how, *protocol, by);
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
  auto host = host_of(to.url);
  auto where = "git: " + doing + (host.empty() ? "" : " at " + printable(host));
  // Git knows of the relay alone; what stands in its way to the proxy is the reason.
  if (auto why = how.over_tls->fault(); why && out.status.how == process_end::exited && *protocol != "ssh")
    return with_context(*why, where);
  auto words = last_words(out, how, to);
  auto [code, advice] = meaning_of(out.out + out.err, to);
  if (out.status.how != process_end::exited)
    advice.clear();
  if (out.status.how == process_end::timed_out) {
    code = ec::timed_out;
    advice = "git.timeout_seconds is what it may take";
  } else if (out.status.how == process_end::not_started)
    code = out.status.is_shortage ? ec::unavailable : ec::bad_config;
  else if (out.status.how == process_end::cancelled)
    code = ec::cancelled;
  else if (out.status.how != process_end::exited)
    code = ec::unavailable;
  auto said = describe(out.status) + (words.empty() ? "" : ": " + words);
  // What can be done comes first: where little is shown of an error, it is this.
  return {code, where + (advice.empty() ? " " + said : ": " + printable(advice) + ". Git " + said)};
}

} // namespace hyakki::git_cli
