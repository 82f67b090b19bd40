#include "adapters/atlassian/jira_tracker.hpp"

#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jira_reader.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "adapters/http/ask.hpp"
#include "core/ascii.hpp"
#include "core/marker.hpp"
#include "core/suggest.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

namespace hyakki::atlassian {
namespace {

constexpr std::size_t shortest_limit = 500; ///< marker, note and a word or two

/// "… exceeds the allowed limit of 3,000 characters." → 3000; 0 where nothing of that kind is said.
std::size_t named_limit(const error& e) {
  constexpr std::string_view words = "exceeds the allowed limit of ";
  auto at = e == ec::rejected ? e.text.find(words) : std::string::npos;
  if (at == std::string::npos)
    return 0;
  std::size_t n = 0;
  for (at += words.size(); at < e.text.size() && n < 1'000'000; ++at)
    if (auto c = e.text[at]; c >= '0' && c <= '9')
      n = n * 10 + static_cast<std::size_t>(c - '0');
    else if (c != ',' && c != '.' && c != ' ' && c != '\'')
      break;
  return n < shortest_limit ? 0 : n;
}

class jira_tracker final : public tracker {
public:
  jira_tracker(jira_kind kind, const tracker_config& config, http_client& http)
    : name_(config.name), jira_(kind, config, http), scope_(config),
      reader_(config.name, jira_, scope_), moves_{{{"status_on_start", config.status_on_start},
                                                   {"status_on_review", config.status_on_review},
                                                   {"status_on_done", config.status_on_done}}} {}

  std::string_view name() const override { return name_; }
  result<found> search() override {
    if (!scope_.part())
      return scope_.part().error();
    return reader_.each(scope_.query_for_work(), [&](const jira_issue& i) { return scope_.waits_for_work(i); });
  }
  result<found> search_rework() override {
    if (!scope_.part())
      return scope_.part().error();
    return reader_.each(scope_.query_for_rework(), [&](const jira_issue& i) { return scope_.waits_for_rework(i); });
  }
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    if (!keys.empty() && !scope_.part())
      return scope_.part().error();
    return reader_.look_again(keys);
  }
  result<story> fetch(std::string_view key) override;
  result<bool> post(std::string_view key, const comment& what) override;
  result<void> label(std::string_view key, const label_change& what) override;
  result<void> move_to(std::string_view key, std::string_view status) override;
  result<void> probe() override;
  result<void> know_states();

private:
  result<std::string> path_of(std::string_view key, std::string_view rest = {}) const {
    return scope_.part() ? issue_path(key, rest) : scope_.part();
  }
  /// The account that we are, as authors of comments are told.
  result<std::string> myself();
  /// Whether a comment of this author has the marker.
  result<bool> said(const std::string& path, const std::string& marker, const std::string& by) const;

