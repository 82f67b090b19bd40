#include "runtime/check_repositories.hpp"

#include "adapters/git/command.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <utility>

namespace hyakki {
namespace {

/// Repositories by name, each with the first key that leads to it.
std::map<std::string, std::string> routes_of(const project_config& p, const std::string& at) {
  std::map<std::string, std::string> out;
  for (auto& [name, slug] : p.routing.components)
    out.emplace(slug, at + "routing.components." + name);
  for (auto& [name, slug] : p.routing.projects)
    out.emplace(slug, at + "routing.projects." + name);
  if (!p.routing.default_repository.empty())
    out.emplace(p.routing.default_repository, at + "routing.default_repository");
  for (auto& slug : p.routing.allowed)
    out.emplace(slug, at + "routing.allowed");
  return out;
}

/// A directory of our own while it lives, for what git is told in secret.
class private_directory {
public:
  private_directory() {
    auto name = (std::filesystem::temp_directory_path() / "hyakki-check-XXXXXX").string();
    if (::mkdtemp(name.data()) != nullptr)
      path_ = name;
  }
  private_directory(const private_directory&) = delete;
  private_directory& operator=(const private_directory&) = delete;
  ~private_directory() {
    std::error_code ignored;
    if (!path_.empty())
      std::filesystem::remove_all(path_, ignored);
  }
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

result<void> ask_git(const config& c, const remote& at, process& children) {
  private_directory secrets;
  git_cli::settings how;
  std::error_code failed;
  how.askpass = std::filesystem::read_symlink("/proc/self/exe", failed).string();
  if (auto socket = std::getenv("SSH_AUTH_SOCK"))
    how.ssh_socket = socket;
  how.https = {c.http.ca_file, c.http.client_certificate, c.http.client_key, c.http.proxy, c.http.no_proxy};
  how.private_dir = secrets.path();
  how.timeout = std::chrono::seconds{std::min<std::int64_t>(c.git.timeout_seconds, 60)};
  auto ref = "refs/heads/" + at.default_branch;
  auto out = git_cli::run(children, how, at, "/", {"ls-remote", "--end-of-options", at.url, ref},
                          "asking " + at.repository + " for its branch " + printable(at.default_branch));
  if (!out)
    return out.error();
  if (out->empty())
    return {ec::not_found, at.repository + " has no branch '" + printable(at.default_branch) +
                             "' to start from: push it, or mend repo_hosting.default_branch"};
  return {};
}

} // namespace

std::vector<repository_finding> look_at_repositories(const config& c, const project_config& p, const std::string& at,
                                                     code_host& host, process& children) {
  std::vector<repository_finding> out;
  auto& allowed = p.routing.allowed;
  for (auto& [slug, key] : routes_of(p, at)) {
    auto finding = repository_finding{key, {}, slug};
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), slug) == allowed.end()) {
      finding.usable = error{ec::bad_config, "'" + slug + "' is not among " + at +
                                               "routing.allowed, so no story could go there: add it, or take it out"};
    } else if (auto where = host.locate(slug); !where) {
      finding.usable = where.error();
    } else {
      finding.text += ", branch " + where->default_branch;
      finding.usable = ask_git(c, *where, children);
    }
    out.push_back(std::move(finding));
  }
  return out;
}

} // namespace hyakki
