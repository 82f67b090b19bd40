// The lists of a configuration: checks, notifications, and projects, whose elements hold whole sections.

#include "core/suggest.hpp"
#include "core/utf8.hpp"
#include "runtime/config_reader.hpp"

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

using kind = yaml_node::kind;

constexpr std::size_t most_projects = 50;
constexpr std::array<std::string_view, 3> project_sections{"issue_tracker", "repo_hosting", "routing"};

std::vector<std::string_view> names_of(const std::vector<config_key>& keys) {
  std::vector<std::string_view> out;
  for (auto& k : keys)
    out.push_back(k.path);
  return out;
}

} // namespace

std::vector<const yaml_node*> config_reader::elements(const yaml_node& node, const std::string& path,
                                                      const std::string& allowed) {
  std::vector<const yaml_node*> out;
  if (node.what == kind::null)
    return out;
  if (node.what != kind::list) {
    fault(node.line, path, "is " + found(node) + "; allowed is a list of maps with " + allowed);
    return out;
  }
  for (auto& item : node.items) {
    if (!visit(*item))
      return {};
    auto at = path + "[" + std::to_string(out.size()) + "]";
    given_[at] = item->line;
    if (item->what != kind::map)
      fault(item->line, at, "is " + found(*item) + "; allowed is a map with " + allowed);
    out.push_back(item.get());
  }
  return out;
}

void config_reader::element(const yaml_node& item, const std::string& at, const std::vector<config_key>& keys,
                            const std::function<config_slot(std::string_view)>& slot) {
  auto names = names_of(keys);
  for (auto& e : item.entries) {
    auto path = at + "." + printable(cut_utf8(e.key, 100));
    given_[path] = e.line;
    if (!visit(*e.value))
      return;
    auto key = std::find_if(keys.begin(), keys.end(), [&](const config_key& k) { return k.path == e.key; });
    if (key == keys.end())
      fault(e.line, path, "unknown key" + did_you_mean(e.key, names) + "; known here: " + listed(names));
    else
      set(out.settings, *key, path, slot(e.key), *e.value);
  }
}

void config_reader::checks(const yaml_node& node) {
  for (auto item : elements(node, "checks", listed(names_of(check_keys())))) {
    check_config check;
    element(*item, "checks[" + std::to_string(out.settings.checks.size()) + "]", check_keys(),
            [&](std::string_view key) -> config_slot {
              if (key == "command")
                return &check.command;
              if (key == "timeout_seconds")
                return &check.timeout_seconds;
              return &check.name;
            });
    out.settings.checks.push_back(std::move(check));
  }
}

void config_reader::notifications(const yaml_node& node) {
  for (auto item : elements(node, "notifications", listed(names_of(notification_keys())))) {
    notification_config sink;
    std::vector<std::string> events;
    element(*item, "notifications[" + std::to_string(out.settings.notifications.size()) + "]", notification_keys(),
            [&](std::string_view key) -> config_slot {
              if (key == "type")
                return &sink.type;
              if (key == "url")
                return &sink.url;
              if (key == "signing_secret")
                return &sink.signing_secret;
              if (key == "events")
                return &events;
              return &sink.name;
            });
    if (!events.empty())
      sink.events = std::move(events);
    out.settings.notifications.push_back(std::move(sink));
  }
}

void config_reader::projects(const yaml_node& node) {
  auto allowed = listed(std::vector<std::string_view>(project_sections.begin(), project_sections.end()));
  auto items = elements(node, "projects", allowed);
  if (items.empty() && node.what != kind::null && node.what == kind::list)
    fault(node.line, "projects", "is an empty list; leave it out, or give at least one project");
  if (items.size() > most_projects)
    return fault(node.line, "projects",
                 "has " + std::to_string(items.size()) + " elements; allowed are " + std::to_string(most_projects));
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto at = "projects[" + std::to_string(i) + "]";
    config one;
    yaml_node known = *items[i];
    known.entries.clear();
    for (auto& e : items[i]->entries)
      if (std::find(project_sections.begin(), project_sections.end(), e.key) != project_sections.end())
        known.entries.push_back(e);
      else
        fault(e.line, at + "." + printable(cut_utf8(e.key, 100)), "unknown key; known here: " + allowed);
    within_ = at + ".";
    into_ = &one;
    section(known, {});
    within_.clear();
    into_ = &out.settings;
    for (auto must : {"issue_tracker", "repo_hosting"})
      if (given_.count(at + "." + must) == 0 && items[i]->what == kind::map)
        fault(items[i]->line, at + "." + must, "the section is missing");
    out.settings.projects.push_back(
      {std::move(one.issue_tracker), std::move(one.repo_hosting), std::move(one.routing)});
  }
}

} // namespace hyakki
