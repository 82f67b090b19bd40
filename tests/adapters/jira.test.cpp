#include "adapters/atlassian/adf.hpp"
#include "adapters/atlassian/jira_issue.hpp"
#include "adapters/atlassian/jql.hpp"
#include "adapters/atlassian/wiki.hpp"
#include "adapters/http/time_text.hpp"
#include "adapters/trackers/jira_cloud.hpp"
#include "adapters/trackers/jira_dc.hpp"
#include "tests/conformance/tracker.hpp"
#include "tests/support/http_world.hpp"
#include "tests/support/keeper_calls.hpp"
#include "tests/support/vendor_jira.hpp"

#include <random>

using namespace hyakki;
using namespace hyakki::test;

namespace {

std::unique_ptr<tracker> made(bool cloud, const tracker_config& c, http_client& http, const hyakki::clock& time) {
  return cloud ? make_jira_cloud_tracker(c, http, time) : make_jira_dc_tracker(c, http, time);
}

tracker_config config_for(bool cloud, const std::string& base) {
  auto c = tracker_config{};
  c.type = cloud ? "jira_cloud" : "jira_dc";
  c.base_url = base;
  c.project = "AB";
  c.status = "To Do";
  c.token = secret{jira_server::token};
  if (cloud)
    c.account = jira_server::account;
  return c;
}

class jira_world final : public tracker_world {
public:
  explicit jira_world(bool cloud) : cloud(cloud), server(cloud), config(config_for(cloud, server.url())) { restart(); }
  ~jira_world() override { check_complaints(server); }
  tracker& subject() override { return *tracker_; }
  void restart() override {
    tracker_.reset();
    http = std::make_unique<http_world>(std::vector<std::string>{server.url()});
    REQUIRE(http->open());
    tracker_ = made(cloud, config, *http->client, *http->time);
  }
  const tracker_config& configured() const override { return config; }
  void seed(const story& s) override {
    auto& i = server.add(s.title, s.labels);
    if (!s.status.empty())
      i.status = s.status;
    keys_[s.key] = i.key;
  }
  void damage(const std::string& name) override { at(name).damaged = true; }
  std::size_t comment_count(const std::string& name) override { return at(name).comments.size(); }
  std::string key(const std::string& name) override {
    auto known = keys_.find(name);
    return known == keys_.end() ? "AB-99999" : known->second;
  }
  words statuses() override { return {"To Do", "In Progress", "Done", "Cancelled"}; }
  bool configure(const std::function<void(tracker_config&)>& change) override {
    change(config);
    restart();
    return true;
  }
  bool block(const std::string& name, const std::string& by) override {
    at(name).blocked_by.push_back(at(by).key);
    return true;
  }
  bool assign(const std::string& name, const std::string& account) override {
    at(name).assignee = account;
    return true;
  }
  bool remove(const std::string& name) override { return server.issues.erase(key(name)) == 1; }
  bool remark(const std::string& name, const std::string& text) override {
    server.say(key(name), "ann", said(text));
    return true;
  }
  bool lose_next_answer() override {
    server.lose_next_answer();
    return true;
  }
  std::size_t requests() override { return server.requests; }

  nlohmann::json said(const std::string& text) const {
    return cloud ? atlassian::adf_of_markdown(text) : nlohmann::json(text);
  }

  bool cloud;
  jira_server server;
  tracker_config config;
  std::unique_ptr<http_world> http;

private:
  jira_server::issue& at(const std::string& name) { return server.at(keys_.at(name)); }
  std::unique_ptr<tracker> tracker_;
  std::map<std::string, std::string> keys_;
};

std::string random_text(std::mt19937& dice) {
  static const std::vector<std::string> parts{"{noformat}",
                                              "{panel}",
                                              "{code:java}",
                                              "{code}",
                                              "{quote}",
                                              "{anchor:hyakki:m}",
                                              "hyakki:m",
                                              "hyakki",
                                              ":m",
                                              "[~ann]",
                                              "[~",
                                              "@ann",
                                              "[^x]",
                                              "[",
                                              "]",
                                              "(",
                                              ")",
                                              "](",
                                              "javascript:alert(1)",
                                              "http://x.example/~a",
                                              "https://e.example/?a=[b]|c",
                                              "mailto:a@b.example",
                                              "|",
                                              "\n| a | b |\n|---|---|\n| ",
                                              "```markdown\n",
                                              "||",
                                              "\\",
                                              "\\\\",
                                              "`",
                                              "``",
                                              "```",
                                              "```sh\n",
                                              "~~~\n",
                                              "\n",
                                              "\n\n",
                                              "*",
                                              "**",
                                              "_",
                                              "~~",
                                              "-",
                                              "- ",
                                              "1. ",
                                              "  - ",
                                              "      - ",
                                              "2. ",
                                              "   ```\n",
                                              "    ",
                                              "\n\n     ",
                                              "# ",
                                              "###### ",
                                              "> ",
                                              "---\n",
                                              "<!--",
                                              "h1. ",
                                              "bq. ",
                                              "!a.png!",
                                              "&#123;",
                                              "&lt;",
                                              "<",
                                              ">",
                                              " ",
                                              "a",
                                              "word",
                                              "\xc3\xa9",
                                              "\xff",
                                              "\x1b[31m",
                                              "{",
                                              "}",
                                              "\xf0\x9f\x9a\x80",
                                              "{color:red}",
                                              "\t",
                                              "7"};
  auto out = std::string{};
  for (auto n = dice() % 40; n > 0; --n)
    out += parts[dice() % parts.size()];
  return out;
}

/// The wiki text without what is escaped in it, and without what stands in {noformat} or {code}.
std::string live(std::string wiki) {
  for (auto [begin, close] : {std::pair<std::string, std::string>{"{noformat}", "{noformat}"}, {"{code:sh}", "{code}"}})
    for (auto at = wiki.find(begin); at != std::string::npos; at = wiki.find(begin)) {
      auto end = wiki.find(close, at + begin.size());
      wiki.erase(at, end == std::string::npos ? end : end + close.size() - at);
    }
  auto out = std::string{};
  for (std::size_t i = 0; i < wiki.size(); ++i)
    if (wiki[i] != '\\')
      out += wiki[i];
    else
      out += wiki[++i] == '\n' ? "\n" : "?";
  return out;
}

/// What of a wiki text a macro could be: every brace that is not escaped, with its name.
std::string macros_of(const std::string& wiki) {
  auto out = std::string{};
  auto code = std::string{}; // what ends the code that we are in: within, frames alone are acted on
  auto is_frame = [](std::string name) {
    for (auto& c : name)
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    name = name.substr(1, name.find_first_of(":|}") - 1);
    return name == "code" || name == "noformat" || name == "panel" || name == "quote" || name == "color" ||
           name == "anchor";
  };
  for (std::size_t i = 0; i < wiki.size(); ++i) {
    if (code.empty() && wiki[i] == '\\') {
      ++i;
      continue;
    }
    if (code.empty() && (wiki.compare(i, 2, "{{") == 0 || wiki.compare(i, 2, "}}") == 0)) {
      ++i;
      continue;
    }
    if (wiki[i] != '{' || wiki.compare(i + 1, 3, "\xE2\x80\x8B") == 0)
      continue;
    auto macro = wiki.substr(i, wiki.find('}', i) - i + 1);
    if (!code.empty() && !is_frame(macro))
      continue;
    out += macro;
    if (macro == code)
      code.clear();
    else if (code.empty() && (macro == "{noformat}" || macro.compare(0, 5, "{code") == 0))
      code = macro == "{noformat}" ? macro : "{code}";
  }
  return out;
}

} // namespace

