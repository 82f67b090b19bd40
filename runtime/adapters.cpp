#include "runtime/adapters.hpp"

#include "adapters/bitbucket/cloud_api.hpp"
#include "adapters/code_hosts/bitbucket_cloud.hpp"
#include "adapters/code_hosts/bitbucket_dc.hpp"
#include "adapters/code_hosts/github.hpp"
#include "adapters/code_hosts/local.hpp"
#include "adapters/coding_agents/claude_code.hpp"
#include "adapters/coding_agents/command.hpp"
#include "adapters/github/api.hpp"
#include "adapters/notifiers/slack.hpp"
#include "adapters/notifiers/webhook.hpp"
#include "adapters/trackers/github_issues.hpp"
#include "adapters/trackers/jira_cloud.hpp"
#include "adapters/trackers/jira_dc.hpp"
#include "adapters/trackers/tickets.hpp"
#include "core/url.hpp"
#include "hooks/notify.hpp"
#include "runtime/hosts.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>

namespace hyakki {
namespace {

/// The addresses that a keeper will ask, from the configured one; none when that is missing.
using addresses = std::vector<std::string> (*)(const std::string& base_url);

std::vector<std::string> as_configured(const std::string& base_url) {
  return base_url.empty() ? std::vector<std::string>{} : std::vector<std::string>{base_url};
}

/// The API is at another address than the one that people see; without any it is that of github.com.
std::vector<std::string> of_github(const std::string& base_url) {
  auto at = github::addresses_of(base_url);
  return at ? std::vector<std::string>{at->web, at->api} : as_configured(base_url);
}

/// Of Bitbucket Cloud the API alone is asked.
std::vector<std::string> of_bitbucket_cloud(const std::string& base_url) {
  auto at = bitbucket::cloud_addresses_of(base_url);
  return at ? std::vector<std::string>{at->api} : as_configured(base_url);
}

/// One row a type.
struct tracker_row {
  std::string_view type;
  addresses asks; ///< null: it lies on this machine
  std::unique_ptr<tracker> (*make)(const tracker_config&, http_client*, const clock&,
                                   const std::string& state_directory);
};

constexpr tracker_row tracker_rows[] = {
  {"github_issues", of_github,
   [](const tracker_config& c, http_client* http, const clock& time, const std::string&) {
     return make_github_issues_tracker(c, *http, time);
   }},
  {"jira_cloud", as_configured,
   [](const tracker_config& c, http_client* http, const clock& time, const std::string&) {
     return make_jira_cloud_tracker(c, *http, time);
   }},
  {"jira_dc", as_configured,
   [](const tracker_config& c, http_client* http, const clock& time, const std::string&) {
     return make_jira_dc_tracker(c, *http, time);
   }},
  {"tickets", nullptr,
   [](const tracker_config& c, http_client*, const clock& time, const std::string& state) {
     return make_tickets_tracker(c, time, {}, state.empty() ? state : state + "/told-" + c.name + ".mdb");
   }},
};

struct host_row {
  std::string_view type;
  addresses asks;
  std::unique_ptr<code_host> (*make)(const code_host_config&, const routing_config&, http_client*, const clock&);
};

constexpr host_row host_rows[] = {
  {"bitbucket_cloud", of_bitbucket_cloud,
   [](const code_host_config& c, const routing_config& r, http_client* http, const clock& time) {
     return make_bitbucket_cloud_code_host(c, r, *http, time);
   }},
  {"bitbucket_dc", as_configured,
   [](const code_host_config& c, const routing_config& r, http_client* http, const clock& time) {
     return make_bitbucket_dc_code_host(c, r, *http, time);
   }},
  {"github", of_github,
   [](const code_host_config& c, const routing_config& r, http_client* http, const clock& time) {
     return make_github_code_host(c, r, *http, time);
   }},
  {"local", nullptr,
   [](const code_host_config& c, const routing_config& r, http_client*, const clock&) {
     return make_local_code_host(c, r.allowed);
   }},
};

template <class Row, std::size_t N>
const Row* row_of(const Row (&rows)[N], std::string_view type) {
  auto hit = std::find_if(std::begin(rows), std::end(rows), [&](const Row& r) { return r.type == type; });
  return hit == std::end(rows) ? nullptr : hit;
}

template <class Row, std::size_t N>
error unknown(const char* key, const std::string& type, const Row (&rows)[N]) {
  std::string known;
  for (auto& r : rows)
    known += (known.empty() ? "" : ", ") + std::string{r.type};
  return {ec::bad_config, std::string{key} + " is \"" + type + "\"; this build knows: " + known, 0};
}

/// A slug is allowed when any project of the host allows it; an empty list allows all that the host has.
routing_config allowed_on(const std::vector<project_config>& projects, const std::string& host) {
  routing_config out;
  for (auto& p : projects) {
    if (p.repo_hosting.name != host)
      continue;
    if (p.routing.allowed.empty())
      return {};
    out.allowed.insert(out.allowed.end(), p.routing.allowed.begin(), p.routing.allowed.end());
  }
  return out;
}

} // namespace

std::vector<service> services_of(const project_view& p) {
  std::vector<service> out;
  auto add = [&](const std::string& type, const std::string& base, addresses asks) {
    for (auto& address : asks(base))
      if (std::none_of(out.begin(), out.end(), [&](auto& known) { return known.address == address; }))
        out.push_back({type, address});
  };
  auto& t = p.issue_tracker;
  auto& h = p.repo_hosting;
  if (auto row = row_of(tracker_rows, t.type); row != nullptr && row->asks != nullptr)
    add(t.type, t.base_url, row->asks);
  if (auto row = row_of(host_rows, h.type); row != nullptr && row->asks != nullptr)
    add(h.type, h.base_url, row->asks);
  return out;
}

bool is_remote_tracker(std::string_view type) {
  auto row = row_of(tracker_rows, type);
  return row != nullptr && row->asks != nullptr;
}

bool is_remote_code_host(std::string_view type) {
  auto row = row_of(host_rows, type);
  return row != nullptr && row->asks != nullptr;
}

result<std::unique_ptr<http_client>> make_http_client(const config& c, const clock& time,
                                                      std::function<void(const http_hold&)> on_hold) {
  http_options o;
  std::string missing;
  std::optional<error> broken;
  auto reach = [&](const std::string& section, const std::string& type, const std::string& base, addresses asks) {
    auto origins = asks(base);
    if (origins.empty())
      missing = section + ".base_url is missing; for " + type + " it is the address of the service";
    for (auto& address : origins)
      if (auto place = parse_url(address); !place && !broken)
        broken = with_context(place.error(), section + ".base_url");
    o.origins.insert(o.origins.end(), origins.begin(), origins.end());
  };
  auto projects = projects_of(c);
  for (std::size_t i = 0; i < projects.size(); ++i) {
    auto& p = projects[i];
    auto at = c.projects.empty() ? std::string{} : "projects[" + std::to_string(i) + "].";
    if (auto row = row_of(tracker_rows, p.issue_tracker.type); row != nullptr && row->asks != nullptr)
      reach(at + "issue_tracker", p.issue_tracker.type, p.issue_tracker.base_url, row->asks);
    if (auto row = row_of(host_rows, p.repo_hosting.type); row != nullptr && row->asks != nullptr)
      reach(at + "repo_hosting", p.repo_hosting.type, p.repo_hosting.base_url, row->asks);
  }
  for (auto& sink : c.notifications)
    o.origins.push_back(sink.url.reveal());
  if (!missing.empty())
    return error{ec::bad_config, missing, 0};
  if (broken)
    return *broken;
  if (o.origins.empty())
    return std::unique_ptr<http_client>{};
  o.ca_file = c.http.ca_file;
  o.client_certificate = c.http.client_certificate;
  o.client_key = c.http.client_key;
  o.proxy = c.http.proxy;
  o.no_proxy = c.http.no_proxy;
  o.connect_deadline = std::chrono::seconds{c.http.connect_seconds};
  o.whole_deadline = std::chrono::seconds{c.http.timeout_seconds};
  o.most_connections = c.http.most_connections;
  o.on_hold = std::move(on_hold);
  return open_http_client(std::move(o), time);
}

result<std::vector<std::unique_ptr<tracker>>> make_trackers(const config& c, http_client* http, const clock& time,
                                                            const std::string& state_directory) {
  std::vector<std::unique_ptr<tracker>> out;
  for (auto& p : projects_of(c)) {
    auto row = row_of(tracker_rows, p.issue_tracker.type);
    if (row == nullptr)
      return unknown("issue_tracker.type", p.issue_tracker.type, tracker_rows);
    out.push_back(row->make(p.issue_tracker, http, time, state_directory));
  }
  return out;
}

result<std::unique_ptr<code_host>> make_code_host(const config& c, http_client* http, const clock& time) {
  auto projects = projects_of(c);
  std::map<std::string, std::unique_ptr<code_host>, std::less<>> hosts;
  for (auto& p : projects) {
    auto& name = p.repo_hosting.name;
    if (hosts.count(name) != 0)
      continue;
    auto row = row_of(host_rows, p.repo_hosting.type);
    if (row == nullptr)
      return unknown("repo_hosting.type", p.repo_hosting.type, host_rows);
    hosts.emplace(name, row->make(p.repo_hosting, allowed_on(projects, name), http, time));
  }
  if (hosts.size() == 1)
    return std::move(hosts.begin()->second);
  return make_several_hosts(std::move(hosts));
}

std::vector<plugin> make_notifications(const config& c, http_client* http, const clock& time) {
  std::vector<plugin> out;
  if (http != nullptr)
    for (auto& sink : c.notifications)
      out.push_back(make_notifications(
        sink, sink.type == "slack" ? make_slack_notifier(sink, *http) : make_webhook_notifier(sink, *http), time));
  return out;
}

result<std::unique_ptr<coding_agent>> make_coding_agent(const config& c, std::vector<std::string> environment,
                                                        process* children) {
  if (c.agent.type == "claude_code")
    return make_claude_code_agent(c.agent, std::move(environment), children);
  if (c.agent.type == "command")
    return make_command_agent(c.agent, std::move(environment));
  return error{ec::bad_config, "agent.type is \"" + c.agent.type + "\"; this build knows: claude_code, command", 0};
}

std::vector<std::string> agent_environment(const config& c) {
  auto names = std::vector<std::string>{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"};
  names.insert(names.end(), c.agent.pass_environment.begin(), c.agent.pass_environment.end());
  std::vector<std::string> out;
  for (auto& name : names)
    if (auto value = std::getenv(name.c_str()); value != nullptr)
      out.push_back(name + "=" + value);
  return out;
}

passed_secrets secrets_passed_on(const config& c) {
  std::vector<std::string> named;
  for (auto& name : c.agent.pass_environment)
    if (auto value = std::getenv(name.c_str()); value != nullptr)
      named.push_back(name + "=" + value);
  return find_passed_secrets(named, [](const std::string& path) {
    std::error_code failed;
    return std::filesystem::exists(path, failed);
  });
}

} // namespace hyakki
