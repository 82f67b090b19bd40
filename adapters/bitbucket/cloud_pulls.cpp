#include "adapters/bitbucket/cloud_pulls.hpp"

#include "adapters/http/ask.hpp"
#include "adapters/http/time_text.hpp"
#include "core/reviewers.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace hyakki::bitbucket {
namespace {

constexpr std::size_t most_listed = 1000;
constexpr std::size_t most_updates = 200;

bool says(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

/// Commits and repositories may be null: they were deleted.
std::string hash_of(const json_node& end) {
  auto commit = end.maybe("commit");
  return commit.is_object() ? commit.text("hash") : std::string{};
}
std::string repository_of(const json_node& end) {
  auto repository = end.maybe("repository");
  return repository.is_object() ? repository.text("full_name") : std::string{};
}

cloud_pull read_pull(const cloud_api& api, const cloud_repository& in, const json_node& node) {
  auto out = cloud_pull{};
  out.number = node.integer("id");
  out.what.id = std::to_string(out.number);
  if (api.where())
    out.what.url = api.where()->web + "/" + in.text() + "/pull-requests/" + out.what.id;
  out.what.title = node.text("title");
  out.what.description = node.text_or("description", "");
  auto from = node.object("source"), to = node.object("destination");
  out.what.source_branch = from.object("branch").text("name");
  out.what.target_branch = to.object("branch").text("name");
  out.what.head = hash_of(from);
  auto state = node.text("state");
  out.what.state = state == "OPEN" ? "open" : state == "MERGED" ? "merged" : "closed"; // declined, superseded
  out.same_repository = repository_of(from) == repository_of(to);
  for (auto& who : node.maybe_items("participants"))
    if (who.text_or("state", "") == "changes_requested")
      out.demands.push_back(
        {who.object("user").text_or("display_name", "?"), read_time(who.text_or("participated_on", ""))});
  return out;
}

auto reading(const cloud_api& api, const cloud_repository& in) {
  return [&api, &in](const json_node& node) { return read_pull(api, in, node); };
}

/// Those of a list that are wanted, newest first.
template <class Wanted>
result<std::vector<cloud_pull>> listed(const cloud_api& api, const cloud_repository& in, const std::string& query,
                                       Wanted wanted) {
  auto out = std::vector<cloud_pull>{};
  auto path = repository_path(in, "/pullrequests?pagelen=50&sort=-created_on&" + query); // 50 are the most of these
  auto done = api.pages(path, [&](const json_node& node) {
    if (auto p = read_pull(api, in, node); wanted(p))
      out.push_back(std::move(p));
    return out.size() < most_listed;
  });
  if (!done)
    return done.error();
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.number > b.number; });
  return out;
}

/// The files in which both sides changed the same: for the words of an error, so what fails here is left out.
std::string conflicts_of(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  auto files = std::string{};
  std::size_t count = 0;
  (void)api.pages(pull_path(in, number, "/conflicts"), [&](const json_node& file) {
    files += (files.empty() ? "" : ", ") + printable(cut_with_note(file.text("path"), 200, "…"));
    return ++count < 20;
  });
  return files;
}

/// POST …/merge or …/decline. Whatever is answered, what is there decides: an answer may be lost, and a long merge
/// goes on after its answer.
result<cloud_pull> end_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number,
                            const std::string& how, const std::string& wanted) {
  auto asked = api.change(http_method::post, pull_path(in, number, "/" + how), {});
  if (!asked)
    return asked.error();
  auto answer = api.attempt(*asked);
  auto now = get_pull(api, in, number);
  if (now && now->what.state == wanted)
    return now;
  if (!answer)
    return answer.error();
  if (answer->ok() && !now)
    return now.error();
  if (answer->ok())
    return {ec::unavailable, describe(*asked) + " was taken and is not done yet; it is looked at again"};
  auto out = cloud_api::to_error(*asked, *answer);
  if (answer->status != 400)
    return out;
  if (auto files = conflicts_of(api, in, number); !files.empty())
    out.text = cut_with_note(out.text + ". Conflicts are in " + files, 1500, "…");
  return out;
}

} // namespace

std::string pull_path(const cloud_repository& in, std::int64_t number, std::string_view rest) {
  return repository_path(in, "/pullrequests/" + std::to_string(number) + std::string{rest});
}

