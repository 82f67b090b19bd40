#pragma once
// How things look on a terminal: colours, times, columns.
//
// Every text that a stranger may have written goes through `safe`, which also hides nothing: controls are shown as
// escapes. Colours appear only on a terminal and without NO_COLOR.

#include "core/error.hpp"
#include "core/lifecycle.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::cli {

enum class tone : std::uint8_t { plain, strong, faint, good, bad, busy };

/// One safe line, at most `most` columns wide; what is cut ends in "…".
std::string safe(std::string_view text, std::size_t most = 0);

/// Several lines as one: runs of blanks and line breaks become a blank. Not safe yet.
std::string one_line(std::string_view text);

/// The tone of a state in a table or a progress line.
tone tone_of(state s);

/// Colours `text` when `colour`. `text` must be safe already.
std::string paint(bool colour, tone t, std::string_view text);

/// True when colours are wanted on this stream.
bool wants_colour(std::FILE* stream);
/// Columns of the terminal behind the stream; 0 = it is none, do not cut.
std::size_t width_of(std::FILE* stream);

/// Columns that a safe text takes on a terminal.
std::size_t columns(std::string_view text);

/// "12 s", "3 min", "5 h", "2 d": how long ago, or how long it took.
std::string span(std::int64_t ms);
/// Local time, "2026-11-21 05:12:34".
std::string date_time(std::int64_t wall_ms);
/// Local time, "05:12:34".
std::string time_of_day(std::int64_t wall_ms);
/// "$0.0421"; empty for nothing.
std::string money(std::int64_t microusd);
/// "1 file", "2 files".
std::string counted(std::uint64_t n, std::string_view one, std::string_view many);

/// Rows under a head, columns two blanks apart. Cells are safe texts; `tones` colours one column by row.
struct table {
  std::vector<std::string> head;
  std::vector<std::vector<std::string>> rows;
  std::size_t toned_column = 0;
  std::vector<tone> tones; ///< one a row, or empty
};
/// The last column is cut to fit `width`; 0 = not cut.
std::string render(const table& t, bool colour, std::size_t width);

/// Milliseconds since the epoch.
std::int64_t now_ms();

/// Writes to stdout; a reader that went away (EPIPE) is no failure.
void put(std::string_view text);
/// Why stdout did not take all that was put ("No space left on device"); empty when it did.
std::string unwritten();
/// Before a program opens anything: where stdin, stdout or stderr is closed, no file of ours takes its number.
void hold_standard_streams();
/// "hyakki: <text>" on stderr, each line of it safe.
void complain(std::string_view text);
/// The same, and the exit code that belongs to the error: 2 for configuration, else 1.
int fail(const error& e);

} // namespace hyakki::cli
