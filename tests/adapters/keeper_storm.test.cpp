// A service that fails in every way while a story is being worked on: nothing
// is done twice, nothing is lost, nobody is hammered, and memory stays where it
// is.
//
// Every kind of failure meets every keeper; where in the run, and for how long,
// is said by a seed. A test run takes one seed a kind, $HYAKKI_SOAK as many as
// it says. $HYAKKI_KIND is the number of one kind, from 1, to be had again
// alone; the seeds that are told begin with one less.
#include "adapters/code_hosts/bitbucket_cloud.hpp"
#include "adapters/code_hosts/bitbucket_dc.hpp"
#include "adapters/code_hosts/github.hpp"
#include "adapters/trackers/github_issues.hpp"
#include "adapters/trackers/jira_cloud.hpp"
#include "adapters/trackers/jira_dc.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/vendor_bitbucket.hpp"
#include "tests/support/vendor_bitbucket_cloud.hpp"
#include "tests/support/vendor_github.hpp"
#include "tests/support/vendor_jira.hpp"

#include <malloc.h>

#include <fstream>
#include <iterator>
#include <random>

using namespace hyakki;
using namespace hyakki::test;

namespace {

/// Something that is to be there once, and how often it is.
struct effect {
  std::string name;
  std::function<std::optional<error>()> make;
  std::function<std::size_t()> count;
};

/// One keeper or two of a vendor, on a story that waits.
struct vendor {
  virtual ~vendor() = default;
  virtual http_server::handler handler() = 0;
  virtual std::vector<effect> effects(http_client& http, const hyakki::clock& time, const std::string& base) = 0;
  virtual std::vector<std::string> complaints() = 0;

protected:
  template <class Config>
  static Config configured(const std::string& base, const std::string& token) {
    auto c = Config{};
    c.name = "x";
    c.base_url = base;
    c.token = secret{token};
    return c;
  }
  static effect commented(std::shared_ptr<tracker> t, const std::string& key, std::function<std::size_t()> count) {
    return {"comment", [=] { return failure(t->post(key, {"run/1:began", "We began."})); }, std::move(count)};
  }
  static effect labelled(std::shared_ptr<tracker> t, const std::string& key, std::function<std::size_t()> count) {
    return {"label", [=] { return failure(t->label(key, {{"ai-done"}, {"ai-pipeline"}})); }, std::move(count)};
  }
  static effect moved(std::shared_ptr<tracker> t, const std::string& key, const std::string& status,
                      std::function<std::size_t()> count) {
    return {"move", [=] { return failure(t->move_to(key, status)); }, std::move(count)};
  }
  static effect opened(std::shared_ptr<code_host> h, std::function<std::size_t()> count) {
    auto draft = conformance::draft_of("repo", "feature/x", "");
    return {"pull request", [=] { return failure(h->find_or_open(draft)); }, std::move(count)};
  }
  static effect answered(std::shared_ptr<code_host> h, const std::string& id, const remark& to,
                         std::function<std::size_t()> count) {
    return {"answer",
            [=] {
              return failure(h->answer("repo", id, to, {"run/1:answer", "Done.", true}));
            },
            std::move(count)};
  }
  static effect merged(std::shared_ptr<code_host> h, const std::string& id, std::function<std::size_t()> count) {
    return {"merge", [=] { return failure(h->merge("repo", id)); }, std::move(count)};
  }
  template <class List>
  static bool has(const List& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }
};

struct jira final : vendor {
  explicit jira(bool cloud) : cloud(cloud), s(cloud) { s.add("Story", {"ai-pipeline"}); }
  http_server::handler handler() override { return s.handler(); }
  std::vector<std::string> complaints() override { return s.complaints; }
  std::vector<effect> effects(http_client& http, const hyakki::clock& time, const std::string& base) override {
    auto c = configured<tracker_config>(base, jira_server::token);
    c.project = "AB";
    c.status = "To Do";
    c.account = cloud ? jira_server::account : "";
    auto t =
      std::shared_ptr<tracker>{cloud ? make_jira_cloud_tracker(c, http, time) : make_jira_dc_tracker(c, http, time)};
    auto& i = s.at("AB-1");
    return {commented(t, "AB-1", [&] { return i.comments.size(); }),
            labelled(t, "AB-1", [&] { return i.labels == std::vector<std::string>{"ai-done"} ? 1 : 0; }),
            moved(t, "AB-1", "In Progress", [&] { return i.status == "In Progress" ? 1 : 0; })};
  }
  bool cloud;
  jira_server s;
};

struct hub final : vendor {
  hub() {
    s.repo();
    s.add_issue("Story", {"ai-pipeline"});
    s.grow("feature/x");
  }
  http_server::handler handler() override { return s.handler(); }
  std::vector<std::string> complaints() override { return s.complaints; }
  std::vector<effect> effects(http_client& http, const hyakki::clock& time, const std::string& base) override {
    auto t = configured<tracker_config>(base, github_server::token);
    t.project = "acme/repo";
    auto c = configured<code_host_config>(base, github_server::token);
    c.namespace_ = "acme";
    auto issues = std::shared_ptr<tracker>{make_github_issues_tracker(t, http, time)};
    auto host = std::shared_ptr<code_host>{make_github_code_host(c, {}, http, time)};
    auto to = remark{};
    to.id = "comment:4711";
    to.text = "Why?";
    auto& i = s.at(1);
    return {commented(issues, "acme/repo#1", [&] { return i.comments.size(); }),
            labelled(issues, "acme/repo#1", [&] { return i.labels == std::vector<std::string>{"ai-done"} ? 1 : 0; }),
            opened(host, [&] { return s.repo().pulls.size(); }),
            answered(host, "2", to, [&] { return s.at(2).comments.size(); }),
            merged(host, "2", [&] { return s.repo().pulls.at(2).merged ? 1 : 0; }),
            moved(issues, "acme/repo#1", "closed", [&] { return i.state == "closed" ? 1 : 0; })};
  }
  github_server s;
};

struct bitbucket_at_home final : vendor {
  bitbucket_at_home() {
    s.repo().pulls[1].id = 1;
    s.repo().pulls[1].from = s.repo().pulls[1].title = "old";
    s.repo().pulls[1].to = "main";
    s.grow("old");
    s.grow("feature/x");
    s.say(1, "ann", "Why?");
  }
  http_server::handler handler() override { return s.handler(); }
  std::vector<std::string> complaints() override { return s.complaints; }
  std::vector<effect> effects(http_client& http, const hyakki::clock& time, const std::string& base) override {
    auto c = configured<code_host_config>(base, bitbucket_server::token);
    c.namespace_ = "AC";
    auto host = std::shared_ptr<code_host>{make_bitbucket_dc_code_host(c, {}, http, time)};
    auto to = remark{};
    to.id = std::to_string(s.find(1, "Why?")->id);
    return {opened(host, [&] { return s.repo().pulls.size() - 1; }),
            answered(host, "1", to, [&] { return s.find(1, "Why?")->replies.size(); }),
            merged(host, "1", [&] { return s.repo().pulls.at(1).state == "MERGED" ? 1 : 0; })};
  }
  bitbucket_server s;
};

struct bitbucket_in_the_cloud final : vendor {
  bitbucket_in_the_cloud() {
    s.repo().pulls[1].id = 1;
    s.at(1).from = s.at(1).title = "old";
    s.at(1).to = "main";
    s.grow("old");
    s.grow("feature/x");
    s.say(1, "ann", "Why?", "file", 3);
    s.ask_for(1, "ann", "Do this");
  }
  http_server::handler handler() override { return s.handler(); }
  std::vector<std::string> complaints() override { return s.complaints; }
  std::vector<effect> effects(http_client& http, const hyakki::clock& time, const std::string& base) override {
    auto c = configured<code_host_config>(base, bitbucket_cloud_server::token);
    c.namespace_ = "acme";
    c.account = bitbucket_cloud_server::email;
    auto host = std::shared_ptr<code_host>{make_bitbucket_cloud_code_host(c, {}, http, time)};
    auto to = remark{}, task = remark{};
    to.id = "comment:" + std::to_string(s.find(1, "Why?")->id);
    task.id = "task:" + std::to_string(s.at(1).tasks[0].id);
    auto comments = s.at(1).comments.size();
    return {opened(host, [&] { return s.repo().pulls.size() - 1; }),
            answered(host, "1", to, [&] { return s.replies(1, "Why?"); }),
            {"answer to a task",
             [=] {
               return failure(host->answer("repo", "1", task, {"run/1:task", "Done.", true}));
             },
             [=] { return s.at(1).comments.size() - comments - 1; }},
            merged(host, "1", [&] { return s.at(1).state == "MERGED" ? 1 : 0; })};
  }
  bitbucket_cloud_server s;
};

struct named_vendor {
  const char* name;
  std::unique_ptr<vendor> (*make)();
};
const named_vendor vendors[] = {
  {"Jira Data Center", [] { return std::unique_ptr<vendor>{new jira{false}}; }},
  {"Jira Cloud", [] { return std::unique_ptr<vendor>{new jira{true}}; }},
  {"GitHub", [] { return std::unique_ptr<vendor>{new hub}; }},
  {"Bitbucket Data Center", [] { return std::unique_ptr<vendor>{new bitbucket_at_home}; }},
  {"Bitbucket Cloud", [] { return std::unique_ptr<vendor>{new bitbucket_in_the_cloud}; }},
};

/// A way to fail. Some do what was asked, and what they answer is lost.
struct kind {
  std::string name;
  served_answer answer;
  bool done = false;
  bool stalls = false;
};

std::vector<kind> kinds() {
  auto out = std::vector<kind>{};
  for (auto& f : http_faults()) {
    out.push_back({f.name, f.answer, false, f.stalls()});
    // What is large travels small, so that this process measures the client and not the server.
    auto& answer = out.back().answer;
    if (answer.body.size() > 1'000'000) {
      answer.body = gzip_of(answer.body);
      answer.headers.emplace_back("Content-Encoding", "gzip");
    }
  }
  auto slow = served_answer::failing(served_fault::trickle);
  slow.body = std::string(2000, ' ');
  out.push_back({"a byte now and then", slow, false, true});
  auto round = served_answer{};
  round.status = 302;
  out.push_back({"a redirect to itself", round});
  for (auto fault : {served_fault::close_before, served_fault::reset, served_fault::truncated_body,
                     served_fault::close_within_headers, served_fault::garbage})
    out.push_back({"done, and the answer is lost, way " + std::to_string(static_cast<int>(fault)),
                   served_answer::failing(fault), true});
  out.push_back({"done, and a proxy says 502", served_answer::json(502, "<html>"), true});
  out.push_back({"done, and the answer does not come", served_answer::failing(served_fault::stall_before), true, true});
  return out;
}

/// Between the keepers and their vendor: from a request on, some answers are
/// failures.
class storm {
public:
  storm(http_server::handler healthy, const skipping_time& time) : healthy_(std::move(healthy)), time_(time) {}

