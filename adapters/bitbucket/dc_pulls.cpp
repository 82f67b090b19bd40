#include "adapters/bitbucket/dc_pulls.hpp"

#include "adapters/bitbucket/words.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/http/own_words.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace hyakki::bitbucket {
namespace {

constexpr std::size_t most_listed = 1000;
constexpr int most_tries = 3;

std::string branch_of(const json_node& ref) {
  auto id = ref.text("id");
  return id.substr(0, 11) == "refs/heads/" ? id.substr(11) : id;
}

dc_pull read_pull(const dc_api& api, const dc_repository& in, const json_node& node) {
  auto out = dc_pull{};
  out.number = node.integer("id");
  out.version = node.integer("version");
  out.what.id = std::to_string(out.number);
  out.what.url = *api.base() + pull_path(in, out.number); // the page has the path of the API, below the base
  out.what.title = node.text("title");
  out.what.description = node.text_or("description", "");
  auto from = node.object("fromRef"), to = node.object("toRef");
  out.what.source_branch = branch_of(from);
  out.what.target_branch = branch_of(to);
  out.what.head = from.text("latestCommit");
  auto state = node.text("state");
  out.what.state = state == "OPEN" ? "open" : state == "MERGED" ? "merged" : "closed";
  auto theirs = from.object("repository"), ours = to.object("repository");
  out.same_repository = theirs.text("slug") == ours.text("slug") &&
                        theirs.object("project").text("key") == ours.object("project").text("key");
  for (auto list : {"reviewers", "participants"})
    for (auto& who : node.maybe_items(list)) {
      auto seen = who.text_or("lastReviewedCommit", "");
      if (who.text_or("status", "") != "NEEDS_WORK" || (!seen.empty() && seen != out.what.head))
        continue; // it was about an older commit
      auto name = who.object("user").text("name");
      if (out.needs_work.find(name) == std::string::npos)
        out.needs_work += (out.needs_work.empty() ? "" : ", ") + name;
    }
  return out;
}

auto reading(const dc_api& api, const dc_repository& in) {
  return [&api, &in](const json_node& node) { return read_pull(api, in, node); };
}

/// Why Bitbucket refused with 409.
struct refusal {
  std::string kind; ///< the last part of the exception's name
  std::int64_t existing = 0;
  bool conflicted = false;
  std::vector<std::string> reasons; ///< vetoes, or reviewers that are not taken
  std::string words;                ///< why the reviewers are not
};
refusal read_refusal(const http_request& asked, const http_answer& answer) {
  auto out = refusal{};
  auto document = read_json(asked, answer, most_depth);
  if (!document || !document->root().is_object())
    return out;
  for (auto& e : document->root().maybe_items("errors")) {
    if (!e.is_object())
      continue;
    auto name = e.text_or("exceptionName", "");
    out.kind = name.substr(name.rfind('.') + 1);
    if (auto there = e.maybe("existingPullRequest"); there.is_object())
      out.existing = there.integer_or("id", 0);
    out.conflicted = e.flag_or("conflicted", false);
    for (auto& veto : e.maybe_items("vetoes")) {
      auto words = veto.text_or("summaryMessage", "");
      out.reasons.push_back(printable(cut_with_note(without_end(words), 200, "…")));
    }
    for (auto& who : e.maybe_items("reviewerErrors")) {
      out.reasons.push_back(who.text_or("context", ""));
      out.words += (out.words.empty() ? "" : "\n") +
                   printable(cut_with_note(out.reasons.back() + ": " + who.text_or("message", ""), 300, "…"));
    }
  }
  return out;
}

/// The files in which both sides changed the same: for the words of an error, so what fails here is left out.
std::string conflicts_of(const dc_api& api, const dc_repository& in, std::int64_t number) {
  auto files = std::string{};
  std::size_t count = 0;
  (void)api.pages(pull_path(in, number, "/changes"), [&](const json_node& change) {
    if (!change.maybe("conflict").exists())
      return true;
    files += (files.empty() ? "" : ", ") + printable(cut_with_note(change.object("path").text("toString"), 200, "…"));
    return ++count < 20;
  });
  return files;
}

/// POST …/merge or …/decline, with the version that is there, again with a newer one.
result<dc_pull> end_pull(const dc_api& api, const dc_repository& in, dc_pull p, const std::string& how,
                         const std::string& wanted) {
  for (int i = 0;; ++i) {
    auto version = std::to_string(p.version);
    auto asked = api.change(http_method::post, pull_path(in, p.number, "/" + how + "?version=" + version),
                            written({{"version", p.version}}));
    if (!asked)
      return asked.error();
    auto answer = api.attempt(*asked);
    if (answer && answer->ok())
      return read_answer(*asked, *answer, reading(api, in), most_depth);
    // an answer that was lost, or somebody else: done is done
    auto now = get_pull(api, in, p.number);
    if (now && now->what.state == wanted)
      return now;
    if (!answer)
      return answer.error();
    auto why = read_refusal(*asked, *answer);
    if (now && now->what.state == "open" && now->version != p.version && i + 1 < most_tries) {
      p = std::move(*now);
      continue;
    }
    auto out = dc_api::to_error(*asked, *answer);
    if (why.kind != "PullRequestMergeVetoedException" && !why.conflicted)
      return out;
    out.code = ec::rejected;
    for (auto& reason : why.reasons)
      out.text += "; " + reason;
    if (auto files = why.conflicted ? conflicts_of(api, in, p.number) : std::string{}; !files.empty())
      out.text += ". Conflicts are in " + files;
    out.text = cut_with_note(out.text, 1500, "…");
    return out;
  }
}

} // namespace

