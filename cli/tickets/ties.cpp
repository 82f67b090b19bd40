// Links and epics are known on both sides: what one ticket says anew is brought to the others.

#include "cli/tickets/links.hpp"

namespace hyakki::ticket_cli {
namespace {

using tickets::epic;
using tickets::ticket;

result<void> put_both(tickets::turn& turn, const ticket& a, const ticket& b) {
  auto put = turn.put(a);
  return put ? turn.put(b) : put;
}

/// What a ticket names, by the kind of the link: its lists, and its parent.
template <class F>
result<void> each_link(const ticket& of, F&& visit) {
  for (auto& row : link_rows)
    for (auto& id : of.*row.list)
      if (auto did = visit(row.kind, id); !did)
        return did;
  return of.parent_ticket_id ? visit(link_kind::parent, *of.parent_ticket_id) : result<void>{};
}

bool names(const ticket& t, link_kind kind, const std::string& id) {
  if (kind == link_kind::parent)
    return t.parent_ticket_id == id;
  for (auto& row : link_rows)
    if (row.kind == kind)
      return has_word(t.*row.list, id);
  return false;
}

/// Takes it out of what an epic lists; one that is gone, or cannot be read, is no reason to stop.
result<bool> leave_epic(tickets::turn& turn, const std::string& id, const std::string& member) {
  auto former = turn.load<epic>(id);
  if (!former || !drop_word(former->ticket_ids, member))
    return false;
  auto put = turn.put(*former);
  return put ? result<bool>{true} : put.error();
}

} // namespace

result<std::string> leave_former_parent(tickets::turn& turn, link_kind kind, const ticket& a, const ticket& b) {
  if (kind != link_kind::parent && kind != link_kind::child)
    return std::string{};
  auto& child = kind == link_kind::parent ? a : b;
  auto& parent = kind == link_kind::parent ? b : a;
  if (!child.parent_ticket_id || *child.parent_ticket_id == parent.id)
    return std::string{};
  if (auto old = turn.load<ticket>(*child.parent_ticket_id); old && drop_word(old->child_ticket_ids, child.id))
    if (auto put = turn.put(*old); !put)
      return put.error();
  return *child.parent_ticket_id;
}

result<epic_move> move_to_epic(tickets::turn& turn, ticket& t, const std::string& id) {
  auto out = epic_move{};
  auto wanted = std::optional<std::string>{};
  if (!id.empty()) {
    auto to = turn.load<epic>(id);
    if (!to)
      return to.error();
    wanted = to->id;
    out.changed = add_word(to->ticket_ids, t.id);
    if (out.changed)
      if (auto put = turn.put(*to); !put)
        return put.error();
  }
  out.changed = out.changed || t.epic_id != wanted;
  if (t.epic_id && t.epic_id != wanted) {
    auto left = leave_epic(turn, *t.epic_id, t.id);
    if (!left)
      return left.error();
    if (*left)
      out.former = *t.epic_id;
  }
  t.epic_id = wanted;
  return out;
}

result<void> untie(tickets::turn& turn, const ticket& was, const ticket& is) {
  if (was.epic_id && was.epic_id != is.epic_id)
    if (auto left = leave_epic(turn, *was.epic_id, is.id); !left)
      return left.error();
  return each_link(was, [&](link_kind kind, const std::string& id) -> result<void> {
    if (names(is, kind, id) || id == is.id)
      return {};
    auto other = turn.load<ticket>(id);
    if (!other)
      return other.error() == ec::not_found ? result<void>{} : other.error();
    auto mine = turn.load<ticket>(is.id);
    if (!mine)
      return mine.error();
    return part(kind, *mine, *other) ? put_both(turn, *mine, *other) : result<void>{};
  });
}

result<void> tie(tickets::turn& turn, const ticket& was, const ticket& is) {
  if (is.epic_id && was.epic_id != is.epic_id)
    if (auto to = turn.load<epic>(*is.epic_id); to && add_word(to->ticket_ids, is.id))
      if (auto put = turn.put(*to); !put)
        return put;
  return each_link(is, [&](link_kind kind, const std::string& id) -> result<void> {
    if (names(was, kind, id) || id == is.id)
      return {};
    auto other = turn.load<ticket>(id);
    auto mine = turn.load<ticket>(is.id);
    if (!other || !mine)
      return {};
    if (auto left = leave_former_parent(turn, kind, *mine, *other); !left)
      return left.error();
    return join(kind, *mine, *other) ? put_both(turn, *mine, *other) : result<void>{};
  });
}

} // namespace hyakki::ticket_cli
