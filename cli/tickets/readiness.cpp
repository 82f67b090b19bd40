#include "cli/tickets/links.hpp"

#include "tickets/model/words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <unordered_map>

namespace hyakki::ticket_cli {
namespace {

using tickets::ticket;

struct kind_row {
  link_kind kind;
  const char* word;
  const char* phrase;
};
constexpr std::array kinds{
  kind_row{link_kind::blocks, "blocks", "blocks"},       kind_row{link_kind::blocked_by, "blocked-by", "is blocked by"},
  kind_row{link_kind::relates, "relates", "relates to"}, kind_row{link_kind::parent, "parent", "has the parent"},
  kind_row{link_kind::child, "child", "has the child"},
};

/// Those that must be over before it, or the parent: what a circle would run along.
std::vector<std::string> before(const ticket& t, bool parents) {
  if (!parents)
    return t.blocked_by;
  return t.parent_ticket_id ? std::vector<std::string>{*t.parent_ticket_id} : std::vector<std::string>{};
}

std::size_t rank_of(const std::string& priority) {
  auto found = std::find(tickets::priorities.begin(), tickets::priorities.end(), priority);
  return static_cast<std::size_t>(found - tickets::priorities.begin());
}

} // namespace

std::optional<link_kind> link_of(std::string_view word) {
  for (auto& k : kinds)
    if (word == k.word)
      return k.kind;
  return std::nullopt;
}

std::string phrase_of(link_kind kind) {
  for (auto& k : kinds)
    if (kind == k.kind)
      return k.phrase;
  return {};
}

bool join(link_kind kind, ticket& a, ticket& b) {
  switch (kind) {
  case link_kind::blocks: return add_word(a.blocks, b.id) | add_word(b.blocked_by, a.id);
  case link_kind::blocked_by: return join(link_kind::blocks, b, a);
  case link_kind::relates: return add_word(a.related_to, b.id) | add_word(b.related_to, a.id);
  case link_kind::child: return join(link_kind::parent, b, a);
  case link_kind::parent: {
    auto changed = a.parent_ticket_id != b.id;
    a.parent_ticket_id = b.id;
    return add_word(b.child_ticket_ids, a.id) || changed;
  }
  }
  return false;
}

bool part(link_kind kind, ticket& a, ticket& b) {
  switch (kind) {
  case link_kind::blocks: return drop_word(a.blocks, b.id) | drop_word(b.blocked_by, a.id);
  case link_kind::blocked_by: return part(link_kind::blocks, b, a);
  case link_kind::relates: return drop_word(a.related_to, b.id) | drop_word(b.related_to, a.id);
  case link_kind::child: return part(link_kind::parent, b, a) | drop_word(a.child_ticket_ids, b.id);
  case link_kind::parent: {
    auto changed = a.parent_ticket_id == b.id;
    if (changed)
      a.parent_ticket_id.reset();
    return drop_word(b.child_ticket_ids, a.id) || changed;
  }
  }
  return false;
}

result<void> refuse_cycle(const tickets::turn& turn, link_kind kind, const ticket& a, const ticket& b) {
  if (kind == link_kind::relates)
    return {};
  auto parents = kind == link_kind::parent || kind == link_kind::child;
  // `later` would wait for `sooner` (or be its child): is `later` before `sooner` already?
  auto turned = kind == link_kind::blocks || kind == link_kind::child;
  auto& later = turned ? b : a;
  auto& sooner = turned ? a : b;
  auto came_from = std::map<std::string, std::string>{{sooner.id, ""}};
  auto open = std::vector<std::string>{sooner.id};
  while (!open.empty()) {
    auto id = open.back();
    open.pop_back();
    auto t = turn.load<ticket>(id);
    if (!t)
      continue; // gone, or not readable: it stands before nothing
    for (auto& next : before(*t, parents)) {
      if (!came_from.emplace(next, id).second)
        continue;
      if (next == later.id) {
        auto way = later.id;
        for (auto step = id; !step.empty(); step = came_from[step])
          way = step + " > " + way;
        return {ec::rejected, std::string{"that would be a circle: "} + later.id + " > " + way +
                                (parents ? " (child > parent)" : " (waits for >)") +
                                "; take one of these links away first"};
      }
      open.push_back(next);
    }
  }
  return {};
}

std::vector<verdict> readiness_of(const std::vector<ticket>& all, const std::vector<lease>& leases) {
  std::unordered_map<std::string, const ticket*> open;
  for (auto& t : all)
    if (!tickets::is_over(t.status))
      open.emplace(t.id, &t);
  // Either side may know of a link: repo-tickets keeps them apart.
  std::unordered_map<std::string, std::set<std::string>> blockers;
  for (auto& t : all) {
    for (auto& id : t.blocked_by)
      if (open.count(id) != 0)
        blockers[t.id].insert(id);
    if (open.count(t.id) != 0)
      for (auto& id : t.blocks)
        blockers[id].insert(t.id);
  }
  std::unordered_map<std::string, std::size_t> unblocks;
  std::unordered_map<std::string, std::set<std::string>> children;
  for (auto& [id, t] : open) {
    for (auto& blocker : blockers[id])
      ++unblocks[blocker];
    if (t->parent_ticket_id)
      children[*t->parent_ticket_id].insert(id);
    for (auto& child : t->child_ticket_ids)
      if (open.count(child) != 0)
        children[id].insert(child);
  }
  auto list = [](const std::set<std::string>& ids) {
    std::string out;
    for (auto& id : ids)
      out += (out.empty() ? "" : " ") + id;
    return out;
  };
  std::vector<verdict> out;
  for (auto& t : all) {
    if (tickets::is_over(t.status))
      continue;
    auto v = verdict{};
    v.about = &t;
    v.unblocks = unblocks[t.id];
    if (t.status != "open")
      v.waits_for.push_back("its status is " + t.status);
    if (auto& by = blockers[t.id]; !by.empty())
      v.waits_for.push_back("blocked by " + list(by));
    if (auto& under = children[t.id]; !under.empty())
      v.waits_for.push_back("its parts come first: " + list(under));
    for (auto& l : leases)
      if (l.ticket == t.id)
        v.waits_for.push_back("claimed by " + l.holder + " until " + l.until);
    v.because = v.waits_for;
    if (v.ready()) {
      v.because.push_back(t.blocked_by.empty() ? "nothing blocks it" : "all that blocked it is over");
      v.because.push_back(t.priority + " priority");
      if (v.unblocks != 0)
        v.because.push_back("unblocks " + std::to_string(v.unblocks));
    }
    out.push_back(std::move(v));
  }
  std::stable_sort(out.begin(), out.end(), [](auto& x, auto& y) {
    if (x.ready() != y.ready())
      return x.ready();
    if (auto a = rank_of(x.about->priority), b = rank_of(y.about->priority); a != b)
      return a < b;
    if (x.unblocks != y.unblocks)
      return x.unblocks > y.unblocks;
    return x.about->created_at < y.about->created_at;
  });
  return out;
}

} // namespace hyakki::ticket_cli
