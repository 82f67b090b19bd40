#include "adapters/git/files.hpp"

#include "core/shortage.hpp"
#include "core/utf8.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace hyakki::files {

descriptor open_dir(int at, const std::string& name, bool make) {
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int fd = ::openat(at, name.c_str(), flags);
  if (fd < 0 && errno == ENOENT && make && (::mkdirat(at, name.c_str(), 0777) == 0 || errno == EEXIST))
    fd = ::openat(at, name.c_str(), flags);
  return descriptor{fd};
}

bool is_real(const std::string& path) {
  if (path.empty() || path.front() != '/' || path.back() == '/')
    return false;
  for (auto* odd : {"//", "/./", "/../"})
    if (path.find(odd) != std::string::npos)
      return false;
  for (auto* end : {"/.", "/.."})
    if (auto n = std::strlen(end); path.size() >= n && path.compare(path.size() - n, n, end) == 0)
      return false;
  auto how = open_how{};
  how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS;
  return static_cast<bool>(
    descriptor{static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how))});
}

bool names_in(int dir, std::vector<std::string>& out, std::size_t most) {
  // Through the descriptor itself: readdir wants one of its own, and 32 KB of the heap.
  if (::lseek(dir, 0, SEEK_SET) != 0)
    return false;
  alignas(dirent64) std::array<char, 32768> some;
  for (;;) {
    auto got = ::getdents64(dir, some.data(), some.size());
    if (got < 0 && errno != ENOENT) // of a directory that was removed meanwhile: it is empty
      return false;
    if (got <= 0)
      break;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      auto* e = reinterpret_cast<const dirent64*>(some.data() + at);
      at += e->d_reclen;
      auto name = std::string_view{e->d_name};
      if (name == "." || name == "..")
        continue;
      if (out.size() >= most) {
        std::sort(out.begin(), out.end());
        return false;
      }
      out.emplace_back(name);
    }
  }
  std::sort(out.begin(), out.end());
  return true;
}

namespace {

/// Too deep to go on by descriptors: the rest is moved up to `top` and removed from there.
constexpr int most_depth = 64;

bool remove_below(int at, const std::string& name, int depth, int top, std::uint64_t& moved) {
  if (::unlinkat(at, name.c_str(), 0) == 0 || errno == ENOENT)
    return true;
  if (::unlinkat(at, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT)
    return true;
  if (depth >= most_depth)
    return ::renameat(at, name.c_str(), top, ("hyakki-deep-" + std::to_string(++moved)).c_str()) == 0;
  auto dir = open_dir(at, name);
  if (!dir && errno == EACCES && ::fchmodat(at, name.c_str(), 0700, 0) == 0)
    dir = open_dir(at, name);
  if (!dir)
    return false;
  for (int round = 0; round < 1'000; ++round) {
    auto names = std::vector<std::string>{};
    if (!names_in(dir.get(), names) && names.empty())
      return false;
    if (names.empty())
      break;
    ::fchmod(dir.get(), 0700);
    for (auto& n : names)
      if (!remove_below(dir.get(), n, depth + 1, depth == 0 ? dir.get() : top, moved))
        return false;
  }
  return ::unlinkat(at, name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT;
}

} // namespace

bool remove_all(int at, const std::string& name) {
  std::uint64_t moved = 0;
  return remove_below(at, name, 0, at, moved);
}

result<std::string> read_file(int at, const std::string& name, std::uint64_t most) {
  auto fd = descriptor{::openat(at, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) != 0)
    return {errno == ENOENT           ? ec::not_found
            : passes_by_itself(errno) ? ec::unavailable
                                      : ec::rejected,
            "reading '" + printable(name) + "': " + std::strerror(errno)};
  if (!S_ISREG(s.st_mode))
    return {ec::rejected, "'" + printable(name) + "' is not a plain file"};
  auto out = std::string{};
  out.resize(static_cast<std::size_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(s.st_size), most) + 1));
  std::size_t have = 0;
  for (;;) {
    auto n = ::read(fd.get(), out.data() + have, out.size() - have);
    if (n < 0 && errno == EINTR)
      continue;
    if (n < 0)
      return {ec::unavailable, "reading '" + printable(name) + "': " + std::strerror(errno)};
    if (n == 0)
      break;
    bool short_of_asked = static_cast<std::size_t>(n) < out.size() - have;
    have += static_cast<std::size_t>(n);
    if (short_of_asked && have == static_cast<std::size_t>(s.st_size))
      break; // there was room for more, and its size says the same
    if (have > most)
      return {ec::over_budget, "'" + printable(name) + "' is larger than " + std::to_string(most) + " bytes"};
    if (have == out.size())
      out.resize(std::min<std::size_t>(out.size() * 2, static_cast<std::size_t>(most) + 1));
  }
  out.resize(have);
  return out;
}

bool write_file(int at, const std::string& name, std::string_view text, mode_t mode) {
  auto aside = name + ".new";
  ::unlinkat(at, aside.c_str(), 0);
  auto fd = descriptor{::openat(at, aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)};
  if (!fd)
    return false;
  while (!text.empty()) {
    auto n = ::write(fd.get(), text.data(), text.size());
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::renameat(at, aside.c_str(), at, name.c_str()) == 0;
}

bool settle_file(int at, const std::string& name, std::string_view text, mode_t mode) {
  auto fd = descriptor{::openat(at, name.c_str(), O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)};
  struct stat s {};
  bool ours = fd && ::fstat(fd.get(), &s) == 0 && S_ISREG(s.st_mode) && s.st_nlink == 1 && s.st_uid == ::geteuid() &&
              (s.st_mode & 07777 & ~mode) == 0;
  if (!ours)
    return (!fd && errno == ENOENT) || remove_all(at, name) ? write_file(at, name, text, mode) : false;
  if (s.st_size == static_cast<off_t>(text.size())) {
    auto held = std::string(text.size(), '\0');
    if (::pread(fd.get(), held.data(), held.size(), 0) == static_cast<ssize_t>(held.size()) && held == text)
      return true;
  } else if (::ftruncate(fd.get(), 0) != 0) {
    return false;
  }
  return ::pwrite(fd.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool read_link(int at, const std::string& name, std::string& out) {
  char text[4096];
  auto n = ::readlinkat(at, name.c_str(), text, sizeof text);
  if (n < 0 || n == sizeof text)
    return false;
  out.assign(text, static_cast<std::size_t>(n));
  return true;
}

bool is_git_name(std::string_view component) {
  auto plain = std::string{};
  for (std::size_t i = 0; i < component.size(); ++i) {
    auto three = component.substr(i, 3);
    bool ignorable = three.size() == 3 && ((three[0] == '\xe2' && (three[1] == '\x80' || three[1] == '\x81') &&
                                            static_cast<unsigned char>(three[2]) >= 0x8c) ||
                                           three == "\xef\xbb\xbf");
    if (ignorable) {
      i += 2;
      continue;
    }
    auto c = component[i];
    plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  plain = plain.substr(0, plain.find_first_of(":\\"));
  while (!plain.empty() && (plain.back() == ' ' || plain.back() == '.'))
    plain.pop_back();
  return plain == ".git" || plain == "git~1";
}

bool is_safe_path(std::string_view path) {
  if (path.empty() || path.size() > 4000 || path.front() == '/' || path.find('\0') != std::string_view::npos)
    return false;
  for (int depth = 0; depth < 128; ++depth) {
    auto slash = path.find('/');
    auto part = path.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255 || is_git_name(part))
      return false;
    if (slash == std::string_view::npos)
      return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

} // namespace hyakki::files
