#pragma once
// How answers look: tables in two styles, lines, JSON.
//
// Every cell goes through `safe`, so that no title can move a cursor, colour a line or forge a column. What people
// read goes to stdout as a whole at the end; remarks and errors go to stderr and never mix with JSON.

#include "core/error.hpp"

#include <nlohmann/json_fwd.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::ticket_cli {

struct column {
  const char* name;
  bool right = false; ///< numbers
};

/// Rows under a head. Cells are taken as they come from files and are made safe here.
struct sheet {
  std::vector<column> columns;
  std::vector<std::vector<std::string>> rows;
};

/// With lines around every cell, as lists have them.
std::string as_grid(sheet s);
/// Columns two blanks apart under a line of dashes.
std::string as_simple(sheet s);

/// One safe line, cut after `most` characters with "..." behind them (0 = not cut).
std::string cut(std::string_view text, std::size_t most = 0);
/// Several safe lines, each led by `indent`.
std::string block(std::string_view text, const std::string& indent);

/// "a, b", safe.
std::string list_of(const std::vector<std::string>& words, std::size_t most = 0);
std::string list_of(const std::vector<std::string_view>& words, std::size_t most = 0);
/// "66.7%"
std::string percent(double value);
/// "4.5" with that many digits behind the point.
std::string fixed(double value, int digits = 1);
/// "1.5h"; less than an hour in minutes: "15m".
std::string hours_text(double hours);
/// "-" for nothing.
std::string or_dash(const std::optional<std::int64_t>& value);
std::string or_dash(const std::string& text);

void put(std::string_view text);
void put_json(const nlohmann::ordered_json& j);

/// "tickets: TEXT" on stderr, safe.
void say_error(std::string_view text);
/// The same for what is no failure.
void remark(std::string_view text);
/// Says the error; 1, or 2 when it was the command line.
int fail(const error& e);
int fail(std::string_view text);

} // namespace hyakki::ticket_cli
