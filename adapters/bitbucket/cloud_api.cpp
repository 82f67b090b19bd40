#include "adapters/bitbucket/cloud_api.hpp"

#include "adapters/http/json.hpp"
#include "adapters/http/own_words.hpp"
#include "core/utf8.hpp"

namespace hyakki::bitbucket {
namespace {

constexpr std::string_view service = "Bitbucket";
constexpr std::size_t most_pages = 100;

/// What Bitbucket says was wrong: its message, each field of ours that it names, and what a token lacks.
std::string said(const http_request& asked, const http_answer& answer) {
  auto document = read_json(asked, answer);
  if (!document || !document->root().is_object())
    return {};
  auto words = std::string{};
  auto add = [&](const std::string& sentence) {
    auto more = std::string{without_end(sentence)};
    if (!more.empty() && words.find(more) == std::string::npos && words.size() < 600)
      words += (words.empty() ? "" : "; ") + printable(cut_with_note(more, 300, "…"));
  };
  auto error = document->root().maybe("error");
  if (!error.is_object())
    return {};
  if (auto message = error.maybe("message"); message.is_string())
    add(message.text());
  if (auto fields = error.maybe("fields"); fields.is_object())
    for (auto& [name, wrong] : fields.fields())
      if (wrong.is_array())
        for (auto& one : wrong.items())
          add(one.is_string() ? std::string{name} + ": " + one.text() : std::string{});
  auto detail = error.maybe("detail");
  if (detail.is_string())
    add(detail.text());
  if (auto needed = detail.maybe("required"); needed.is_array()) {
    auto scopes = std::string{};
    for (auto& scope : needed.items())
      scopes += scope.is_string() ? (scopes.empty() ? "" : ", ") + scope.text() : std::string{};
    add("it needs " + scopes);
  }
  return words;
}

error no_app_passwords(const std::string& seen) {
  return {ec::bad_config,
          "Bitbucket: " + seen +
            ". Bitbucket Cloud takes no app passwords any more, since June 2026. Make an API token with scopes and set "
            "repo_hosting.account to the e-mail address of its Atlassian account, or use an access token of the "
            "repository, project or workspace and leave repo_hosting.account out"};
}

} // namespace

result<cloud_addresses> cloud_addresses_of(std::string_view base_url) {
  auto base = parse_url(base_url.empty() ? "https://bitbucket.org" : base_url);
  if (!base)
    return with_context(base.error(), "Bitbucket: base_url");
  auto path = base->path;
  while (!path.empty() && path.back() == '/')
    path.pop_back();
  if (path.size() >= 4 && path.substr(path.size() - 4) == "/2.0")
    path.resize(path.size() - 4);
  if (!base->query.empty())
    return {ec::bad_config, "Bitbucket: base_url has a query; leave it out for https://bitbucket.org"};
  if (base->host != "bitbucket.org" && base->host != "api.bitbucket.org") {
    auto web = base->origin() + path;
    return cloud_addresses{web, web + "/2.0", base->host};
  }
  if (!path.empty() || !base->tls)
    return {ec::bad_config, "Bitbucket: base_url is \"" + printable(base_url) +
                              "\"; leave it out for https://bitbucket.org, and set repo_hosting.namespace to the "
                              "workspace"};
  return cloud_addresses{"https://bitbucket.org", "https://api.bitbucket.org/2.0", "bitbucket.org"};
}

result<cloud_login> cloud_login_of(const std::string& account, const secret& token) {
  if (token.reveal().substr(0, 4) == "ATBB") // as app passwords begin
    return no_app_passwords("repo_hosting.token is an app password");
  if (account.empty())
    return cloud_login{token.empty() ? http_credentials{} : http_credentials::bearer(token), "x-token-auth"};
  if (account.find('@') == std::string::npos)
    return no_app_passwords("repo_hosting.account \"" + printable(cut_utf8(account, 100)) +
                            "\" is no e-mail address, as if its token were an app password");
  return cloud_login{http_credentials::basic(account, token), "x-bitbucket-api-token-auth"};
}

std::string repository_path(const cloud_repository& in, std::string_view rest) {
  return "/repositories/" + percent_encode(in.workspace) + "/" + percent_encode(in.slug) + std::string{rest};
}

cloud_api::cloud_api(std::string_view base_url, const std::string& account, const secret& token, http_client& http)
  : where_(cloud_addresses_of(base_url)), login_(cloud_login_of(account, token)), http_(http) {}

result<http_request> cloud_api::request(http_method how, const std::string& path) const {
  if (!where_)
    return where_.error();
  if (!login_)
    return login_.error();
  auto r = http_request{};
  r.service = service;
  r.method = how;
  r.url = where_->api + path;
  r.headers = {{"Accept", "application/json"}};
  r.most_bytes = most_json_bytes;
  r.credentials = login_->rest;
  return r;
}

result<http_request> cloud_api::change(http_method how, const std::string& path, std::string body) const {
  auto r = request(how, path);
  if (!r)
    return r;
  if (!body.empty())
    r->headers.push_back({"Content-Type", "application/json"});
  r->body = std::move(body);
  return r;
}

error cloud_api::to_error(const http_request& asked, const http_answer& answer) {
  auto out = hyakki::to_error(asked, answer);
  if (out.code == ec::rate_limited)
    return out;
  auto words = said(asked, answer);
  auto status = describe(asked) + " answered " + std::to_string(answer.status) + (words.empty() ? "" : ": " + words);
  if (answer.status == 401) {
    out.code = ec::bad_config;
    out.text = status + ". The token has expired, was revoked, or belongs to another account than "
                        "repo_hosting.account; an app password is taken no more, make an API token instead";
  } else if (answer.status == 403 && !words.empty()) {
    out.text = status + ". docs/bitbucket.md lists the scopes that the token needs";
  } else if (!words.empty() && answer.status < 500) {
    out.text = status;
  }
  if (answer.status == 409)
    out.code = ec::conflict;
  return out;
}

result<http_answer> cloud_api::attempt(const http_request& what) const {
  auto answer = http_.call(what);
  if (!answer || answer->ok() || answer->status == 400 || answer->status == 409)
    return answer;
  return to_error(what, *answer);
}

result<http_answer> cloud_api::call(const http_request& what) const {
  auto answer = attempt(what);
  if (answer && !answer->ok())
    return to_error(what, *answer);
  return answer;
}

result<void> cloud_api::pages(const std::string& path, const std::function<bool(const json_node& value)>& take) const {
  auto asked = request(http_method::get, path);
  if (!asked)
    return asked.error();
  for (std::size_t n = 0; n < most_pages; ++n) {
    auto answer = call(*asked);
    if (!answer)
      return answer.error();
    auto document = read_json(*asked, *answer);
    if (!document)
      return document.error();
    auto root = document->root();
    auto more = true;
    for (auto& value : root.items("values"))
      more = more && take(value);
    auto next = root.text_or("next", "");
    if (document->fault())
      return *document->fault();
    if (next.empty() || !more)
      return {};
    auto base = parse_url(asked->url);
    if (!base)
      return base.error();
    auto there = resolve_within(*base, next);
    if (!there)
      return with_context(there.error(), describe(*asked) + ": its next page is refused");
    if (there->text() == asked->url)
      return {ec::rejected, describe(*asked) + " names itself as its next page; is this Bitbucket?"};
    asked->url = there->text();
  }
  return {ec::over_budget,
          "Bitbucket: " + printable(cut_utf8(path, 200)) + " has more than " + std::to_string(most_pages) + " pages"};
}

} // namespace hyakki::bitbucket
