#include "tickets/skim.hpp"

#include "tickets/text.hpp"
#include "tickets/yaml_dialect.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace hyakki::tickets {
namespace {

using kind = yaml_node::kind;

enum class shape : std::uint8_t { text, list, description, comments, presence };

struct wanted {
  std::string_view key;
  shape as;
  summary_field field;
};
constexpr wanted table[] = {
  {"title", shape::text, summary_field::title},
  {"description", shape::description, {}},
  {"status", shape::text, summary_field::status},
  {"priority", shape::text, summary_field::priority},
  {"assignee", shape::text, summary_field::assignee},
  {"reporter", shape::text, summary_field::reporter},
  {"labels", shape::list, summary_field::labels},
  {"created_at", shape::text, summary_field::created_at},
  {"updated_at", shape::text, summary_field::updated_at},
  {"comments", shape::comments, {}},
  {"story_points", shape::text, summary_field::story_points},
  {"blocked_by", shape::list, summary_field::blocked_by},
  {"blocks", shape::list, summary_field::blocks},
  {"epic_id", shape::text, summary_field::epic_id},
  {"parent_ticket_id", shape::text, summary_field::parent},
  {"child_ticket_ids", shape::list, summary_field::children},
  {"assigned_agent", shape::text, summary_field::assigned_agent},
  {"requirements", shape::presence, summary_field::requirements},
  {"user_stories", shape::presence, summary_field::requirements},
  {"expected_results", shape::presence, summary_field::requirements},
  {"gherkin_scenarios", shape::presence, summary_field::requirements},
};

/// Where a key has its number in `places`: no two of ours share it.
constexpr std::size_t slot_of(std::string_view key) {
  auto code = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(key[at])); };
  return (key.size() + code(0) + 19 * code(key.size() - 1)) % 64;
}

/// By slot: the place in the table, from 1.
constexpr auto make_places() {
  auto out = std::array<std::uint8_t, 64>{};
  for (std::size_t n = 0; n < std::size(table); ++n)
    out[slot_of(table[n].key)] = static_cast<std::uint8_t>(n + 1);
  return out;
}
constexpr auto places = make_places();

constexpr bool every_key_is_found() {
  for (std::size_t n = 0; n < std::size(table); ++n)
    if (places[slot_of(table[n].key)] != n + 1)
      return false;
  return true;
}
static_assert(every_key_is_found());

/// The place of a key in the table, from 1; 0 for one that is not wanted.
constexpr std::uint8_t place_of(std::string_view key) {
  auto place = places[slot_of(key)];
  return place != 0 && table[place - 1].key == key ? place : std::uint8_t{0};
}

/// All keys of a ticket in the order in which they are written. Who knows which one comes next need not look for its
/// end.
struct usual_key {
  constexpr usual_key(std::string_view key) : text{key}, place{place_of(key)} {}
  std::string_view text;
  std::uint8_t place;
};
constexpr usual_key usual_order[] = {
  {"id"},
  {"title"},
  {"description"},
  {"status"},
  {"priority"},
  {"assignee"},
  {"reporter"},
  {"reporter_email"},
  {"labels"},
  {"created_at"},
  {"updated_at"},
  {"comments"},
  {"branch"},
  {"commit"},
  {"journal_entries"},
  {"time_logs"},
  {"estimated_hours"},
  {"story_points"},
  {"blocked_by"},
  {"blocks"},
  {"related_to"},
  {"epic_id"},
  {"parent_ticket_id"},
  {"child_ticket_ids"},
  {"assigned_agent"},
  {"agent_tasks"},
  {"requirements"},
  {"user_stories"},
  {"expected_results"},
  {"gherkin_scenarios"},
  {"requirements_status"},
  {"acceptance_criteria_met"},
  {"test_coverage_percentage"},
};

/// And goes on after it.
bool begins_with(std::string_view text, std::string_view with) {
  return text.size() > with.size() && std::memcmp(text.data(), with.data(), with.size()) == 0;
}

