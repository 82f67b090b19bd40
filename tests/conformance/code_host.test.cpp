#include "tests/conformance/code_host.hpp"

#include "adapters/code_hosts/local.hpp"
#include "tests/adapters/git_world.hpp"
#include "tests/support/fake_code_host.hpp"

#include <map>
#include <set>
#include <thread>

using namespace hyakki;
using namespace hyakki::test;

namespace {

code_host_config config_of(const git_world& w) {
  auto c = code_host_config{};
  c.type = "local";
  c.path = w.dir / "host";
  return c;
}

/// A branch from main with one more change.
std::string grow(git_world& w, const std::string& branch, const std::string& file, const std::string& text) {
  w.in_seed({"checkout", "-q", "-B", branch});
  put_file(w.dir / ("seed/" + file), text);
  w.save("change " + file, branch);
  return w.in_seed({"rev-parse", "HEAD"});
}

pull_request_draft draft_of(const std::string& branch) {
  auto d = pull_request_draft{};
  d.repository = "repo";
  d.source_branch = branch;
  d.target_branch = "main";
  d.title = branch;
  return d;
}

} // namespace

SCENARIO("the code host in memory keeps the contract") {
  fake_code_host host;
  auto r = remote{};
  r.repository = "repo";
  r.url = "/nowhere/repo.git";
  host.put(r);
  int n = 0;
  auto f = code_host_fixture{host, "repo",
                             [&](const std::string&) { return std::string(39, 'a') + std::to_string(++n % 10); }};
  auto said = std::map<std::string, std::string>{};
  f.remark = [&](auto& id, auto& author, auto& text, auto& path, std::uint32_t line) {
    said[text] = host.remark_on("repo", id, {"", author, text, path, line});
  };
  f.review = [&](auto& id, auto& who, bool wants) { host.review("repo", id, who, wants); };
  f.answers = [&](auto& id, auto& text) { return host.answers("repo", id, said[text]).size(); };
  f.resolved = [&](auto& id, auto& text) { return host.resolved("repo", id, said[text]); };
  auto lose = false;
  host.on_call([&](fake_code_host::call which, std::string_view) {
    using call = fake_code_host::call;
    if (lose && (which == call::find_or_open || which == call::merge || which == call::answer)) {
      lose = false;
      host.lose_answer(which);
    }
  });
  f.lose_next_answer = [&] { lose = true; };
  check_code_host(f);
}

SCENARIO("the local code host keeps the contract") {
  git_world w;
  auto host = make_local_code_host(config_of(w));
  int n = 0;
  check_code_host({*host, "repo", [&](const std::string& b) { return grow(w, b, "f" + std::to_string(++n), "x\n"); }});
  CHECK(w.in_remote({"fsck", "--strict"}).empty());
}

SCENARIO("what a killed process left locked is free again when its pull request is looked for") {
  git_world w;
  auto host = make_local_code_host(config_of(w));
  grow(w, "a", "a.txt", "a\n");
  auto one = host->find_or_open(draft_of("a"));
  REQUIRE(one);
  auto refs = std::filesystem::path{w.dir / "host/repo.git/refs"};
  put_file((refs / "hyakki/pulls/1.lock").string(), "x");
  put_file((refs / "pull/1/head.lock").string(), "x");
  auto again = host->find_or_open(draft_of("a"));
  REQUIRE(again);
  CHECK(again->id == one->id);
  CHECK(again->adopted);
  CHECK_FALSE(std::filesystem::exists(refs / "hyakki/pulls/1.lock"));
  CHECK_FALSE(std::filesystem::exists(refs / "pull/1/head.lock"));
  CHECK(host->close("repo", one->id));
}

SCENARIO("a merge that conflicts names the files and changes nothing") {
  git_world w;
  auto host = make_local_code_host(config_of(w));
  grow(w, "a", "README.md", "ours\n");
  w.in_seed({"checkout", "-q", "main"});
  grow(w, "b", "README.md", "theirs\n");
  auto a = host->find_or_open(draft_of("a"));
  auto b = host->find_or_open(draft_of("b"));
  REQUIRE(a);
  REQUIRE(b);
  REQUIRE(host->merge("repo", a->id));
  auto main = w.in_remote({"rev-parse", "main"});
  auto refused = host->merge("repo", b->id);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ec::rejected);
  CHECK(refused.error().text.find("README.md") != std::string::npos);
  CHECK(w.in_remote({"rev-parse", "main"}) == main);
}

