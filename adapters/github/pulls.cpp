#include "adapters/github/pulls.hpp"

#include "adapters/github/words.hpp"
#include "adapters/http/ask.hpp"
#include "core/url.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace hyakki::github {
namespace {

constexpr std::size_t most_listed = 1000;

std::string pull_path(const repository_name& in, std::int64_t number, std::string_view rest = {}) {
  return repository_path(in, "/pulls/" + std::to_string(number) + std::string{rest});
}

pull read_pull(const json_node& node) {
  auto out = pull{};
  out.number = node.integer("number");
  out.what.id = std::to_string(out.number);
  out.what.url = node.text("html_url");
  out.what.title = node.text("title");
  out.what.description = node.text_or("body", "");
  auto head = node.object("head");
  auto base = node.object("base");
  out.what.source_branch = head.text("ref");
  out.what.head = head.text("sha");
  out.what.target_branch = base.text("ref");
  out.what.state = node.maybe("merged_at").exists() ? "merged" : node.text("state");
  auto from = head.maybe("repo"), to = base.maybe("repo"); // null: the fork was deleted
  out.same_repository = from.exists() && to.exists() && same_label(from.text("full_name"), to.text("full_name"));
  for (auto& l : node.maybe_items("labels"))
    out.labels.push_back(l.text("name"));
  out.asked = node.maybe_items("requested_reviewers").size() + node.maybe_items("requested_teams").size();
  out.draft = node.flag_or("draft", false);
  return out;
}

result<std::vector<pull>> list(const api& github, const repository_name& in, const std::string& query,
                               std::size_t most) {
  auto out = std::vector<pull>{};
  auto path = repository_path(in, "/pulls?sort=created&direction=desc&per_page=100&" + query);
  auto done = github.pages(path, [&](const json_node& page) {
    for (auto& node : page.items())
      out.push_back(read_pull(node));
    return out.size() < most;
  });
  if (!done)
    return done.error();
  out.resize(std::min(out.size(), most));
  return out;
}

/// The words of an answer that is no success.
std::string words_of(const http_request& asked, const http_answer& answer) { return api::to_error(asked, answer).text; }

bool says(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

} // namespace

result<std::int64_t> read_number(std::string_view id) {
  if (id.empty() || id.size() > 9 || id.find_first_not_of("0123456789") != std::string_view::npos || id[0] == '0')
    return {ec::not_found, "GitHub: there is no pull request '" + printable(cut_utf8(id, 40)) + "'"};
  return std::stoll(std::string{id});
}

result<pull> get_pull(const api& github, const repository_name& in, std::int64_t number) {
  return ask(github, github.request(http_method::get, pull_path(in, number)), read_pull);
}

result<std::vector<pull>> list_pulls(const api& github, const repository_name& in, bool open_only) {
  return list(github, in, open_only ? "state=open" : "state=all", most_listed);
}

result<std::vector<pull>> pulls_from(const api& github, const repository_name& in, const std::string& branch) {
  auto all = list(github, in, "state=open&head=" + percent_encode(in.owner + ":" + branch), most_listed);
  if (!all)
    return all;
  // the filter is about the owner: another repository of the same owner may have such a branch too
  all->erase(std::remove_if(
               all->begin(), all->end(),
               [&](auto& p) { return p.what.source_branch != branch || !p.same_repository || p.what.state != "open"; }),
             all->end());
  return all;
}

result<opening> open_pull(const api& github, const repository_name& in, const new_pull& what) {
  auto body = nlohmann::json{{"title", what.title}, {"head", what.head}, {"base", what.base}, {"body", what.body}};
  if (what.draft)
    body["draft"] = true;
  auto asked = github.change(http_method::post, repository_path(in, "/pulls"), written(body));
  if (!asked)
    return asked.error();
  auto answer = github.attempt(*asked);
  if (!answer)
    return answer.error();
  if (answer->ok()) {
    auto made = read_answer(*asked, *answer, read_pull);
    if (!made)
      return made.error();
    return opening{opened::now, std::move(*made)};
  }
  auto words = words_of(*asked, *answer);
  if (answer->status == 422) {
    if (says(words, "A pull request already exists"))
      return opening{opened::there_already, std::nullopt};
    if (what.draft && says(words, "raft pull requests are not supported"))
      return opening{opened::drafts_unsupported, std::nullopt};
    if (says(words, "No commits between"))
      return {ec::no_changes, words};
    if (says(words, "head is invalid"))
      return {ec::not_found,
              "GitHub: " + in.text() + " has no branch '" + printable(what.head) + "'; push it first (" + words + ")"};
    if (says(words, "base is invalid"))
      return {ec::not_found, "GitHub: " + in.text() + " has no branch '" + printable(what.base) +
                               "' to merge into; see repo_hosting.default_branch (" + words + ")"};
  }
  return api::to_error(*asked, *answer);
}

result<void> add_labels(const api& github, const repository_name& in, std::int64_t number,
                        const std::vector<std::string>& labels) {
  auto asked = github.change(http_method::post, repository_path(in, "/issues/" + std::to_string(number) + "/labels"),
                             written({{"labels", labels}}));
  if (!asked)
    return asked.error();
  asked->repeatable = true; // adding what is there changes nothing
  auto labelled = ask(github, asked, [](const json_node& root) { return root.items().size(); });
  return labelled ? result<void>{} : result<void>{labelled.error()};
}

result<std::string> ask_reviewers(const api& github, const repository_name& in, std::int64_t number,
                                  const std::vector<std::string>& whom) {
  auto ask = [&](const std::vector<std::string>& some) -> result<std::string> {
    auto people = nlohmann::json::array(), teams = nlohmann::json::array();
    for (auto& who : some) {
      auto slash = who.find('/');
      if (who.substr(0, 5) == "team:")
        teams.push_back(who.substr(5));
      else if (slash != std::string::npos)
        teams.push_back(who.substr(slash + 1));
      else
        people.push_back(who);
    }
    auto body = nlohmann::json::object();
    if (!people.empty())
      body["reviewers"] = people;
    if (!teams.empty())
      body["team_reviewers"] = teams;
    auto asked = github.change(http_method::post, pull_path(in, number, "/requested_reviewers"), written(body));
    if (!asked)
      return asked.error();
    asked->repeatable = true; // who was asked already is not asked twice
    auto answer = github.attempt(*asked);
    if (!answer)
      return answer.error();
    if (!answer->ok())
      return words_of(*asked, *answer);
    auto seen = read_answer(*asked, *answer, read_pull);
    return seen ? result<std::string>{std::string{}} : result<std::string>{seen.error()};
  };
  auto together = ask(whom);
  if (!together || together->empty() || whom.size() == 1)
    return together && !together->empty() ? whom.front() + ": " + *together : together;
  auto left = std::string{}; // one name that is wrong makes GitHub refuse all of them
  for (auto& who : whom) {
    auto alone = ask({who});
    if (!alone)
      return alone;
    if (!alone->empty())
      left += (left.empty() ? "" : "\n") + who + ": " + *alone;
  }
  return left;
}

result<bool> was_reviewed(const api& github, const repository_name& in, std::int64_t number) {
  auto some = false;
  auto done = github.pages(pull_path(in, number, "/reviews?per_page=1"), [&](const json_node& page) {
    some = !page.items().empty();
    return false;
  });
  if (!done)
    return done.error();
  return some;
}

result<void> merge_pull(const api& github, const repository_name& in, const pull& p) {
  auto refused = std::string{};
  for (auto method : {"merge", "squash", "rebase"}) {
    auto asked = github.change(http_method::put, pull_path(in, p.number, "/merge"),
                               written({{"sha", p.what.head}, {"merge_method", method}}));
    if (!asked)
      return asked.error();
    auto answer = github.attempt(*asked);
    if (!answer)
      return answer.error();
    if (answer->ok()) {
      auto merged = read_answer(*asked, *answer, [](const json_node& root) { return root.flag("merged"); });
      return merged ? result<void>{} : result<void>{merged.error()};
    }
    auto words = words_of(*asked, *answer);
    if (answer->status != 405)
      return api::to_error(*asked, *answer);
    refused = words;
    // the repository allows other ways only: "Merge commits are not allowed on this repository."
    if (!says(words, "not allowed on this repository"))
      break;
  }
  return {ec::rejected, refused + ". Its branch may conflict with " + printable(p.what.target_branch) +
                          " (GitHub does not tell in which files), or a rule of the repository holds it back"};
}

result<void> close_pull(const api& github, const repository_name& in, std::int64_t number) {
  auto asked = github.change(http_method::patch, pull_path(in, number), R"({"state":"closed"})");
  if (!asked)
    return asked.error();
  asked->repeatable = true;
  return tell(github, asked, "state");
}

result<std::string> diff_pull(const api& github, const repository_name& in, std::int64_t number, std::size_t most) {
  auto asked = github.request(http_method::get, pull_path(in, number));
  if (!asked)
    return asked.error();
  asked->headers.front().value = "application/vnd.github.diff";
  auto answer = github.attempt(*asked);
  if (!answer)
    return answer.error();
  if (answer->ok())
    return std::move(answer->body);
  if (answer->status != 406) // 406: more than 20,000 lines or 300 files
    return api::to_error(*asked, *answer);
  auto out = std::string{};
  auto done = github.pages(pull_path(in, number, "/files?per_page=100"), [&](const json_node& page) {
    for (auto& file : page.items()) {
      auto name = file.text("filename");
      out += "diff --git a/" + file.text_or("previous_filename", name) + " b/" + name + "\n";
      auto patch = file.text_or("patch", "");
      out += patch.empty() ? "(GitHub shows no lines of this file)\n" : patch + "\n";
    }
    return out.size() <= most;
  });
  if (!done)
    return done.error();
  return out;
}

} // namespace hyakki::github
