#include "cli/tickets/value_fields.hpp"

#include "cli/tickets/print.hpp"
#include "tickets/store.hpp"
#include "tickets/text.hpp"

#include <utility>

namespace hyakki::ticket_cli {
namespace {

/// Ids that the user gives are written as the store writes them.
result<void> raise_ids(tickets::ticket& t, const tickets::value& fields) {
  auto raise = [&](const char* key, std::string& id) -> result<void> {
    auto known = tickets::ticket_id(id);
    if (!known)
      return {ec::rejected, std::string{key} + ": " + tickets::without_name(known.error().text)};
    id = std::move(*known);
    return {};
  };
  for (auto [key, list] : {std::pair{"blocked_by", &t.blocked_by}, std::pair{"blocks", &t.blocks},
                           std::pair{"related_to", &t.related_to}, std::pair{"child_ticket_ids", &t.child_ticket_ids}})
    if (fields.find(key) != nullptr)
      for (auto& id : *list)
        if (auto raised = raise(key, id); !raised)
          return raised;
  for (auto [key, id] : {std::pair{"epic_id", &t.epic_id}, std::pair{"parent_ticket_id", &t.parent_ticket_id}})
    if (fields.find(key) != nullptr && *id)
      if (auto raised = raise(key, **id); !raised)
        return raised;
  return {};
}

result<tickets::ticket> merged(const tickets::ticket& t, const tickets::value& fields) {
  if (fields.is != tickets::value::kind::map)
    return {ec::rejected, "a ticket is an object of keys and values"};
  auto whole = tickets::write_ticket(t);
  for (std::size_t n = 0; n < fields.keys.size(); ++n) {
    auto& key = fields.keys[n];
    if (key == "id")
      return {ec::rejected, "\"id\" cannot be given; the store gives ids"};
    std::size_t at = 0;
    while (at < whole.keys.size() && whole.keys[at] != key)
      ++at;
    if (at == whole.keys.size())
      return {ec::rejected, "a ticket has no key \"" + key + "\"; see docs/tickets_json.md for those it has"};
    whole.items[at] = fields.items[n];
  }
  auto read = tickets::read_ticket(whole);
  if (!read)
    return read;
  if (auto raised = raise_ids(*read, fields); !raised)
    return raised.error();
  if (auto good = tickets::check(*read); !good)
    return good.error();
  return read;
}

} // namespace

result<tickets::ticket> ticket_of(const tickets::value& fields) {
  auto t = tickets::ticket{};
  t.id = "NEW-1"; // what the rules ask for; the store gives another one
  t.title = "?";
  if (fields.find("title") == nullptr)
    return {ec::rejected, "\"title\" is missing"};
  return merged(t, fields);
}

result<tickets::ticket> with_fields(const tickets::ticket& t, const tickets::value& fields) {
  return merged(t, fields);
}

} // namespace hyakki::ticket_cli
