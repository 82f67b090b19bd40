#pragma once
// Values as bytes on disk, and what may be stored at all.
//
// Fields have numbered tags: a reader skips those it does not know, so a newer minor writer does not break an older
// reader. Decoding any bytes gives a value or `corrupt_record`, never more memory than a small multiple of the
// input. The layout is written down in docs/storage.md; a number that was once used is never used for another thing.

#include "core/error.hpp"
#include "core/event.hpp"
#include "core/record.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace hyakki::codec {

inline constexpr std::size_t max_id = 300;           ///< bytes of a story id; keys of LMDB end at 511
inline constexpr std::size_t max_subscriber = 255;   ///< bytes of a subscriber's name
inline constexpr std::size_t max_text = 4u << 20;    ///< bytes of any one string
inline constexpr std::size_t max_reason = 64u << 10; ///< bytes of an operator's reason
inline constexpr std::size_t max_list = 100'000;     ///< elements of any one list
inline constexpr std::size_t max_value = 64u << 20;  ///< bytes of one record or event
inline constexpr std::size_t max_events = 1'000;     ///< events of one change
inline constexpr std::size_t max_requests = 10'000;  ///< operator's requests that wait

/// `rejected`, with the field that is too large or unknown, when a keeper must not store the change.
result<void> storable(const change& c);
result<void> storable(const event& e);
result<void> storable(const operator_request& r);

// The refusals that every keeper words alike.
error version_conflict(std::string_view id, std::uint64_t offered, std::uint64_t stored);
std::string subscriber_rule(std::string_view name);
std::string requests_rule();

/// The long text of a story is kept apart from its record, which changes with every step.
enum class description : std::uint8_t { apart, inside };

/// Appends the record to `out`.
void encode(std::string& out, const story_record& r, description where = description::apart);
result<story_record> decode_record(std::string_view bytes);

/// What stands first in a record: all that an index or a condition needs.
struct record_head {
  index_entry entry;
  std::uint64_t version = 0;
};
result<record_head> decode_head(std::string_view record_bytes);
index_entry entry_of(const story_record& r);

/// Appends the entry without its id, which is the key, and without the time of its last change.
void encode(std::string& out, const index_entry& e);
result<index_entry> decode_entry(std::string_view id, std::string_view bytes);
/// Into a value whose strings are used again: a restart reads a million of these. After a failure it holds nothing
/// to rely on.
result<void> decode_entry(std::string_view id, std::string_view bytes, index_entry& into);

/// Appends the event without its seq, which is the key.
void encode(std::string& out, const event& e, std::string_view story);
result<event> decode_event(std::uint64_t seq, std::string_view bytes);

/// Appends the request without its seq, which is the key.
void encode(std::string& out, const operator_request& r);
result<operator_request> decode_request(std::uint64_t seq, std::string_view bytes);

} // namespace hyakki::codec

// Parts that records and events share.
namespace hyakki::wire {
class writer;
class reader;
void put(writer& w, const run& r);
bool get(std::string_view fields, run& r);
void put(writer& w, const pull_request& p);
bool get(std::string_view fields, pull_request& p);
bool known(ec code);
} // namespace hyakki::wire
