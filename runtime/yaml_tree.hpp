#pragma once
// A YAML document as a small tree that knows its lines. Bounded while it is read, before anything is built.
//
// Duplicate keys are faults. Aliases share nodes; who walks the tree counts what it visits.

#include "core/error.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

struct yaml_node {
  enum class kind : std::uint8_t { null, scalar, list, map };
  struct entry;

  kind what = kind::null;
  std::size_t line = 0; ///< from 1
  std::string text;     ///< scalar
  bool plain = false;   ///< scalar without quotes
  std::vector<std::shared_ptr<const yaml_node>> items;
  std::vector<entry> entries;
};

struct yaml_node::entry {
  std::string key;
  std::size_t line = 0;
  std::shared_ptr<const yaml_node> value;
};

struct yaml_fault {
  std::size_t line = 0;
  std::string text;
};

struct yaml_limits {
  std::size_t bytes = 1024 * 1024;
  std::size_t nodes = 20'000;
  std::size_t depth = 32;
};

/// The one document in `text`; an empty text is null. What is wrong is appended to `faults`; then the tree may be
/// null or incomplete.
std::shared_ptr<const yaml_node> read_yaml(std::string_view text, std::vector<yaml_fault>& faults,
                                           const yaml_limits& limits = {});

} // namespace hyakki
