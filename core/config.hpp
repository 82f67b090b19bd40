#pragma once
// What a user configures, as a plain value. Read from YAML by runtime/config_file; checked by `validate`.
//
// Section and field names are those of the file. Defaults are written here and nowhere else.

#include "core/error.hpp"
#include "core/secret.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

struct tracker_config {
  std::string name; ///< first half of story ids; default: the type
  std::string type; ///< "tickets"; others by registration
  std::string path; ///< tickets: a directory that has (or is) .tickets
  std::string base_url;
  std::string project;
  std::string trigger_label = "ai-pipeline";
  std::string processing_label = "ai-processing";
  std::string done_label = "ai-done";
  std::string failed_label = "ai-failed";
  std::string rework_label = "ai-rework";
  std::string status; ///< only stories in this status; empty = the tracker's own default (tickets: open)
  std::string query;  ///< Jira: JQL of one's own, instead of project and status; the labels are always asked for
  std::vector<std::string> required_labels; ///< besides the trigger label
  std::string assignee;                     ///< only stories of this account; empty = of anyone
  std::string status_on_start;              ///< the story is moved there when work starts; empty = left alone
  std::string status_on_review;             ///< when its pull request is open
  std::string status_on_done;               ///< when its pull request was merged, by whomever
  std::string account;
  secret token;
};

struct code_host_config {
  std::string name; ///< tells several hosts apart; default: the type
  std::string type; ///< "local"; others by registration
  std::string path; ///< local: directory that holds the bare repositories, <path>/<slug>.git
  std::string base_url;
  std::string namespace_; ///< file key: namespace
  std::string account;
  secret token;
  std::string default_branch; ///< empty = ask the host
  std::string branch_pattern = "feature/{issue_key}-ai-{slug}";
  std::string remote = "https";                        ///< how to clone and push: https, ssh
  std::string ssh_key;                                 ///< private key of ssh remotes; empty = agent, own keys
  std::string known_hosts;                             ///< keys of ssh hosts; empty = the user's and the system's
  std::vector<std::string> reviewers;                  ///< asked to review each pull request
  std::vector<std::string> labels;                     ///< set on each pull request, where the host has labels
  bool draft = false;                                  ///< open pull requests as drafts, where the host has them
  std::map<std::string, std::string> default_branches; ///< slug → target of its pull requests
  std::map<std::string, std::string> reviewers_by_repository; ///< slug → reviewers, comma-separated, instead
};

struct session_config {
  std::string flag;         ///< command agents: put before the session id when resuming; empty = cannot resume
  std::string json_pointer; ///< where a JSON line of output names the session, e.g. /session_id
};

struct agent_config {
  std::string type;    ///< claude_code, command
  std::string command; ///< claude_code: "claude"; command: the program
  std::vector<std::string> flags;
  std::int64_t timeout_seconds = 1800;
  std::int64_t silence_seconds = 600;
  std::int64_t max_output_mb = 256;
  std::int64_t max_memory_mb = 0; ///< of each of its processes; 0 = no limit
  std::int64_t max_file_mb = 0;   ///< of each file that it writes; 0 = no limit
  std::int64_t max_processes = 0; ///< of the user while it runs; 0 = no limit
  std::uint32_t max_turns = 50;
  std::string model;
  std::string permission_mode = "acceptEdits";
  std::vector<std::string> allowed_tools;
  std::string prompt_by = "stdin"; ///< command: stdin, file ({prompt_file} in flags)
  std::string result_by =
    "output";                 ///< command: output (stdout is the summary), file ({result_file}), json (last JSON line)
  std::string result_pointer; ///< json: where the summary stands, e.g. /result
  session_config session;
  std::vector<std::string> pass_environment; ///< names of variables that the agent may see (e.g. its API key)
};

struct routing_config {
  std::string type = "component_map";
  std::map<std::string, std::string> components; ///< component → slug
  std::map<std::string, std::string> projects;   ///< project of the tracker (AB of AB-12) → slug
  std::string label_prefix = "repo:";
  std::string default_repository;   ///< empty = a story that matches nothing is unroutable
  std::vector<std::string> allowed; ///< slugs; empty = what the code host has
};

struct check_config {
  std::string name;
  std::vector<std::string> command;
  std::int64_t timeout_seconds = 600;
};

struct review_config {
  bool enabled = false;
  std::int64_t timeout_seconds = 900;
};

struct orchestrator_config {
  std::int64_t poll_interval_seconds = 30;
  std::uint32_t max_parallel_stories = 4;
  std::uint32_t max_parallel_per_repo = 1;
  std::string workspace_dir = "~/yokai-workspace";
  std::uint32_t publishers = 4;     ///< threads for git and code-host calls; at most 12
  std::uint32_t max_fix_rounds = 2; ///< how often review or checks may send a story back
};

