#pragma once
// One world of stories, worked on by real processes that are killed, and a look at what is left of it.
//
// Everything is real: bare repositories, tickets, LMDB, git, an agent that is a script. Faults are collected and not
// asserted, so that trials may run on several threads.

#include "adapters/git/git_door.hpp"
#include "adapters/process/process_table.hpp"
#include "adapters/trackers/tickets.hpp"
#include "core/clock.hpp"
#include "storage/lmdb_store.hpp"
#include "tests/support/audit.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/story_world.hpp"
#include "tests/support/ticket_text.hpp"
#include "tickets/store.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace hyakki::test {

/// What a world is made of and how it must end.
struct world_kind {
  std::string name;
  std::vector<std::pair<std::string, std::string>> stories; ///< key, repository
  std::string agent;                                        ///< of a shell script, after its start was written down
  std::string check;                                        ///< of a shell script; empty = no check
  state end = state::done;
  std::vector<std::string> labels;    ///< at the end, in any order
  std::set<std::string> comments;     ///< life/kind: the end of the markers
  std::string retry_agent;            ///< not empty: the agent of a second life, which an operator asked for
  int runs = 1;                       ///< of the agent that each story needs when nothing is lost
  bool review = false;                ///< a second session of the agent reads the change
  bool cancel = false;                ///< an operator has the story ended while its agent works
  bool merge = false;                 ///< the pull request is merged at the end
  std::vector<std::string> remarks{}; ///< reviewers want a second commit, by the rework label or by their review
  bool by_review = false;
  bool withdraw = false; ///< the story loses its label while its agent works, which dies with the engine
  /// Each story is worked on twice, and ends twice.
  bool twice() const { return !retry_agent.empty() || !remarks.empty(); }
};

/// One way to end a process: at its n-th point, or after a time.
struct shot {
  long point = 0;
  const char* when = "before"; ///< before, after, stalled: see story_process.cpp
  std::int64_t after_us = -1;
};

inline std::string file_text(const std::string& path) {
  auto text = std::ostringstream{};
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return text.str();
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> out;
  auto in = std::istringstream{text};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

struct ended_child {
  int status = 0;
  bool killed() const { return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL; }
  bool well() const { return WIFEXITED(status) && WEXITSTATUS(status) == 0; }
};

/// Starts a program with its output in a file. `extra`: what its environment has besides.
inline pid_t start_child(const std::vector<std::string>& words, const std::string& out, const std::string& err,
                         const std::vector<std::string>& extra = {}) {
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent",
                                       "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "LC_ALL=C"};
  environment.insert(environment.end(), extra.begin(), extra.end());
  std::vector<char*> env;
  for (auto& e : environment)
    env.push_back(e.data());
  env.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  pid_t pid = -1;
  if (::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), env.data()) != 0)
    pid = -1;
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

inline ended_child wait_for(pid_t pid) {
  ended_child out;
  while (::waitpid(pid, &out.status, 0) < 0 && errno == EINTR) {
  }
  return out;
}

class trial {
public:
  explicit trial(const world_kind& kind) : kind_(kind), dir_(scratch_dir::on::memory) {
    namespace fs = std::filesystem;
    fs::create_directories(root() + "/project/.tickets/open");
    fs::create_directories(root() + "/host");
    std::ofstream{root() + "/project/.tickets/config.yaml"} << "default_status: open\nid_prefix: APP\n";
    for (auto& [key, repository] : kind.stories) {
      std::ofstream{root() + "/project/.tickets/open/" + key + ".yaml"}
        << ticket_text(key, "Change a file", {"ai-pipeline", "repo:" + repository});
      auto bare = root() + "/host/" + repository + ".git";
      if (fs::exists(bare))
        continue;
      git({"init", "-q", "--bare", "--template=", "-b", "main", bare});
      auto tree = git({"-C", bare, "hash-object", "-t", "tree", "-w", "/dev/null"});
      auto base =
        git({"-C", bare, "-c", "user.name=T", "-c", "user.email=t@example.org", "commit-tree", "-m", "Begin", tree});
      git({"-C", bare, "update-ref", "refs/heads/main", base});
    }
    set_agent(kind.agent);
    if (!kind.check.empty())
      script("check", kind.check);
    if (kind.review)
      std::ofstream{root() + "/review"};
    if (kind.merge)
      std::ofstream{root() + "/merge"};
  }
  ~trial() {
    for (auto& p : marked())
      end_if_same(p);
  }

  std::string root() const { return dir_.path(); }
  const std::vector<std::string>& faults() const { return faults_; }
  int kills() const { return kills_; }
  int lost() const { return lost_; }
  int extra() const { return extra_; }
  int starts() const { return starts_; }
  long points() const { return lines_of(file_text(root() + "/points")).size(); }

