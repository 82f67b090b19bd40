#include "actors/repo_lock.hpp"

#include <algorithm>

namespace hyakki {
namespace {

using pointer = repo_lock_actor::stateful_pointer<repo_lock_state>;

template <class Container, class Same>
bool erase_if_there(Container& c, Same same) {
  auto at = std::find_if(c.begin(), c.end(), same);
  if (at == c.end())
    return false;
  c.erase(at);
  return true;
}

/// Takes somebody out of a line and lets the next ones in. Returns true when the line is empty then.
template <class Same>
bool leave(pointer self, const std::string& repository, repo_lock_state::line& line, Same same) {
  erase_if_there(line.waiting, same);
  erase_if_there(line.holders, same);
  while (line.holders.size() < self->state.most && !line.waiting.empty()) {
    line.holders.push_back(std::move(line.waiting.front()));
    line.waiting.pop_front();
    self->send(line.holders.back(), atom::granted::value, repository);
  }
  return line.holders.empty();
}

} // namespace

repo_lock_actor::behavior_type repo_lock(pointer self, std::uint32_t most) {
  self->state.most = std::max(1u, most);
  self->set_down_handler([=](caf::down_msg& down) {
    auto& lines = self->state.lines;
    for (auto i = lines.begin(); i != lines.end();) {
      auto same = [&](const story_supervisor_actor& x) { return x.address() == down.source; };
      i = leave(self, i->first, i->second, same) ? lines.erase(i) : std::next(i);
    }
  });
  return {
    [=](atom::acquire, const std::string& repository, const story_supervisor_actor& who) {
      auto& line = self->state.lines[repository];
      auto same = [&](const story_supervisor_actor& x) { return x == who; };
      if (std::any_of(line.holders.begin(), line.holders.end(), same))
        return true;
      if (std::any_of(line.waiting.begin(), line.waiting.end(), same))
        return false;
      self->monitor(who);
      if (line.holders.size() < self->state.most) {
        line.holders.push_back(who);
        return true;
      }
      line.waiting.push_back(who);
      return false;
    },
    [=](atom::release, const std::string& repository, const story_supervisor_actor& who) {
      auto i = self->state.lines.find(repository);
      if (i == self->state.lines.end())
        return;
      if (leave(self, repository, i->second, [&](const story_supervisor_actor& x) { return x == who; }))
        self->state.lines.erase(i);
    },
  };
}

} // namespace hyakki
