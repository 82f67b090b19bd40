#include "adapters/process/process_table.hpp"

#include "adapters/process/spawn.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
extern "C" {
#include <sys/pidfd.h> // glibc 2.36 forgot to declare these for C++
}
#include <unistd.h>

#include <array>
#include <charconv>
#include <climits>
#include <cstring>
#include <memory>
#include <string_view>

namespace hyakki {

namespace {

/// An environment longer than this is not read to its end.
constexpr std::size_t most_environment = 4u << 20;

struct close_directory {
  void operator()(DIR* d) const { ::closedir(d); }
};
using directory = std::unique_ptr<DIR, close_directory>;

std::optional<pid_t> number_of(std::string_view text) {
  pid_t value = 0;
  auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc{} || end != text.data() + text.size() || value <= 0)
    return std::nullopt;
  return value;
}

std::string whole_file(const std::string& path, std::size_t most) {
  unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::string text;
  std::array<char, 4096> piece;
  while (fd && text.size() < most) {
    auto n = ::read(fd.get(), piece.data(), piece.size());
    if (n <= 0)
      break;
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

/// A process whose first thread has ended shows its environment by its other threads only.
std::string environment_of(pid_t pid) {
  auto folder = "/proc/" + std::to_string(pid);
  auto text = whole_file(folder + "/environ", most_environment);
  if (!text.empty())
    return text;
  directory tasks{::opendir((folder + "/task").c_str())};
  while (auto* entry = tasks ? ::readdir(tasks.get()) : nullptr) {
    if (entry->d_name[0] == '.')
      continue;
    text = whole_file(folder + "/task/" + entry->d_name + "/environ", most_environment);
    if (!text.empty())
      break;
  }
  return text;
}

/// "pid (any name, even with brackets) S parent group session … started …": fields are counted from the last ')'.
std::optional<seen_process> parse_stat(std::string_view text) {
  seen_process p;
  auto id = number_of(text.substr(0, text.find(' ')));
  auto bracket = text.rfind(')');
  if (!id || bracket == std::string_view::npos)
    return std::nullopt;
  p.pid = *id;
  text.remove_prefix(bracket + 1);
  int field = 2;
  while (!text.empty() && field < 22) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    ++field;
    auto read = [&](auto& into) { std::from_chars(word.data(), word.data() + word.size(), into); };
    switch (field) {
    case 3: p.state = word.empty() ? '?' : word.front(); break;
    case 4: read(p.parent); break;
    case 5: read(p.group); break;
    case 6: read(p.session); break;
    case 20: read(p.threads); break;
    case 22: read(p.started); break;
    default: break;
    }
  }
  return field == 22 ? std::optional{p} : std::nullopt;
}

std::vector<pid_t> children_of_thread(const std::string& thread) {
  std::vector<pid_t> found;
  auto text = whole_file("/proc/self/task/" + thread + "/children", most_environment);
  for (std::string_view rest = text; !rest.empty();) {
    auto word = rest.substr(0, rest.find(' '));
    if (auto id = number_of(word))
      found.push_back(*id);
    rest.remove_prefix(std::min(word.size() + 1, rest.size()));
  }
  return found;
}

/// With `owner`, only a process of that user.
std::optional<seen_process> look(int proc, const char* pid, const uid_t* owner) {
  std::array<char, 32> name;
  if (std::strlen(pid) > 16)
    return std::nullopt;
  ::strcpy(name.data(), pid);
  ::strcat(name.data(), "/stat");
  unique_fd fd{::openat(proc, name.data(), O_RDONLY | O_CLOEXEC)};
  if (!fd)
    return std::nullopt;
  struct stat s {};
  if (owner && (::fstat(fd.get(), &s) != 0 || s.st_uid != *owner))
    return std::nullopt;
  std::array<char, 1024> text;
  auto n = ::read(fd.get(), text.data(), text.size());
  if (n <= 0)
    return std::nullopt;
  return parse_stat({text.data(), static_cast<std::size_t>(n)});
}

} // namespace

std::optional<seen_process> look_at(pid_t pid) {
  unique_fd proc{::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return proc ? look(proc.get(), std::to_string(pid).c_str(), nullptr) : std::nullopt;
}

std::vector<seen_process> processes_of_this_user() {
  std::vector<seen_process> found;
  directory proc{::opendir("/proc")};
  if (!proc)
    return found;
  auto owner = ::geteuid();
  while (auto* entry = ::readdir(proc.get()))
    if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
      if (auto p = look(::dirfd(proc.get()), entry->d_name, &owner))
        found.push_back(*p);
  return found;
}

std::vector<pid_t> own_children() {
  std::vector<pid_t> found;
  directory tasks{::opendir("/proc/self/task")};
  while (auto* entry = tasks ? ::readdir(tasks.get()) : nullptr) {
    if (entry->d_name[0] == '.')
      continue;
    auto children = children_of_thread(entry->d_name);
    found.insert(found.end(), children.begin(), children.end());
  }
  if (!found.empty() || ::access("/proc/thread-self/children", R_OK) == 0)
    return found;
  // A kernel without that file.
  for (const auto& p : processes_of_this_user())
    if (p.parent == ::getpid())
      found.push_back(p.pid);
  return found;
}

std::vector<pid_t> adopted_children() { return children_of_thread(std::to_string(::getpid())); }

std::string mark_of(pid_t pid) {
  constexpr std::string_view wanted = "HYAKKI_RUN=";
  auto text = environment_of(pid);
  for (std::string_view rest = text; !rest.empty();) {
    auto entry = rest.substr(0, rest.find('\0'));
    if (entry.substr(0, wanted.size()) == wanted)
      return std::string{entry.substr(wanted.size())};
    rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
  }
  return {};
}

bool shows_no_environment(pid_t pid) { return environment_of(pid).empty(); }

std::string directory_of(pid_t pid) {
  std::array<char, PATH_MAX> text;
  auto n = ::readlink(("/proc/" + std::to_string(pid) + "/cwd").c_str(), text.data(), text.size());
  return n > 0 ? std::string{text.data(), static_cast<std::size_t>(n)} : std::string{};
}

bool is_inside(const std::string& path, const std::string& directory) {
  return !directory.empty() && directory != "/" && path.compare(0, directory.size(), directory) == 0 &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

bool prints_into(pid_t pid, std::uint64_t pipe, std::uint64_t other_pipe) {
  for (auto* stream : {"/fd/1", "/fd/2"}) {
    std::array<char, 64> text;
    auto n = ::readlink(("/proc/" + std::to_string(pid) + stream).c_str(), text.data(), text.size());
    auto target = std::string_view{text.data(), n > 0 ? static_cast<std::size_t>(n) : 0};
    for (auto wanted : {pipe, other_pipe})
      if (wanted != 0 && target == "pipe:[" + std::to_string(wanted) + "]")
        return true;
  }
  return false;
}

bool end_if_same(const seen_process& p) { return signal_if_same(p, SIGKILL); }

bool signal_if_same(const seen_process& p, int signal) {
  unique_fd fd{::pidfd_open(p.pid, 0)};
  if (!fd)
    return false;
  // The descriptor pins whoever has the pid now: if that is still the one we saw, it cannot change any more.
  auto now = look_at(p.pid);
  if (!now || now->started != p.started)
    return false;
  return ::pidfd_send_signal(fd.get(), signal, nullptr, 0) == 0;
}

} // namespace hyakki
