#include "adapters/http/time_text.hpp"

#include <algorithm>
#include <ctime>

namespace hyakki {
namespace {

/// Digits from the front of a text, of which one that is wrong spoils all that was read.
class reader {
public:
  explicit reader(std::string_view text) : left_(text) {}
  std::int64_t number(std::size_t size) {
    good_ = good_ && left_.size() >= size;
    auto out = std::int64_t{0};
    for (std::size_t i = 0; good_ && i < size; ++i) {
      good_ = left_[i] >= '0' && left_[i] <= '9';
      out = out * 10 + (left_[i] - '0');
    }
    left_.remove_prefix(std::min(size, left_.size()));
    return out;
  }
  void sign(char wanted) { good_ = accept(wanted) && good_; }
  bool accept(char wanted) {
    auto there = !left_.empty() && left_.front() == wanted;
    left_.remove_prefix(there ? 1 : 0);
    return there;
  }
  bool digit() const { return !left_.empty() && left_.front() >= '0' && left_.front() <= '9'; }
  bool good_to_its_end() const { return good_ && left_.empty(); }

private:
  std::string_view left_;
  bool good_ = true;
};

/// Since the epoch; years begin in March, so that the day that some of them lack is their last.
std::int64_t days(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  month += month <= 2 ? 9 : -3;
  auto era = year / 400, of_era = year - era * 400;
  return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + (153 * month + 2) / 5 + day - 1 - 719468;
}

} // namespace

std::int64_t read_time(std::string_view text) {
  auto in = reader{text.substr(0, 64)};
  auto year = in.number(4);
  in.sign('-');
  auto month = in.number(2);
  in.sign('-');
  auto day = in.number(2);
  in.sign('T');
  auto hour = in.number(2);
  in.sign(':');
  auto minute = in.number(2);
  in.sign(':');
  auto second = in.number(2);
  auto ms = std::int64_t{0};
  if (in.accept('.'))
    for (auto worth = std::int64_t{100}; in.digit(); worth /= 10)
      ms += in.number(1) * worth;
  auto zone = std::int64_t{0};
  if (!in.accept('Z')) {
    auto west = in.accept('-');
    if (!west)
      in.sign('+');
    zone = in.number(2) * 60;
    in.accept(':');
    zone += in.number(2);
    zone = west ? -zone : zone;
  }
  if (!in.good_to_its_end() || year < 1970 || month < 1 || month > 12 || day < 1 || day > 31 || hour > 23 ||
      minute > 59 || second > 60)
    return 0;
  return std::max<std::int64_t>(0, ((days(year, month, day) * 24 + hour) * 60 + minute - zone) * 60'000 +
                                     second * 1000 + ms);
}

std::string second_of(std::int64_t at_ms) {
  std::time_t seconds = at_ms / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  auto n = std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &parts);
  return {text, n};
}

std::string day_of(std::int64_t at_ms) {
  constexpr auto day = std::int64_t{86'400'000};
  if (at_ms < days(1, 1, 1) * day || at_ms >= days(10'000, 1, 1) * day)
    return {};
  std::time_t seconds = (at_ms - (at_ms % day + day) % day) / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  auto digits = [](int number, std::size_t size) {
    auto out = std::to_string(number);
    return std::string(size - std::min(size, out.size()), '0') + out;
  };
  return digits(parts.tm_year + 1900, 4) + "-" + digits(parts.tm_mon + 1, 2) + "-" + digits(parts.tm_mday, 2);
}

} // namespace hyakki
