#include "adapters/github/api.hpp"

#include "adapters/http/json.hpp"
#include "adapters/http/own_words.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace hyakki::github {
namespace {

constexpr std::string_view service = "GitHub";

bool ends_with(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

bool name_part(std::string_view part) {
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.';
  };
  return !part.empty() && part.size() <= 100 && std::all_of(part.begin(), part.end(), plain) && part != "." &&
         part != ".." && part.front() != '-' && !ends_with(part, ".git");
}

} // namespace

result<addresses> addresses_of(std::string_view base_url) {
  auto base = parse_url(base_url.empty() ? "https://github.com" : base_url);
  if (!base)
    return with_context(base.error(), "GitHub: base_url");
  auto out = addresses{};
  auto path = base->path;
  while (!path.empty() && path.back() == '/')
    path.pop_back();
  auto cloud = base->host == "github.com" || base->host == "api.github.com" || ends_with(base->host, ".ghe.com");
  auto scheme = std::string{base->tls ? "https://" : "http://"};
  if (cloud) {
    auto host = base->host.substr(0, 4) == "api." ? base->host.substr(4) : base->host;
    if (!path.empty())
      return {ec::bad_config, "GitHub: base_url \"" + printable(base_url) + "\" has a path; write https://" + host};
    base->host = host;
    out.web = base->origin();
    base->host = "api." + host;
    out.api = base->origin();
    out.graphql = out.api + "/graphql";
    out.host = host;
    return out;
  }
  if (ends_with(path, "/api/v3"))
    path.resize(path.size() - 7);
  if (!path.empty())
    return {ec::bad_config, "GitHub: base_url \"" + printable(base_url) + "\" has the path " + printable(path) +
                              "; an Enterprise Server is written " + base->origin() + " or " + base->origin() +
                              "/api/v3"};
  out.web = base->origin();
  out.api = out.web + "/api/v3";
  out.graphql = out.web + "/api/graphql";
  out.host = base->host;
  return out;
}

result<repository_name> read_repository(std::string_view text) {
  auto slash = text.find('/');
  if (slash == std::string_view::npos || !name_part(text.substr(0, slash)) || !name_part(text.substr(slash + 1)))
    return {ec::rejected, "GitHub: \"" + printable(cut_with_note(text, 120, "…")) + "\" is no repository: owner/repo"};
  return repository_name{std::string{text.substr(0, slash)}, std::string{text.substr(slash + 1)}};
}

std::string repository_path(const repository_name& repository, std::string_view rest) {
  return "/repos/" + percent_encode(repository.owner) + "/" + percent_encode(repository.name) + std::string{rest};
}

api::api(std::string_view base_url, secret token, http_client& http)
  : where_(addresses_of(base_url)), token_(std::move(token)), http_(http) {}

result<http_request> api::request(http_method how, const std::string& path) const {
  if (!where_)
    return where_.error();
  auto r = http_request{};
  r.service = service;
  r.method = how;
  r.url = where_->api + path;
  r.headers = {{"Accept", "application/vnd.github+json"}, {"X-GitHub-Api-Version", "2022-11-28"}};
  if (!token_.empty())
    r.credentials = http_credentials::bearer(token_);
  r.most_bytes = most_json_bytes;
  return r;
}

result<http_request> api::change(http_method how, const std::string& path, std::string body) const {
  auto r = request(how, path);
  if (!r)
    return r;
  if (!body.empty())
    r->headers.push_back({"Content-Type", "application/json"});
  r->body = std::move(body);
  r->spacing = std::chrono::milliseconds{1000};
  return r;
}

error api::to_error(const http_request& asked, const http_answer& answer) {
  auto out = hyakki::to_error(asked, answer);
  auto words = own_words(asked, answer);
  auto called = describe(asked);
  auto status = std::to_string(answer.status);
  if (out.code == ec::rate_limited)
    return out;
  if (answer.status == 401) {
    out.code = ec::bad_config;
    out.text = called + " answered 401: the token is not accepted" + (words.empty() ? "" : " (" + words + ")") +
               ". It may have expired or been revoked: set a new one";
  } else if (answer.status == 403) {
    out.text = called + " answered 403" + (words.empty() ? "" : ": " + words);
    if (auto needed = answer.header("X-Accepted-GitHub-Permissions"); needed && !needed->empty())
      out.text += ". The token needs: " + printable(cut_utf8(*needed, 200));
    else if (auto scopes = answer.header("X-Accepted-OAuth-Scopes"); scopes && !scopes->empty())
      out.text += ". The token needs one of these scopes: " + printable(cut_utf8(*scopes, 200));
    else
      out.text += ". Give the token the rights that docs/github.md lists";
    if (answer.header("X-GitHub-SSO"))
      out.text += ". The organisation demands that the token is authorised for single sign-on";
  } else if (!words.empty() && answer.status < 500) {
    out.text = called + " answered " + status + ": " + words;
    if (answer.status == 404)
      out.text += where_to_look;
  }
  if (answer.status == 409)
    out.code = ec::conflict;
  return out;
}

