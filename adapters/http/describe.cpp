#include "adapters/http/own_words.hpp"

#include "adapters/http/time_text.hpp"
#include "adapters/http_client.hpp"
#include "core/ascii.hpp"
#include "core/redact.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <ostream> // Beast's header forgets it

#include <boost/beast/http/status.hpp>

#include <algorithm>
#include <array>

namespace hyakki {

namespace {

/// Tags are the same in any letters.
bool opens(std::string_view html, std::string_view tag) { return same_letters(html.substr(0, tag.size()), tag); }

/// What a person would see of a page: no tags, no scripts, the common entities as what they stand for.
std::string without_tags(std::string_view html) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> entities{
    {{"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", " "}}};
  std::string out;
  for (std::size_t i = 0; i < html.size();) {
    if (html[i] == '<') {
      std::string_view unseen = opens(html.substr(i), "<script")  ? "</script"
                                : opens(html.substr(i), "<style") ? "</style"
                                                                  : "";
      if (html.substr(i, 4) == "<!--") {
        auto end = html.find("-->", i);
        i = end == std::string_view::npos ? html.size() : end + 3;
        continue;
      }
      if (!unseen.empty()) {
        while (i < html.size() && !opens(html.substr(i), unseen))
          ++i;
      }
      auto end = html.find('>', i);
      i = end == std::string_view::npos ? html.size() : end + 1;
      out += ' ';
      continue;
    }
    if (html[i] == '&') {
      auto known =
        std::find_if(entities.begin(), entities.end(), [&](const auto& e) { return opens(html.substr(i), e.first); });
      if (known != entities.end()) {
        out += known->second;
        i += known->first.size();
        continue;
      }
    }
    out += html[i++];
  }
  return out;
}

std::string answered(const http_request& asked, const http_answer& answer) {
  auto reason =
    boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(static_cast<unsigned>(answer.status)));
  auto text = describe(asked) + " answered " + std::to_string(answer.status);
  if (reason != "<unknown-status>")
    text += " " + std::string{reason};
  if (auto words = own_words(asked, answer); !words.empty())
    text += ": " + words;
  else if (auto says = excerpt(answer); !says.empty())
    text += ": \"" + says + "\"";
  if (answer.attempts > 1)
    text += " (asked " + std::to_string(answer.attempts) + " times)";
  return text;
}

std::string denied(const http_answer& answer) {
  auto why = answer.header("X-Authentication-Denied-Reason");
  auto seraph = answer.header("X-Seraph-LoginReason");
  bool captcha = (why && why->find("CAPTCHA") != std::string_view::npos) ||
                 (seraph && seraph->find("AUTHENTICATION_DENIED") != std::string_view::npos);
  if (captcha)
    return "; the service wants a CAPTCHA after too many failed logins: log in once with a browser as that user, solve "
           "it, "
           "then check the token";
  if (answer.status == 401)
    return "; the token is wrong, has expired, or is not what this service takes: put a new one into the configuration";
  if (seraph && *seraph != "OK")
    return "; the login was not taken (" + printable(cut_utf8(*seraph, 60)) + "): check the user and the token";
  return "; the token's user may not do this: give it the permission, or use another token";
}

} // namespace

std::optional<std::string_view> find_header(const std::vector<http_header>& headers, std::string_view name) {
  for (const auto& h : headers)
    if (same_letters(h.name, name))
      return std::string_view{h.value};
  return std::nullopt;
}

std::string_view to_string(http_method m) {
  switch (m) {
  case http_method::get: return "GET";
  case http_method::post: return "POST";
  case http_method::put: return "PUT";
  case http_method::patch: return "PATCH";
  case http_method::del: return "DELETE";
  case http_method::head: return "HEAD";
  }
  return "GET";
}

std::string to_string(const http_hold& h) {
  return describe(h.asked) + " was answered " + std::to_string(h.status) + ": it is asked again no sooner than " +
         second_of(h.until_ms);
}

std::string describe(const http_request& asked) {
  auto where = parse_url(asked.url);
  std::string text = asked.service.empty() ? (where ? where->authority() : std::string{"an address"})
                                           : printable(asked.service) + (where ? " at " + where->authority() : "");
  text += ": " + std::string{to_string(asked.method)};
  if (asked.url_is_secret)
    return text + " (a secret address)";
  if (!where)
    return text;
  text += " " + std::string{cut_utf8(where->path, 200)} + (where->path.size() > 200 ? "…" : "");
  return where->query.empty() ? text : text + "?…";
}

std::string excerpt(const http_answer& answer, std::size_t most) {
  auto body = std::string_view{answer.body}.substr(0, 64 * 1024);
  auto kind = answer.header("Content-Type").value_or("");
  auto first = body.find_first_not_of(" \t\r\n");
  bool html =
    kind.find("html") != std::string_view::npos ||
    (first != std::string_view::npos && (opens(body.substr(first), "<!doctype") || opens(body.substr(first), "<html")));
  auto line = clean_line(html ? without_tags(body) : std::string{body});
  return cut_with_note(line, most, "…");
}

error to_error(const http_request& asked, const http_answer& answer) {
  auto text = answered(asked, answer);
  auto s = answer.status;
  error e;
  if (s == 429 || ((s == 403 || s == 503) && answer.retry_at_ms != 0))
    e = {ec::rate_limited,
         answer.retry_at_ms == 0 ? text : text + "; that host is left alone until " + second_of(answer.retry_at_ms),
         answer.retry_at_ms};
  else if (s == 401 || s == 403)
    e = {ec::rejected, text + denied(answer)};
  else if (s == 404 || s == 410)
    e = {ec::not_found, text.append(where_to_look)};
  else if (s == 407)
    e = {ec::bad_config, text + "; the proxy wants a user and a password, see http.proxy"};
  else if (s == 408 || s == 425 || s >= 500)
    e = {ec::unavailable, text, answer.retry_at_ms};
  else if (s >= 400)
    e = {ec::rejected, text};
  else
    e = {ec::rejected, text + ", which is not an answer that this call expects"};
  if (!asked.credentials.token.empty())
    e.text = redactor{{asked.credentials.token}}(e.text);
  return e;
}

} // namespace hyakki