/// Further rounds on pull requests that are open: by the rework label, or by a review that asks for changes.
struct rework_config {
  std::uint32_t max_rounds = 3;           ///< of one story; 0 = none
  std::int64_t watch_days = 14;           ///< so long reviews are looked for after a story was done; 0 = not at all
  std::uint32_t pull_requests_a_poll = 5; ///< so many are looked at with every look at the trackers
};

struct storage_config {
  std::string type = "lmdb";          ///< lmdb, memory
  std::string path;                   ///< state directory; empty = <workspace_dir>/.hyakki
  std::int64_t keep_events_days = 90; ///< so long after a story's end; 0 = for ever
};

struct retry_config {
  std::uint32_t max_attempts = 3;
  double base_seconds = 5;
  double cap_seconds = 300;
};

struct git_config {
  std::string author_name = "hyakki";
  std::string author_email = "hyakki@localhost";
  std::int64_t timeout_seconds = 600;
  std::uint64_t max_commit_mb = 100;
  std::uint32_t max_commit_files = 20000;
};

struct template_config {
  std::string prompt;
  std::string resume_prompt;
  std::string review_prompt;
  std::string fix_prompt;
  std::string rework_prompt;
  std::string commit_message;
  std::string rework_commit_message;
  std::string pull_request_title;
  std::string pull_request_body;
  std::string comment_started; ///< empty = no such comment
  std::string comment_success;
  std::string comment_details;
  std::string comment_failure;
  std::string comment_no_changes;
  std::string comment_rework;
  std::string comment_rework_unchanged;
};
/// How the services are reached. One for all of them.
struct http_config {
  std::string ca_file;            ///< PEM, trusted besides the system's own
  std::string client_certificate; ///< PEM
  std::string client_key;         ///< PEM, without a pass phrase
  secret proxy;                   ///< http://[user:password@]host:port; empty = none
  std::vector<std::string> no_proxy;
  std::int64_t timeout_seconds = 60; ///< for a whole call, its repetitions included
  std::int64_t connect_seconds = 10;
  std::uint32_t most_connections = 4; ///< to one host
};

/// Who is told, besides the tracker.
struct notification_config {
  std::string name; ///< keys the durable cursor; [a-z0-9_-]{1,32}
  std::string type; ///< slack, webhook
  secret url;
  secret signing_secret;                                  ///< webhook: signs the body; empty = unsigned
  std::vector<std::string> events{"succeeded", "failed"}; ///< see docs/notifications.md
};

/// One tracker with one code host. The sections of the file's top are a project too, when no list is given.
struct project_config {
  tracker_config issue_tracker;
  code_host_config repo_hosting;
  routing_config routing;
};

/// The built-in texts.
template_config default_templates();

struct log_config {
  std::string level = "info";  ///< debug, info, warning, error
  std::string format = "text"; ///< text, json
  std::string file;            ///< empty = stderr
};

struct config {
  tracker_config issue_tracker;
  code_host_config repo_hosting;
  agent_config agent;
  routing_config routing;
  std::vector<project_config> projects; ///< instead of the three: several trackers and code hosts
  http_config http;
  std::vector<notification_config> notifications;
  orchestrator_config orchestrator;
  storage_config storage;
  retry_config retry;
  git_config git;
  review_config review;
  rework_config rework;
  std::vector<check_config> checks;
  template_config templates = default_templates();
  log_config log;
};

/// The name that stories' ids, or repositories' names, go by: the configured one, or the type.
const std::string& name_of(const tracker_config& c);
const std::string& name_of(const code_host_config& c);

/// The projects: the list, or the sections of the top as the only one. Names are filled in.
std::vector<project_config> projects_of(const config& c);

/// The sections that hold for the stories of one tracker: of its project, or those of the top. The configuration
/// outlives the view.
struct project_view {
  const tracker_config& issue_tracker;
  const code_host_config& repo_hosting;
  const routing_config& routing;
};
project_view project_for(const config& c, std::string_view tracker);

/// True when repositories are on more than one code host, so that a repository's name needs its host's: "host:slug".
bool several_hosts(const config& c);

/// A fault of a configuration: where, what was found, what is allowed.
struct config_fault {
  std::string key;  ///< dotted path, e.g. agent.timeout_seconds
  std::string text; ///< what was found, what is allowed, how to mend it
};

/// Everything that can be known without touching the outside world: ranges, names, templates. Empty = good.
std::vector<config_fault> validate(const config& c);

} // namespace hyakki
