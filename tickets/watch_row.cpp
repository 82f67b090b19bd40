#include "tickets/watch_row.hpp"

#include "core/utf8.hpp"
#include "tickets/digest.hpp"

#include <algorithm>
#include <cstring>

namespace hyakki::tickets {
namespace {

constexpr std::size_t longest_value = 500;
constexpr std::uint64_t is_missing = 1, is_unreadable = 2; ///< flags
constexpr std::size_t numbers = 4;

struct told_field {
  summary_field field;
  const char* name;
};
constexpr told_field told_fields[] = {
  {summary_field::title, "title"},
  {summary_field::status, "status"},
  {summary_field::priority, "priority"},
  {summary_field::assignee, "assignee"},
  {summary_field::reporter, "reporter"},
  {summary_field::epic_id, "epic_id"},
  {summary_field::story_points, "story_points"},
  {summary_field::labels, "labels"},
  {summary_field::blocked_by, "blocked_by"},
  {summary_field::parent, "parent_ticket_id"},
  {summary_field::assigned_agent, "assigned_agent"},
};

/// On one line, and of a length that a message can bear.
std::string shown(std::string_view text) {
  auto out = std::string{text};
  for (std::size_t at = 0; (at = out.find('\n', at)) != std::string::npos; at += 2)
    out.replace(at, 1, ", ");
  return cut_with_note(out, longest_value, "…");
}

} // namespace

watch_row row_of(const catalog& now, std::size_t place) {
  auto out = watch_row{};
  out.mark = now.mark_of(place);
  auto text = now.text(place);
  auto title_end = std::min(text.find('\0'), text.size());
  text.remove_prefix(std::min(title_end + 1, text.size()));
  auto end = std::min(text.find('\0'), text.size());
  out.description = digest(text.substr(0, end));
  out.comments = digest(text.substr(end));
  out.fields = now.tickets()[place].bytes();
  return out;
}

std::string encode(const watch_row& row) {
  const std::uint64_t head[numbers] = {row.mark, row.description, row.comments,
                                       (row.missing ? is_missing : 0) | (row.unreadable ? is_unreadable : 0)};
  auto out = std::string{reinterpret_cast<const char*>(head), sizeof head};
  return out += row.fields;
}

std::optional<watch_row> decode(std::string_view bytes) {
  std::uint64_t head[numbers] = {};
  if (bytes.size() < sizeof head)
    return std::nullopt;
  std::memcpy(head, bytes.data(), sizeof head);
  auto out = watch_row{};
  out.mark = head[0];
  out.description = head[1];
  out.comments = head[2];
  out.missing = (head[3] & is_missing) != 0;
  out.unreadable = (head[3] & is_unreadable) != 0;
  out.fields = bytes.substr(sizeof head);
  if (!out.unreadable && !summary::valid(out.fields))
    return std::nullopt;
  return out;
}

std::vector<field_change> differences(const watch_row& before, const watch_row& after) {
  auto out = std::vector<field_change>{};
  auto was = summary{before.fields.data()};
  auto is = summary{after.fields.data()};
  for (auto& f : told_fields)
    if (was[f.field] != is[f.field])
      out.push_back({f.name, shown(was[f.field]), shown(is[f.field])});
  if (before.description != after.description)
    out.push_back({"description", {}, {}});
  if (before.comments != after.comments)
    out.push_back({"comments", {}, {}});
  // Requirements, journal, times: no field of a summary, and told as one.
  if (out.empty() && was[summary_field::digest] != is[summary_field::digest])
    out.push_back({"other", {}, {}});
  return out;
}

} // namespace hyakki::tickets