SCENARIO("Jira Data Center keeps the tracker contract") {
  tracker_conforms([] { return std::make_unique<jira_world>(false); });
}

SCENARIO("Jira Cloud keeps the tracker contract") {
  tracker_conforms([] { return std::make_unique<jira_world>(true); });
}

SCENARIO("every fault of Jira ends in words that help") {
  auto cloud = GENERATE(false, true);
  auto server = jira_server{cloud};
  server.add("Story", {"ai-pipeline"});
  auto m = fault_matrix{};
  m.service = "Jira";
  m.healthy = server.handler();
  m.canary = jira_server::token;
  m.calls = [=](http_client& http, const hyakki::clock& time, const std::string& base) {
    auto t = std::shared_ptr<tracker>{made(cloud, config_for(cloud, base), http, time)};
    return calls_of(t, "AB-1", "Done");
  };
  WHEN("answers are broken") { keeps_to_the_fault_matrix(m); }
  WHEN("somebody else answers by TLS") { refuses_another_host(m); }
}

SCENARIO("an issue of Jira tells all that a story needs") {
  auto cloud = GENERATE(false, true);
  auto w = jira_world{cloud};
  auto& i = w.server.add("A title", {"ai-pipeline"});
  i.priority = "Highest";
  i.components = {"core", "web"};
  i.description = cloud ? atlassian::adf_of_markdown("# Why\n\n**Bold** words.\n\n- one\n  - two\n\n```\nint x;\n```")
                        : nlohmann::json("h1. Why\n\n*Bold* words.\n\n* one\n** two\n\n{code:java}\nint x;\n{code}");
  auto found = w.subject().search();
  INFO((found ? "" : found.error().text));
  REQUIRE(found);
  REQUIRE(found->stories.size() == 1);
  auto& s = found->stories[0];
  CHECK(s.id() == std::string{cloud ? "jira_cloud" : "jira_dc"} + "/AB-1");
  CHECK(s.description.find("# Why\n\n**Bold** words.\n\n- one\n   - two\n\n```") == 0);
  CHECK(s.description.find("int x;\n```") != std::string::npos);
  CHECK(s.priority == 0);
  CHECK(s.components == std::vector<std::string>{"core", "web"});
  CHECK(s.url == w.server.url() + "/browse/AB-1");
  CHECK(s.created_ms == read_time(i.at));
  CHECK(read_time("2026-11-21T05:07:09.250+0100") == 1795234029250);
  CHECK(read_time("2026-11-21T04:07:09.250Z") == 1795234029250);
  for (auto bad : {"", "2026", "2026-13-21T05:07:09.250+0100", "2026-11-21T05:07:09", "2026-11-21Tx5:07:09.250+0100"})
    CHECK(read_time(bad) == 0);
  for (auto key : {"AB-0", "AB", "-1", "AB-1x", "AB-1/../2", "", "1AB-1", "A B-1", "AB-1?x"})
    CHECK(w.subject().fetch(key).error() == ec::not_found);
}

SCENARIO("a query of one's own chooses the stories, and cannot reach beyond its parentheses") {
  auto w = jira_world{GENERATE(false, true)};
  w.server.add("One special", {"ai-pipeline"});
  w.server.add("Two", {"ai-pipeline"});
  w.server.add("Three special", {"ai-pipeline", "ai-done"}, "CD").status = "In Progress";
  w.server.add("Four special", {"ai-pipeline"}, "CD").status = "In Progress";
  w.server.add("Five special", {"ai-pipeline"}, "CD").status = "Done"; // what is closed is never begun
  w.configure([](tracker_config& c) { c.query = "project = AB OR (summary ~ \"special\" AND project = CD)"; });
  CHECK(conformance::keys(w.subject()) == std::set<std::string>{"AB-1", "AB-2", "CD-2"});
  for (auto bad : {"a = b) OR (c = d", "a = \"b", "a = b ORDER BY key", "a = b order\tby key", "(a = b", "a = 'b",
                   "a = b \\", "a = \"\x1b[31;\"m\" OR (b"}) {
    w.configure([&](tracker_config& c) { c.query = bad; });
    CHECK(w.subject().search().error() == ec::bad_config);
    CHECK(w.subject().probe().error() == ec::bad_config);
  }
  CHECK(atlassian::jql_quoted("a\" OR \"\\b\n") == "\"a\\\" OR \\\"\\\\b\"");
}

SCENARIO("several projects are one tracker, and any status but closed is looked for when none is said") {
  auto w = jira_world{GENERATE(false, true)};
  w.server.add("One", {"ai-pipeline"}).status = "In Progress";
  w.server.add("Two", {"ai-pipeline"}, "CD");
  w.server.add("Three", {"ai-pipeline"}, "CD").status = "Done";
  w.configure([](tracker_config& c) { c.project = "AB, CD", c.status = ""; });
  CHECK(conformance::keys(w.subject()) == std::set<std::string>{"AB-1", "CD-1"});
}

