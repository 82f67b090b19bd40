// Several code hosts as one keep the contract of one, and never mix their repositories.
#include "runtime/hosts.hpp"

#include "runtime/adapters.hpp"
#include "tests/support/fake_code_host.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;
using namespace hyakki::test;

namespace {

remote repository_at(const std::string& url) {
  remote r;
  r.repository = "repo";
  r.url = url;
  return r;
}

} // namespace

SCENARIO("an address that cannot be used is told with the key that holds it") {
  config c;
  c.issue_tracker.type = "jira_dc";
  c.issue_tracker.base_url = "localhost:28100";
  c.repo_hosting.type = "local";
  hyakki::system_clock time;
  auto told = [&] {
    auto http = make_http_client(c, time);
    REQUIRE_FALSE(http);
    return http.error().text;
  };
  CHECK(told().find("issue_tracker.base_url: ") == 0);
  c.issue_tracker.base_url = "https://jira.example.com";
  c.http.proxy = secret{"proxy.example.com:3128"};
  CHECK(told().find("http.proxy: ") == 0);
  c.http.proxy = {};
  c.http.ca_file = "/nowhere/ca.pem";
  CHECK(told().find("http.ca_file /nowhere/ca.pem") == 0);
}

SCENARIO("every call goes to the host that is named") {
  auto first = std::make_unique<fake_code_host>();
  auto& in = *first;
  in.put(repository_at("/first/repo.git"));
  std::map<std::string, std::unique_ptr<code_host>, std::less<>> both;
  both.emplace("first", std::move(first));
  both.emplace("second", std::make_unique<fake_code_host>());
  auto hosts = make_several_hosts(std::move(both));
  auto draft = [](std::string branch) {
    pull_request_draft d;
    d.repository = "first:repo";
    d.source_branch = std::move(branch);
    d.target_branch = "main";
    d.head = std::string(40, 'a');
    d.title = "A change";
    return d;
  };
  auto one = hosts->find_or_open(draft("feature/one")), other = hosts->find_or_open(draft("feature/two"));
  REQUIRE(one);
  REQUIRE(other);
  THEN("it is found there, in every way") {
    REQUIRE(in.find("repo", one->id));
    CHECK(hosts->find("first:repo", one->id)->title == "A change");
    CHECK(hosts->list("first:repo", pull_filter::open)->size() == 2);
    CHECK(hosts->diff("first:repo", one->id, 1000));
    CHECK(hosts->feedback("first:repo", one->id));
    CHECK(hosts->merge("first:repo", one->id)->state == "merged");
    CHECK(hosts->close("first:repo", other->id)->state == "closed");
    CHECK(in.list("repo", pull_filter::open)->empty());
  }
  THEN("the other host knows nothing of it") {
    CHECK_FALSE(hosts->find("second:repo", one->id));
    CHECK_FALSE(hosts->list("third:repo", pull_filter::open));
    CHECK(hosts->list("third:repo", pull_filter::open).error() == ec::rejected);
    CHECK(hosts->answer("third:repo", one->id, {}, {}).error() == ec::rejected);
  }
}

SCENARIO("repositories of the same slug on two hosts are told apart") {
  auto first = std::make_unique<fake_code_host>();
  auto second = std::make_unique<fake_code_host>();
  first->put(repository_at("/first/repo.git"));
  second->put(repository_at("/second/repo.git"));
  std::map<std::string, std::unique_ptr<code_host>, std::less<>> both;
  both.emplace("first", std::move(first));
  both.emplace("second", std::move(second));
  auto hosts = make_several_hosts(std::move(both));
  GIVEN("both of them") {
    auto one = hosts->locate("first:repo"), other = hosts->locate("second:repo");
    REQUIRE(one);
    REQUIRE(other);
    THEN("each is found on its host, under a name of its own") {
      CHECK(one->url == "/first/repo.git");
      CHECK(other->url == "/second/repo.git");
      CHECK(one->repository == "first:repo");
      CHECK(other->repository == "second:repo");
    }
  }
  GIVEN("names without a host, or with one that nobody knows") {
    for (auto name : {"repo", "third:repo", ":repo", ""}) {
      auto r = hosts->locate(name);
      REQUIRE_FALSE(r);
      CHECK(r.error() == ec::rejected);
      CHECK(r.error().text.find("first, second") != std::string::npos);
    }
  }
  THEN("all of them are asked whether they are there") { CHECK(hosts->probe()); }
}
