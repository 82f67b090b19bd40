#include "adapters/github/look_again.hpp"

#include "adapters/http/json.hpp"
#include "adapters/http/own_words.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace hyakki::github {
namespace {

constexpr std::size_t keys_per_query = 100;

result<void> look_at(const api& github, const issue_scope& scope, std::string_view tracker_name,
                     const std::vector<issue_name>& names, std::vector<tracker::standing>& out) {
  auto by_repository = std::map<std::string, std::vector<issue_name>>{};
  for (auto& n : names)
    by_repository[n.repository.text()].push_back(n);
  auto text = std::string{"query("}, body = std::string{};
  auto variables = nlohmann::json::object();
  auto r = 0;
  for (auto& [_, all] : by_repository) {
    auto n = std::to_string(r++);
    text += "$o" + n + ":String!,$n" + n + ":String!,";
    variables["o" + n] = all.front().repository.owner;
    variables["n" + n] = all.front().repository.name;
    body += "r" + n + ":repository(owner:$o" + n + ",name:$n" + n + "){";
    for (auto& i : all)
      body += "i" + std::to_string(i.number) + ":issue(number:" + std::to_string(i.number) + "){...f}";
    body += "}";
  }
  text.back() = ')';
  text += "{" + body + "}fragment f on Issue" + std::string{issue_fields};
  auto trouble = std::optional<error>{};
  auto done =
    github.query(text, written(variables), [&](const json_node& data, const json_node& errors, json_document& whole) {
      auto gone = std::set<std::string>{};
      auto other = std::string{};
      for (auto& e : errors.exists() ? errors.items() : std::vector<json_node>{}) {
        auto at = std::string{};
        for (auto& step : e.maybe_items("path"))
          at += "/" + (step.is_string() ? step.text() : std::string{});
        if (e.text_or("type", "") == "NOT_FOUND")
          gone.insert(at);
        else
          other = e.text_or("message", "an error without words");
      }
      auto n = 0;
      for (auto& [repository, all] : by_repository) {
        auto alias = "r" + std::to_string(n++);
        auto in = data.maybe(alias);
        if (!in.exists()) { // a token that sees nothing is no reason to stop everything
          trouble = error{gone.count("/" + alias) != 0 ? ec::rejected : ec::unavailable,
                          "GitHub: the stories of " + repository + " cannot be looked at again: " +
                            (other.empty() ? "the token does not see this repository" : printable(without_end(other))) +
                            ". They go on; what was changed there is not seen"};
          continue;
        }
        for (auto& name : all) {
          auto own = "i" + std::to_string(name.number);
          auto node = in.maybe(own);
          auto s = tracker::standing{};
          if (node.exists()) {
            auto now = read_graphql_issue(node, name.repository, tracker_name);
            if (whole.fault()) { // an odd issue says nothing, and hides no other
              whole.forget();
              continue;
            }
            s.why = scope.why_not(now);
            s.now = std::move(now.story);
          } else if (gone.count("/" + alias + "/" + own) != 0) {
            s.now.tracker = tracker_name;
            s.why = name.text() + " is not there any more: it was deleted or moved";
          } else {
            continue;
          }
          s.now.key = name.text();
          s.wanted = s.why.empty();
          out.push_back(std::move(s));
        }
      }
    });
  if (!done)
    return done;
  return trouble ? result<void>{*trouble} : result<void>{};
}

} // namespace

result<std::vector<tracker::standing>> look_again(const api& github, const issue_scope& scope, std::string_view name,
                                                  const std::vector<std::string>& keys) {
  auto out = std::vector<tracker::standing>{};
  if (keys.empty())
    return out;
  if (!scope.repositories())
    return scope.repositories().error();
  auto names = std::vector<issue_name>{};
  for (auto& key : std::set<std::string>(keys.begin(), keys.end()))
    if (auto named = read_key(key); named && named->text() == key)
      names.push_back(*named);
  for (std::size_t i = 0; i < names.size(); i += keys_per_query) {
    auto end = std::min(i + keys_per_query, names.size());
    auto part = std::vector<issue_name>(names.begin() + static_cast<std::ptrdiff_t>(i),
                                        names.begin() + static_cast<std::ptrdiff_t>(end));
    if (auto done = look_at(github, scope, name, part, out); !done)
      return done.error();
  }
  return out;
}

} // namespace hyakki::github
