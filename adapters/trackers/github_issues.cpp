#include "adapters/trackers/github_issues.hpp"

#include "adapters/github/comments.hpp"
#include "adapters/github/issue.hpp"
#include "adapters/github/issue_list.hpp"
#include "adapters/github/issue_scope.hpp"
#include "adapters/github/look_again.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/ask.hpp"
#include "core/suggest.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

namespace hyakki {
namespace {

using namespace github;

constexpr std::size_t most_stories = 10'000;
constexpr std::size_t most_sentences = 100;

/// Words for where an issue is moved to, and what GitHub makes of them.
struct state_word {
  std::string_view word;
  bool open;
  const char* reason; ///< none of an open one
};
constexpr auto state_words = std::array<state_word, 4>{{{"open", true, ""},
                                                        {"closed", false, "completed"},
                                                        {"completed", false, "completed"},
                                                        {"not_planned", false, "not_planned"}}};

const state_word* state_of(std::string_view word) {
  auto found = std::find_if(state_words.begin(), state_words.end(), [&](auto& s) { return same_label(s.word, word); });
  return found == state_words.end() ? nullptr : &*found;
}

class github_issues final : public tracker {
public:
  github_issues(const tracker_config& config, http_client& http)
    : name_(config.name.empty() ? "github_issues" : config.name), github_(config.base_url, config.token, http),
      lists_(github_), scope_(config), moves_{{{"status_on_start", config.status_on_start},
                                               {"status_on_review", config.status_on_review},
                                               {"status_on_done", config.status_on_done}}} {}

  std::string_view name() const override { return name_; }
  result<found> search() override {
    return each([&](auto& in) { return scope_.path_to_work(in); }, [&](auto& i) { return scope_.waits_for_work(i); });
  }
  result<found> search_rework() override {
    return each([&](auto& in) { return scope_.path_to_rework(in); },
                [&](auto& i) { return scope_.waits_for_rework(i); });
  }
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    return github::look_again(github_, scope_, name_, keys);
  }
  result<story> fetch(std::string_view key) override;
  result<bool> post(std::string_view key, const comment& what) override;
  result<void> label(std::string_view key, const label_change& what) override;
  result<void> move_to(std::string_view key, std::string_view status) override;
  result<void> probe() override;

private:
  /// Every issue on the lists of our repositories for which `wanted` holds.
  result<found> each(const std::function<std::string(const repository_name&)>& path_to,
                     const std::function<bool(const issue&)>& wanted);
  /// Which open issues hold this one back, as words; empty when none do.
  result<std::string> held_by(const issue& i);
  /// The issue that a key names, where the configuration is good.
  result<issue_name> named(std::string_view key) const;
  result<issue> get(const issue_name& name);
  /// Are the words that stories are moved to such as GitHub knows?
  result<void> know_states() const;
  /// May labels be set there?
  result<void> probe(const repository_name& in) const;

