#include "core/config.hpp"

#include "core/ascii.hpp"
#include "core/branch_name.hpp"
#include "core/config_keys.hpp"
#include "core/reviewers.hpp"
#include "core/routing.hpp"
#include "core/suggest.hpp"
#include "core/template_text.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace hyakki {
namespace {

std::string shown(std::string_view text) { return "\"" + printable(cut_with_note(text, 200, "…")) + "\""; }

std::string number_shown(double n) {
  if (!std::isfinite(n))
    return std::isnan(n) ? "not a number" : "infinite";
  auto text = std::to_string(n);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.')
    text.pop_back();
  return text;
}

bool short_name(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char x) {
    return (x >= 'a' && x <= 'z') || (x >= '0' && x <= '9') || x == '_' || x == '-';
  });
}

bool one_line(std::string_view text) { return clean_line(text) == text; }

void check_key(config& c, const config_key& k, std::vector<config_fault>& out) {
  auto slot = slot_of(c, k.path);
  auto path = std::string{k.path};
  if (k.kind == value_kind::integer || k.kind == value_kind::number) {
    auto n = number_in(slot);
    if (!(n >= k.least && n <= k.most))
      out.push_back({path, "is " + number_shown(n) + "; allowed is " + allowed_text(k)});
  } else if (k.kind == value_kind::words) {
    auto& word = **std::get_if<std::string*>(&slot);
    if (std::find(k.words.begin(), k.words.end(), word) == k.words.end())
      out.push_back({path, "is " + shown(word) + "; allowed is " + allowed_text(k) + did_you_mean(word, k.words)});
  } else if (k.kind == value_kind::text && path.compare(0, 10, "templates.") != 0) {
    auto& text = **std::get_if<std::string*>(&slot);
    if (text.size() > 4096)
      out.push_back({path, "has " + std::to_string(text.size()) + " bytes; allowed are 4096"});
    else if (!one_line(text))
      out.push_back({path, "is " + shown(text) +
                             "; allowed is one line of valid UTF-8 without control or invisible "
                             "characters, and without white space at its ends or in runs"});
  } else if (k.kind == value_kind::path) {
    auto& text = **std::get_if<std::string*>(&slot);
    if (text.size() > 4000 || text.find('\0') != std::string::npos || text.find('\n') != std::string::npos)
      out.push_back({path, "is " + shown(text) + "; allowed is a path of at most 4000 bytes, without line feeds"});
  }
}

