#pragma once
// The keys of a configuration, as one table: the file reader, `validate` and the reference page go by it.
//
// A key has a place in `config` (slot_of), a kind, a range or a list of words, and a sentence. What a default is
// stands in config.hpp alone; the reference page reads it from there.

#include "core/config.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace hyakki {

enum class value_kind : std::uint8_t { text, path, secret, integer, number, boolean, list, map, words, branch };

struct config_key {
  std::string_view path; ///< dotted, as in the file
  value_kind kind = value_kind::text;
  double least = 0; ///< integer, number
  double most = 0;
  std::vector<std::string_view> words; ///< words: one of these
  std::string_view meaning;
};

/// All keys but those of the lists, in the order of the page.
const std::vector<config_key>& config_keys();
/// The keys of one element of the list `checks`.
const std::vector<config_key>& check_keys();
/// The keys of one element of the list `notifications`.
const std::vector<config_key>& notification_keys();

const config_key* key_named(std::string_view path);

/// Where a key's value lives.
using config_slot = std::variant<std::monostate, std::string*, secret*, std::int64_t*, std::uint32_t*, std::uint64_t*,
                                 double*, bool*, std::vector<std::string>*, std::map<std::string, std::string>*>;
config_slot slot_of(config& c, std::string_view path);

/// The value of a number key; 0 for others.
double number_in(const config_slot& slot);

/// A default as the reference page shows it.
std::string shown_default(std::string_view path);

/// "an integer from 1 to 20".
std::string allowed_text(const config_key& key);

/// The table of all keys as Markdown, as it stands in docs/configuration.md.
std::string configuration_reference();

} // namespace hyakki
