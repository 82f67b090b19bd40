#include "tickets/index_file.hpp"

#include "tickets/yaml_scalar.hpp"

namespace hyakki::tickets {
namespace {

void put(std::string& out, std::string_view key, const std::string& value) {
  out += "  " + std::string{key} + ": " + yaml_string(value, {key.size() + 3, 4}) + "\n";
}

/// The id on an entry's first line; nothing when the line is none.
std::optional<std::string_view> entry_key(std::string_view line) {
  if (line.size() < 2 || line.back() != ':')
    return std::nullopt;
  line.remove_suffix(1);
  if (line.size() > 2 && line.front() == '\'' && line.back() == '\'')
    line = line.substr(1, line.size() - 2);
  if (line.empty() || line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string_view::npos)
    return std::nullopt;
  return line;
}

} // namespace

std::string index_entry(std::string_view id, const ticket_file& ticket) {
  auto out = yaml_string(id, {0, 2, false}) + ":\n";
  put(out, "created_at", ticket.text("created_at"));
  auto labels = ticket.list("labels");
  out += labels.empty() ? "  labels: []\n" : "  labels:\n";
  for (auto& label : labels)
    out += "  - " + yaml_string(label, {3, 4}) + "\n";
  put(out, "priority", ticket.text("priority"));
  put(out, "status", ticket.text("status"));
  put(out, "title", ticket.text("title"));
  put(out, "updated_at", ticket.text("updated_at"));
  return out;
}

std::optional<std::string> with_entry(std::string_view index, std::string_view id, std::string_view entry) {
  if (index == "{}\n" || index == "{}")
    index = {};
  if (!index.empty() && index.back() != '\n')
    return std::nullopt;
  auto begin = index.size();
  auto end = index.size();
  bool placed = false;
  bool inside = false;
  for (std::size_t at = 0; at < index.size();) {
    auto stop = index.find('\n', at);
    auto line = index.substr(at, stop - at);
    if (line.empty() || line.front() == ' ') {
      if (at == 0)
        return std::nullopt;
    } else {
      auto key = entry_key(line);
      if (!key)
        return std::nullopt;
      if (inside) {
        end = at;
        inside = false;
      }
      if (!placed && *key >= id) {
        begin = at;
        end = at;
        inside = *key == id;
        placed = true;
      }
    }
    at = stop + 1;
  }
  if (inside)
    end = index.size();
  auto out = std::string{};
  out.reserve(index.size() + entry.size());
  out += index.substr(0, begin);
  out += entry;
  out += index.substr(end);
  return out.empty() ? "{}\n" : out;
}

} // namespace hyakki::tickets