SCENARIO("pages that are smaller than asked for are read to the end") {
  auto w = jira_world{false};
  w.server.most_results = 7;
  for (int i = 0; i < 30; ++i)
    w.server.add("Story", {"ai-pipeline"});
  CHECK(w.subject().search()->stories.size() == 30);
  CHECK(w.subject().look_again({"AB-1", "AB-2", "AB-3", "AB-4", "AB-5", "AB-6", "AB-7", "AB-8", "AB-9"})->size() == 9);
}

SCENARIO("an issue that is too large hides no others, and is named") {
  auto cloud = GENERATE(false, true);
  CAPTURE(cloud);
  auto w = jira_world{cloud};
  auto paragraph = [](const std::string& text) {
    return nlohmann::json{{"type", "doc"},
                          {"version", 1},
                          {"content", {{{"type", "paragraph"}, {"content", {{{"type", "text"}, {"text", text}}}}}}}};
  };
  for (int i = 0; i < 25; ++i) {
    auto& one = w.server.add("Story", {"ai-pipeline"});
    if (i == 3 || i == 24) {
      auto text = std::string(17u << 20, 'x');
      one.description = cloud ? paragraph(text) : nlohmann::json(text);
    }
  }
  auto found = w.subject().search();
  REQUIRE(found);
  CHECK(found->stories.size() == 23);
  REQUIRE(found->unreadable.size() == 2);
  CHECK(found->unreadable[0].find("AB-4 is passed over: it is too large") == 0);
  CHECK(found->unreadable[1].find("AB-25") == 0);
}

SCENARIO("many large issues are read a few at a time") {
  auto w = jira_world{false};
  for (int i = 0; i < 30; ++i)
    w.server.add("Story", {"ai-pipeline"}).description = std::string(700'000, 'x');
  auto found = w.subject().search();
  REQUIRE(found);
  CHECK(found->stories.size() == 30);
  CHECK(found->unreadable.empty());
}

SCENARIO("a Jira that shows the same page again and again is told from one that has many") {
  auto w = jira_world{false};
  for (int i = 0; i < 5; ++i)
    w.server.add("Story", {"ai-pipeline"});
  w.server.most_results = 2;
  w.server.stuck = true;
  auto found = w.subject().search();
  REQUIRE_FALSE(found);
  CHECK(found.error().text.find("same page twice") != std::string::npos);
}

SCENARIO("Cloud's search lags behind, and what we changed ourselves is seen all the same") {
  auto w = jira_world{true};
  w.server.lags = true;
  w.server.add("Story", {"ai-pipeline"});
  w.server.add("Other", {"ai-pipeline"});
  CHECK(conformance::keys(w.subject()) == std::set<std::string>{"AB-1", "AB-2"});
  REQUIRE(w.subject().label("AB-1", {{"ai-processing"}, {}}));
  CHECK(conformance::keys(w.subject()) == std::set<std::string>{"AB-2"});
  w.server.at("AB-1").indexed = {"ai-pipeline", "ai-processing"}; // caught up, and then we go back
  REQUIRE(w.subject().label("AB-1", {{}, {"ai-processing"}}));
  CHECK(conformance::keys(w.subject()) == std::set<std::string>{"AB-1", "AB-2"});
  WHEN("it cannot tell of an issue now") {
    w.server.odd = {"AB-1"};
    THEN("that says nothing of it") { CHECK(w.subject().look_again({"AB-1", "AB-2"})->size() == 1); }
  }
}

SCENARIO("an account that does not see a project any more stops none of its stories") {
  auto w = jira_world{GENERATE(false, true)};
  w.server.projects = {"AB"};
  auto seen = w.subject().look_again({"CD-1"});
  REQUIRE(!seen);
  CHECK(seen.error().text.find("CD") != std::string::npos);
}

SCENARIO("a stranger's copy of our marker in Jira keeps nothing back") {
  auto w = jira_world{GENERATE(false, true)};
  w.server.add("Story", {"ai-pipeline"});
  auto marker = w.cloud ? atlassian::adf_comment("x", "run/1:started")
                        : nlohmann::json(atlassian::wiki_comment("x", "run/1:started"));
  w.server.say("AB-1", "mallory", marker);
  CHECK(*w.subject().post("AB-1", {"run/1:started", "We began."}));
  CHECK(!*w.subject().post("AB-1", {"run/1:started", "We began."}));
  CHECK(w.subject().post("AB-1", {"No Marker", "x"}).error() == ec::rejected);
}

SCENARIO("Jira's refusals are said in words that help") {
  auto cloud = GENERATE(false, true);
  auto w = jira_world{cloud};
  w.server.add("Story", {"ai-pipeline"});
  auto answer = [&](int status, std::string words) {
    w.server.instead = [=](const served_request&) {
      return served_answer::json(status, nlohmann::json{{"errorMessages", {words}}}.dump());
    };
  };
  SECTION("a search that was removed") {
    answer(410, "The requested API has been removed");
    auto e = w.subject().search().error();
    CHECK(e == ec::rejected);
    CHECK(e.text.find("removed") != std::string::npos);
    CHECK(e.text.find(cloud ? "newer hyakki" : "jira_cloud") != std::string::npos);
  }
  SECTION("labels that are not on the screen") {
    answer(400, "Field 'labels' cannot be set. It is not on the appropriate screen, or unknown.");
    CHECK(w.subject().label("AB-1", {{"x"}, {}}).error().text.find("edit screen") != std::string::npos);
  }
  SECTION("a CAPTCHA") {
    w.server.instead = [](const served_request&) {
      auto a = served_answer::json(403, "{}");
      a.headers.push_back({"X-Authentication-Denied-Reason", "CAPTCHA_CHALLENGE; login-url=https://x.example"});
      return a;
    };
    auto e = w.subject().probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("CAPTCHA") != std::string::npos);
  }
  SECTION("an address without Jira's context path") {
    w.server.instead = [](const served_request&) { return served_answer::json(404, "<html>Not here</html>"); };
    auto e = w.subject().probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("issue_tracker.base_url") != std::string::npos);
  }
  SECTION("a story that is not there") {
    auto told = [&](std::string words) {
      answer(404, std::move(words));
      return w.subject().fetch("AB-1").error().text;
    };
    CHECK(
      told("Issue Does Not Exist.")
        .find(
          "answered 404: Issue Does Not Exist; look whether the name is right, and whether the account may see it") !=
      std::string::npos);
    auto cloud_words = told("Issue does not exist or you do not have permission to see it.");
    CHECK(cloud_words.find("permission to see it") == cloud_words.size() - 20);
  }
  SECTION("sentences that end once") {
    answer(403, "You may not.");
    auto e = w.subject().label("AB-1", {{"x"}, {}}).error();
    CHECK(e.text.find("403: You may not. Give the account") != std::string::npos);
    answer(400, "No such project?");
    CHECK(w.subject().probe().error().text.find("?.") == std::string::npos);
  }
  SECTION("a conflict, where nobody can have changed an issue") {
    answer(409, "Busy");
    CHECK(w.subject().search().error().text.find("Somebody") == std::string::npos);
    CHECK(w.subject().label("AB-1", {{"x"}, {}}).error().text.find("Somebody changed") != std::string::npos);
  }
  SECTION("labels with spaces") {
    CHECK(w.subject().label("AB-1", {{"two words"}, {}}).error() == ec::rejected);
    CHECK(w.subject().label("AB-1", {{""}, {}}).error() == ec::rejected);
    w.configure([](tracker_config& c) { c.trigger_label = "two words"; });
    CHECK(w.subject().search().error() == ec::bad_config);
  }
  SECTION("a project or a status that is not there") {
    w.configure([](tracker_config& c) { c.project = "NOPE"; });
    auto e = w.subject().probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("NOPE") != std::string::npos);
    w.configure([](tracker_config& c) { c.project = "AB", c.status = "Nowhere"; });
    CHECK(w.subject().probe().error() == ec::bad_config);
  }
  SECTION("a status to move stories to that is not there") {
    w.configure([](tracker_config& c) { c.status_on_start = "in progress", c.status_on_review = "Don"; });
    auto e = w.subject().probe().error();
    CHECK(e == ec::bad_config);
    CHECK(e.text.find("status_on_review is \"Don\"") != std::string::npos);
    CHECK(e.text.find("did you mean Done? There are ") != std::string::npos);
    w.configure([](tracker_config& c) { c.status_on_review = "Zzzzzzzzzz"; });
    CHECK(w.subject().probe().error().text.find("such a status. There are ") != std::string::npos);
    w.configure([](tracker_config& c) { c.status_on_review = "done"; });
    CHECK(w.subject().probe());
  }
  SECTION("sections that cannot be used") {
    for (auto project : {"", ",", "A B", "\" OR 1", "1A", "AB-1"}) {
      w.configure([&](tracker_config& c) { c.project = project; });
      CHECK(w.subject().search().error() == ec::bad_config);
      CHECK(w.subject().fetch("AB-1").error() == ec::bad_config);
    }
    w.configure([](tracker_config& c) { c.project = "AB", c.base_url = ""; });
    CHECK(w.subject().search().error() == ec::bad_config);
    if (cloud) {
      w.configure([&](tracker_config& c) { c.base_url = w.server.url(), c.account = ""; });
      CHECK(w.subject().search().error() == ec::bad_config);
    }
  }
}

