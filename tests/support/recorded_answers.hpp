#pragma once
// Answers of vendors, kept as they came, and given again broken: what a keeper makes of anything that a wire may bring.
//
// `recording_client` stands before the real door and keeps each answer by its address. `replaying_client` answers from
// what was kept, one answer of a call broken by a seed; it asks nobody, so that thousands of cases take seconds.

#include "adapters/http_client.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hyakki::test {

/// By what was asked; the first answer counts.
using recorded_answers = std::map<std::string, http_answer>;

inline std::string name_of(const http_request& r) {
  return std::string{to_string(r.method)} + " " + r.url + " " + r.body;
}

class recording_client final : public http_client {
public:
  recording_client(http_client& door, recorded_answers& into) : door_(door), into_(into) {}
  result<http_answer> call(const http_request& what) override {
    auto answer = door_.call(what);
    if (answer)
      into_.emplace(name_of(what), *answer);
    return answer;
  }
  http_quota quota_of(std::string_view url) const override { return door_.quota_of(url); }

private:
  http_client& door_;
  recorded_answers& into_;
};

/// Breaks texts, a little or a lot, always the same way for the same seed.
class breaker {
public:
  explicit breaker(std::uint32_t seed) : dice_(seed) {}

  std::size_t below(std::size_t n) { return n == 0 ? 0 : dice_() % n; }

  std::string broken(std::string text) {
    for (auto times = 1 + below(3); times > 0; --times)
      text = once(std::move(text));
    return text;
  }

private:
  std::string once(std::string text) {
    static const std::vector<std::string> odd{"null",
                                              "true",
                                              "-1",
                                              "0",
                                              "1e999",
                                              "18446744073709551616",
                                              "-9223372036854775809",
                                              "3.5",
                                              "\"\"",
                                              "[]",
                                              "{}",
                                              "[[[[[[[[",
                                              "{\"a\":",
                                              "\"\\u0000\"",
                                              "\"\\ud800\"",
                                              "\"\\u202e\\u001b[31m\"",
                                              "\xff\xfe",
                                              "\xed\xa0\x80",
                                              "\r\n",
                                              std::string(1, '\0'),
                                              "<html>",
                                              "\\",
                                              "\"",
                                              ",",
                                              "http://169.254.169.254/",
                                              "//x",
                                              "%00",
                                              "%0d%0a",
                                              "../..",
                                              "9999-99-99T99:99:99Z",
                                              "[//]: # (hyakki:x)",
                                              "{noformat}",
                                              "{panel}",
                                              "\xe2\x80\xae"};
    if (text.empty())
      return odd[below(odd.size())];
    auto at = below(text.size());
    auto length = std::min(text.size() - at, 1 + below(below(4) == 0 ? 400 : 12));
    switch (below(9)) {
    case 0: text[at] = static_cast<char>(dice_()); break;
    case 1: text.erase(at, length); break;
    case 2: text.insert(at, odd[below(odd.size())]); break;
    case 3: text.replace(at, length, odd[below(odd.size())]); break;
    case 4: text.resize(at); break;
    case 5: text.insert(at, text.substr(below(text.size()), length)); break;
    case 6: text.insert(at, 1 + below(3000), "[{\"a9 <"[below(7)]); break;
    default: return with_other_value(std::move(text), odd);
    }
    return text;
  }

  /// A value of a JSON text becomes another one: what is well formed and wrong.
  std::string with_other_value(std::string text, const std::vector<std::string>& odd) {
    auto colon = text.find(':', below(text.size()));
    if (colon == std::string::npos)
      return text;
    auto end = text.find_first_of(",}]", colon);
    auto value = odd[below(11)];
    text.replace(colon + 1, end == std::string::npos ? end : end - colon - 1, value);
    return text;
  }

  std::mt19937 dice_;
};

class replaying_client final : public http_client {
public:
  /// The N-th answer is broken; `most` calls are answered, then it is said that the wire is dead.
  replaying_client(const recorded_answers& from, std::size_t which, std::uint32_t seed, std::size_t most)
    : from_(from), which_(which), most_(most), breaker_(seed) {}

  result<http_answer> call(const http_request& what) override {
    if (++calls_ > most_)
      return {ec::unavailable, describe(what) + " was not made: too many calls"};
    auto found = from_.find(name_of(what));
    auto answer = found == from_.end() ? http_answer{} : found->second;
    if (found == from_.end())
      answer.status = 404, answer.body = "{}";
    if (calls_ == which_ + 1)
      spoil(answer);
    return answer;
  }
  http_quota quota_of(std::string_view) const override { return {}; }

  std::size_t calls() const { return calls_; }

private:
  void spoil(http_answer& answer) {
    static const int statuses[] = {200, 200, 200, 200, 200, 201, 204, 400, 401, 403, 404, 409, 422, 500, 555};
    if (breaker_.below(5) == 0)
      answer.status = statuses[breaker_.below(15)];
    if (!answer.headers.empty() && breaker_.below(3) == 0) {
      auto& value = answer.headers[breaker_.below(answer.headers.size())].value;
      value = breaker_.broken(value);
    } else {
      answer.body = breaker_.broken(answer.body);
    }
  }

  const recorded_answers& from_;
  std::size_t which_, most_, calls_ = 0;
  breaker breaker_;
};

/// What an error may be, whatever was read: one line for a person, bounded, without anything that moves a cursor.
inline bool tells_a_person(const error& e) {
  return e.text.size() > 10 && e.text.size() < 4000 && valid_utf8(e.text) &&
         std::none_of(e.text.begin(), e.text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

} // namespace hyakki::test