result<cloud_pull> get_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  return ask(api, api.request(http_method::get, pull_path(in, number)), reading(api, in));
}

result<std::vector<cloud_pull>> list_pulls(const cloud_api& api, const cloud_repository& in, bool open_only) {
  return listed(api, in, open_only ? "state=OPEN" : "state=OPEN&state=MERGED&state=DECLINED&state=SUPERSEDED",
                [](auto&) { return true; });
}

result<std::vector<cloud_pull>> pulls_from(const cloud_api& api, const cloud_repository& in,
                                           const std::string& branch) {
  auto quoted = std::string{};
  for (auto c : branch)
    quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return listed(api, in, "state=OPEN&q=" + percent_encode("source.branch.name = \"" + quoted + "\""),
                [&](auto& p) { return p.what.source_branch == branch && p.same_repository && p.what.state == "open"; });
}

result<cloud_reviewer> read_reviewer(const std::string& text) {
  auto id = read_cloud_reviewer(text);
  if (!id)
    return {id.error().code, "Bitbucket: repo_hosting.reviewers has " + id.error().text};
  return cloud_reviewer{*std::move(id), {}};
}

result<std::vector<cloud_reviewer>> default_reviewers(const cloud_api& api, const cloud_repository& in) {
  auto out = std::vector<cloud_reviewer>{};
  auto done = api.pages(repository_path(in, "/effective-default-reviewers"), [&](const json_node& node) {
    auto user = node.object("user");
    out.push_back({user.text("uuid"), user.text_or("display_name", "")});
    return out.size() < 100;
  });
  if (!done)
    return done.error();
  return out;
}

result<cloud_opening> open_pull(const cloud_api& api, const cloud_repository& in, const cloud_new_pull& what) {
  auto end = [](const std::string& branch) { return nlohmann::json{{"branch", {{"name", branch}}}}; };
  auto body = nlohmann::json{{"type", "pullrequest"},
                             {"title", what.title},
                             {"description", what.description},
                             {"source", end(what.from)},
                             {"destination", end(what.to)}};
  if (what.draft)
    body["draft"] = true;
  for (auto& who : what.reviewers)
    body["reviewers"].push_back({{"type", "user"}, {who.id.front() == '{' ? "uuid" : "account_id", who.id}});
  auto asked = api.change(http_method::post, repository_path(in, "/pullrequests"), written(body));
  if (!asked)
    return asked.error();
  auto answer = api.attempt(*asked);
  if (!answer)
    return answer.error();
  auto out = cloud_opening{};
  if (answer->ok()) {
    auto made = read_answer(*asked, *answer, reading(api, in));
    if (!made)
      return made.error();
    out.made = std::move(*made);
    return out;
  }
  auto why = cloud_api::to_error(*asked, *answer);
  if (says(why.text, "no changes to be pulled"))
    why.code = ec::no_changes;
  else if (says(why.text, "branch not found"))
    why.code = ec::not_found;
  else if (!what.reviewers.empty() && says(why.text, "reviewer"))
    out.reviewers_refused = why.text;
  out.other_cause = std::move(why);
  return out;
}

result<cloud_pull> merge_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  return end_pull(api, in, number, "merge", "merged");
}

result<cloud_pull> decline_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  return end_pull(api, in, number, "decline", "closed");
}

result<std::string> diff_pull(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  auto asked = api.request(http_method::get, pull_path(in, number, "/diff"));
  if (!asked)
    return asked.error();
  asked->headers.front().value = "text/plain";
  auto answer = api.call(*asked);
  if (!answer)
    return answer.error();
  return std::move(answer->body);
}

result<std::int64_t> head_since(const cloud_api& api, const cloud_repository& in, const cloud_pull& p) {
  auto since = std::int64_t{0};
  std::size_t seen = 0;
  auto done = api.pages(pull_path(in, p.number, "/activity?pagelen=50"), [&](const json_node& entry) {
    auto update = entry.maybe("update"); // newest first; another commit is an older one
    if (!update.is_object())
      return ++seen < most_updates;
    if (hash_of(update.object("source")) != p.what.head)
      return false;
    since = read_time(update.text_or("date", ""));
    return ++seen < most_updates;
  });
  if (!done)
    return done.error();
  return since;
}

} // namespace hyakki::bitbucket
