// Several code hosts as one keep the contract of one, and never mix their repositories.
#include "runtime/hosts.hpp"

#include "tests/conformance/code_host.hpp"
#include "tests/support/fake_code_host.hpp"

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

SCENARIO("several code hosts keep the contract of a code host") {
  auto first = std::make_unique<fake_code_host>();
  auto& in = *first;
  in.put(repository_at("/first/repo.git"));
  std::map<std::string, std::unique_ptr<code_host>, std::less<>> both;
  both.emplace("first", std::move(first));
  both.emplace("second", std::make_unique<fake_code_host>());
  auto hosts = make_several_hosts(std::move(both));
  int n = 0;
  auto f = code_host_fixture{*hosts, "first:repo",
                             [&](const std::string&) { return std::string(39, 'a') + std::to_string(++n % 10); }};
  check_code_host(f);
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
