#include "adapters/trackers/tickets.hpp"

#include "adapters/trackers/ticket_comment.hpp"
#include "adapters/trackers/ticket_steps.hpp"
#include "core/marker.hpp"
#include "tickets/catalog.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"
#include "tickets/watch.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

namespace hyakki {
namespace {

using tickets::catalog;
using tickets::ticket_file;
using tickets::ticket_store;

constexpr std::array<std::string_view, 5> statuses{"open", "in-progress", "blocked", "closed", "cancelled"};
constexpr std::size_t most_reports = 100;

bool contains(const std::vector<std::string>& all, std::string_view one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

std::int32_t priority_of(std::string_view word) {
  return word == "critical" ? 0 : word == "high" ? 1 : word == "low" ? 3 : 2;
}

std::string status_of(const ticket_file& file) {
  auto word = file.text("status");
  return word.empty() ? "open" : word;
}

result<void> check_label(std::string_view label) {
  if (tickets::stripped(label) != label || label.empty() || label.size() > 256 || tickets::first_bad_byte(label) ||
      label.find_first_of("\r\n\t") != std::string_view::npos)
    return {ec::rejected, "tickets: '" + tickets::printable(label) +
                            "' is no label: one line of text without blanks around it, at most 256 bytes"};
  return {};
}

/// A file that cannot be read just now (marks of a merge, half of it, something else in its place) is no word about
/// what it was to be told: files are mended, and then it is told.
error not_now(error e) {
  if (e == ec::rejected)
    e.code = ec::unavailable;
  return e;
}

class tickets_tracker final : public tracker {
public:
  tickets_tracker(const tracker_config& config, const clock& clock, tickets::store_options options,
                  std::string told_file)
    : config_(config), clock_(clock), options_(std::move(options)), told_file_(std::move(told_file)) {
    if (config_.name.empty())
      config_.name = "tickets";
    if (config_.status.empty())
      config_.status = "open";
  }

  std::string_view name() const override { return config_.name; }
  result<found> search() override;
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override;
  result<found> search_rework() override;
  result<std::vector<story_change>> changes(std::size_t most) override;
  result<void> changes_stored() override;
  result<story> fetch(std::string_view key) override;
  result<bool> post(std::string_view key, const comment& what) override;
  result<void> label(std::string_view key, const label_change& what) override;
  result<void> move_to(std::string_view key, std::string_view status) override;
  result<void> probe() override;

private:
  result<ticket_store> store() const { return ticket_store::open(config_.path, options_); }
  story to_story(const ticket_store& store, const std::string& id, const ticket_file& file) const;
  static std::string url_of(const ticket_store& store, const ticket_step& s) {
    return store.path() + "/workflows/" + s.of.id + ".json";
  }
  /// Puts steps of workflows among the stories, in order of time.
  result<void> add_steps(found& out) const;
  /// Whether the story is for us at all: its person, and the labels that are asked for besides ours.
  bool ours(const story& s, const ticket_file& file) const;
  bool wanted(const story& s, const ticket_file& file) const;
  std::string why_not(const story& s, const ticket_file& file) const;
  /// Reads every ticket that is not over and carries the label.
  using taker = std::function<void(found&, const ticket_store&, story, const ticket_file&)>;
  result<found> each(const std::string& label, const taker& take);
  /// One turn on a ticket. `rejected` is what `how` said, or a key that is none: nothing else is a refusal.
  static result<void> edit(const ticket_store& store, std::string_view key, const ticket_store::file_edit& how);
  result<void> stamp(ticket_file& file) const {
    return file.set_text("updated_at", tickets::local_time_text(clock_.now()));
  }

  tracker_config config_;
  const clock& clock_;
  tickets::store_options options_;
  std::string told_file_;
  std::unique_ptr<tickets::watch> told_; ///< opened when it is first asked for
};

story tickets_tracker::to_story(const ticket_store& store, const std::string& id, const ticket_file& file) const {
  auto s = story{};
  s.tracker = config_.name;
  s.key = id;
  s.title = file.text("title");
  s.description = file.text("description");
  s.status = status_of(file);
  s.labels = file.list("labels");
  s.priority = priority_of(file.text("priority"));
  s.created_ms = tickets::read_local_time(file.text("created_at")).value_or(0);
  s.url = store.path() + "/" + file.name();
  return s;
}

bool tickets_tracker::ours(const story& s, const ticket_file& file) const {
  return (config_.assignee.empty() || file.text("assignee") == config_.assignee) &&
         std::all_of(config_.required_labels.begin(), config_.required_labels.end(),
                     [&](const std::string& label) { return contains(s.labels, label); });
}

bool tickets_tracker::wanted(const story& s, const ticket_file& file) const {
  return s.status == config_.status && contains(s.labels, config_.trigger_label) &&
         !contains(s.labels, config_.processing_label) && !contains(s.labels, config_.done_label) &&
         !contains(s.labels, config_.failed_label) && ours(s, file);
}

std::string tickets_tracker::why_not(const story& s, const ticket_file& file) const {
  if (tickets::is_over(s.status))
    return s.key + " is " + s.status;
  if (!contains(s.labels, config_.trigger_label) && !contains(s.labels, config_.rework_label))
    return s.key + " does not carry the label " + config_.trigger_label + " any more";
  if (auto who = file.text("assignee"); !config_.assignee.empty() && who != config_.assignee)
    return s.key + " is assigned to " + (who.empty() ? "nobody" : tickets::printable(who)) + ", not to " +
           config_.assignee;
  return {};
}

result<tracker::found> tickets_tracker::each(const std::string& label, const taker& take) {
  auto store = this->store();
  auto all = store ? catalog::open(*store) : result<catalog>{store.error()};
  if (!all)
    return all.error();
  auto out = found{};
  std::size_t left_out = 0;
  auto report = [&](const std::string& text) {
    if (out.unreadable.size() < most_reports)
      out.unreadable.push_back(text);
    else
      ++left_out;
  };
  auto carrying = std::vector<std::string>{};
  for (auto& t : all->tickets())
    if (auto labels = t.labels(); !tickets::is_over(t.status()) &&
                                  std::find(labels.begin(), labels.end(), std::string_view{label}) != labels.end())
      carrying.emplace_back(t.id());
  for (auto& t : all->hidden())
    if (t.open)
      report(t.why);
  std::sort(carrying.begin(), carrying.end());
  for (auto& id : carrying) {
    auto file = store->get(id);
    if (file)
      take(out, *store, to_story(*store, id, *file), *file);
    else if (file.error() != ec::not_found) // removed meanwhile
      report(file.error().text);
  }
  if (left_out > 0)
    out.unreadable.push_back("tickets: and " + std::to_string(left_out) + " more files cannot be read");
  std::stable_sort(out.stories.begin(), out.stories.end(),
                   [](const story& a, const story& b) { return a.created_ms < b.created_ms; });
  return out;
}

result<std::vector<story_change>> tickets_tracker::changes(std::size_t most) {
  if (told_file_.empty())
    return std::vector<story_change>{};
  auto store = this->store();
  auto all = store ? catalog::open(*store) : result<catalog>{store.error()};
  if (!all)
    return all.error();
  if (!told_) {
    auto opened = tickets::watch::open(told_file_);
    if (!opened)
      return opened.error();
    told_ = std::move(*opened);
  }
  return told_->look(*all, most);
}

result<void> tickets_tracker::changes_stored() { return told_ ? told_->told() : result<void>{}; }

result<tracker::found> tickets_tracker::search() {
  auto open_blockers = std::map<std::string, bool>{};
  auto holds_back = [&](const ticket_store& store, const std::string& blocker) {
    auto known = open_blockers.find(blocker);
    if (known != open_blockers.end())
      return known->second;
    auto file = store.get(blocker);
    bool holds =
      file ? !tickets::is_over(status_of(*file)) : file.error() != ec::not_found && tickets::ticket_id(blocker).ok();
    return open_blockers[blocker] = holds;
  };
  auto out = each(config_.trigger_label, [&](found& out, const ticket_store& store, story s, const ticket_file& file) {
    if (!wanted(s, file))
      return;
    auto blockers = file.list("blocked_by");
    auto by = std::find_if(blockers.begin(), blockers.end(), [&](auto& b) { return holds_back(store, b); });
    if (by == blockers.end())
      out.stories.push_back(std::move(s));
    else
      out.hold(s.key + " is blocked by " + tickets::printable(*by) + ", which is not closed");
  });
  if (!out)
    return out;
  if (auto done = add_steps(*out); !done)
    return done.error();
  return out;
}

result<void> tickets_tracker::add_steps(found& out) const {
  auto store = this->store();
  auto ready = store ? ready_steps(*store, out.unreadable) : result<std::vector<ticket_step>>{store.error()};
  if (!ready)
    return ready.error();
  for (auto& s : *ready)
    out.stories.push_back(story_of(s, config_, url_of(*store, s)));
  std::stable_sort(out.stories.begin(), out.stories.end(),
                   [](const story& a, const story& b) { return a.created_ms < b.created_ms; });
  return {};
}

result<std::vector<tracker::standing>> tickets_tracker::look_again(const std::vector<std::string>& keys) {
  auto out = std::vector<standing>{};
  if (keys.empty())
    return out;
  auto store = this->store();
  if (!store)
    return store.error();
  for (auto& key : std::set<std::string>(keys.begin(), keys.end())) {
    auto s = standing{};
    if (auto its = tickets::read_story_key(key)) {
      auto step = find_step(*store, *its);
      if (!step && step.error() != ec::not_found)
        continue;
      s.now.tracker = config_.name;
      s.now.key = key;
      if (step)
        s.now = story_of(*step, config_, url_of(*store, *step));
      s.why = step ? step->why_not : "there is no step " + tickets::printable(key) + " any more";
      s.wanted = s.why.empty();
      out.push_back(std::move(s));
      continue;
    }
    auto file = store->get(key);
    if (file) {
      s.now = to_story(*store, *tickets::ticket_id(key), *file);
      s.why = why_not(s.now, *file);
    } else if (file.error() == ec::not_found) {
      s.now.tracker = config_.name;
      s.now.key = key;
      s.why = "there is no ticket " + tickets::printable(key) + " any more";
    } else {
      continue; // half written, perhaps: no reason to stop anything
    }
    s.wanted = s.why.empty();
    out.push_back(std::move(s));
  }
  return out;
}

result<tracker::found> tickets_tracker::search_rework() {
  return each(config_.rework_label, [&](found& out, const ticket_store&, story s, const ticket_file& file) {
    if (contains(s.labels, config_.rework_label) && !contains(s.labels, config_.processing_label) &&
        !tickets::is_over(s.status) && ours(s, file))
      out.stories.push_back(std::move(s));
  });
}

result<story> tickets_tracker::fetch(std::string_view key) {
  auto store = this->store();
  if (!store)
    return store.error();
  if (auto its = tickets::read_story_key(key)) {
    auto step = find_step(*store, *its);
    return step ? result<story>{story_of(*step, config_, url_of(*store, *step))} : result<story>{step.error()};
  }
  auto file = store->get(key);
  if (!file)
    return file.error();
  return to_story(*store, *tickets::ticket_id(key), *file);
}

result<void> tickets_tracker::edit(const ticket_store& store, std::string_view key,
                                   const ticket_store::file_edit& how) {
  if (auto id = tickets::ticket_id(key); !id)
    return id.error();
  bool refused = false;
  auto done = store.edit(key, [&](ticket_file& file) {
    auto wanted = how(file);
    refused = !wanted;
    return wanted;
  });
  return done || refused ? done : result<void>{not_now(done.error())};
}

result<bool> tickets_tracker::post(std::string_view key, const comment& what) {
  if (!is_marker(what.marker))
    return {ec::rejected, "tickets: '" + tickets::printable(what.marker) + "' is no marker for a comment"};
  auto store = this->store();
  if (!store)
    return not_now(store.error());
  bool posted = false;
  auto where = std::string{key};
  if (auto its = tickets::read_story_key(key)) { // told where people read it
    auto step = find_step(*store, *its);
    if (!step)
      return not_now(step.error());
    where = step->about.id;
  }
  auto done = edit(*store, where, [&](ticket_file& file) -> result<bool> {
    auto all = file.comments();
    if (has_marker(all, what.marker))
      return false;
    auto author = config_.account.empty() ? std::string{"hyakki"} : config_.account;
    auto record = tickets::ticket_comment{ticket_comment_id(all, what.marker), author, "hyakki@localhost",
                                          ticket_comment_content(what), tickets::local_time_text(clock_.now())};
    if (auto done = file.append_comment(record); !done)
      return done.error();
    if (auto done = stamp(file); !done)
      return done.error();
    return posted = true;
  });
  if (!done)
    return done.error();
  return posted;
}

result<void> tickets_tracker::label(std::string_view key, const label_change& what) {
  for (auto& add : what.add)
    if (auto good = check_label(add); !good)
      return good;
  auto store = this->store();
  if (!store)
    return not_now(store.error());
  if (auto its = tickets::read_story_key(key)) {
    auto moved = move_step(*store, *its, what, config_);
    return moved ? moved : result<void>{not_now(moved.error())};
  }
  return edit(*store, key, [&](ticket_file& file) -> result<bool> {
    bool changed = false;
    for (auto& gone : what.remove) {
      if (!contains(file.list("labels"), gone) || contains(what.add, gone))
        continue;
      if (auto done = file.remove_word("labels", gone); !done)
        return done.error();
      changed = true;
    }
    for (auto& add : what.add) {
      if (contains(file.list("labels"), add))
        continue;
      if (auto done = file.append_word("labels", add); !done)
        return done.error();
      changed = true;
    }
    if (changed)
      if (auto done = stamp(file); !done)
        return done.error();
    return changed;
  });
}

result<void> tickets_tracker::move_to(std::string_view key, std::string_view status) {
  if (std::find(statuses.begin(), statuses.end(), status) == statuses.end())
    return {ec::rejected, "tickets: there is no status '" + tickets::printable(status) +
                            "'; it is one of open, in-progress, blocked, closed, cancelled"};
  auto store = this->store();
  if (!store)
    return not_now(store.error());
  if (tickets::read_story_key(key)) // its ticket's status is for people to move
    return {};
  return edit(*store, key, [&](ticket_file& file) -> result<bool> {
    if (status_of(file) == status)
      return false;
    if (auto done = file.set_text("status", status); !done)
      return done.error();
    if (auto done = stamp(file); !done)
      return done.error();
    return true;
  });
}

result<void> tickets_tracker::probe() {
  auto store = this->store();
  return store ? store->probe() : result<void>{store.error()};
}

} // namespace

std::unique_ptr<tracker> make_tickets_tracker(const tracker_config& config, const clock& clock,
                                              tickets::store_options options, std::string told_file) {
  return std::make_unique<tickets_tracker>(config, clock, std::move(options), std::move(told_file));
}

} // namespace hyakki
