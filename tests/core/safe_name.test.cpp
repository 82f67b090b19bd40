#include "core/safe_name.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

bool is_one_harmless_component(const std::string& s) {
  if (s.empty() || s.size() > 120 || s.front() == '.' || s.front() == '-')
    return false;
  return s.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == std::string::npos;
}

/// Names that like to collide: few letters, many separators, now and then any byte.
std::string random_name(std::mt19937_64& rng) {
  static const std::string alphabet = "ab./_-A0 \n:~@{\\";
  auto out = std::string{};
  auto size = rng() % 12;
  for (std::size_t i = 0; i < size; ++i)
    out += rng() % 16 == 0 ? static_cast<char>(rng() & 255) : alphabet[rng() % alphabet.size()];
  if (rng() % 64 == 0)
    out += std::string(rng() % 200, 'x');
  return out;
}

} // namespace

SCENARIO("a harmless name stays as it is") {
  for (auto* name : {"FIX-1", "tickets_FIX-1", "a.b", "release-1.0", "x", "A_b-C.9"})
    CHECK(hyakki::safe_name(name) == name);
  CHECK(hyakki::safe_name(std::string(100, 'a')) == std::string(100, 'a'));
}

SCENARIO("a hostile name becomes one component that tells it apart") {
  auto hostile = std::vector<std::string>{"",
                                          ".",
                                          "..",
                                          "../x",
                                          "/abs",
                                          "-rf",
                                          ".git",
                                          "a/b",
                                          "a\nb",
                                          std::string("a\0b", 3),
                                          "--upload-pack=touch x",
                                          "@{u}",
                                          "\xe2\x80\xae"
                                          "txt",
                                          "\xf0\x9f\x91\xbb",
                                          "\xff\xfe",
                                          std::string(101, 'a'),
                                          std::string(1 << 20, 'a')};
  for (auto& name : hostile) {
    auto safe = hyakki::safe_name(name);
    CHECK(is_one_harmless_component(safe));
    CHECK(safe != name);
    CHECK(hyakki::safe_name(name) == safe);
  }
  CHECK(hyakki::safe_name("a/b") != hyakki::safe_name("a_b"));
  CHECK(hyakki::safe_name("a/b").substr(0, 4) == "a_b-");
}

SCENARIO("a name cannot pretend to be the result of another") {
  auto made = hyakki::safe_name("a/b");
  CHECK(hyakki::safe_name(made) != made);
  CHECK(is_one_harmless_component(hyakki::safe_name(made)));
}

SCENARIO("a million generated names keep apart") {
  auto rng = std::mt19937_64{20261121};
  auto seen = std::unordered_map<std::string, std::string>{};
  std::size_t bad = 0;
  std::size_t collisions = 0;
  for (int i = 0; i < 1'000'000; ++i) {
    auto name = random_name(rng);
    auto safe = hyakki::safe_name(name);
    bad += is_one_harmless_component(safe) ? 0 : 1;
    auto [at, fresh] = seen.emplace(safe, name);
    collisions += !fresh && at->second != name ? 1 : 0;
  }
  CHECK(bad == 0);
  CHECK(collisions == 0);
  CHECK(seen.size() > 500'000);
}