std::string pull_path(const dc_repository& in, std::int64_t number, std::string_view rest) {
  return repository_path(in, "/pull-requests/" + std::to_string(number) + std::string{rest});
}

result<dc_pull> get_pull(const dc_api& api, const dc_repository& in, std::int64_t number) {
  return ask(api, api.request(http_method::get, pull_path(in, number)), reading(api, in), most_depth);
}

result<std::vector<dc_pull>> list_pulls(const dc_api& api, const dc_repository& in, bool open_only) {
  auto out = std::vector<dc_pull>{};
  auto path = repository_path(in, std::string{"/pull-requests?order=NEWEST&state="} + (open_only ? "OPEN" : "ALL"));
  auto done = api.pages(path, [&](const json_node& node) {
    out.push_back(read_pull(api, in, node));
    return out.size() < most_listed;
  });
  if (!done)
    return done.error();
  // Bitbucket sorts by the last change
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.number > b.number; });
  return out;
}

result<std::vector<dc_pull>> pulls_from(const dc_api& api, const dc_repository& in, const std::string& branch) {
  auto out = std::vector<dc_pull>{};
  auto path = repository_path(in, "/pull-requests?order=NEWEST&state=OPEN&direction=OUTGOING&at=" +
                                    percent_encode("refs/heads/" + branch));
  auto done = api.pages(path, [&](const json_node& node) {
    auto p = read_pull(api, in, node);
    if (p.what.source_branch == branch && p.same_repository && p.what.state == "open")
      out.push_back(std::move(p));
    return out.size() < most_listed;
  });
  if (!done)
    return done.error();
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.number > b.number; });
  return out;
}

result<dc_opening> open_pull(const dc_api& api, const dc_repository& in, const dc_new_pull& what) {
  auto ref = [&](const std::string& branch) {
    return nlohmann::json{{"id", "refs/heads/" + branch},
                          {"repository", {{"slug", in.slug}, {"project", {{"key", in.project}}}}}};
  };
  auto body = nlohmann::json{
    {"title", what.title}, {"description", what.description}, {"fromRef", ref(what.from)}, {"toRef", ref(what.to)}};
  if (what.draft)
    body["draft"] = true;
  for (auto& who : what.reviewers)
    body["reviewers"].push_back({{"user", {{"name", who}}}});
  auto asked = api.change(http_method::post, repository_path(in, "/pull-requests"), written(body));
  if (!asked)
    return asked.error();
  auto answer = api.attempt(*asked);
  if (!answer)
    return answer.error();
  auto out = dc_opening{};
  if (answer->ok()) {
    auto made = read_answer(*asked, *answer, reading(api, in), most_depth);
    if (!made)
      return made.error();
    out.made = std::move(*made);
    return out;
  }
  auto refused = dc_api::to_error(*asked, *answer);
  auto why = read_refusal(*asked, *answer);
  out.there = why.existing;
  if (out.there > 0)
    return out;
  if (why.kind == "EmptyPullRequestException")
    return {ec::no_changes, refused.text};
  if (why.kind == "InvalidPullRequestReviewersException" && !why.reasons.empty()) {
    out.not_asked = std::move(why.reasons);
    out.why = std::move(why.words);
    return out;
  }
  return refused;
}

result<dc_pull> merge_pull(const dc_api& api, const dc_repository& in, dc_pull p) {
  return end_pull(api, in, std::move(p), "merge", "merged");
}

result<dc_pull> decline_pull(const dc_api& api, const dc_repository& in, dc_pull p) {
  return end_pull(api, in, std::move(p), "decline", "closed");
}

result<std::string> diff_pull(const dc_api& api, const dc_repository& in, std::int64_t number) {
  auto asked = api.request(http_method::get, pull_path(in, number, ".diff"));
  if (!asked)
    return asked.error();
  asked->headers.front().value = "text/plain";
  auto answer = api.call(*asked);
  if (!answer)
    return answer.error();
  return std::move(answer->body);
}

} // namespace hyakki::bitbucket