SCENARIO("a crash between record and head is mended by the next call") {
  git_world w;
  auto host = make_local_code_host(config_of(w));
  auto head = grow(w, "a", "x", "x\n");
  auto p = host->find_or_open(draft_of("a"));
  REQUIRE(p);
  w.in_remote({"update-ref", "-d", "refs/pull/1/head"});
  CHECK(host->find_or_open(draft_of("a"))->id == p->id);
  CHECK(w.in_remote({"rev-parse", "refs/pull/1/head"}) == head);
}

SCENARIO("several at once get different numbers, and one branch one pull request") {
  git_world w;
  for (int i = 0; i < 8; ++i)
    grow(w, "b" + std::to_string(i), "x" + std::to_string(i), "x\n");
  auto ids = std::vector<std::string>(16);
  auto all = std::vector<std::thread>{};
  auto host = make_local_code_host(config_of(w));
  auto other = make_local_code_host(config_of(w));
  for (int i = 0; i < 16; ++i)
    all.emplace_back([&, i] {
      auto p = (i % 2 == 0 ? host : other)->find_or_open(draft_of("b" + std::to_string(i / 2)));
      ids[i] = p ? p->id : p.error().text;
    });
  for (auto& t : all)
    t.join();
  for (int i = 0; i < 16; i += 2)
    CHECK(ids[i] == ids[i + 1]);
  CHECK(std::set<std::string>(ids.begin(), ids.end()).size() == 8);
}

SCENARIO("what others write to a repository is seen, however they write it") {
  git_world w;
  for (auto branch : {"a", "b", "c", "d", "e"})
    grow(w, branch, branch, "x\n");
  auto ours = make_local_code_host(config_of(w));
  auto theirs = make_local_code_host(config_of(w)); // as another process would
  auto opened = [](code_host& host, const char* branch) {
    auto p = host.find_or_open(draft_of(branch));
    return p ? p->id : p.error().text;
  };
  REQUIRE(opened(*ours, "a") == "1");
  GIVEN("another one that opens and closes") {
    CHECK(opened(*theirs, "b") == "2");
    CHECK(opened(*ours, "c") == "3");
    CHECK(opened(*ours, "b") == "2");
    REQUIRE(theirs->close("repo", "1"));
    CHECK(opened(*ours, "a") == "4");
    REQUIRE(ours->close("repo", "4"));
    CHECK(opened(*ours, "a") == "5");
  }
  GIVEN("references that git packs") {
    w.in_remote({"pack-refs", "--all"});
    CHECK(opened(*ours, "a") == "1");
    CHECK(opened(*ours, "b") == "2");
  }
  GIVEN("records that git brings and takes away") {
    CHECK(opened(*ours, "b") == "2");
    w.in_remote({"update-ref", "refs/hyakki/pulls/7", "refs/hyakki/pulls/2"});
    w.in_remote({"update-ref", "-d", "refs/hyakki/pulls/2"});
    CHECK(opened(*ours, "c") == "8");
    CHECK(opened(*ours, "b") == "7");
    w.in_remote({"update-ref", "-d", "refs/hyakki/pulls/7"});
    CHECK(opened(*ours, "b") == "9");
  }
  GIVEN("a directory whose time does not tell that something was written") {
    auto dir = std::filesystem::path{w.dir / "host/repo.git/refs/hyakki/pulls"};
    auto at = std::filesystem::last_write_time(dir);
    auto unseen = [&] { std::filesystem::last_write_time(dir, at); };
    REQUIRE(theirs->close("repo", "1"));
    unseen();
    CHECK(opened(*ours, "a") == "2");
    at = std::filesystem::last_write_time(dir);
    CHECK(opened(*theirs, "b") == "3");
    unseen();
    CHECK(opened(*ours, "c") == "4");
    CHECK(opened(*ours, "b") == "3");
  }
}

SCENARIO("a repository that is a link out of the host is refused") {
  git_world w;
  w.git({"init", "-q", "--bare", w.dir / "elsewhere.git"});
  std::filesystem::create_symlink(w.dir / "elsewhere.git", w.dir / "host/out.git");
  auto host = make_local_code_host(config_of(w));
  CHECK(host->locate("out").error().code == ec::rejected);
  CHECK(make_local_code_host(config_of(w), {"other"})->locate("repo").error().code == ec::rejected);
}