SCENARIO("Markdown becomes Jira's wiki markup") {
  auto w = [](const char* text) { return atlassian::wiki_of_markdown(text); };
  CHECK(w("# Title\n\nSome **bold** and *soft* and ~~gone~~ `code`.") ==
        "h1. Title\n\nSome *bold* and _soft_ and -gone- {{code}}.");
  CHECK(w("- one\n  - two\n1. three") == "* one\n** two\n# three");
  CHECK(w("```java\nint x{noformat};\n```") == "{code:java}\nint x{\xE2\x80\x8Bnoformat};\n{code}");
  CHECK(w("```py\nx{code}\n```") == "{code:python}\nx{\xE2\x80\x8B"
                                    "code}\n{code}");
  CHECK(w("```brainfuck\nx\n```") == "{noformat}\nx\n{noformat}");
  CHECK(w("***both*** and ___both___ and __bold__ a__b") == "*_both_* and *_both_* and *bold* a\\_\\_b");
  CHECK(w("[words](https://x.example/a_b) and https://y.example.") ==
        "[words|https://x.example/a_b] and [https://y.example].");
  CHECK(w("> said\n> so") == "{quote}\nsaid\nso\n{quote}");
  CHECK(w("[x](javascript:alert)").find("[x|") == std::string::npos);
  CHECK(w("a \\*b\\* &lt;c") == "a \\*b\\* <c");
  CHECK(w("snake_case well-known") == "snake_case well-known");
  CHECK(w("<https://y.example/a_b>") == "[https://y.example/a_b]");
  THEN("a link's title is left out, and a picture is a link to it") {
    CHECK(w("[docs](https://x.example \"A (fine) \\\"Title\") on") == "[docs|https://x.example] on");
    CHECK(w("[docs]( <https://x.example>\t'T' )") == "[docs|https://x.example]");
    CHECK(w("[docs](https://x.example (T)).") == "[docs|https://x.example].");
    CHECK(w("[docs](https://x.example \"T)").find("[docs|") == std::string::npos);
    CHECK(w("[docs](https://x.example T)").find("[docs|") == std::string::npos);
    CHECK(w("[docs](https://x.example \"T\" x)").find("[docs|") == std::string::npos);
    CHECK(w("see ![img](https://x.example/a.png \"T\")!") == "see [img|https://x.example/a.png]\\!");
    CHECK(w("![](https://x.example/a.png)") == "[https://x.example/a.png]");
    CHECK(w("![a](a.png)") == "\\!\\[a\\]\\(a.png)");
  }
  THEN("a comment of HTML is not seen, and all else is") {
    CHECK(w("before\n<!-- one\ntwo\n\n```\nthree -->\nafter\nit") == "before\n\nafter\nit");
    CHECK(w("<!-- one --> seen\nafter") == "seen\nafter");
    CHECK(w("<!-->\nafter") == "after");
    CHECK(w("```\n<!-- one\n```\nafter -->") == "{noformat}\n<!-- one\n{noformat}\n\nafter \\-\\->");
    CHECK(w("<!-- no end\nafter\n<!-- nor here").find("after") != std::string::npos);
  }
  THEN("a table is one, whatever stands in its cells") {
    CHECK(w("Runs:\n| Run | For |\n|---:|:-:|\n| 1 | **work** \\| x |\n| | [a](https://x.example) |\nafter") ==
          "Runs:\n\n|| Run || For ||\n| 1 | *work* \\| x |\n|  | [a|https://x.example] |\n\nafter");
    CHECK(w("| a |\n|---|\n| `x \\| y` \\\\\\| \\*z\\ |").find("|| a ||\n| {{x \\| y}} &#92;\\| \\*z") == 0);
    CHECK(w("| no | table |") == "\\| no \\| table \\|");
    CHECK(w("| a |\n|---|\n| 1 | 2 |\n\n| b") == "|| a ||\n| 1 |\n\n\\| b");
    CHECK(adf_fault(atlassian::adf_of_markdown("| a | b |\n|---|---|\n| 1 |")).empty());
    CHECK(atlassian::adf_of_markdown("| a |\n|---|\n| 1 |").dump().find("tableHeader") != std::string::npos);
  }
  THEN("an agent's Markdown is read too, inside a panel that it cannot leave") {
    CHECK(w("```markdown\n# Done\n- **a** {panel}\n```") == "{panel}\nh1. Done\n\n* *a* \\{panel\\}\n{panel}");
    CHECK(w("````markdown\n```markdown\n# x\n```\n````") == "{panel}\n{noformat}\n# x\n{noformat}\n{panel}");
  }
}

