#include "runtime/config_file.hpp"

#include "core/redact.hpp"
#include "core/utf8.hpp"
#include "runtime/config_reader.hpp"
#include "runtime/yaml_tree.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>

namespace hyakki {
namespace {

constexpr std::size_t longest_file = 1024 * 1024;

/// At most one byte more than is allowed, so that a device or a huge file costs nothing. A pipe is read as well:
/// a shell's <(…) is one.
result<std::string> contents(const std::string& path) {
  auto fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    auto why = std::string{std::strerror(errno)};
    return {ec::bad_config, "cannot read the configuration file " + printable(path) + ": " + why +
                              (errno == ENOENT ? ". `hyakki init -o hyakki.yaml` writes one to start from" : "")};
  }
  std::string text;
  char piece[16 * 1024];
  for (;;) {
    auto n = ::read(fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0) {
      auto why = std::string{std::strerror(errno)};
      ::close(fd);
      return {ec::bad_config, "cannot read the configuration file " + printable(path) + ": " + why};
    }
    if (n == 0 || text.size() > longest_file)
      break;
    text.append(piece, static_cast<std::size_t>(n));
  }
  struct stat s {};
  auto known = ::fstat(fd, &s) == 0 && S_ISREG(s.st_mode);
  ::close(fd);
  if (text.size() > longest_file)
    return {ec::bad_config, "the configuration file " + printable(path) + " has " +
                              (known ? std::to_string(s.st_size) : "more than " + std::to_string(longest_file)) +
                              " bytes; at most " + std::to_string(longest_file) + " are read"};
  return text;
}

std::string directory_of(const std::string& path) {
  auto slash = path.rfind('/');
  auto folder = slash == std::string::npos ? std::string{"."} : slash == 0 ? std::string{"/"} : path.substr(0, slash);
  char real[PATH_MAX];
  return ::realpath(folder.c_str(), real) != nullptr ? std::string{real} : folder;
}

} // namespace

env_lookup process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    auto value = std::getenv(std::string{name}.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>{value};
  };
}

std::string to_string(const config_problem& p) {
  auto out = printable(p.file);
  if (p.line != 0)
    out += ":" + std::to_string(p.line);
  return out + ": " + (p.key.empty() ? "" : p.key + ": ") + p.text;
}

result<loaded_config> read_config(std::string_view text, const std::string& file, const std::string& directory,
                                  const env_lookup& env, const config_types& types,
                                  std::vector<config_problem>* problems) {
  config_reader reader{file, directory, env, types};
  std::vector<yaml_fault> faults;
  auto root = read_yaml(text, faults);
  for (auto& f : faults)
    reader.fault(f.line, {}, f.text);
  if (root)
    reader.read(*root);
  if (problems != nullptr)
    *problems = reader.problems;
  if (reader.problems.empty()) {
    reader.out.path = file;
    return std::move(reader.out);
  }
  auto n = reader.problems.size();
  std::string said = n == 1 ? std::string{} : std::to_string(n) + " faults in the configuration:";
  for (auto& p : reader.problems)
    said += (said.empty() ? "" : "\n") + to_string(p);
  // A value in a fault may have come from the environment.
  return {ec::bad_config, redactor{reader.out.secrets}(said)};
}

result<loaded_config> load_config(const std::string& given, const env_lookup& env, const config_types& types,
                                  std::vector<config_problem>* problems) {
  auto path = given;
  if (path == "~" || path.compare(0, 2, "~/") == 0)
    if (auto home = env("HOME"))
      path = *home + path.substr(1);
  auto text = contents(path);
  if (!text) {
    if (problems != nullptr)
      *problems = {{given, 0, {}, text.error().text}};
    return text.error();
  }
  return read_config(*text, path, directory_of(path), env, types, problems);
}

} // namespace hyakki
