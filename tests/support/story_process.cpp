// story_process DIR N before|after|stalled coarse|fine
//
// Works once through the stories of the world in DIR, and dies by SIGKILL at its N-th point, before or after the
// call that the point stands for, or before it and a while later, when everything else has gone on as far as it
// could; 0 = never. A world that has a hyakki.yaml has its services by that. Points: every write of the store, every
// effect on the tracker, the code host and the repositories, the start and the end of every agent and check; `fine`
// adds every git command. Appends each point to DIR/points and, by a plugin, the seq of every event to DIR/told. Ends
// with 0 when nothing failed.

#include "adapters/git/askpass.hpp"
#include "adapters/git/git_door.hpp"
#include "runtime/adapters.hpp"
#include "runtime/config_file.hpp"
#include "runtime/orchestrator.hpp"
#include "storage/lmdb_store.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/story_world.hpp"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <unistd.h>

using namespace hyakki;

namespace {

/// Where the process may die.
class points {
public:
  enum class moment { before, after, stalled };

  points(long fatal, moment when, bool fine, const std::string& log)
    : fatal_(fatal), when_(when), fine_(fine),
      log_(::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}

  template <class F>
  auto at(const char* name, F call) {
    auto n = ++seen_;
    auto line = std::to_string(n) + " " + name + "\n";
    if (::write(log_, line.data(), line.size()) < 0)
      ::_exit(9);
    if (n == fatal_ && when_ == moment::stalled)
      ::usleep(150'000);
    if (n == fatal_ && when_ != moment::after)
      die();
    if constexpr (std::is_void_v<decltype(call())>) {
      call();
      if (n == fatal_ && when_ == moment::after)
        die();
    } else {
      auto out = call();
      if (n == fatal_ && when_ == moment::after)
        die();
      return out;
    }
  }
  bool fine() const { return fine_; }

private:
  [[noreturn]] static void die() {
    ::kill(::getpid(), SIGKILL);
    for (;;)
      ::pause();
  }
  std::atomic<long> seen_{0};
  long fatal_;
  moment when_;
  bool fine_;
  int log_;
};

class mortal_store final : public store {
public:
  mortal_store(std::unique_ptr<store> real, points& p) : real_(std::move(real)), p_(p) {}
  result<std::vector<result<void>>> commit(const std::vector<change>& c) override {
    return p_.at("store.commit", [&] { return real_->commit(c); });
  }
  result<void> append(const std::vector<event>& events) override {
    return p_.at("store.append", [&] { return real_->append(events); });
  }
  result<void> set_cursor(std::string_view who, std::uint64_t seq) override {
    return p_.at("store.set_cursor", [&] { return real_->set_cursor(who, seq); });
  }
  result<void> drop_request(std::uint64_t seq) override {
    return p_.at("store.drop_request", [&] { return real_->drop_request(seq); });
  }
  result<std::uint64_t> post_request(const operator_request& r) override {
    return p_.at("store.post_request", [&] { return real_->post_request(r); });
  }
  result<std::optional<story_record>> find(const story_id& id) const override { return real_->find(id); }
  result<void> each_unfinished(const std::function<void(const index_entry&)>& v) const override {
    return real_->each_unfinished(v);
  }
  result<void> each(const std::function<bool(const index_entry&)>& v) const override { return real_->each(v); }
  result<std::vector<index_entry>> due(std::int64_t now, std::size_t n) const override { return real_->due(now, n); }
  result<std::vector<event>> events_after(std::uint64_t a, std::size_t n) const override {
    return real_->events_after(a, n);
  }
  result<std::vector<event>> events_of(const story_id& id) const override { return real_->events_of(id); }
  result<std::uint64_t> cursor(std::string_view who) const override { return real_->cursor(who); }
  result<std::vector<operator_request>> requests(std::size_t n) const override { return real_->requests(n); }

private:
  std::unique_ptr<store> real_;
  points& p_;
};

class mortal_tracker final : public tracker {
public:
  mortal_tracker(std::unique_ptr<tracker> real, points& p) : real_(std::move(real)), p_(p) {}
  std::string_view name() const override { return real_->name(); }
  result<found> search() override { return real_->search(); }
  result<std::vector<standing>> look_again(const std::vector<std::string>& keys) override {
    return real_->look_again(keys);
  }
  result<found> search_rework() override { return real_->search_rework(); }
  result<story> fetch(std::string_view key) override { return real_->fetch(key); }
  result<bool> post(std::string_view key, const comment& what) override {
    return p_.at("tracker.post", [&] { return real_->post(key, what); });
  }
  result<void> label(std::string_view key, const label_change& what) override {
    return p_.at("tracker.label", [&] { return real_->label(key, what); });
  }
  result<void> move_to(std::string_view key, std::string_view status) override {
    return p_.at("tracker.move_to", [&] { return real_->move_to(key, status); });
  }
  result<void> probe() override { return real_->probe(); }

private:
  std::unique_ptr<tracker> real_;
  points& p_;
};

class mortal_host final : public code_host {
public:
  mortal_host(std::unique_ptr<code_host> real, points& p) : real_(std::move(real)), p_(p) {}
  std::string_view name() const override { return real_->name(); }
  result<remote> locate(std::string_view r) override { return real_->locate(r); }
  result<pull_request> find_or_open(const pull_request_draft& d) override {
    return p_.at("host.find_or_open", [&] { return real_->find_or_open(d); });
  }
  result<std::vector<pull_request>> list(std::string_view r, pull_filter w) override { return real_->list(r, w); }
  result<pull_request> find(std::string_view r, std::string_view id) override { return real_->find(r, id); }
  result<pull_request> merge(std::string_view r, std::string_view id) override {
    return p_.at("host.merge", [&] { return real_->merge(r, id); });
  }
  result<pull_request> close(std::string_view r, std::string_view id) override { return real_->close(r, id); }
  result<std::string> diff(std::string_view r, std::string_view id, std::size_t n) override {
    return real_->diff(r, id, n);
  }
  result<review_feedback> feedback(std::string_view r, std::string_view id) override { return real_->feedback(r, id); }
  result<void> answer(std::string_view r, std::string_view id, const remark& to, const remark_answer& words) override {
    return p_.at("host.answer", [&] { return real_->answer(r, id, to, words); });
  }
  result<void> probe() override { return real_->probe(); }

private:
  std::unique_ptr<code_host> real_;
  points& p_;
};

std::vector<std::string> lines_of_file(const std::string& path) {
  std::vector<std::string> out;
  std::ifstream in{path};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

/// The local host with reviewers: what they wrote is in <dir>/remarks, a line each; <dir>/answers has a line "marker
/// remark" for each answer.
class reviewed_host final : public code_host {
public:
  reviewed_host(std::unique_ptr<code_host> real, std::string dir) : real_(std::move(real)), dir_(std::move(dir)) {}
  std::string_view name() const override { return real_->name(); }
  result<remote> locate(std::string_view r) override { return real_->locate(r); }
  result<pull_request> find_or_open(const pull_request_draft& d) override { return real_->find_or_open(d); }
  result<std::vector<pull_request>> list(std::string_view r, pull_filter w) override { return real_->list(r, w); }
  result<pull_request> find(std::string_view r, std::string_view id) override { return real_->find(r, id); }
  result<pull_request> merge(std::string_view r, std::string_view id) override { return real_->merge(r, id); }
  result<pull_request> close(std::string_view r, std::string_view id) override { return real_->close(r, id); }
  result<std::string> diff(std::string_view r, std::string_view id, std::size_t n) override {
    return real_->diff(r, id, n);
  }
  result<review_feedback> feedback(std::string_view, std::string_view) override {
    review_feedback out;
    auto answered = lines_of_file(dir_ + "/answers");
    auto said = lines_of_file(dir_ + "/remarks");
    for (std::size_t n = 0; n < said.size(); ++n) {
      remark m;
      m.id = "r" + std::to_string(n + 1);
      m.author = "a reviewer";
      m.text = said[n];
      auto end = " " + m.id;
      auto its = std::find_if(answered.begin(), answered.end(), [&](auto& line) {
        return line.size() > end.size() && line.compare(line.size() - end.size(), end.size(), end) == 0;
      });
      if (its == answered.end())
        out.remarks.push_back(std::move(m));
    }
    out.changes_requested = std::filesystem::exists(dir_ + "/changes_requested");
    out.requested_by = "a reviewer";
    return out;
  }
  result<void> answer(std::string_view, std::string_view, const remark& to, const remark_answer& words) override {
    for (auto& line : lines_of_file(dir_ + "/answers"))
      if (line.compare(0, words.marker.size() + 1, words.marker + " ") == 0)
        return {};
    auto line = words.marker + " " + to.id + "\n";
    auto file = ::open((dir_ + "/answers").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    auto written = ::write(file, line.data(), line.size());
    ::close(file);
    if (written < 0)
      return {ec::unavailable, "the reviewer's file takes no answer"};
    return {};
  }
  result<void> probe() override { return real_->probe(); }

private:
  std::unique_ptr<code_host> real_;
  std::string dir_;
};

class mortal_git final : public git {
public:
  mortal_git(std::unique_ptr<git> real, points& p) : real_(std::move(real)), p_(p) {}
  result<prepared_tree> prepare(const tree_request& what) override {
    return p_.at("git.prepare", [&] { return real_->prepare(what); });
  }
  bool has_tree(std::string_view r, std::string_view t) override { return real_->has_tree(r, t); }
  result<std::string> tree_hash(std::string_view r, std::string_view t) override {
    return p_.at("git.tree_hash", [&] { return real_->tree_hash(r, t); });
  }
  result<std::string> diff(std::string_view r, std::string_view t, std::size_t n) override {
    return real_->diff(r, t, n);
  }
  result<tree_commit> commit(const commit_request& what) override {
    return p_.at("git.commit", [&] { return real_->commit(what); });
  }
  result<void> push(const push_request& what) override {
    return p_.at("git.push", [&] { return real_->push(what); });
  }
  result<void> release(std::string_view r, std::string_view t, std::string_view sha) override {
    return p_.at("git.release", [&] { return real_->release(r, t, sha); });
  }

private:
  std::unique_ptr<git> real_;
  points& p_;
};

class mortal_process final : public process {
public:
  mortal_process(std::unique_ptr<process> real, points& p) : real_(std::move(real)), p_(p) {}
  std::shared_ptr<process_handle> start(process_spec spec, process_handlers on) override {
    if (spec.mark.empty())
      return real_->start(std::move(spec), std::move(on));
    auto told = std::move(on.on_exit);
    on.on_exit = [this, told](exit_status s) { p_.at("process.exit", [&] { told(s); }); };
    return p_.at("process.start", [&] { return real_->start(std::move(spec), std::move(on)); });
  }
  process_output run(process_spec spec, std::size_t most) override {
    if (!p_.fine())
      return real_->run(std::move(spec), most);
    return p_.at("process.run", [&] { return real_->run(std::move(spec), most); });
  }
  std::uint32_t end_leftovers(std::string_view prefix) override {
    return p_.at("process.end_leftovers", [&] { return real_->end_leftovers(prefix); });
  }
  std::size_t running() const override { return real_->running(); }

private:
  std::unique_ptr<process> real_;
  points& p_;
};

int fault(const char* what, const error& e) {
  std::fprintf(stderr, "%s: %s\n", what, to_string(e).c_str());
  return 3;
}

/// What a person does when all is well: merges every open pull request.
std::optional<error> merge_all(code_host& host, const std::string& place) {
  for (auto& bare : std::filesystem::directory_iterator(place)) {
    if (bare.path().extension() != ".git")
      continue;
    auto repository = bare.path().stem().string();
    auto open = host.list(repository, pull_filter::open);
    if (!open)
      return open.error();
    for (auto& p : *open)
      if (auto merged = host.merge(repository, p.id); !merged)
        return merged.error();
  }
  return std::nullopt;
}

/// The services of a configuration, by a client whose waits take no time.
result<std::unique_ptr<http_client>> services_of(const config& c, const std::shared_ptr<test::skipping_time>& time) {
  http_options o;
  o.origins = {c.issue_tracker.base_url, c.repo_hosting.base_url};
  return open_http_client(std::move(o), *time, time);
}

int work(const std::string& dir, points& p) {
  auto settings = test::world_settings(dir);
  auto skipping = std::make_shared<test::skipping_time>();
  auto services = std::unique_ptr<http_client>{};
  if (auto written = dir + "/hyakki.yaml"; std::filesystem::exists(written)) {
    auto loaded = load_config(written, process_environment());
    if (!loaded)
      return fault("configuration", loaded.error());
    settings = loaded->settings;
    auto http = services_of(settings, skipping);
    if (!http)
      return fault("http", http.error());
    services = std::move(*http);
  }
  lmdb_options o;
  o.path = dir + "/state";
  auto memory = open_lmdb_store(o);
  if (!memory)
    return fault("store", memory.error());
  parts mine;
  auto time = std::make_shared<system_clock>();
  mine.time = time;
  mine.memory = std::make_unique<mortal_store>(std::move(*memory), p);
  mine.children = std::make_unique<mortal_process>(make_process_door(true, runs_path(dir + "/state")), p);
  auto trackers = make_trackers(settings, services.get(), *time);
  if (!trackers)
    return fault("tracker", trackers.error());
  for (auto& t : *trackers)
    mine.trackers.push_back(std::make_unique<mortal_tracker>(std::move(t), p));
  auto real_host = make_code_host(settings, services.get(), *time);
  if (!real_host)
    return fault("code host", real_host.error());
  if (!services) // reviewers of the local host
    *real_host = std::make_unique<reviewed_host>(std::move(*real_host), dir);
  mine.host = std::make_unique<mortal_host>(std::move(*real_host), p);
  mine.http = std::move(services);
  auto& host = *mine.host; // as long as the orchestrator
  git_options g;
  g.state_dir = dir + "/state";
  g.workspace_dir = settings.orchestrator.workspace_dir;
  g.askpass = std::filesystem::read_symlink("/proc/self/exe").string();
  auto door = open_git_door(*mine.children, g);
  if (!door)
    return fault("git", door.error());
  mine.repositories = std::make_unique<mortal_git>(std::move(*door), p);

  orchestrator_options how;
  how.own_process = true;
  auto made = orchestrator::make(settings, how, std::move(mine));
  if (!made)
    return fault("orchestrator", made.error());
  auto told = ::open((dir + "/told").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  (*made)->subscribe("witness", [told](const event& e) -> result<void> {
    auto line = std::to_string(e.seq) + "\n";
    if (::write(told, line.data(), line.size()) < 0)
      return {ec::unavailable, "the witness cannot write"};
    return {};
  });
  auto ended = (*made)->run_once();
  if (!ended)
    return fault("run", ended.error());
  for (auto& text : ended->poll_errors)
    std::fprintf(stderr, "poll: %s\n", text.c_str());
  if (std::filesystem::exists(dir + "/merge"))
    if (auto failed = merge_all(host, dir + "/host"))
      return fault("merge", *failed);
  return ended->poll_errors.empty() ? 0 : 4;
}

} // namespace

int main(int count, char** words) {
  if (auto answered = serve_askpass(count, words))
    return *answered;
  if (count != 5) {
    std::fprintf(stderr, "usage: story_process DIR N before|after|stalled coarse|fine\n");
    return 2;
  }
  std::string dir = words[1];
  std::string when = words[3];
  points p{std::strtol(words[2], nullptr, 10),
           when == "after"     ? points::moment::after
           : when == "stalled" ? points::moment::stalled
                               : points::moment::before,
           words[4] == std::string{"fine"}, dir + "/points"};
  return work(dir, p);
}
