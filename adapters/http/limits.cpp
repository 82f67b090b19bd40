#include "adapters/http/limits.hpp"

#include <algorithm>
#include <array>

namespace hyakki {

namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t day = 86'400 * second;

std::optional<std::int64_t> whole_number(std::optional<std::string_view> text) {
  if (!text)
    return std::nullopt;
  while (!text->empty() && text->front() == ' ')
    text->remove_prefix(1);
  while (!text->empty() && text->back() == ' ')
    text->remove_suffix(1);
  if (text->empty() || text->size() > 15)
    return std::nullopt;
  std::int64_t n = 0;
  for (char c : *text) {
    if (c < '0' || c > '9')
      return std::nullopt;
    n = n * 10 + (c - '0');
  }
  return n;
}

/// Reads numbers, words and punctuation off the front of a text.
class scanner {
public:
  explicit scanner(std::string_view t) : rest_(t) {}
  void blanks() {
    while (!rest_.empty() && rest_[0] == ' ')
      rest_.remove_prefix(1);
  }
  bool mark(char c) {
    if (rest_.empty() || rest_[0] != c)
      return false;
    rest_.remove_prefix(1);
    return true;
  }
  int number(std::size_t least, std::size_t most) {
    int n = 0;
    std::size_t seen = 0;
    while (seen < most && !rest_.empty() && rest_[0] >= '0' && rest_[0] <= '9') {
      n = n * 10 + (rest_[0] - '0');
      rest_.remove_prefix(1);
      ++seen;
    }
    good_ = good_ && seen >= least;
    return n;
  }
  int month() {
    static constexpr std::array<std::string_view, 12> names{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    for (std::size_t i = 0; i < names.size(); ++i)
      if (rest_.substr(0, 3) == names[i]) {
        rest_.remove_prefix(3);
        return static_cast<int>(i) + 1;
      }
    good_ = false;
    return 1;
  }
  void word() {
    while (!rest_.empty() && ((rest_[0] | 32) >= 'a' && (rest_[0] | 32) <= 'z'))
      rest_.remove_prefix(1);
  }
  void time(int& h, int& m, int& s) {
    h = number(2, 2);
    good_ = mark(':') && good_;
    m = number(2, 2);
    s = mark(':') ? number(2, 2) : 0;
  }
  std::string_view rest() const { return rest_; }
  bool good() const { return good_; }
  void need(bool b) { good_ = good_ && b; }

private:
  std::string_view rest_;
  bool good_ = true;
};

/// Days since the epoch of a date of the Gregorian calendar.
std::int64_t days_of(int y, int m, int d) {
  y -= m <= 2;
  auto era = y / 400;
  auto of_era = y - era * 400;
  auto of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
  return era * 146097LL + of_era * 365LL + of_era / 4 - of_era / 100 + of_year - 719468;
}

bool holds(std::string_view text, std::string_view part) {
  auto found = std::search(text.begin(), text.end(), part.begin(), part.end(),
                           [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; });
  return found != text.end();
}

} // namespace

std::optional<std::int64_t> parse_http_date(std::string_view text) {
  scanner in{text};
  int y = 0, mo = 0, d = 0, h = 0, mi = 0, s = 0;
  in.blanks();
  if (!in.rest().empty() && in.rest()[0] >= '0' && in.rest()[0] <= '9') {
    // 2026-11-21T08:15Z, with or without seconds and their fraction
    y = in.number(4, 4);
    in.need(in.mark('-'));
    mo = in.number(2, 2);
    in.need(in.mark('-'));
    d = in.number(2, 2);
    in.need(in.mark('T') || in.mark(' '));
    in.time(h, mi, s);
    if (in.mark('.'))
      in.number(1, 9);
    in.need(in.rest() == "Z" || in.rest() == "+00:00");
  } else {
    in.word();
    if (in.mark(',')) {
      in.blanks();
      d = in.number(1, 2);
      bool old = in.mark('-'); // Sunday, 06-Nov-94 08:49:37 GMT
      in.blanks();
      mo = in.month();
      if (old)
        in.need(in.mark('-'));
      in.blanks();
      y = old ? in.number(2, 4) : in.number(4, 4);
      if (y < 100)
        y += y < 70 ? 2000 : 1900;
      in.blanks();
      in.time(h, mi, s);
      in.blanks();
      in.need(in.rest() == "GMT" || in.rest() == "UTC");
    } else { // Sun Nov  6 08:49:37 1994
      in.blanks();
      mo = in.month();
      in.blanks();
      d = in.number(1, 2);
      in.blanks();
      in.time(h, mi, s);
      in.blanks();
      y = in.number(4, 4);
      in.need(in.rest().empty());
    }
  }
  if (!in.good() || mo < 1 || mo > 12 || d < 1 || d > 31 || h > 23 || mi > 59 || s > 60 || y < 1970)
    return std::nullopt;
  return ((days_of(y, mo, d) * 24 + h) * 60 + mi) * 60 + s;
}

limit_words read_limits(const http_answer& answer, wall_ms now) {
  limit_words words;
  // Times of the host's are taken by the host's own clock, where it shows it.
  auto dated = answer.header("Date") ? parse_http_date(*answer.header("Date")) : std::nullopt;
  auto theirs = dated ? *dated * second : now;
  auto until = [&](std::int64_t at_s) { return std::max<std::int64_t>(0, at_s * second - theirs); };

  if (auto text = answer.header("Retry-After")) {
    if (auto n = whole_number(text))
      words.wait_ms = std::min(*n * second, day);
    else if (auto at = parse_http_date(*text))
      words.wait_ms = std::min(until(*at), day);
  }
  auto& q = words.quota;
  q.limit = whole_number(answer.header("X-RateLimit-Limit"));
  q.remaining = whole_number(answer.header("X-RateLimit-Remaining"));
  std::optional<std::int64_t> reset_in;
  if (auto text = answer.header("X-RateLimit-Reset")) {
    auto n = whole_number(text);
    if (n && *n > 100'000'000) // a time; anything less is a distance
      reset_in = until(*n);
    else if (n)
      reset_in = *n * second;
    else if (auto at = parse_http_date(*text))
      reset_in = until(*at);
  } else if (auto every = whole_number(answer.header("X-RateLimit-Interval-Seconds"))) {
    reset_in = *every * second;
  }
  if (reset_in) {
    reset_in = std::min(*reset_in, day);
    q.resets_at_ms = now + *reset_in;
  }

  bool used_up = q.remaining && *q.remaining == 0;
  words.limited = answer.status == 429 || (answer.status == 503 && words.wait_ms) ||
                  (answer.status == 403 && (words.wait_ms || used_up || holds(answer.body, "secondary rate limit")));
  if (words.limited && !words.wait_ms) {
    if (reset_in && (used_up || !q.remaining))
      words.wait_ms = std::max(*reset_in, second);
    else if (answer.status == 403)
      words.wait_ms = 60 * second; // what GitHub asks for where it names no time
  }
  // Nothing is left: the next request would only be turned away. Services count some resources apart; those do not
  // close the host.
  auto resource = answer.header("X-RateLimit-Resource");
  if (!words.limited && used_up && reset_in && (!resource || *resource == "core") && !words.wait_ms)
    words.wait_ms = *reset_in;
  // Nor do they say how much the host takes of everything else: GitHub's search has thirty calls a minute of its own.
  if (resource && *resource != "core" && *resource != "graphql")
    q = {};
  return words;
}

host_gate::verdict host_gate::may_send(std::int64_t now, std::int64_t spacing_ms) const {
  verdict v;
  if (closed_until_ > now) {
    v.wait_ms = closed_until_ - now;
    v.said_by_host = true;
  }
  if (failing_ && next_try_ > now && next_try_ - now > v.wait_ms) {
    v.wait_ms = next_try_ - now;
    v.said_by_host = false;
  }
  if (spacing_ms > 0) {
    if (spaced_under_way_ > 0)
      v.until_answered = true;
    else if (has_spaced_ && spaced_at_ + spacing_ms > now)
      v.wait_ms = std::max(v.wait_ms, spaced_at_ + spacing_ms - now);
  }
  return v;
}

void host_gate::sent(std::int64_t now, std::int64_t spacing_ms) {
  if (failing_)
    next_try_ = now + second;
  if (spacing_ms > 0)
    ++spaced_under_way_;
}

void host_gate::answered(std::int64_t now, std::int64_t spacing_ms) {
  if (spacing_ms <= 0)
    return;
  if (spaced_under_way_ > 0)
    --spaced_under_way_;
  spaced_at_ = now;
  has_spaced_ = true;
}

void host_gate::failed(std::int64_t now) {
  failing_ = true;
  failures_ = std::min(failures_ + 1, 30u);
  next_try_ = std::max(next_try_, now + second);
}

void host_gate::not_before(std::int64_t now, std::int64_t wait_ms) {
  closed_until_ = std::max(closed_until_, now + std::clamp<std::int64_t>(wait_ms, 0, day));
}

std::int64_t http_backoff_ms(const http_retry& limits, std::uint32_t attempt, std::uint64_t random) {
  auto wait = std::max<std::int64_t>(1, limits.base.count());
  auto cap = std::max<std::int64_t>(1, limits.cap.count());
  for (std::uint32_t i = 1; i < attempt && wait < cap; ++i)
    wait *= 2;
  wait = std::min(wait, cap);
  auto half = static_cast<std::uint64_t>(wait / 2 + 1);
  return std::max<std::int64_t>(1, wait - static_cast<std::int64_t>(random % half));
}

} // namespace hyakki