void check_names(const config& c, std::vector<config_fault>& out) {
  auto& t = c.issue_tracker;
  auto& name = name_of(t);
  if (t.type.empty())
    out.push_back({"issue_tracker.type", "is missing; it says which tracker to use, such as tickets"});
  else if (!short_name(name))
    out.push_back({"issue_tracker.name", "is " + shown(name) + "; allowed are 1 to 32 of a-z, 0-9, _ and -"});
  if (t.type == "tickets" && t.path.empty())
    out.push_back({"issue_tracker.path", "is missing; for tickets it is the directory that has .tickets"});
  if (c.repo_hosting.type.empty())
    out.push_back({"repo_hosting.type", "is missing; it says where branches are pushed, such as local"});
  if (c.repo_hosting.type == "local" && c.repo_hosting.path.empty())
    out.push_back({"repo_hosting.path", "is missing; for local it is the directory of the bare repositories"});
  if (c.repo_hosting.type.compare(0, 10, "bitbucket_") == 0 && !c.repo_hosting.labels.empty())
    out.push_back({"repo_hosting.labels", "is set; pull requests of Bitbucket have no labels: take it out"});
  if (c.agent.type.empty())
    out.push_back({"agent.type", "is missing; it is claude_code or command"});
  if (c.agent.type == "command" && c.agent.command.empty())
    out.push_back({"agent.command", "is missing; for the type command it is the program to run"});
  const std::array<std::pair<const char*, const std::string*>, 5> labels{{{"trigger_label", &t.trigger_label},
                                                                          {"processing_label", &t.processing_label},
                                                                          {"done_label", &t.done_label},
                                                                          {"failed_label", &t.failed_label},
                                                                          {"rework_label", &t.rework_label}}};
  std::set<std::string> seen;
  for (auto& [key, label] : labels)
    if (label->empty() || label->size() > 255)
      out.push_back({std::string{"issue_tracker."} + key, "is " + shown(*label) + "; allowed are 1 to 255 bytes"});
    else if (!seen.insert(*label).second)
      out.push_back({std::string{"issue_tracker."} + key,
                     "is " + shown(*label) + ", which is another label already; the labels must differ"});
  if (!c.repo_hosting.default_branch.empty() && !valid_branch_name(c.repo_hosting.default_branch))
    out.push_back({"repo_hosting.default_branch",
                   "is " + shown(c.repo_hosting.default_branch) + ", which git does not take as a branch name"});
  for (auto& variable : c.agent.pass_environment)
    if (variable.empty() || variable.find_first_of("= \n") != std::string::npos ||
        variable.find('\0') != std::string::npos)
      out.push_back({"agent.pass_environment", "has " + shown(variable) + "; allowed are names of variables"});
  for (auto& flag : c.agent.flags)
    if (flag.find('\0') != std::string::npos)
      out.push_back({"agent.flags", "has a flag with a NUL byte, which no program can be given"});
  auto& g = c.git;
  if (g.author_name.empty() || g.author_name.find_first_of("<>") != std::string::npos)
    out.push_back({"git.author_name", "is " + shown(g.author_name) + "; allowed is a name without < and >"});
  if (g.author_email.empty() || g.author_email.find_first_of("<> ") != std::string::npos)
    out.push_back(
      {"git.author_email", "is " + shown(g.author_email) + "; allowed is an address without < > and spaces"});
  if (c.retry.cap_seconds < c.retry.base_seconds)
    out.push_back({"retry.cap_seconds", "is less than retry.base_seconds; the longest back-off cannot be shorter than "
                                        "the first"});
}

/// What a code host would refuse only when a story's work is done.
void check_reviewers(const code_host_config& h, std::vector<config_fault>& out) {
  if (h.type != "bitbucket_cloud")
    return;
  auto check = [&](const std::string& key, const char* verb, const std::string& who) {
    if (auto known = read_cloud_reviewer(who); who != default_reviewers_word && !known)
      out.push_back({key, verb + known.error().text});
  };
  for (std::size_t i = 0; i < h.reviewers.size(); ++i)
    check("repo_hosting.reviewers[" + std::to_string(i) + "]", "is ", h.reviewers[i]);
  for (auto& [repository, names] : h.reviewers_by_repository)
    for (auto& who : between_commas(names))
      check("repo_hosting.reviewers_by_repository." + printable(repository), "has ", who);
}

void check_routing(const routing_config& r, std::vector<config_fault>& out) {
  constexpr auto rule = "; a repository's name is [A-Za-z0-9][A-Za-z0-9._-]{0,99}, with one group in front if need be";
  for (auto& [component, slug] : r.components)
    if (!valid_slug(slug))
      out.push_back({"routing.components." + printable(component), "is " + shown(slug) + rule});
  for (auto& [project, slug] : r.projects)
    if (!valid_slug(slug))
      out.push_back({"routing.projects." + printable(project), "is " + shown(slug) + rule});
  if (!r.default_repository.empty() && !valid_slug(r.default_repository))
    out.push_back({"routing.default_repository", "is " + shown(r.default_repository) + rule});
  for (auto& slug : r.allowed)
    if (!valid_slug(slug))
      out.push_back({"routing.allowed", "has " + shown(slug) + rule});
}

