#pragma once
// Looks for secrets where another process of this machine could see them: in the arguments and the environments of
// all children of this process, again and again from a thread of its own, and in files.

#include <algorithm>
#include <atomic>
#include <dirent.h>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace hyakki::test {

class secret_watch {
public:
  explicit secret_watch(std::vector<std::string> canaries)
    : canaries_(std::move(canaries)), thread_([this] {
        while (!stop_)
          look();
      }) {}
  ~secret_watch() { end(); }
  secret_watch(const secret_watch&) = delete;
  secret_watch& operator=(const secret_watch&) = delete;

  /// Stops looking. What follows is for afterwards.
  void end() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
  }
  /// Where a canary was seen: "cmdline of git remote-https …".
  const std::set<std::string>& found() const { return found_; }
  /// First arguments of the children that were seen, without their directories.
  const std::set<std::string>& programs() const { return programs_; }
  std::size_t samples() const { return samples_; }

  /// The first canary in a text; empty when there is none.
  std::string in(const std::string& text) const {
    for (auto& c : canaries_)
      if (text.find(c) != std::string::npos)
        return c;
    return {};
  }
  /// Files below `root` that hold a canary, by their bytes.
  std::vector<std::string> in_files(const std::string& root) const {
    std::vector<std::string> out;
    std::error_code failed;
    for (auto& e : std::filesystem::recursive_directory_iterator{root, failed})
      if (e.is_regular_file(failed) && !e.is_symlink(failed))
        if (!in(bytes(e.path().string())).empty() || !in(e.path().string()).empty())
          out.push_back(e.path().string());
    return out;
  }

private:
  static std::string bytes(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream{path, std::ios::binary}.rdbuf();
    return out.str();
  }

  static std::string words_of(const std::string& pid) {
    auto out = bytes("/proc/" + pid + "/cmdline");
    std::replace(out.begin(), out.end(), '\0', ' ');
    return out;
  }

  /// Parents of all processes; then those that descend from us.
  void look() {
    ++samples_;
    auto own = std::to_string(::getpid());
    std::set<std::string> family{own};
    auto* proc = ::opendir("/proc");
    if (proc == nullptr)
      return;
    // numbers rise in the order of birth until they wrap, so one pass finds nearly every descendant
    while (auto* entry = ::readdir(proc)) {
      std::string pid = entry->d_name;
      if (pid[0] < '1' || pid[0] > '9' || pid == own)
        continue;
      auto stat = bytes("/proc/" + pid + "/stat");
      auto at = stat.rfind(") ");
      if (at == std::string::npos || at + 4 >= stat.size())
        continue;
      auto parent = stat.substr(at + 4, stat.find(' ', at + 4) - at - 4);
      if (family.count(parent) == 0)
        continue;
      family.insert(pid);
      auto words = words_of(pid);
      auto first = words.substr(0, words.find(' '));
      if (!first.empty())
        programs_.insert(first.substr(first.rfind('/') == std::string::npos ? 0 : first.rfind('/') + 1));
      if (!in(words).empty())
        found_.insert("cmdline of " + words.substr(0, 120));
      // A child shows its parent's environment until it becomes its own program: only what is the same before and
      // after was its own.
      for (int i = 0; i < 1000; ++i) {
        auto before = words_of(pid);
        auto holds = !in(bytes("/proc/" + pid + "/environ")).empty();
        if (!holds)
          break;
        if (before.empty() || before != words_of(pid))
          continue;
        found_.insert("environ of " + before.substr(0, 120));
        break;
      }
    }
    ::closedir(proc);
  }

  std::vector<std::string> canaries_;
  std::set<std::string> found_, programs_;
  std::size_t samples_ = 0;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

} // namespace hyakki::test
