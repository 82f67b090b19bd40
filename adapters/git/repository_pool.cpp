#include "adapters/git/repository_pool.hpp"

#include "core/utf8.hpp"

#include <git2/sys/repository.h>

#include <sys/stat.h>

namespace hyakki::git2 {

result<repository_pool::lease> repository_pool::open(const std::string& path) {
  struct stat s {};
  if (::stat(path.c_str(), &s) != 0)
    return {ec::not_found, "git: there is nothing at " + printable(path)};
  auto from = give_back{this, path, s.st_dev, s.st_ino, 0};
  {
    auto lock = std::lock_guard{guard_};
    from.opened = forgotten_;
    if (auto at = waiting_.find(path); at != waiting_.end()) {
      auto found = std::move(at->second);
      waiting_.erase(at);
      if (found.from.device == s.st_dev && found.from.inode == s.st_ino)
        return lease{found.repo.release(), std::move(from)};
    }
  }
  auto opened = open_bare(path);
  if (!opened)
    return opened.error();
  return lease{opened->release(), std::move(from)};
}

void repository_pool::put(git_repository* p, const give_back& from) {
  auto repo = owned<git_repository>{p};
  // the index of one tree says nothing of the next
  git_repository_set_index(p, nullptr);
  auto lock = std::lock_guard{guard_};
  if (from.opened == forgotten_ && waiting_.size() < most_waiting_)
    waiting_.try_emplace(from.path, waiting{std::move(repo), from});
}

void repository_pool::forget() {
  auto lock = std::lock_guard{guard_};
  ++forgotten_;
  waiting_.clear();
}

} // namespace hyakki::git2
