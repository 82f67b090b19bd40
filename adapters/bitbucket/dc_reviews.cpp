#include "adapters/bitbucket/dc_reviews.hpp"

#include "adapters/bitbucket/dc_pulls.hpp"
#include "adapters/bitbucket/words.hpp"
#include "adapters/http/ask.hpp"
#include "core/marker.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace hyakki::bitbucket {
namespace {

constexpr std::size_t most_remarks = 200;
constexpr int most_tries = 3;

struct utterance {
  std::int64_t id = 0;
  std::int64_t version = 0;
  std::string author;
  std::string text;
  std::int64_t at_ms = 0;
  bool task = false;
  bool resolved = false;
  std::vector<utterance> said; ///< all that was replied, oldest first
};

void read_replies(const json_node& node, std::vector<utterance>& out);

utterance read_utterance(const json_node& node) {
  auto u = utterance{};
  u.id = node.integer("id");
  u.version = node.integer("version");
  u.author = node.object("author").text("name");
  u.text = node.text("text");
  u.at_ms = node.integer_or("createdDate", 0);
  u.task = node.text_or("severity", "NORMAL") == "BLOCKER";
  u.resolved = node.text_or("state", "OPEN") == "RESOLVED" || node.flag_or("threadResolved", false);
  return u;
}

void read_replies(const json_node& node, std::vector<utterance>& out) {
  for (auto& reply : node.maybe_items("comments")) {
    out.push_back(read_utterance(reply));
    read_replies(reply, out); // as deep as a document may be
  }
}

utterance read_conversation(const json_node& node) {
  auto u = read_utterance(node);
  read_replies(node, u.said);
  std::stable_sort(u.said.begin(), u.said.end(), [](auto& a, auto& b) { return a.at_ms < b.at_ms; });
  return u;
}

/// Whether it still waits for us.
bool waits(const utterance& u) {
  return !u.resolved && !u.text.empty() && !is_ours(u.text) && (u.said.empty() || !is_ours(u.said.back().text));
}

remark made(const utterance& u, const json_node& anchor) {
  auto r = remark{};
  r.id = std::to_string(u.id);
  r.author = u.author;
  r.text = u.text;
  r.task = u.task;
  r.at_ms = u.at_ms;
  for (auto& reply : u.said)
    if (!is_ours(reply.text))
      r.text += "\n\n" + reply.author + ": " + reply.text;
  if (!anchor.is_object())
    return r;
  r.line = static_cast<std::uint32_t>(std::clamp<std::int64_t>(anchor.integer_or("line", 0), 0, 0x7fffffff));
  auto path = anchor.maybe("path");
  if (path.is_string()) {
    r.path = path.text();
  } else if (path.is_object()) { // some versions take it apart
    for (auto& part : path.maybe_items("components"))
      r.path += (r.path.empty() ? "" : "/") + part.text();
  }
  return r;
}

std::string comments_path(const dc_repository& in, std::int64_t number, std::int64_t comment = 0) {
  return pull_path(in, number, comment == 0 ? "/comments" : "/comments/" + std::to_string(comment));
}

result<utterance> get_comment(const dc_api& api, const dc_repository& in, std::int64_t number, std::int64_t id) {
  return ask(api, api.request(http_method::get, comments_path(in, number, id)), read_conversation, most_depth);
}

result<void> say(const dc_api& api, const dc_repository& in, std::int64_t number, const comment& words,
                 std::int64_t under) {
  auto body = nlohmann::json{{"text", comment_text(words)}};
  if (under != 0)
    body["parent"] = {{"id", under}};
  return tell(api, api.change(http_method::post, comments_path(in, number), written(body)), "id");
}

error no_marker(const comment& words) {
  return {ec::rejected, "Bitbucket: '" + printable(words.marker) + "' is no marker for a comment"};
}

/// Each comment of a pull request with its replies, newest first, until `take` says false.
result<void> each_conversation(const dc_api& api, const dc_repository& in, std::int64_t number,
                               const std::function<bool(const utterance&, const json_node& anchor)>& take) {
  auto seen = std::set<std::int64_t>{};
  return api.pages(pull_path(in, number, "/activities"), [&](const json_node& activity) {
    auto action = activity.text("action");
    auto said = activity.maybe("comment");
    if ((action != "COMMENTED" && action != "REVIEW_COMMENTED") || !said.is_object() ||
        activity.text_or("commentAction", "ADDED") == "DELETED")
      return true;
    auto u = read_conversation(said);
    return !seen.insert(u.id).second || take(u, activity.maybe("commentAnchor"));
  });
}

} // namespace

result<review_feedback> read_feedback(const dc_api& api, const dc_repository& in, std::int64_t number) {
  auto p = get_pull(api, in, number);
  if (!p)
    return p.error();
  auto out = review_feedback{};
  out.requested_by = p->needs_work;
  out.changes_requested = !p->needs_work.empty();
  auto known = std::set<std::int64_t>{};
  auto read = each_conversation(api, in, number, [&](const utterance& u, const json_node& anchor) {
    known.insert(u.id);
    if (waits(u))
      out.remarks.push_back(made(u, anchor));
    return true;
  });
  if (!read)
    return read.error();
  // tasks that stand as replies within a conversation
  auto tasks = api.pages(pull_path(in, number, "/blocker-comments?state=OPEN"), [&](const json_node& node) {
    auto u = read_conversation(node);
    u.task = true;
    if (known.insert(u.id).second && waits(u))
      out.remarks.push_back(made(u, node.maybe("anchor")));
    return true;
  });
  if (!tasks)
    return tasks.error();
  std::sort(out.remarks.begin(), out.remarks.end(), [](const remark& a, const remark& b) {
    return a.at_ms != b.at_ms ? a.at_ms < b.at_ms : std::stoll(a.id) < std::stoll(b.id);
  });
  if (out.remarks.size() > most_remarks)
    out.remarks.resize(most_remarks);
  return out;
}

result<void> answer_remark(const dc_api& api, const dc_repository& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles) {
  auto id = read_number(to.id, "comment");
  if (!id)
    return id.error();
  if (!is_marker(words.marker))
    return no_marker(words);
  auto asked_for = get_comment(api, in, number, *id);
  if (!asked_for)
    return asked_for.error();
  auto now = std::move(*asked_for);
  auto answered =
    std::any_of(now.said.begin(), now.said.end(), [&](auto& u) { return has_marker(u.text, words.marker); });
  if (!answered)
    if (auto done = say(api, in, number, words, *id); !done)
      return done;
  for (int i = 0; settles && !now.resolved; ++i) {
    auto body = nlohmann::json{{"version", now.version}};
    if (now.task)
      body["state"] = "RESOLVED";
    else
      body["threadResolved"] = true;
    auto asked = api.change(http_method::put, comments_path(in, number, *id), written(body));
    if (!asked)
      return asked.error();
    auto answer = api.attempt(*asked);
    if (!answer) {
      // Who may reply may not always resolve. Our reply is the last word then, which is enough for us.
      auto code = answer.error().code;
      return code == ec::bad_config || code == ec::rejected ? result<void>{} : result<void>{answer.error()};
    }
    if (answer->ok()) {
      auto seen = read_answer(*asked, *answer, read_utterance, most_depth);
      return seen ? result<void>{} : result<void>{seen.error()};
    }
    if (i + 1 == most_tries)
      return dc_api::to_error(*asked, *answer);
    auto newer = get_comment(api, in, number, *id); // 409: somebody was faster
    if (!newer)
      return newer.error();
    now = std::move(*newer);
  }
  return {};
}

} // namespace hyakki::bitbucket
