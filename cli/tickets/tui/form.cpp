#include "cli/tickets/tui/form.hpp"

#include "cli/tickets/help.hpp"
#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"

#include <algorithm>
#include <sstream>

namespace hyakki::ticket_tui {
namespace {

using ticket_cli::option;
using ticket_cli::takes;

/// The fields of each form in their order; several lines where a star stands behind the name.
struct plan {
  form_kind kind;
  const char* command;
  const char* title;
  const char* fields;
};
constexpr plan plans[] = {
  {form_kind::create, "create", "New ticket", "title description* priority assignee labels estimate points epic"},
  {form_kind::update, "update", "Edit", "title status priority assignee labels estimate points description*"},
  {form_kind::comment, "comment", "Comment on", "TEXT*"},
  {form_kind::journal, "journal", "Journal of",
   "TEXT* type estimate spent completion milestone dependencies risks decisions"},
  {form_kind::time, "time", "Time of", "action add type description"},
};

const plan& plan_of(form_kind kind) {
  return *std::find_if(std::begin(plans), std::end(plans), [&](auto& p) { return p.kind == kind; });
}

const ticket_cli::command& row_of(std::string_view path) {
  for (auto& file : ticket_cli::all_commands())
    for (auto& row : file)
      if (path == row.path)
        return row;
  return *ticket_cli::all_commands().front().begin(); // no form has another name than a command: a test sees to it
}

std::vector<std::string> split(std::string_view text) {
  auto in = std::istringstream{std::string{text}};
  auto out = std::vector<std::string>{};
  for (std::string word; in >> word;)
    out.push_back(word);
  return out;
}

std::string label_of(std::string name) {
  if (name == "TEXT")
    return "Text";
  if (name == add_minutes)
    return "Minutes";
  name[0] = static_cast<char>(name[0] >= 'a' && name[0] <= 'z' ? name[0] - 'a' + 'A' : name[0]);
  return name;
}

void set(field& f, const std::string& value) {
  if (f.kind == field_kind::choice)
    choose(f, value);
  else
    f.edit = text_edit{value};
  f.before = value;
}

field field_of(const option& o, bool several_lines) {
  auto out = field{};
  out.option = ticket_cli::name_of(o);
  out.positional = ticket_cli::positional(o);
  out.label = label_of(out.option);
  out.hint = o.value == takes::word_list && *o.about == '\0' ? "a, b, c" : o.about;
  // On a command line nothing is written as "", in a field it is what it is.
  if (auto at = out.hint.find("\"\""); at != std::string::npos)
    out.hint.replace(at, 2, "empty");
  out.kind = o.value == takes::choice ? field_kind::choice : several_lines ? field_kind::lines : field_kind::line;
  if (out.kind == field_kind::choice)
    out.allowed = split(o.allowed);
  set(out, o.fallback != nullptr ? o.fallback : out.kind == field_kind::choice ? out.allowed[0] : "");
  return out;
}

field action_field() {
  auto out = field{};
  out.label = "Action";
  out.option = action;
  out.kind = field_kind::choice;
  out.allowed = {"start", "stop", "add"};
  out.hint = "s, x, a";
  out.before = out.allowed[0];
  return out;
}

/// A ticket's value as its form shows it.
std::string value_of(const tickets::ticket& t, std::string_view name) {
  auto joined = [](const tickets::words& all) {
    auto out = std::string{};
    for (auto& word : all)
      out += (out.empty() ? "" : ", ") + word;
    return out;
  };
  auto number = [](double d) {
    auto text = ticket_cli::fixed(d, 6);
    text.erase(text.find_last_not_of('0') + 1);
    return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
  };
  return name == "title"         ? t.title
         : name == "description" ? t.description
         : name == "status"      ? t.status
         : name == "priority"    ? t.priority
         : name == "assignee"    ? t.assignee.value_or("")
         : name == "labels"      ? joined(t.labels)
         : name == "estimate"    ? (t.estimated_hours ? number(*t.estimated_hours) : "")
         : name == "points"      ? (t.story_points ? std::to_string(*t.story_points) : "")
                                 : "";
}

} // namespace

void choose(field& f, const std::string& word) {
  auto it = std::find(f.allowed.begin(), f.allowed.end(), word);
  if (it == f.allowed.end()) // a file may hold any word: it stays unless another is chosen
    it = f.allowed.insert(f.allowed.begin(), word);
  f.chosen = static_cast<std::size_t>(it - f.allowed.begin());
}

bool form::changed() const {
  return std::any_of(fields.begin(), fields.end(), [](auto& f) { return f.changed(); });
}

const field* form::find(std::string_view option) const {
  auto it = std::find_if(fields.begin(), fields.end(), [&](auto& f) { return f.option == option; });
  return it == fields.end() ? nullptr : &*it;
}

form new_form(form_kind kind, const std::string& id, const tickets::ticket* now) {
  auto& p = plan_of(kind);
  auto& row = row_of(p.command);
  auto out = form{};
  out.kind = kind;
  out.id = id;
  out.title = id.empty() ? p.title : std::string{p.title} + " " + id;
  for (auto name : split(p.fields)) {
    bool several = name.back() == '*';
    if (several)
      name.pop_back();
    if (name == action)
      out.fields.push_back(action_field());
    for (auto o = row.options; o != row.options + row.count; ++o)
      if (ticket_cli::name_of(*o) == name)
        out.fields.push_back(field_of(*o, several));
    if (now != nullptr)
      set(out.fields.back(), value_of(*now, name));
  }
  return out;
}

std::vector<std::string> words_of(const form& f) {
  auto out = std::vector<std::string>{plan_of(f.kind).command};
  auto behind = std::vector<std::string>{};
  if (!f.id.empty())
    behind.push_back(f.id);
  auto doing = std::string{};
  if (auto chosen = f.find(action)) {
    doing = chosen->value();
    if (doing != add_minutes)
      out.push_back("--" + doing);
  }
  for (auto& one : f.fields) {
    bool minutes = one.option == add_minutes && f.kind == form_kind::time;
    if (one.option == action || (minutes && doing != add_minutes))
      continue;
    if (one.positional)
      behind.push_back(one.value());
    else if (one.changed() || minutes || (f.kind == form_kind::create && one.option == "title"))
      out.insert(out.end(), {"--" + one.option, one.value()});
  }
  if (!behind.empty()) {
    out.emplace_back("--");
    out.insert(out.end(), behind.begin(), behind.end());
  }
  return out;
}

std::vector<std::string> take_in(form& f, const tickets::ticket& now) {
  auto out = std::vector<std::string>{};
  for (auto& one : f.fields) {
    auto value = value_of(now, one.option);
    if (value == one.before)
      continue;
    if (one.changed() && one.value() != value)
      out.push_back(one.label);
    else if (!one.changed())
      set(one, value);
    one.before = value;
  }
  return out;
}

} // namespace hyakki::ticket_tui
