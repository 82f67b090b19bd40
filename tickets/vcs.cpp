#include "tickets/vcs.hpp"

#include "tickets/git_config.hpp"
#include "tickets/jj_branch.hpp"
#include "tickets/text.hpp"

#include <array>
#include <cstdlib>

#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

struct marker {
  const char* name;
  vcs kind;
};
constexpr std::array<marker, 3> markers{{{".jj", vcs::jj}, {".git", vcs::git}, {".hg", vcs::hg}}};

bool exists(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

std::string environment(const char* name) {
  auto* text = std::getenv(name);
  return text ? text : "";
}

std::string first_line(std::string_view text) { return std::string{stripped(text.substr(0, text.find('\n')))}; }

/// "Ann Dev <ann@example.org>" in its parts.
vcs_user parted(std::string_view text) {
  auto open = text.find('<');
  auto close = text.find('>', open == std::string_view::npos ? text.size() : open);
  if (close == std::string_view::npos)
    return {std::string{stripped(text)}, {}};
  return {std::string{stripped(text.substr(0, open))}, std::string{text.substr(open + 1, close - open - 1)}};
}

/// `key = value` below `[section]`, in Mercurial's and Jujutsu's files; the last one counts.
std::string setting(const std::string& bytes, std::string_view section, std::string_view key) {
  auto out = std::string{};
  auto rest = std::string_view{bytes};
  auto here = std::string{};
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    auto line = stripped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.size() > 1 && line.front() == '[' && line.back() == ']')
      here = line.substr(1, line.size() - 2);
    auto equals = line.find('=');
    if (equals == std::string_view::npos)
      continue;
    auto name = stripped(line.substr(0, equals));
    auto text = stripped(line.substr(equals + 1));
    if (text.size() > 1 && (text.front() == '"' || text.front() == '\'') && text.back() == text.front())
      text = text.substr(1, text.size() - 2);
    if ((here == section && name == key) || (here.empty() && name == std::string{section} + "." + std::string{key}))
      out = text;
  }
  return out;
}

std::string configuration_home() {
  auto base = environment("XDG_CONFIG_HOME");
  return base.empty() ? from_home("~/.config") : base;
}

constexpr std::size_t most_variables = 1000;

/// 0 where it is none.
std::size_t whole_number(const std::string& text) {
  bool digits = !text.empty() && text.size() <= 6 && text.find_first_not_of("0123456789") == std::string::npos;
  return digits ? std::stoul(text) : 0;
}

vcs_user git_user(const std::string& root) {
  auto own = git_directory(root);
  auto config = git_config{own + "/"};
  // Files and their order as git(1) has them, with the variables that put others in their place.
  auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
  if (is_set("GIT_CONFIG_SYSTEM"))
    config.read(environment("GIT_CONFIG_SYSTEM"));
  else if (auto none = environment("GIT_CONFIG_NOSYSTEM"); none.empty() || none == "0" || none == "false")
    config.read("/etc/gitconfig");
  if (is_set("GIT_CONFIG_GLOBAL")) {
    config.read(environment("GIT_CONFIG_GLOBAL"));
  } else {
    config.read(configuration_home() + "/git/config");
    config.read(from_home("~/.gitconfig"));
  }
  config.read(git_common_directory(root) + "/config");
  for (std::size_t n = 0, count = whole_number(environment("GIT_CONFIG_COUNT")); n < std::min(count, most_variables);
       ++n)
    config.set(environment(("GIT_CONFIG_KEY_" + std::to_string(n)).c_str()),
               environment(("GIT_CONFIG_VALUE_" + std::to_string(n)).c_str()));
  auto or_else = [](std::string a, std::string b) { return a.empty() ? std::move(b) : std::move(a); };
  return {or_else(environment("GIT_AUTHOR_NAME"), config.name),
          or_else(environment("GIT_AUTHOR_EMAIL"), or_else(config.email, environment("EMAIL")))};
}

vcs_user hg_user(const std::string& root) {
  auto text = environment("HGUSER");
  for (auto& file : {root + "/.hg/hgrc", from_home("~/.hgrc"), configuration_home() + "/hg/hgrc",
                     std::string{"/etc/mercurial/hgrc"}})
    if (text.empty())
      text = setting(small_file(file), "ui", "username");
  return parted(text.empty() ? environment("EMAIL") : text);
}

vcs_user jj_user(const std::string& root) {
  auto out = vcs_user{environment("JJ_USER"), environment("JJ_EMAIL")};
  for (auto& file : {root + "/.jj/repo/config.toml", environment("JJ_CONFIG"), from_home("~/.jjconfig.toml"),
                     configuration_home() + "/jj/config.toml"}) {
    auto bytes = file.empty() ? std::string{} : small_file(file);
    if (out.name.empty())
      out.name = setting(bytes, "user", "name");
    if (out.email.empty())
      out.email = setting(bytes, "user", "email");
  }
  return out;
}

std::string git_branch(const std::string& root) {
  auto head = first_line(small_file(git_directory(root) + "/HEAD"));
  constexpr std::string_view branch = "ref: refs/heads/";
  if (head.compare(0, branch.size(), branch) == 0)
    return head.substr(branch.size());
  return head.empty() ? head : "HEAD";
}

std::string hg_branch(const std::string& root) {
  auto bookmark = first_line(small_file(root + "/.hg/bookmarks.current"));
  auto branch = first_line(small_file(root + "/.hg/branch"));
  return !bookmark.empty() ? bookmark : branch.empty() ? "default" : branch;
}

} // namespace

std::string_view to_string(vcs kind) {
  constexpr std::string_view names[] = {"git", "hg", "jj"};
  return names[static_cast<std::size_t>(kind)];
}

std::optional<repository> find_repository(const std::string& from) {
  char resolved[PATH_MAX];
  if (!::realpath(from.c_str(), resolved))
    return std::nullopt;
  for (auto at = std::string{resolved}; at.size() > 1; at.resize(at.rfind('/'))) {
    for (auto& m : markers)
      if (exists(at + "/" + m.name))
        return repository{at, m.kind};
  }
  return std::nullopt;
}

std::string git_directory(const std::string& root) {
  auto path = root + "/.git";
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0)
    return {};
  if (S_ISDIR(info.st_mode))
    return path;
  auto line = first_line(small_file(path));
  constexpr std::string_view pointer = "gitdir: ";
  if (line.compare(0, pointer.size(), pointer) != 0)
    return {};
  auto target = line.substr(pointer.size());
  return !target.empty() && target.front() == '/' ? target : root + "/" + target;
}

std::string git_common_directory(const std::string& root) {
  auto own = git_directory(root);
  auto common = own.empty() ? std::string{} : first_line(small_file(own + "/commondir"));
  return common.empty() ? own : common.front() == '/' ? common : own + "/" + common;
}

vcs_user user_of(const repository& where) {
  using asks = vcs_user (*)(const std::string&);
  constexpr std::array<asks, 3> all{git_user, hg_user, jj_user};
  return all[static_cast<std::size_t>(where.kind)](where.root);
}

std::string branch_of(const repository& where) {
  using asks = std::string (*)(const std::string&);
  constexpr std::array<asks, 3> all{git_branch, hg_branch, jj_branch};
  return all[static_cast<std::size_t>(where.kind)](where.root);
}

} // namespace hyakki::tickets