  std::string name_;
  jira_api jira_;
  jira_scope scope_;
  jira_reader reader_;
  std::array<std::pair<std::string_view, std::string>, 3> moves_; ///< where stories are moved to, by key
  std::optional<std::string> myself_;
};

result<story> jira_tracker::fetch(std::string_view key) {
  if (!scope_.part())
    return scope_.part().error();
  auto i = reader_.get(key);
  if (!i)
    return i.error();
  return std::move(i->story);
}

result<std::string> jira_tracker::myself() {
  if (myself_)
    return *myself_;
  auto out = ask(jira_, jira_.request(http_method::get, "/myself"),
                 [&](const json_node& root) { return root.text(jira_.cloud() ? "accountId" : "name"); });
  if (out)
    myself_ = *out;
  return out;
}

// Only our own comments count: anybody who may comment can write what looks like a marker.
result<bool> jira_tracker::said(const std::string& path, const std::string& marker, const std::string& by) const {
  for (std::size_t n = 0, start = 0; n < most_pages; ++n) {
    struct seen {
      bool there = false, more = false;
    };
    auto asked = jira_.request(http_method::get, path + "?startAt=" + std::to_string(start) + "&maxResults=100");
    auto look = [&](const json_node& root) {
      auto comments = root.items("comments");
      auto out = seen{};
      for (auto& c : comments) {
        auto author = c.maybe("author"); // missing: an account that was deleted
        if (!author.exists() || author.text_or(jira_.cloud() ? "accountId" : "name", "") != by)
          continue;
        auto body = c.maybe("body");
        out.there = out.there || (body.is_string() ? wiki_has_marker(body.text(), marker)
                                                   : body.is_object() && adf_has_marker(body, marker));
      }
      start += comments.size();
      out.more = goes_on(start, comments.size(), root.integer("total"));
      return out;
    };
    auto page = ask(jira_, asked, look, json_depth);
    if (!page)
      return page.error();
    if (page->there || !page->more)
      return page->there;
  }
  return false;
}

result<bool> jira_tracker::post(std::string_view key, const comment& what) {
  if (!is_marker(what.marker))
    return {ec::rejected, "Jira: '" + printable(what.marker) + "' is no marker for a comment"};
  auto path = path_of(key, "/comment");
  if (!path)
    return path.error();
  auto we = myself();
  if (!we)
    return we.error();
  auto there = said(*path, what.marker, *we);
  if (!there)
    return there;
  if (*there)
    return false;
  auto post_it = [&](std::size_t most) {
    auto body = jira_.cloud() ? nlohmann::json{{"body", adf_comment(what.markdown, what.marker, most)}}
                              : nlohmann::json{{"body", wiki_comment(what.markdown, what.marker, most)}};
    return tell(jira_, jira_.request(http_method::post, *path, written(body)), "id");
  };
  auto done = post_it(32'767);
  // A Jira may have been told to take less (jira.text.field.character.limit); then it names its limit.
  if (auto most = done ? std::size_t{0} : named_limit(done.error()); most != 0)
    done = post_it(most);
  return done ? result<bool>{true} : result<bool>{done.error()};
}

result<void> jira_tracker::label(std::string_view key, const label_change& what) {
  auto path = path_of(key);
  if (!path)
    return path.error();
  auto operations = nlohmann::json::array();
  auto named = std::set<std::string>{};
  auto bad = std::string{};
  for (auto [all, verb] : {std::pair{&what.add, "add"}, std::pair{&what.remove, "remove"}})
    for (auto& l : *all) {
      if (l.empty() || l.size() > 255 || l.find_first_of(" \t\r\n") != std::string::npos)
        bad = l;
      if (named.insert(l).second)
        operations.push_back({{verb, l}});
    }
  if (!bad.empty() || named.count("") != 0)
    return {ec::rejected, "Jira: \"" + printable(cut_with_note(bad, 80, "…")) +
                            "\" cannot be a label: it is one word of at most 255 characters, without spaces"};
  if (operations.empty())
    return {};
  auto body = nlohmann::json{{"update", {{"labels", std::move(operations)}}}};
  if (auto done = tell(jira_, jira_.request(http_method::put, *path, written(body))); !done) {
    auto e = done.error();
    if (e.text.find("appropriate screen") != std::string::npos)
      e.text += ". An administrator has to put the field Labels on the edit screen of this project";
    return e;
  }
  reader_.changed(std::string{key});
  return {};
}

result<void> jira_tracker::move_to(std::string_view key, std::string_view status) {
  if (!scope_.part())
    return scope_.part().error();
  auto i = reader_.get(key);
  if (!i)
    return i.error();
  if (same_letters(i->story.status, status))
    return {};
  auto path = *issue_path(key, "/transitions");
  struct ways {
    std::string chosen, others;
  };
  auto found = ask(jira_, jira_.request(http_method::get, path), [&](const json_node& root) {
    auto out = ways{};
    for (auto& t : root.items("transitions")) {
      auto id = t.id("id");
      auto to = t.object("to").text("name");
      if (same_letters(to, status) && out.chosen.empty())
        out.chosen = id;
      if (out.others.size() < 500)
        out.others += (out.others.empty() ? "" : ", ") + printable(cut_utf8(to, 100));
    }
    return out;
  });
  if (!found)
    return found.error();
  if (found->chosen.empty())
    return {ec::rejected,
            "Jira: " + std::string{key} + " cannot go from " + printable(cut_utf8(i->story.status, 100)) + " to \"" +
              printable(cut_with_note(status, 80, "…")) + "\": its workflow leads the account to " +
              (found->others.empty() ? "nowhere" : found->others) + ". Mend the status_on_… keys or the workflow"};
  return tell(jira_, jira_.request(http_method::post, path, written({{"transition", {{"id", found->chosen}}}})));
}

result<void> jira_tracker::probe() {
  if (!scope_.part())
    return scope_.part().error();
  if (auto we = myself(); !we && we.error() == ec::not_found) // everybody has this page, where there is a Jira
    return {ec::bad_config, describe(*jira_.request(http_method::get, "/myself")) +
                              " answered 404. Is issue_tracker.base_url the address of Jira itself, with its context "
                              "path if it has one (https://example.com/jira)?"};
  else if (!we)
    return we.error();
  if (auto works = reader_.try_out(scope_.query_for_work()); !works)
    return works;
  return know_states();
}

/// A status that stories are to be moved to exists; whether the workflow leads there from where a story is shows then.
result<void> jira_tracker::know_states() {
  if (std::all_of(moves_.begin(), moves_.end(), [](auto& m) { return m.second.empty(); }))
    return {};
  auto known = ask(jira_, jira_.request(http_method::get, "/status"), [](const json_node& root) {
    auto out = std::vector<std::string>{};
    for (auto& s : root.items())
      out.push_back(s.text("name"));
    return out;
  });
  if (!known)
    return known.error();
  auto names = std::vector<std::string_view>{known->begin(), known->end()};
  for (auto& [key, status] : moves_) {
    auto is_it = [wanted = std::string_view{status}](auto name) { return same_letters(name, wanted); };
    if (status.empty() || std::any_of(names.begin(), names.end(), is_it))
      continue;
    auto meant = did_you_mean(status, names);
    return {ec::bad_config, "Jira: issue_tracker." + std::string{key} + " is \"" +
                              printable(cut_with_note(status, 80, "…")) + "\", and no workflow has such a status" +
                              meant + (meant.empty() ? "." : "") + " There are " +
                              printable(cut_with_note(listed(names), 500, "…"))};
  }
  return {};
}

} // namespace

std::unique_ptr<tracker> make_jira_tracker(jira_kind kind, const tracker_config& config, http_client& http) {
  return std::make_unique<jira_tracker>(kind, config, http);
}

} // namespace hyakki::atlassian
