#include "cli/sentence.hpp"

#include "cli/text.hpp"

#include <algorithm>

namespace hyakki::cli {
namespace {

std::string because(const std::string& reason) { return reason.empty() ? "" : ": " + one_line(reason); }

std::string session(const std::string& id) { return id.empty() ? "" : ", session " + id; }

std::string moved(const on_move& m, std::int64_t at_ms) {
  (void)at_ms;
  switch (m.to) {
  case state::queued:
    if (m.by == move::rework)
      return "queued for rework" + because(m.reason);
    return m.from == state::queued         ? "taken in"
           : m.by != move::retry           ? "queued again"
           : m.reason.rfind("its", 0) == 0 ? "queued again" + because(m.reason)
                                           : "queued again by an operator";
  case state::routing: return "has its turn";
  case state::waiting_for_repo: return "asks for its repository";
  case state::preparing:
    return m.by == move::tree_lost ? "working tree is gone, made again" : "working tree is prepared";
  case state::implementing: return "agent's turn";
  case state::reviewing: return "review begins";
  case state::checking:
    if (!m.reason.empty())
      return m.reason;
    return m.by == move::review_passed ? "review passed, checks begin" : "checks begin";
  case state::fixing: return "back to the agent" + because(m.reason);
  case state::committing: return m.by == move::checks_passed && m.reason.empty() ? "checks passed" : "commits";
  case state::pushing: return "pushes";
  case state::opening_pull_request: return "opens the pull request";
  case state::answering: return "answers the remarks of reviewers";
  case state::reporting:
    return m.by == move::went_wrong ? "went wrong, reports to the tracker" : "reports to the tracker";
  case state::backing_off: return "tries again later" + because(m.reason);
  case state::parked: return "parked, waits for a person" + because(m.reason);
  case state::done: return "done";
  case state::no_changes: return "ended: " + (m.reason.empty() ? "the agent changed nothing" : one_line(m.reason));
  case state::cancelled: return "cancelled" + because(m.reason);
  case state::failed: return "failed" + because(m.reason);
  }
  return "moved";
}

std::string ended(const run& r) {
  auto who = "agent " + std::string{to_string(r.outcome)} + " (" + r.agent + ", " + std::string{to_string(r.role)} +
             " run " + std::to_string(r.number);
  auto price = price_of(r);
  // Why it failed is said by the move that follows.
  return who + (price.empty() ? ")" : ", " + price + ")");
}

} // namespace

std::string size_of(std::size_t files, std::uint64_t added, std::uint64_t removed) {
  return counted(files, "file", "files") + ", +" + std::to_string(added) + " −" + std::to_string(removed);
}

std::string price_of(const run& r) {
  std::string out;
  auto add = [&](const std::string& part) {
    if (!part.empty())
      out += (out.empty() ? "" : ", ") + part;
  };
  if (r.ended_ms > 0)
    add(span(r.ended_ms - r.started_ms));
  if (r.turns > 0)
    add(counted(r.turns, "turn", "turns"));
  if (r.input_tokens + r.output_tokens > 0)
    add(std::to_string(r.input_tokens) + " tokens in, " + std::to_string(r.output_tokens) + " out");
  add(money(r.cost_microusd));
  return out;
}

std::string sentence(const event& e) {
  auto& p = e.payload;
  if (auto m = std::get_if<on_move>(&p))
    return moved(*m, e.at_ms);
  switch (e.kind) {
  case event_kind::before_process: return "begins: " + e.title;
  case event_kind::after_resolve_repo:
    if (auto r = std::get_if<on_repo>(&p))
      return "repository " + r->repository;
    break;
  case event_kind::after_clone:
    if (auto t = std::get_if<on_tree>(&p))
      return "working tree ready: " + t->path;
    break;
  case event_kind::before_agent_run:
    if (auto b = std::get_if<on_prompt>(&p))
      return "agent started (run " + std::to_string(b->run) + session(b->session) + ")";
    break;
  case event_kind::after_agent_run:
    if (auto r = std::get_if<on_run>(&p))
      return ended(r->what);
    break;
  case event_kind::run_lost:
    if (auto r = std::get_if<on_run>(&p))
      return "run " + std::to_string(r->what.number) + " was lost with the engine; it is repeated and may cost twice";
    break;
  case event_kind::after_commit:
    if (auto c = std::get_if<on_commit>(&p))
      return "committed " + c->sha.substr(0, 10) + ": " + size_of(c->files, c->insertions, c->deletions);
    break;
  case event_kind::after_push:
    if (auto b = std::get_if<on_push>(&p))
      return "pushed branch " + b->branch;
    break;
  case event_kind::after_pull_request:
    if (auto r = std::get_if<on_pull>(&p))
      return "pull request #" + r->pull.id + (r->pull.adopted ? " was there already: " : " opened: ") + r->pull.title;
    break;
  case event_kind::on_failure:
    if (auto f = std::get_if<on_error>(&p))
      return std::string{"failed in "} + std::string{to_string(f->in)} + because(f->text);
    break;
  case event_kind::on_success: return "succeeded";
  case event_kind::ticket_created: return "ticket created: " + e.title;
  case event_kind::ticket_changed:
  case event_kind::ticket_closed: {
    std::string out = e.kind == event_kind::ticket_closed ? "ticket closed" : "ticket changed";
    if (auto t = std::get_if<on_ticket>(&p))
      for (auto& f : t->fields)
        out += (&f == t->fields.data() ? ": " : ", ") + f.field;
    return out;
  }
  case event_kind::ticket_removed: return "ticket removed: " + e.title;
  case event_kind::noted:
    if (auto n = std::get_if<on_note>(&p))
      return n->text;
    break;
  default: break;
  }
  return std::string{to_string(e.kind)};
}

bool is_noise(const event& e) {
  if (e.kind == event_kind::on_success || e.kind == event_kind::on_failure)
    return true; // the move that follows says how it ended
  auto m = std::get_if<on_move>(&e.payload);
  if (m == nullptr)
    return false;
  switch (m->to) {
  case state::routing:
  case state::waiting_for_repo:
  case state::preparing:
  case state::implementing:
  case state::pushing:
  case state::opening_pull_request: return true; // the hook event that follows tells more
  case state::committing: return m->by != move::checks_passed || !m->reason.empty();
  case state::reporting: return true; // how it ended follows, with the reason
  default: return false;
  }
}

} // namespace hyakki::cli
