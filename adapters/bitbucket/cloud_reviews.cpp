#include "adapters/bitbucket/cloud_reviews.hpp"

#include "adapters/bitbucket/cloud_pulls.hpp"
#include "adapters/bitbucket/words.hpp"
#include "adapters/http/ask.hpp"
#include "adapters/http/time_text.hpp"
#include "core/markdown.hpp"
#include "core/marker.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace hyakki::bitbucket {
namespace {

constexpr std::size_t most_remarks = 200;
constexpr std::size_t most_comments = 10'000;

struct utterance {
  std::int64_t id = 0, parent = 0; ///< parent 0 = it begins a thread
  std::string author, text, path;
  std::int64_t line = 0, at_ms = 0;
  bool resolved = false;
  bool said = true; ///< neither deleted nor a draft
};

/// Oldest first.
using conversation = std::vector<utterance>;

utterance read_utterance(const json_node& node) {
  auto u = utterance{};
  u.id = node.integer("id");
  u.said = !node.flag_or("deleted", false) && !node.flag_or("pending", false);
  u.resolved = node.maybe("resolution").exists();
  u.at_ms = read_time(node.text_or("created_on", ""));
  if (auto user = node.maybe("user"); user.is_object()) // null: the account was deleted
    u.author = user.text_or("display_name", "");
  if (auto content = node.maybe("content"); content.is_object())
    u.text = content.text_or("raw", "");
  if (auto parent = node.maybe("parent"); parent.is_object())
    u.parent = parent.integer("id");
  if (auto at = node.maybe("inline"); at.is_object()) {
    u.path = at.text_or("path", "");
    u.line = at.integer_or("to", at.integer_or("from", 0));
  }
  return u;
}

result<conversation> read_conversation(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  auto out = conversation{};
  auto done = api.pages(pull_path(in, number, "/comments?pagelen=100"), [&](const json_node& node) {
    out.push_back(read_utterance(node));
    return out.size() < most_comments;
  });
  if (!done)
    return done.error();
  std::stable_sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.at_ms < b.at_ms; });
  return out;
}

struct task {
  std::int64_t id = 0, under = 0; ///< the comment that it belongs to; 0 = none
  std::string author, text;
  std::int64_t at_ms = 0, changed_ms = 0;
  bool open = true;
};

task read_task(const json_node& node) {
  auto t = task{};
  t.id = node.integer("id");
  t.open = node.text("state") == "UNRESOLVED" && !node.flag_or("pending", false);
  t.text = node.object("content").text_or("raw", "");
  t.author = node.object("creator").text_or("display_name", "");
  t.at_ms = read_time(node.text_or("created_on", ""));
  t.changed_ms = std::max(t.at_ms, read_time(node.text_or("updated_on", "")));
  if (auto comment = node.maybe("comment"); comment.is_object())
    t.under = comment.integer("id");
  return t;
}

/// The comments by their ids, and which thread each of them is of.
class threads {
public:
  explicit threads(const conversation& all) {
    for (auto& u : all)
      by_id_[u.id] = &u;
    for (auto& u : all)
      if (auto root = root_of(u); root != u.id)
        replies_[root].push_back(&u);
  }
  const utterance* find(std::int64_t id) const {
    auto at = by_id_.find(id);
    return at == by_id_.end() ? nullptr : at->second;
  }
  std::int64_t root_of(const utterance& u) const {
    auto at = &u;
    for (std::size_t steps = 0; at->parent != 0 && steps < by_id_.size(); ++steps) {
      auto above = find(at->parent);
      if (above == nullptr)
        return at->parent;
      at = above;
    }
    return at->id;
  }
  /// What was replied in the thread that it begins, oldest first.
  std::vector<const utterance*> replies(std::int64_t root) const {
    auto at = replies_.find(root);
    auto out = at == replies_.end() ? std::vector<const utterance*>{} : at->second;
    out.erase(std::remove_if(out.begin(), out.end(), [](auto r) { return !r->said; }), out.end());
    return out;
  }

private:
  std::map<std::int64_t, const utterance*> by_id_;
  std::map<std::int64_t, std::vector<const utterance*>> replies_;
};

/// Where in the change it stands.
void place(remark& r, const utterance* at) {
  if (at == nullptr)
    return;
  r.path = at->path;
  r.line = static_cast<std::uint32_t>(std::clamp<std::int64_t>(at->line, 0, 0x7fffffff));
}

remark made(const utterance& u, const std::vector<const utterance*>& replies) {
  auto r = remark{};
  r.id = "comment:" + std::to_string(u.id);
  r.author = u.author;
  r.text = u.text;
  r.at_ms = u.at_ms;
  for (auto reply : replies)
    if (!is_ours(reply->text))
      r.text += "\n\n" + reply->author + ": " + reply->text;
  place(r, &u);
  return r;
}

remark made(const task& t, const threads& all) {
  auto r = remark{};
  r.id = "task:" + std::to_string(t.id);
  r.author = t.author;
  r.text = t.text;
  r.task = true;
  r.at_ms = t.at_ms;
  if (auto above = all.find(t.under); above != nullptr)
    place(r, all.find(all.root_of(*above)));
  return r;
}

struct remark_name {
  std::string kind; ///< comment or task
  std::int64_t id = 0;
  std::string text() const { return kind + ":" + std::to_string(id); }
};
result<remark_name> read_remark(std::string_view id) {
  auto colon = id.find(':');
  auto kind = id.substr(0, colon);
  if (colon == std::string_view::npos || (kind != "comment" && kind != "task"))
    return read_number("", "remark").error();
  auto number = read_number(id.substr(colon + 1), kind);
  if (!number)
    return number.error();
  return remark_name{std::string{kind}, *number};
}