  std::string name_;
  api github_;
  issue_lists lists_;
  issue_scope scope_;
  std::array<std::pair<std::string_view, std::string>, 3> moves_; ///< where stories are moved to, by key
};

result<tracker::found> github_issues::each(const std::function<std::string(const repository_name&)>& path_to,
                                           const std::function<bool(const issue&)>& wanted) {
  if (!scope_.repositories())
    return scope_.repositories().error();
  auto out = found{};
  auto say = [](std::vector<std::string>& where, std::string what) {
    if (where.size() < most_sentences)
      where.push_back(std::move(what));
  };
  auto seen = std::set<std::string>{};
  auto offer = [&](const issue& i) -> result<bool> {
    if (!wanted(i) || !seen.insert(i.story.key).second)
      return true;
    if (out.stories.size() == most_stories) {
      say(out.unreadable, "GitHub: there are more than " + std::to_string(most_stories) +
                            " issues to work on; the others wait until these are done");
      return false;
    }
    auto by = held_by(i);
    if (!by)
      return by.error();
    if (by->empty())
      out.stories.push_back(i.story);
    else
      out.hold(i.story.key + " is blocked by " + *by);
    return true;
  };
  for (auto& in : *scope_.repositories()) {
    auto whose = scope_.searched() ? nullptr : &in;
    auto done = lists_.each_page(path_to(in), whose, name_, [&](const issue_list& page) {
      for (auto& bad : page.unreadable)
        say(out.unreadable, bad);
      for (auto& i : page.issues) {
        // a query of somebody's own may lead elsewhere
        auto key = in.text() + "#" + std::to_string(i.number);
        if (!same_label(i.story.key, key))
          continue;
        auto named = i;
        named.story.key = key;
        if (auto more = offer(named); !more || !*more)
          return more;
      }
      return result<bool>{true};
    });
    if (!done)
      return done.error();
  }
  std::stable_sort(out.stories.begin(), out.stories.end(),
                   [](const story& a, const story& b) { return a.created_ms < b.created_ms; });
  return out;
}

result<std::string> github_issues::held_by(const issue& i) {
  auto name = read_key(i.story.key);
  auto open = std::string{};
  auto add = [&](const std::string& key) { open += (open.empty() ? "" : ", ") + key; };
  if (i.blockers) {
    if (*i.blockers == 0 || !name)
      return open;
    auto path = repository_path(name->repository,
                                "/issues/" + std::to_string(name->number) + "/dependencies/blocked_by?per_page=100");
    auto done = lists_.each_page(path, nullptr, name_, [&](const issue_list& page) -> result<bool> {
      for (auto& b : page.issues)
        if (b.open)
          add(b.story.key);
      return true;
    });
    if (!done && done.error() != ec::not_found)
      return done.error();
    if (!done) // it blocks all the same, but cannot be read
      return std::to_string(*i.blockers) + " open issue" + (*i.blockers == 1 ? "" : "s");
  } else if (name) {
    for (auto& by : blockers_in_text(i.story.description, name->repository)) {
      auto known = std::any_of(scope_.repositories()->begin(), scope_.repositories()->end(),
                               [&](auto& r) { return same_label(r.text(), by.repository.text()); });
      if (!known || by.text() == i.story.key)
        continue;
      auto there = lists_.one(by, name_);
      if (!there && there.error() != ec::not_found)
        return there.error();
      if (there && there->open)
        add(by.text());
    }
  }
  return open.empty() ? open : open + (open.find(',') == std::string::npos ? ", which is open" : ", which are open");
}

result<issue_name> github_issues::named(std::string_view key) const {
  return scope_.repositories() ? read_key(key) : result<issue_name>{scope_.repositories().error()};
}

result<issue> github_issues::get(const issue_name& name) {
  auto out = lists_.one(name, name_);
  if (!out)
    return out;
  if (out->is_pull_request)
    return {ec::not_found, "GitHub: " + name.text() + " is a pull request, not an issue"};
  if (out->number != name.number)
    return {ec::not_found, "GitHub: " + name.text() + " was moved to " + printable(out->story.url)};
  return out;
}

result<story> github_issues::fetch(std::string_view key) {
  auto name = named(key);
  if (!name)
    return name.error();
  auto i = get(*name);
  if (!i)
    return i.error();
  return std::move(i->story);
}

result<bool> github_issues::post(std::string_view key, const comment& what) {
  auto name = named(key);
  if (!name)
    return name.error();
  return post_once(github_, name->repository, name->number, what);
}

std::vector<std::string> names_of(const json_node& labels) {
  auto out = std::vector<std::string>{};
  for (auto& l : labels.items())
    out.push_back(l.text("name"));
  return out;
}

/// A change of labels is answered by all of them: what does not name those that were added was not made there.
result<void> holds_all(const http_request& asked, const std::vector<std::string>& there,
                       const std::vector<std::string>& added) {
  for (auto& l : added)
    if (!has_label(there, l))
      return {ec::unavailable, describe(asked) + " answered without the label \"" + printable(cut_utf8(l, 60)) +
                                 "\", which it was to add. Is there a proxy in between?"};
  return {};
}

// PUT …/labels would be one atomic call, but it writes the whole set: a label that a person adds or takes away between
// our reading and our writing would be undone, and labels are how people start, stop and repeat work. POST and DELETE
// touch their own label only. What is added comes first: after a crash in between a story has a label too many, never
// one too few, and no such set lets it be taken up a second time. The call is repeated and finishes the rest.
result<void> github_issues::label(std::string_view key, const label_change& what) {
  auto name = named(key);
  if (!name)
    return name.error();
  auto path = repository_path(name->repository, "/issues/" + std::to_string(name->number) + "/labels");
  auto add = std::vector<std::string>{};
  for (auto& l : what.add)
    if (!has_label(add, l))
      add.push_back(l);
  auto asked = add.empty() ? github_.request(http_method::get, path + "?per_page=100")
                           : github_.change(http_method::post, path, written({{"labels", add}}));
  if (!asked)
    return asked.error();
  asked->repeatable = true; // adding what is there changes nothing
  auto now = ask(github_, asked, names_of);
  if (!now)
    return now.error();
  if (auto all = holds_all(*asked, *now, add); !all)
    return all;
  for (auto& l : *now) {
    if (!has_label(what.remove, l) || has_label(add, l))
      continue;
    auto gone = github_.change(http_method::del, path + "/" + percent_encode(l), {});
    if (!gone)
      return gone.error();
    auto done = github_.attempt(*gone);
    if (!done)
      return done.error();
    if (done->ok()) {
      auto left = read_answer(*gone, *done, names_of);
      if (!left)
        return left.error();
      if (auto all = holds_all(*gone, *left, add); !all)
        return all;
      continue;
    }
    auto refused = api::to_error(*gone, *done);
    if (done->status != 404 || refused.text.find("Label does not exist") == std::string::npos)
      return refused; // else somebody took it away a moment ago
  }
  return {};
}

result<void> github_issues::move_to(std::string_view key, std::string_view status) {
  auto name = named(key);
  if (!name)
    return name.error();
  auto wanted = state_of(status);
  if (wanted == nullptr)
    return {ec::rejected, "GitHub: there is no status \"" + printable(cut_with_note(status, 80, "…")) +
                            "\": an issue is open, closed or not_planned and nothing else. For what lies between, "
                            "labels are set; leave the status_on_… keys out"};
  auto i = get(*name);
  if (!i)
    return i.error();
  if (i->open == wanted->open) // closed is closed, whatever the reason that somebody gave
    return {};
  auto body = nlohmann::json{{"state", wanted->open ? "open" : "closed"}};
  if (!wanted->open)
    body["state_reason"] = wanted->reason;
  auto asked = github_.change(
    http_method::patch, repository_path(name->repository, "/issues/" + std::to_string(name->number)), written(body));
  if (!asked)
    return asked.error();
  asked->repeatable = true;
  return tell(github_, asked, "state");
}

result<void> github_issues::probe() {
  if (!scope_.repositories())
    return scope_.repositories().error();
  for (auto& in : *scope_.repositories())
    if (auto good = probe(in); !good)
      return good;
  return know_states();
}

result<void> github_issues::know_states() const {
  auto names = std::vector<std::string_view>{};
  for (auto& s : state_words)
    names.push_back(s.word);
  for (auto& [key, status] : moves_)
    if (!status.empty() && state_of(status) == nullptr) {
      auto meant = did_you_mean(status, names);
      return {ec::bad_config,
              "GitHub: issue_tracker." + std::string{key} + " is \"" + printable(cut_with_note(status, 80, "…")) +
                "\", and no issue of GitHub has such a status" + meant + (meant.empty() ? "." : "") + " There are " +
                listed(names) + ". For what lies between, labels are set: leave the key out"};
    }
  return {};
}

result<void> github_issues::probe(const repository_name& in) const {
  auto asked = github_.request(http_method::get, repository_path(in));
  if (!asked)
    return asked.error();
  auto answer = github_.attempt(*asked);
  if (!answer)
    return answer.error();
  if (answer->status == 404)
    return {ec::bad_config, describe(*asked) +
                              " answered 404: look whether issue_tracker.project is right and the "
                              "token may see " +
                              in.text()};
  if (!answer->ok())
    return api::to_error(*asked, *answer);
  struct seen {
    bool has_issues = false, archived = false, may = false;
  };
  auto there = read_answer(*asked, *answer, [](const json_node& root) {
    auto rights = root.maybe("permissions");
    root.text("full_name");
    return seen{root.flag_or("has_issues", true), root.flag_or("archived", false),
                !rights.exists() || rights.flag_or("triage", false) || rights.flag_or("push", false)};
  });
  if (!there)
    return there.error();
  if (!there->has_issues || there->archived)
    return {ec::bad_config, "GitHub: " + in.text() +
                              (there->archived ? " is archived: nothing can be changed there" : " has no issues")};
  if (!there->may)
    return {ec::bad_config, "GitHub: the token can read " + in.text() +
                              " but not set labels there; it needs the right to write issues (see docs/github.md)"};
  return {};
}

} // namespace

std::unique_ptr<tracker> make_github_issues_tracker(const tracker_config& config, http_client& http, const clock&) {
  return std::make_unique<github_issues>(config, http);
}

} // namespace hyakki
