#include "cli/tickets/print.hpp"

#include "cli/json.hpp"
#include "cli/text.hpp"
#include "cli/tickets/command.hpp"
#include "core/utf8.hpp"
#include "tickets/text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>

namespace hyakki::ticket_cli {
namespace {

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

/// How wide each cell is, once it is safe, and each column.
struct layout {
  std::vector<std::uint32_t> cells; ///< row by row
  std::vector<std::size_t> columns;
};

/// Makes the cells safe, and as many in each row as there are columns.
layout lay_out(sheet& s) {
  auto out = layout{};
  for (auto& c : s.columns)
    out.columns.push_back(std::string_view{c.name}.size() + 2);
  out.cells.reserve(s.rows.size() * s.columns.size());
  for (auto& row : s.rows) {
    row.resize(s.columns.size());
    for (std::size_t n = 0; n < row.size(); ++n) {
      auto plain = harmless(row[n]);
      if (!plain)
        row[n] = cut(row[n]);
      auto width = plain ? row[n].size() : cli::columns(row[n]);
      out.cells.push_back(static_cast<std::uint32_t>(width));
      out.columns[n] = std::max(out.columns[n], width);
    }
  }
  return out;
}

void add_cell(std::string& out, std::string_view text, std::size_t width, std::size_t room, bool right) {
  auto blanks = room - std::min(room, width);
  if (right)
    out.append(blanks, ' ');
  out += text;
  if (!right)
    out.append(blanks, ' ');
}

std::size_t width_of(const layout& page, std::size_t between) {
  return std::accumulate(page.columns.begin(), page.columns.end(), page.columns.size() * between);
}

} // namespace

std::string as_grid(sheet s) {
  auto page = lay_out(s);
  auto rule = [&](char c) {
    auto line = std::string{"+"};
    for (auto w : page.columns)
      line += std::string(w + 2, c) + "+";
    return line + "\n";
  };
  auto thin = rule('-');
  auto out = std::string{};
  out.reserve((s.rows.size() + 2) * (width_of(page, 3) + 2) * 2);
  auto add = [&](std::size_t n, std::string_view text, std::size_t width) {
    out += n == 0 ? "| " : " ";
    add_cell(out, text, width, page.columns[n], s.columns[n].right);
    out += " |";
  };
  out += thin;
  for (std::size_t n = 0; n < s.columns.size(); ++n)
    add(n, s.columns[n].name, std::string_view{s.columns[n].name}.size());
  out += "\n" + rule('=');
  auto width = page.cells.begin();
  for (auto& row : s.rows) {
    for (std::size_t n = 0; n < row.size(); ++n)
      add(n, row[n], *width++);
    out += '\n';
    out += thin;
  }
  return out;
}

std::string as_simple(sheet s) {
  auto page = lay_out(s);
  auto out = std::string{};
  out.reserve((s.rows.size() + 2) * (width_of(page, 2) + 1));
  auto add = [&](std::size_t n, std::string_view text, std::size_t width) {
    out += n == 0 ? "" : "  ";
    add_cell(out, text, width, page.columns[n], s.columns[n].right);
  };
  auto end_line = [&] {
    while (!out.empty() && out.back() == ' ')
      out.pop_back();
    out += '\n';
  };
  for (std::size_t n = 0; n < s.columns.size(); ++n)
    add(n, s.columns[n].name, std::string_view{s.columns[n].name}.size());
  end_line();
  for (std::size_t n = 0; n < s.columns.size(); ++n)
    out += (n == 0 ? "" : "  ") + std::string(page.columns[n], '-');
  end_line();
  auto width = page.cells.begin();
  for (auto& row : s.rows) {
    for (std::size_t n = 0; n < row.size(); ++n)
      add(n, row[n], *width++);
    end_line();
  }
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

namespace {

template <class Words>
std::string joined(const Words& words, std::size_t most) {
  std::string out;
  for (std::size_t n = 0; n < words.size() && (most == 0 || n < most); ++n) {
    out += n == 0 ? "" : ", ";
    out += cut(words[n]);
  }
  return out;
}

} // namespace

std::string list_of(const std::vector<std::string>& words, std::size_t most) { return joined(words, most); }
std::string list_of(const std::vector<std::string_view>& words, std::size_t most) { return joined(words, most); }

std::string fixed(double value, int digits) {
  char out[64];
  std::snprintf(out, sizeof out, "%.*f", digits, value);
  return out;
}

std::string hours_text(double hours) {
  auto minutes = std::abs(hours) < 1 ? std::lround(hours * 60) : 60;
  if (minutes == 0)
    return "0.0h"; // and what sums leave of it, which may lie below
  return minutes % 60 != 0 ? std::to_string(minutes) + "m" : fixed(hours) + "h";
}

std::string percent(double value) { return fixed(value) + "%"; }

std::string or_dash(const std::optional<std::int64_t>& value) { return value ? std::to_string(*value) : "-"; }
std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

void put(std::string_view text) { cli::put(text); }
void put_json(const nlohmann::ordered_json& j) { cli::put_json(j); }

void say_error(std::string_view text) {
  auto said = tickets::without_name(text);
  auto out = std::string{};
  for (auto rest = std::string_view{said}; !rest.empty();) {
    auto end = std::min(rest.find('\n'), rest.size());
    out += (out.empty() ? std::string{tickets::room_name} : std::string(tickets::room_name.size(), ' ')) +
           cli::safe(rest.substr(0, end)) + "\n";
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