SCENARIO("a link to a pull request on GitHub is one in Jira, and its words can be copied") {
  auto url = std::string{"https://github.com/acme/shop/pull/7"};
  for (auto& text : {"<" + url + ">", url, "[" + url + "](" + url + ")"}) {
    CHECK(atlassian::wiki_of_markdown(text) == "[" + url + "]");
    auto words = atlassian::adf_of_markdown(text)["content"][0]["content"][0];
    CHECK(words["text"] == url);
    CHECK(words["marks"][0]["attrs"]["href"] == url);
  }
}

SCENARIO("lists of Markdown keep their levels in Jira, whatever their indents") {
  CHECK(atlassian::wiki_of_markdown("1. one\n2. two\n   1. deep\n      - deeper\n   2. again\n3. three\n") ==
        "# one\n# two\n## deep\n##* deeper\n## again\n# three");
  CHECK(atlassian::wiki_of_markdown("- a\n    - b\n        - c\n- d\n") == "* a\n** b\n*** c\n* d");
  CHECK(atlassian::wiki_of_markdown("  - a\n  - b\n\nWords.\n\n- c\n") == "* a\n* b\n\nWords.\n\n* c");
}

SCENARIO("code that belongs to an item of a list stays in it, without the list's indent") {
  auto types = [](const nlohmann::json& nodes) {
    auto out = std::string{};
    for (auto& n : nodes)
      out += (out.empty() ? "" : " ") + n.value("type", "?");
    return out;
  };
  auto read = [](const std::string& text) {
    auto out = atlassian::adf_of_markdown(text);
    INFO(text);
    CHECK(adf_fault(out) == "");
    return out["content"];
  };
  auto wiki = [](const std::string& text) { return atlassian::wiki_of_markdown(text); };
  auto code_in = [](const nlohmann::json& node) { return node["content"][0]["text"].get<std::string>(); };
  auto steps = std::string{"1. one\n\n   ```\n   raw\n     deeper\n\n   last\n   ```\n2. two\n"};
  GIVEN("a block of code between two items") {
    for (auto& text : {steps, std::string{"1. one\n   ```\n   raw\n     deeper\n\n   last\n   ```\n\n2. two\n"},
                       std::string{"1. one\n\t```\n\traw\n\t  deeper\n\n\tlast\n\t```\n2. two\n"},
                       std::string{"1. one\n\n       raw\n         deeper\n\n       last\n\n2. two\n"}}) {
      INFO(text);
      auto content = read(text);
      REQUIRE(types(content) == "orderedList");
      CHECK_FALSE(content[0].contains("attrs"));
      auto& items = content[0]["content"];
      REQUIRE(items.size() == 2);
      REQUIRE(types(items[0]["content"]) == "paragraph codeBlock");
      CHECK(code_in(items[0]["content"][1]) == "raw\n  deeper\n\nlast");
      CHECK(code_in(items[1]["content"][0]) == "two");
      THEN("Data Center's list goes on behind it") {
        CHECK(wiki(text) == "# one\n{noformat}\nraw\n  deeper\n\nlast\n{noformat}\n# two");
      }
    }
  }
  GIVEN("a paragraph that continues an item, and a list inside it") {
    auto text = std::string{"- one\n\n  goes on\n  here\n  1. deep\n\n     ```sh\n     x\n     ```\n\n     and on\n"
                            "  2. deeper\n\n  last\n- two\n\nafter\n"};
    auto content = read(text);
    REQUIRE(types(content) == "bulletList paragraph");
    auto& items = content[0]["content"];
    REQUIRE(items.size() == 2);
    REQUIRE(types(items[0]["content"]) == "paragraph paragraph orderedList paragraph");
    auto& deep = items[0]["content"][2]["content"];
    REQUIRE(deep.size() == 2);
    REQUIRE(types(deep[0]["content"]) == "paragraph codeBlock paragraph");
    CHECK(deep[0]["content"][1]["attrs"]["language"] == "sh");
    CHECK(wiki(text) == "* one\ngoes on\nhere\n*# deep\n{code:sh}\nx\n{code}\nand on\n*# deeper\nlast\n* two\n\nafter");
  }
  GIVEN("a list that begins with another number") {
    auto content = read("3. three\n4. four\n");
    CHECK(content[0]["attrs"]["order"] == 3);
    CHECK(read("0. zero\n")[0]["attrs"]["order"] == 0);
    THEN("so it does when code at the margin has ended the list before") {
      auto text = std::string{"1. one\n\n```\nraw\n```\n\n2. two\n"};
      auto parts = read(text);
      REQUIRE(types(parts) == "orderedList codeBlock orderedList");
      CHECK(parts[2]["attrs"]["order"] == 2);
      CHECK(wiki(text) == "# one\n{noformat}\nraw\n{noformat}\n# two");
      CHECK(wiki("1. one\n\n```\nraw\n```\n\n1. one\n") == "# one\n\n{noformat}\nraw\n{noformat}\n\n# one");
      CHECK(wiki("1. one\n   1. deep\n\n```\nraw\n```\n\n2. two\n") ==
            "# one\n## deep\n{noformat}\nraw\n{noformat}\n# two");
      CHECK(wiki("1. one\n\nWords.\n\n```\nraw\n```\n\n2. two\n") ==
            "# one\n\nWords.\n\n{noformat}\nraw\n{noformat}\n\n# two");
      CHECK(wiki("- one\n\n```\nraw\n```\n\n- two\n") == "* one\n\n{noformat}\nraw\n{noformat}\n\n* two");
    }
  }
  GIVEN("an item that begins with code") {
    auto content = read("- ```\n  raw\n  ```\n- two\n");
    REQUIRE(types(content) == "bulletList");
    CHECK(types(content[0]["content"][0]["content"]) == "paragraph codeBlock");
    CHECK(code_in(content[0]["content"][0]["content"][1]) == "raw");
    CHECK(wiki("- ```\n  raw\n  ```\n- two\n") == "* {noformat}\nraw\n{noformat}\n* two");
  }
  GIVEN("what an item cannot hold") {
    auto content = read("1. one\n\n   # head\n\n   ---\n\n   > said\n\n   | a |\n   |---|\n   | b |\n\n"
                        "   ```markdown\n   # x\n   ```\n2. two\n");
    REQUIRE(types(content) == "orderedList");
    CHECK(types(content[0]["content"][0]["content"]) == "paragraph paragraph paragraph paragraph codeBlock codeBlock");
    CHECK(wiki("1. one\n\n   # head\n2. two\n") == "# one\n\nh1. head\n\n# two");
  }
  GIVEN("the list in an agent's words") {
    auto content = read("````markdown\n" + steps + "````\n");
    REQUIRE(types(content) == "panel");
    REQUIRE(types(content[0]["content"]) == "orderedList");
    CHECK(types(content[0]["content"][0]["content"][0]["content"]) == "paragraph codeBlock");
    CHECK(wiki("````markdown\n" + steps + "````\n") ==
          "{panel}\n# one\n{noformat}\nraw\n  deeper\n\nlast\n{noformat}\n# two\n{panel}");
  }
  GIVEN("a document that is as deep and as long as it can be") {
    auto text = std::string{};
    for (int depth = 0; depth < 40; ++depth) {
      auto indent = std::string(static_cast<std::size_t>(depth) * 3, ' ');
      text += indent + "1. x\n\n" + indent + "   ```\n" + indent + "   raw\n" + indent + "   ```\n";
    }
    read(text);
    while (text.size() < 100'000)
      text += text;
    auto comment = atlassian::adf_comment(text, "m");
    CHECK(adf_fault(comment) == "");
    CHECK(comment.dump().size() <= 32'000);
    CHECK(atlassian::wiki_comment(text, "m").size() <= 32'000);
  }
}

SCENARIO("a block that is indented by four is code") {
  auto w = [](const char* text) { return atlassian::wiki_of_markdown(text); };
  CHECK(w("Run:\n\n    make *all*\n\n      - x\n    # done\n\nafter") ==
        "Run:\n\n{noformat}\nmake *all*\n\n  - x\n# done\n{noformat}\n\nafter");
  CHECK(w("# Head\n    code\n") == "h1. Head\n\n{noformat}\ncode\n{noformat}");
  CHECK(w("\tcode\n\t\tdeeper\n") == "{noformat}\ncode\n\tdeeper\n{noformat}");
  CHECK(atlassian::adf_of_markdown("    raw\n")["content"][0]["type"] == "codeBlock");
  THEN("what continues a paragraph or an item is none") {
    CHECK(w("words\n    go on") == "words\ngo on");
    CHECK(w("1. one\n\n    goes on") == "# one\ngoes on");
    CHECK(w("- one\n\n    - deep") == "* one\n** deep");
    CHECK(w("    ```\n    raw\n    ```\nafter") == "{noformat}\nraw\n{noformat}\n\nafter");
  }
  THEN("a table goes on behind it only when it has a heading") {
    CHECK(w("| a |\n|---|\n    x\n| b |") == "|| a ||\n\n{noformat}\nx\n{noformat}\n\n\\| b \\|");
  }
}

SCENARIO("code in Jira is what was written, but for what would end its block") {
  CHECK(atlassian::wiki_of_markdown("```js\nvar a = {b: 1}; {{x}} {return}\n```") ==
        "{code:js}\nvar a = {b: 1}; {{x}} {return}\n{code}");
  for (auto end : {"{code}", "{NoFormat}", "{panel:title=x}", "{quote}"})
    CHECK(atlassian::wiki_of_markdown(std::string{"```\nx "} + end + " y\n```").find(end) == std::string::npos);
}

SCENARIO("a Jira that was told to take less gets shorter comments") {
  auto cloud = GENERATE(false, true);
  auto w = jira_world{cloud};
  w.server.add("Story", {"ai-pipeline"});
  w.server.most_text = 3000;
  auto posted = w.subject().post("AB-1", {"m", std::string(20'000, 'x')});
  INFO((posted ? "" : posted.error().text));
  REQUIRE(posted);
  CHECK(*posted);
  CHECK_FALSE(*w.subject().post("AB-1", {"m", std::string(20'000, 'x')}));
  CHECK(w.server.at("AB-1").comments.size() == 1);
  CHECK(w.server.at("AB-1").comments[0].body.dump().find("left out here") != std::string::npos);
}

SCENARIO("an agent's Markdown becomes a panel in Jira Cloud, valid whatever stands in it") {
  auto read = [](const std::string& agents_words) {
    auto out = atlassian::adf_of_markdown("### Words\n\n````markdown\n" + agents_words + "\n````\n\nafter");
    CHECK(adf_fault(out) == "");
    REQUIRE(out["content"].size() == 3);
    CHECK(out["content"][1]["type"] == "panel");
    CHECK(out["content"][2]["type"] == "paragraph");
    return out["content"][1]["content"];
  };
  auto types = [](const nlohmann::json& nodes) {
    auto out = std::string{};
    for (auto& n : nodes)
      out += (out.empty() ? "" : " ") + n.value("type", "?");
    return out;
  };
  auto all = read("# Done\n\nSome **bold** words.\n\n- one\n  - two\n\n---\n\n```cpp\nint x;\n```\n\n> said\n> so\n\n"
                  "| Run | For |\n|---|---|\n| 1 | w\u00f6rk |\n| 12 | it |");
  CHECK(types(all) == "heading paragraph bulletList rule codeBlock paragraph codeBlock");
  CHECK(all[4]["attrs"]["language"] == "cpp");
  CHECK(all[5]["content"][0]["text"] == "> ");
  CHECK(all[6]["content"][0]["text"] == "Run | For\n1   | w\u00f6rk\n12  | it");
  CHECK(types(read("")) == "paragraph");
  CHECK(types(read("```markdown\n# x\n```")) == "codeBlock");
}

SCENARIO("what is cut for Jira, or of Jira, says so and names no number") {
  auto comment = atlassian::wiki_comment(std::string(40'000, 'x'), "m");
  CHECK(comment.size() <= 32'767);
  CHECK(comment.find("_Something is left out here: a comment in Jira holds no more._") != std::string::npos);
  THEN("as much is kept as there is room for") {
    auto report = std::string{};
    while (report.size() < 30'000)
      report += "- **done**: `step " + std::to_string(report.size()) + "`, see [it](https://x.example/a)\n";
    auto document = atlassian::adf_comment(report, "m");
    CHECK(adf_fault(document) == "");
    CHECK(document.dump().size() <= 32'000);
    CHECK(document.dump().size() > 31'000);
    CHECK(document.dump().find("Something is left out here: a comment in Jira holds no more.") != std::string::npos);
    CHECK(document.dump().find("hyakki:m") != std::string::npos);
    auto wiki = atlassian::wiki_comment(report + report, "m");
    CHECK(wiki.size() <= 32'000);
    CHECK(wiki.size() > 31'500);
    CHECK(atlassian::wiki_has_marker(wiki, "m"));
    for (auto& odd : {std::string(60'000, '\n'), std::string(60'000, '"'), std::string(90'000, '\xE4'),
                      "```\n" + std::string(250'000, '{'), std::string(250'000, ' ') + "x"}) {
      CHECK(atlassian::adf_comment(odd, "m").dump(-1, ' ', false, nlohmann::json::error_handler_t::strict).size() <=
            32'000);
      CHECK(atlassian::wiki_comment(odd, "m").size() <= 32'000);
    }
    auto fitting = atlassian::adf_comment("short", "m").dump();
    CHECK(fitting.find("left out here") == std::string::npos);
  }
  auto text = atlassian::markdown_of_wiki(std::string(300, 'x'), 200);
  CHECK(text == std::string(200, 'x') + "\n\n[cut here: it is longer in Jira]");
  CHECK(atlassian::markdown_of_wiki(std::string(200, 'x'), 200) == std::string(200, 'x'));
}

SCENARIO("Jira's wiki markup becomes Markdown") {
  auto m = [](const char* text) { return atlassian::markdown_of_wiki(text); };
  CHECK(m("h2. Title\n*bold* _soft_ {{code}}") == "## Title\n**bold** _soft_ `code`");
  CHECK(m("# one\n## two\n* x") == "1. one\n   1. two\n- x");
  CHECK(m("[words|https://x.example] [https://y.example] [~ann] !a.png!") ==
        "[words](https://x.example) <https://y.example> ann (image: a.png)");
  CHECK(m("{noformat}\na ``` b\n{noformat}") == "````\na ``` b\n````");
  THEN("code ends at its own end, whatever macro stands in it") {
    CHECK(m("{noformat}has {code} in it{noformat} after2\nh1. On") == "```\nhas {code} in it\n```\nafter2\n# On");
    CHECK(m("{code:java}a {noformat} b{code}{noformat}c{noformat} d") ==
          "```java\na {noformat} b\n```\n```\nc\n```\nd");
    CHECK(m("{noformat}\n{code}\n{noformat}\nx {code}y{code}") == "```\n{code}\n```\nx \n```\ny\n```");
    CHECK(m("* one {code}y{code}") == "- one \n```\ny\n```");
    CHECK(m("\\{noformat} {code:no end\nx") == "{noformat} {code:no end\nx");
    auto many = std::string{};
    while (many.size() < 190'000)
      many += "{code:{noformat}x{noformat}";
    CHECK(atlassian::markdown_of_wiki(many).size() < 400'000);
  }
  CHECK(m("||a||b||\n|1|2|") == "| a | b |\n| --- | --- |\n| 1 | 2 |");
  CHECK(m("|a \\|\\| b \\| c|{{d\\|e}}|") == "| a \\|\\| b \\| c | `d\\\\|e` |");
  CHECK(m("|[words|https://x.example]|a\\\\b|[x|y]|") == "| [words](https://x.example) | a   b | \\[x | y\\] |");
  CHECK(m("||a|b||\n|1||3|") == "| a | b |\n| --- | --- |\n| 1 |  | 3 |");
  CHECK(m("{quote}\nx\n{quote}\nbq. y") == "> x\n> y");
  CHECK(m("{color:red}x{color} {other}") == "x {other}");
}

SCENARIO("whatever is written to Jira stays where it is put, calls nobody and is no marker") {
  auto dice = std::mt19937{20261121};
  auto bad = 0;
  auto rounds = 4000 * soak();
  for (int round = 0; round < rounds && bad < 3; ++round) {
    auto text = random_text(dice);
    auto wiki = atlassian::wiki_of_markdown(text);
    auto macros = macros_of(wiki);
    auto outer = macros;
    for (auto known :
         {"{code:sh}{code}", "{code:java}{code}", "{noformat}{noformat}", "{quote}{quote}", "{panel}{panel}"})
      for (auto at = outer.find(known); at != std::string::npos; at = outer.find(known))
        outer.erase(at, std::string{known}.size());
    auto document = atlassian::adf_of_markdown(text);
    auto fault = adf_fault(document);
    auto dumped = document.dump(-1, ' ', false, nlohmann::json::error_handler_t::strict);
    auto asked = http_request{};
    asked.url = "https://x.example";
    auto answer = http_answer{};
    answer.status = 200;
    answer.body = dumped;
    auto parsed = read_json(asked, answer);
    auto good = parsed && outer.empty() && fault.empty() && wiki.find("[~") == std::string::npos &&
                wiki.find("[^") == std::string::npos && live(wiki).find("|javascript:") == std::string::npos &&
                live(wiki).find("[javascript:") == std::string::npos && !atlassian::wiki_has_marker(wiki, "m") &&
                !atlassian::adf_has_marker(parsed->root(), "m") && dumped.find("@ann") == std::string::npos &&
                wiki.find("@ann") == std::string::npos;
    if (good) { // and what comes back is read without a fault
      (void)atlassian::markdown_of_adf(parsed->root());
      (void)atlassian::markdown_of_wiki(text);
      good = !parsed->fault();
    }
    if (!good) {
      ++bad;
      UNSCOPED_INFO("text: " << text << "\nwiki: " << wiki << "\nmacros: " << outer << "\nadf: " << fault << "\n"
                             << dumped);
      CHECK(good);
    }
  }
}

SCENARIO("a document of Jira Cloud may be anything, and is read within bounds") {
  auto read = [](const std::string& text) {
    auto asked = http_request{};
    asked.url = "https://x.example";
    auto answer = http_answer{};
    answer.status = 200;
    answer.body = text;
    auto d = read_json(asked, answer, 1000);
    REQUIRE(d);
    auto out = atlassian::markdown_of_adf(d->root());
    CHECK(!d->fault());
    return out;
  };
  CHECK(read(R"({"type":"doc","content":[{"type":"panel","content":[{"type":"paragraph","content":[
    {"type":"mention","attrs":{"text":"@ann"}},{"type":"text","text":" see "},{"type":"inlineCard","attrs":{"url":"https://x.example"}}]}]}]})") ==
        "> @ann see <https://x.example>");
  CHECK(read(R"({"type":"doc","content":[{"type":"taskList","content":[{"type":"taskItem","attrs":{"state":"DONE"},
    "content":[{"type":"text","text":"x"}]}]},{"type":"table","content":[{"type":"tableRow","content":[
    {"type":"tableHeader","content":[{"type":"paragraph","content":[{"type":"text","text":"a|b"}]}]}]}]}]})") ==
        "- [x] x\n\n| a\\|b |\n| --- |");
  THEN("people and days are told, also where Jira left out a name or wrote no time") {
    auto inline_node = [&](const std::string& node) {
      return read(R"({"type":"doc","content":[{"type":"paragraph","content":[{"type":"text","text":"by "},)" + node +
                  R"(,{"type":"text","text":"."}]}]})");
    };
    auto date = [&](const std::string& timestamp) {
      return inline_node(R"({"type":"date","attrs":{"timestamp":)" + timestamp + "}}");
    };
    CHECK(date("\"1732147200000\"") == "by 2024-11-21.");
    CHECK(date("1709164800000") == "by 2024-02-29.");
    CHECK(date("\"-86400000\"") == "by 1969-12-31.");
    CHECK(date("\"-1\"") == "by 1969-12-31.");
    CHECK(date("\"253402300799999\"") == "by 9999-12-31.");
    CHECK(date("\"253402300800000\"") == "by 253402300800000.");
    CHECK(date("\"99999999999999999999\"") == "by 99999999999999999999.");
    CHECK(date("\"next *week*\"") == "by next \\*week\\*.");
    for (auto nothing : {"\"\"", "null", "[]", "{}"})
      CHECK(date(nothing) == "by .");
    CHECK(inline_node(R"({"type":"date"})") == "by .");
    CHECK(inline_node(R"({"type":"mention","attrs":{"id":"5b10:a_*"}})") == "by @5b10:a\\_\\*.");
    CHECK(inline_node(R"({"type":"mention","attrs":{"id":"5b10","text":"@ann"}})") == "by @ann.");
    CHECK(inline_node(R"({"type":"mention","attrs":{"id":")" + std::string(500, 'x') + R"("}})").size() < 150);
    CHECK(inline_node(R"({"type":"mention"})") == "by .");
    CHECK(inline_node(R"({"type":"emoji","attrs":{"shortName":":ship:"}})") == "by :ship:.");
    CHECK(inline_node(R"({"type":"emoji","attrs":{"shortName":":ship:","text":"\u2693"}})") == "by \u2693.");
  }
  THEN("a bar in a cell of a table ends no cell") {
    auto cell = std::string{R"({"type":"tableCell","content":[{"type":"paragraph","content":[{"type":"text","text":)"};
    CHECK(read(R"({"type":"doc","content":[{"type":"table","content":[{"type":"tableRow","content":[)" + cell +
               R"("a || b | c"}]}]},)" + cell +
               R"("d\\|e"},{"type":"hardBreak"},{"type":"text","text":"f"}]}]}]}]}]})") ==
          "| a \\|\\| b \\| c | d\\\\\\|e f |\n| --- | --- |");
  }
  for (auto odd : {"[]", "{}", R"({"content":7})", R"({"content":[1,null,"x",[],{"type":3}]})",
                   R"({"content":[{"type":"text","text":"x","marks":[1,{"type":"link","attrs":4}]}]})",
                   R"({"content":[{"type":"taskList","content":["x",{"type":"taskItem","attrs":[]}]}]})",
                   R"({"content":[{"type":"heading","attrs":{"level":"x"}}]})"})
    (void)read(odd);
  auto deep = std::string{}, end = std::string{};
  for (int i = 0; i < 400; ++i)
    deep += R"({"type":"bulletList","content":[)", end += "]}";
  CHECK(read(deep + end).size() < 10'000);
}
