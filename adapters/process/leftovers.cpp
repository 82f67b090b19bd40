#include "adapters/process/leftovers.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

namespace hyakki {

namespace {

constexpr int most_looks = 24;
/// Who is becoming another program shows nothing for a moment, and is looked at again this often.
constexpr int looks_at_the_silent = 4;
/// A look takes its time: only two in a row that find nobody new prove that all are stopped.
constexpr int proof_looks = 2;
constexpr auto between_looks = std::chrono::milliseconds{2};

using identity = std::pair<pid_t, std::uint64_t>;
identity who(const seen_process& p) { return {p.pid, p.started}; }

class search {
public:
  search(std::string_view prefix, const std::vector<noted_run>& noted, const std::vector<live_run>& live)
    : prefix_(prefix), noted_(noted) {
    for (const auto& run : live) {
      live_sessions_.insert(run.leader);
      live_marks_.insert(run.mark);
    }
    // We may be running inside a run of another life ourselves.
    for (auto pid = ::getpid(); pid > 1 && spared_.insert(pid).second;) {
      auto p = look_at(pid);
      pid = p ? p->parent : 0;
    }
  }

  /// Who was not found before. `is_unsure`: somebody showed nothing and may yet turn out to be ours.
  std::vector<seen_process> look(bool& is_unsure) {
    auto table = processes_of_this_user();
    look_at_leaders();
    std::unordered_map<pid_t, std::vector<const seen_process*>> children;
    std::vector<const seen_process*> ours;
    is_unsure = false;
    for (const auto& p : table) {
      children[p.parent].push_back(&p);
      if (is_spared(p))
        continue;
      if (found_.count(who(p)) > 0 || certain_.count(p.session) > 0 || is_of_a_noted_run(p) || is_marked(p, is_unsure))
        ours.push_back(&p);
    }
    std::unordered_set<const seen_process*> seen{ours.begin(), ours.end()};
    for (std::size_t i = 0; i < ours.size(); ++i)
      for (auto* child : children[ours[i]->pid])
        if (!is_spared(*child) && seen.insert(child).second)
          ours.push_back(child);
    std::vector<seen_process> fresh;
    for (auto* p : ours)
      if (found_.insert(who(*p)).second)
        fresh.push_back(*p);
    return fresh;
  }

private:
  bool is_spared(const seen_process& p) const {
    return p.is_dead() || p.session == 0 || spared_.count(p.pid) > 0 || live_sessions_.count(p.session) > 0;
  }

  /// A leader that is still there proves its session, even as a zombie. A number that names a session is given to
  /// nobody else: where another has it now, nothing of the run's session is left.
  void look_at_leaders() {
    certain_.clear();
    over_.clear();
    for (const auto& run : noted_)
      if (auto p = run.leader == 0 ? std::nullopt : look_at(run.leader))
        (p->started == run.started ? certain_ : over_).insert(run.leader);
  }

  bool is_of_a_noted_run(const seen_process& p) const {
    return std::any_of(noted_.begin(), noted_.end(), [&](const noted_run& run) {
      if (p.started < run.started)
        return false;
      auto prints = [&] { return prints_into(p.pid, run.pipes.out, run.pipes.err); };
      auto stands = [&] { return is_inside(directory_of(p.pid), run.directory); };
      if (run.leader == 0) // killed while it started this one
        return p.pid == p.session && prints();
      if (p.session == run.leader)
        return over_.count(run.leader) == 0 && (prints() || stands());
      return prints() && stands();
    });
  }

  bool is_marked(const seen_process& p, bool& is_unsure) {
    if (strangers_.count(who(p)) > 0)
      return false;
    auto mark = mark_of(p.pid);
    if (mark.empty() && shows_no_environment(p.pid)) {
      is_unsure = true;
      return false;
    }
    auto is_ours =
      mark.size() >= prefix_.size() && mark.compare(0, prefix_.size(), prefix_) == 0 && live_marks_.count(mark) == 0;
    if (!is_ours)
      strangers_.insert(who(p));
    return is_ours;
  }

  std::string_view prefix_;
  const std::vector<noted_run>& noted_;
  std::unordered_set<pid_t> live_sessions_;
  std::unordered_set<std::string> live_marks_;
  std::unordered_set<pid_t> spared_;
  std::unordered_set<pid_t> certain_; ///< sessions of noted runs
  std::unordered_set<pid_t> over_;    ///< numbers of sessions of noted runs that are somebody else's now
  std::set<identity> found_;
  std::set<identity> strangers_; ///< by their environment, which is read once
};

} // namespace

std::vector<seen_process> end_leftovers(std::string_view prefix, const std::vector<noted_run>& noted,
                                        const std::vector<live_run>& live) {
  std::vector<seen_process> ours;
  if (prefix.empty())
    return ours;
  search all{prefix, noted, live};
  int quiet = 0;
  for (int looks = 0; looks < most_looks && quiet < (ours.empty() ? 1 : proof_looks); ++looks) {
    if (looks > 0)
      std::this_thread::sleep_for(between_looks);
    bool is_unsure = false;
    auto fresh = all.look(is_unsure);
    for (const auto& p : fresh)
      if (signal_if_same(p, SIGSTOP))
        ours.push_back(p);
    quiet = fresh.empty() && !(is_unsure && looks + 1 < looks_at_the_silent) ? quiet + 1 : 0;
  }
  // Nobody is told to end while one that it could still start would be missed.
  std::vector<seen_process> ended;
  for (const auto& p : ours)
    if (end_if_same(p))
      ended.push_back(p);
  return ended;
}

} // namespace hyakki
