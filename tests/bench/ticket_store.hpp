#pragma once
// A ticket store of any size for benchmarks, and the bare work on its files: to stat each, to read each.

#include "tests/support/ticket_text.hpp"

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::bench {

/// A repository with `count` tickets, a quarter of them closed; one in twenty speaks of a login.
inline void make_tickets(const std::string& repository, std::size_t count) {
  auto base = repository + "/.tickets";
  std::filesystem::create_directories(repository + "/.git");
  std::filesystem::create_directories(base + "/open");
  std::filesystem::create_directories(base + "/closed");
  std::ofstream{base + "/config.yaml"} << "default_status: open\n";
  for (std::size_t i = 0; i < count; ++i) {
    auto id = "T" + std::to_string(i % 97) + "-" + std::to_string(i / 97 + 1);
    bool over = i % 4 == 3;
    auto title = (i % 20 == 0 ? "Fix the login of page " : "Some story number ") + std::to_string(i);
    auto text = test::ticket_text(id, title, {"bug", "x" + std::to_string(i % 7)},
                                  over         ? "closed"
                                  : i % 3 != 0 ? "open"
                                               : "in-progress");
    // Made one after the other over three years.
    char made[32];
    std::snprintf(made, sizeof made, "%04zu-%02zu-%02zuT%02zu:%02zu:%02zu", 2023 + i % 3, 1 + i / 3 % 12,
                  1 + i / 36 % 28, i / 1008 % 24, i / 24'192 % 60, i % 60);
    text.replace(text.find("2026-11-01T10:00:00"), 19, made);
    auto bare = std::string{"description: ''"};
    text.replace(text.find(bare), bare.size(),
                 "description: What is to be done here, why it matters to us\n  and for whom");
    auto path = base + (over ? "/closed/" : "/open/") + id + ".yaml";
    if (!(std::ofstream{path} << text)) {
      std::fprintf(stderr, "cannot write %s\n", path.c_str());
      std::exit(1);
    }
  }
}

/// Calls `each(folder's descriptor, name)` for every file of the tickets.
template <class F>
std::size_t each_ticket_file(const std::string& repository, F&& each) {
  std::size_t files = 0;
  for (auto* folder : {"/.tickets/open", "/.tickets/closed"}) {
    auto* dir = ::opendir((repository + folder).c_str());
    while (auto* entry = dir != nullptr ? ::readdir(dir) : nullptr)
      if (entry->d_name[0] != '.') {
        each(::dirfd(dir), entry->d_name);
        ++files;
      }
    if (dir != nullptr)
      ::closedir(dir);
  }
  return files;
}

/// What nobody can do without who must know whether a file changed.
inline std::size_t stat_all(const std::string& repository) {
  return each_ticket_file(repository, [](int dir, const char* name) {
    struct stat s {};
    ::fstatat(dir, name, &s, AT_SYMLINK_NOFOLLOW);
  });
}

/// What nobody can do without who keeps no index.
inline std::size_t read_all(const std::string& repository) {
  return each_ticket_file(repository, [](int dir, const char* name) {
    char buffer[65536];
    int fd = ::openat(dir, name, O_RDONLY | O_CLOEXEC);
    while (::read(fd, buffer, sizeof buffer) > 0)
      ;
    ::close(fd);
  });
}

} // namespace hyakki::bench