void check_checks(const std::vector<check_config>& checks, std::vector<config_fault>& out) {
  std::set<std::string> names;
  if (checks.size() > 50)
    out.push_back({"checks", "has " + std::to_string(checks.size()) + " elements; allowed are 50"});
  for (std::size_t i = 0; i < checks.size() && i < 50; ++i) {
    auto& check = checks[i];
    auto at = "checks[" + std::to_string(i) + "].";
    if (check.name.empty() || check.name.size() > 60 || !one_line(check.name))
      out.push_back({at + "name", "is " + shown(check.name) + "; allowed are 1 to 60 bytes on one line"});
    else if (check.name == "tree" || check.name == "review" || !names.insert(check.name).second)
      out.push_back({at + "name", "is " + shown(check.name) +
                                    ", which is taken; names must differ, and tree and review "
                                    "are the engine's own"});
    if (check.command.empty() || check.command[0].empty())
      out.push_back({at + "command", "is empty; it is a list: the program, then its arguments"});
    if (check.timeout_seconds < 1 || check.timeout_seconds > 86400)
      out.push_back({at + "timeout_seconds",
                     "is " + std::to_string(check.timeout_seconds) + "; allowed is an integer from 1 to 86400"});
  }
}

constexpr std::string_view told_events[] = {"started",        "succeeded",     "failed",        "ticket_created",
                                            "ticket_changed", "ticket_closed", "ticket_removed"};

void check_notifications(const std::vector<notification_config>& sinks, std::vector<config_fault>& out) {
  std::set<std::string> names;
  if (sinks.size() > 8)
    out.push_back({"notifications", "has " + std::to_string(sinks.size()) + " elements; allowed are 8"});
  for (std::size_t i = 0; i < sinks.size() && i < 8; ++i) {
    auto& sink = sinks[i];
    auto at = "notifications[" + std::to_string(i) + "].";
    if (!short_name(sink.name))
      out.push_back({at + "name", "is " + shown(sink.name) + "; allowed are 1 to 32 of a-z, 0-9, _ and -"});
    else if (!names.insert(sink.name).second)
      out.push_back({at + "name", "is " + shown(sink.name) + ", which another notification has; names must differ"});
    if (sink.type != "slack" && sink.type != "webhook")
      out.push_back({at + "type", "is " + shown(sink.type) + "; allowed is one of slack, webhook"});
    auto url = sink.url.reveal();
    if (url.compare(0, 8, "https://") != 0 && url.compare(0, 7, "http://") != 0)
      out.push_back({at + "url", url.empty() ? "is missing; it says where to tell"
                                             : "is no address that begins with https:// or http://"});
    for (auto& event : sink.events)
      if (std::find(std::begin(told_events), std::end(told_events), event) == std::end(told_events))
        out.push_back({at + "events", "has " + shown(event) +
                                        "; allowed are started, succeeded, failed, ticket_created, ticket_changed, "
                                        "ticket_closed and ticket_removed"});
  }
}

/// Stories and repositories of several projects are told apart by these names.
void check_project_names(const std::vector<project_config>& projects, std::vector<config_fault>& out) {
  std::map<std::string, std::size_t> trackers, hosts;
  for (std::size_t i = 0; i < projects.size(); ++i) {
    auto at = "projects[" + std::to_string(i) + "].";
    auto& tracker = projects[i].issue_tracker;
    if (auto [other, fresh] = trackers.emplace(tracker.name, i); !fresh)
      out.push_back({at + "issue_tracker.name", "is " + shown(tracker.name) + ", as in projects[" +
                                                  std::to_string(other->second) +
                                                  "]; give each tracker a name of its own"});
    auto& host = projects[i].repo_hosting;
    auto [other, fresh] = hosts.emplace(host.name, i);
    if (fresh)
      continue;
    auto& first = projects[other->second].repo_hosting;
    if (std::tie(first.type, first.path, first.base_url, first.namespace_, first.account, first.token) !=
        std::tie(host.type, host.path, host.base_url, host.namespace_, host.account, host.token))
      out.push_back({at + "repo_hosting.name", "is " + shown(host.name) + ", as in projects[" +
                                                 std::to_string(other->second) +
                                                 "], but it is another code host; give each a name of its own"});
  }
}