bool is_key_char(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }
bool is_alphanumeric(char c) { return is_key_char(c) || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

/// What a byte may do to a scalar.
enum byte_kind : std::uint8_t { harmless = 0, may_end = 1, colon = 2, remark = 4, quote = 8 };
constexpr auto make_byte_kinds() {
  auto out = std::array<std::uint8_t, 256>{};
  for (std::size_t c = 0; c < out.size(); ++c)
    out[c] = c < 0x20 || c > 0x7E ? may_end : harmless;
  out[':'] = colon;
  out['#'] = remark;
  out['\''] = quote;
  return out;
}
constexpr auto byte_kinds = make_byte_kinds();

/// A scalar on one line, when there is no doubt about it.
bool quick_scalar(std::string_view text, std::string& out) {
  if (text.empty())
    return false;
  bool quoted = text.size() >= 2 && text.front() == '\'' && text.back() == '\'';
  if (quoted)
    text = text.substr(1, text.size() - 2);
  else if (!is_alphanumeric(text.front()) || text.back() == ':' || text.back() == ' ')
    return false;
  unsigned seen = 0;
  for (char c : text)
    seen |= byte_kinds[static_cast<unsigned char>(c)];
  if ((seen & may_end) != 0 || (quoted && (seen & quote) != 0) ||
      (!quoted && (((seen & colon) != 0 && text.find(": ") != std::string_view::npos) ||
                   ((seen & remark) != 0 && text.find(" #") != std::string_view::npos))))
    return false;
  out = !quoted && (text == "null" || text == "Null" || text == "NULL") ? std::string_view{} : text;
  return true;
}

bool tree_of(std::string_view block, yaml_node& out) {
  auto root = read_dialect(block);
  if (!root || root->children.size() != 1)
    return false;
  out = std::move(root->children.front());
  return true;
}

/// Plain words over several lines, as a dumper breaks a long text: each further line stands two places in.
bool quick_lines(std::string_view lines, std::string& out) {
  auto word = std::string{};
  for (bool first = true; !lines.empty(); first = false) {
    auto end = lines.find('\n');
    if (!first) {
      if (lines.substr(0, 2) != "  ")
        return false;
      lines.remove_prefix(2);
      end -= 2;
    }
    auto line = lines.substr(0, end);
    if (line.empty() || !is_alphanumeric(line.front()) || !quick_scalar(line, word))
      return false;
    if (first)
      out = line;
    else
      out.append(" ").append(line);
    lines.remove_prefix(end + 1);
  }
  return true;
}

/// `line`: the text after the colon when the block is one line, else empty.
bool take_text(std::string_view block, std::size_t key, std::string_view line, std::string& out) {
  if (line.size() > 1 && quick_scalar(line.substr(1), out))
    return true;
  if (line.empty() && block.substr(key, 2) == ": " && quick_lines(block.substr(key + 2), out))
    return true;
  auto node = yaml_node{};
  if (!tree_of(block, node) || (node.is != kind::scalar && node.is != kind::null))
    return false;
  out = std::move(node.text);
  return true;
}

/// As each word is compared with those before it; more are for the full reader.
constexpr std::size_t most_words_bytes = 4096;

/// Words without blanks around them, empty ones and repeats left out, as a ticket's labels are.
bool add_word(std::string& out, std::string_view word) {
  word = stripped(word);
  if (word.find('\n') != std::string_view::npos || out.size() > most_words_bytes)
    return false;
  for (auto rest = std::string_view{out}; !rest.empty();) {
    auto end = std::min(rest.find('\n'), rest.size());
    if (rest.substr(0, end) == word)
      return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  if (!word.empty())
    out.append(out.empty() ? "" : "\n").append(word);
  return true;
}

/// Plain words, each on a line of its own behind a dash.
bool quick_list(std::string_view lines, std::string& out) {
  auto found = std::string{}, word = std::string{};
  while (!lines.empty()) {
    auto end = lines.find('\n');
    if (lines.substr(0, 2) != "- " || !quick_scalar(lines.substr(2, end - 2), word) || !add_word(found, word))
      return false;
    lines.remove_prefix(end + 1);
  }
  out = std::move(found);
  return true;
}

bool take_list(std::string_view block, std::size_t key, std::string& out) {
  if (block.substr(key, 2) == ":\n" && quick_list(block.substr(key + 2), out))
    return true;
  auto node = yaml_node{};
  if (!tree_of(block, node) || (node.is != kind::sequence && node.is != kind::null))
    return false;
  return std::all_of(node.children.begin(), node.children.end(), [&](auto& child) {
    return (child.is == kind::scalar || child.is == kind::null) && add_word(out, child.text);
  });
}

bool take_comments(std::string_view block, std::vector<std::string>& out) {
  auto node = yaml_node{};
  if (!tree_of(block, node) || (node.is != kind::sequence && node.is != kind::null))
    return false;
  for (auto& child : node.children) {
    auto* content = child.find("content");
    if (!content)
      return false;
    out.push_back(content->text);
  }
  return true;
}

bool take(const wanted& what, std::string_view block, std::size_t key, skimmed& out) {
  bool one_line = block.find('\n') + 1 == block.size();
  auto line = one_line ? block.substr(key + 1, block.size() - key - 2) : std::string_view{};
  auto& field = out.fields[static_cast<std::size_t>(what.field)];
  switch (what.as) {
  case shape::text: return take_text(block, key, line, field);
  case shape::description: return take_text(block, key, line, out.description);
  case shape::list: return line == " []" || take_list(block, key, field);
  case shape::comments: return line == " []" || take_comments(block, out.comments);
  case shape::presence:
    if (line != " []")
      field = "1";
    return true;
  }
  return false;
}

} // namespace

void skimmed::clear() {
  for (auto& field : fields)
    field.clear();
  description.clear();
  comments.clear();
}

bool skim(std::string_view bytes, skimmed& out) {
  if (bytes.empty() || bytes.back() != '\n')
    return false;
  std::uint32_t seen = 0;
  std::size_t next = 0; // in the usual order
  bool has_id = false;  // its value is that of the file's name
  for (std::size_t at = 0; at < bytes.size();) {
    auto key = at;
    auto* usual = next < std::size(usual_order) ? &usual_order[next] : nullptr;
    if (usual && begins_with(bytes.substr(at), usual->text) && bytes[at + usual->text.size()] == ':') {
      key += usual->text.size();
      ++next;
    } else {
      usual = nullptr;
      while (key < bytes.size() && is_key_char(bytes[key]))
        ++key;
    }
    if (key == at || key + 1 >= bytes.size() || bytes[key] != ':' || (bytes[key + 1] != ' ' && bytes[key + 1] != '\n'))
      return false;
    auto end = at;
    do {
      auto* stop = static_cast<const char*>(std::memchr(bytes.data() + end, '\n', bytes.size() - end));
      end = static_cast<std::size_t>(stop - bytes.data()) + 1;
    } while (end < bytes.size() && (bytes[end] == ' ' || bytes[end] == '-' || bytes[end] == '\n'));
    has_id = has_id || bytes.substr(at, key - at) == "id";
    std::size_t place = usual ? usual->place : place_of(bytes.substr(at, key - at));
    if (place-- != 0) {
      if ((seen >> place & 1) != 0 || !take(table[place], bytes.substr(at, end - at), key - at, out))
        return false;
      seen |= 1u << place;
    }
    at = end;
  }
  // A file that was cut short has lost its later keys; one without a priority has the usual one, which the full reader
  // knows.
  auto has = [&](std::size_t place) { return (seen >> place & 1) != 0; };
  return has_id && has(0) && has(2) && has(3) && has(6) && has(8) &&
         !stripped(out.fields[static_cast<std::size_t>(summary_field::title)]).empty();
}

} // namespace hyakki::tickets
