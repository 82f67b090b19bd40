#include "adapters/git/failure.hpp"

#include <algorithm>
#include <string_view>

namespace hyakki::git_cli {
namespace {

struct row {
  std::string_view words; ///< all parts, between |, must occur
  ec code;
  std::string_view advice; ///< {host} {known_hosts} {key} are filled in
};

// The first that fits.
constexpr row rows[] = {
  // ssh
  {"REMOTE HOST IDENTIFICATION HAS CHANGED", ec::bad_config,
   "{host} shows another key than {known_hosts} has for it: somebody may be in between, or the host has a new key. Ask "
   "its operators, and only then change that line"},
  {"Host key verification failed", ec::bad_config,
   "{host} is not in {known_hosts}, and nobody is there to be asked: get its key from its operators, or by ssh-keyscan "
   "and compare, and write it there"},
  {"Permission denied (", ec::bad_config,
   "{host} does not take {key}: make it known there, with the right to push. A key with a pass phrase works by an "
   "ssh-agent only"},
  {"Unable to negotiate with", ec::bad_config, "ssh and {host} have no algorithm in common; one of them is old"},
  {"ssh: not found", ec::bad_config, "install ssh; on Debian: apt install openssh-client"},
  // an answer that is no HTTP
  {"HTTP/0.9 when not allowed", ec::unavailable, ""},
  // tokens
  {"Authentication failed", ec::bad_config,
   "{host} does not take the token: look at repo_hosting.token and repo_hosting.account"},
  {"could not read Username", ec::bad_config, "{host} wants a token: set repo_hosting.token"},
  {"could not read Password", ec::bad_config, "{host} wants a token: set repo_hosting.token"},
  {"terminal prompts disabled", ec::bad_config, "{host} wants a token: set repo_hosting.token"},
  {"returned error: 401", ec::bad_config,
   "{host} does not take the token: look at repo_hosting.token and repo_hosting.account"},
  {"returned error: 403", ec::bad_config,
   "{host} knows the token and does not allow this: give it the right to read and to push, or look there what forbids "
   "it"},
  {"CONNECT tunnel failed, response 407", ec::bad_config, "the proxy does not take the user of http.proxy"},
  {"HTTP code 407 from proxy", ec::bad_config, "the proxy does not take the user of http.proxy"},
  {"response 403|CONNECT tunnel failed", ec::bad_config,
   "the proxy does not lead to {host}: look at http.proxy and http.no_proxy"},
  {"returned error: 413", ec::bad_config,
   "{host}, or a proxy before it, takes no push of this size: raise its limit, or push by ssh"},
  {"returned error: 407", ec::bad_config, "the proxy does not take the user of http.proxy"},
  {"returned error: 30", ec::bad_config,
   "{host} sends us elsewhere, and tokens do not follow: set repo_hosting.base_url to the address that it means"},
  {"certificate verification failed", ec::bad_config,
   "the certificate of {host} is not trusted: name the authority that issued it in http.ca_file"},
  {"SSL certificate problem", ec::bad_config,
   "the certificate of {host} is not trusted: name the authority that issued it in http.ca_file"},
  {"certificate subject name", ec::bad_config, "the certificate is not for {host}"},
  {"ertificate is required", ec::bad_config, "{host} wants a certificate of ours: set http.client_certificate"},
  {"error setting certificate", ec::bad_config, "look at http.ca_file, http.client_certificate and http.client_key"},
  {"error reading ca cert", ec::bad_config, "look at http.ca_file"},
  // somebody else, a push of an earlier life perhaps, changes the branch in this moment: the next look decides
  {"cannot lock ref|reference already exists", ec::unavailable, ""},
  {"cannot lock ref|but expected", ec::unavailable, ""},
  {"cannot lock ref|.lock': File exists", ec::unavailable, ""},
  // repositories and what they hold
  {"marked as read only", ec::bad_config, "{host} lets {key} read alone: give it the right to push"},
  {"[rejected]", ec::rejected, ""},
  {"[remote rejected]", ec::rejected, ""},
  {"hook declined", ec::rejected, ""},
  {"not allowed", ec::rejected, ""},
  {"Permission denied", ec::bad_config, ""},
  {"returned error: 404", ec::not_found, "{host} has no such repository, or the token may not see it"},
  {"epository|not found", ec::not_found, "{host} has no such repository, or we may not see it"},
  {"not found", ec::not_found, ""},
  {"couldn't find remote ref", ec::not_found,
   "{host} shows no such branch: was it deleted there, or does something else answer in its place?"},
  {"does not exist", ec::not_found, ""},
  {"does not appear to be a git repository", ec::not_found, ""},
};

bool fits(std::string_view words, const std::string& text) {
  for (;;) {
    auto bar = words.find('|');
    if (text.find(words.substr(0, bar)) == std::string::npos)
      return false;
    if (bar == std::string_view::npos)
      return true;
    words.remove_prefix(bar + 1);
  }
}

// How hosts refuse whom they let in by ssh, at the beginning of a line.
constexpr std::string_view refusals[] = {
  // GitHub
  "Permission to ",
  "Write access to repository not granted",
  "This repository was archived",
  // GitLab
  "You are not allowed to push code to this project",
  "You are not allowed to download code from this project",
  "This deploy key does not have write access",
  // Bitbucket
  "You are not permitted to",
  "You do not have permission",
  "You don't have permission",
  "Insufficient permission",
  "repository access denied",
  "Repository access denied",
  "Unauthorized",
};

std::string_view without_front(std::string_view line) {
  for (auto front : {"remote:", "fatal: remote error:", "ERROR:", "GitLab:", "conq:"}) {
    if (line.substr(0, std::string_view{front}.size()) == front)
      line.remove_prefix(std::string_view{front}.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  }
  return line;
}

/// Did a host end the conversation over ssh before it began, and say that a right is missing? Its words are a
/// stranger's: they count at the beginning of a line, beside git's own word that nothing was begun, and decide no more
/// than that a person is asked instead of the host once more.
bool lacks_a_right(std::string_view words, const remote& to) {
  auto has = [&](std::string_view part) { return words.find(part) != std::string_view::npos; };
  if (to.url.compare(0, 4, "http") == 0 || has("[remote rejected]") ||
      !(has("Could not read from remote repository") || has("fatal: remote error:")))
    return false;
  while (!words.empty()) {
    auto end = std::min(words.find('\n'), words.size());
    auto line = without_front(words.substr(0, end));
    words.remove_prefix(std::min(end + 1, words.size()));
    for (auto refusal : refusals)
      if (line.substr(0, refusal.size()) == refusal)
        return true;
  }
  return false;
}

std::string filled(std::string_view advice, const remote& to) {
  auto host = host_of(to.url);
  const std::pair<std::string_view, std::string> names[] = {
    {"{host}", host.empty() ? "it" : host},
    {"{known_hosts}", to.known_hosts.empty() ? "~/.ssh/known_hosts" : to.known_hosts},
    {"{key}", to.ssh_key.empty() ? "any key of the ssh-agent or of ~/.ssh" : "the key " + to.ssh_key},
  };
  auto out = std::string{advice};
  for (auto& [name, value] : names)
    for (auto at = out.find(name); at != std::string::npos; at = out.find(name, at + value.size()))
      out.replace(at, name.size(), value);
  return out;
}

} // namespace

std::string host_of(const std::string& url) {
  auto scheme = url.find("://");
  if (scheme == std::string::npos)
    return {};
  auto host = url.substr(scheme + 3);
  return host.substr(0, host.find('/'));
}

meaning meaning_of(const std::string& words, const remote& to) {
  if (lacks_a_right(words, to))
    return {ec::bad_config, filled("{host} lets us in by ssh and does not allow this: give whoever the key belongs to "
                                   "the right to read and to push, or look there what forbids it",
                                   to)};
  for (auto& r : rows)
    if (fits(r.words, words))
      return {r.code, filled(r.advice, to)};
  return {};
}

} // namespace hyakki::git_cli
