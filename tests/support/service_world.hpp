#pragma once
// A tracker and a code host on loopback, with real git behind them: what a story needs that goes over HTTP from end to
// end.
//
// Two pairs: Jira Data Center with Bitbucket Data Center, and GitHub with itself. One story, one repository, which the
// servers' branches are read from. <dir>/hyakki.yaml is the configuration, as a user writes it; tokens come by
// variables.

#include "tests/support/git_http_server.hpp"
#include "tests/support/story_trial.hpp"
#include "tests/support/vendor_bitbucket.hpp"
#include "tests/support/vendor_github.hpp"
#include "tests/support/vendor_jira.hpp"

#include "adapters/http/proxy_rules.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace hyakki::test {

class service_world {
public:
  enum class pair { jira_and_bitbucket, github };

  /// `agent`: of a shell script, after its start was written down. `more`: lines at the end of the configuration.
  service_world(pair which, const std::string& agent, const std::string& more = {})
    : which_(which), dir_(scratch_dir::on::memory) {
    auto bare = repository();
    std::filesystem::create_directories(bare);
    git({"init", "-q", "--bare", "--template=", "-b", "main", bare});
    git({"-C", bare, "config", "http.receivepack", "true"});
    auto tree = git({"-C", bare, "hash-object", "-t", "tree", "-w", "/dev/null"});
    auto base =
      git({"-C", bare, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "Begin", tree});
    git({"-C", bare, "update-ref", "refs/heads/main", base});
    set_agent(agent);
    if (which == pair::github) {
      github_ = std::make_unique<github_server>();
      github_->repo().branches.clear();
      number_ = github_->add_issue("Change a file", {"ai-pipeline"}).number;
      github_->instead = [this](auto& r) { return git_or_branches(r, github_->repo().branches); };
    } else {
      jira_ = std::make_unique<jira_server>(false);
      key_ = jira_->add("Change a file", {"ai-pipeline"}).key;
      bitbucket_ = std::make_unique<bitbucket_server>();
      bitbucket_->repo().branches.clear();
      bitbucket_->instead = [this](auto& r) { return git_or_branches(r, bitbucket_->repo().branches); };
    }
    std::ofstream{root() + "/hyakki.yaml"} << settings() << more;
  }

