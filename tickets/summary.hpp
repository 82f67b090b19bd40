#pragma once
// What lists and searches need of a ticket, in one run of bytes: fields with their places in front, and the text to
// search in, case folded. A view costs nothing to make; the bytes belong to whoever made or stores them.

#include "core/error.hpp"
#include "tickets/model/ticket.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

/// The fields, in their order in the bytes.
enum class summary_field : std::uint8_t {
  id,
  title,
  status,
  priority,
  assignee, ///< empty = nobody
  reporter,
  epic_id,
  story_points, ///< as text; empty = none
  created_at,
  updated_at,
  labels,     ///< joined by line breaks
  blocked_by, ///< the same
  parent,
  assigned_agent,
  blocks,       ///< joined by line breaks
  children,     ///< the same
  requirements, ///< empty = neither requirements nor stories, results or scenarios
  fault,        ///< why the file cannot be read; then the other fields but the id are empty
  digest,       ///< of all that the file holds, in bytes that nobody reads
};
inline constexpr std::size_t summary_fields = 19;

class summary {
public:
  summary() = default;
  explicit summary(const char* bytes) : bytes_(bytes) {}

  std::string_view operator[](summary_field f) const {
    auto n = static_cast<std::size_t>(f);
    auto begin = n == 0 ? 0 : end_of(n - 1);
    return {bytes_ + summary_fields * sizeof(std::uint32_t) + begin, end_of(n) - begin};
  }
  /// Whether it shows anything at all.
  bool present() const { return bytes_ != nullptr; }
  std::string_view id() const { return (*this)[summary_field::id]; }
  std::string_view title() const { return (*this)[summary_field::title]; }
  std::string_view status() const { return (*this)[summary_field::status]; }
  std::string_view priority() const { return (*this)[summary_field::priority]; }
  std::string_view assignee() const { return (*this)[summary_field::assignee]; }
  std::string_view created_at() const { return (*this)[summary_field::created_at]; }
  std::string_view updated_at() const { return (*this)[summary_field::updated_at]; }
  std::vector<std::string_view> labels() const { return split((*this)[summary_field::labels]); }
  std::vector<std::string_view> blocked_by() const { return split((*this)[summary_field::blocked_by]); }
  /// All of it, as it is kept: good as long as the view.
  std::string_view bytes() const {
    return {bytes_, summary_fields * sizeof(std::uint32_t) + end_of(summary_fields - 1)};
  }
  bool readable() const { return (*this)[summary_field::fault].empty(); }

  static std::vector<std::string_view> split(std::string_view joined);
  /// Whether bytes from elsewhere are a summary: places in order and inside.
  static bool valid(std::string_view bytes);

private:
  std::size_t end_of(std::size_t field) const {
    std::uint32_t out = 0;
    std::memcpy(&out, bytes_ + field * sizeof out, sizeof out);
    return out;
  }
  const char* bytes_ = nullptr;
};

struct summary_bytes {
  std::string_view fields; ///< for `summary`
  std::string_view text;   ///< title, description and comments, case folded, separated by NUL
  bool of_file = true;     ///< false: the system did not give the file away, which says nothing about it and may pass
};

/// A ticket with nothing but what a summary tells, for figures that need no more.
ticket brief(const summary& t);

struct skimmed;

/// Makes summaries, one after the other. What it made is good as long as it lives. For one thread.
class summariser {
public:
  summariser();
  ~summariser();
  summariser(const summariser&) = delete;
  summariser& operator=(const summariser&) = delete;

  /// Of a ticket's file. A file in the usual form is only looked at where these fields are; any other is read in full.
  /// Never fails: what cannot be read becomes a fault. `name` ("open/FIX-1.yaml") leads its text.
  summary_bytes of(std::string_view id, const std::string& bytes, const std::string& name);
  /// Of a file that cannot be read.
  summary_bytes of_unreadable(std::string_view id, const error& why);

private:
  summary_bytes made(std::string_view id);
  std::string_view keep(std::string_view bytes);

  std::unique_ptr<skimmed> found_; // both are used again for each
  std::string room_;
  std::pmr::monotonic_buffer_resource kept_;
};

} // namespace hyakki::tickets
