#pragma once
// The one vocabulary of failure.
//
// An error is a code that some caller reacts to, and a text that a person can act on. Codes come in four
// bands, and the life of a story sees only the band. Free of CAF: the actors translate at their own door.

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

namespace hyakki {

/// What went wrong, as far as some caller reacts to it. The rest is text.
enum class ec : std::uint8_t {
  // outcome: not a failure of anybody
  no_changes = 1, // the agent changed nothing
  not_found,      // what was asked for does not exist
  cancelled,      // someone asked for it to stop
  withdrawn,      // its tracker does not want the story any more
  // try again: the same call may succeed later
  unavailable = 32, // the other side cannot answer now, or a resource is short
  timed_out,        // no answer within the deadline
  rate_limited,     // told to come back later; see error::retry_at_ms
  conflict,         // somebody else was faster: read again, then decide again
  // a person must act
  bad_config = 64, // the configuration, a tool or a token is wrong
  rejected,        // the other side, or a safety rule of ours, says no
  over_budget,     // a limit of money, time, size or attempts is used up
  agent_failed,    // the coding agent says that it could not do the work
  // our defect
  invalid_transition = 96, // a move that the table does not know
  corrupt_record,          // bytes on disk that we cannot have written
};

/// The only thing that the life of a story asks of an error.
enum class band : std::uint8_t { outcome, try_again, person, defect };

constexpr band band_of(ec code) {
  auto n = static_cast<unsigned>(code);
  return n < 32 ? band::outcome : n < 64 ? band::try_again : n < 96 ? band::person : band::defect;
}

std::string_view to_string(ec code);
std::string_view to_string(band b);

/// A failure as a value. Copyable, comparable by code, safe to send.
struct error {
  ec code = ec::unavailable;
  std::string text;             ///< for a person: which service, which call, what it answered, what happens next
  std::int64_t retry_at_ms = 0; ///< rate_limited: wall clock, milliseconds since the epoch; 0 = unknown

  friend bool operator==(const error& a, ec b) { return a.code == b; }
  friend bool operator!=(const error& a, ec b) { return a.code != b; }
};

std::string to_string(const error& e);

/// The same failure with a sentence in front that says what was being done.
error with_context(error e, std::string_view what);

/// A value or an error. Holds exactly one of the two; reading the wrong one is a programming error (throws).
template <class T>
class [[nodiscard]] result {
public:
  using value_type = T;
  result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(hyakki::error e) : held_(std::in_place_index<1>, std::move(e)) {}
  result(ec code, std::string text) : held_(std::in_place_index<1>, hyakki::error{code, std::move(text)}) {}

  bool ok() const { return held_.index() == 0; }
  explicit operator bool() const { return ok(); }
  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }
  const hyakki::error& error() const& { return std::get<1>(held_); }
  hyakki::error&& error() && { return std::get<1>(std::move(held_)); }

private:
  std::variant<T, hyakki::error> held_;
};

template <>
class [[nodiscard]] result<void> {
public:
  using value_type = void;
  result() = default;
  result(hyakki::error e) : error_(std::move(e)), ok_(false) {}
  result(ec code, std::string text) : error_{code, std::move(text)}, ok_(false) {}

  bool ok() const { return ok_; }
  explicit operator bool() const { return ok_; }
  const hyakki::error& error() const { return error_; }

private:
  hyakki::error error_;
  bool ok_ = true;
};

} // namespace hyakki
