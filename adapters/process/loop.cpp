#include "adapters/process/loop.hpp"

#include "adapters/process/child.hpp"

#include <boost/asio/post.hpp>

#include <unistd.h>

#include <algorithm>

namespace hyakki {

namespace {

/// Orphans that end by themselves while a run goes on stay zombies for no longer than this.
constexpr std::chrono::seconds orphan_pause{1};

} // namespace

process_loop::process_loop(bool own_process, const std::string& notes)
  : io_(1), orphan_timer_(io_), buffer_(std::make_unique<std::array<char, 64 * 1024>>()), notes_(notes),
    own_process_(own_process), lists_children_(::access("/proc/thread-self/children", R_OK) == 0) {}

void process_loop::add(std::shared_ptr<child> c) {
  auto* key = c.get();
  children_.emplace(key, std::move(c));
  if (own_process_ && !watching_)
    watch_orphans();
}

void process_loop::remove(child* c) {
  children_.erase(c);
  --running_;
  if (children_.empty())
    orphan_timer_.cancel();
}

std::vector<pid_t> process_loop::leaders() const {
  std::vector<pid_t> pids;
  pids.reserve(children_.size());
  for (const auto& [key, c] : children_)
    pids.push_back(c->pid());
  return pids;
}

bool process_loop::may_have_left(const std::string& mark) {
  // Without the whole process nobody hands orphans to us, and only the mark tells.
  if (!own_process_ || !lists_children_)
    return !mark.empty();
  for (;;) {
    auto adopted = adopted_children();
    auto found = adopted.empty() ? orphans{} : reap_orphans(adopted, leaders());
    if (found.living > 0 || found.reaped == 0)
      return found.living > 0;
    // What has just ended may have been the parent of a daemon, which is ours since then: look once more.
  }
}

void process_loop::watch_orphans() {
  watching_ = true;
  orphan_timer_.expires_after(orphan_pause);
  orphan_timer_.async_wait([this](boost::system::error_code failed) {
    watching_ = false;
    if (children_.empty())
      return;
    if (!failed)
      reap_orphans(own_children(), leaders());
    watch_orphans();
  });
}

void process_loop::request_sweep(std::shared_ptr<child> c) {
  to_sweep_.push_back(std::move(c));
  if (sweep_posted_)
    return;
  sweep_posted_ = true;
  boost::asio::post(io_, [this] { sweep_now(); });
}

std::vector<live_run> process_loop::live_runs() const {
  std::vector<live_run> runs;
  runs.reserve(children_.size());
  for (const auto& [key, c] : children_)
    if (!c->has_ended())
      runs.push_back({c->pid(), c->mark(), c->directory()});
  return runs;
}

void process_loop::sweep_now() {
  sweep_posted_ = false;
  auto asking = std::move(to_sweep_);
  to_sweep_.clear();
  std::vector<ended_run> ended;
  for (const auto& c : asking)
    ended.push_back({c->pid(), c->mark(), c->is_own_tool()});
  auto live = live_runs();
  // A run that has ended but waits for its next look is neither ended here nor live: its zombie is spared.
  for (const auto& entry : children_) {
    auto& c = *entry.second;
    if (c.has_ended() && std::none_of(asking.begin(), asking.end(), [&](auto& a) { return a.get() == entry.first; }))
      live.push_back({c.pid(), c.mark(), {}});
  }
  auto findings = sweep(ended, live, own_process_);
  for (std::size_t i = 0; i < asking.size(); ++i)
    asking[i]->swept(findings[i]);
}

void process_loop::close() {
  closing_ = true;
  auto all = children_;
  for (const auto& [key, c] : all)
    c->end_for_shutdown();
}

} // namespace hyakki
