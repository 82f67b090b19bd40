#include "tickets/yaml_text.hpp"

#include "tickets/yaml_scalar.hpp"

namespace hyakki::tickets {
namespace {

using kind = value::kind;

std::string scalar_text(const value& v, scalar_place place) {
  switch (v.is) {
  case kind::null: return "null";
  case kind::text: return yaml_string(v.text, place);
  case kind::real:
    if (auto e = v.text.find('e'); e != std::string::npos && v.text.find('.') == std::string::npos)
      return v.text.substr(0, e) + ".0" + v.text.substr(e);
    return v.text;
  default: return v.text;
  }
}

void put_map(std::string& out, const value& map, std::size_t indent, bool first_indented);

/// What follows `key:` or `-`; `column` characters of the line are written, children stand at `indent`.
void put_value(std::string& out, const value& v, std::size_t column, std::size_t indent) {
  if (v.scalar()) {
    out += ' ' + scalar_text(v, {column, indent + 2}) + '\n';
  } else if (v.items.empty()) {
    out += v.is == kind::list ? " []\n" : " {}\n";
  } else if (v.is == kind::list) {
    out += '\n';
    for (auto& item : v.items) {
      out.append(indent, ' ');
      out += '-';
      if (item.is == kind::map && !item.items.empty()) {
        out += ' ';
        put_map(out, item, indent + 2, true);
      } else if (item.is == kind::list && !item.items.empty()) {
        // "- - x": the inner list begins on the line of the outer dash
        auto inner = std::string{};
        put_value(inner, item, 0, indent + 2);
        out += ' ' + inner.substr(1 + indent + 2);
      } else {
        put_value(out, item, indent + 1, indent);
      }
    }
  } else {
    out += '\n';
    put_map(out, v, indent + 2, false);
  }
}

void put_map(std::string& out, const value& map, std::size_t indent, bool first_indented) {
  for (std::size_t i = 0; i < map.keys.size(); ++i) {
    if (i > 0 || !first_indented)
      out.append(indent, ' ');
    auto key = yaml_string(map.keys[i], {indent, indent + 2, false});
    out += key + ':';
    put_value(out, map.items[i], indent + key.size() + 1, indent);
  }
}

} // namespace

std::string yaml_text(const value& map) {
  if (map.keys.empty())
    return "{}\n";
  auto out = std::string{};
  put_map(out, map, 0, false);
  return out;
}

std::string yaml_lines(std::string_view key, const value& what) {
  auto one = map_value();
  one.add(std::string{key}, what);
  return yaml_text(one);
}

value meaning(const yaml_node& node) {
  auto out = value{};
  switch (node.is) {
  case yaml_node::kind::null: return out;
  case yaml_node::kind::scalar: return node.plain ? plain_value(node.text) : text_value(node.text);
  case yaml_node::kind::sequence: out.is = kind::list; break;
  case yaml_node::kind::map:
    out.is = kind::map;
    out.keys = node.keys;
    break;
  }
  out.items.reserve(node.children.size());
  for (auto& child : node.children)
    out.items.push_back(meaning(child));
  return out;
}

} // namespace hyakki::tickets
