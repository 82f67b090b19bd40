#include "tickets/summary.hpp"

#include "tickets/digest.hpp"
#include "tickets/measure.hpp"
#include "tickets/record_text.hpp"
#include "tickets/skim.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t first_block = 256 * 1024; ///< of what is kept; later ones are larger

std::string joined(const words& all) {
  auto out = std::string{};
  for (auto& word : all)
    out += (out.empty() ? "" : "\n") + word;
  return out;
}

/// By way of the full reader.
void read_through(const std::string& bytes, const std::string& name, skimmed& out) {
  out.clear();
  auto t = record_of<ticket>(bytes, name);
  auto& f = out.fields;
  if (!t) {
    f[static_cast<std::size_t>(summary_field::fault)] = t.error().text;
    return;
  }
  auto put = [&](summary_field field, std::string text) { f[static_cast<std::size_t>(field)] = std::move(text); };
  put(summary_field::title, t->title);
  put(summary_field::status, t->status);
  put(summary_field::priority, t->priority);
  put(summary_field::assignee, t->assignee.value_or(""));
  put(summary_field::reporter, t->reporter);
  put(summary_field::epic_id, t->epic_id.value_or(""));
  put(summary_field::story_points, t->story_points ? std::to_string(*t->story_points) : "");
  put(summary_field::created_at, t->created_at);
  put(summary_field::updated_at, t->updated_at);
  put(summary_field::labels, joined(t->labels));
  put(summary_field::blocked_by, joined(t->blocked_by));
  put(summary_field::parent, t->parent_ticket_id.value_or(""));
  put(summary_field::assigned_agent, t->assigned_agent.value_or(""));
  put(summary_field::blocks, joined(t->blocks));
  put(summary_field::children, joined(t->child_ticket_ids));
  put(summary_field::requirements, has_requirements(*t) ? "1" : "");
  out.description = std::move(t->description);
  for (auto& c : t->comments)
    out.comments.push_back(std::move(c.content));
}

} // namespace

ticket brief(const summary& t) {
  auto text = [&](summary_field f) { return std::string{t[f]}; };
  auto maybe = [&](summary_field f) {
    return t[f].empty() ? std::optional<std::string>{} : std::optional<std::string>{t[f]};
  };
  auto list = [&](summary_field f) {
    auto views = summary::split(t[f]);
    return words{views.begin(), views.end()};
  };
  auto out = ticket{};
  out.id = text(summary_field::id);
  out.title = text(summary_field::title);
  if (auto status = text(summary_field::status); !status.empty())
    out.status = std::move(status);
  if (auto priority = text(summary_field::priority); !priority.empty())
    out.priority = std::move(priority);
  out.assignee = maybe(summary_field::assignee);
  out.reporter = text(summary_field::reporter);
  out.epic_id = maybe(summary_field::epic_id);
  out.story_points = whole_number(t[summary_field::story_points]);
  out.created_at = text(summary_field::created_at);
  out.updated_at = text(summary_field::updated_at);
  out.labels = list(summary_field::labels);
  out.blocked_by = list(summary_field::blocked_by);
  out.blocks = list(summary_field::blocks);
  out.child_ticket_ids = list(summary_field::children);
  out.parent_ticket_id = maybe(summary_field::parent);
  out.assigned_agent = maybe(summary_field::assigned_agent);
  return out;
}

std::vector<std::string_view> summary::split(std::string_view joined) {
  auto out = std::vector<std::string_view>{};
  while (!joined.empty()) {
    auto end = std::min(joined.find('\n'), joined.size());
    out.push_back(joined.substr(0, end));
    joined.remove_prefix(std::min(end + 1, joined.size()));
  }
  return out;
}

bool summary::valid(std::string_view bytes) {
  constexpr auto head = summary_fields * sizeof(std::uint32_t);
  if (bytes.size() < head)
    return false;
  auto view = summary{bytes.data()};
  std::size_t last = 0;
  for (std::size_t i = 0; i < summary_fields; ++i) {
    auto end = view.end_of(i);
    if (end < last)
      return false;
    last = end;
  }
  return head + last == bytes.size();
}

summariser::summariser() : found_(std::make_unique<skimmed>()), kept_(first_block) {}
summariser::~summariser() = default;

summary_bytes summariser::of(std::string_view id, const std::string& bytes, const std::string& name) {
  found_->clear();
  if (!skim(bytes, *found_))
    read_through(bytes, name, *found_);
  auto sum = digest(bytes);
  found_->fields[static_cast<std::size_t>(summary_field::digest)].assign(reinterpret_cast<const char*>(&sum),
                                                                         sizeof sum);
  return made(id);
}

summary_bytes summariser::of_unreadable(std::string_view id, const error& why) {
  found_->clear();
  found_->fields[static_cast<std::size_t>(summary_field::fault)] = why.text;
  auto out = made(id);
  out.of_file = why == ec::rejected;
  return out;
}

summary_bytes summariser::made(std::string_view id) {
  auto& fields = found_->fields;
  fields[0] = id;
  std::size_t size = summary_fields * sizeof(std::uint32_t);
  for (auto& field : fields)
    size += field.size();
  auto* room = static_cast<char*>(kept_.allocate(size, 1));
  auto* ends = room;
  auto* to = room + summary_fields * sizeof(std::uint32_t);
  std::uint32_t end = 0;
  for (auto& field : fields) {
    end += static_cast<std::uint32_t>(field.size());
    std::memcpy(ends, &end, sizeof end);
    ends += sizeof end;
    std::memcpy(to, field.data(), field.size());
    to += field.size();
  }
  auto out = summary_bytes{};
  out.fields = {room, size};
  room_.clear();
  fold_onto(room_, fields[static_cast<std::size_t>(summary_field::title)]);
  room_ += '\0';
  fold_onto(room_, found_->description);
  for (auto& comment : found_->comments) {
    room_ += '\0';
    fold_onto(room_, comment);
  }
  out.text = keep(room_);
  return out;
}

std::string_view summariser::keep(std::string_view bytes) {
  auto* to = static_cast<char*>(kept_.allocate(bytes.size(), 1));
  std::memcpy(to, bytes.data(), bytes.size());
  return {to, bytes.size()};
}

} // namespace hyakki::tickets
