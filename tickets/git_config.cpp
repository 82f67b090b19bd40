#include "tickets/git_config.hpp"

#include "tickets/directory.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_bytes = 1u << 20;
constexpr int most_levels = 10;

/// A value as git reads it: quotes and escapes undone, a remark cut off.
std::string unquoted(std::string_view text) {
  auto out = std::string{};
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto c = text[i];
    if (c == '"') {
      quoted = !quoted;
    } else if (c == '\\' && i + 1 < text.size()) {
      c = text[++i];
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    } else if (!quoted && (c == '#' || c == ';')) {
      break;
    } else {
      out += c;
    }
  }
  return std::string{stripped(out)};
}

std::string directory_of(const std::string& file) {
  auto slash = file.rfind('/');
  return slash == std::string::npos ? "." : file.substr(0, slash);
}

} // namespace

std::string small_file(const std::string& path) {
  auto fd = descriptor{::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
  struct stat info {};
  if (!fd.open() || ::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode))
    return {};
  auto out = std::string(std::min<std::size_t>(static_cast<std::size_t>(info.st_size), most_bytes), '\0');
  auto n = ::read(fd.get(), out.data(), out.size());
  out.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
  return out;
}

std::string from_home(std::string_view path) {
  auto* home = std::getenv("HOME");
  return path.substr(0, 2) == "~/" && home ? std::string{home} + std::string{path.substr(1)} : std::string{path};
}

bool git_config::holds(std::string_view condition, const std::string& from) const {
  bool any_case = condition.substr(0, 9) == "gitdir/i:";
  if (!any_case && condition.substr(0, 7) != "gitdir:")
    return false;
  auto pattern = from_home(condition.substr(any_case ? 9 : 7));
  if (pattern.substr(0, 2) == "./")
    pattern = directory_of(from) + pattern.substr(1);
  else if (pattern.empty() || pattern.front() != '/')
    pattern = "*/" + pattern;
  if (pattern.back() == '/')
    pattern += "*";
  return ::fnmatch(pattern.c_str(), git_dir_.c_str(), any_case ? FNM_CASEFOLD : 0) == 0;
}

void git_config::include(const std::string& from, std::string_view path, int level) {
  auto file = from_home(path);
  if (!file.empty() && level < most_levels)
    read(file.front() == '/' ? file : directory_of(from) + "/" + file, level + 1);
}

void git_config::set(std::string_view key, const std::string& value) {
  auto known = folded(key);
  if (known == "user.name")
    name = value;
  else if (known == "user.email")
    email = value;
}

void git_config::read(const std::string& file, int level) {
  auto bytes = small_file(file);
  auto rest = std::string_view{bytes};
  auto section = std::string{};
  auto condition = std::string{};
  while (!rest.empty()) {
    auto end = std::min(rest.find('\n'), rest.size());
    auto line = stripped(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.empty() || line.front() == '#' || line.front() == ';')
      continue;
    if (line.front() == '[') {
      auto close = line.rfind(']');
      auto head = line.substr(1, close == std::string_view::npos ? close : close - 1);
      auto quote = head.find('"');
      section = folded(stripped(head.substr(0, quote)));
      condition = quote == std::string_view::npos ? std::string{} : unquoted(head.substr(quote));
      continue;
    }
    auto equals = line.find('=');
    if (equals == std::string_view::npos)
      continue;
    auto key = folded(stripped(line.substr(0, equals)));
    auto text = unquoted(stripped(line.substr(equals + 1)));
    if (section == "user" && condition.empty())
      set("user." + key, text);
    else if (key == "path" && (section == "include" || (section == "includeif" && holds(condition, file))))
      include(file, text, level);
  }
}

} // namespace hyakki::tickets
