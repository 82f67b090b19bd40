#include "adapters/process/strays.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace hyakki {

namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

/// An orphan came to us from a run: it is our child and lives in another session. A child in our own session
/// was started by other code of this process and is none of our business.
bool is_orphan(const seen_process& p, pid_t self, pid_t own_session) {
  return p.parent == self && p.session != own_session;
}

/// Who belongs to whom, in one look over the process table.
class attribution {
public:
  attribution(const std::vector<ended_run>& ended, const std::vector<live_run>& live, bool own_process)
    : ended_(ended), live_(live), own_process_(own_process), table_(processes_of_this_user()) {
    for (std::size_t i = 0; i < ended.size(); ++i)
      ended_sessions_.emplace(ended[i].leader, i);
    for (const auto& run : live) {
      live_sessions_.insert(run.leader);
      if (!run.mark.empty())
        live_marks_.insert(run.mark);
    }
    started_.resize(ended.size(), 0);
    for (const auto& p : table_)
      if (auto run = ended_sessions_.find(p.pid); run != ended_sessions_.end())
        started_[run->second] = p.started;
    earliest_ = started_.empty() ? 0 : *std::min_element(started_.begin(), started_.end());
  }

  const std::vector<seen_process>& table() const { return table_; }

  /// For each process of the table, the ended run that it belongs to, or `nobody`.
  std::vector<std::size_t> owners() const {
    std::vector<std::size_t> owner(table_.size(), nobody);
    std::unordered_map<pid_t, std::size_t> index;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      index.emplace(table_[i].pid, i);
      owner[i] = owner_of(table_[i]);
    }
    // Descendants go with their ancestors, however the process table is ordered.
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t i = 0; i < table_.size(); ++i) {
        if (owner[i] != nobody || is_spared(table_[i]))
          continue;
        auto parent = index.find(table_[i].parent);
        if (parent != index.end() && owner[parent->second] != nobody) {
          owner[i] = owner[parent->second];
          changed = true;
        }
      }
    }
    return owner;
  }

private:
  bool is_spared(const seen_process& p) const {
    return p.pid == self_ || p.is_dead() || p.session == 0 || live_sessions_.count(p.session) > 0 ||
           ended_sessions_.count(p.pid) > 0;
  }

  std::size_t owner_of(const seen_process& p) const {
    if (is_spared(p))
      return nobody;
    if (auto run = ended_sessions_.find(p.session); run != ended_sessions_.end())
      return run->second;
    if (p.started < earliest_)
      return nobody;
    auto mark = mark_of(p.pid);
    if (!mark.empty()) {
      for (std::size_t i = 0; i < ended_.size(); ++i)
        if (ended_[i].mark == mark)
          return i;
      return nobody;
    }
    return own_process_ && is_orphan(p, self_, own_session_) ? owner_of_unmarked(p) : nobody;
  }

  /// An orphan that wiped its environment says nothing of where it came from. It is taken for a run's own when
  /// it is younger than that run, unless it works in the directory of another that goes on. The end of an
  /// unmarked command, or of a tool of ours, proves nothing while marked runs go on.
  std::size_t owner_of_unmarked(const seen_process& p) const {
    auto where = directory_of(p.pid);
    for (const auto& run : live_)
      if (!run.mark.empty() && is_inside(where, run.directory))
        return nobody;
    for (std::size_t i = 0; i < ended_.size(); ++i)
      if (p.started >= started_[i] && ((!ended_[i].mark.empty() && !ended_[i].own_tool) || live_marks_.empty()))
        return i;
    return nobody;
  }

  const std::vector<ended_run>& ended_;
  const std::vector<live_run>& live_;
  bool own_process_;
  pid_t self_ = ::getpid();
  pid_t own_session_ = ::getsid(0);
  std::vector<seen_process> table_;
  std::unordered_map<pid_t, std::size_t> ended_sessions_;
  std::unordered_set<pid_t> live_sessions_;
  std::unordered_set<std::string> live_marks_;
  std::vector<std::uint64_t> started_;
  std::uint64_t earliest_ = 0;
};

void reap(pid_t pid) {
  siginfo_t ignored{};
  ::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | WNOHANG);
}

} // namespace

std::vector<sweep_finding> sweep(const std::vector<ended_run>& ended, const std::vector<live_run>& live,
                                 bool own_process) {
  std::vector<sweep_finding> findings(ended.size());
  attribution who{ended, live, own_process};
  auto owners = who.owners();
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (owners[i] == nobody)
      continue;
    const auto& p = who.table()[i];
    auto& finding = findings[owners[i]];
    ++finding.left;
    end_if_same(p);
    if (p.group != ended[owners[i]].leader)
      finding.outside_group.emplace_back(p.pid, p.started);
  }
  if (own_process) {
    std::vector<pid_t> leaders;
    for (const auto& run : ended)
      leaders.push_back(run.leader);
    for (const auto& run : live)
      leaders.push_back(run.leader);
    reap_orphans(own_children(), leaders);
  }
  return findings;
}

orphans reap_orphans(const std::vector<pid_t>& children, const std::vector<pid_t>& leaders) {
  std::unordered_set<pid_t> known{leaders.begin(), leaders.end()};
  orphans out;
  auto self = ::getpid();
  auto own_session = ::getsid(0);
  for (auto pid : children) {
    if (known.count(pid) > 0)
      continue;
    auto p = look_at(pid);
    if (!p || !is_orphan(*p, self, own_session))
      continue;
    if (p->is_dead())
      reap(pid);
    ++(p->is_dead() ? out.reaped : out.living);
  }
  return out;
}

} // namespace hyakki
