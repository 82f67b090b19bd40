#include "core/lifecycle.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace hyakki {

std::string_view to_string(state s) {
  switch (s) {
  case state::queued: return "queued";
  case state::routing: return "routing";
  case state::waiting_for_repo: return "waiting_for_repo";
  case state::preparing: return "preparing";
  case state::implementing: return "implementing";
  case state::reviewing: return "reviewing";
  case state::checking: return "checking";
  case state::fixing: return "fixing";
  case state::committing: return "committing";
  case state::pushing: return "pushing";
  case state::opening_pull_request: return "opening_pull_request";
  case state::reporting: return "reporting";
  case state::backing_off: return "backing_off";
  case state::parked: return "parked";
  case state::done: return "done";
  case state::no_changes: return "no_changes";
  case state::cancelled: return "cancelled";
  case state::failed: return "failed";
  case state::answering: return "answering";
  }
  return "unknown";
}

std::string_view to_string(move m) {
  switch (m) {
  case move::dispatched: return "dispatched";
  case move::routed: return "routed";
  case move::repo_granted: return "repo_granted";
  case move::prepared: return "prepared";
  case move::implemented: return "implemented";
  case move::implemented_unreviewed: return "implemented_unreviewed";
  case move::review_passed: return "review_passed";
  case move::findings: return "findings";
  case move::checks_passed: return "checks_passed";
  case move::fixed: return "fixed";
  case move::committed: return "committed";
  case move::pushed: return "pushed";
  case move::pull_request_opened: return "pull_request_opened";
  case move::reported: return "reported";
  case move::nothing_changed: return "nothing_changed";
  case move::tree_lost: return "tree_lost";
  case move::try_again_later: return "try_again_later";
  case move::due: return "due";
  case move::went_wrong: return "went_wrong";
  case move::needs_person: return "needs_person";
  case move::gave_up: return "gave_up";
  case move::cancel: return "cancel";
  case move::retry: return "retry";
  case move::resume_implementing: return "resume_implementing";
  case move::resume_reviewing: return "resume_reviewing";
  case move::resume_checking: return "resume_checking";
  case move::resume_fixing: return "resume_fixing";
  case move::resume_committing: return "resume_committing";
  case move::resume_pushing: return "resume_pushing";
  case move::resume_opening: return "resume_opening";
  case move::resume_reporting: return "resume_reporting";
  case move::rework: return "rework";
  case move::pushed_again: return "pushed_again";
  case move::answered: return "answered";
  case move::resume_answering: return "resume_answering";
  case move::words_alone: return "words_alone";
  }
  return "unknown";
}

std::optional<state> state_named(std::string_view name) {
  for (std::size_t i = 1; i <= state_count; ++i)
    if (auto s = static_cast<state>(i); to_string(s) == name)
      return s;
  return std::nullopt;
}

namespace {

bool shared_by_all_living(const transition& t) {
  return std::all_of(detail::living.begin(), detail::living.end(), [&](state s) { return next(s, t.on) == t.to; });
}

bool is_among_living(state s) {
  return std::find(detail::living.begin(), detail::living.end(), s) != detail::living.end();
}

} // namespace

// Rows that all living states share are drawn once, from a node that stands for them; 36 arrows would hide the
// way that a story normally goes.
std::string lifecycle_diagram() {
  std::vector<std::pair<state, state>> order;
  std::map<std::pair<state, state>, std::string> moves;
  std::string shared;
  auto first = detail::living.front();
  for (auto& t : transitions) {
    if (is_among_living(t.from) && shared_by_all_living(t)) {
      if (t.from == first)
        shared +=
          "  any_living_state --> " + std::string{to_string(t.to)} + " : " + std::string{to_string(t.on)} + "\n";
      continue;
    }
    auto& text = moves[{t.from, t.to}];
    if (text.empty())
      order.emplace_back(t.from, t.to);
    text += (text.empty() ? "" : ", ") + std::string{to_string(t.on)};
  }
  std::string out = "stateDiagram-v2\n  [*] --> " + std::string{to_string(state::queued)} + "\n";
  for (auto& edge : order)
    out += "  " + std::string{to_string(edge.first)} + " --> " + std::string{to_string(edge.second)} + " : " +
           moves[edge] + "\n";
  out += shared;
  out += "  note right of any_living_state : ";
  for (auto s : detail::living)
    out += (s == first ? "" : ", ") + std::string{to_string(s)};
  out += "\n";
  for (std::size_t i = 1; i <= state_count; ++i)
    if (auto s = static_cast<state>(i); is_final(s))
      out += "  " + std::string{to_string(s)} + " --> [*]\n";
  return out;
}

} // namespace hyakki
