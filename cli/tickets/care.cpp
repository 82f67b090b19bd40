#include "cli/tickets/care.hpp"

#include "cli/tickets/leases.hpp"
#include "cli/tickets/odd_values.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/references.hpp"
#include "tickets/directory.hpp"
#include "tickets/merge_driver.hpp"
#include "tickets/text.hpp"
#include "tickets/yaml_text.hpp"
#include "tickets/yaml_tree.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

namespace hyakki::ticket_cli {
namespace {

template <class T>
void read_all(const session& at, const char* kind, check_result& into, std::vector<T>& all) {
  std::vector<std::string> unreadable;
  auto read = at.store().all<T>(&unreadable);
  if (!read)
    into.findings.push_back({true, std::string{kind} + ": " + tickets::without_name(read.error().text)});
  else
    all = std::move(*read);
  for (auto& text : unreadable)
    into.findings.push_back({true, tickets::without_name(text)});
}

/// The files of which there is one.
void read_small(const session& at, check_result& into) {
  auto need = [&](const auto& read) {
    if (!read)
      into.findings.push_back({true, read.error().text});
  };
  need(at.store().config());
  need(at.store().settings());
  need(at.store().profiles());
  need(at.store().schema_versions());
  auto claims = claims_file::open(at.root(), false);
  need(claims ? claims->leases(at.now_ms()) : result<std::vector<lease>>{claims.error()});
}

template <class T>
std::set<std::string> ids_of(const std::vector<T>& all) {
  std::set<std::string> out;
  for (auto& r : all)
    out.insert(r.id);
  return out;
}

struct records {
  std::vector<tickets::ticket> tickets;
  std::vector<tickets::epic> epics;
  std::vector<tickets::backlog_item> items;
  std::vector<tickets::agent> agents;
  std::vector<tickets::agent_task> tasks;
  std::vector<tickets::workflow> workflows;
};

check_result references(const records& all) {
  auto out = check_result{"references", {}};
  auto known = ids_of(all.tickets), epics = ids_of(all.epics), agents = ids_of(all.agents), tasks = ids_of(all.tasks);
  auto need = [&](const std::set<std::string>& in, const std::string& id, const std::string& who) {
    if (in.count(id) == 0)
      out.findings.push_back({false, who + " " + id + ", which is not there"});
  };
  for (auto& t : all.tickets) {
    for (auto list : {&t.blocked_by, &t.blocks, &t.related_to, &t.child_ticket_ids})
      for (auto& id : *list)
        need(known, id, "ticket " + t.id + " names ticket");
    if (t.parent_ticket_id)
      need(known, *t.parent_ticket_id, "ticket " + t.id + " has the parent");
    if (t.epic_id)
      need(epics, *t.epic_id, "ticket " + t.id + " names epic");
    for (auto& id : t.agent_tasks)
      need(tasks, id, "ticket " + t.id + " names task");
  }
  for (auto& text : circles_of(all.tickets))
    out.findings.push_back({false, "tickets " + text});
  auto listed = std::map<std::string, std::set<std::string>>{};
  for (auto& e : all.epics) {
    listed[e.id].insert(e.ticket_ids.begin(), e.ticket_ids.end());
    for (auto& id : e.ticket_ids)
      need(known, id, "epic " + e.id + " lists ticket");
  }
  for (auto& t : all.tickets)
    if (auto e = t.epic_id ? listed.find(*t.epic_id) : listed.end(); e != listed.end() && e->second.count(t.id) == 0)
      out.findings.push_back({false, "ticket " + t.id + " names epic " + e->first +
                                       ", which does not list it; epic add-ticket " + e->first + " " + t.id +
                                       " writes it there"});
  for (auto& b : all.items) {
    if (b.ticket_id)
      need(known, *b.ticket_id, "backlog item " + b.id + " names ticket");
    if (b.epic_id)
      need(epics, *b.epic_id, "backlog item " + b.id + " names epic");
  }
  for (auto& t : all.tasks) {
    need(known, t.ticket_id, "task " + t.id + " is of ticket");
    if (!tickets::is_over(t)) // one that is over tells what was done, also by whom who is gone
      need(agents, t.agent_id, "task " + t.id + " is of agent");
  }
  for (auto& w : all.workflows)
    need(known, w.ticket_id, "workflow " + w.id + " is of ticket");
  return out;
}

check_result rules(const records& all) {
  auto out = check_result{"rules", {}};
  auto each = [&](const auto& list, const char* kind) {
    for (auto& r : list)
      if (auto good = tickets::check(r); !good)
        out.findings.push_back({false, std::string{kind} + " " + r.id + ": " + good.error().text});
  };
  each(all.tickets, "ticket");
  for (auto& t : all.tickets)
    for (auto& text : odd_values(t))
      out.findings.push_back({false, "ticket " + t.id + ": " + text});
  each(all.epics, "epic");
  each(all.items, "backlog item");
  each(all.agents, "agent");
  each(all.tasks, "task");
  each(all.workflows, "workflow");
  for (auto& a : all.agents)
    if (a.api_key)
      out.findings.push_back(
        {false, "agent " + a.id + " has an API key in a versioned file; take it out and change the key"});
  return out;
}

constexpr auto not_kept_up = ". It is larger than 1 MiB, so that commands do not keep it up: run rebuild-index before "
                             "another program reads it. hyakki does not read it";

check_result index_check(const session& at, const records& all) {
  auto out = check_result{"index.yaml", {}};
  auto state = index_of(at, all.tickets);
  if (!state.readable)
    out.findings.push_back({false, "it cannot be read; rebuild-index makes it anew"});
  else if (!state.in_step())
    out.findings.push_back({false, std::to_string(state.missing.size()) + " tickets are missing in it, " +
                                     std::to_string(state.stale.size()) + " are gone, " +
                                     std::to_string(state.differing.size()) + " differ; rebuild-index makes it anew" +
                                     (state.kept_up ? "" : not_kept_up)});
  return out;
}

check_result settings_check(const session& at) {
  auto out = check_result{"settings", {}};
  auto config = at.store().config();
  auto own = at.store().settings();
  if (!config)
    out.findings.push_back({true, tickets::without_name(config.error().text)});
  else if (!tickets::word_list{tickets::ticket_statuses}.has(config->default_status))
    out.findings.push_back({false, "default_status is \"" + cut(config->default_status) +
                                     "\", which is no status; new tickets are open. Set another with "
                                     "`tickets config --set default_status=open`"});
  if (!own)
    out.findings.push_back({true, tickets::without_name(own.error().text)});
  return out;
}

/// A merge can leave a ticket with the status of one side in the folder of the other.
check_result folders(const session& at, const records& all) {
  auto out = check_result{"folders", {}};
  auto root = tickets::directory::open(at.store().path());
  auto open = root ? root->folder("open") : result<tickets::directory>{root.error()};
  auto closed = root ? root->folder("closed") : result<tickets::directory>{root.error()};
  if (!open || !closed)
    return out; // a clone has no empty folders
  auto names = open->names();
  auto others = closed->names();
  if (!names || !others) {
    out.findings.push_back({true, "open/ or closed/ cannot be listed"});
    return out;
  }
  auto known = std::set<std::string>{names->begin(), names->end()};
  for (auto& name : *others)
    if (name[0] != '.' && known.count(name) != 0)
      out.findings.push_back({false, name + " is in open/ and in closed/; the one in open/ counts"});
  auto closed_names = std::set<std::string>{others->begin(), others->end()};
  for (auto& t : all.tickets) {
    auto name = t.id + ".yaml";
    auto is_in_open = known.count(name) != 0;
    if (is_in_open ? tickets::is_over(t.status) : closed_names.count(name) != 0 && !tickets::is_over(t.status))
      out.findings.push_back({false, name + " is in " + (is_in_open ? "open/" : "closed/") + " and its status is " +
                                       t.status + "; the next change of the ticket moves it"});
  }
  return out;
}

} // namespace

namespace {

/// Fewer values than any YAML of ours may have, however short they are.
constexpr std::size_t most_yaml_bytes = 64u << 10;

/// Of an index beyond that, in the form in which it is written: an id a line, its fields indented.
void compare_lines(std::string_view text, const std::vector<tickets::ticket>& all, index_state& out) {
  auto entries = std::map<std::string, std::string_view>{};
  for (std::size_t at = 0; at < text.size();) {
    auto end = at;
    do
      end = std::min(text.find('\n', end), text.size() - 1) + 1;
    while (end < text.size() && (text[end] == ' ' || text[end] == '\n')); // a title of several lines has empty ones
    auto colon = text.find(":\n", at);
    if (text[at] != '#' && colon < end)
      entries[std::string{text.substr(at, colon - at)}] = text.substr(colon, end - colon);
    at = end;
  }
  out.entries = entries.size();
  for (auto& t : all) {
    auto entry = entries.find(t.id);
    if (entry == entries.end()) {
      out.missing.push_back(t.id);
      continue;
    }
    auto says = [&](const std::string& line) { return entry->second.find("\n  " + line) != std::string_view::npos; };
    if (!says("status: " + t.status + "\n") || !says("priority: " + t.priority + "\n") ||
        !says("updated_at: '" + t.updated_at + "'\n"))
      out.differing.push_back(t.id);
    entries.erase(entry);
  }
  for (auto& [id, text_of_it] : entries)
    out.stale.push_back(id);
}

} // namespace

index_state index_of(const session& at, const std::vector<tickets::ticket>& all) {
  auto out = index_state{};
  out.files = all.size();
  auto root = tickets::directory::open(at.store().path());
  auto bytes = root ? root->read("index.yaml", 256u << 20) : result<std::string>{root.error()};
  if (!bytes)
    return out;
  if (bytes->size() > most_yaml_bytes) {
    out.readable = true;
    out.kept_up = bytes->size() <= tickets::most_index_bytes;
    compare_lines(*bytes, all, out);
    return out;
  }
  auto tree = tickets::read_yaml(*bytes);
  if (!tree)
    return out;
  auto index = tickets::meaning(*tree);
  if (index.is != tickets::value::kind::map)
    return out;
  out.readable = true;
  out.entries = index.keys.size();
  auto known = std::set<std::string>{};
  for (auto& t : all) {
    known.insert(t.id);
    auto entry = index.find(t.id);
    if (entry == nullptr) {
      out.missing.push_back(t.id);
      continue;
    }
    auto same = [&](const char* key, const std::string& value) {
      auto found = entry->find(key);
      return found != nullptr && found->text == value;
    };
    if (!same("title", t.title) || !same("status", t.status) || !same("priority", t.priority) ||
        !same("updated_at", t.updated_at))
      out.differing.push_back(t.id);
  }
  for (auto& key : index.keys)
    if (known.count(key) == 0)
      out.stale.push_back(key);
  return out;
}

std::vector<check_result> examined(const session& at) {
  auto all = records{};
  auto readable = check_result{"files", {}};
  read_all(at, "tickets", readable, all.tickets);
  read_all(at, "epics", readable, all.epics);
  read_all(at, "backlog", readable, all.items);
  read_all(at, "agents", readable, all.agents);
  read_all(at, "tasks", readable, all.tasks);
  read_all(at, "workflows", readable, all.workflows);
  read_small(at, readable);
  auto writable = check_result{"writing", {}};
  if (auto can = at.store().probe(); !can)
    writable.findings.push_back({true, tickets::without_name(can.error().text)});
  auto merging = check_result{"merging", {}};
  if (tickets::lacks_merge_driver(at.repository()))
    merging.findings.push_back({false, driver_is_missing});
  return {readable,   writable,        settings_check(at),   folders(at, all),
          rules(all), references(all), index_check(at, all), merging};
}

} // namespace hyakki::ticket_cli
