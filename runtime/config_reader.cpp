#include "runtime/config_reader.hpp"

#include "core/shared_tracker.hpp"
#include "core/suggest.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki {
namespace {

using kind = yaml_node::kind;
constexpr std::size_t most_visits = 100'000;
constexpr std::size_t most_faults = 100;

constexpr std::pair<std::string_view, std::string_view> renamed[] = {
  {"issue_tracker.username", "issue_tracker.account"},
  {"repo_hosting.username", "repo_hosting.account"},
  {"repo_hosting.project_key", "repo_hosting.namespace"},
};

/// The names that may stand directly below a prefix.
std::vector<std::string_view> names_below(std::string_view prefix) {
  std::vector<std::string_view> out;
  for (auto& k : config_keys()) {
    auto rest = k.path;
    if (!prefix.empty()) {
      if (rest.size() <= prefix.size() || rest.substr(0, prefix.size()) != prefix || rest[prefix.size()] != '.')
        continue;
      rest.remove_prefix(prefix.size() + 1);
    }
    auto name = rest.substr(0, rest.find('.'));
    if (out.empty() || out.back() != name)
      out.push_back(name);
  }
  if (prefix.empty())
    for (auto name : {"checks", "notifications", "projects", "queue", "plugins"})
      out.push_back(name);
  return out;
}

} // namespace

void config_reader::fault(std::size_t line, std::string key, std::string text) {
  key = within_ + key;
  faulty_.insert(key);
  if (problems.size() < most_faults)
    problems.push_back({file_, line, std::move(key), std::move(text)});
}

bool config_reader::visit(const yaml_node& node) {
  if (++visited_ == most_visits)
    fault(node.line, {}, "aliases make this file stand for more than 100000 values; write them out");
  return visited_ < most_visits;
}

void config_reader::read(const yaml_node& root) {
  if (root.what != kind::map) {
    fault(root.line, {},
          "the file holds " + found(root) +
            "; it must be a map with the sections issue_tracker, "
            "repo_hosting and agent. `hyakki init` writes one");
    return;
  }
  for (auto& e : root.entries)
    if (e.value->what == kind::map)
      for (auto& inner : e.value->entries)
        own_keys_.insert(e.key + "." + inner.key);
  section(root, {});
  auto several = given_.count("projects") != 0;
  for (auto must : {"issue_tracker", "repo_hosting", "agent"})
    if (given_.count(must) == 0 && !(several && must != std::string_view{"agent"}))
      fault(0, must, "the section is missing; `hyakki init` writes one");
  if (several)
    for (auto section : {"issue_tracker", "repo_hosting", "routing"})
      if (auto given = given_.find(section); given != given_.end())
        fault(given->second, section, "stands beside projects; move it into the project that it belongs to");
  finish();
}

void config_reader::section(const yaml_node& node, const std::string& prefix) {
  for (auto& e : node.entries) {
    auto path = joined(prefix, e.key);
    if (!visit(*e.value))
      return;
    given_[within_ + path] = e.line;
    if (path == "checks")
      checks(*e.value);
    else if (path == "notifications")
      notifications(*e.value);
    else if (path == "projects")
      projects(*e.value);
    else if (path == "plugins")
      plugins(*e.value);
    else if (path == "queue")
      queue(*e.value);
    else if (auto key = key_named(path))
      set(*into_, *key, path, slot_of(*into_, path), *e.value);
    else if (!names_below(path).empty()) {
      if (e.value->what == kind::map)
        section(*e.value, path);
      else if (e.value->what != kind::null)
        fault(e.value->line, path, "is " + found(*e.value) + "; allowed is a map with " + listed(names_below(path)));
    } else
      unknown(e, prefix);
  }
}

void config_reader::unknown(const yaml_node::entry& e, const std::string& prefix) {
  auto path = joined(prefix, e.key);
  for (auto& [before, now] : renamed)
    if (path == before)
      return fault(e.line, path, "has a new name: write " + std::string{now});
  auto names = names_below(prefix);
  auto hint = did_you_mean(e.key, names);
  if (hint.empty())
    for (auto& k : config_keys())
      if (auto dot = k.path.rfind('.'); hint.empty() && k.path.substr(dot + 1) == e.key)
        hint = "; did you mean " + std::string{k.path} + "?";
  fault(e.line, path, "unknown key" + hint + (hint.empty() ? "; known here: " + listed(names) : ""));
}

void config_reader::warn(std::size_t line, const std::string& key, const std::string& text) {
  out.warnings.push_back(file_ + ":" + std::to_string(line) + ": " + within_ + key + ": " + text);
}

