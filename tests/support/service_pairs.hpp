#pragma once
// A tracker and a code host on loopback, as people and tests see them: one story, one repository, one reviewer's desk.
//
// Three pairs: Jira with Bitbucket, both Data Center or both Cloud, and GitHub with itself. Whoever behaves as people
// do may do so while an engine works.

#include "tests/support/vendor_bitbucket.hpp"
#include "tests/support/vendor_bitbucket_cloud.hpp"
#include "tests/support/vendor_github.hpp"
#include "tests/support/vendor_jira.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki::test {

enum class service_pair { data_center, cloud, github };

/// What a reviewer wrote, and what became of it.
struct seen_remark {
  std::string text;
  std::vector<std::string> answers;
  bool resolved = false;
};

class services {
public:
  /// Answers what is asked of git; nothing for everything else, before which it tells what the branches hold.
  using git_side =
    std::function<std::optional<served_answer>(const served_request&, std::map<std::string, std::string>& branches)>;

  virtual ~services() = default;

  /// The sections of a configuration, with ${TRACKER_TOKEN} and ${HOST_TOKEN}.
  virtual std::string settings() const = 0;
  virtual std::string tracker_name() const = 0;
  virtual std::string story() const = 0;
  virtual std::string tracker_token() const = 0;
  virtual std::string host_token() const = 0;
  virtual std::string git_user() const = 0;
  /// Of the repository, below the root of all.
  virtual std::string repository() const = 0;
  virtual void serve_git(git_side) = 0;

  // -- what people do ----------------------------------------------------------------------------------------

  virtual void label(const std::string& name) = 0;
  virtual void take_label_off(const std::string& name) = 0;
  virtual void close() = 0;
  virtual void reopen() = 0;
  /// A comment on the one pull request; with a path, at that line.
  virtual void remark(const std::string& text, const std::string& path = {}, std::int64_t line = 0) = 0;
  /// An open task. False where the host has none.
  virtual bool task(const std::string& text) = 0;
  /// A review that asks for changes.
  virtual void want_changes(const std::string& who) = 0;
  virtual void merge() = 0;
  /// The story waits for another one, until that is closed.
  virtual void block() = 0;
  virtual void unblock() = 0;
  /// The tracker says this with every answer.
  virtual void limit_calls(std::function<void(served_answer&)> words) = 0;
  /// Somebody else answers in the tracker's place, for as long as he answers anything.
  virtual void answer_instead(std::function<std::optional<served_answer>(const served_request&)> who) = 0;

  // -- what is left ------------------------------------------------------------------------------------------

  virtual std::vector<std::string> labels() const = 0;
  /// Where the story stands.
  virtual std::string status() const = 0;
  /// Where it stands when nothing is left to do.
  virtual std::string done_status() const = 0;
  /// Of the story; documents as their JSON.
  virtual std::vector<std::string> comments() const = 0;
  /// "from A into B: TITLE".
  virtual std::vector<std::string> pulls() const = 0;
  virtual std::string descriptions() const = 0;
  virtual std::vector<seen_remark> remarks() const = 0;
  virtual std::vector<std::string> complaints() const = 0;
  /// Whether a host of this kind marks a remark as resolved: of the whole, at a line.
  virtual bool resolves(bool at_line) const = 0;
};

