#include "adapters/trackers/ticket_steps.hpp"

#include "tickets/local_time.hpp"
#include "tickets/model/words.hpp"
#include "tickets/turn.hpp"

#include <algorithm>
#include <array>

namespace hyakki {
namespace {

using tickets::step_try;
using tickets::workflow;

constexpr auto by_stories = "stories";

bool contains(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::int32_t priority_of(const std::string& word) {
  auto at = std::find(tickets::priorities.begin(), tickets::priorities.end(), word);
  return at == tickets::priorities.end() ? 2 : static_cast<std::int32_t>(at - tickets::priorities.begin());
}

std::string why_not(const workflow& w, const tickets::workflow_step& s, const tickets::ticket& about,
                    std::int64_t number) {
  if (w.driven_by != by_stories || w.status == "cancelled" || w.status == "created")
    return "the workflow " + w.id + " is " + (w.status == "created" ? "not started" : "cancelled");
  if (number != tickets::current_try(s))
    return "step " + s.name + " of " + w.id + " is at another try";
  if (s.status == "skipped")
    return "step " + s.name + " of " + w.id + " is skipped";
  if (tickets::is_over(about.status))
    return about.id + " is " + about.status;
  return {};
}

/// Workflows that have something to begin or to skip.
result<std::vector<workflow>> running(const tickets::ticket_store& store, std::vector<std::string>& unreadable) {
  auto out = std::vector<workflow>{};
  auto looked = store.each<workflow>([&](const std::string&, result<workflow> w) {
    if (!w)
      unreadable.push_back(w.error().text);
    else if (w->driven_by == by_stories && w->status == "running" && !tickets::startable(*w).empty())
      out.push_back(std::move(*w));
  });
  if (!looked)
    return looked.error();
  return out;
}

/// In a turn, because a condition is looked at once: what is skipped stays so.
result<workflow> with_skips(const tickets::ticket_store& store, const std::string& id) {
  auto out = workflow{};
  auto done = store.in_turn([&](tickets::turn& turn) -> result<void> {
    auto w = turn.load<workflow>(id);
    auto about = w ? turn.load<tickets::ticket>(w->ticket_id) : result<tickets::ticket>{w.error()};
    if (!about)
      return about.error();
    if (w->status == "running" && tickets::skip_unmet(*w, *about)) {
      tickets::settle(*w, turn.time());
      if (auto kept = turn.put(*w); !kept)
        return kept;
    }
    out = std::move(*w);
    return {};
  });
  if (!done)
    return done.error();
  return out;
}

} // namespace

result<ticket_step> find_step(const tickets::ticket_store& store, const step_try& key) {
  auto w = store.load<workflow>(key.workflow);
  if (!w)
    return w.error();
  if (key.step >= w->steps.size())
    return {ec::not_found, "tickets: " + w->id + " has no step " + std::to_string(key.step + 1)};
  auto about = store.load<tickets::ticket>(w->ticket_id);
  if (!about)
    return about.error();
  auto out = ticket_step{std::move(*w), std::move(*about), key.step, key.number, {}};
  out.why_not = why_not(out.of, out.of.steps[key.step], out.about, key.number);
  return out;
}

result<std::vector<ticket_step>> ready_steps(const tickets::ticket_store& store, std::vector<std::string>& unreadable) {
  auto out = std::vector<ticket_step>{};
  auto all = running(store, unreadable);
  if (!all)
    return all.error();
  for (auto& w : *all) {
    auto about = store.load<tickets::ticket>(w.ticket_id);
    if (!about || tickets::is_over(about->status)) {
      if (!about)
        unreadable.push_back(w.id + ": " + about.error().text);
      continue;
    }
    auto copy = w;
    if (tickets::skip_unmet(copy, *about)) {
      auto kept = with_skips(store, w.id);
      if (!kept)
        return kept.error();
      w = std::move(*kept);
    }
    for (auto n : tickets::startable(w))
      out.push_back({w, *about, n, tickets::current_try(w.steps[n]), {}});
  }
  return out;
}

story story_of(const ticket_step& s, const tracker_config& config, const std::string& url) {
  auto& step = s.of.steps[s.step];
  auto out = story{};
  out.tracker = config.name;
  out.key = s.of.id + "-" + std::to_string(s.step + 1) + "-" + std::to_string(s.number);
  out.title = step.name + " (" + s.about.id + "): " + s.about.title;
  out.description = "This is the step \"" + step.name + "\" (" + step.task_type + ") of " + s.about.id + ", one of " +
                    std::to_string(s.of.steps.size()) + " of the workflow " + s.of.id +
                    ". Do this step and nothing of the others. What you find out, and what the next steps need of it, "
                    "belongs into a file of the repository, so that it can be reviewed.\n\n" +
                    step.description;
  if (!step.error.empty())
    out.description += "\n\nAn earlier try of it failed: " + step.error;
  for (auto& other : s.of.steps)
    if (contains(step.depends_on, other.name))
      out.description += "\n\nBefore it: " + other.name + " (" + other.task_type + "), " + other.status + ".";
  out.description += "\n\nThe ticket:\n\n" + s.about.title + "\n\n" + s.about.description;
  out.status = config.status;
  for (auto& label : s.about.labels)
    if (label != config.processing_label && label != config.done_label && label != config.failed_label &&
        label != config.rework_label && label != config.trigger_label)
      out.labels.push_back(label);
  out.labels.push_back(config.trigger_label);
  out.priority = priority_of(s.about.priority);
  out.created_ms = tickets::read_local_time(s.of.created_at).value_or(0);
  out.url = url;
  return out;
}

result<void> move_step(const tickets::ticket_store& store, const step_try& key, const label_change& what,
                       const tracker_config& config) {
  return store.in_turn([&](tickets::turn& turn) -> result<void> {
    auto w = turn.load<workflow>(key.workflow);
    if (!w)
      return w.error();
    if (key.step >= w->steps.size())
      return {ec::not_found, "tickets: " + w->id + " has no step " + std::to_string(key.step + 1)};
    auto& s = w->steps[key.step];
    // Its end is told once more after a crash; by then the next try may be under way.
    if (key.number != tickets::current_try(s) || s.status == "completed")
      return {};
    auto its_key = tickets::story_key(*w, key.step);
    if (contains(what.add, config.done_label))
      tickets::step_completed(s);
    else if (contains(what.add, config.failed_label)) {
      if (s.status == "failed")
        return {};
      tickets::step_failed(s, "its story " + its_key + " ended without a pull request; the ticket has the reason");
    } else if (contains(what.add, config.processing_label))
      tickets::begin_step(s, its_key);
    else if (contains(what.remove, config.processing_label) && s.status == "in_progress")
      tickets::step_failed(s, "its story " + its_key + " was cancelled", true);
    else
      return {};
    tickets::settle(*w, turn.time());
    return turn.put(std::move(*w));
  });
}

} // namespace hyakki
