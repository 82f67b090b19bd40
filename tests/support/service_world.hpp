#pragma once
// A tracker and a code host on loopback, with real git behind them: what a story needs that goes over HTTP from end to
// end.
//
// One story, one repository, which the servers' branches are read from. <dir>/hyakki.yaml is the configuration, as a
// user writes it; tokens come by variables. The agent is a script that has its prompt in $prompt and its directory in
// $here; <dir>/runs has a line for each start, <dir>/sessions its words.

#include "tests/support/git_http_server.hpp"
#include "tests/support/service_pairs.hpp"
#include "tests/support/story_trial.hpp"

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
  /// `agent`: of a shell script, after its start was written down. `more`: lines at the end of the configuration.
  /// `of_tracker`: keys and values for its section of the tracker.
  service_world(service_pair which, const std::string& agent, const std::string& more = {},
                const std::string& of_tracker = {})
    : dir_(scratch_dir::on::memory), outside_(make_services(which)) {
    auto bare = repository();
    std::filesystem::create_directories(bare);
    git({"init", "-q", "--bare", "--template=", "-b", "main", bare});
    git({"-C", bare, "config", "http.receivepack", "true"});
    auto tree = git({"-C", bare, "hash-object", "-t", "tree", "-w", "/dev/null"});
    auto base =
      git({"-C", bare, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "Begin", tree});
    git({"-C", bare, "update-ref", "refs/heads/main", base});
    set_agent(agent);
    outside_->serve_git([this](auto& r, auto& branches) { return git_or_branches(r, branches); });
    auto theirs = outside_->settings();
    if (!of_tracker.empty())
      theirs.insert(theirs.find('{') + 1, of_tracker + ", ");
    std::ofstream{configuration()} << theirs << settings() << more;
  }
  ~service_world() {
    for (auto& p : marked())
      end_if_same(p);
  }
  service_world(const service_world&) = delete;
  service_world& operator=(const service_world&) = delete;

  /// The services, as people see them.
  services& outside() { return *outside_; }
  std::string root() const { return dir_.path(); }
  std::string configuration() const { return root() + "/hyakki.yaml"; }
  std::string repository() const { return root() + "/git/" + outside_->repository(); }
  std::string story() const { return outside_->story(); }
  story_id id() const { return outside_->tracker_name() + "/" + story(); }
  /// Variables that the configuration asks for.
  std::vector<std::string> variables() const { return {"TRACKER_TOKEN=" + tokens()[0], "HOST_TOKEN=" + tokens()[1]}; }
  std::vector<std::string> tokens() const { return {outside_->tracker_token(), outside_->host_token()}; }
  /// What git shows the host: the same token in another form.
  std::string basic() const { return base64(outside_->git_user() + ":" + tokens()[1]); }
  void set_agent(const std::string& body) {
    auto path = root() + "/agent.new"; // no running script is written to
    std::ofstream{path} << "#!/bin/sh\nhere=${0%/*}\necho \"$HYAKKI_RUN\" >>\"$here/runs\"\n"
                        << "echo \"$*\" >>\"$here/sessions\"\nprompt=$(cat)\n"
                        << body;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::filesystem::rename(path, root() + "/agent");
  }

  /// Starts the engine as a user does, for ever; whoever starts it ends it.
  pid_t start_for_ever() const {
    return start_child({handed_in("HYAKKI_PROGRAM"), "run", "-c", configuration()}, root() + "/out", root() + "/out",
                       variables());
  }
  /// Starts one life of an engine: the process that dies at its n-th point; 0 = never.
  pid_t start(long point = 0, const char* when = "before") const {
    return start_child({handed_in("HYAKKI_STORY_PROCESS"), root(), std::to_string(point), when, "coarse"},
                       root() + "/out", root() + "/out", variables());
  }
  ended_child work(long point = 0, const char* when = "before") const { return wait_for(start(point, when)); }
  /// What `hyakki` says, as a user starts it.
  std::string say(std::vector<std::string> words) const {
    words.insert(words.begin(), handed_in("HYAKKI_PROGRAM"));
    words.insert(words.end(), {"-c", configuration()});
    std::filesystem::remove(root() + "/words");
    wait_for(start_child(words, root() + "/words", root() + "/words", variables()));
    return file_text(root() + "/words");
  }
  /// Points that were reached since they were forgotten.
  long points() const { return static_cast<long>(lines_of(file_text(root() + "/points")).size()); }
  void forget_points() const { std::filesystem::remove(root() + "/points"); }
  /// Processes that an engine of this world started, and that are there still.
  std::vector<seen_process> marked() const { return processes_of_world(root()); }
  /// What is known of the story, while no engine works; what the store says against itself is told.
  std::optional<story_record> record(std::vector<std::string>* faults = nullptr) const {
    lmdb_options o;
    o.path = root() + "/state";
    auto memory = open_lmdb_store(o);
    if (!memory)
      return std::nullopt;
    if (faults != nullptr)
      *faults = audit(**memory);
    auto found = (*memory)->find(id());
    return found ? *found : std::nullopt;
  }
  /// Empty when the store is sound and the story stands as it should.
  std::string look_at_store(state wanted = state::done) const {
    std::vector<std::string> faults{"the store does not open"};
    auto r = record(&faults);
    std::string out;
    for (auto& text : faults)
      out += text + "\n";
    if (!r)
      return out + "the story was lost";
    if (r->at != wanted)
      out += "it ended as " + std::string{to_string(r->at)} + " (" + r->why->text + ")\n";
    return out;
  }

  /// All that can be seen outside, as text: the same for every way that leads to the same end.
  std::string outcome() const {
    std::string out;
    for (auto& [name, sha] : branches_now())
      if (name != "main")
        out += "branch " + name + " holds " + git({"-C", repository(), "show", sha + ":file.txt"}) + ", " +
               git({"-C", repository(), "rev-list", "--count", "main.." + sha}) + " commits\n";
    for (auto& p : outside_->pulls())
      out += "pull request " + p + "\n";
    for (auto& r : outside_->remarks())
      out += "remark '" + r.text + "' has " + std::to_string(r.answers.size()) + " answers" +
             (r.resolved ? " and is resolved\n" : "\n");
    auto labels = outside_->labels();
    std::sort(labels.begin(), labels.end());
    for (auto& l : labels)
      out += "label " + l + "\n";
    out += std::to_string(outside_->comments().size()) + " comments\n";
    for (auto& text : outside_->complaints())
      out += "complaint: " + text + "\n";
    return out;
  }
  /// Every text that was left outside: comments, pull requests, answers.
  std::string said() const {
    auto out = outside_->descriptions();
    for (auto& c : outside_->comments())
      out += c;
    for (auto& r : outside_->remarks())
      for (auto& a : r.answers)
        out += a;
    return out;
  }
  std::size_t comments_with(const std::string& words) const {
    auto all = outside_->comments();
    return static_cast<std::size_t>(
      std::count_if(all.begin(), all.end(), [&](auto& c) { return c.find(words) != std::string::npos; }));
  }
  bool has_label(const std::string& name) const {
    auto all = outside_->labels();
    return std::find(all.begin(), all.end(), name) != all.end();
  }
  std::map<std::string, std::string> branches() const { return branches_now(); }
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

  /// A variable that the build hands in.
  static std::string handed_in(const char* name) {
    auto* v = std::getenv(name);
    if (v == nullptr)
      throw std::runtime_error{std::string{name} + " is not set; the build hands it in"};
    return v;
  }

private:
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
    return "routing: {default_repository: repo}\n"
           "orchestrator: {workspace_dir: work, publishers: 2, poll_interval_seconds: 1}\n"
           "storage: {path: state}\n"
           "retry: {max_attempts: 8, base_seconds: 0.02, cap_seconds: 0.1}\n"
           "templates: {comment_started: 'Work on {issue_key} starts.'}\n"
           "agent: {type: command, command: " +
           root() + "/agent, timeout_seconds: 120, flags: [--session, '{session}'], session: {flag: --resume}}\n";
  }

  scratch_dir dir_;
  std::unique_ptr<services> outside_; ///< the last: what it answers needs the rest
};

} // namespace hyakki::test
