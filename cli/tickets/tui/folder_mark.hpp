#pragma once

#include <string>

#include <sys/stat.h>

namespace hyakki::ticket_tui {

/// Changes whenever a ticket's file is made, replaced, moved or removed in a store. Costs two calls.
struct folder_mark {
  timespec open{}, closed{};

  static folder_mark of(const std::string& store) {
    auto time = [](const std::string& path) {
      struct stat info {};
      return ::stat(path.c_str(), &info) == 0 ? info.st_mtim : timespec{};
    };
    return {time(store + "/open"), time(store + "/closed")};
  }
  friend bool operator==(const folder_mark& a, const folder_mark& b) {
    auto same = [](const timespec& x, const timespec& y) { return x.tv_sec == y.tv_sec && x.tv_nsec == y.tv_nsec; };
    return same(a.open, b.open) && same(a.closed, b.closed);
  }
};

} // namespace hyakki::ticket_tui
