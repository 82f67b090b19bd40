#include "core/config_keys.hpp"

#include "core/suggest.hpp"

#include <algorithm>

namespace hyakki {

const std::vector<config_key>& config_keys() {
  static const std::vector<config_key> keys{
    {"issue_tracker.type",
     value_kind::text,
     0,
     0,
     {},
     "Which tracker: `github_issues`, `jira_cloud`, `jira_dc`, `tickets`, or one that a program registered. Required."},
    {"issue_tracker.name",
     value_kind::text,
     0,
     0,
     {},
     "First half of story ids, 1 to 32 of a-z 0-9 _ -. Empty means the type."},
    {"issue_tracker.path",
     value_kind::path,
     0,
     0,
     {},
     "tickets: a directory that has (or is) `.tickets`. Required for `tickets`."},
    {"issue_tracker.base_url", value_kind::text, 0, 0, {}, "Address of the tracker, for those that have one."},
    {"issue_tracker.project", value_kind::text, 0, 0, {}, "Project in the tracker."},
    {"issue_tracker.trigger_label", value_kind::text, 0, 0, {}, "Stories with this label are taken."},
    {"issue_tracker.processing_label", value_kind::text, 0, 0, {}, "Set while a story is worked on."},
    {"issue_tracker.done_label", value_kind::text, 0, 0, {}, "Set when its pull request is open."},
    {"issue_tracker.failed_label", value_kind::text, 0, 0, {}, "Set when a person must act."},
    {"issue_tracker.rework_label", value_kind::text, 0, 0, {}, "Asks for another round on an open pull request."},
    {"issue_tracker.status",
     value_kind::text,
     0,
     0,
     {},
     "Only stories in this status. Empty means the tracker's own default (tickets: open)."},
    {"issue_tracker.query",
     value_kind::text,
     0,
     0,
     {},
     "A query of your own in the tracker's words (GitHub: search words). The labels are asked for besides."},
    {"issue_tracker.required_labels",
     value_kind::list,
     0,
     0,
     {},
     "Labels that a story must have besides the trigger label."},
    {"issue_tracker.assignee",
     value_kind::text,
     0,
     0,
     {},
     "Only stories that are assigned to this account. Empty means anybody or nobody."},
    {"issue_tracker.status_on_start",
     value_kind::text,
     0,
     0,
     {},
     "Status that a story is moved to when work on it starts. Empty means: not moved."},
    {"issue_tracker.status_on_review",
     value_kind::text,
     0,
     0,
     {},
     "Status that it is moved to when its pull request is open."},
    {"issue_tracker.status_on_done",
     value_kind::text,
     0,
     0,
     {},
     "Status that it is moved to when its pull request was merged, within `rework.watch_days`. A story that was closed "
     "meanwhile stays where it is."},
    {"issue_tracker.account", value_kind::text, 0, 0, {}, "Whose token it is."},
    {"issue_tracker.token", value_kind::secret, 0, 0, {}, "Token for the tracker. Write `${NAME}`, not the token."},
    {"repo_hosting.type",
     value_kind::text,
     0,
     0,
     {},
     "Which code host: `bitbucket_cloud`, `bitbucket_dc`, `github`, `local`, or one that a program registered. "
     "Required."},
    {"repo_hosting.name",
     value_kind::text,
     0,
     0,
     {},
     "Tells several code hosts apart, 1 to 32 of a-z 0-9 _ -. Empty means the type."},
    {"repo_hosting.path",
     value_kind::path,
     0,
     0,
     {},
     "local: the directory of the bare repositories, `<path>/<slug>.git`. Required for `local`. Pull requests are "
     "references in them (`refs/hyakki/…`, `refs/pull/…`): `git clone --mirror` takes them along, `git clone --bare` "
     "does not."},
    {"repo_hosting.base_url", value_kind::text, 0, 0, {}, "Address of the host, for those that have one."},
    {"repo_hosting.namespace", value_kind::text, 0, 0, {}, "Group, workspace or project that holds the repositories."},
    {"repo_hosting.account", value_kind::text, 0, 0, {}, "Whose token it is."},
    {"repo_hosting.token",
     value_kind::secret,
     0,
     0,
     {},
     "Token that may push and open pull requests. Write `${NAME}`, not the token."},
    {"repo_hosting.default_branch", value_kind::text, 0, 0, {}, "Target of pull requests. Empty means: ask the host."},
    {"repo_hosting.branch_pattern",
     value_kind::branch,
     0,
     0,
     {},
     "Name of a story's branch: `{issue_key}` `{issue_key_lc}` `{slug}` `{timestamp}`."},
    {"repo_hosting.remote",
     value_kind::words,
     0,
     0,
     {"https", "ssh"},
     "How repositories are cloned and pushed to, for hosts that have an address."},
    {"repo_hosting.ssh_key",
     value_kind::path,
     0,
     0,
     {},
     "ssh: file of the private key, mode 0600. Empty means the keys of your ssh-agent, then those in `~/.ssh`."},
    {"repo_hosting.known_hosts",
     value_kind::path,
     0,
     0,
     {},
     "ssh: file of the hosts' keys; a host that is not in it is refused. Empty means `~/.ssh/known_hosts` and the "
     "system's."},
    {"repo_hosting.reviewers", value_kind::list, 0, 0, {}, "Accounts that are asked to review each pull request."},
    {"repo_hosting.labels", value_kind::list, 0, 0, {}, "Labels of each pull request, where the host has labels."},
    {"repo_hosting.draft", value_kind::boolean, 0, 0, {}, "Open pull requests as drafts, where the host has them."},
    {"repo_hosting.default_branches",
     value_kind::map,
     0,
     0,
     {},
     "Repository: target of its pull requests, where it is not the default branch."},
    {"repo_hosting.reviewers_by_repository",
     value_kind::map,
     0,
     0,
     {},
     "Repository: its reviewers, with commas, instead of the others."},
    {"agent.type", value_kind::text, 0, 0, {}, "`claude_code`, `command`, or a registered one. Required."},
    {"agent.command",
     value_kind::text,
     0,
     0,
     {},
     "The program. Empty means the type's own (`claude`); required for `command`."},
    {"agent.flags", value_kind::list, 0, 0, {}, "Arguments of the program, one an element."},
    {"agent.timeout_seconds",
     value_kind::integer,
     1,
     86400,
     {},
     "A run that takes longer is ended with all its children."},
    {"agent.silence_seconds",
     value_kind::integer,
     0,
     86400,
     {},
     "A run that prints nothing for this long is ended. 0 means never."},
    {"agent.max_output_mb", value_kind::integer, 1, 16384, {}, "A run that prints more is ended."},
    {"agent.max_memory_mb",
     value_kind::integer,
     0,
     1048576,
     {},
     "Memory that each process of a run or a check may have; more is refused to it. 0 means no limit."},
    {"agent.max_file_mb",
     value_kind::integer,
     0,
     1048576,
     {},
     "Size of each file that a run or a check may write; who writes more is ended. 0 means no limit."},
    {"agent.max_processes",
     value_kind::integer,
     0,
     1000000,
     {},
     "Processes and threads of the user, all together, beyond which a run or a check may start none. Not for root. 0 "
     "means no limit."},
    {"agent.max_turns", value_kind::integer, 1, 10000, {}, "Turns that one run may take, where the agent can count."},
    {"agent.model", value_kind::text, 0, 0, {}, "Model, where the agent lets one choose. Empty means its own default."},
    {"agent.permission_mode",
     value_kind::words,
     0,
     0,
     {"acceptEdits", "bypassPermissions", "default", "dontAsk", "plan"},
     "claude_code: what the agent may do unasked."},
    {"agent.allowed_tools", value_kind::list, 0, 0, {}, "claude_code: tools that need no permission."},
    {"agent.prompt_by",
     value_kind::words,
     0,
     0,
     {"stdin", "file"},
     "command: how the prompt gets there; `file` puts its path for `{prompt_file}` in flags."},
    {"agent.result_by",
     value_kind::words,
     0,
     0,
     {"output", "file", "json"},
     "command: where the summary is: all output, `{result_file}`, or the last JSON line."},
    {"agent.result_pointer",
     value_kind::text,
     0,
     0,
     {},
     "command, json: JSON pointer to the summary, as in `/result`."},
    {"agent.session.flag",
     value_kind::text,
     0,
     0,
     {},
     "command: put before the session id to resume. Empty means it cannot resume."},
    {"agent.session.json_pointer",
     value_kind::text,
     0,
     0,
     {},
     "command: JSON pointer to the session id in a line of output."},
    {"agent.pass_environment",
     value_kind::list,
     0,
     0,
     {},
     "Names of environment variables that the agent may see, such as its API key. Values that look like secrets are "
     "taken out of what is told."},
    {"routing.type", value_kind::words, 0, 0, {"component_map"}, "How a story finds its repository."},
    {"routing.components", value_kind::map, 0, 0, {}, "Component of the story: repository."},
    {"routing.projects",
     value_kind::map,
     0,
     0,
     {},
     "Project of the tracker (AB of AB-12, owner/repo of owner/repo#3): repository."},
    {"routing.label_prefix",
     value_kind::text,
     0,
     0,
     {},
     "A label with this prefix names the repository: `repo:billing`."},
    {"routing.default_repository",
     value_kind::text,
     0,
     0,
     {},
     "For stories that match nothing. Empty means that they are told so and wait."},
    {"routing.allowed",
     value_kind::list,
     0,
     0,
     {},
     "Repositories that may be named. Empty means all that the host has."},
    {"orchestrator.poll_interval_seconds", value_kind::integer, 1, 86400, {}, "Time between two looks at the tracker."},
    {"orchestrator.max_parallel_stories", value_kind::integer, 1, 1000, {}, "Stories worked on at once."},
    {"orchestrator.max_parallel_per_repo",
     value_kind::integer,
     1,
     100,
     {},
     "Stories worked on at once in one repository."},
    {"orchestrator.workspace_dir", value_kind::path, 0, 0, {}, "Clones and working trees live here."},
    {"orchestrator.publishers", value_kind::integer, 1, 12, {}, "Threads for git and for the code host."},
    {"orchestrator.max_fix_rounds",
     value_kind::integer,
     0,
     20,
     {},
     "How often review or checks may send a story back to the agent."},
    {"http.ca_file", value_kind::path, 0, 0, {}, "PEM file of certificates to trust besides those of the system."},
    {"http.client_certificate", value_kind::path, 0, 0, {}, "PEM file of the certificate to show."},
    {"http.client_key", value_kind::path, 0, 0, {}, "PEM file of its key, without a pass phrase."},
    {"http.proxy", value_kind::secret, 0, 0, {}, "`http://[user:password@]host:port`. Empty means none."},
    {"http.no_proxy",
     value_kind::list,
     0,
     0,
     {},
     "Hosts that are reached without the proxy: names, `.suffixes`, addresses, ranges, `host:port`, `*`."},
    {"http.timeout_seconds", value_kind::integer, 1, 3600, {}, "For a whole call, its repetitions included."},
    {"http.connect_seconds", value_kind::integer, 1, 600, {}, "For a connection to be there."},
    {"http.most_connections", value_kind::integer, 1, 64, {}, "Connections to one host at once."},
    {"storage.type",
     value_kind::words,
     0,
     0,
     {"lmdb", "memory"},
     "Where stories are remembered. `memory` forgets them when the process ends."},
    {"storage.path", value_kind::path, 0, 0, {}, "State directory. Empty means `.hyakki` in the workspace."},
    {"storage.keep_events_days",
     value_kind::integer,
     0,
     36500,
     {},
     "So long after a story's end its history is kept event by event, prompts included; its record stays. 0 = for "
     "ever."},
    {"retry.max_attempts",
     value_kind::integer,
     1,
     100,
     {},
     "Failed tries before a person must act. An agent that says it cannot do the story is not tried again by itself."},
    {"retry.base_seconds", value_kind::number, 0.01, 86400, {}, "First back-off; it doubles with every attempt."},
    {"retry.cap_seconds", value_kind::number, 0.01, 604800, {}, "Longest back-off."},
    {"git.author_name", value_kind::text, 0, 0, {}, "Author of the commits."},
    {"git.author_email", value_kind::text, 0, 0, {}, "Their address."},
    {"git.timeout_seconds", value_kind::integer, 1, 86400, {}, "For one git command."},
    {"git.max_commit_mb", value_kind::integer, 1, 10240, {}, "A commit with more is refused."},
    {"git.max_commit_files", value_kind::integer, 1, 1000000, {}, "A commit with more files is refused."},
    {"review.enabled",
     value_kind::boolean,
     0,
     0,
     {},
     "A second session of the agent reads the change before it is committed."},
    {"review.timeout_seconds", value_kind::integer, 1, 86400, {}, "For that session."},
    {"rework.max_rounds",
     value_kind::integer,
     0,
     100,
     {},
     "How often one story's pull request is worked on again. 0 means never."},
    {"rework.watch_days",
     value_kind::integer,
     0,
     365,
     {},
     "For so long after a story was done its pull request is looked at: a review that asks for changes starts a round, "
     "a merge moves the story to `status_on_done`. 0 means: never; only the label starts rounds."},
    {"rework.pull_requests_a_poll",
     value_kind::integer,
     1,
     100,
     {},
     "So many open pull requests are looked at with every look at the trackers, each in its turn."},
    {"templates.prompt", value_kind::text, 0, 0, {}, "For the first run."},
    {"templates.resume_prompt",
     value_kind::text,
     0,
     0,
     {},
     "For a run that goes on in the session of an interrupted one, which was given `prompt`."},
    {"templates.review_prompt", value_kind::text, 0, 0, {}, "For the review."},
    {"templates.fix_prompt", value_kind::text, 0, 0, {}, "For a run that mends findings."},
    {"templates.rework_prompt", value_kind::text, 0, 0, {}, "For a run that works on what reviewers wrote."},
    {"templates.commit_message", value_kind::text, 0, 0, {}, "The commit."},
    {"templates.rework_commit_message", value_kind::text, 0, 0, {}, "The commit of a round of rework."},
    {"templates.pull_request_title", value_kind::text, 0, 0, {}, "Its title."},
    {"templates.pull_request_body", value_kind::text, 0, 0, {}, "Its text."},
    {"templates.comment_started", value_kind::text, 0, 0, {}, "When work starts. Empty means no such comment."},
    {"templates.comment_success", value_kind::text, 0, 0, {}, "When the pull request is open."},
    {"templates.comment_details", value_kind::text, 0, 0, {}, "The agent's words."},
    {"templates.comment_failure", value_kind::text, 0, 0, {}, "When a person must act."},
    {"templates.comment_no_changes", value_kind::text, 0, 0, {}, "When nothing was changed."},
    {"templates.comment_rework", value_kind::text, 0, 0, {}, "When a round of rework was pushed."},
    {"templates.comment_rework_unchanged", value_kind::text, 0, 0, {}, "When a round changed nothing."},
    {"log.level", value_kind::words, 0, 0, {"debug", "info", "warning", "error"}, "Least level that is written."},
    {"log.format", value_kind::words, 0, 0, {"text", "json"}, "Lines for people or for machines."},
    {"log.file", value_kind::path, 0, 0, {}, "Empty means standard error."},
  };
  return keys;
}

const std::vector<config_key>& check_keys() {
  static const std::vector<config_key> keys{
    {"name", value_kind::text, 0, 0, {}, "Short name of the check, unlike the others. Required."},
    {"command", value_kind::list, 0, 0, {}, "Program and arguments; no shell. Required."},
    {"timeout_seconds", value_kind::integer, 1, 86400, {}, "For one run of it."},
  };
  return keys;
}

const std::vector<config_key>& notification_keys() {
  static const std::vector<config_key> keys{
    {"name", value_kind::text, 0, 0, {}, "Short name, unlike the others, 1 to 32 of a-z 0-9 _ -. Required."},
    {"type", value_kind::words, 0, 0, {"slack", "webhook"}, "How it is told. Required."},
    {"url", value_kind::secret, 0, 0, {}, "Where it is told. Write `${NAME}`: the address is a secret. Required."},
    {"signing_secret",
     value_kind::secret,
     0,
     0,
     {},
     "webhook: key of the signature in `X-Hub-Signature-256`. Empty means unsigned."},
    {"events",
     value_kind::list,
     0,
     0,
     {},
     "Of `started`, `succeeded`, `failed`, `ticket_created`, `ticket_changed`, `ticket_closed`, `ticket_removed`. "
     "Default: `succeeded` and `failed`."},
  };
  return keys;
}

const config_key* key_named(std::string_view path) {
  auto& keys = config_keys();
  auto hit = std::find_if(keys.begin(), keys.end(), [&](const config_key& k) { return k.path == path; });
  return hit == keys.end() ? nullptr : &*hit;
}

namespace {

/// A whole number without a fraction, another as short as it can be said.
std::string plain(double n) {
  auto text = std::to_string(n);
  while (text.back() == '0')
    text.pop_back();
  if (text.back() == '.')
    text.pop_back();
  return text;
}

void row(std::string& out, const std::string& path, const config_key& k, const std::string& fallback) {
  out += "| `" + path + "` | " + allowed_text(k) + " | " + fallback + " | " + std::string{k.meaning} + " |\n";
}

} // namespace

std::string allowed_text(const config_key& k) {
  auto range = [&] { return " from " + plain(k.least) + " to " + plain(k.most); };
  switch (k.kind) {
  case value_kind::text: return "text";
  case value_kind::path: return "a path";
  case value_kind::secret: return "a secret";
  case value_kind::integer: return "an integer" + range();
  case value_kind::number: return "a number" + range();
  case value_kind::boolean: return "true or false";
  case value_kind::list: return "a list of texts";
  case value_kind::map: return "a map of texts";
  case value_kind::words: return "one of " + listed(k.words);
  case value_kind::branch: return "a branch pattern";
  }
  return "text";
}

std::string configuration_reference() {
  std::string out, section;
  for (auto& k : config_keys()) {
    auto path = std::string{k.path};
    if (auto now = path.substr(0, path.find('.')); now != section) {
      section = now;
      out += (out.empty() ? "" : "\n") + std::string{"### "} + section +
             "\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
    }
    row(out, path, k, shown_default(path));
  }
  out +=
    "\n### checks\n\nA list; each element has these keys.\n\n| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
  for (auto& k : check_keys())
    row(out, "checks[]." + std::string{k.path}, k,
        k.path == "timeout_seconds" ? "`" + std::to_string(check_config{}.timeout_seconds) + "`" : "none");
  out += "\n### notifications\n\nA list; each element has these keys. See [notifications](notifications.md).\n\n"
         "| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
  for (auto& k : notification_keys())
    row(out, "notifications[]." + std::string{k.path}, k, "none");
  out +=
    "\n### projects\n\nA list, instead of `issue_tracker`, `repo_hosting` and `routing` at the top: several trackers "
    "and code hosts in one process. Each element is a map with those three sections.\n";
  return out;
}

} // namespace hyakki
