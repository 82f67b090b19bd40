#include "adapters/notifiers/slack.hpp"

#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

namespace hyakki {
namespace {

constexpr std::size_t longest_reason = 1500;

/// One line in which Slack sees no markup: its three control characters are entities, and what it would draw as bold,
/// code or a quote is kept apart from a word by an invisible joiner.
std::string plain(std::string_view text, std::size_t most) {
  std::string out;
  for (auto c : clean_line(cut_with_note(text, most, "…"))) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '*' || c == '_' || c == '~' || c == '`' || c == '@')
      (out += c) += "\u2060";
    else
      out += c;
  }
  return out;
}

class slack_notifier final : public notifier {
public:
  slack_notifier(const notification_config& config, http_client& http) : url_(config.url), http_(http) {}

  result<void> tell(const notification& what) override {
    http_request r;
    r.service = "Slack";
    r.method = http_method::post;
    r.url = url_.reveal();
    r.url_is_secret = true;
    r.headers = {{"Content-Type", "application/json; charset=utf-8"}};
    r.body = nlohmann::json{{"text", slack_text(what)}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    r.repeatable = true; // a message that stands twice is better than none
    r.can_wait = true;   // for the next start
    r.spacing = std::chrono::seconds{1};
    auto answer = http_.call(r);
    if (!answer)
      return answer.error();
    return answer->ok() ? result<void>{} : to_error(r, *answer);
  }

  void give_up() override { http_.give_up_what_can_wait(); }

private:
  secret url_;
  http_client& http_;
};

/// "status: open → closed, labels, and 2 more"; long texts are told by name alone.
std::string changes(const std::vector<field_change>& fields) {
  constexpr std::size_t most = 6;
  std::string out;
  for (std::size_t i = 0; i < fields.size() && i < most; ++i) {
    auto& f = fields[i];
    out += (i == 0 ? "" : ", ") + plain(f.field, 60);
    if (!f.before.empty() || !f.after.empty())
      out += ": " + (f.before.empty() ? "none" : plain(f.before, 100)) + " → " +
             (f.after.empty() ? "none" : plain(f.after, 100));
  }
  if (fields.size() > most)
    out += ", and " + std::to_string(fields.size() - most) + " more";
  return out;
}

} // namespace

std::string slack_text(const notification& what) {
  auto story = plain(what.story, 300) + ": " + plain(what.title, 300);
  switch (what.what) {
  case notification::kind::started:
    return ":hammer_and_wrench: Work starts on " + story +
           (what.repository.empty() ? std::string{} : " in " + plain(what.repository, 200));
  case notification::kind::succeeded:
    return ":white_check_mark: A pull request is ready for review: " + story + "\n" + plain(what.pull_request, 2000);
  case notification::kind::ticket_created: return ":new: New: " + story;
  case notification::kind::ticket_changed: return ":pencil2: Changed: " + story + "\n" + changes(what.fields);
  case notification::kind::ticket_closed: return ":lock: Closed: " + story + "\n" + changes(what.fields);
  case notification::kind::ticket_removed: return ":wastebasket: Removed: " + story;
  case notification::kind::failed: break;
  }
  return ":x: Not done: " + story + "\n" + plain(what.reason, longest_reason);
}

std::unique_ptr<notifier> make_slack_notifier(const notification_config& config, http_client& http) {
  return std::make_unique<slack_notifier>(config, http);
}

} // namespace hyakki
