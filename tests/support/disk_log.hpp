#pragma once
// What a process did to its disk, as noted by disk_faults, and the disks that a power cut could have left of it.
//
// A write is on disk for sure once its file was synced after it (or was opened O_DSYNC); until then any of its
// 512-byte sectors may be there or not. Names (created, renamed, removed) are sure once their directory was synced, and
// of each directory by itself.

#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace hyakki::test {

struct disk_op {
  char kind = 0; ///< C created, W written, D written and on disk, S synced, T cut, R renamed, U removed, N note
  std::string path;
  std::uint64_t offset = 0;
  std::string data;
};

inline std::vector<disk_op> read_disk_log(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  std::string all{std::istreambuf_iterator<char>{in}, {}};
  std::vector<disk_op> out;
  std::size_t at = 0;
  auto number = [&] {
    std::uint64_t n = 0;
    std::memcpy(&n, all.data() + at, sizeof n);
    at += sizeof n;
    return n;
  };
  auto text = [&] {
    auto n = number();
    auto s = all.substr(at, n);
    at += n;
    return s;
  };
  while (at < all.size()) {
    disk_op op;
    op.kind = all[at++];
    op.path = text();
    op.offset = number();
    op.data = text();
    out.push_back(std::move(op));
  }
  return out;
}

/// A disk with a cache, driven op by op.
class unsafe_disk {
public:
  using dice = std::mt19937_64;

  void apply(const disk_op& op) {
    switch (op.kind) {
    case 'C':
      if (now_.count(op.path) == 0) {
        now_[op.path] = files_.size();
        files_.emplace_back();
      }
      break;
    case 'W': pending(op).push_back(op); break;
    case 'D': put(files_[now_.at(op.path)].sure, op.offset, op.data); break;
    case 'T':
      if (now_.count(op.path) != 0)
        pending(op).push_back(op);
      break;
    case 'S':
      if (now_.count(op.path) == 0) { // a directory
        drop_names(sure_, op.path);
        for (auto& [name, file] : now_)
          if (folder_of(name) == op.path)
            sure_[name] = file;
        break;
      }
      for (auto& w : pending(op))
        settle(files_[now_.at(op.path)].sure, w);
      pending(op).clear();
      break;
    case 'R':
      now_[op.data] = now_.at(op.path);
      now_.erase(op.path);
      break;
    case 'U': now_.erase(op.path); break;
    default: break;
    }
  }

  /// What a power cut leaves, now, or in the middle of `next`: names to contents.
  std::map<std::string, std::string> after_power_cut(const disk_op* next, dice& d) const {
    std::map<std::string, bool> kept; // by directory: are its last names there?
    std::map<std::string, std::size_t> names;
    for (auto* all : {&now_, &sure_})
      for (auto& [name, file] : *all) {
        auto fate = kept.find(folder_of(name));
        if (fate == kept.end())
          fate = kept.emplace(folder_of(name), d() % 2 == 0).first;
        if (fate->second == (all == &now_))
          names[name] = file;
      }
    std::map<std::string, std::string> out;
    // Most cuts lose some; some lose all; some lose nothing.
    auto mood = d() % 8;
    for (auto& [name, file] : names) {
      auto content = files_[file].sure;
      for (auto& w : files_[file].pending)
        tear(content, w, mood, d);
      if (next != nullptr && (next->kind == 'W' || next->kind == 'D') && now_.count(next->path) != 0 &&
          now_.at(next->path) == file)
        tear(content, *next, mood, d);
      out[name] = std::move(content);
    }
    return out;
  }

private:
  struct file {
    std::string sure;
    std::vector<disk_op> pending;
  };

  using names = std::map<std::string, std::size_t>;
  static std::string folder_of(const std::string& name) { return name.substr(0, name.rfind('/')); }
  static void drop_names(names& all, const std::string& folder) {
    for (auto it = all.begin(); it != all.end();)
      it = folder_of(it->first) == folder ? all.erase(it) : std::next(it);
  }

  std::vector<disk_op>& pending(const disk_op& op) { return files_[now_.at(op.path)].pending; }

  static void put(std::string& content, std::uint64_t at, std::string_view data) {
    if (content.size() < at + data.size())
      content.resize(at + data.size(), '\0');
    content.replace(at, data.size(), data);
  }
  static void settle(std::string& content, const disk_op& op) {
    if (op.kind == 'T')
      content.resize(op.offset, '\0');
    else
      put(content, op.offset, op.data);
  }
  static void tear(std::string& content, const disk_op& op, std::uint64_t mood, dice& d) {
    if (op.kind == 'T' || mood == 0) {
      if (d() % 2 == 0)
        settle(content, op);
      return;
    }
    if (mood == 1)
      return;
    if (mood == 2 || d() % 3 == 0) {
      settle(content, op);
      return;
    }
    if (d() % 2 == 0)
      return;
    for (std::size_t i = 0; i < op.data.size();) {
      auto end = std::min<std::size_t>(op.data.size(), ((op.offset + i) / 512 + 1) * 512 - op.offset);
      if (d() % 2 == 0)
        put(content, op.offset + i, std::string_view{op.data}.substr(i, end - i));
      i = end;
    }
  }

  std::vector<file> files_;
  names now_, sure_;
};

} // namespace hyakki::test
