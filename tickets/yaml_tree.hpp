#pragma once
// A YAML document from strangers, read within bounds.
//
// No aliases, no foreign tags, no key twice, UTF-8 only. In the form that repo-tickets writes at most 1 MiB and
// 100,000 nodes; in any other form at most 256 KiB, 20,000 nodes and 64 levels (general YAML is slow to read). Every
// value keeps its text as it stands, whatever a YAML reader would take it for: `1234e567` is a word here.

#include "core/error.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

inline constexpr std::size_t most_file_bytes = 1u << 20;
inline constexpr std::size_t most_foreign_bytes = 256u << 10;

struct yaml_node {
  enum class kind : std::uint8_t { null, scalar, sequence, map };

  kind is = kind::null;
  bool block = false;                   ///< sequence or map: one entry a line, not in brackets
  bool plain = false;                   ///< scalar: written without quotes
  std::size_t line = 0;                 ///< from 0, where the value begins
  std::size_t column = 0;               ///< from 0
  std::string text;                     ///< scalar
  std::vector<std::string> keys;        ///< map
  std::vector<std::size_t> key_lines;   ///< map, from 0
  std::vector<std::size_t> key_columns; ///< map, from 0
  std::vector<yaml_node> children;      ///< map: values in the order of `keys`

  /// The value of that key; null pointer when there is none.
  const yaml_node* find(std::string_view key) const;
};

/// Equal but for where things stand and how they are written.
bool same_content(const yaml_node& a, const yaml_node& b);

/// Reads one document. The error is `rejected` and says the line.
result<yaml_node> read_yaml(const std::string& bytes);

/// The same by the general reader alone; `read_yaml` asks it for what the quick one leaves.
result<yaml_node> read_any_yaml(const std::string& bytes);

} // namespace hyakki::tickets
