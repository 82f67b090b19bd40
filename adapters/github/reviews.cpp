#include "adapters/github/reviews.hpp"

#include "adapters/github/comments.hpp"
#include "adapters/github/words.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/http/time_text.hpp"
#include "core/markdown.hpp"
#include "core/marker.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace hyakki::github {
namespace {

constexpr std::size_t most_remarks = 200;
constexpr int most_queries = 20;

constexpr std::string_view feedback_query =
  "query($owner:String!,$name:String!,$number:Int!,$threads:String,$comments:String,$first:Boolean!,"
  "$more_threads:Boolean!,$more_comments:Boolean!){repository(owner:$owner,name:$name){isPrivate "
  "pullRequest(number:$number){"
  "reviews(last:100)@include(if:$first){nodes{id:fullDatabaseId state body submittedAt ...a}}"
  "reviewThreads(first:100,after:$threads)@include(if:$more_threads){pageInfo{hasNextPage endCursor}"
  "nodes{id isResolved path line originalLine root:comments(first:1){nodes{...c}}tail:comments(last:20){nodes{...c}}}}"
  "comments(first:100,after:$comments)@include(if:$more_comments){pageInfo{hasNextPage endCursor}"
  "nodes{id:fullDatabaseId body createdAt ...a}}}}}"
  "fragment c on PullRequestReviewComment{id:fullDatabaseId body createdAt ...a}"
  "fragment a on Comment{authorAssociation author{login __typename}}";

constexpr std::string_view thread_query =
  "query($thread:ID!){node(id:$thread){...on PullRequestReviewThread{isResolved "
  "pullRequest{number repository{nameWithOwner}}"
  "comments(last:100){nodes{body authorAssociation author{login __typename}}}}}}";

constexpr std::string_view resolve_mutation =
  "mutation($thread:ID!){resolveReviewThread(input:{threadId:$thread}){thread{isResolved}}}";

struct utterance {
  std::string id;
  std::string author;
  std::string kind; ///< User, Bot, …
  std::string association;
  std::string body;
  std::int64_t at_ms = 0;
};

utterance read_utterance(const json_node& node, std::string_view time) {
  auto out = utterance{};
  out.id = node.maybe("id").exists() ? node.id("id") : std::string{};
  out.body = node.text_or("body", "");
  out.association = node.text_or("authorAssociation", "");
  if (auto who = node.maybe("author"); who.exists()) {
    out.author = who.text("login");
    out.kind = who.text_or("__typename", "");
  } else {
    out.author = "ghost"; // an account that was deleted
  }
  out.at_ms = read_time(node.text_or(time, ""));
  return out;
}

bool ours(const utterance& u) { return is_ours(u.body) && speaks_for_repository(u.association, u.kind); }

struct review {
  utterance words;
  std::string state;
};

/// A thread that waits for us.
struct thread {
  std::string id, path, comment;
  std::int64_t line = 0;
  std::vector<utterance> said;
};

/// All that is read of one pull request.
struct reading {
  bool is_private = false;
  std::vector<review> reviews;
  std::vector<thread> threads;
  std::vector<utterance> comments;

