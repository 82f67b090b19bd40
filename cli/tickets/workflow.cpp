#include "cli/tickets/workflow.hpp"

#include "cli/tickets/parse.hpp"
#include "tickets/model/fields.hpp"
#include "tickets/model/words.hpp"
#include "tickets/query.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

using tickets::workflow_step;

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }

std::vector<workflow_step> chain(const std::vector<std::pair<const char*, const char*>>& parts) {
  std::vector<workflow_step> out;
  for (auto [name, type] : parts) {
    auto s = workflow_step{};
    s.name = name;
    s.task_type = type;
    if (!out.empty())
      s.depends_on = {out.back().name};
    out.push_back(std::move(s));
  }
  return out;
}

} // namespace

result<workflow_step> step_of(const std::string& text) {
  auto s = workflow_step{};
  auto first = text.find(':');
  auto second = first == std::string::npos ? first : text.find(':', first + 1);
  s.name = std::string{tickets::stripped(text.substr(0, first))};
  if (first != std::string::npos)
    s.task_type = std::string{tickets::stripped(text.substr(first + 1, second - first - 1))};
  if (second != std::string::npos)
    s.depends_on = words_of(text.substr(second + 1));
  if (s.name.empty() || s.task_type.empty())
    return {ec::rejected, "--step is \"" + text + "\"; write NAME:TYPE or NAME:TYPE:AFTER,AFTER"};
  return s;
}

std::vector<workflow_step> steps_of_template(const std::string& name) {
  if (name == "feature")
    return chain({{"requirements", "analyze"},
                  {"design", "analyze"},
                  {"implementation", "code"},
                  {"testing", "test"},
                  {"review", "review"}});
  if (name == "bug")
    return chain({{"reproduce", "test"}, {"diagnose", "analyze"}, {"fix", "code"}, {"verify", "test"}});
  return {};
}

namespace {

/// A step must not be skipped for ever because of a slip: here a status is one of those that there are.
result<void> asks_for_known_words(const tickets::query& condition) {
  const std::pair<std::string_view, tickets::word_list> lists[] = {{"status", tickets::ticket_statuses},
                                                                   {"priority", tickets::priorities}};
  for (auto& term : condition.terms)
    for (auto& [field, words] : lists)
      for (auto& word : term.any_of)
        if (term.field == field)
          if (auto good = tickets::check_text(field, word, tickets::rule::free, words); !good)
            return {ec::rejected, "--when: " + good.error().text};
  return {};
}

} // namespace

result<void> set_condition(tickets::workflow& w, const std::string& text) {
  auto equals = text.find('=');
  auto name = std::string{tickets::stripped(text.substr(0, equals))};
  auto step = std::find_if(w.steps.begin(), w.steps.end(), [&](auto& s) { return s.name == name; });
  if (equals == std::string::npos || tickets::stripped(text.substr(equals + 1)).empty())
    return {ec::rejected, "--when is \"" + text + "\"; write NAME=QUERY, as in review=priority:high,critical"};
  if (step == w.steps.end())
    return {ec::rejected, "--when speaks of the step \"" + name + "\", which is none"};
  step->condition = std::string{tickets::stripped(text.substr(equals + 1))};
  auto condition = tickets::read_query(step->condition);
  if (!condition)
    return condition.error();
  return asks_for_known_words(*condition);
}

json to_json(const tickets::workflow& w) {
  auto steps = json::array();
  std::size_t done = 0;
  for (auto& s : w.steps) {
    done += s.status == "completed" || s.status == "skipped";
    steps.push_back({{"id", s.id},
                     {"name", s.name},
                     {"task_type", s.task_type},
                     {"description", s.description},
                     {"agent_id", or_null(s.agent_id)},
                     {"depends_on", s.depends_on},
                     {"condition", or_null(s.condition)},
                     {"status", s.status},
                     {"task_id", or_null(s.task_id)},
                     {"error", or_null(s.error)},
                     {"retry_count", s.retry_count},
                     {"max_retries", s.max_retries}});
  }
  return json{
    {"id", w.id},
    {"name", w.name},
    {"ticket_id", w.ticket_id},
    {"driven_by", w.driven_by},
    {"status", w.status},
    {"created_at", w.created_at},
    {"started_at", or_null(w.started_at)},
    {"completed_at", or_null(w.completed_at)},
    {"progress", w.steps.empty() ? 0.0 : static_cast<double>(done) * 100 / static_cast<double>(w.steps.size())},
    {"steps", steps}};
}

} // namespace hyakki::ticket_cli
