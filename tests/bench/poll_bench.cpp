// One look at a Jira with 10,000 stories in pages of 100, by the keeper and by the whole orchestrator; the reading of
// its answers beside simdjson alone; and what a look again at running stories costs in requests. One JSON line a
// figure.

#include "adapters/http/json.hpp"
#include "adapters/trackers/jira_dc.hpp"
#include "runtime/orchestrator.hpp"
#include "tests/bench/bench.hpp"
#include "tests/support/scratch_dir.hpp"
#include "tests/support/vendor_jira.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <malloc.h>

using namespace hyakki;

namespace {

/// The vendor's own work must not be measured: an answer is made once and then kept.
class kept_answers {
public:
  explicit kept_answers(test::http_server::handler real)
    : server_([this, real = std::move(real)](const test::served_request& r) {
        auto [at, fresh] = kept_.try_emplace(r.method + " " + r.target + " " + r.body);
        if (fresh)
          at->second = real(r);
        return at->second;
      }) {}
  std::string url() const { return server_.url(); }
  std::size_t requests() const { return server_.request_count(); }
  std::vector<std::string> searches() const {
    std::vector<std::string> out;
    for (auto& [asked, answer] : kept_)
      if (asked.find("/search") != std::string::npos)
        out.push_back(answer.body);
    return out;
  }

private:
  std::map<std::string, test::served_answer> kept_;
  test::http_server server_;
};

/// What the heap holds, in MiB.
double held_mib() {
  auto heap = ::mallinfo2();
  return static_cast<double>(heap.uordblks + heap.hblkhd) / (1 << 20);
}

std::unique_ptr<http_client> client_for(const std::string& url, const hyakki::clock& time) {
  http_options o;
  o.origins = {url};
  o.whole_deadline = std::chrono::minutes{5};
  auto made = open_http_client(std::move(o), time);
  if (!made)
    std::abort();
  return std::move(*made);
}

} // namespace

int main(int argc, char** argv) {
  bool small = bench::is_small(argc, argv);
  std::size_t stories = small ? 300 : 10'000;
  std::size_t rounds = small ? 1 : 7;
  auto name = std::to_string(stories) + " stories in pages of 100";
  test::jira_server jira{false};
  for (std::size_t n = 0; n < stories; ++n)
    jira.add("Story " + std::to_string(n), {"ai-pipeline", "team-a"}).description =
      "h2. What is wanted\n" + std::string(700, 'w') + "\n* one\n* two\n";
  kept_answers served{jira.handler()};
  system_clock time;
  tracker_config c;
  c.type = "jira_dc";
  c.base_url = served.url();
  c.project = "AB";
  c.status = "To Do";
  c.token = secret{test::jira_server::token};
  auto http = client_for(c.base_url, time);
  auto keeper = make_jira_dc_tracker(c, *http, time);

  auto look = [&] {
    auto found = keeper->search();
    if (!found || found->stories.size() != stories) {
      std::fprintf(stderr, "%s\n", found ? "not all were found" : found.error().text.c_str());
      std::abort();
    }
    return found;
  };
  (void)look();
  auto before = served.requests();
  std::vector<double> ms, mib;
  for (std::size_t i = 0; i < rounds; ++i) {
    auto held = held_mib();
    ms.push_back(1000 * bench::seconds([&] {
                   auto found = look();
                   mib.push_back(held_mib() - held);
                 }));
  }
  bench::print(bench::alone("a look at " + name, "ms", bench::median(ms), rounds));
  bench::print(bench::alone("memory of what it found", "MiB", bench::median(mib), rounds));
  bench::print(
    bench::alone("requests of a look at " + name, "", static_cast<double>((served.requests() - before) / rounds)));

  // read as the keepers read, beside the parser that they read with
  auto pages = served.searches();
  std::size_t bytes = 0;
  for (auto& p : pages)
    bytes += p.size();
  auto mb = static_cast<double>(bytes) / 1e6;
  http_request asked;
  asked.service = "Jira";
  asked.url = c.base_url + "/rest/api/2/search";
  std::vector<http_answer> answers;
  for (auto& p : pages) {
    http_answer a;
    a.status = 200;
    a.body = p;
    answers.push_back(std::move(a));
  }
  bench::print(bench::interleaved(
    "answers of a search read with every field that is wanted, beside simdjson's bare parse", "MB/s", rounds,
    [&] {
      return mb / bench::seconds([&] {
               for (auto& a : answers) {
                 auto d = read_json(asked, a);
                 std::size_t seen = 0;
                 if (d)
                   for (auto& i : d->root().items("issues")) {
                     auto fields = i.object("fields");
                     seen += i.text("key").size() + fields.text("summary").size() +
                             fields.text_or("description", "").size() + fields.items("labels").size();
                   }
                 if (!d || seen == 0)
                   std::abort();
               }
             });
    },
    [&] {
      simdjson::dom::parser parser;
      return mb / bench::seconds([&] {
               for (auto& p : pages)
                 if (parser.parse(p).error() != simdjson::SUCCESS)
                   std::abort();
             });
    }));

  // what one poll costs, whatever is running
  for (std::size_t running : {std::size_t{1}, std::size_t{10}, std::size_t{100}}) {
    std::vector<std::string> keys;
    for (std::size_t n = 1; n <= running; ++n)
      keys.push_back("AB-" + std::to_string(n));
    auto was = served.requests();
    auto seen = keeper->look_again(keys);
    if (!seen || seen->size() != running)
      std::abort();
    bench::print(bench::with_goal(bench::alone("requests of a look again at " + std::to_string(running) + " running",
                                               "", static_cast<double>(served.requests() - was)),
                                  1, true));
  }

  // the same look, and what would be done with each story
  std::vector<double> whole;
  for (std::size_t i = 0; i < rounds; ++i) {
    test::scratch_dir dir;
    config all;
    all.issue_tracker = c;
    all.repo_hosting.type = "local";
    all.repo_hosting.path = dir.path();
    all.agent.type = "command";
    all.agent.command = "/bin/true";
    all.routing.default_repository = "app";
    all.orchestrator.workspace_dir = dir / "work";
    orchestrator_options dry;
    dry.dry_run = true;
    auto made = orchestrator::make(all, dry);
    if (!made)
      std::abort();
    whole.push_back(1000 * bench::seconds([&] {
                      auto plan = (*made)->plan();
                      if (plan.stories.size() != stories || !plan.poll_errors.empty())
                        std::abort();
                    }));
  }
  bench::print(
    bench::alone("a look at " + name + ", each admitted, routed and planned", "ms", bench::median(whole), rounds));
  return 0;
}