result<void> say(const cloud_api& api, const cloud_repository& in, std::int64_t number, const std::string& text,
                 std::int64_t under) {
  auto body = nlohmann::json{{"type", "pullrequest_comment"}, {"content", {{"raw", text}}}};
  if (under != 0)
    body["parent"] = {{"type", "pullrequest_comment"}, {"id", under}};
  return tell(api, api.change(http_method::post, pull_path(in, number, "/comments"), written(body)), "id");
}

/// Who may reply may not always resolve. Our reply is the last word then, which is enough for us; and somebody may have
/// resolved or deleted it meanwhile.
result<void> unless_refused(result<void> done) {
  if (done)
    return done;
  auto code = done.error().code;
  auto refused = code == ec::rejected || code == ec::bad_config || code == ec::conflict || code == ec::not_found;
  return refused ? result<void>{} : done;
}

result<void> answer_comment(const cloud_api& api, const cloud_repository& in, std::int64_t number, std::int64_t id,
                            const comment& words, bool settles) {
  auto all = read_conversation(api, in, number);
  if (!all)
    return all.error();
  auto by = threads{*all};
  auto to = by.find(id);
  if (to == nullptr || !to->said)
    return {ec::not_found, "Bitbucket: there is no comment " + std::to_string(id) + " at pull request " +
                             std::to_string(number) + " of " + in.text() + " any more"};
  auto replies = by.replies(by.root_of(*to));
  if (std::none_of(replies.begin(), replies.end(), [&](auto r) { return has_marker(r->text, words.marker); }))
    if (auto done = say(api, in, number, comment_text(words), id); !done)
      return done;
  if (!settles || to->resolved || to->path.empty())
    return {};
  auto path = pull_path(in, number, "/comments/" + std::to_string(id) + "/resolve");
  return unless_refused(tell(api, api.change(http_method::post, path, {}), "type"));
}

result<void> answer_task(const cloud_api& api, const cloud_repository& in, std::int64_t number, std::int64_t id,
                         const comment& words, bool settles) {
  auto path = pull_path(in, number, "/tasks/" + std::to_string(id));
  auto t = ask(api, api.request(http_method::get, path), read_task);
  if (!t)
    return t.error();
  auto all = read_conversation(api, in, number);
  if (!all)
    return all.error();
  auto answered = [&](auto& u) { return u.said && has_marker(u.text, words.marker); };
  if (std::none_of(all->begin(), all->end(), answered)) {
    auto quoted = words;
    quoted.markdown =
      "> " + markdown_escape(cut_with_note(t->text.substr(0, t->text.find('\n')), 200, "…")) + "\n\n" + words.markdown;
    auto name = remark_name{"task", id}.text();
    if (auto done = say(api, in, number, comment_text(t->under == 0 ? quoted : words, name), t->under); !done)
      return done;
  }
  if (!settles || !t->open)
    return {};
  return unless_refused(tell(api, api.change(http_method::put, path, written({{"state", "RESOLVED"}})), "id"));
}

/// Those who want changes of the commit that is there now.
result<std::string> demanded_by(const cloud_api& api, const cloud_repository& in, const cloud_pull& p) {
  auto out = std::string{};
  if (p.demands.empty())
    return out;
  auto since = head_since(api, in, p);
  if (!since)
    return since.error();
  for (auto& d : p.demands)
    if (d.at_ms == 0 || d.at_ms >= *since)
      out += (out.empty() ? "" : ", ") + d.name;
  return out;
}

} // namespace

result<review_feedback> read_feedback(const cloud_api& api, const cloud_repository& in, std::int64_t number) {
  auto p = get_pull(api, in, number);
  if (!p)
    return p.error();
  auto out = review_feedback{};
  auto demands = demanded_by(api, in, *p);
  if (!demands)
    return demands.error();
  out.requested_by = std::move(*demands);
  out.changes_requested = !out.requested_by.empty();
  auto all = read_conversation(api, in, number);
  if (!all)
    return all.error();
  auto by = threads{*all};
  auto answers = std::map<std::string, std::int64_t>{}; // what was answered, and when last
  for (auto& u : *all) {
    if (auto name = answered_by(u.text); !name.empty() && u.said)
      answers[name] = u.at_ms;
    auto replies = by.replies(u.id);
    auto ours_is_last = !replies.empty() && is_ours(replies.back()->text);
    if (u.parent == 0 && u.said && !u.resolved && !u.text.empty() && !is_ours(u.text) && !ours_is_last)
      out.remarks.push_back(made(u, replies));
  }
  auto tasks = api.pages(pull_path(in, number, "/tasks?pagelen=100"), [&](const json_node& node) {
    auto t = read_task(node);
    auto r = made(t, by);
    auto answer = answers.find(r.id);
    if (t.open && (answer == answers.end() || answer->second < t.changed_ms))
      out.remarks.push_back(std::move(r));
    return true;
  });
  if (!tasks)
    return tasks.error();
  std::stable_sort(out.remarks.begin(), out.remarks.end(), [](auto& a, auto& b) { return a.at_ms < b.at_ms; });
  if (out.remarks.size() > most_remarks)
    out.remarks.resize(most_remarks);
  return out;
}

result<void> answer_remark(const cloud_api& api, const cloud_repository& in, std::int64_t number, const remark& to,
                           const comment& words, bool settles) {
  auto name = read_remark(to.id);
  if (!name)
    return name.error();
  if (!is_marker(words.marker))
    return {ec::rejected, "Bitbucket: '" + printable(words.marker) + "' is no marker for a comment"};
  return name->kind == "task" ? answer_task(api, in, number, name->id, words, settles)
                              : answer_comment(api, in, number, name->id, words, settles);
}

} // namespace hyakki::bitbucket
