#include "core/config_keys.hpp"

#include <sstream>

namespace hyakki {

config_slot slot_of(config& c, std::string_view path) {
  const std::pair<std::string_view, config_slot> slots[] = {
    {"issue_tracker.type", &c.issue_tracker.type},
    {"issue_tracker.name", &c.issue_tracker.name},
    {"issue_tracker.path", &c.issue_tracker.path},
    {"issue_tracker.base_url", &c.issue_tracker.base_url},
    {"issue_tracker.project", &c.issue_tracker.project},
    {"issue_tracker.trigger_label", &c.issue_tracker.trigger_label},
    {"issue_tracker.processing_label", &c.issue_tracker.processing_label},
    {"issue_tracker.done_label", &c.issue_tracker.done_label},
    {"issue_tracker.failed_label", &c.issue_tracker.failed_label},
    {"issue_tracker.rework_label", &c.issue_tracker.rework_label},
    {"issue_tracker.status", &c.issue_tracker.status},
    {"issue_tracker.query", &c.issue_tracker.query},
    {"issue_tracker.required_labels", &c.issue_tracker.required_labels},
    {"issue_tracker.assignee", &c.issue_tracker.assignee},
    {"issue_tracker.status_on_start", &c.issue_tracker.status_on_start},
    {"issue_tracker.status_on_review", &c.issue_tracker.status_on_review},
    {"issue_tracker.status_on_done", &c.issue_tracker.status_on_done},
    {"issue_tracker.account", &c.issue_tracker.account},
    {"issue_tracker.token", &c.issue_tracker.token},
    {"repo_hosting.type", &c.repo_hosting.type},
    {"repo_hosting.name", &c.repo_hosting.name},
    {"repo_hosting.path", &c.repo_hosting.path},
    {"repo_hosting.base_url", &c.repo_hosting.base_url},
    {"repo_hosting.namespace", &c.repo_hosting.namespace_},
    {"repo_hosting.account", &c.repo_hosting.account},
    {"repo_hosting.token", &c.repo_hosting.token},
    {"repo_hosting.default_branch", &c.repo_hosting.default_branch},
    {"repo_hosting.branch_pattern", &c.repo_hosting.branch_pattern},
    {"repo_hosting.remote", &c.repo_hosting.remote},
    {"repo_hosting.ssh_key", &c.repo_hosting.ssh_key},
    {"repo_hosting.known_hosts", &c.repo_hosting.known_hosts},
    {"repo_hosting.reviewers", &c.repo_hosting.reviewers},
    {"repo_hosting.labels", &c.repo_hosting.labels},
    {"repo_hosting.draft", &c.repo_hosting.draft},
    {"repo_hosting.default_branches", &c.repo_hosting.default_branches},
    {"repo_hosting.reviewers_by_repository", &c.repo_hosting.reviewers_by_repository},
    {"agent.type", &c.agent.type},
    {"agent.command", &c.agent.command},
    {"agent.flags", &c.agent.flags},
    {"agent.timeout_seconds", &c.agent.timeout_seconds},
    {"agent.silence_seconds", &c.agent.silence_seconds},
    {"agent.max_output_mb", &c.agent.max_output_mb},
    {"agent.max_memory_mb", &c.agent.max_memory_mb},
    {"agent.max_file_mb", &c.agent.max_file_mb},
    {"agent.max_processes", &c.agent.max_processes},
    {"agent.max_turns", &c.agent.max_turns},
    {"agent.model", &c.agent.model},
    {"agent.permission_mode", &c.agent.permission_mode},
    {"agent.allowed_tools", &c.agent.allowed_tools},
    {"agent.prompt_by", &c.agent.prompt_by},
    {"agent.result_by", &c.agent.result_by},
    {"agent.result_pointer", &c.agent.result_pointer},
    {"agent.session.flag", &c.agent.session.flag},
    {"agent.session.json_pointer", &c.agent.session.json_pointer},
    {"agent.pass_environment", &c.agent.pass_environment},
    {"routing.type", &c.routing.type},
    {"routing.components", &c.routing.components},
    {"routing.projects", &c.routing.projects},
    {"routing.label_prefix", &c.routing.label_prefix},
    {"routing.default_repository", &c.routing.default_repository},
    {"routing.allowed", &c.routing.allowed},
    {"orchestrator.poll_interval_seconds", &c.orchestrator.poll_interval_seconds},
    {"orchestrator.max_parallel_stories", &c.orchestrator.max_parallel_stories},
    {"orchestrator.max_parallel_per_repo", &c.orchestrator.max_parallel_per_repo},
    {"orchestrator.workspace_dir", &c.orchestrator.workspace_dir},
    {"orchestrator.publishers", &c.orchestrator.publishers},
    {"orchestrator.max_fix_rounds", &c.orchestrator.max_fix_rounds},
    {"http.ca_file", &c.http.ca_file},
    {"http.client_certificate", &c.http.client_certificate},
    {"http.client_key", &c.http.client_key},
    {"http.proxy", &c.http.proxy},
    {"http.no_proxy", &c.http.no_proxy},
    {"http.timeout_seconds", &c.http.timeout_seconds},
    {"http.connect_seconds", &c.http.connect_seconds},
    {"http.most_connections", &c.http.most_connections},
    {"storage.type", &c.storage.type},
    {"storage.path", &c.storage.path},
    {"storage.keep_events_days", &c.storage.keep_events_days},
    {"retry.max_attempts", &c.retry.max_attempts},
    {"retry.base_seconds", &c.retry.base_seconds},
    {"retry.cap_seconds", &c.retry.cap_seconds},
    {"git.author_name", &c.git.author_name},
    {"git.author_email", &c.git.author_email},
    {"git.timeout_seconds", &c.git.timeout_seconds},
    {"git.max_commit_mb", &c.git.max_commit_mb},
    {"git.max_commit_files", &c.git.max_commit_files},
    {"review.enabled", &c.review.enabled},
    {"review.timeout_seconds", &c.review.timeout_seconds},
    {"rework.max_rounds", &c.rework.max_rounds},
    {"rework.watch_days", &c.rework.watch_days},
    {"rework.pull_requests_a_poll", &c.rework.pull_requests_a_poll},
    {"templates.prompt", &c.templates.prompt},
    {"templates.resume_prompt", &c.templates.resume_prompt},
    {"templates.review_prompt", &c.templates.review_prompt},
    {"templates.fix_prompt", &c.templates.fix_prompt},
    {"templates.rework_prompt", &c.templates.rework_prompt},
    {"templates.commit_message", &c.templates.commit_message},
    {"templates.rework_commit_message", &c.templates.rework_commit_message},
    {"templates.pull_request_title", &c.templates.pull_request_title},
    {"templates.pull_request_body", &c.templates.pull_request_body},
    {"templates.comment_started", &c.templates.comment_started},
    {"templates.comment_success", &c.templates.comment_success},
    {"templates.comment_details", &c.templates.comment_details},
    {"templates.comment_failure", &c.templates.comment_failure},
    {"templates.comment_no_changes", &c.templates.comment_no_changes},
    {"templates.comment_rework", &c.templates.comment_rework},
    {"templates.comment_rework_unchanged", &c.templates.comment_rework_unchanged},
    {"log.level", &c.log.level},
    {"log.format", &c.log.format},
    {"log.file", &c.log.file},
  };
  for (auto& [name, slot] : slots)
    if (name == path)
      return slot;
  return {};
}

namespace {

template <class... F>
struct overloaded : F... {
  using F::operator()...;
};
template <class... F>
overloaded(F...) -> overloaded<F...>;

} // namespace

double number_in(const config_slot& slot) {
  return std::visit(overloaded{[](std::int64_t* n) { return static_cast<double>(*n); },
                               [](std::uint32_t* n) { return static_cast<double>(*n); },
                               [](std::uint64_t* n) { return static_cast<double>(*n); }, [](double* n) { return *n; },
                               [](auto) { return 0.0; }},
                    slot);
}

std::string shown_default(std::string_view path) {
  config c;
  auto quoted = [](const std::string& s) -> std::string {
    if (s.empty())
      return "empty";
    return s.find('\n') == std::string::npos ? "`" + s + "`" : "built in";
  };
  return std::visit(overloaded{[&](std::string* s) { return quoted(*s); }, [](secret*) { return std::string{"empty"}; },
                               [](bool* b) { return std::string{*b ? "`true`" : "`false`"}; },
                               [&](double* n) {
                                 std::ostringstream out;
                                 out << *n;
                                 return quoted(out.str());
                               },
                               [](std::vector<std::string>*) { return std::string{"none"}; },
                               [](std::map<std::string, std::string>*) { return std::string{"none"}; },
                               [](std::monostate) { return std::string{}; },
                               [&](auto* n) { return quoted(std::to_string(*n)); }},
                    slot_of(c, path));
}

} // namespace hyakki