  void set_agent(const std::string& body) {
    script("agent", "here=${0%/*}\necho \"$HYAKKI_RUN\" >>\"$here/runs\"\nprompt=$(cat)\n" + body);
  }

  /// From now on the stories are worked on by this program as a user starts it, with a configuration in a file.
  /// `more` is added to that; a line that begins with two blanks goes on with the section `agent`.
  void use_engine(const std::string& program, const std::string& more = {}, int attempts = 8) {
    engine_ = program;
    attempts_ = attempts;
    std::ofstream{root() + "/hyakki.yaml"} << settings_text(more);
  }
  pid_t start_engine(const std::vector<std::string>& environment = {}) {
    ++starts_;
    return start_child({engine_, "run", "--once", "-c", root() + "/hyakki.yaml"}, root() + "/out", root() + "/out",
                       environment);
  }

  pid_t start(const shot& s = {}, bool fine = false) {
    if (!engine_.empty())
      return start_engine();
    ++starts_;
    auto* program = std::getenv("HYAKKI_STORY_PROCESS");
    if (program == nullptr)
      throw std::runtime_error{"HYAKKI_STORY_PROCESS is not set; the build hands it in"};
    return start_child({program, root(), std::to_string(s.point), s.when, fine ? "fine" : "coarse"}, root() + "/out",
                       root() + "/out");
  }

  void count_kill() { ++kills_; }

  /// One start that is shot at. True when it was hit.
  bool fire(const shot& s, bool fine = false) {
    auto pid = start(s, fine);
    if (s.after_us >= 0) {
      auto end = std::chrono::steady_clock::now() + std::chrono::microseconds{s.after_us};
      while (std::chrono::steady_clock::now() < end)
        ::usleep(50);
      ::kill(pid, SIGKILL);
    }
    auto left = see_to_end(pid);
    if (left.killed())
      ++kills_;
    else if (!left.well())
      fault("a process that was shot at ended with " + std::to_string(left.status) + ": " + file_text(root() + "/out"));
    return left.killed();
  }

