#include "tickets/journal.hpp"

#include "tickets/kinds.hpp"

#include <algorithm>
#include <charconv>

namespace hyakki::tickets {
namespace {

constexpr std::string_view heading = "hyakki-turn 1 ";

std::string checksum(std::string_view bytes) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (char c : bytes)
    sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return std::to_string(sum);
}

/// The text before the next `until`, which is taken too.
std::optional<std::string_view> take_until(std::string_view& text, char until) {
  auto at = text.find(until);
  if (at == std::string_view::npos)
    return std::nullopt;
  auto out = text.substr(0, at);
  text.remove_prefix(at + 1);
  return out;
}

bool may_touch(const file_change& c) {
  bool known =
    c.folder == "." || std::find(record_folders.begin(), record_folders.end(), c.folder) != record_folders.end();
  return known && !c.name.empty() && c.name.front() != '.' && c.name.find('/') == std::string::npos;
}

} // namespace

std::string note_text(const turn_note& note) {
  auto body = std::string{};
  for (auto& id : note.tickets)
    body += "I " + id + "\n";
  for (auto& c : note.changes) {
    body += std::string{c.bytes ? "W " : "D "} + c.folder + "/" + c.name + "\n";
    if (c.bytes)
      body += std::to_string(c.bytes->size()) + "\n" + *c.bytes + "\n";
  }
  return body.empty() ? body : std::string{heading} + checksum(body) + "\n" + body;
}

std::optional<turn_note> read_note(std::string_view text) {
  if (text.substr(0, heading.size()) != heading)
    return std::nullopt;
  text.remove_prefix(heading.size());
  auto sum = take_until(text, '\n');
  if (!sum || *sum != checksum(text))
    return std::nullopt;
  auto out = turn_note{};
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    if (!line || line->size() < 3)
      return std::nullopt;
    auto what = line->substr(2);
    if (line->front() == 'I') {
      out.tickets.emplace_back(what);
      continue;
    }
    auto slash = what.find('/');
    if (slash == std::string_view::npos)
      return std::nullopt;
    auto change = file_change{std::string{what.substr(0, slash)}, std::string{what.substr(slash + 1)}, std::nullopt};
    if (line->front() == 'W') {
      auto size = take_until(text, '\n');
      std::size_t n = 0;
      if (!size || std::from_chars(size->data(), size->data() + size->size(), n).ec != std::errc{} || n >= text.size())
        return std::nullopt;
      change.bytes = std::string{text.substr(0, n)};
      text.remove_prefix(n + 1);
    }
    if (!may_touch(change))
      return std::nullopt;
    out.changes.push_back(std::move(change));
  }
  return out;
}

} // namespace hyakki::tickets