  std::string root() const { return dir_.path(); }
  std::string repository() const {
    return root() + "/git/" + (which_ == pair::github ? "acme/repo.git" : "scm/ac/repo.git");
  }
  std::string story() const { return which_ == pair::github ? "acme/repo#" + std::to_string(number_) : key_; }
  std::string tracker_name() const { return which_ == pair::github ? "github_issues" : "jira_dc"; }
  /// Variables that the configuration asks for.
  std::vector<std::string> variables() const { return {"TRACKER_TOKEN=" + tokens()[0], "HOST_TOKEN=" + tokens()[1]}; }
  std::vector<std::string> tokens() const {
    return which_ == pair::github ? std::vector<std::string>{github_server::token, github_server::token}
                                  : std::vector<std::string>{jira_server::token, bitbucket_server::token};
  }
  /// What git shows the host: the same token in another form.
  std::string basic() const {
    return base64((which_ == pair::github ? "x-access-token:" : "x-token-auth:") + tokens()[1]);
  }
  void set_agent(const std::string& body) {
    auto path = root() + "/agent";
    std::ofstream{path} << "#!/bin/sh\nhere=${0%/*}\necho \"$HYAKKI_RUN\" >>\"$here/runs\"\ncat >/dev/null\n" << body;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  /// All that can be seen outside, as text: the same for every way that leads to the same end.
  std::string outcome() const {
    std::string out;
    for (auto& [name, sha] : branches_now())
      if (name != "main")
        out += "branch " + name + " holds " + git({"-C", repository(), "show", sha + ":file.txt"}) + ", " +
               git({"-C", repository(), "rev-list", "--count", "main.." + sha}) + " commits\n";
    auto pull = [&](const std::string& from, const std::string& to, const std::string& title) {
      out += "pull request from " + from + " into " + to + ": " + title + "\n";
    };
    std::vector<std::string> labels;
    std::vector<std::string> comments;
    if (which_ == pair::github) {
      for (auto& [id, p] : github_->repo().pulls)
        pull(p.head, p.base, github_->at(id).title);
      labels = github_->at(number_).labels;
      for (auto& c : github_->at(number_).comments)
        comments.push_back(c.body);
    } else {
      for (auto& [id, p] : bitbucket_->repo().pulls)
        pull(p.from, p.to, p.title);
      labels = jira_->at(key_).labels;
      for (auto& c : jira_->at(key_).comments)
        comments.push_back(c.body.get<std::string>());
    }
    std::sort(labels.begin(), labels.end());
    for (auto& l : labels)
      out += "label " + l + "\n";
    out += std::to_string(comments.size()) + " comments\n";
    for (auto& text : complaints())
      out += "complaint: " + text + "\n";
    return out;
  }
  /// Every text that was left outside: comments, pull requests.
  std::string said() const {
    std::string out;
    if (which_ == pair::github) {
      for (auto& [id, i] : github_->repo().issues) {
        out += i.title + i.body;
        for (auto& c : i.comments)
          out += c.body;
      }
    } else {
      for (auto& [id, p] : bitbucket_->repo().pulls)
        out += p.title + p.description;
      for (auto& c : jira_->at(key_).comments)
        out += c.body.dump();
    }
    return out;
  }
  std::vector<std::string> complaints() const {
    if (which_ == pair::github)
      return github_->complaints;
    auto out = jira_->complaints;
    out.insert(out.end(), bitbucket_->complaints.begin(), bitbucket_->complaints.end());
    return out;
  }

private:
  std::string git(std::vector<std::string> words) const {
    words.insert(words.begin(), "git");
    auto out = root() + "/git.out";
    std::filesystem::remove(out);
    if (!wait_for(start_child(words, out, root() + "/git.err")).well())
      return "git failed: " + file_text(root() + "/git.err");
    auto text = file_text(out);
    while (!text.empty() && text.back() == '\n')
      text.pop_back();
    return text;
  }

  /// Loose references alone: nobody packs them here.
  std::map<std::string, std::string> branches_now() const {
    namespace fs = std::filesystem;
    std::map<std::string, std::string> out;
    auto heads = repository() + "/refs/heads";
    for (auto& f : fs::recursive_directory_iterator{heads})
      if (f.is_regular_file() && f.path().extension() != ".lock")
        out[f.path().string().substr(heads.size() + 1)] = file_text(f.path().string()).substr(0, 40);
    return out;
  }

  std::optional<served_answer> git_or_branches(const served_request& r, std::map<std::string, std::string>& branches) {
    if (r.path.find(".git/") == std::string::npos) {
      branches = branches_now();
      return std::nullopt;
    }
    if (r.header("Authorization") == "Basic " + basic())
      return git_http_server::ask_git(root() + "/git", r, r.path);
    served_answer out;
    out.status = 401;
    out.headers.emplace_back("WWW-Authenticate", "Basic realm=\"git\"");
    return out;
  }

  std::string settings() const {
    auto common = "orchestrator: {workspace_dir: work, publishers: 2}\nstorage: {path: state}\n"
                  "retry: {max_attempts: 8, base_seconds: 0.02, cap_seconds: 0.1}\n"
                  "templates: {comment_started: 'Work on {issue_key} starts.'}\n"
                  "agent: {type: command, command: " +
                  root() + "/agent, timeout_seconds: 120}\n";
    if (which_ == pair::github)
      return "issue_tracker: {type: github_issues, base_url: '" + github_->url() +
             "', project: acme/repo, token: '${TRACKER_TOKEN}'}\n"
             "repo_hosting: {type: github, base_url: '" +
             github_->url() + "', namespace: acme, token: '${HOST_TOKEN}'}\nrouting: {default_repository: repo}\n" +
             common;
    return "issue_tracker: {type: jira_dc, base_url: '" + jira_->url() +
           "', project: AB, status: To Do, token: '${TRACKER_TOKEN}'}\n"
           "repo_hosting: {type: bitbucket_dc, base_url: '" +
           bitbucket_->url() + "', namespace: AC, token: '${HOST_TOKEN}'}\nrouting: {default_repository: repo}\n" +
           common;
  }

  pair which_;
  scratch_dir dir_;
  std::int64_t number_ = 0;
  std::string key_;
  std::unique_ptr<jira_server> jira_;
  std::unique_ptr<bitbucket_server> bitbucket_;
  std::unique_ptr<github_server> github_;
};

} // namespace hyakki::test
