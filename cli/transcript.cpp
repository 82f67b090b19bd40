#include "cli/transcript.hpp"

#include "cli/text.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace hyakki::cli {
namespace {

// A parser that validates everything at once is not worth its start-up here: a line is looked at once, by a person.
constexpr std::size_t largest_event = 256u << 10;
constexpr std::size_t most_lines = 200;
using json = nlohmann::json;

const json* member(const json& j, const char* name) {
  if (!j.is_object())
    return nullptr;
  auto at = j.find(name);
  return at == j.end() ? nullptr : &*at;
}

std::string text_of(const json& j, const char* name) {
  auto at = member(j, name);
  return at != nullptr && at->is_string() ? at->get<std::string>() : std::string{};
}

/// "Edit calc.py", "Bash make test": a tool and what it was pointed at.
std::string tool(const json& block) {
  auto out = text_of(block, "name");
  auto input = member(block, "input");
  if (input == nullptr)
    return out;
  for (auto name : {"command", "file_path", "path", "pattern", "url", "query", "description"})
    if (auto what = text_of(*input, name); !what.empty())
      return out + " " + what;
  return out;
}

void add_text(std::vector<std::string>& out, const std::string& lead, const std::string& text) {
  auto cleaned = clean_text(text);
  auto rest = std::string_view{cleaned};
  while (!rest.empty() && out.size() < most_lines) {
    auto end = rest.find('\n');
    out.push_back(lead + safe(rest.substr(0, end), 2000));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
}

/// What an agent's event says; false when it is no event that we know.
bool event_lines(const json& j, std::vector<std::string>& out) {
  auto type = text_of(j, "type");
  if (type == "system" || type == "user" || type == "stream_event")
    return true; // bookkeeping, and tools' own output
  if (type == "assistant") {
    auto message = member(j, "message");
    auto content = message != nullptr ? member(*message, "content") : nullptr;
    if (content == nullptr || !content->is_array())
      return false;
    for (auto& block : *content) {
      if (text_of(block, "type") == "text")
        add_text(out, "", text_of(block, "text"));
      else if (text_of(block, "type") == "tool_use")
        out.push_back("> " + safe(tool(block), 400));
    }
    return true;
  }
  if (type == "result") {
    auto failed = member(j, "is_error");
    out.push_back(failed != nullptr && failed->is_boolean() && failed->get<bool>() ? "= ended with an error"
                                                                                   : "= ended");
    add_text(out, "  ", text_of(j, "result"));
    return true;
  }
  return false;
}

} // namespace

std::vector<std::string> readable(std::string_view line) {
  std::int64_t at = 0;
  auto [end, wrong] = std::from_chars(line.data(), line.data() + line.size(), at);
  auto lead = static_cast<std::size_t>(end - line.data());
  auto stamp = std::string{};
  bool stderr_line = false;
  if (wrong == std::errc{} && line.size() >= lead + 3 && line[lead] == ' ' && line[lead + 2] == ' ') {
    stamp = time_of_day(at) + "  ";
    stderr_line = line[lead + 1] == 'e';
    line.remove_prefix(lead + 3);
  }
  std::vector<std::string> said;
  if (!line.empty() && line.front() == '{' && line.size() <= largest_event) {
    auto parsed = json::parse(line, nullptr, false);
    if (!parsed.is_discarded() && event_lines(parsed, said)) {
      for (auto& one : said)
        one.insert(0, stamp);
      return said;
    }
  }
  said.assign(1, stamp + (stderr_line ? "! " : "") + safe(line, 4000));
  return said;
}

} // namespace hyakki::cli
