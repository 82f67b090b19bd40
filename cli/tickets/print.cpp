#include "cli/tickets/print.hpp"

#include "cli/json.hpp"
#include "cli/text.hpp"
#include "cli/tickets/command.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace hyakki::ticket_cli {
namespace {

struct laid_out {
  std::vector<std::vector<std::string>> rows; ///< safe
  std::vector<std::size_t> widths;
};

laid_out lay_out(const sheet& s) {
  auto out = laid_out{};
  for (auto& c : s.columns)
    out.widths.push_back(std::string_view{c.name}.size() + 2);
  out.rows.reserve(s.rows.size());
  for (auto& row : s.rows) {
    auto& cells = out.rows.emplace_back();
    for (std::size_t n = 0; n < s.columns.size(); ++n) {
      cells.push_back(n < row.size() ? cut(row[n]) : "");
      out.widths[n] = std::max(out.widths[n], cli::columns(cells.back()));
    }
  }
  return out;
}

std::string filled(const std::string& text, std::size_t width, bool right) {
  auto blanks = std::string(width - std::min(width, cli::columns(text)), ' ');
  return right ? blanks + text : text + blanks;
}

/// Plain letters on one line: nothing to escape and nothing to join. Most texts are.
bool harmless(std::string_view text) {
  char before = ' ';
  for (char c : text) {
    if (c < 0x20 || c > 0x7e || (c == ' ' && before == ' '))
      return false;
    before = c;
  }
  return text.empty() || before != ' ';
}

} // namespace

std::string as_grid(const sheet& s) {
  auto page = lay_out(s);
  auto rule = [&](char c) {
    auto line = std::string{"+"};
    for (auto w : page.widths)
      line += std::string(w + 2, c) + "+";
    return line + "\n";
  };
  auto row = [&](auto cell) {
    auto line = std::string{"|"};
    for (std::size_t n = 0; n < s.columns.size(); ++n)
      line += " " + filled(cell(n), page.widths[n], s.columns[n].right) + " |";
    return line + "\n";
  };
  auto thin = rule('-');
  auto out = thin + row([&](std::size_t n) { return std::string{s.columns[n].name}; }) + rule('=');
  for (auto& cells : page.rows)
    out += row([&](std::size_t n) { return cells[n]; }) + thin;
  return out;
}

std::string as_simple(const sheet& s) {
  auto page = lay_out(s);
  auto row = [&](auto cell) {
    auto line = std::string{};
    for (std::size_t n = 0; n < s.columns.size(); ++n)
      line += (n == 0 ? "" : "  ") + filled(cell(n), page.widths[n], s.columns[n].right);
    line.resize(line.find_last_not_of(' ') + 1);
    return line + "\n";
  };
  auto out = row([&](std::size_t n) { return std::string{s.columns[n].name}; }) +
             row([&](std::size_t n) { return std::string(page.widths[n], '-'); });
  for (auto& cells : page.rows)
    out += row([&](std::size_t n) { return cells[n]; });
  return out;
}

std::string cut(std::string_view text, std::size_t most) {
  if (harmless(text))
    return most != 0 && text.size() > most ? std::string{text.substr(0, most)} + "..." : std::string{text};
  if (most != 0) {
    std::size_t characters = 0, bytes = 0;
    for (; bytes < text.size(); ++bytes) {
      auto begins = (static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80;
      if (begins && characters++ == most)
        return cli::safe(cli::one_line(text.substr(0, bytes))) + "...";
    }
  }
  return cli::safe(cli::one_line(text));
}

std::string block(std::string_view text, const std::string& indent) {
  std::string out;
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    auto line = std::string{text.substr(0, end)};
    for (auto at = line.find('\t'); at != std::string::npos; at = line.find('\t', at))
      line.replace(at, 1, "    ");
    line = cli::safe(line);
    out += (line.empty() ? "" : indent + line) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string list_of(const std::vector<std::string>& words, std::size_t most) {
  std::string out;
  for (std::size_t n = 0; n < words.size() && (most == 0 || n < most); ++n)
    out += (n == 0 ? "" : ", ") + cut(words[n]);
  return out;
}

std::string fixed(double value, int digits) {
  char out[64];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

std::string percent(double value) { return fixed(value) + "%"; }

std::string or_dash(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "-"; }
std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

void put(std::string_view text) { cli::put(text); }
void put_json(const nlohmann::ordered_json& j) { cli::put_json(j); }

void say_error(std::string_view text) {
  constexpr std::string_view name = "tickets: "; // as the library's errors begin, too
  if (text.substr(0, name.size()) == name)
    text.remove_prefix(name.size());
  auto out = std::string{};
  for (auto rest = text; !rest.empty();) {
    auto end = std::min(rest.find('\n'), rest.size());
    out += (out.empty() ? std::string{name} : std::string(name.size(), ' ')) + cli::safe(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  std::fwrite(out.data(), 1, out.size(), stderr);
}

void remark(std::string_view text) { say_error(text); }

int fail(const error& e) { return fail(e.text); }

int fail(std::string_view text) {
  say_error(text);
  return exit_refused;
}

} // namespace hyakki::ticket_cli