  /// Anybody can write on a public repository. Only those with a say in it can make an agent work.
  bool counts(const utterance& u) const { return is_private || speaks_for_repository(u.association, u.kind); }
};

void read_threads(const json_node& all, reading& out) {
  for (auto& node : all.items("nodes")) {
    auto t = thread{};
    t.id = node.text("id");
    t.path = node.text_or("path", "");
    t.line = node.integer_or("line", node.integer_or("originalLine", 0));
    for (auto& c : node.object("root").items("nodes"))
      t.said.push_back(read_utterance(c, "createdAt"));
    for (auto& c : node.object("tail").items("nodes")) {
      auto u = read_utterance(c, "createdAt");
      if (t.said.empty() || u.id != t.said.front().id)
        t.said.push_back(std::move(u));
    }
    if (node.flag("isResolved") || t.said.empty() || ours(t.said.back()) || !out.counts(t.said.front()))
      continue;
    t.comment = t.said.front().id;
    out.threads.push_back(std::move(t));
  }
}

result<reading> read_all(const api& github, const repository_name& in, std::int64_t number) {
  auto out = reading{};
  auto variables =
    nlohmann::json{{"owner", in.owner},   {"name", in.name}, {"number", number},     {"threads", nullptr},
                   {"comments", nullptr}, {"first", true},   {"more_threads", true}, {"more_comments", true}};
  for (int n = 0; n < most_queries; ++n) {
    auto trouble = std::optional<error>{};
    auto done = github.query(
      feedback_query, written(variables), [&](const json_node& data, const json_node& errors, json_document&) {
        auto repository = data.maybe("repository");
        auto node = repository.maybe("pullRequest");
        if (!node.exists()) {
          auto all = errors.is_array() ? errors.items() : std::vector<json_node>{};
          auto words = all.empty() || !all[0].is_object() ? std::string{} : all[0].text_or("message", "");
          auto kind = all.empty() || !all[0].is_object() ? std::string{} : all[0].text_or("type", "");
          if (all.empty())
            node.wrong("a pull request");
          else
            trouble = error{kind == "NOT_FOUND" ? ec::not_found : ec::rejected,
                            "GitHub: the reviews of " + in.text() + "#" + std::to_string(number) +
                              " cannot be read: " + printable(cut_with_note(words, 300, "…"))};
          return;
        }
        out.is_private = repository.flag_or("isPrivate", false);
        auto follow = [&](const json_node& list, const char* cursor, const char* more) {
          auto page = list.object("pageInfo");
          variables[more] = page.flag("hasNextPage");
          variables[cursor] = page.text_or("endCursor", "");
        };
        if (auto list = node.maybe("reviews"); list.exists())
          for (auto& r : list.items("nodes"))
            out.reviews.push_back({read_utterance(r, "submittedAt"), r.text("state")});
        if (auto list = node.maybe("reviewThreads"); list.exists()) {
          read_threads(list, out);
          follow(list, "threads", "more_threads");
        }
        if (auto list = node.maybe("comments"); list.exists()) {
          for (auto& c : list.items("nodes"))
            out.comments.push_back(read_utterance(c, "createdAt"));
          follow(list, "comments", "more_comments");
        }
        if (variables["first"].get<bool>()) {
          node.object("reviews");
          node.object("reviewThreads");
          node.object("comments");
        }
        variables["first"] = false;
      });
    if (!done)
      return done.error();
    if (trouble)
      return *trouble;
    if (!variables["more_threads"].get<bool>() && !variables["more_comments"].get<bool>())
      return out;
  }
  return out; // thousands of remarks: the oldest are enough to begin with
}

remark made(std::string id, const utterance& u) {
  auto r = remark{};
  r.id = std::move(id);
  r.author = u.author;
  r.text = u.body;
  r.at_ms = u.at_ms;
  return r;
}

struct remark_name {
  std::string kind; ///< thread, comment, review
  std::string node; ///< of a thread
  std::string number;
};

/// comment:123, review:123, thread:PRRT_x:123
result<remark_name> read_remark(std::string_view id) {
  auto out = remark_name{};
  auto colon = id.find(':');
  out.kind = std::string{id.substr(0, colon)};
  auto rest = colon == std::string_view::npos ? std::string_view{} : id.substr(colon + 1);
  if (out.kind == "thread") {
    auto second = rest.find(':');
    out.node = std::string{rest.substr(0, second)};
    rest = second == std::string_view::npos ? std::string_view{} : rest.substr(second + 1);
  }
  out.number = std::string{rest};
  auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '=' || c == '+' || c == '/';
  };
  auto known = out.kind == "thread"
                 ? !out.node.empty() && out.node.size() <= 200 && std::all_of(out.node.begin(), out.node.end(), plain)
                 : out.kind == "comment" || out.kind == "review";
  if (!known || out.number.empty() || out.number.size() > 19 ||
      out.number.find_first_not_of("0123456789") != std::string::npos)
    return {ec::not_found, "GitHub: there is no remark '" + printable(cut_utf8(id, 60)) + "'"};
  return out;
}

