#include "adapters/code_hosts/known_pulls.hpp"

#include "adapters/code_hosts/pull_record.hpp"

#include <utility>

namespace hyakki {

bool known_pulls::stamp::operator==(const stamp& other) const {
  auto same = [](const struct ::timespec& a, const struct ::timespec& b) {
    return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
  };
  return same(loose, other.loose) && same(packed, other.packed) && loose_inode == other.loose_inode &&
         packed_inode == other.packed_inode && packed_size == other.packed_size;
}

known_pulls::stamp known_pulls::stamp_of(const std::string& path) {
  auto out = stamp{};
  struct ::stat at {};
  if (::stat((path + "/refs/hyakki/pulls").c_str(), &at) == 0) {
    out.loose = at.st_mtim;
    out.loose_inode = at.st_ino;
  }
  if (::stat((path + "/packed-refs").c_str(), &at) == 0) {
    out.packed = at.st_mtim;
    out.packed_inode = at.st_ino;
    out.packed_size = at.st_size;
  }
  return out;
}

pull_place known_pulls::kept::of(const std::string& branch) const {
  auto at = open.find(branch);
  return {last, at != open.end() ? at->second : 0};
}

std::string known_pulls::branch_of(git_repository* repo, std::uint64_t number) {
  auto id = pull_id(repo, number);
  {
    auto lock = std::lock_guard{guard_};
    if (auto at = branch_of_.find(id); at != branch_of_.end())
      return at->second;
  }
  auto there = read_pull(repo, number);
  if (!there)
    return {};
  auto branch = there->what.state == "open" ? there->what.source_branch : std::string{};
  auto lock = std::lock_guard{guard_};
  if (branch_of_.size() >= most)
    branch_of_.clear();
  return branch_of_[id] = branch;
}

result<pull_place> known_pulls::look(const std::string& path, git_repository* repo, const std::string& branch) {
  auto now = kept{};
  now.at = stamp_of(path);
  {
    auto lock = std::lock_guard{guard_};
    if (auto at = kept_.find(path); at != kept_.end() && at->second.at == now.at && now.at.is_fine())
      return at->second.of(branch);
  }
  auto numbers = pull_numbers(repo);
  if (!numbers)
    return numbers.error();
  now.last = numbers->empty() ? 0 : numbers->back();
  for (auto number : *numbers)
    if (auto its = branch_of(repo, number); !its.empty())
      now.open[its] = number; // the newest comes last
  auto out = now.of(branch);
  auto lock = std::lock_guard{guard_};
  if (kept_.size() >= most)
    kept_.clear();
  kept_.insert_or_assign(path, std::move(now));
  return out;
}

void known_pulls::opened(const std::string& path, std::uint64_t number, const std::string& branch) {
  auto lock = std::lock_guard{guard_};
  auto at = kept_.find(path);
  if (at == kept_.end())
    return;
  at->second.last = number;
  at->second.open[branch] = number;
  at->second.at = stamp_of(path);
}

void known_pulls::forget(const std::string& path) {
  auto lock = std::lock_guard{guard_};
  kept_.erase(path);
}

} // namespace hyakki
