// Admission, routing, back-off, templates, branch names.
#include "core/admit.hpp"
#include "core/branch_name.hpp"
#include "core/retry.hpp"
#include "core/routing.hpp"
#include "core/suggest.hpp"
#include "core/template_text.hpp"
#include "core/utf8.hpp"

#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

#include <spawn.h>
#include <sys/wait.h>

#include <map>
#include <set>
#include <unordered_map>

extern char** environ;
using namespace hyakki;

namespace {

story named(std::string key, std::string title = "A title") {
  story s;
  s.tracker = "tickets";
  s.key = std::move(key);
  s.title = std::move(title);
  return s;
}

bool git_takes(const std::string& name) {
  const char* argv[] = {"git", "check-ref-format", "--branch", name.c_str(), nullptr};
  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", 2, 0);
  posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", 2, 0);
  pid_t child = 0;
  auto bad = posix_spawnp(&child, "git", &quiet, nullptr, const_cast<char**>(argv), environ);
  posix_spawn_file_actions_destroy(&quiet);
  REQUIRE(bad == 0);
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace

SCENARIO("a story is admitted only with a key that can be shown and written down") {
  CHECK(admit(named("FIX-1")));
  CHECK(admit(named("owner/repo#3")));
  CHECK(admit(named("ключ-1")));
  CHECK(admit(named(std::string(200, 'a'))));
  for (auto& bad : {std::string{}, std::string(201, 'a'), std::string{"a b"}, std::string{"a\nb"}, std::string{"a\xFF"},
                    std::string{"a\0b", 3}, std::string{"\x1b[1m"}, std::string{"a\xE2\x80\xAE"},
                    std::string{"a\xC2\xA0"
                                "b"}}) {
    auto r = admit(named(bad));
    REQUIRE_FALSE(r);
    CHECK(r.error() == ec::rejected);
    CHECK_FALSE(has_raw_control(r.error().text));
    CHECK(valid_utf8(r.error().text));
  }
  auto s = named("A-1");
  s.tracker = "Bad Name";
  CHECK_FALSE(admit(s));
}

SCENARIO("what a story brings is cleaned and bounded") {
  auto s = named("A-1", "Fix\x1b[31m the \xE2\x80\xAE thing\n\xFF" + std::string(2000, 'x'));
  s.description = std::string(300 * 1024, 'y') + "\r\n";
  s.labels = std::vector<std::string>(150, "same");
  for (int i = 0; i < 150; ++i)
    s.labels.push_back("l" + std::to_string(i));
  s.components = {"", std::string(300, 'c'), "ok\n"};
  s.priority = 99;
  auto r = admit(s);
  REQUIRE(r);
  CHECK(r->title.size() <= longest_title);
  CHECK_FALSE(has_raw_control(r->title));
  CHECK(r->title.rfind("Fix the thing", 0) == 0);
  CHECK(r->description.size() <= longest_description);
  CHECK(r->description.find("cut here") != std::string::npos);
  CHECK(r->labels.size() == most_labels);
  CHECK(r->components == std::vector<std::string>{"ok"});
  CHECK(r->priority == 3);
  s.description = std::string(256 * 1024, '\xFF');
  CHECK(admit(s)->description.size() <= longest_description);
  hostile_texts make{3};
  for (int i = 0; i < 2000; ++i) {
    auto h = named(make(), make());
    h.description = make();
    if (auto a = admit(h)) {
      CHECK_FALSE(has_raw_control(a->key + a->title));
      CHECK(valid_utf8(a->description));
      CHECK(a->id().size() <= 300);
    }
  }
}

SCENARIO("a story finds its repository by component, label or default") {
  routing_config c;
  c.components = {{"api", "billing"}, {"ui", "web"}};
  auto s = named("A-1");
  s.components = {"docs", "ui", "api"};
  CHECK(*route(s, c) == "web");
  s.components.clear();
  s.labels = {"repo:", "repo:team/app", "repo:other"};
  CHECK(*route(s, c) == "team/app");
  s.labels = {"bug"};
  auto none = route(s, c);
  REQUIRE_FALSE(none);
  CHECK(none.error() == ec::rejected);
  CHECK(none.error().text.find("\"bug\"") != std::string::npos);
  CHECK(none.error().text.find("\"api\"") != std::string::npos);
  c.default_repository = "app";
  CHECK(*route(s, c) == "app");
  c.allowed = {"web"};
  CHECK_FALSE(route(s, c));
}

SCENARIO("a label cannot lead out of the code host") {
  routing_config c;
  c.default_repository = "app";
  for (auto bad : {"../x", "/abs", "a/../b", "a/b/c", "-rf", ".git", "a.git", "a.lock", "a..b", "a b", "a/", "/",
                   "a\nb", "a\\b", "ä", "a."}) {
    auto s = named("A-1");
    s.labels = {std::string{"repo:"} + bad};
    INFO(bad);
    CHECK_FALSE(route(s, c));
  }
  CHECK(valid_slug(std::string(100, 'a')));
  CHECK_FALSE(valid_slug(std::string(101, 'a')));
}

SCENARIO("a back-off doubles, is capped, jitters by a fifth, and repeats for the same seed") {
  retry_config c;
  std::set<std::int64_t> seen;
  for (std::uint64_t seed = 0; seed < 1000; ++seed) {
    auto first = backoff_ms(c, 1, seed), third = backoff_ms(c, 3, seed), late = backoff_ms(c, 4'000'000'000u, seed);
    CHECK((first >= 4000 && first <= 6000));
    CHECK((third >= 16000 && third <= 24000));
    CHECK((late >= 240'000 && late <= 360'000));
    CHECK(first == backoff_ms(c, 1, seed));
    seen.insert(first);
  }
  CHECK(seen.size() > 500);
  CHECK(retry_due_ms(c, 1, 7, 1000, 500'000) == 500'000);
  CHECK(retry_due_ms(c, 1, 7, 1000, 0) == 1000 + backoff_ms(c, 1, 7));
  CHECK(retry_due_ms(c, 1, 7, 1000, INT64_MAX) == 1000 + 24 * 3600 * 1000);
  c.base_seconds = -1;
  c.cap_seconds = 1e300;
  CHECK(backoff_ms(c, 1, 1) == 1);
}

SCENARIO("a template says what is wrong with it when it is read") {
  std::vector<std::string_view> allowed{"title", "issue_key"};
  auto t = template_text::parse("{issue_key}: {{{title}}} {title}", allowed);
  REQUIRE(t);
  CHECK(t->render({{"title", "{issue_key}"}, {"issue_key", "A-1"}}) == "A-1: {{issue_key}} {issue_key}");
  CHECK(t->uses("title"));
  auto fault = [&](std::string_view text) {
    auto r = template_text::parse(text, allowed);
    REQUIRE_FALSE(r);
    CHECK(r.error() == ec::bad_config);
    return r.error().text;
  };
  CHECK(fault("a\nb {tilte}").find("line 2, column 3") != std::string::npos);
  CHECK(fault("{tilte}").find("did you mean title?") != std::string::npos);
  CHECK(fault("{title").find("not closed") != std::string::npos);
  CHECK(fault("x}").find("without an opening") != std::string::npos);
  CHECK(fault("{}").find("without a name") != std::string::npos);
  CHECK(fault("{a{b}}").find("not closed") != std::string::npos);
  CHECK(fault("{zzz}").find("{title} {issue_key}") != std::string::npos);
  fault(std::string(300 * 1024, 'x'));
}

SCENARIO("no template text, however made, does more than parse or fail") {
  hostile_texts make{4};
  for (int i = 0; i < 20000; ++i) {
    auto t = template_text::parse(make(12), template_variables("branch_pattern"));
    if (t)
      t->render({{"slug", "{slug}"}});
    else
      CHECK(t.error() == ec::bad_config);
  }
}

SCENARIO("a slug is short, plain and never empty") {
  CHECK(slug_of("Fix the  Login!") == "fix-the-login");
  CHECK(slug_of("---") == "story");
  CHECK(slug_of("Größe ändern") == "gr-e-ndern");
  CHECK(slug_of(std::string(39, 'a') + " b") == std::string(39, 'a'));
  CHECK(slug_of(std::string(80, 'a')).size() == 40);
}

SCENARIO("a branch name reads well for plain keys and is told apart for others") {
  std::string pattern = "feature/{issue_key}-ai-{slug}";
  CHECK(branch_name(pattern, named("FIX-1", "Fix login"), 0) == "feature/FIX-1-ai-fix-login");
  CHECK(branch_name("b/{issue_key_lc}/{timestamp}", named("FIX-1"), 1'700'000'000'999) == "b/fix-1/1700000000");
  auto odd = branch_name(pattern, named("owner/repo#3", "x"), 0);
  CHECK(odd.rfind("feature/owner-repo-3-ai-x-", 0) == 0);
  CHECK(branch_name(pattern, named("AB-1-ai-x", "y"), 0) != branch_name(pattern, named("AB-1", "x ai y"), 0));
  CHECK(branch_name("{slug}", named("A-1"), 0) != branch_name("{slug}", named("A-2"), 0));
  CHECK(branch_name("{issue_key}{timestamp}", named("A-1"), 23'000) !=
        branch_name("{issue_key}{timestamp}", named("A-12"), 3'000));
  CHECK(branch_name("{nonsense", named("A-1"), 0).rfind("hyakki/story-", 0) == 0);
}

SCENARIO("patterns that git would refuse are refused first") {
  CHECK(check_branch_pattern("feature/{issue_key}-ai-{timestamp}"));
  for (auto bad : {"-{issue_key}", "a..b{slug}", "{issue_key}/", "/{slug}", ".x/{slug}", "{slug}.lock", "a b{slug}",
                   "{slug}~1", "{slug}@{{0}}", "{who}", "x.{issue_key}", "", "{slug}."}) {
    INFO(bad);
    CHECK_FALSE(check_branch_pattern(bad));
  }
}

SCENARIO("a million hostile names give branches that our rules take, each another") {
  std::unordered_map<std::string, std::string> owner;
  hostile_texts make{5};
  for (int i = 0; i < 1'000'000; ++i) {
    auto s = named(make(), make());
    auto b = branch_name("feature/{issue_key}-ai-{slug}", s, i);
    if (!valid_branch_name(b) || b.size() > 200 || b[0] == '-')
      FAIL(printable(b) << " from " << printable(s.key));
    auto hit = owner.emplace(b, s.key);
    if (!hit.second && hit.first->second != s.key)
      FAIL(printable(b) << " belongs to two keys");
  }
}

SCENARIO("git itself takes 5,000 of them, and agrees with our rules on raw names") {
  hostile_texts make{6};
  for (int i = 0; i < 5000; ++i) {
    auto b = branch_name("feature/{issue_key}-ai-{slug}", named(make(), make()), i);
    if (!git_takes(b))
      FAIL(printable(b));
  }
  for (int i = 0; i < 1000; ++i) {
    auto raw = make(4);
    if (raw.find('\0') != std::string::npos || raw.size() > 250 || raw.rfind("@{-", 0) == 0)
      continue;
    INFO(printable(raw));
    if (valid_branch_name(raw))
      CHECK(git_takes(raw));
  }
}

SCENARIO("a word that is nearly right is suggested") {
  std::vector<std::string_view> words{"timeout_seconds", "type", "flags"};
  CHECK(closest("timeout", words) == "timeout_seconds");
  CHECK(closest("tpye", words) == "type");
  CHECK(closest("zzzzzz", words).empty());
  CHECK(closest(std::string(100000, 'a'), words).empty());
}
