#include "tickets/merge.hpp"

#include "tickets/ids.hpp"
#include "tickets/json_text.hpp"
#include "tickets/kinds.hpp"
#include "tickets/local_time.hpp"
#include "tickets/record_text.hpp"
#include "tickets/text.hpp"
#include "tickets/yaml_text.hpp"

#include <algorithm>
#include <map>

namespace hyakki::tickets {
namespace {

using entries = std::map<std::string, std::string>;

/// index.yaml in its entries, as they stand.
entries entries_of(std::string_view index) {
  auto out = entries{};
  std::string* open = nullptr;
  while (!index.empty()) {
    auto end = std::min(index.find('\n'), index.size());
    auto line = index.substr(0, end);
    index.remove_prefix(std::min(end + 1, index.size()));
    if (!line.empty() && line.front() != ' ' && line.back() == ':') {
      auto key = line.substr(0, line.size() - 1);
      if (key.size() > 1 && key.front() == '\'' && key.back() == '\'')
        key = key.substr(1, key.size() - 2);
      open = &out[std::string{key}];
      open->clear();
    } else if (line.empty() || line.front() != ' ') {
      open = nullptr; // not ours: left out, the next rebuild knows better
      continue;
    }
    if (open)
      *open += std::string{line} + "\n";
  }
  return out;
}

/// One entry that both sides changed, by its fields; the entry's own text where it cannot be read.
std::string merged_entry(const std::string& id, const std::string* base, const std::string& ours,
                         const std::string& theirs) {
  auto fields = [](const std::string* entry) {
    auto tree = entry ? read_yaml(*entry) : result<yaml_node>{ec::not_found, {}};
    auto all = tree ? meaning(*tree) : map_value();
    return all.items.size() == 1 && all.items[0].is == value::kind::map ? all.items[0] : map_value();
  };
  auto a = fields(&ours);
  auto t = fields(&theirs);
  if (a.keys.empty() || t.keys.empty())
    return a.keys.empty() ? theirs : ours;
  auto out = map_value();
  out.add(id, merge_values(fields(base), a, t).result);
  return yaml_text(out);
}

struct parsed {
  value base;
  value ours;
  value theirs;
};

result<value> parse(const std::string& bytes, format as) {
  if (stripped(bytes).empty())
    return map_value();
  if (as == format::json)
    return read_json(bytes);
  auto tree = read_yaml(bytes);
  return tree ? result<value>{meaning(*tree)} : result<value>{tree.error()};
}

constexpr std::string_view derived_letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t derived_length = 8;

/// The same for everybody who merges these two: from what the later record holds.
std::string derived_part(const std::string& bytes) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (char c : bytes)
    sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  auto out = std::string{};
  for (std::size_t i = 0; i < derived_length; ++i, sum >>= 5)
    out += derived_letters[sum & 31];
  return out;
}

std::string text_at(const value& record, std::string_view key) {
  auto* v = record.find(key);
  return v ? v->text : std::string{};
}

/// Two records that were made apart from each other.
bool made_apart(const value& base, const value& ours, const value& theirs) {
  return base.keys.empty() && !ours.keys.empty() && !theirs.keys.empty() &&
         text_at(ours, "created_at") != text_at(theirs, "created_at");
}

/// Merging gave it this id, when there was another record `old`: see `derived_part`.
bool renamed_from(const value& old, const value& now) {
  auto was = text_at(old, "id");
  auto from = split_id(was);
  auto id = text_at(now, "id");
  auto made = text_at(old, "created_at");
  return from.number != 0 && !made.empty() && made == text_at(now, "created_at") &&
         id.size() == from.prefix.size() + 1 + derived_length && id.compare(0, from.prefix.size(), from.prefix) == 0 &&
         id[from.prefix.size()] == '-' &&
         id.find_first_not_of(derived_letters, from.prefix.size() + 1) == std::string::npos;
}

/// The ids of versions that git paired as one renamed file, where they are of different records; else none.
std::vector<std::string> mixed_ids(const parsed& all) {
  if (one_record(all.ours, all.theirs) && one_record(all.base, all.ours) && one_record(all.base, all.theirs))
    return {};
  auto out = std::vector<std::string>{};
  for (auto* side : {&all.base, &all.ours, &all.theirs})
    if (auto id = text_at(*side, "id"); !id.empty() && std::find(out.begin(), out.end(), id) == out.end())
      out.push_back(std::move(id));
  return out;
}

bool earlier(const value& a, const value& b) {
  auto at = [](const value& v) { return read_local_time(text_at(v, "created_at")).value_or(0); };
  return at(a) != at(b) ? at(a) < at(b) : text_at(a, "created_at") < text_at(b, "created_at");
}

template <class T>
result<merged_file> merge_records(const std::string& folder, const std::string& name, const std::string& ours_bytes,
                                  const std::string& theirs_bytes, parsed all) {
  auto& row = kind_of<T>::row();
  auto write = [&](const value& v) { return row.as == format::json ? json_text(v) : yaml_text(v); };
  auto out = merged_file{};
  // Both took the same new record for the base renamed: they made it each for itself.
  if (one_record(all.ours, all.theirs) && !all.ours.keys.empty() && !one_record(all.base, all.ours))
    all.base = map_value();
  if (out.mixed = mixed_ids(all); !out.mixed.empty()) {
    auto own = stem_of(name, row.suffix);
    // Under the old name git asks for a record that each side seems to have renamed otherwise. Where we leave our side
    // as it is git gives each new name its own content.
    bool theirs = text_at(all.theirs, "id") == own && text_at(all.base, "id") != own;
    out.bytes = theirs ? theirs_bytes : ours_bytes;
    return out;
  }
  if (made_apart(all.base, all.ours, all.theirs)) {
    bool ours_first = earlier(all.ours, all.theirs);
    auto& first = ours_first ? all.ours : all.theirs;
    auto later = ours_first ? all.theirs : all.ours;
    auto second = merged_file::second_record{};
    second.old_id = std::string{stem_of(name, row.suffix)};
    auto parts = split_id(second.old_id);
    second.id = std::string{parts.prefix} + "-" + derived_part(write(later));
    for (std::size_t i = 0; i < later.keys.size(); ++i)
      if (later.keys[i] == "id")
        later.items[i] = text_value(second.id);
    second.path = folder + "/" + second.id + std::string{row.suffix};
    second.bytes = write(later);
    out.bytes = ours_first ? ours_bytes : write(first);
    out.apart = std::move(second);
    return out;
  }
  auto merged = merge_values(all.base, all.ours, all.theirs);
  out.conflicts = std::move(merged.conflicts);
  auto record = row.read(merged.result);
  if (!record)
    return error{record.error().code, "tickets: " + folder + "/" + name + ": " + record.error().text};
  // Our own way of writing stays where the merge changed nothing.
  out.bytes = row.as == format::json ? write(merged.result) : changed_bytes(ours_bytes, *record);
  return out;
}

using record_merge = result<merged_file> (*)(const std::string&, const std::string&, const std::string&,
                                             const std::string&, parsed);
struct folder_row {
  std::string_view folder;
  format as;
  record_merge merge;
};
constexpr folder_row folders[] = {
  {"open", format::yaml, merge_records<ticket>},        {"closed", format::yaml, merge_records<ticket>},
  {"epics", format::yaml, merge_records<epic>},         {"backlog", format::yaml, merge_records<backlog_item>},
  {"agents", format::json, merge_records<agent>},       {"tasks", format::json, merge_records<agent_task>},
  {"workflows", format::json, merge_records<workflow>},
};

result<parsed> parse_all(const std::string& name, const std::string& base, const std::string& ours,
                         const std::string& theirs, format as) {
  auto out = parsed{};
  for (auto [bytes, to, which] : {std::tuple{&base, &out.base, "the base"}, std::tuple{&ours, &out.ours, "our side"},
                                  std::tuple{&theirs, &out.theirs, "their side"}}) {
    auto read = parse(*bytes, as);
    if (!read)
      return error{read.error().code, "tickets: " + name + ", " + which + ": " + read.error().text};
    if (read->is != value::kind::map)
      return {ec::rejected, "tickets: " + name + ", " + which + ": not a map of keys and values"};
    *to = std::move(*read);
  }
  return out;
}

} // namespace

