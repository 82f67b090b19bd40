#include "tickets/record_text.hpp"

#include "tickets/json_text.hpp"
#include "tickets/text.hpp"
#include "tickets/yaml_text.hpp"

#include <vector>

namespace hyakki::tickets {
namespace {

/// Where each line begins, and the end.
std::vector<std::size_t> line_starts(std::string_view bytes) {
  auto out = std::vector<std::size_t>{0};
  for (auto at = bytes.find('\n'); at != std::string_view::npos; at = bytes.find('\n', at + 1))
    out.push_back(at + 1);
  if (out.back() != bytes.size())
    out.push_back(bytes.size());
  return out;
}

/// The text with the blocks of changed keys replaced; empty when the keys do not begin their lines.
std::string spliced(const std::string& old, const yaml_node& root, const value& before, const value& after) {
  if (!root.block || old.empty() || old.back() != '\n')
    return {};
  auto starts = line_starts(old);
  auto out = std::string{};
  std::size_t copied = 0;
  for (std::size_t i = 0; i < root.keys.size(); ++i) {
    if (root.key_columns[i] != 0 || (i > 0 && root.key_lines[i] <= root.key_lines[i - 1]))
      return {};
    auto* was = before.find(root.keys[i]);
    auto* is = after.find(root.keys[i]);
    if (!is || (was && *was == *is))
      continue;
    auto last = i + 1 < root.keys.size() ? root.key_lines[i + 1] : starts.size() - 1;
    auto line = [&](std::size_t n) { return std::string_view{old}.substr(starts[n], starts[n + 1] - starts[n]); };
    while (last > root.key_lines[i] + 1 && (stripped(line(last - 1)).empty() || line(last - 1).front() == '#'))
      --last; // remarks and blank lines before the next key belong to it
    out += std::string_view{old}.substr(copied, starts[root.key_lines[i]] - copied);
    out += yaml_lines(root.keys[i], *is);
    copied = starts[last];
  }
  out += std::string_view{old}.substr(copied);
  for (std::size_t i = 0; i < after.keys.size(); ++i)
    if (auto* was = before.find(after.keys[i]); !root.find(after.keys[i]) && (!was || *was != after.items[i]))
      out += yaml_lines(after.keys[i], after.items[i]);
  return out;
}

template <class T>
result<T> from_yaml(const yaml_node& root) {
  return kind_of<T>::row().read(meaning(root));
}

} // namespace

template <class T>
result<T> record_of(const std::string& bytes, const std::string& name) {
  auto failed = [&](const error& e) { return error{e.code, "tickets: " + name + ": " + e.text}; };
  auto& row = kind_of<T>::row();
  if (row.as == format::json) {
    auto root = read_json(bytes);
    if (!root)
      return failed(root.error());
    auto out = row.read(*root);
    return out ? std::move(out) : result<T>{failed(out.error())};
  }
  auto root = read_yaml(bytes);
  if (!root)
    return failed(root.error());
  // Files are written as a whole; without its end a ticket would be read with half of its records gone.
  if (!bytes.empty() && bytes.back() != '\n' && root->block)
    return failed({ec::rejected, "the file ends inside a line: it looks cut short"});
  auto out = from_yaml<T>(*root);
  return out ? std::move(out) : result<T>{failed(out.error())};
}

template <class T>
std::string bytes_of(const T& what) {
  auto& row = kind_of<T>::row();
  return row.as == format::json ? json_text(row.write(what)) : yaml_text(row.write(what));
}

template <class T>
std::string changed_bytes(const std::string& old, const T& what) {
  auto& row = kind_of<T>::row();
  if (row.as == format::json)
    return bytes_of(what);
  auto root = read_yaml(old);
  auto was = root ? from_yaml<T>(*root) : result<T>{root.error()};
  if (!was)
    return bytes_of(what);
  auto before = row.write(*was);
  auto after = row.write(what);
  if (before == after)
    return old;
  auto text = spliced(old, *root, before, after);
  auto again = text.empty() ? result<yaml_node>{ec::rejected, {}} : read_yaml(text);
  auto is = again ? from_yaml<T>(*again) : result<T>{again.error()};
  return is && row.write(*is) == after ? text : yaml_text(after);
}

#define HYAKKI_KIND(T)                                                                                                 \
  template result<T> record_of<T>(const std::string&, const std::string&);                                             \
  template std::string bytes_of<T>(const T&);                                                                          \
  template std::string changed_bytes<T>(const std::string&, const T&);
HYAKKI_KIND(ticket)
HYAKKI_KIND(epic)
HYAKKI_KIND(backlog_item)
HYAKKI_KIND(agent)
HYAKKI_KIND(agent_task)
HYAKKI_KIND(workflow)
#undef HYAKKI_KIND

} // namespace hyakki::tickets