  void blow(const kind& k, std::size_t after, std::size_t times) {
    auto guard = std::lock_guard{mutex_};
    kind_ = &k, after_ = after, left_ = times;
  }
  void calm() {
    auto guard = std::lock_guard{mutex_};
    left_ = 0;
  }
  served_answer operator()(const served_request& r) {
    auto guard = std::lock_guard{mutex_};
    auto now = time_.now();
    if (failed_at_ >= 0 && now < failed_at_ + 1000)
      ++hurried;
    failed_at_ = -1;
    ++requests;
    if (left_ == 0 || after_ > 0) {
      after_ -= after_ > 0 ? 1 : 0;
      return healthy_(r);
    }
    --left_;
    auto answer = kind_->answer;
    if (kind_->done)
      answer.body = healthy_(r).body;
    if (answer.status == 302)
      answer.headers = {{"Location", r.target}};
    // A kept connection that dies without a byte is no failure of the host yet; half an answer is.
    using f = served_fault;
    if (answer.status >= 500 || answer.status == 429 || answer.fault == f::close_within_headers ||
        (answer.fault == f::truncated_body && !answer.body.empty()) || answer.fault == f::garbage)
      failed_at_ = now;
    return answer;
  }

  std::size_t requests = 0, hurried = 0;

private:
  http_server::handler healthy_;
  const skipping_time& time_;
  std::mutex mutex_;
  const kind* kind_ = nullptr;
  std::size_t after_ = 0, left_ = 0;
  std::int64_t failed_at_ = -1;
};

/// Of this process, in KiB: VmRSS now, VmHWM at its highest since `forget_peak`.
long memory(const std::string& which) {
  auto in = std::ifstream{"/proc/self/status"};
  for (auto line = std::string{}; std::getline(in, line);)
    if (line.compare(0, which.size(), which) == 0)
      return std::stol(line.substr(which.size() + 1));
  return 0;
}
void forget_peak() { std::ofstream{"/proc/self/clear_refs"} << "5"; }

/// As the engine has it: blocks of a large answer go back to the system when it is read, in whichever thread.
const bool gives_back = ::mallopt(M_MMAP_THRESHOLD, 1 << 20) == 1;
/// What a service may cost at most: 16 MB, in KiB.
constexpr long most_memory = 15'625;
/// Whether memory can be judged: sanitizers keep what was freed.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
const bool measures_memory = false;
#else
const bool measures_memory = gives_back;
#endif

/// Makes each effect as an engine would: again while it may go well later, and,
/// where a person must act, once somebody has. Then makes it once more, as a
/// restart does.
void weather(const named_vendor& who, const kind& k, std::uint32_t seed) {
  INFO(who.name << ", " << k.name << ", seed " << seed);
  auto dice = std::mt19937{seed};
  auto subject = who.make();
  auto time = std::make_shared<skipping_time>();
  auto between = storm{subject->handler(), *time};
  auto server = http_server{[&](const served_request& r) { return between(r); }};
  auto world = http_world{{server.url()}};
  world.time = time;
  world.options.retry.most_attempts = k.stalls ? 2 : 4;
  world.options.receive_deadline = std::chrono::milliseconds{k.stalls ? 150 : 10'000};
  world.options.whole_deadline = std::chrono::milliseconds{k.stalls ? 4000 : 60'000};
  REQUIRE(world.open());
  auto persist = [&](const effect& e) {
    auto failed = e.make();
    for (int tries = 0; failed && tries < 30; ++tries) {
      CHECK(failed->text.size() > 20);
      if (band_of(failed->code) != band::try_again)
        between.calm(); // a person has looked after it
      if (failed->retry_at_ms > time->now())
        time->advance(failed->retry_at_ms - time->now());
      else if (k.stalls)
        time->advance(30'000); // too little patience for the door to wait by itself
      failed = e.make();
    }
    INFO(e.name << ": " << (failed ? to_string(*failed) : "good"));
    CHECK_FALSE(failed);
    CHECK(e.count() == 1);
  };
  ::malloc_trim(0);
  forget_peak();
  auto before = memory("VmRSS");
  auto effects = subject->effects(*world.client, *time, server.url());
  auto unlucky = dice() % effects.size(); // patience is real time: it is spent on one of them
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (!k.stalls || i == unlucky)
      between.blow(k, dice() % 4, 1 + dice() % (k.stalls ? 2 : 5));
    persist(effects[i]);
    between.calm();
    persist(effects[i]);
  }
  CHECK(between.hurried == 0);
  CHECK(between.requests < 400);
  auto took = memory("VmHWM") - before;
  INFO("took " << took << " KiB");
  // The texts of a whole answer are held twice while it is read, perhaps because the one before it said nothing.
  if (measures_memory)
    CHECK(took < (k.name == "10 MB of JSON" ? most_memory * 2 : most_memory));
  for (auto& c : subject->complaints())
    UNSCOPED_INFO(c);
  CHECK(subject->complaints().empty());
}

} // namespace

SCENARIO("whatever fails while a story is worked on, each effect is there once") {
  auto all = kinds();
  CHECK(all.size() >= 25);
  auto resting = [] {
    ::malloc_trim(0);
    return memory("VmRSS");
  };
  auto before = resting();
  // Every kind meets some keepers, every keeper a third of the kinds; with HYAKKI_SOAK all meet all.
  auto only = number_given("HYAKKI_KIND", 0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (only != 0 && only != i + 1)
      continue;
    if (i == all.size() / 2)
      before = resting(); // whatever the threads of the servers keep has come by now
    for (std::size_t who = 0; who < std::size(vendors); ++who)
      if (soak() > 1 || i % 3 == who % 3)
        for (int n = 0; n < soak(); ++n)
          weather(vendors[who], all[i], static_cast<std::uint32_t>(i * 1000 + static_cast<std::size_t>(n)));
  }
  auto kept = resting() - before;
  INFO("kept " << kept << " KiB");
  if (measures_memory)
    CHECK(kept < most_memory); // nothing adds up
}

SCENARIO("an answer of any size is cut, and costs no more than it may") {
  auto& who = vendors[GENERATE(0, 1, 2, 3, 4)];
  auto subject = who.make();
  auto time = skipping_time{};
  auto huge = std::vector<served_answer>{served_answer::failing(served_fault::endless_body), {}, {}};
  huge[1].raw = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
                "1073741824\r\n\r\n{\"a\":\"" +
                std::string(100'000, 'x');
  huge[2].headers = {{"Content-Type", "application/json"}, {"Content-Encoding", "gzip"}};
  huge[2].body = gzip_of(std::string(50 << 20, ' ')); // 50 MB that travel as 50 KB
  for (auto& answer : huge) {
    auto server = http_server{[&](const served_request&) { return answer; }};
    auto world = http_world{{server.url()}};
    REQUIRE(world.open());
    auto effects = subject->effects(*world.client, time, server.url());
    ::malloc_trim(0);
    forget_peak();
    auto before = memory("VmRSS");
    auto failed = effects.front().make();
    REQUIRE(failed);
    INFO(who.name << ": " << to_string(*failed));
    CHECK(failed->code == ec::rejected);
    CHECK(failed->text.find("than 14680064 bytes") != std::string::npos);
    auto peak = memory("VmHWM") - before, kept = memory("VmRSS") - before;
    INFO("peak " << peak << " KiB, kept " << kept << " KiB");
    if (measures_memory) {
      CHECK(kept < most_memory);
      CHECK(peak < most_memory);
    }
  }
}
