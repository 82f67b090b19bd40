#include "adapters/trackers/github_issues.hpp"

#include "adapters/github/comments.hpp"
#include "adapters/github/issue.hpp"
#include "adapters/github/issue_list.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace hyakki {
namespace {

using namespace github;

constexpr std::size_t most_stories = 10'000;
constexpr std::size_t most_sentences = 100;
constexpr std::size_t most_repositories = 50;
constexpr std::size_t keys_per_query = 100;

std::string written(const nlohmann::json& body) {
  return body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

result<std::vector<repository_name>> read_project(std::string_view text) {
  auto out = std::vector<repository_name>{};
  auto rest = text;
  while (!rest.empty()) {
    auto comma = rest.find(',');
    auto word = rest.substr(0, comma);
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    auto first = word.find_first_not_of(" \t");
    if (first == std::string_view::npos)
      continue;
    word = word.substr(first, word.find_last_not_of(" \t") - first + 1);
    auto named = read_repository(word);
    if (!named)
      return {ec::bad_config, "GitHub: issue_tracker.project has \"" + printable(word) +
                                "\"; it is owner/repo, or several of them with commas in between"};
    if (std::none_of(out.begin(), out.end(), [&](auto& r) { return same_label(r.text(), named->text()); }))
      out.push_back(*named);
  }
  if (out.empty() || out.size() > most_repositories)
    return {ec::bad_config, "GitHub: issue_tracker.project names " + std::to_string(out.size()) +
                              " repositories; it is owner/repo, or up to " + std::to_string(most_repositories) +
                              " of them with commas in between"};
  return out;
}

class github_issues final : public tracker {
public:
  github_issues(const tracker_config& config, http_client& http)
    : config_(config), github_(config.base_url, config.token, http), lists_(github_),
      projects_(read_project(config.project)) {
    if (config_.name.empty())
      config_.name = "github_issues";
    if (projects_)
      if (auto good = check(); !good)
        projects_ = good.error();
  }

  std::string_view name() const override { return config_.name; }
  result<found> search() override;
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override;
  result<found> search_rework() override;
  result<story> fetch(std::string_view key) override;
  result<bool> post(std::string_view key, const comment& what) override;
  result<void> label(std::string_view key, const label_change& what) override;
  result<void> move_to(std::string_view key, std::string_view status) override;
  result<void> probe() override;

private:
  result<void> check() const;
  /// Every open issue with all of these labels, for which `wanted` holds.
  using filter = std::function<bool(const issue&)>;
  result<found> each(const std::vector<std::string>& labels, const std::vector<std::string>& without,
                     const filter& wanted);
  std::string list_path(const repository_name& in, const std::vector<std::string>& labels) const;
  std::string search_path(const repository_name& in, const std::vector<std::string>& labels,
                          const std::vector<std::string>& without) const;
  bool ours(const issue& i) const;
  bool assigned(const issue& i) const;
  std::string why_not(const issue& i) const;
  /// Which open issues hold this one back, as words; empty when none do.
  result<std::string> held_by(const issue& i);
  result<void> look_at(const std::vector<issue_name>& names, std::vector<standing>& out) const;
  result<issue> get(const issue_name& name);

  tracker_config config_;
  api github_;
  issue_lists lists_;
  result<std::vector<repository_name>> projects_;
};

result<void> github_issues::check() const {
  auto all = config_.required_labels;
  for (auto& l : {config_.trigger_label, config_.processing_label, config_.done_label, config_.failed_label,
                  config_.rework_label})
    all.push_back(l);
  for (auto& l : all)
    if (l.empty() || l.size() > 200 || l.find_first_of(",\r\n\"") != std::string::npos || clean_line(l) != l)
      return {ec::bad_config, "GitHub: \"" + printable(cut_with_note(l, 80, "…")) +
                                "\" cannot be asked for as a label: one line without commas and quotation marks"};
  if (!config_.status.empty() && config_.status != "open")
    return {ec::bad_config, "GitHub: issue_tracker.status is \"" + printable(config_.status) +
                              "\", but issues are only open or closed, and only open ones are worked on; leave it out, "
                              "and use required_labels to choose among them"};
  return {};
}

bool github_issues::assigned(const issue& i) const {
  return config_.assignee.empty() || has_label(i.assignees, config_.assignee);
}

bool github_issues::ours(const issue& i) const {
  return !i.is_pull_request && i.open && assigned(i) &&
         std::all_of(config_.required_labels.begin(), config_.required_labels.end(),
                     [&](const std::string& l) { return has_label(i.story.labels, l); });
}

std::string github_issues::list_path(const repository_name& in, const std::vector<std::string>& labels) const {
  auto joined = std::string{};
  for (auto& l : labels)
    joined += (joined.empty() ? "" : ",") + l;
  auto path =
    repository_path(in, "/issues?state=open&sort=created&direction=asc&per_page=100&labels=") + percent_encode(joined);
  if (!config_.assignee.empty())
    path += "&assignee=" + percent_encode(config_.assignee);
  return path;
}

// One repository at a time: what several repo: words in one query mean differs between versions of the search.
std::string github_issues::search_path(const repository_name& in, const std::vector<std::string>& labels,
                                       const std::vector<std::string>& without) const {
  auto q = config_.query + " is:issue is:open repo:" + in.text();
  for (auto& l : labels)
    q += " label:\"" + l + "\"";
  for (auto& l : without)
    q += " -label:\"" + l + "\"";
  if (!config_.assignee.empty())
    q += " assignee:" + config_.assignee;
  return "/search/issues?sort=created&order=asc&per_page=100&q=" + percent_encode(q);
}

result<tracker::found> github_issues::each(const std::vector<std::string>& labels,
                                           const std::vector<std::string>& without, const filter& wanted) {
  if (!projects_)
    return projects_.error();
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
      say(out.held, i.story.key + " is blocked by " + *by);
    return true;
  };
  for (auto& in : *projects_) {
    auto searched = !config_.query.empty();
    auto path = searched ? search_path(in, labels, without) : list_path(in, labels);
    auto done = lists_.each_page(path, searched ? nullptr : &in, config_.name, [&](const issue_list& page) {
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

result<tracker::found> github_issues::search() {
  auto labels = config_.required_labels;
  labels.insert(labels.begin(), config_.trigger_label);
  auto ended = std::vector<std::string>{config_.processing_label, config_.done_label, config_.failed_label};
  return each(labels, ended, [&](const issue& i) {
    return ours(i) && has_label(i.story.labels, config_.trigger_label) &&
           std::none_of(ended.begin(), ended.end(), [&](auto& l) { return has_label(i.story.labels, l); });
  });
}

result<tracker::found> github_issues::search_rework() {
  auto labels = config_.required_labels;
  labels.insert(labels.begin(), config_.rework_label);
  return each(labels, {config_.processing_label}, [&](const issue& i) {
    return ours(i) && has_label(i.story.labels, config_.rework_label) &&
           !has_label(i.story.labels, config_.processing_label);
  });
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
    auto done = lists_.each_page(path, nullptr, config_.name, [&](const issue_list& page) -> result<bool> {
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
      auto known = std::any_of(projects_->begin(), projects_->end(),
                               [&](auto& r) { return same_label(r.text(), by.repository.text()); });
      if (!known || by.text() == i.story.key)
        continue;
      auto there = lists_.one(by, config_.name);
      if (!there && there.error() != ec::not_found)
        return there.error();
      if (there && there->open)
        add(by.text());
    }
  }
  return open.empty() ? open : open + (open.find(',') == std::string::npos ? ", which is open" : ", which are open");
}

std::string github_issues::why_not(const issue& i) const {
  if (!i.open)
    return i.story.key + " is closed";
  if (!has_label(i.story.labels, config_.trigger_label) && !has_label(i.story.labels, config_.rework_label))
    return i.story.key + " does not carry the label " + config_.trigger_label + " any more";
  if (!assigned(i)) {
    auto whom = std::string{};
    for (auto& a : i.assignees)
      whom += (whom.empty() ? "" : ", ") + printable(a);
    return i.story.key + " is assigned to " + (whom.empty() ? "nobody" : whom) + ", not to " + config_.assignee;
  }
  return {};
}

result<void> github_issues::look_at(const std::vector<issue_name>& names, std::vector<standing>& out) const {
  auto by_repository = std::map<std::string, std::vector<issue_name>>{};
  for (auto& n : names)
    by_repository[n.repository.text()].push_back(n);
  auto text = std::string{"query("}, body = std::string{};
  auto variables = nlohmann::json::object();
  auto r = 0;
  for (auto& [_, all] : by_repository) {
    auto n = std::to_string(r++);
    text += "$o" + n + ":String!,$n" + n + ":String!,";
    variables["o" + n] = all.front().repository.owner;
    variables["n" + n] = all.front().repository.name;
    body += "r" + n + ":repository(owner:$o" + n + ",name:$n" + n + "){";
    for (auto& i : all)
      body += "i" + std::to_string(i.number) + ":issue(number:" + std::to_string(i.number) + "){...f}";
    body += "}";
  }
  text.back() = ')';
  text += "{" + body + "}fragment f on Issue" + std::string{issue_fields};
  auto trouble = std::optional<error>{};
  auto done = github_.query(text, written(variables), [&](const json_node& data, const json_node& errors) {
    auto gone = std::set<std::string>{};
    auto other = std::string{};
    for (auto& e : errors.exists() ? errors.items() : std::vector<json_node>{}) {
      auto at = std::string{};
      for (auto& step : e.maybe_items("path"))
        at += "/" + (step.is_string() ? step.text() : std::string{});
      if (e.text_or("type", "") == "NOT_FOUND")
        gone.insert(at);
      else
        other = e.text_or("message", "an error without words");
    }
    auto n = 0;
    for (auto& [repository, all] : by_repository) {
      auto alias = "r" + std::to_string(n++);
      auto in = data.maybe(alias);
      if (!in.exists()) { // a token that sees nothing is no reason to stop everything
        trouble = error{gone.count("/" + alias) != 0 ? ec::rejected : ec::unavailable,
                        "GitHub: the stories of " + repository + " cannot be looked at again: " +
                          (other.empty() ? "the token does not see this repository" : printable(other)) +
                          ". They go on; what was changed there is not seen"};
        continue;
      }
      for (auto& name : all) {
        auto own = "i" + std::to_string(name.number);
        auto node = in.maybe(own);
        auto s = standing{};
        if (node.exists()) {
          auto now = read_graphql_issue(node, name.repository, config_.name);
          s.why = why_not(now);
          s.now = std::move(now.story);
        } else if (gone.count("/" + alias + "/" + own) != 0) {
          s.now.tracker = config_.name;
          s.why = name.text() + " is not there any more: it was deleted or moved";
        } else {
          continue;
        }
        s.now.key = name.text();
        s.wanted = s.why.empty();
        out.push_back(std::move(s));
      }
    }
  });
  if (!done)
    return done;
  return trouble ? result<void>{*trouble} : result<void>{};
}

result<std::vector<tracker::standing>> github_issues::look_again(const std::vector<std::string>& keys) {
  auto out = std::vector<standing>{};
  if (keys.empty())
    return out;
  if (!projects_)
    return projects_.error();
  auto names = std::vector<issue_name>{};
  for (auto& key : std::set<std::string>(keys.begin(), keys.end()))
    if (auto name = read_key(key); name && name->text() == key)
      names.push_back(*name);
  for (std::size_t i = 0; i < names.size(); i += keys_per_query) {
    auto end = std::min(i + keys_per_query, names.size());
    auto part = std::vector<issue_name>(names.begin() + static_cast<std::ptrdiff_t>(i),
                                        names.begin() + static_cast<std::ptrdiff_t>(end));
    if (auto done = look_at(part, out); !done)
      return done.error();
  }
  return out;
}

result<issue> github_issues::get(const issue_name& name) {
  auto out = lists_.one(name, config_.name);
  if (!out)
    return out;
  if (out->is_pull_request)
    return {ec::not_found, "GitHub: " + name.text() + " is a pull request, not an issue"};
  if (out->number != name.number)
    return {ec::not_found, "GitHub: " + name.text() + " was moved to " + printable(out->story.url)};
  return out;
}

result<story> github_issues::fetch(std::string_view key) {
  if (!projects_)
    return projects_.error();
  auto name = read_key(key);
  if (!name)
    return name.error();
  auto i = get(*name);
  if (!i)
    return i.error();
  return std::move(i->story);
}

result<bool> github_issues::post(std::string_view key, const comment& what) {
  if (!projects_)
    return projects_.error();
  auto name = read_key(key);
  if (!name)
    return name.error();
  return post_once(github_, name->repository, name->number, what);
}

// PUT …/labels would be one atomic call, but it writes the whole set: a label that a person adds or takes away between
// our reading and our writing would be undone, and labels are how people start, stop and repeat work. POST and DELETE
// touch their own label only. What is added comes first: after a crash in between a story has a label too many, never
// one too few, and no such set lets it be taken up a second time. The call is repeated and finishes the rest.
result<void> github_issues::label(std::string_view key, const label_change& what) {
  if (!projects_)
    return projects_.error();
  auto name = read_key(key);
  if (!name)
    return name.error();
  auto path = repository_path(name->repository, "/issues/" + std::to_string(name->number) + "/labels");
  auto now = std::vector<std::string>{};
  auto read_labels = [&](const http_request& asked, const http_answer& answer) -> result<void> {
    auto document = read_json(asked, answer);
    if (!document)
      return document.error();
    for (auto& l : document->root().items())
      now.push_back(l.text("name"));
    return document->fault() ? result<void>{*document->fault()} : result<void>{};
  };
  auto add = std::vector<std::string>{};
  for (auto& l : what.add)
    if (!has_label(add, l))
      add.push_back(l);
  auto asked = add.empty() ? github_.request(http_method::get, path + "?per_page=100")
                           : github_.change(http_method::post, path, written({{"labels", add}}));
  if (!asked)
    return asked.error();
  asked->repeatable = true; // adding what is there changes nothing
  auto answer = github_.call(*asked);
  if (!answer)
    return answer.error();
  if (auto good = read_labels(*asked, *answer); !good)
    return good;
  for (auto& l : now) {
    if (!has_label(what.remove, l) || has_label(add, l))
      continue;
    auto gone = github_.change(http_method::del, path + "/" + percent_encode(l), {});
    if (!gone)
      return gone.error();
    auto done = github_.attempt(*gone);
    if (!done)
      return done.error();
    if (!done->ok() && done->status != 404) // somebody else took it away
      return api::to_error(*gone, *done);
  }
  return {};
}

result<void> github_issues::move_to(std::string_view key, std::string_view status) {
  if (!projects_)
    return projects_.error();
  auto opens = same_label(status, "open");
  auto dropped = same_label(status, "not_planned");
  if (!opens && !dropped && !same_label(status, "closed") && !same_label(status, "completed"))
    return {ec::rejected, "GitHub: there is no status \"" + printable(cut_with_note(status, 80, "…")) +
                            "\": an issue is open, closed or not_planned and nothing else. For what lies between, "
                            "labels are set; leave the status_on_… keys out"};
  auto name = read_key(key);
  if (!name)
    return name.error();
  auto i = get(*name);
  if (!i)
    return i.error();
  if (i->open == opens) // closed is closed, whatever the reason that somebody gave
    return {};
  auto body = nlohmann::json{{"state", opens ? "open" : "closed"}};
  if (!opens)
    body["state_reason"] = dropped ? "not_planned" : "completed";
  auto asked = github_.change(
    http_method::patch, repository_path(name->repository, "/issues/" + std::to_string(name->number)), written(body));
  if (!asked)
    return asked.error();
  asked->repeatable = true;
  auto answer = github_.call(*asked);
  return answer ? result<void>{} : result<void>{answer.error()};
}

result<void> github_issues::probe() {
  if (!projects_)
    return projects_.error();
  for (auto& in : *projects_) {
    auto asked = github_.request(http_method::get, repository_path(in));
    if (!asked)
      return asked.error();
    auto answer = github_.call(*asked);
    if (!answer) {
      auto e = answer.error();
      if (e == ec::not_found)
        e = {ec::bad_config, e.text + ". Is issue_tracker.project right, and may the token see " + in.text() + "?"};
      return e;
    }
    auto document = read_json(*asked, *answer);
    if (!document)
      return document.error();
    auto root = document->root();
    auto has_issues = root.flag_or("has_issues", true);
    auto archived = root.flag_or("archived", false);
    auto rights = root.maybe("permissions");
    auto may = !rights.exists() || rights.flag_or("triage", false) || rights.flag_or("push", false);
    root.text("full_name");
    if (document->fault())
      return *document->fault();
    if (!has_issues || archived)
      return {ec::bad_config,
              "GitHub: " + in.text() + (archived ? " is archived: nothing can be changed there" : " has no issues")};
    if (!may)
      return {ec::bad_config, "GitHub: the token can read " + in.text() +
                                " but not set labels there; it needs the right to write issues (see docs/github.md)"};
  }
  return {};
}

} // namespace

std::unique_ptr<tracker> make_github_issues_tracker(const tracker_config& config, http_client& http, const clock&) {
  return std::make_unique<github_issues>(config, http);
}

} // namespace hyakki
