#include "tickets/local_time.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace hyakki::tickets {
namespace {

/// Exactly `digits` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits)
    return std::nullopt;
  int n = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9')
      return std::nullopt;
    n = n * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return n;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c)
    return false;
  text.remove_prefix(1);
  return true;
}

/// The fraction of a second in ms; what is finer is dropped.
std::optional<int> take_fraction(std::string_view& text) {
  int ms = 0;
  int scale = 100;
  bool any = false;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    ms += (text.front() - '0') * scale;
    scale /= 10;
    any = true;
    text.remove_prefix(1);
  }
  return any ? std::optional<int>{ms} : std::nullopt;
}

/// How many days a month has.
int days_of(int year, int month) {
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  auto leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/// Seconds east of Greenwich.
std::optional<int> take_zone(std::string_view& text) {
  if (take(text, 'Z'))
    return 0;
  int sign = take(text, '-') ? -1 : take(text, '+') ? 1 : 0;
  auto hours = take_number(text, 2);
  if (sign == 0 || !hours || !take(text, ':'))
    return std::nullopt;
  auto minutes = take_number(text, 2);
  if (!minutes || *hours > 24 || *minutes > 59)
    return std::nullopt;
  return sign * (*hours * 3600 + *minutes * 60);
}

/// Seconds east of Greenwich here, at a time.
long offset_at(std::time_t at) {
  std::tm parts{};
  return ::localtime_r(&at, &parts) != nullptr ? parts.tm_gmtoff : -1;
}

/// Seconds since the epoch, of a time here. `mktime` looks at the zone's file each time that it is asked, which costs
/// as much as looking at a ticket. Days come again and again, and on most of them the clocks are not changed.
std::time_t seconds_here(std::tm parts) {
  struct day {
    int number = -1;
    bool even = false; ///< one offset holds from its first to its last moment, wherever that is in the world
    long offset = 0;
  };
  constexpr std::time_t hour = 3600;
  thread_local auto days = std::array<day, 1024>{};
  auto number = (parts.tm_year * 12 + parts.tm_mon) * 31 + parts.tm_mday - 1;
  auto& known = days[static_cast<unsigned>(number) % days.size()];
  if (known.number != number) {
    auto first = parts;
    first.tm_hour = first.tm_min = first.tm_sec = 0;
    auto begin = ::timegm(&first);
    auto before = offset_at(begin - 14 * hour);
    known = {number, before == offset_at(begin + 36 * hour), before};
  }
  return known.even ? ::timegm(&parts) - known.offset : std::mktime(&parts);
}

} // namespace

std::string local_time_text(wall_ms at) {
  auto seconds = static_cast<std::time_t>(at / 1000);
  auto ms = static_cast<int>(at % 1000);
  if (ms < 0) {
    ms += 1000;
    --seconds;
  }
  std::tm parts{};
  ::localtime_r(&seconds, &parts);
  auto text = std::array<char, 64>{};
  auto n = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  auto out = std::string{text.data(), n};
  if (ms != 0) {
    std::snprintf(text.data(), text.size(), ".%03d000", ms);
    out += text.data();
  }
  return out;
}

std::optional<wall_ms> read_local_time(std::string_view text) {
  std::tm parts{};
  auto year = take_number(text, 4);
  if (!year || !take(text, '-'))
    return std::nullopt;
  auto month = take_number(text, 2);
  if (!month || !take(text, '-'))
    return std::nullopt;
  auto day = take_number(text, 2);
  if (!day || *year < 1 || *month < 1 || *month > 12 || *day < 1 || *day > days_of(*year, *month))
    return std::nullopt;
  parts.tm_year = *year - 1900;
  parts.tm_mon = *month - 1;
  parts.tm_mday = *day;
  parts.tm_isdst = -1;
  int ms = 0;
  auto zone = std::optional<int>{};
  if (!text.empty()) {
    text.remove_prefix(1); // any one character separates date and time
    auto hour = take_number(text, 2);
    if (!hour || *hour > 23)
      return std::nullopt;
    parts.tm_hour = *hour;
    if (take(text, ':')) {
      auto minute = take_number(text, 2);
      if (!minute || *minute > 59)
        return std::nullopt;
      parts.tm_min = *minute;
    }
    if (take(text, ':')) {
      auto second = take_number(text, 2);
      if (!second || *second > 59)
        return std::nullopt;
      parts.tm_sec = *second;
    }
    if (take(text, '.')) {
      auto fraction = take_fraction(text);
      if (!fraction)
        return std::nullopt;
      ms = *fraction;
    }
    if (!text.empty()) {
      zone = take_zone(text);
      if (!zone || !text.empty())
        return std::nullopt;
    }
  }
  auto seconds = zone ? ::timegm(&parts) - *zone : seconds_here(parts);
  return static_cast<wall_ms>(seconds) * 1000 + ms;
}

} // namespace hyakki::tickets