result<http_answer> api::attempt(const http_request& what) const {
  auto answer = http_.call(what);
  if (!answer)
    return answer;
  auto s = answer->status;
  if (answer->ok() || s == 304)
    return answer;
  if (s >= 400 && s < 500) {
    auto e = to_error(what, *answer);
    if (s != 401 && s != 403 && s != 408 && s != 425 && s != 429 && e.code != ec::rate_limited)
      return answer;
    return e;
  }
  return to_error(what, *answer);
}

result<http_answer> api::call(const http_request& what) const {
  auto answer = attempt(what);
  if (answer && !answer->ok() && answer->status != 304)
    return to_error(what, *answer);
  return answer;
}

result<std::string> api::next_page(const http_request& asked, const http_answer& answer) {
  auto link = answer.header("Link");
  if (!link)
    return std::string{};
  // <https://api.github.com/…?page=2>; rel="next", <…>; rel="last"
  auto rest = link->substr(0, 8192);
  while (true) {
    auto open = rest.find('<');
    auto close = rest.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos)
      return std::string{};
    auto address = rest.substr(open + 1, close - open - 1);
    rest = rest.substr(close + 1);
    auto words = rest.substr(0, rest.find('<'));
    if (words.find("rel=\"next\"") == std::string_view::npos)
      continue;
    auto base = parse_url(asked.url);
    if (!base)
      return base.error();
    auto next = resolve_within(*base, address);
    if (!next)
      return with_context(next.error(), describe(asked) + ": its next page is refused");
    return next->text();
  }
}

result<void> api::pages(const std::string& path, const std::function<bool(const json_node& page)>& take) const {
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
    auto more = take(document->root());
    if (document->fault())
      return *document->fault();
    auto next = next_page(*asked, *answer);
    if (!next)
      return next.error();
    if (!more || next->empty())
      return {};
    if (*next == asked->url)
      return {ec::rejected, describe(*asked) + " names itself as its next page; is this GitHub?"};
    asked->url = *next;
  }
  return {ec::over_budget, describe(*asked) + ": there are more than " + std::to_string(most_pages) + " pages"};
}

result<void> api::query(std::string_view text, const std::string& variables,
                        const std::function<void(const json_node&, const json_node&, json_document&)>& take,
                        bool changes) const {
  if (!where_)
    return where_.error();
  auto asked = changes ? change(http_method::post, {}, "x") : request(http_method::post, {});
  if (!asked)
    return asked.error();
  asked->url = where_->graphql;
  asked->headers = {{"Accept", "application/vnd.github+json"}, {"Content-Type", "application/json"}};
  auto name = nlohmann::json(std::string{text});
  asked->body = "{\"query\":" + name.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                ",\"variables\":" + variables + "}";
  asked->repeatable = true; // a query changes nothing, and our only mutation sets what it sets
  auto answer = call(*asked);
  if (!answer)
    return answer.error();
  auto document = read_json(*asked, *answer);
  if (!document)
    return document.error();
  auto root = document->root();
  auto errors = root.maybe("errors");
  auto data = root.maybe("data");
  if (!data.is_object()) {
    if (!errors.is_array()) {
      root.object("data");
      return *document->fault();
    }
    auto all = errors.items();
    auto kind = all.empty() || !all[0].is_object() ? std::string{} : all[0].text_or("type", "");
    auto words = all.empty() || !all[0].is_object() ? std::string{} : all[0].text_or("message", "");
    auto out = error{ec::rejected, describe(*asked) + " answered: " + printable(cut_with_note(words, 300, "…"))};
    if (kind == "RATE_LIMITED") {
      out.code = ec::rate_limited;
      out.retry_at_ms = http_.quota_of(asked->url).resets_at_ms;
    } else if (kind == "NOT_FOUND") {
      out.code = ec::not_found;
    } else if (words.find("Something went wrong") != std::string::npos || words.find("timeout") != std::string::npos) {
      out.code = ec::unavailable; // GitHub's own words for a query that it gave up on
    }
    return out;
  }
  take(data, errors, *document);
  if (document->fault())
    return *document->fault();
  return {};
}

} // namespace hyakki::github