  /// Starts that are not shot at, until no story is alive. `may_fail`: a story's failure is no fault.
  void recover(bool may_fail = false) {
    for (int round = 0; round < 60; ++round) {
      auto left = see_to_end(start());
      if (!left.well() && !(may_fail && WIFEXITED(left.status) && WEXITSTATUS(left.status) == 1))
        return fault("a start after the kill ended with " + std::to_string(left.status) + ": " +
                     file_text(root() + "/out"));
      if (!somebody_lives())
        return;
      ::usleep(20'000); // a back-off
    }
    fault("stories were still alive after 60 starts");
  }

  /// Brings the world to where it is to be shot at, and forgets the points up to there.
  void set_up() {
    if (kind_.twice()) {
      recover();
      if (!kind_.remarks.empty())
        want_changes();
      else
        ask_for_retry();
    }
    if (kind_.withdraw)
      take_label_off_at_work();
    std::filesystem::remove(root() + "/points");
  }

  void want_changes() {
    {
      auto out = std::ofstream{root() + "/remarks"};
      for (auto& text : kind_.remarks)
        out << text << "\n";
    }
    if (kind_.by_review)
      std::ofstream{root() + "/changes_requested"};
    else
      relabel({{"ai-rework"}, {}});
  }

  void take_label_off_at_work() {
    auto pid = start();
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!std::filesystem::exists(root() + "/runs") && std::chrono::steady_clock::now() < end)
      ::usleep(1'000);
    ::kill(pid, SIGKILL);
    wait_for(pid);
    count_kill();
    relabel({{}, {"ai-pipeline"}});
  }

  /// An operator asks for the second life.
  void ask_for_retry() {
    set_agent(kind_.retry_agent);
    leave(operator_request::kind::retry);
  }

  std::vector<seen_process> marked() const { return processes_of_world(root()); }

  /// Compares everything with what it must be.
  void look() {
    auto memory = open(lmdb_options::role::owner); // no lock may be left
    if (!memory)
      return;
    for (auto& text : audit(*memory))
      fault("store: " + text);
    auto settings = world_settings(root());
    auto children = make_process_door(false);
    git_options g;
    g.state_dir = settings.storage.path;
    g.workspace_dir = settings.orchestrator.workspace_dir;
    auto door = open_git_door(*children, g);
    auto runs = lines_of(file_text(root() + "/runs"));
    if (std::set<std::string>(runs.begin(), runs.end()).size() != runs.size())
      fault("a run was started twice under one number");
    std::size_t of_records = 0;
    for (auto& [key, repository] : kind_.stories) {
      auto found = memory->find("tickets/" + key);
      if (!found || !*found) {
        fault(key + " was lost: the store has no record of it");
        continue;
      }
      of_records += (*found)->runs.size();
      look_at_record(*memory, **found);
      look_at_host(**found, repository);
      look_at_ticket(key);
      if (kind_.end == state::done || kind_.end == state::no_changes)
        if (!(*found)->tree.empty() || !door || (*door)->has_tree(repository, (*found)->id()))
          fault(key + ": its working tree was not given back");
    }
    if (runs.size() > of_records)
      fault("the agent was started " + std::to_string(runs.size()) + " times, but the records know of " +
            std::to_string(of_records));
    auto base = kind_.stories.size() * (kind_.twice() ? 2 : 1) * static_cast<std::size_t>(kind_.runs);
    extra_ = static_cast<int>(runs.size()) - static_cast<int>(base);
    if (extra_ > lost_ && engine_.empty())
      fault("the agent was started " + std::to_string(extra_) + " times more than needed, but only " +
            std::to_string(lost_) + " runs are said to be lost");
    if (lost_ > kills_ * static_cast<int>(kind_.stories.size()))
      fault("more runs were lost than there were kills");
    if (engine_.empty())
      look_at_plugin(*memory);
    look_at_answers();
    look_for_locks();
    if (auto left = marked(); !left.empty())
      fault(std::to_string(left.size()) + " processes were left behind");
  }

  void fault(const std::string& text) { faults_.push_back(text); }

  /// The record of a story as it stands.
  std::optional<story_record> record_of(const std::string& key) {
    auto memory = open(lmdb_options::role::visitor);
    auto found = memory ? memory->find("tickets/" + key) : result<std::optional<story_record>>{std::nullopt};
    return found ? *found : std::nullopt;
  }

  /// What the store says against itself.
  void look_at_store() {
    if (auto memory = open(lmdb_options::role::owner))
      for (auto& text : audit(*memory))
        fault("store: " + text);
    look_for_locks();
  }

  /// Branches of a repository besides main.
  std::vector<std::string> branches_of(const std::string& repository) {
    std::vector<std::string> out;
    for (auto& line : lines_of(
           git({"-C", root() + "/host/" + repository + ".git", "for-each-ref", "--format=%(refname)", "refs/heads/"})))
      if (line != "refs/heads/main")
        out.push_back(line);
    return out;
  }
  std::string ticket_of(const std::string& key) const {
    for (auto* where : {"open", "closed"})
      if (auto text = file_text(root() + "/project/.tickets/" + where + "/" + key + ".yaml"); !text.empty())
        return text;
    return {};
  }

private:
  /// What world_settings says, as a user writes it.
  std::string settings_text(const std::string& more) const {
    bool checks = !kind_.check.empty();
    return "issue_tracker: {type: tickets, path: project}\n"
           "repo_hosting: {type: local, path: host}\n"
           "routing: {default_repository: alpha}\n"
           "orchestrator: {workspace_dir: work, publishers: 2}\n"
           "storage: {path: state}\n"
           "retry: {max_attempts: " +
           std::to_string(attempts_) +
           ", base_seconds: 0.02, cap_seconds: 0.1}\n"
           "templates: {comment_started: 'Work on {issue_key} starts.'}\n"
           "log: {level: warning, file: engine.log}\n" +
           std::string{checks ? "checks:\n- {name: there, command: [" + root() + "/check], timeout_seconds: 60}\n"
                              : ""} +
           "agent:\n  type: command\n  command: " + root() + "/agent\n" +
           (more.empty() ? "  timeout_seconds: 120\n" : more);
  }

  void script(const std::string& name, const std::string& body) {
    auto path = root() + "/" + name + ".new";
    std::ofstream{path} << "#!/bin/sh\n" + body;
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    std::filesystem::rename(path, root() + "/" + name);
  }

  void relabel(const label_change& change) {
    auto time = system_clock{};
    auto tracker = make_tickets_tracker(world_settings(root()).issue_tracker, time);
    for (auto& [key, repository] : kind_.stories)
      if (auto done = tracker->label(key, change); !done)
        fault(key + " cannot be labelled: " + to_string(done.error()));
  }

  /// Leaves an operator's word about every story, from beside the process that works.
  void leave(operator_request::kind what) {
    auto memory = open(lmdb_options::role::visitor);
    for (auto& [key, repository] : kind_.stories)
      if (memory) {
        operator_request r;
        r.what = what;
        r.story = "tickets/" + key;
        r.reason = "an operator said so";
        if (auto posted = memory->post_request(r); !posted)
          fault("a request could not be left: " + to_string(posted.error()));
      }
  }

  /// Waits for the end of a process; an operator who is to cancel does so as soon as an agent works.
  ended_child see_to_end(pid_t pid) {
    while (kind_.cancel && !cancelled_) {
      ended_child out;
      auto seen = ::waitpid(pid, &out.status, WNOHANG);
      if (seen == pid)
        return out;
      if (std::filesystem::exists(root() + "/runs")) {
        leave(operator_request::kind::cancel);
        cancelled_ = true;
      }
      ::usleep(1'000);
    }
    return wait_for(pid);
  }

  std::string git(std::vector<std::string> words) {
    words.insert(words.begin(), "git");
    auto out = root() + "/git.out";
    std::filesystem::remove(out);
    auto left = wait_for(start_child(words, out, root() + "/out"));
    if (!left.well())
      fault("git " + words[3] + " failed: " + file_text(root() + "/out"));
    auto text = file_text(out);
    while (!text.empty() && text.back() == '\n')
      text.pop_back();
    return text;
  }

  std::unique_ptr<store> open(lmdb_options::role as) {
    lmdb_options o;
    o.path = root() + "/state";
    o.as = as;
    auto opened = open_lmdb_store(o);
    if (!opened) {
      fault("the store does not open: " + to_string(opened.error()));
      return nullptr;
    }
    return std::move(*opened);
  }

  bool somebody_lives() {
    auto memory = open(lmdb_options::role::visitor);
    bool alive = false;
    if (memory)
      if (auto read = memory->each_unfinished([&](const index_entry& e) { alive = alive || is_living(e.at); }); !read)
        fault("the store cannot be read: " + to_string(read.error()));
    return alive;
  }

  void look_at_record(const store& memory, const story_record& r) {
    auto at = r.story.key + ": ";
    if (r.at != kind_.end)
      fault(at + "ended as " + std::string{to_string(r.at)} + (r.has_trouble ? " (" + r.why->text + ")" : ""));
    int lost = 0;
    for (auto& run : r.runs) {
      lost += run.outcome == run_outcome::lost;
      if (run.outcome == run_outcome::running)
        fault(at + "run " + std::to_string(run.number) + " is said to run still");
    }
    int told_lost = 0, succeeded = 0, ends = 0;
    if (auto events = memory.events_of(r.id()))
      for (auto& e : *events) {
        told_lost += e.kind == event_kind::run_lost;
        succeeded += e.kind == event_kind::on_success;
        ends += e.kind == event_kind::on_success || e.kind == event_kind::on_failure;
      }
    if (told_lost != lost)
      fault(at + std::to_string(lost) + " runs are lost and " + std::to_string(told_lost) + " events tell of it");
    if (succeeded != (kind_.end != state::done ? 0 : kind_.remarks.empty() ? 1 : 2))
      fault(at + std::to_string(succeeded) + " events of success");
    if (ends != (kind_.twice() ? 2 : 1))
      fault(at + std::to_string(ends) + " events of an end");
    lost_ += lost;
  }

  /// Exactly one branch and one pull request of it, or none at all.
  void look_at_host(const story_record& r, const std::string& repository) {
    auto bare = root() + "/host/" + repository + ".git";
    auto refs = lines_of(git({"-C", bare, "for-each-ref", "--format=%(objectname) %(refname)"}));
    std::string of_branch, of_pull;
    int branches = 0, records = 0, pulls = 0;
    for (auto& line : refs) {
      auto sha = line.substr(0, 40), name = line.substr(41);
      if (name.rfind("refs/heads/", 0) == 0 && name != "refs/heads/main") {
        ++branches;
        of_branch = sha;
        if (name != "refs/heads/" + r.branch)
          fault(r.story.key + ": a branch that is not its own: " + name);
      }
      records += name.rfind("refs/hyakki/pulls/", 0) == 0;
      if (name.rfind("refs/pull/", 0) == 0) {
        ++pulls;
        of_pull = sha;
      }
    }
    int wanted = kind_.end == state::done ? 1 : 0;
    if (branches != wanted || records != wanted || pulls != wanted)
      fault(r.story.key + ": " + std::to_string(branches) + " branches, " + std::to_string(records) +
            " records of pull requests, " + std::to_string(pulls) + " heads of pull requests");
    if (wanted == 0 || branches == 0)
      return;
    if (of_branch != of_pull || of_branch != r.commit->sha || of_branch != *r.pushed_sha)
      fault(r.story.key + ": branch, pull request and record hold different commits");
    auto many = git({"-C", bare, "rev-list", "--count", "main.." + of_branch});
    if (many != (kind_.merge ? "0" : kind_.remarks.empty() ? "1" : "2"))
      fault(r.story.key + ": " + many + " commits on the branch that are not in main");
    // The beginning; and where it was merged, the work.
    auto in_main = git({"-C", bare, "rev-list", "--count", "main"});
    if (in_main != (kind_.merge ? "2" : "1"))
      fault(r.story.key + ": " + in_main + " commits in main");
    if (kind_.merge && git({"-C", bare, "show", "main:file.txt"}) != "changed")
      fault(r.story.key + ": main does not hold the merged work");
    if (git({"-C", bare, "show", of_branch + ":file.txt"}) != "changed")
      fault(r.story.key + ": the branch does not hold the agent's work");
  }

  void look_at_ticket(const std::string& key) {
    auto tickets = tickets::ticket_store::open(root() + "/project");
    if (!tickets)
      return fault("tickets: " + to_string(tickets.error()));
    auto file = tickets->get(key);
    if (!file)
      return fault("tickets: " + to_string(file.error()));
    std::multiset<std::string> said;
    for (auto& c : file->comments()) {
      auto from = c.content.rfind("<!-- hyakki:");
      auto marker = from == std::string::npos ? c.content : c.content.substr(from + 12);
      said.insert(marker.substr(0, marker.find(" -->")));
    }
    std::set<std::string> kinds;
    for (auto& marker : said) {
      if (said.count(marker) > 1)
        fault(key + ": a comment was posted more than once: " + marker);
      auto slash = marker.find('/', marker.find('/') + 1); // story/hash/life/kind
      kinds.insert(marker.substr(slash == std::string::npos ? 0 : slash + 1));
    }
    if (kinds != kind_.comments) {
      std::string text;
      for (auto& k : kinds)
        text += " " + k;
      fault(key + ": the comments are:" + text);
    }
    std::multiset<std::string> labels;
    for (auto& l : file->list("labels"))
      if (l.rfind("repo:", 0) != 0)
        labels.insert(l);
    if (labels != std::multiset<std::string>(kind_.labels.begin(), kind_.labels.end())) {
      std::string text;
      for (auto& l : labels)
        text += " " + l;
      fault(key + ": the labels are:" + text);
    }
  }

  /// Every remark has exactly one answer.
  void look_at_answers() {
    std::multiset<std::string> answered;
    for (auto& line : lines_of(file_text(root() + "/answers")))
      answered.insert(line.substr(line.rfind(' ') + 1));
    if (answered.size() != kind_.remarks.size() ||
        std::set<std::string>(answered.begin(), answered.end()).size() != answered.size())
      fault(std::to_string(answered.size()) + " answers to " + std::to_string(kind_.remarks.size()) + " remarks");
  }

  /// Told of every event, in order, at least once; twice only where a kill came between.
  void look_at_plugin(const store& memory) {
    auto all = memory.events_after(0, 100'000);
    if (!all)
      return fault("events: " + to_string(all.error()));
    std::uint64_t furthest = 0;
    for (auto& line : lines_of(file_text(root() + "/told"))) {
      auto seq = std::strtoull(line.c_str(), nullptr, 10);
      if (seq > furthest + 1)
        fault("a plugin was told of event " + line + " after " + std::to_string(furthest));
      furthest = std::max<std::uint64_t>(furthest, seq);
    }
    if (!all->empty() && furthest != all->back().seq)
      fault("a plugin was told up to event " + std::to_string(furthest) + " of " + std::to_string(all->back().seq));
  }

  void look_for_locks() {
    for (auto& place : {root() + "/host", root() + "/state/repos"})
      if (std::filesystem::exists(place))
        for (auto& f : std::filesystem::recursive_directory_iterator(place)) {
          auto name = f.path().filename().string();
          bool ends_with_its_holder = name == "hyakki-pulls.lock";
          if (!ends_with_its_holder && name.size() > 5 && name.substr(name.size() - 5) == ".lock")
            locks_.insert(f.path().string());
        }
    for (auto& l : locks_)
      fault("a lock was left: " + l.substr(root().size()));
  }

  const world_kind& kind_;
  scratch_dir dir_;
  int attempts_ = 8;
  std::string engine_; ///< empty: the process that dies at points
  std::vector<std::string> faults_;
  std::set<std::string> locks_;
  int kills_ = 0;
  int lost_ = 0;
  int extra_ = 0;
  int starts_ = 0;
  bool cancelled_ = false;
};

} // namespace hyakki::test
