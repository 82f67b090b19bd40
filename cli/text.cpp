#include "cli/text.hpp"

#include "cli/invocation.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace hyakki::cli {
namespace {

int write_error = 0; // of stdout, of which a process has one

/// The next code point of a well-formed text, and how many bytes it takes.
std::pair<char32_t, std::size_t> next_point(std::string_view text) {
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  size = std::min(size, text.size());
  char32_t point = size == 1 ? lead : lead & (0xff >> (size + 1));
  for (std::size_t i = 1; i < size; ++i)
    point = point << 6 | (static_cast<unsigned char>(text[i]) & 0x3f);
  return {point, size};
}

/// Two for the scripts and pictures that terminals draw wide, none for marks that combine.
std::size_t columns_of(char32_t c) {
  if ((c >= 0x300 && c <= 0x36f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0x200d)
    return 0;
  bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) ||
              (c >= 0xf900 && c <= 0xfaff) || (c >= 0xfe30 && c <= 0xfe6f) || (c >= 0xff00 && c <= 0xff60) ||
              (c >= 0x1f300 && c <= 0x1faff) || (c >= 0x20000 && c <= 0x3fffd);
  return wide ? 2 : 1;
}

/// `text` when it is at most `most` columns wide, else its beginning and "…".
std::string cut_columns(std::string_view text, std::size_t most) {
  if (most == 0 || columns(text) <= most)
    return std::string{text};
  std::size_t used = 0, bytes = 0;
  while (bytes < text.size()) {
    auto [point, size] = next_point(text.substr(bytes));
    if (used + columns_of(point) > most - 1)
      break;
    used += columns_of(point);
    bytes += size;
  }
  return std::string{text.substr(0, bytes)} + "…";
}

std::string local(std::int64_t wall_ms, const char* format) {
  auto seconds = static_cast<std::time_t>(wall_ms / 1000);
  std::tm parts{};
  char out[64];
  if (wall_ms <= 0 || ::localtime_r(&seconds, &parts) == nullptr)
    return "-";
  return {out, std::strftime(out, sizeof out, format, &parts)};
}

} // namespace

std::string safe(std::string_view text, std::size_t most) {
  // A line of a megabyte is not worth escaping when 80 columns of it are shown.
  auto kept = most != 0 ? cut_utf8(text, most * 8 + 64) : text;
  return cut_columns(printable(kept), most);
}

std::string one_line(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
    if (!blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ')
    out.pop_back();
  return out;
}

tone tone_of(state s) {
  switch (s) {
  case state::done: return tone::good;
  case state::failed:
  case state::parked: return tone::bad;
  case state::cancelled:
  case state::no_changes:
  case state::queued: return tone::faint;
  default: return tone::busy;
  }
}

std::string paint(bool colour, tone t, std::string_view text) {
  if (!colour || t == tone::plain || text.empty())
    return std::string{text};
  auto code = t == tone::strong ? "1" : t == tone::faint ? "2" : t == tone::good ? "32" : t == tone::bad ? "31" : "33";
  return std::string{"\033["} + code + "m" + std::string{text} + "\033[0m";
}

bool wants_colour(std::FILE* stream) {
  auto refused = std::getenv("NO_COLOR");
  auto kind = std::getenv("TERM");
  return ::isatty(::fileno(stream)) != 0 && (refused == nullptr || *refused == '\0') &&
         (kind == nullptr || std::string_view{kind} != "dumb");
}

std::size_t width_of(std::FILE* stream) {
  if (::isatty(::fileno(stream)) == 0)
    return 0;
  winsize size{};
  return ::ioctl(::fileno(stream), TIOCGWINSZ, &size) == 0 && size.ws_col >= 20 ? size.ws_col : 80;
}

std::size_t columns(std::string_view text) {
  if (std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c <= 0x7e; }))
    return text.size();
  std::size_t n = 0;
  while (!text.empty()) {
    auto [point, size] = next_point(text);
    n += columns_of(point);
    text.remove_prefix(size);
  }
  return n;
}

std::string span(std::int64_t ms) {
  ms = std::max<std::int64_t>(ms, 0);
  if (ms < 1000)
    return std::to_string(ms) + " ms";
  auto s = ms / 1000;
  if (s < 120)
    return std::to_string(s) + " s";
  if (s < 7200)
    return std::to_string(s / 60) + " min";
  return s < 172800 ? std::to_string(s / 3600) + " h" : std::to_string(s / 86400) + " d";
}

std::string date_time(std::int64_t wall_ms) { return local(wall_ms, "%Y-%m-%d %H:%M:%S"); }
std::string time_of_day(std::int64_t wall_ms) { return local(wall_ms, "%H:%M:%S"); }

std::string money(std::int64_t microusd) {
  if (microusd <= 0)
    return {};
  char out[48];
  std::snprintf(out, sizeof out, "$%lld.%04lld", static_cast<long long>(microusd / 1'000'000),
                static_cast<long long>(microusd % 1'000'000 / 100));
  return out;
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return std::to_string(n) + " " + std::string{n == 1 ? one : many};
}

std::string render(const table& t, bool colour, std::size_t width) {
  auto count = t.head.size();
  auto widths = std::vector<std::size_t>(count, 0);
  for (std::size_t i = 0; i < count; ++i) {
    widths[i] = columns(t.head[i]);
    for (auto& row : t.rows)
      widths[i] = std::max(widths[i], columns(row[i]));
  }
  std::string out;
  auto line = [&](const std::vector<std::string>& cells, tone all, tone one) {
    std::size_t used = 0;
    for (std::size_t i = 0; i < count; ++i) {
      bool last = i + 1 == count;
      auto room = width > used + 10 ? width - used : std::size_t{10};
      auto cell = last && width != 0 ? cut_columns(cells[i], room) : cells[i];
      auto pad = last ? 0 : widths[i] - columns(cell) + 2;
      out += paint(colour, i == t.toned_column && one != tone::plain ? one : all, cell);
      out.append(pad, ' ');
      used += widths[i] + 2;
    }
    while (!out.empty() && out.back() == ' ')
      out.pop_back();
    out += '\n';
  };
  line(t.head, tone::faint, tone::plain);
  for (std::size_t i = 0; i < t.rows.size(); ++i)
    line(t.rows[i], tone::plain, i < t.tones.size() ? t.tones[i] : tone::plain);
  return out;
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

void put(std::string_view text) {
  auto written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!written && errno != EPIPE)
    write_error = errno;
}

std::string unwritten() { return write_error == 0 ? std::string{} : std::strerror(write_error); }

void hold_standard_streams() {
  for (auto fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF)
      (void)::open("/dev/null", O_PATH); // takes the lowest number that is free; to read or to write it stays closed
}

void complain(std::string_view text) {
  std::string out;
  do { // our own line breaks part faults; those of strangers were made safe where they came in
    auto end = text.find('\n');
    out += "hyakki: " + printable(text.substr(0, end)) + "\n";
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  } while (!text.empty());
  std::fwrite(out.data(), 1, out.size(), stderr);
}

int fail(const error& e) {
  complain(e.text.empty() ? to_string(e) : e.text);
  return e == ec::bad_config ? exit_usage : exit_failed;
}

} // namespace hyakki::cli