bool one_record(const value& a, const value& b) {
  auto x = text_at(a, "id"), y = text_at(b, "id");
  return x.empty() || y.empty() || x == y || renamed_from(a, b) || renamed_from(b, a);
}

std::string merge_index(std::string_view base, std::string_view ours, std::string_view theirs) {
  auto b = entries_of(base);
  auto a = entries_of(ours);
  auto t = entries_of(theirs);
  auto out = entries{};
  auto at = [](entries& in, const std::string& id) -> const std::string* {
    auto it = in.find(id);
    return it == in.end() ? nullptr : &it->second;
  };
  auto same = [](const std::string* x, const std::string* y) { return (!x && !y) || (x && y && *x == *y); };
  auto decide = [&](const std::string& id) {
    auto *was = at(b, id), *mine = at(a, id), *other = at(t, id);
    if (mine && other && !same(was, mine) && !same(was, other) && !same(mine, other))
      out[id] = merged_entry(id, was, *mine, *other);
    else if (auto* kept = same(was, other) ? mine : same(was, mine) ? other : mine ? mine : other)
      out[id] = *kept;
  };
  for (auto* side : {&a, &t})
    for (auto& [id, entry] : *side)
      decide(id);
  auto text = std::string{};
  for (auto& [id, entry] : out)
    text += entry;
  return text.empty() ? "{}\n" : text;
}

result<merged_file> merge_file(std::string_view path, const std::string& base, const std::string& ours,
                               const std::string& theirs) {
  auto slash = path.rfind('/');
  auto name = std::string{slash == std::string_view::npos ? path : path.substr(slash + 1)};
  auto rest = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
  auto folder = std::string{rest.substr(rest.rfind('/') == std::string_view::npos ? 0 : rest.rfind('/') + 1)};
  if (name == "index.yaml")
    return merged_file{merge_index(base, ours, theirs), {}, {}, {}};
  bool json = name.size() > 5 && name.compare(name.size() - 5, 5, ".json") == 0;
  for (auto& row : folders) {
    if (row.folder != folder || name == profiles_name)
      continue;
    auto all = parse_all(folder + "/" + name, base, ours, theirs, row.as);
    return all ? row.merge(folder, name, ours, theirs, std::move(*all)) : result<merged_file>{all.error()};
  }
  if (name != "config.yaml" && name != "hyakki.yaml" && name != profiles_name)
    return {ec::rejected, "tickets: " + printable(path) + " is no file of a ticket directory that can be merged"};
  auto all = parse_all(name, base, ours, theirs, json ? format::json : format::yaml);
  if (!all)
    return all.error();
  auto merged = merge_values(all->base, all->ours, all->theirs);
  return merged_file{json ? json_text(merged.result, json_letters::ascii) : yaml_text(merged.result),
                     std::move(merged.conflicts),
                     {},
                     {}};
}

} // namespace hyakki::tickets