namespace pairs {

template <class T>
void drop(std::vector<T>& all, const T& one) {
  all.erase(std::remove(all.begin(), all.end(), one), all.end());
}
inline std::string pull_text(const std::string& from, const std::string& to, const std::string& title) {
  return "from " + from + " into " + to + ": " + title;
}

/// The pull requests of a Bitbucket's one repository.
template <class Host>
std::vector<std::string> pull_texts(Host& host) {
  auto out = std::vector<std::string>{};
  for (auto& [id, p] : host.repo().pulls)
    out.push_back(pull_text(p.from, p.to, p.title));
  return out;
}
/// Whatever was written into their titles and descriptions.
template <class Host>
std::string described(Host& host) {
  auto out = std::string{};
  for (auto& [id, p] : host.repo().pulls)
    out += p.title + p.description;
  return out;
}

class github final : public services {
public:
  github() {
    server_.repo().branches.clear();
    number_ = server_.add_issue("Change a file", {"ai-pipeline"}).number;
  }
  std::string settings() const override {
    return "issue_tracker: {type: github_issues, base_url: '" + server_.url() +
           "', project: acme/repo, token: '${TRACKER_TOKEN}'}\nrepo_hosting: {type: github, base_url: '" +
           server_.url() + "', namespace: acme, token: '${HOST_TOKEN}'}\n";
  }
  std::string tracker_name() const override { return "github_issues"; }
  std::string story() const override { return "acme/repo#" + std::to_string(number_); }
  std::string tracker_token() const override { return github_server::token; }
  std::string host_token() const override { return github_server::token; }
  std::string git_user() const override { return "x-access-token"; }
  std::string repository() const override { return "acme/repo.git"; }
  void serve_git(git_side answer) override {
    server_.instead = [this, answer](auto& r) { return answer(r, server_.repo().branches); };
  }

  void label(const std::string& name) override {
    server_.between_requests([&] { server_.at(number_).labels.push_back(name); });
  }
  void take_label_off(const std::string& name) override {
    server_.between_requests([&] { drop(server_.at(number_).labels, name); });
  }
  void close() override { state("closed", "not_planned"); }
  void reopen() override { state("open", "reopened"); }
  void remark(const std::string& text, const std::string& path, std::int64_t line) override {
    if (path.empty())
      server_.say(pull(), "ann", text);
    else
      server_.say_at(pull(), "ann", text, path, line);
  }
  bool task(const std::string&) override { return false; }
  void want_changes(const std::string& who) override { server_.add_review(pull(), who, "CHANGES_REQUESTED", ""); }
  void merge() override {
    server_.between_requests([&] {
      server_.repo().pulls.at(pull()).merged = true;
      server_.at(pull()).state = "closed";
    });
  }
  void block() override {
    auto other = server_.add_issue("First this", {}).number;
    server_.between_requests([&] { server_.at(number_).blocked_by = {other}; });
  }
  void unblock() override {
    server_.between_requests([&] { server_.at(server_.at(number_).blocked_by.front()).state = "closed"; });
  }
  void limit_calls(std::function<void(served_answer&)> words) override { server_.also = std::move(words); }
  void answer_instead(std::function<std::optional<served_answer>(const served_request&)> who) override {
    server_.instead = std::move(who);
  }

