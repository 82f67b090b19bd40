#include "tickets/model/workflow.hpp"

#include "tickets/model/fields.hpp"
#include "tickets/query.hpp"

#include <algorithm>

namespace hyakki::tickets {

template <>
struct field_table<workflow_step> {
  static const std::vector<field<workflow_step>>& rows();
};
template <>
struct field_table<workflow> {
  static const std::vector<field<workflow>>& rows();
};

namespace {

constexpr std::size_t most_steps = 100;
constexpr double most_tries = 1e6;

/// What can be done is crossed out until nothing is left, or only a circle.
result<void> check_order(std::vector<workflow_step> left) {
  for (bool progress = true; progress && !left.empty();) {
    progress = false;
    for (auto step = left.begin(); step != left.end(); ++step) {
      auto waits = std::any_of(step->depends_on.begin(), step->depends_on.end(), [&](auto& name) {
        return std::any_of(left.begin(), left.end(), [&](auto& o) { return o.name == name; });
      });
      if (!waits) {
        left.erase(step);
        progress = true;
        break;
      }
    }
  }
  if (!left.empty())
    return {ec::rejected, "steps wait for each other in a circle, \"" + left.front().name + "\" among them"};
  return {};
}

} // namespace

const std::vector<field<workflow_step>>& field_table<workflow_step>::rows() {
  using r = workflow_step;
  static const std::vector<field<r>> all{
    row<&r::id>("id"),
    row<&r::name>("name", rule::filled),
    row<&r::task_type>("task_type", rule::filled),
    row<&r::description>("description"),
    row<&r::agent_id>("agent_id"),
    row<&r::depends_on>("depends_on"),
    row<&r::condition>("condition"),
    row<&r::status>("status", rule::free, step_statuses),
    row<&r::task_id>("task_id"),
    row<&r::error>("error"),
    row<&r::retry_count>("retry_count"),
    row<&r::max_retries>("max_retries"),
  };
  return all;
}

const std::vector<field<workflow>>& field_table<workflow>::rows() {
  using r = workflow;
  static const std::vector<field<r>> all{
    row<&r::id>("id", rule::id),
    row<&r::name>("name"),
    row<&r::ticket_id>("ticket_id", rule::required),
    row<&r::driven_by>("driven_by", rule::free, workflow_drivers),
    row<&r::status>("status", rule::free, workflow_statuses),
    row<&r::created_at>("created_at"),
    row<&r::started_at>("started_at"),
    row<&r::completed_at>("completed_at"),
    row<&r::steps>("steps"),
  };
  return all;
}

void name_steps(workflow& w) {
  for (auto& s : w.steps) {
    s.id = w.id + "-" + s.name;
    std::replace(s.id.begin(), s.id.end(), ' ', '-');
  }
}

result<void> check(const workflow& w) {
  if (auto good = check_rows(w); !good)
    return good;
  if (auto good = check_rows("steps", w.steps); !good)
    return good;
  if (w.steps.empty())
    return {ec::rejected, "a workflow needs steps: --template feature or bug, or --step NAME:TYPE"};
  if (w.steps.size() > most_steps)
    return {ec::rejected, "a workflow has at most " + std::to_string(most_steps) + " steps"};
  for (auto& s : w.steps) {
    for (auto n : {s.retry_count, s.max_retries})
      if (auto good = check_range("retry_count or max_retries", std::optional<std::int64_t>{n}, 0, most_tries); !good)
        return good;
    if (std::count_if(w.steps.begin(), w.steps.end(), [&](auto& o) { return o.name == s.name; }) != 1)
      return {ec::rejected, "two steps are called \"" + s.name + "\""};
    for (auto& name : s.depends_on)
      if (std::none_of(w.steps.begin(), w.steps.end(), [&](auto& o) { return o.name == name; }))
        return {ec::rejected, "step \"" + s.name + "\" comes after \"" + name + "\", which is no step"};
    if (auto condition = read_query(s.condition); !condition)
      return with_context(condition.error(), "the condition of step \"" + s.name + "\"");
  }
  return check_order(w.steps);
}

result<workflow> read_workflow(const value& from) {
  auto out = read_record<workflow>(from);
  if (!out)
    return out;
  if (auto good = check(*out); !good)
    return good.error();
  return out;
}
value write_workflow(const workflow& from) { return write_record(from); }

} // namespace hyakki::tickets
