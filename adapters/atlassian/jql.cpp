#include "adapters/atlassian/jql.hpp"

#include "core/ascii.hpp"
#include "core/utf8.hpp"

#include <algorithm>

namespace hyakki::atlassian {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

} // namespace

std::string jql_quoted(std::string_view value) {
  auto out = std::string{"\""};
  for (auto c : clean_line(value)) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string jql_in(std::string_view field, const std::vector<std::string>& values, bool none_of) {
  if (values.size() == 1)
    return std::string{field} + (none_of ? " != " : " = ") + jql_quoted(values[0]);
  auto out = std::string{};
  for (auto& v : values)
    out += (out.empty() ? "" : ", ") + jql_quoted(v);
  return std::string{field} + (none_of ? " not in (" : " in (") + out + ")";
}

result<std::string> jql_part(std::string_view text) {
  auto query = clean_line(text);
  auto bad = [](const char* why) {
    return error{ec::bad_config, std::string{"Jira: issue_tracker.query cannot be used: "} + why};
  };
  if (query.size() > 10'000)
    return bad("it is longer than 10,000 bytes");
  auto quote = char{0};
  auto depth = 0;
  auto words = std::vector<std::string>{};
  auto word = std::string{};
  for (std::size_t i = 0; i < query.size(); ++i) {
    auto c = query[i];
    if (quote != 0) {
      if (c == '\\')
        ++i;
      else if (c == quote)
        quote = 0;
      continue;
    }
    if (letter(c)) {
      word += c;
      continue;
    }
    if (!word.empty())
      words.push_back(lowered(word));
    word.clear();
    if (c == '"' || c == '\'')
      quote = c;
    else if (c == '\\') // outside of quotes too it takes the next sign along
      ++i;
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    if (depth < 0)
      return bad("a parenthesis closes that was not opened");
  }
  words.push_back(lowered(word));
  if (quote != 0)
    return bad("a quotation mark does not close");
  if (depth != 0)
    return bad("a parenthesis does not close");
  if (!query.empty() && query.back() == '\\')
    return bad("it ends with a backslash");
  for (std::size_t i = 0; i + 1 < words.size(); ++i)
    if (words[i] == "order" && words[i + 1] == "by")
      return bad("leave ORDER BY out, the oldest stories come first");
  return "(" + query + ")";
}

bool is_issue_key(std::string_view text) {
  auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash == 0 || text.size() > 255 || !letter(text[0]))
    return false;
  auto project = text.substr(0, dash), number = text.substr(dash + 1);
  return std::all_of(project.begin(), project.end(), [](char c) { return letter(c) || digit(c) || c == '_'; }) &&
         !number.empty() && number.size() <= 18 && number[0] != '0' && std::all_of(number.begin(), number.end(), digit);
}

std::string project_of(std::string_view key) { return std::string{key.substr(0, key.rfind('-'))}; }

} // namespace hyakki::atlassian