std::vector<config_fault> validate_one(const config& given) {
  std::vector<config_fault> out;
  auto c = given; // slots point into what may change; this is only read
  for (auto& k : config_keys()) {
    check_key(c, k, out);
    auto path = std::string{k.path};
    if (path.compare(0, 10, "templates.") == 0) {
      auto slot = slot_of(c, path);
      auto parsed = template_text::parse(**std::get_if<std::string*>(&slot), template_variables(path.substr(10)));
      if (!parsed)
        out.push_back({path, parsed.error().text});
    }
  }
  if (auto r = check_branch_pattern(c.repo_hosting.branch_pattern); !r)
    out.push_back({"repo_hosting.branch_pattern", r.error().text});
  for (auto must : {"prompt", "rework_prompt", "commit_message", "rework_commit_message", "pull_request_title"})
    if (auto slot = slot_of(c, std::string{"templates."} + must); (*std::get_if<std::string*>(&slot))->empty())
      out.push_back({std::string{"templates."} + must, "is empty; leave it out for the built-in text"});
  if (c.review.enabled && !c.templates.review_prompt.empty() &&
      c.templates.review_prompt.find("{verdict_rule}") == std::string::npos)
    out.push_back({"templates.review_prompt", "does not use {verdict_rule}; without it no review could ever pass"});
  if (!c.issue_tracker.status_on_done.empty() && c.rework.watch_days == 0)
    out.push_back({"issue_tracker.status_on_done",
                   "is set, but rework.watch_days is 0: nobody would see that a pull request was merged; give it at "
                   "least 1 day, or leave status_on_done out"});
  check_names(c, out);
  check_reviewers(c.repo_hosting, out);
  check_routing(c.routing, out);
  check_checks(c.checks, out);
  check_notifications(c.notifications, out);
  return out;
}

} // namespace

const std::string& name_of(const tracker_config& c) { return c.name.empty() ? c.type : c.name; }
const std::string& name_of(const code_host_config& c) { return c.name.empty() ? c.type : c.name; }

std::vector<project_config> projects_of(const config& c) {
  auto out = c.projects;
  if (out.empty())
    out.push_back({c.issue_tracker, c.repo_hosting, c.routing});
  for (auto& p : out) {
    p.issue_tracker.name = name_of(p.issue_tracker);
    p.repo_hosting.name = name_of(p.repo_hosting);
  }
  return out;
}

project_view project_for(const config& c, std::string_view tracker) {
  for (auto& p : c.projects)
    if (name_of(p.issue_tracker) == tracker)
      return {p.issue_tracker, p.repo_hosting, p.routing};
  return {c.issue_tracker, c.repo_hosting, c.routing};
}

bool several_hosts(const config& c) {
  return std::any_of(c.projects.begin(), c.projects.end(), [&](const project_config& p) {
    return name_of(p.repo_hosting) != name_of(c.projects.front().repo_hosting);
  });
}

std::vector<config_fault> validate(const config& given) {
  if (given.projects.empty())
    return validate_one(given);
  std::vector<config_fault> out;
  auto of_project = [](const std::string& key) {
    return key.compare(0, 14, "issue_tracker.") == 0 || key.compare(0, 13, "repo_hosting.") == 0 ||
           key.compare(0, 8, "routing.") == 0;
  };
  for (std::size_t i = 0; i < given.projects.size(); ++i) {
    auto one = given;
    one.projects.clear();
    one.issue_tracker = given.projects[i].issue_tracker;
    one.repo_hosting = given.projects[i].repo_hosting;
    one.routing = given.projects[i].routing;
    for (auto& fault : validate_one(one))
      if (of_project(fault.key))
        out.push_back({"projects[" + std::to_string(i) + "]." + fault.key, fault.text});
      else if (i == 0)
        out.push_back(std::move(fault));
  }
  check_project_names(projects_of(given), out);
  return out;
}

} // namespace hyakki
