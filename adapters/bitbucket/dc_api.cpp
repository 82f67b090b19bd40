#include "adapters/bitbucket/dc_api.hpp"

#include "adapters/http/json.hpp"
#include "adapters/http/own_words.hpp"
#include "core/utf8.hpp"

namespace hyakki::bitbucket {
namespace {

constexpr std::string_view service = "Bitbucket";
constexpr std::size_t most_pages = 100;

result<std::string> base_of(std::string_view base_url) {
  if (base_url.empty())
    return {ec::bad_config, "Bitbucket: repo_hosting.base_url is missing; it is the address of your Bitbucket Data "
                            "Center, such as https://bitbucket.example.com"};
  auto base = parse_url(base_url);
  if (!base)
    return with_context(base.error(), "Bitbucket: base_url");
  if (!base->query.empty())
    return {ec::bad_config, "Bitbucket: base_url has a query; it is an address such as https://bitbucket.example.com"};
  auto path = base->path;
  if (auto rest = path.find("/rest/"); rest != std::string::npos)
    path.resize(rest); // an API's address, as it is written in documentation
  while (!path.empty() && path.back() == '/')
    path.pop_back();
  return base->origin() + path;
}

} // namespace

std::string repository_path(const dc_repository& in, std::string_view rest) {
  return "/projects/" + percent_encode(in.project) + "/repos/" + percent_encode(in.slug) + std::string{rest};
}

dc_api::dc_api(std::string_view base_url, secret token, http_client& http)
  : base_(base_of(base_url)), token_(std::move(token)), http_(http) {
  if (auto at = parse_url(base_url); at)
    host_ = at->host;
}

result<http_request> dc_api::request(http_method how, const std::string& path) const {
  if (!base_)
    return base_.error();
  auto r = http_request{};
  r.service = service;
  r.method = how;
  r.url = *base_ + "/rest/api/1.0" + path;
  r.headers = {{"Accept", "application/json"}};
  r.most_bytes = most_json_bytes;
  if (!token_.empty())
    r.credentials = http_credentials::bearer(token_);
  return r;
}

result<http_request> dc_api::change(http_method how, const std::string& path, std::string body) const {
  auto r = request(how, path);
  if (!r)
    return r;
  // without these Bitbucket takes it for a forged request of a browser
  r->headers.push_back({"Content-Type", "application/json"});
  r->headers.push_back({"X-Atlassian-Token", "no-check"});
  r->body = std::move(body);
  return r;
}

error dc_api::to_error(const http_request& asked, const http_answer& answer) {
  auto out = hyakki::to_error(asked, answer);
  if (out.code == ec::rate_limited)
    return out;
  auto words = own_words(asked, answer);
  if (answer.status == 401) { // Bitbucket says 401 for what others say with 403, too
    out.code = ec::bad_config;
    out.text = describe(asked) + " answered 401" + (words.empty() ? "" : ": " + words) +
               ". The token has expired, was revoked, or may not do this: docs/bitbucket.md lists the rights it needs";
  } else if (!words.empty() && answer.status < 500 && answer.status != 403) {
    out.text = describe(asked) + " answered " + std::to_string(answer.status) + ": " + words;
  }
  if (answer.status == 404 && words.empty())
    out.text =
      describe(asked) +
      " answered 404. Is repo_hosting.base_url the address of Bitbucket itself, with its context path if it has one?";
  if (answer.status == 409)
    out.code = ec::conflict;
  return out;
}

result<http_answer> dc_api::attempt(const http_request& what) const {
  auto answer = http_.call(what);
  if (!answer || answer->ok() || answer->status == 409)
    return answer;
  return to_error(what, *answer);
}

result<http_answer> dc_api::call(const http_request& what) const {
  auto answer = attempt(what);
  if (answer && !answer->ok())
    return to_error(what, *answer);
  return answer;
}

result<void> dc_api::pages(const std::string& path, const std::function<bool(const json_node& value)>& take) const {
  auto start = std::int64_t{0};
  for (std::size_t n = 0; n < most_pages; ++n) {
    auto sign = path.find('?') == std::string::npos ? "?" : "&";
    auto asked = request(http_method::get, path + sign + "limit=100&start=" + std::to_string(start));
    if (!asked)
      return asked.error();
    auto answer = call(*asked);
    if (!answer)
      return answer.error();
    auto document = read_json(*asked, *answer, most_depth);
    if (!document)
      return document.error();
    auto root = document->root();
    auto more = true;
    for (auto& value : root.items("values"))
      more = more && take(value);
    auto last = root.flag("isLastPage");
    auto next = last || document->fault() ? 0 : root.integer("nextPageStart");
    if (document->fault())
      return *document->fault();
    if (last || !more)
      return {};
    if (next <= start)
      return {ec::rejected, describe(*asked) + ": nextPageStart leads back; is this Bitbucket?"};
    start = next;
  }
  return {ec::over_budget,
          "Bitbucket: " + printable(cut_utf8(path, 200)) + " has more than " + std::to_string(most_pages) + " pages"};
}

} // namespace hyakki::bitbucket