  std::vector<std::string> labels() const override { return server_.at(number_).labels; }
  std::string status() const override { return server_.at(number_).state; }
  std::string done_status() const override { return "closed"; }
  std::vector<std::string> comments() const override {
    auto out = std::vector<std::string>{};
    for (auto& c : server_.at(number_).comments)
      out.push_back(c.body);
    return out;
  }
  std::vector<std::string> pulls() const override {
    auto out = std::vector<std::string>{};
    for (auto& [id, p] : server_.repo().pulls)
      out.push_back(pull_text(p.head, p.base, server_.at(id).title));
    return out;
  }
  std::string descriptions() const override {
    auto out = std::string{};
    for (auto& [id, p] : server_.repo().pulls)
      out += server_.at(id).title + server_.at(id).body;
    return out;
  }
  std::vector<seen_remark> remarks() const override {
    auto out = std::vector<seen_remark>{};
    for (auto& [id, p] : server_.repo().pulls) {
      for (auto& t : p.threads) {
        auto one = seen_remark{t.comments.front().body, {}, t.resolved};
        for (std::size_t n = 1; n < t.comments.size(); ++n)
          one.answers.push_back(t.comments[n].body);
        out.push_back(one);
      }
      for (auto& c : server_.at(id).comments) {
        if (c.author == github_server::account)
          continue;
        auto one = seen_remark{c.body, {}, false};
        auto named = "comment:" + std::to_string(c.id);
        for (auto& a : server_.at(id).comments)
          if (a.author == github_server::account && a.body.find(named) != std::string::npos)
            one.answers.push_back(a.body);
        out.push_back(one);
      }
    }
    return out;
  }
  std::vector<std::string> complaints() const override { return server_.complaints; }
  bool resolves(bool at_line) const override { return at_line; }

private:
  std::int64_t pull() const { return server_.repo().pulls.begin()->first; }
  void state(const std::string& now, const std::string& reason) {
    server_.between_requests([&] {
      server_.at(number_).state = now;
      server_.at(number_).reason = reason;
    });
  }
  mutable github_server server_;
  std::int64_t number_ = 0;
};

/// The half that Data Center and Cloud have in common: the tracker.
class with_jira : public services {
public:
  explicit with_jira(bool cloud) : jira_(cloud) { key_ = jira_.add("Change a file", {"ai-pipeline"}).key; }
  std::string story() const override { return key_; }
  std::string tracker_token() const override { return jira_server::token; }
  void label(const std::string& name) override {
    jira_.between_requests([&] { jira_.at(key_).labels.push_back(name); });
  }
  void take_label_off(const std::string& name) override {
    jira_.between_requests([&] { drop(jira_.at(key_).labels, name); });
  }
  void close() override {
    jira_.between_requests([&] { jira_.at(key_).status = "Cancelled"; });
  }
  void reopen() override {
    jira_.between_requests([&] { jira_.at(key_).status = "To Do"; });
  }
  void block() override {
    auto other = jira_.add("First this", {}).key;
    jira_.between_requests([&] { jira_.at(key_).blocked_by = {other}; });
  }
  void unblock() override {
    jira_.between_requests([&] { jira_.at(jira_.at(key_).blocked_by.front()).status = "Done"; });
  }
  void limit_calls(std::function<void(served_answer&)> words) override { jira_.also = std::move(words); }
  void answer_instead(std::function<std::optional<served_answer>(const served_request&)> who) override {
    jira_.instead = std::move(who);
  }
  std::vector<std::string> labels() const override { return jira_.at(key_).labels; }
  std::string status() const override { return jira_.at(key_).status; }
  std::string done_status() const override { return "Done"; }
  std::vector<std::string> comments() const override {
    auto out = std::vector<std::string>{};
    for (auto& c : jira_.at(key_).comments)
      out.push_back(c.body.is_string() ? c.body.get<std::string>() : c.body.dump());
    return out;
  }

protected:
  mutable jira_server jira_;
  std::string key_;
};

class data_center final : public with_jira {
public:
  data_center() : with_jira(false) { host_.repo().branches.clear(); }
  std::string settings() const override {
    return "issue_tracker: {type: jira_dc, base_url: '" + jira_.url() +
           "', project: AB, status: To Do, token: '${TRACKER_TOKEN}'}\n"
           "repo_hosting: {type: bitbucket_dc, base_url: '" +
           host_.url() + "', namespace: AC, token: '${HOST_TOKEN}'}\n";
  }
  std::string tracker_name() const override { return "jira_dc"; }
  std::string host_token() const override { return bitbucket_server::token; }
  std::string git_user() const override { return "x-token-auth"; }
  std::string repository() const override { return "scm/ac/repo.git"; }
  void serve_git(git_side answer) override {
    host_.instead = [this, answer](auto& r) { return answer(r, host_.repo().branches); };
  }
  void remark(const std::string& text, const std::string& path, std::int64_t line) override {
    host_.say(pull(), "ann", text, path, line);
  }
  bool task(const std::string& text) override {
    auto& said = host_.say(pull(), "ann", text);
    host_.between_requests([&] { said.task = true; });
    return true;
  }
  void want_changes(const std::string& who) override { host_.review(pull(), who, "NEEDS_WORK"); }
  void merge() override {
    host_.between_requests([&] { host_.repo().pulls.at(pull()).state = "MERGED"; });
  }
  std::vector<std::string> pulls() const override { return pull_texts(host_); }
  std::string descriptions() const override { return described(host_); }
  std::vector<seen_remark> remarks() const override {
    auto out = std::vector<seen_remark>{};
    for (auto& [id, p] : host_.repo().pulls)
      for (auto& c : p.comments) {
        out.push_back({c.text, {}, c.resolved});
        for (auto& a : c.replies)
          out.back().answers.push_back(a.text);
      }
    return out;
  }
  std::vector<std::string> complaints() const override {
    auto out = jira_.complaints;
    out.insert(out.end(), host_.complaints.begin(), host_.complaints.end());
    return out;
  }
  bool resolves(bool) const override { return true; }

private:
  std::int64_t pull() const { return host_.repo().pulls.begin()->first; }
  mutable bitbucket_server host_;
};

class cloud final : public with_jira {
public:
  cloud() : with_jira(true) { host_.repo().branches.clear(); }
  std::string settings() const override {
    return "issue_tracker: {type: jira_cloud, base_url: '" + jira_.url() + "', account: '" + jira_server::account +
           "', project: AB, status: To Do, token: '${TRACKER_TOKEN}'}\n"
           "repo_hosting: {type: bitbucket_cloud, base_url: '" +
           host_.url() + "', account: '" + bitbucket_cloud_server::email +
           "', namespace: acme, token: '${HOST_TOKEN}'}\n";
  }
  std::string tracker_name() const override { return "jira_cloud"; }
  std::string host_token() const override { return bitbucket_cloud_server::token; }
  std::string git_user() const override { return "x-bitbucket-api-token-auth"; }
  std::string repository() const override { return "acme/repo.git"; }
  void serve_git(git_side answer) override {
    host_.instead = [this, answer](auto& r) {
      auto branches = host_.repo().branches;
      auto out = answer(r, branches);
      host_.found_branches(std::move(branches));
      return out;
    };
  }
  void remark(const std::string& text, const std::string& path, std::int64_t line) override {
    host_.say(pull(), "ann", text, path, line);
  }
  bool task(const std::string& text) override {
    host_.ask_for(pull(), "ann", text);
    return true;
  }
  void want_changes(const std::string& who) override { host_.review(pull(), who, "changes_requested"); }
  void merge() override {
    host_.between_requests([&] { host_.at(pull()).state = "MERGED"; });
  }
  std::vector<std::string> pulls() const override { return pull_texts(host_); }
  std::string descriptions() const override { return described(host_); }
  std::vector<seen_remark> remarks() const override {
    auto out = std::vector<seen_remark>{};
    for (auto& [id, p] : host_.repo().pulls) {
      auto ours = [&](auto& c) { return c.author == bitbucket_cloud_server::account; };
      for (auto& c : p.comments) {
        if (ours(c))
          continue;
        out.push_back({c.text, {}, c.resolved});
        for (auto& a : p.comments)
          if (a.parent == c.id && ours(a))
            out.back().answers.push_back(a.text);
      }
      for (auto& t : p.tasks) {
        out.push_back({t.text, {}, t.resolved});
        for (auto& a : p.comments)
          if (ours(a) && a.text.find("task:" + std::to_string(t.id)) != std::string::npos)
            out.back().answers.push_back(a.text);
      }
    }
    return out;
  }
  std::vector<std::string> complaints() const override {
    auto out = jira_.complaints;
    out.insert(out.end(), host_.complaints.begin(), host_.complaints.end());
    return out;
  }
  bool resolves(bool at_line) const override { return at_line; }

private:
  std::int64_t pull() const { return host_.repo().pulls.begin()->first; }
  mutable bitbucket_cloud_server host_;
};

} // namespace pairs

inline std::unique_ptr<services> make_services(service_pair which) {
  switch (which) {
  case service_pair::data_center: return std::make_unique<pairs::data_center>();
  case service_pair::cloud: return std::make_unique<pairs::cloud>();
  case service_pair::github: break;
  }
  return std::make_unique<pairs::github>();
}

inline const char* to_string(service_pair which) {
  return which == service_pair::data_center ? "Jira and Bitbucket Data Center"
         : which == service_pair::cloud     ? "Jira and Bitbucket Cloud"
                                            : "GitHub";
}

} // namespace hyakki::test
