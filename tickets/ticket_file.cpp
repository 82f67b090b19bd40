#include "tickets/ticket_file.hpp"

#include "tickets/text.hpp"
#include "tickets/yaml_scalar.hpp"
#include "tickets/yaml_text.hpp"

#include <algorithm>
#include <unordered_set>

namespace hyakki::tickets {
namespace {

using kind = yaml_node::kind;

std::string key_line(std::string_view key, std::string_view value) {
  return std::string{key} + ": " + yaml_string(value, {key.size() + 1, 2}) + "\n";
}

std::string item_line(std::size_t column, std::string_view word) {
  return std::string(column, ' ') + "- " + yaml_string(word, {column + 1, column + 2}) + "\n";
}

std::string comment_lines(std::size_t column, const ticket_comment& c) {
  auto out = std::string{};
  auto put = [&, first = true](std::string_view key, const std::string& value) mutable {
    out += std::string(column, ' ') + (first ? "- " : "  ");
    out += std::string{key} + ": " + yaml_string(value, {column + 3 + key.size(), column + 4}) + "\n";
    first = false;
  };
  put("id", c.id);
  put("author", c.author);
  put("email", c.email);
  put("content", c.content);
  put("created_at", c.created_at);
  return out;
}

yaml_node scalar(std::string_view text) {
  auto n = yaml_node{};
  n.is = kind::scalar;
  n.text = text;
  return n;
}

yaml_node comment_node(const ticket_comment& c) {
  auto n = yaml_node{};
  n.is = kind::map;
  n.keys = {"id", "author", "email", "content", "created_at"};
  n.children = {scalar(c.id), scalar(c.author), scalar(c.email), scalar(c.content), scalar(c.created_at)};
  return n;
}

/// The value of a key in a copy of the tree, made when it is not there.
yaml_node& value_of(yaml_node& root, std::string_view key) {
  for (std::size_t i = 0; i < root.keys.size(); ++i)
    if (root.keys[i] == key)
      return root.children[i];
  root.keys.emplace_back(key);
  root.children.emplace_back();
  return root.children.back();
}

void make_sequence(yaml_node& n) {
  n.is = kind::sequence;
  n.text.clear();
}

bool is_word(const yaml_node& n, std::string_view word) { return n.is == kind::scalar && stripped(n.text) == word; }

} // namespace

result<ticket_file> ticket_file::read(std::string bytes, std::string name) {
  auto root = read_yaml(bytes);
  if (!root)
    return error{root.error().code, "tickets: " + name + ", " + root.error().text};
  auto file = ticket_file{std::move(bytes), std::move(name), std::move(*root)};
  if (file.root_.is != kind::map)
    return file.refused("a ticket is a map of keys and values", file.root_.line);
  for (auto key : {"id", "title"}) {
    auto* n = file.root_.find(key);
    if (!n)
      return file.refused(std::string{"the key '"} + key + "' is missing", 0);
    if (n->is != kind::scalar || stripped(n->text).empty())
      return file.refused(std::string{"'"} + key + "' must be a text that is not blank", n->line);
  }
  if (!file.root_.find("labels") && file.bytes_.back() != '\n')
    return file.refused("the file ends inside a line and has no 'labels': it looks cut short",
                        static_cast<std::size_t>(std::count(file.bytes_.begin(), file.bytes_.end(), '\n')));
  for (auto key : {"description", "status", "priority", "created_at", "updated_at"})
    if (auto* n = file.root_.find(key); n && n->is != kind::scalar && n->is != kind::null)
      return file.refused(std::string{"'"} + key + "' must be a text", n->line);
  for (auto key : {"labels", "blocked_by", "comments"}) {
    auto* n = file.root_.find(key);
    if (!n || n->is == kind::null)
      continue;
    if (n->is != kind::sequence)
      return file.refused(std::string{"'"} + key + "' must be a list", n->line);
    bool records = std::string_view{key} == "comments";
    for (auto& child : n->children)
      if (records ? child.is != kind::map : child.is != kind::scalar && child.is != kind::null)
        return file.refused(std::string{"'"} + key + "' must be a list of " + (records ? "records" : "words"),
                            child.line);
  }
  return file;
}

std::string ticket_file::text(std::string_view key) const {
  auto* n = root_.find(key);
  return n && n->is == kind::scalar ? n->text : std::string{};
}

std::vector<std::string> ticket_file::list(std::string_view key) const {
  auto out = std::vector<std::string>{};
  auto seen = std::unordered_set<std::string_view>{}; // a stranger's file may have tens of thousands
  if (auto* n = root_.find(key); n && n->is == kind::sequence)
    for (auto& child : n->children)
      if (auto word = stripped(child.text); !word.empty() && seen.insert(word).second)
        out.emplace_back(word);
  return out;
}

std::vector<ticket_comment> ticket_file::comments() const {
  auto out = std::vector<ticket_comment>{};
  if (auto* n = root_.find("comments"))
    for (auto& child : n->children) {
      auto get = [&](std::string_view key) {
        auto* v = child.find(key);
        return v ? v->text : std::string{};
      };
      out.push_back({get("id"), get("author"), get("email"), get("content"), get("created_at")});
    }
  return out;
}

std::size_t ticket_file::line_start(std::size_t line) const {
  std::size_t at = 0;
  for (; line > 0; --line) {
    at = bytes_.find('\n', at);
    if (at == std::string::npos)
      return bytes_.size();
    ++at;
  }
  return at;
}

std::size_t ticket_file::content_end(std::size_t begin, std::size_t end) const {
  while (end > begin) {
    auto stop = bytes_[end - 1] == '\n' ? end - 1 : end;
    auto start = stop == 0 ? std::string::npos : bytes_.rfind('\n', stop - 1);
    start = start == std::string::npos || start + 1 > stop ? 0 : start + 1;
    if (start <= begin)
      break;
    auto line = std::string_view{bytes_}.substr(start, stop - start);
    if (!stripped(line).empty() && line.front() != '#')
      break;
    end = start;
  }
  return end;
}

ticket_file::block ticket_file::block_of(std::string_view key) const {
  auto out = block{bytes_.size(), bytes_.size()};
  for (std::size_t i = 0; i < root_.keys.size(); ++i) {
    if (root_.keys[i] != key)
      continue;
    out.begin = line_start(root_.key_lines[i]);
    auto end = i + 1 < root_.keys.size() ? line_start(root_.key_lines[i + 1]) : bytes_.size();
    out.end = content_end(out.begin, end);
  }
  return out;
}

bool ticket_file::has_key_a_line() const {
  if (!root_.block)
    return false;
  for (std::size_t i = 0; i < root_.keys.size(); ++i)
    if (root_.key_columns[i] != 0 || (i > 0 && root_.key_lines[i] == root_.key_lines[i - 1]))
      return false;
  return true;
}

result<void> ticket_file::line_up() {
  if (has_key_a_line())
    return {};
  auto text = yaml_text(meaning(root_));
  if (text.size() > most_file_bytes)
    return {ec::over_budget, "tickets: " + name_ + " would become larger than 1 MiB; nothing was written"};
  auto root = read_yaml(text);
  if (!root || meaning(*root) != meaning(root_))
    return refused("the keys do not begin their lines, and the file cannot be written anew without touching values",
                   root_.line);
  bytes_ = std::move(text);
  root_ = std::move(*root);
  return {};
}

error ticket_file::refused(const std::string& why, std::size_t line) const {
  return {ec::rejected, "tickets: " + name_ + ", line " + std::to_string(line + 1) + ": " + why};
}

std::string ticket_file::spliced(block where, std::string_view with) const {
  auto out = bytes_.substr(0, where.begin);
  if (!out.empty() && out.back() != '\n')
    out += '\n';
  out += with;
  out += bytes_.substr(where.end);
  return out;
}

result<void> ticket_file::accept(const std::vector<std::string>& candidates, const yaml_node& wanted) {
  for (auto& text : candidates) {
    if (text.size() > most_file_bytes)
      return {ec::over_budget, "tickets: " + name_ + " would become larger than 1 MiB; nothing was written"};
    auto root = read_yaml(text);
    if (!root || !same_content(*root, wanted))
      continue;
    bytes_ = text;
    root_ = std::move(*root);
    return {};
  }
  return refused("the file is written in a way that cannot be edited without touching other values", 0);
}

result<void> ticket_file::set_text(std::string_view key, std::string_view value) {
  if (auto ready = line_up(); !ready)
    return ready;
  auto where = block_of(key);
  auto wanted = root_;
  value_of(wanted, key) = scalar(value);
  return accept({spliced(where, key_line(key, value))}, wanted);
}

result<void> ticket_file::append_word(std::string_view key, std::string_view word) {
  if (auto ready = line_up(); !ready)
    return ready;
  auto where = block_of(key);
  auto candidates = std::vector<std::string>{};
  auto* old = root_.find(key);
  if (old && old->block && !old->children.empty())
    candidates.push_back(spliced({where.end, where.end}, item_line(old->column, word)));
  auto wanted = root_;
  auto& list = value_of(wanted, key);
  make_sequence(list);
  list.children.push_back(scalar(word));
  auto whole = std::string{key} + ":\n";
  for (auto& child : list.children)
    whole += child.is == kind::null ? "- null\n" : item_line(0, child.text);
  candidates.push_back(spliced(where, whole));
  return accept(candidates, wanted);
}

result<void> ticket_file::remove_word(std::string_view key, std::string_view word) {
  for (;;) {
    // Only where it stands there: a file that is not changed keeps its form.
    if (auto words = list(key); std::find(words.begin(), words.end(), word) == words.end())
      return {};
    if (auto ready = line_up(); !ready)
      return ready;
    auto* old = root_.find(key);
    if (!old)
      return {};
    auto it = std::find_if(old->children.begin(), old->children.end(), [&](auto& n) { return is_word(n, word); });
    if (it == old->children.end())
      return {};
    auto where = block_of(key);
    auto wanted = root_;
    auto& list = value_of(wanted, key);
    list.children.erase(list.children.begin() + (it - old->children.begin()));
    auto candidates = std::vector<std::string>{};
    if (old->block && !list.children.empty()) {
      auto next = it + 1;
      auto end = next == old->children.end() ? where.end : line_start(next->line);
      candidates.push_back(spliced({line_start(it->line), end}, ""));
    }
    auto whole = std::string{key} + (list.children.empty() ? ": []\n" : ":\n");
    for (auto& child : list.children)
      whole += child.is == kind::null ? "- null\n" : item_line(0, child.text);
    candidates.push_back(spliced(where, whole));
    if (auto done = accept(candidates, wanted); !done)
      return done;
  }
}

result<void> ticket_file::append_comment(const ticket_comment& what) {
  if (auto ready = line_up(); !ready)
    return ready;
  auto where = block_of("comments");
  auto* old = root_.find("comments");
  auto wanted = root_;
  auto& list = value_of(wanted, "comments");
  make_sequence(list);
  list.children.push_back(comment_node(what));
  if (!old || old->children.empty())
    return accept({spliced(where, "comments:\n" + comment_lines(0, what))}, wanted);
  if (!old->block) // in brackets: one entry a line from now on
    return accept({spliced(where, yaml_lines("comments", meaning(list)))}, wanted);
  return accept({spliced({where.end, where.end}, comment_lines(old->column, what))}, wanted);
}

} // namespace hyakki::tickets
