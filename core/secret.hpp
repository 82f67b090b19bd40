#pragma once
// A token that cannot be printed by accident.
//
// A secret prints as ***. Its text is read by `reveal`, whose few callers can be found by grep: the git door
// and the HTTP door, which hand it to the other side and to nobody else.

#include <string>
#include <utility>

namespace hyakki {

class secret {
public:
  secret() = default;
  explicit secret(std::string text) : text_(std::move(text)) {}

  bool empty() const { return text_.empty(); }
  /// The text itself. Never log it, store it, or put it into argv, a URL or an agent's environment.
  const std::string& reveal() const { return text_; }

  friend bool operator==(const secret& a, const secret& b) { return a.text_ == b.text_; }

private:
  std::string text_;
};

inline std::string to_string(const secret& s) { return s.empty() ? "" : "***"; }

template <class Stream>
auto operator<<(Stream& out, const secret& s) -> decltype(out << "***") {
  return out << to_string(s);
}

} // namespace hyakki
