#include "tickets/kinds.hpp"

#include "tickets/text.hpp"

namespace hyakki::tickets {
namespace {

template <class T>
std::size_t only_home(const T&) {
  return 0;
}

template <class T>
std::string* updated(T& what) {
  return &what.updated_at;
}
template <class T>
std::string* created(T& what) {
  return &what.created_at;
}

} // namespace

const kind_row<ticket>& kind_of<ticket>::row() {
  static const kind_row<ticket> r{"ticket",
                                  {"open", "closed"},
                                  ".yaml",
                                  format::yaml,
                                  true,
                                  read_ticket,
                                  write_ticket,
                                  [](const ticket& t) -> std::size_t { return is_over(t.status) ? 1 : 0; },
                                  updated<ticket>,
                                  created<ticket>};
  return r;
}
const kind_row<epic>& kind_of<epic>::row() {
  static const kind_row<epic> r{"epic",    {"epics", nullptr}, ".yaml",         format::yaml,  true,
                                read_epic, write_epic,         only_home<epic>, updated<epic>, created<epic>};
  return r;
}
const kind_row<backlog_item>& kind_of<backlog_item>::row() {
  static const kind_row<backlog_item> r{"backlog item",
                                        {"backlog", nullptr},
                                        ".yaml",
                                        format::yaml,
                                        false,
                                        read_backlog_item,
                                        write_backlog_item,
                                        only_home<backlog_item>,
                                        updated<backlog_item>,
                                        created<backlog_item>};
  return r;
}
const kind_row<agent>& kind_of<agent>::row() {
  static const kind_row<agent> r{"agent",    {"agents", nullptr}, ".json",          format::json,   false,
                                 read_agent, write_agent,         only_home<agent>, updated<agent>, created<agent>};
  return r;
}
const kind_row<agent_task>& kind_of<agent_task>::row() {
  static const kind_row<agent_task> r{"task",
                                      {"tasks", nullptr},
                                      ".json",
                                      format::json,
                                      false,
                                      read_agent_task,
                                      write_agent_task,
                                      only_home<agent_task>,
                                      nullptr,
                                      [](agent_task& t) { return &t.assigned_at; }};
  return r;
}

const kind_row<workflow>& kind_of<workflow>::row() {
  static const kind_row<workflow> r{"workflow", {"workflows", nullptr}, ".json",        format::json,
                                    true,       read_workflow,          write_workflow, only_home<workflow>,
                                    nullptr,    created<workflow>};
  return r;
}

std::string_view stem_of(std::string_view name, std::string_view suffix) {
  if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix || name.front() == '.' ||
      name == profiles_name)
    return {};
  return name.substr(0, name.size() - suffix.size());
}

std::string raised_id(std::string id) {
  for (auto& c : id)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return id;
}

result<std::string> known_id(std::string_view text, bool upper, std::string_view noun) {
  auto out = std::string{text};
  auto refused = [&](const char* allowed) -> result<std::string> {
    return {ec::rejected, "tickets: '" + printable(text) + "' is no " + std::string{noun} + " id: " + allowed};
  };
  if (upper) {
    out = raised_id(std::move(out));
    if (out.empty() || out.size() > 100 ||
        out.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos)
      return refused("letters A-Z, digits and '-', at most 100 of them");
    return out;
  }
  bool control = false;
  for (char c : out)
    control = control || static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '/';
  if (out.empty() || out.size() > 200 || control || out.front() == '.' || first_bad_byte(out))
    return refused("a name without slashes, control characters and a dot in front, at most 200 bytes");
  return out;
}

} // namespace hyakki::tickets
