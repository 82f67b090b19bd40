#include "adapters/atlassian/jira_api.hpp"

#include "adapters/http/json.hpp"
#include "adapters/http/own_words.hpp"
#include "core/url.hpp"

namespace hyakki::atlassian {
namespace {

constexpr std::string_view service = "Jira";

result<std::string> read_base(jira_kind kind, const tracker_config& config) {
  if (config.base_url.empty())
    return {ec::bad_config,
            std::string{"Jira: issue_tracker.base_url is empty; write "} +
              (kind == jira_kind::cloud ? "https://your-site.atlassian.net" : "https://jira.example.com")};
  auto base = parse_url(config.base_url);
  if (!base)
    return with_context(base.error(), "Jira: issue_tracker.base_url");
  if (!base->query.empty())
    return {ec::bad_config, "Jira: issue_tracker.base_url has a query; write the address alone"};
  if (kind == jira_kind::cloud && (config.account.empty() || config.token.empty()))
    return {ec::bad_config, "Jira: Cloud lets in by an account's e-mail address and its API token; set "
                            "issue_tracker.account and issue_tracker.token"};
  auto out = base->origin() + base->path;
  while (!out.empty() && out.back() == '/')
    out.pop_back();
  return out;
}

error refusal(const http_request& asked, const http_answer& answer, bool cloud) {
  auto out = to_error(asked, answer);
  if (out.code == ec::rate_limited)
    return out;
  auto words = own_words(asked, answer);
  auto begun = describe(asked) + " answered " + std::to_string(answer.status);
  auto reason = words.empty() ? std::string{} : ": " + words;
  auto captcha = answer.header("X-Authentication-Denied-Reason").value_or("").find("CAPTCHA") != std::string_view::npos;
  if (captcha) {
    out.code = ec::bad_config;
    out.text = begun + ": after too many failed attempts Jira asks this account for a CAPTCHA. Log in with it in a "
                       "browser once, then set a token that is valid";
  } else if (answer.status == 401) {
    out.code = ec::bad_config;
    out.text = begun + reason + ". The token is not accepted: it may have expired or been revoked. Set a new one" +
               (cloud ? ", and see that issue_tracker.account is the e-mail address that it belongs to" : "");
  } else if (answer.status == 403) {
    out.text = begun + reason + ". Give the account the rights that docs/jira.md lists";
  } else if (answer.status == 410) {
    out.code = ec::rejected;
    out.text = begun + reason + ". This call has been removed from this Jira: " +
               (cloud ? "is there a proxy that rewrites addresses, or a newer hyakki?"
                      : "is it Jira Cloud? Then issue_tracker.type is jira_cloud");
  } else if (answer.status == 409) {
    out.code = ec::conflict;
    out.text = begun + reason;
    if (asked.url.find("/issue/") != std::string::npos) // nobody is in the way of a search
      out.text += ". Somebody changed the issue at the same time";
  } else if (answer.status < 500 && !words.empty()) {
    out.text = begun + reason;
    if (answer.status == 404 && words.find("permission") == std::string::npos) // Cloud says so itself
      out.text += where_to_look;
  }
  return out;
}

} // namespace

jira_api::jira_api(jira_kind kind, const tracker_config& config, http_client& http)
  : kind_(kind), base_(read_base(kind, config)), http_(http) {
  if (!config.account.empty())
    credentials_ = http_credentials::basic(config.account, config.token);
  else if (!config.token.empty())
    credentials_ = http_credentials::bearer(config.token);
}

std::string jira_api::browse(const std::string& key) const {
  // by the gateway's address nobody reads anything
  if (!base_ || base_->find("//api.atlassian.com") != std::string::npos)
    return {};
  return *base_ + "/browse/" + key;
}

result<http_request> jira_api::request(http_method how, const std::string& path, std::string body) const {
  if (!base_)
    return base_.error();
  auto r = http_request{};
  r.service = service;
  r.method = how;
  r.url = *base_ + (cloud() ? "/rest/api/3" : "/rest/api/2") + path;
  r.headers = {{"Accept", "application/json"}};
  if (!body.empty())
    r.headers.push_back({"Content-Type", "application/json"});
  r.body = std::move(body);
  r.credentials = credentials_;
  r.most_bytes = most_json_bytes;
  return r;
}

result<http_answer> jira_api::call(const http_request& what) const {
  auto answer = http_.call(what);
  if (answer && !answer->ok())
    return refusal(what, *answer, cloud());
  return answer;
}

} // namespace hyakki::atlassian
