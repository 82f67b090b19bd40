#include "runtime/config_reader.hpp"

#include "core/suggest.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace hyakki {
namespace {

using kind = yaml_node::kind;
constexpr std::size_t most_visits = 100'000;
constexpr std::size_t most_faults = 100;

std::string shown(std::string_view text) { return "\"" + printable(cut_with_note(text, 200, "…")) + "\""; }

constexpr std::pair<std::string_view, std::string_view> renamed[] = {
  {"issue_tracker.username", "issue_tracker.account"},
  {"repo_hosting.username", "repo_hosting.account"},
  {"repo_hosting.project_key", "repo_hosting.namespace"},
};

std::string joined(const std::string& prefix, std::string_view key) {
  return prefix.empty() ? printable(cut_utf8(key, 100)) : prefix + "." + printable(cut_utf8(key, 100));
}

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

/// What stands in the file, for people.
std::string config_reader::found(const yaml_node& node) {
  switch (node.what) {
  case kind::null: return "nothing";
  case kind::scalar: return shown(node.text);
  case kind::list: return "a list";
  case kind::map: return "a map";
  }
  return "nothing";
}

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

std::string config_reader::expand(const std::string& text, std::size_t line, const std::string& path) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "${") == 0) {
      auto end = text.find('}', i + 2);
      auto name = end == std::string::npos ? std::string{} : text.substr(i + 2, end - i - 2);
      auto good = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                  std::all_of(name.begin(), name.end(),
                              [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
      if (good) {
        if (auto value = env_(name))
          result += *value;
        else
          fault(line, path, "uses ${" + name + "}, but the environment variable " + name + " is not set");
        i = end + 1;
        continue;
      }
    }
    result += text[i++];
  }
  return result;
}

std::optional<std::string> config_reader::scalar(const yaml_node& node, const std::string& path,
                                                 std::string_view wanted) {
  if (node.what != kind::scalar) {
    fault(node.line, path,
          "is " + found(node) + "; allowed is " + std::string{wanted} +
            (node.what == kind::null ? " (leave the key out for its default)" : ""));
    return std::nullopt;
  }
  return expand(node.text, node.line, path);
}

std::string config_reader::absolute(std::string text, std::size_t line, const std::string& path) {
  if (text.empty() || text[0] == '/')
    return text;
  if (text[0] == '~') {
    if (text.size() > 1 && text[1] != '/') {
      fault(line, path, "is " + shown(text) + "; ~ is expanded for your own home only, as in ~/work");
      return text;
    }
    auto home = env_("HOME");
    if (!home || home->empty() || (*home)[0] != '/') {
      fault(line, path, "is " + shown(text) + ", but the environment variable HOME does not say where ~ is");
      return text;
    }
    return *home + text.substr(1);
  }
  while (text.compare(0, 2, "./") == 0)
    text.erase(0, 2);
  return text.empty() || text == "." ? directory_ : directory_ + "/" + text;
}

void config_reader::set_scalar(const config_key& key, const std::string& path, config_slot slot,
                               const yaml_node& node) {
  auto wanted = allowed_text(key);
  auto value = scalar(node, path, wanted);
  if (!value)
    return;
  auto refuse = [&](const std::string& why) {
    fault(node.line, path, "is " + shown(*value) + "; allowed is " + wanted + why);
  };
  auto first = value->data(), last = value->data() + value->size();
  if (key.kind == value_kind::integer) {
    std::int64_t n = 0;
    auto [end, bad] = std::from_chars(first, last, n);
    if (bad != std::errc{} || end != last)
      return refuse(std::string{});
    if (static_cast<double>(n) < key.least || static_cast<double>(n) > key.most)
      return refuse(std::string{});
    if (auto p = std::get_if<std::int64_t*>(&slot))
      **p = n;
    else if (auto q = std::get_if<std::uint32_t*>(&slot))
      **q = static_cast<std::uint32_t>(n);
    else if (auto u = std::get_if<std::uint64_t*>(&slot))
      **u = static_cast<std::uint64_t>(n);
  } else if (key.kind == value_kind::number) {
    double n = 0;
    auto [end, bad] = std::from_chars(first, last, n);
    if (bad != std::errc{} || end != last || !(n >= key.least && n <= key.most))
      return refuse(std::string{});
    **std::get_if<double*>(&slot) = n;
  } else if (key.kind == value_kind::boolean) {
    if (*value != "true" && *value != "false")
      return refuse(" (yes, no, on and off are texts)");
    **std::get_if<bool*>(&slot) = *value == "true";
  } else if (key.kind == value_kind::secret) {
    if (value->find_first_of("\r\n") != std::string::npos || value->find('\0') != std::string::npos)
      return fault(node.line, path, "holds a line feed; a token is one line");
    **std::get_if<secret*>(&slot) = secret{*value};
    if (!value->empty())
      out.secrets.emplace_back(*value);
    if (node.text.find("${") == std::string::npos && !value->empty())
      warn(node.line, path, "the token stands in the file; write ${NAME} and set that variable instead");
  } else {
    if (key.kind == value_kind::path ||
        (path == "agent.command" &&
         (value->compare(0, 2, "./") == 0 || value->compare(0, 3, "../") == 0 || value->compare(0, 2, "~/") == 0)))
      *value = absolute(*value, node.line, path);
    **std::get_if<std::string*>(&slot) = *value;
  }
}

void config_reader::set(config& c, const config_key& key, const std::string& path, config_slot slot,
                        const yaml_node& node) {
  if (path == "storage.type" && node.what == kind::scalar && node.text == "sqlite") {
    c.storage.type = "lmdb";
    sqlite_ = true;
    return warn(node.line, path,
                "is \"sqlite\"; lmdb is used instead, in the default state directory: storage.path names a file of "
                "sqlite and is not touched. Write lmdb, and a directory as storage.path");
  }
  if (key.kind == value_kind::list) {
    if (node.what == kind::null)
      return;
    if (node.what != kind::list)
      return fault(node.line, path, "is " + found(node) + "; allowed is a list, one text an element");
    auto& list = **std::get_if<std::vector<std::string>*>(&slot);
    for (auto& item : node.items) {
      if (!visit(*item))
        return;
      if (auto text = scalar(*item, path + "[" + std::to_string(list.size()) + "]", "a text"))
        list.push_back(*std::move(text));
    }
  } else if (key.kind == value_kind::map) {
    if (node.what == kind::null)
      return;
    if (node.what != kind::map)
      return fault(node.line, path, "is " + found(node) + "; allowed is a map of texts");
    auto& map = **std::get_if<std::map<std::string, std::string>*>(&slot);
    for (auto& e : node.entries) {
      if (!visit(*e.value))
        return;
      given_[within_ + joined(path, e.key)] = e.line;
      if (auto text = scalar(*e.value, joined(path, e.key), "a text"))
        map[e.key] = *std::move(text);
    }
  } else
    set_scalar(key, path, slot, node);
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

void config_reader::finish() {
  auto& c = out.settings;
  if (sqlite_)
    c.storage.path.clear();
  auto check_project = [&](const std::string& at, const tracker_config& t, const code_host_config& h) {
    check_type(at + "issue_tracker.type", t.type, types_.trackers);
    check_type(at + "repo_hosting.type", h.type, types_.code_hosts);
  };
  if (c.projects.empty())
    check_project({}, c.issue_tracker, c.repo_hosting);
  for (std::size_t i = 0; i < c.projects.size(); ++i)
    check_project("projects[" + std::to_string(i) + "].", c.projects[i].issue_tracker, c.projects[i].repo_hosting);
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
