#include "tickets/id_numbers.hpp"

#include "tickets/cache_place.hpp"
#include "tickets/ids.hpp"
#include "tickets/kinds.hpp"

#include <algorithm>
#include <map>

#include <fcntl.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr auto removed_name = "removed";
constexpr std::size_t most_removed_bytes = 16u << 20;

void add(std::map<std::string, std::uint64_t, std::less<>>& all, std::string_view id) {
  auto parts = split_id(id);
  if (parts.number == 0)
    return;
  auto it = all.find(parts.prefix);
  if (it == all.end())
    it = all.emplace(std::string{parts.prefix}, 0).first;
  it->second = std::max(it->second, parts.number);
}

} // namespace

id_numbers::id_numbers(const directory& root, std::array<const char*, 2> folders)
  : root_(root), folders_(folders), cache_(index_cache::open(root, true)) {}

result<std::vector<std::pair<std::string, std::uint64_t>>> id_numbers::count() const {
  auto all = std::map<std::string, std::uint64_t, std::less<>>{};
  for (auto* where : folders_) {
    auto folder = where ? root_.folder(where) : result<directory>{ec::not_found, {}};
    if (!folder && folder.error() == ec::not_found)
      continue;
    if (!folder)
      return folder.error();
    auto names = folder->names();
    if (!names)
      return names.error();
    for (auto& name : *names)
      add(all, stem_of(name, ".yaml"));
  }
  if (auto place = cache_folder(root_, false))
    if (auto bytes = place->read(removed_name, most_removed_bytes))
      for (auto rest = std::string_view{*bytes}; !rest.empty();) {
        auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
        auto slash = line.find('/');
        if (slash != std::string_view::npos && line.substr(0, slash) == folders_[0])
          add(all, line.substr(slash + 1));
      }
  return std::vector<std::pair<std::string, std::uint64_t>>{all.begin(), all.end()};
}

result<std::uint64_t> id_numbers::highest(std::string_view prefix, bool anew) {
  if (auto known = cache_ && !anew ? cache_->highest(folders_[0], prefix) : std::nullopt)
    return *known;
  auto all = count();
  if (!all)
    return all.error();
  if (cache_)
    cache_->count(folders_[0], *all);
  auto it = std::find_if(all->begin(), all->end(), [&](auto& n) { return n.first == prefix; });
  return it == all->end() ? std::uint64_t{0} : it->second;
}

void id_numbers::given(std::string_view id) {
  if (auto parts = split_id(id); cache_ && parts.number > 0)
    cache_->raise(folders_[0], parts.prefix, parts.number);
}

void id_numbers::removed(std::string_view id) {
  if (split_id(id).number == 0)
    return;
  given(id);
  auto place = cache_folder(root_, true);
  if (!place)
    return;
  // A note that cannot be written costs no more than a number that may be given again.
  auto fd = descriptor{
    ::openat(place->fd(), removed_name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600)};
  auto line = std::string{folders_[0]} + "/" + std::string{id} + "\n";
  if (fd.open() && ::write(fd.get(), line.data(), line.size()) == static_cast<ssize_t>(line.size()))
    ::fdatasync(fd.get());
}

} // namespace hyakki::tickets
