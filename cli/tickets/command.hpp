#pragma once
// One command of `hyakki tickets` as a row of a table, and what the user typed as a value.
//
// A row says all that the parser and --help need to know; the function behind it only calls and prints. Rows are
// constants: a program start builds nothing for the commands that nobody asked for.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::ticket_cli {

/// Exit codes, as documented in --help. Never renumber.
enum exit_code : int {
  exit_done = 0,    ///< done; also "nothing found" and "nothing to change"
  exit_refused = 1, ///< not there, not allowed, cannot be read or written
  exit_usage = 2,   ///< the command line is wrong; nothing was looked at
};

/// What a value must look like.
enum class takes : std::uint8_t {
  nothing, ///< a flag
  text,
  word_list, ///< "a,b": words between commas
  each,      ///< may be given several times
  integer,
  number,
  date,   ///< YYYY-MM-DD, with a time of day or without
  choice, ///< one of `allowed`
};

struct option {
  const char* flags; ///< "-p,--priority"; a positional is written in capitals: "ID"
  takes value = takes::text;
  const char* about = "";
  const char* allowed = nullptr;  ///< choice: the words, with blanks between
  const char* fallback = nullptr; ///< what counts when it is not given; shown in --help
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
  bool needed = false; ///< positionals are needed unless `fallback` is ""
};

class call;

struct command {
  const char* path;    ///< "epic add-ticket"
  const char* about;   ///< one line, for lists
  const char* formats; ///< of --format, the first is the default: "table simple json"
  int (*run)(const call&);
  const option* options = nullptr;
  std::size_t count = 0;
  const char* more = ""; ///< paragraphs for --help

  constexpr command(const char* p, const char* a, const char* f, int (*r)(const call&))
    : path(p), about(a), formats(f), run(r) {}
  template <std::size_t N>
  constexpr command(const char* p, const char* a, const char* f, int (*r)(const call&), const option (&o)[N],
                    const char* m = "")
    : path(p), about(a), formats(f), run(r), options(o), count(N), more(m) {}
};

/// Rows of one file.
struct commands {
  const command* first = nullptr;
  std::size_t count = 0;

  commands() = default;
  template <std::size_t N>
  constexpr commands(const command (&rows)[N]) : first(rows), count(N) {}
  const command* begin() const { return first; }
  const command* end() const { return first + count; }
};

/// A command line that was found right. Names are those of the table: "priority", "ID".
class call {
public:
  call(const command& row, std::string program) : row_(&row), program_(std::move(program)) {}

  const command& row() const { return *row_; }
  /// How the user calls us: "hyakki tickets" or "tickets".
  const std::string& program() const { return program_; }
  bool has(std::string_view name) const { return find(name) != nullptr; }
  /// The last value given, else the row's fallback, else empty.
  std::string text(std::string_view name) const;
  /// Every value, of `word_list` every word, stripped, without blanks and repeats.
  std::vector<std::string> texts(std::string_view name) const;
  std::optional<std::string> optional_text(std::string_view name) const;
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;

  /// The name of the format: "table", "json", …
  const std::string& format() const { return format_; }
  bool json() const { return format_ == "json"; }
  /// Where to look for the repository; empty = the current directory.
  const std::string& directory() const { return directory_; }

private:
  friend struct parser;
  const std::vector<std::string>* find(std::string_view name) const;

  const command* row_;
  std::string program_;
  std::vector<std::pair<std::string, std::vector<std::string>>> given_;
  std::string format_;
  std::string directory_;
};

} // namespace hyakki::ticket_cli
