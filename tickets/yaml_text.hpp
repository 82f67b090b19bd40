#pragma once
// Values as the default dumper of PyYAML writes them: block style, lists not indented under their key, `[]` and
// `{}` for what is empty, strings folded at 80 columns. Pure.

#include "tickets/model/value.hpp"
#include "tickets/yaml_tree.hpp"

#include <string>

namespace hyakki::tickets {

/// A whole document; the value is a map.
std::string yaml_text(const value& map);
/// The lines of one key of the outermost map.
std::string yaml_lines(std::string_view key, const value& what);

/// What a document means. Plain scalars are given their kind by YAML 1.1, quoted ones are texts.
value meaning(const yaml_node& node);

} // namespace hyakki::tickets