result<void> answer_thread(const api& github, const repository_name& in, std::int64_t number, const remark_name& to,
                           const comment& words, bool settles) {
  auto variables = written({{"thread", to.node}});
  auto resolved = false, answered = false;
  auto trouble = std::optional<error>{};
  auto looked = github.query(thread_query, variables, [&](const json_node& data, const json_node&, json_document&) {
    auto node = data.maybe("node");
    if (!node.exists() || !node.maybe("pullRequest").exists()) {
      trouble = error{ec::not_found, "GitHub: the review thread " + to.node + " of " + in.text() + "#" +
                                       std::to_string(number) + " is gone"};
      return;
    }
    auto of = node.object("pullRequest");
    if (of.integer("number") != number || !same_label(of.object("repository").text("nameWithOwner"), in.text()))
      trouble = error{ec::not_found, "GitHub: the review thread " + to.node + " is not one of " + in.text() + "#" +
                                       std::to_string(number)};
    resolved = node.flag("isResolved");
    for (auto& c : node.object("comments").items("nodes")) {
      auto u = read_utterance(c, "createdAt");
      answered = answered || (has_marker(u.body, words.marker) && speaks_for_repository(u.association, u.kind));
    }
  });
  if (!looked)
    return looked;
  if (trouble)
    return *trouble;
  if (!answered) {
    auto path = repository_path(in, "/pulls/" + std::to_string(number) + "/comments/" + to.number + "/replies");
    auto body = nlohmann::json{{"body", comment_text(words)}};
    if (auto done = tell(github, github.change(http_method::post, path, written(body)), "id"); !done)
      return done;
  }
  if (resolved || !settles)
    return {};
  auto done = github.query(
    resolve_mutation, variables, [](const json_node&, const json_node&, json_document&) {}, true);
  // Some tokens may reply and not resolve. Our reply is the thread's last word then, which is enough for us.
  if (!done && done.error() == ec::rejected)
    return {};
  return done;
}

} // namespace

result<review_feedback> read_feedback(const api& github, const repository_name& in, std::int64_t number) {
  auto all = read_all(github, in, number);
  if (!all)
    return all.error();
  auto out = review_feedback{};
  auto answered = std::set<std::string>{};
  for (auto& c : all->comments)
    if (ours(c))
      for (auto& id : answered_by(c.body))
        answered.insert(id);
  for (auto& t : all->threads) {
    auto r = made("thread:" + t.id + ":" + t.comment, t.said.front());
    for (std::size_t i = 1; i < t.said.size(); ++i)
      if (all->counts(t.said[i]))
        r.text += "\n\n" + t.said[i].author + ": " + t.said[i].body;
    r.path = t.path;
    r.line = static_cast<std::uint32_t>(std::clamp<std::int64_t>(t.line, 0, 0x7fffffff));
    out.remarks.push_back(std::move(r));
  }
  for (auto& c : all->comments)
    if (!ours(c) && c.kind != "Bot" && all->counts(c) && !c.body.empty() && answered.count("comment:" + c.id) == 0)
      out.remarks.push_back(made("comment:" + c.id, c));
  auto last = std::map<std::string, std::size_t>{}; // whose opinion stands where
  for (std::size_t i = 0; i < all->reviews.size(); ++i)
    if (auto& s = all->reviews[i].state; s == "APPROVED" || s == "CHANGES_REQUESTED" || s == "DISMISSED")
      last[all->reviews[i].words.author] = i;
  for (std::size_t i = 0; i < all->reviews.size(); ++i) {
    auto& [words, state] = all->reviews[i];
    auto demands = state == "CHANGES_REQUESTED" && last[words.author] == i;
    if (!all->counts(words) || ours(words) || (!demands && state != "COMMENTED"))
      continue;
    auto open = !words.body.empty() && answered.count("review:" + words.id) == 0;
    if (open)
      out.remarks.push_back(made("review:" + words.id, words));
    // a review without words of its own stands by its threads
    if (words.body.empty())
      open = std::any_of(all->threads.begin(), all->threads.end(),
                         [&, w = &words](auto& t) { return t.said.front().author == w->author; });
    if (demands && open) {
      out.changes_requested = true;
      out.requested_by += (out.requested_by.empty() ? "" : ", ") + words.author;
    }
  }
  std::stable_sort(out.remarks.begin(), out.remarks.end(),
                   [](const remark& a, const remark& b) { return a.at_ms < b.at_ms; });
  if (out.remarks.size() > most_remarks)
    out.remarks.resize(most_remarks);
  return out;
}

result<void> answer_remark(const api& github, const repository_name& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles) {
  auto name = read_remark(to.id);
  if (!name)
    return name.error();
  if (!is_marker(words.marker))
    return {ec::rejected, "GitHub: '" + printable(words.marker) + "' is no marker for a comment"};
  if (name->kind == "thread")
    return answer_thread(github, in, number, *name, words, settles);
  auto quoted = words;
  auto line = to.text.substr(0, to.text.find('\n'));
  quoted.markdown = "> " + markdown_escape(cut_with_note(line, 200, "…")) + "\n\n" + words.markdown;
  auto done = post_once(github, in, number, quoted, to.id);
  return done ? result<void>{} : result<void>{done.error()};
}

} // namespace hyakki::github
