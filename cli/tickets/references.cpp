#include "cli/tickets/references.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

constexpr tickets::words tickets::ticket::*lists[] = {&tickets::ticket::blocked_by, &tickets::ticket::blocks,
                                                      &tickets::ticket::related_to, &tickets::ticket::child_ticket_ids};

bool forget(tickets::ticket& t, const std::string& id) {
  bool changed = false;
  for (auto list : lists)
    changed = drop_word(t.*list, id) || changed;
  if (t.parent_ticket_id == id) {
    t.parent_ticket_id.reset();
    changed = true;
  }
  return changed;
}
bool forget(tickets::epic& e, const std::string& id) { return drop_word(e.ticket_ids, id); }
bool forget(tickets::backlog_item& b, const std::string& id) {
  if (b.ticket_id != id)
    return false;
  b.ticket_id.reset();
  return true;
}

bool forget(tickets::agent& a, const std::string& task) { return drop_word(a.active_tasks, task); }

/// Lets every record of a kind forget the ids; tells who did.
template <class T>
result<std::vector<T>> forgetting(tickets::turn& turn, const std::vector<std::string>& ids) {
  auto out = std::vector<T>{};
  auto seen = turn.each<T>([&](const std::string& id, result<T> record) {
    if (!record || std::find(ids.begin(), ids.end(), id) != ids.end())
      return;
    bool named = false;
    for (auto& gone : ids)
      named = forget(*record, gone) || named;
    if (named)
      out.push_back(std::move(*record));
  });
  if (!seen)
    return seen.error();
  return out;
}

/// Tasks or workflows of the tickets.
template <class T>
result<std::vector<std::string>> those_of(tickets::turn& turn, const std::vector<std::string>& tickets) {
  auto out = std::vector<std::string>{};
  auto seen = turn.each<T>([&](const std::string& id, result<T> record) {
    if (record && has_word(tickets, record->ticket_id))
      out.push_back(id);
  });
  if (!seen)
    return seen.error();
  return out;
}

template <class T>
result<void> remove_all(tickets::turn& turn, const std::vector<std::string>& ids) {
  for (auto& id : ids)
    if (auto removed = turn.remove<T>(id); !removed)
      return removed;
  return {};
}

template <class T>
result<void> put_all(tickets::turn& turn, const std::vector<T>& records) {
  for (auto& r : records)
    if (auto put = turn.put(r); !put)
      return put;
  return {};
}

} // namespace

bool has_word(const tickets::words& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

bool drop_word(tickets::words& list, const std::string& word) {
  auto end = std::remove(list.begin(), list.end(), word);
  auto found = end != list.end();
  list.erase(end, list.end());
  return found;
}

bool add_word(tickets::words& list, const std::string& word) {
  if (has_word(list, word))
    return false;
  list.push_back(word);
  return true;
}

result<void> remove_tickets(tickets::turn& turn, const std::vector<std::string>& ids, bool force,
                            std::vector<tickets::ticket>& gone) {
  auto known = std::vector<std::string>{};
  for (auto& id : ids) {
    auto t = turn.load<tickets::ticket>(id);
    if (!t)
      return t.error();
    if (has_word(known, t->id))
      continue;
    known.push_back(t->id);
    gone.push_back(std::move(*t));
  }
  // An epic that lists a ticket is no reason to keep it; a ticket that waits for it is.
  auto naming = forgetting<tickets::ticket>(turn, known);
  auto epics = forgetting<tickets::epic>(turn, known);
  auto items = forgetting<tickets::backlog_item>(turn, known);
  if (!naming || !epics || !items)
    return !naming ? naming.error() : !epics ? epics.error() : items.error();
  auto tasks = those_of<tickets::agent_task>(turn, known);
  auto plans = those_of<tickets::workflow>(turn, known);
  if (!tasks || !plans)
    return !tasks ? tasks.error() : plans.error();
  if (!force && !(naming->empty() && items->empty() && tasks->empty() && plans->empty())) {
    auto who = std::string{};
    auto add = [&](const std::string& kind, const std::string& id) {
      who += (who.empty() ? "" : ", ") + kind + " " + id;
    };
    for (auto& t : *naming)
      add("ticket", t.id);
    for (auto& b : *items)
      add("backlog item", b.id);
    for (auto& id : *tasks)
      add("task", id);
    for (auto& id : *plans)
      add("workflow", id);
    auto many = naming->size() + items->size() + tasks->size() + plans->size() != 1;
    return {ec::rejected, "nothing was deleted: " + who + (many ? " name" : " names") +
                            " what was to go. Unlink it there, close it instead, or give "
                            "--force: they forget it, and its tasks and workflows go with it"};
  }
  auto agents = forgetting<tickets::agent>(turn, *tasks);
  if (!agents)
    return agents.error();
  if (auto freed = put_all(turn, *agents); !freed)
    return freed;
  if (auto removed = remove_all<tickets::agent_task>(turn, *tasks); !removed)
    return removed;
  if (auto removed = remove_all<tickets::workflow>(turn, *plans); !removed)
    return removed;
  if (auto removed = remove_all<tickets::ticket>(turn, known); !removed)
    return removed;
  if (auto put = put_all(turn, *naming); !put)
    return put;
  if (auto put = put_all(turn, *epics); !put)
    return put;
  return put_all(turn, *items);
}

} // namespace hyakki::ticket_cli
