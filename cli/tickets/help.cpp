#include "cli/tickets/help.hpp"

#include <algorithm>
#include <cstring>

namespace hyakki::ticket_cli {
namespace {

constexpr auto footer = R"(
Every command but tui takes --format json (or --json), -C PATH (another directory than this one) and --help.
The store is the .tickets of the repository around that directory; `init` makes it.

Exit codes:
  0  done, also when nothing was found or nothing had to be changed
  1  there is no such thing, it is not allowed, or it could not be read or written
  2  the command line is wrong
)";

std::string padded(std::string text, std::size_t to) {
  text.resize(std::max(text.size(), to), ' ');
  return text;
}

std::string value_name(const option& o) {
  switch (o.value) {
  case takes::nothing: return "";
  case takes::choice: {
    auto words = std::string{o.allowed};
    std::replace(words.begin(), words.end(), ' ', '|');
    return " " + words;
  }
  case takes::integer: return " N";
  case takes::number: return " NUMBER";
  case takes::date: return " YYYY-MM-DD";
  case takes::word_list: return " A,B";
  default: return " TEXT";
  }
}

std::string line(const std::string& left, const std::string& right) {
  constexpr std::size_t column = 28;
  return "  " + (left.size() < column ? padded(left, column) : left + "\n  " + std::string(column, ' ')) + right + "\n";
}

std::string spaced(const char* flags) {
  auto text = std::string{flags};
  for (auto at = text.find(','); at != std::string::npos; at = text.find(',', at + 2))
    text.insert(at + 1, " ");
  return text;
}

} // namespace

bool positional(const option& o) { return o.flags[0] != '-'; }

std::string name_of(const option& o) {
  auto text = std::string{o.flags};
  auto at = text.rfind("--");
  return at == std::string::npos ? text : text.substr(at + 2);
}

std::string help_of_group(const std::string& program, const std::vector<commands>& rows, const std::string& group) {
  auto out = "Usage: " + program + (group.empty() ? "" : " " + group) + " COMMAND [OPTIONS]\n";
  if (group.empty())
    out += "\nTickets in the repository: files that travel with the code.\n";
  for (auto& file : rows) {
    auto part = std::string{};
    for (auto& row : file) {
      auto path = std::string{row.path};
      if (group.empty() || path.rfind(group + " ", 0) == 0)
        part += line(group.empty() ? path : path.substr(group.size() + 1), row.about);
    }
    if (!part.empty())
      out += "\n" + part;
  }
  return out + (group.empty() ? footer : "\n" + program + " " + group + " COMMAND --help tells the options.\n");
}

std::string help_of(const std::string& program, const command& row) {
  auto usage = "Usage: " + program + " " + row.path;
  auto arguments = std::string{}, options = std::string{};
  for (auto o = row.options; o != row.options + row.count; ++o) {
    auto about = std::string{o->about};
    if (o->fallback != nullptr && *o->fallback != '\0' && !positional(*o))
      about += about.empty() ? "default: " + std::string{o->fallback} : " (default: " + std::string{o->fallback} + ")";
    if (positional(*o)) {
      auto open = o->fallback != nullptr;
      usage += (open ? " [" : " ") + std::string{o->flags} + (o->value == takes::each ? "..." : "") + (open ? "]" : "");
      arguments += line(o->flags, about);
    } else {
      options += line(spaced(o->flags) + value_name(*o),
                      about + (o->needed ? " (needed)" : "") + (o->value == takes::each ? "; may be given again" : ""));
    }
  }
  auto formats = std::string{row.formats};
  auto first = formats.substr(0, formats.find(' '));
  auto json = formats.find("json") != std::string::npos ? "; --json is --format json" : "";
  std::replace(formats.begin(), formats.end(), ' ', '|');
  options += line("--format " + formats, "how to print (default: " + first + ")" + json);
  options += line("-C, --directory PATH", "look for the repository from there");
  options += line("-h, --help", "this text");
  auto out = usage + " [OPTIONS]\n\n" + row.about + "\n";
  if (*row.more != '\0')
    out += "\n" + std::string{row.more} + "\n";
  return out + (arguments.empty() ? "" : "\nArguments:\n" + arguments) + "\nOptions:\n" + options;
}

} // namespace hyakki::ticket_cli