void config_reader::plugins(const yaml_node& node) {
  if (node.what == kind::null || (node.what == kind::list && node.items.empty()))
    return;
  if (node.what != kind::list)
    return fault(node.line, "plugins", "is " + found(node) + "; allowed is an empty list");
  warn(node.line, "plugins",
       "names Python plugins, which cannot run here and are left out. Write a program that embeds the library and "
       "subscribes to the same ten events");
}

std::size_t config_reader::line_of(std::string key) const {
  for (;;) {
    if (auto hit = given_.find(key); hit != given_.end())
      return hit->second;
    auto cut = key.find_last_of(".[");
    if (cut == std::string::npos)
      return 0;
    key.resize(cut);
  }
}

void config_reader::check_type(const std::string& path, const std::string& type,
                               const std::vector<std::string>& known) {
  if (type.empty() || std::find(known.begin(), known.end(), type) != known.end())
    return;
  std::vector<std::string_view> names(known.begin(), known.end());
  fault(line_of(path), path, "is " + shown(type) + "; this build knows " + listed(names) + did_you_mean(type, names));
}

void config_reader::check_address(const std::string& section, const std::string& type, const std::string& address) {
  auto among = [&](const std::vector<std::string>& types) {
    return std::find(types.begin(), types.end(), type) != types.end();
  };
  auto path = section + ".base_url";
  if (faulty_.count(path) > 0)
    return;
  if (address.empty() && among(types_.addressed))
    fault(line_of(path), path,
          "is missing; " + type + " needs the address of the service, like https://host.example.com");
  else if (!address.empty() && (among(types_.addressed) || among(types_.with_own_address)))
    if (auto place = parse_url(address); !place)
      fault(line_of(path), path, place.error().text + "; allowed is an address like https://host.example.com");
}

void config_reader::check_query(const std::string& section, const tracker_config& t) {
  if (t.query.empty() || t.type.compare(0, 5, "jira_") != 0)
    return;
  for (auto key : {".project", ".status"})
    if (auto at = given_.find(section + key); at != given_.end())
      warn(at->second, at->first, "has no effect beside query, which stands in its place; say it there");
}

void config_reader::check_shared(const config& c) {
  auto name = [&](std::size_t i) -> const std::string& { return name_of(c.projects[i].issue_tracker); };
  for (auto& both : both_would_take(c)) {
    auto key = "projects[" + std::to_string(both.second) + "].issue_tracker";
    warn(
      line_of(key + ".trigger_label"), key,
      "the trackers " + shown(name(both.first)) + " and " + shown(name(both.second)) + " both look at " + both.where +
        " with the trigger label " + shown(c.projects[both.second].issue_tracker.trigger_label) +
        ", so that a story may be done twice, once by each: give them trigger labels of their own, or required_labels "
        "or an assignee that tell them apart");
  }
}

void config_reader::finish() {
  auto& c = out.settings;
  if (sqlite_)
    c.storage.path.clear();
  auto check_project = [&](const std::string& at, const tracker_config& t, const code_host_config& h) {
    check_type(at + "issue_tracker.type", t.type, types_.trackers);
    check_type(at + "repo_hosting.type", h.type, types_.code_hosts);
    check_address(at + "issue_tracker", t.type, t.base_url);
    check_address(at + "repo_hosting", h.type, h.base_url);
    check_query(at + "issue_tracker", t);
  };
  if (c.projects.empty())
    check_project({}, c.issue_tracker, c.repo_hosting);
  for (std::size_t i = 0; i < c.projects.size(); ++i)
    check_project("projects[" + std::to_string(i) + "].", c.projects[i].issue_tracker, c.projects[i].repo_hosting);
  check_shared(c);
  check_type("agent.type", c.agent.type, types_.agents);
  // A default may begin with ~ too.
  auto& place = c.orchestrator.workspace_dir;
  if (given_.count("orchestrator.workspace_dir") == 0)
    place = absolute(place, 0, "orchestrator.workspace_dir");
  if (place.empty())
    fault(line_of("orchestrator.workspace_dir"), "orchestrator.workspace_dir", "is empty; allowed is a path");
  for (auto& f : validate(c)) {
    auto section = f.key.substr(0, f.key.find('.', f.key.compare(0, 9, "projects[") == 0 ? f.key.find('.') + 1 : 0));
    // what was said already is not said again
    if (faulty_.count(f.key) == 0 && faulty_.count(section) == 0)
      fault(line_of(f.key), f.key, f.text);
  }
}

} // namespace hyakki
