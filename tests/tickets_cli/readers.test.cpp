// The readers of what people and programs write: YAML, Gherkin, queries, JSON. Kept samples, recombined and broken in
// thousands of ways; each ends in a value or in words, and a value that is written is read as the same.
//
// $HYAKKI_SOAK multiplies the counts. A text that once broke a rule is kept in tests/fixtures/ticket_readers.

#include "cli/tickets/gherkin.hpp"
#include "tests/support/soak.hpp"
#include "tickets/json_text.hpp"
#include "tickets/query.hpp"
#include "tickets/workflow_plan.hpp"
#include "tickets/yaml_text.hpp"
#include "tickets/yaml_tree.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

using namespace hyakki;
using namespace hyakki::ticket_cli;
using namespace hyakki::tickets;

namespace {

std::size_t rounds() { return 1500 * static_cast<std::size_t>(test::soak()); }

std::vector<std::string> kept(const std::string& folder) {
  auto files = std::vector<std::filesystem::path>{};
  for (auto& e : std::filesystem::directory_iterator{std::string{HYAKKI_FIXTURES} + "/" + folder})
    files.push_back(e.path());
  std::sort(files.begin(), files.end());
  auto out = std::vector<std::string>{};
  for (auto& f : files) {
    auto in = std::ifstream{f, std::ios::binary};
    out.emplace_back(std::istreambuf_iterator<char>{in}, std::istreambuf_iterator<char>{});
  }
  return out;
}

/// Makes texts out of samples: parts of one in another, words of the language, bytes of any kind.
class maker {
public:
  maker(std::vector<std::string> samples, std::vector<std::string> words, unsigned seed)
    : samples_(std::move(samples)), words_(std::move(words)), chance_(seed) {}

  std::string next() {
    auto out = samples_[pick(samples_.size())];
    for (auto n = pick(7); n > 0; --n) {
      auto at = pick(out.size() + 1);
      switch (pick(7)) {
      case 0: out.insert(at, words_[pick(words_.size())]); break;
      case 1: out.insert(at, part_of(samples_[pick(samples_.size())])); break;
      case 2: out.erase(at, 1 + pick(30)); break;
      case 3: out.resize(at); break;
      case 4: out.insert(at, part_of(out)); break;
      case 5: out.insert(at, 1 + pick(40), words_[pick(words_.size())].front()); break;
      default:
        if (at < out.size())
          out[at] = static_cast<char>(chance_());
      }
    }
    return out;
  }

private:
  std::size_t pick(std::size_t below) { return chance_() % below; }
  std::string part_of(const std::string& text) {
    return text.empty() ? text : text.substr(pick(text.size()), 1 + pick(60));
  }
  std::vector<std::string> samples_, words_;
  std::mt19937 chance_;
};

/// Runs `tried` over the samples and what is made of them; no text may take long.
template <class Try>
void over(const std::vector<std::string>& samples, std::vector<std::string> words, Try tried) {
  auto longest = std::chrono::steady_clock::duration{};
  auto one = [&](const std::string& text) {
    INFO(text);
    auto began = std::chrono::steady_clock::now();
    tried(text);
    longest = std::max(longest, std::chrono::steady_clock::now() - began);
  };
  for (auto& s : samples)
    one(s);
  auto texts = maker{samples, std::move(words), static_cast<unsigned>(test::seed())};
  for (auto n = rounds(); n > 0; --n)
    one(texts.next());
  CHECK(longest < std::chrono::seconds{5});
}

/// The general reader loses line breaks at the ends of a quoted text. A file in the usual form is not its to read.
bool has_outer_breaks(const value& v) {
  auto breaks = [](const std::string& text) { return !text.empty() && (text.front() == '\n' || text.back() == '\n'); };
  return breaks(v.text) || std::any_of(v.items.begin(), v.items.end(), has_outer_breaks);
}

void tells(const error& e) {
  if (e != ec::rejected || e.text.empty() || e.text.find('\n') != std::string::npos)
    FAIL("it is refused without a sentence: " << e.text);
}

} // namespace

SCENARIO("any YAML is read or refused, and what is written of it is read as the same") {
  auto samples = kept("ticket_readers/yaml");
  for (auto& more : kept("tickets/open"))
    samples.push_back(more);
  std::size_t read = 0;
  over(samples, {"- ", ": ", "'", "\"", "|\n",  ">\n",   "&a ", "*a",           "!!str ", "{",    "}",    "[",
                 "]",  "? ", "#", "\t", "\n\n", "---\n", "\\x", "\xEF\xBB\xBF", "\r",     "null", "1:30", "0x1F"},
       [&](const std::string& text) {
         auto root = read_yaml(text);
         if (!root)
           return tells(root.error());
         ++read;
         auto said = meaning(*root);
         if (said.is != value::kind::map || has_outer_breaks(said))
           return;
         auto written = yaml_text(said);
         auto again = read_yaml(written);
         INFO(written);
         REQUIRE(again);
         if (!(meaning(*again) == said))
           FAIL("it is read as something else");
       });
  CHECK(read > rounds() / 20);
}

SCENARIO("any feature file is read or refused, and a scenario that is written is read as the same") {
  std::size_t scenarios = 0;
  over(kept("ticket_readers/feature"),
       {"Feature: ",
        "Rule: ",
        "Background:\n",
        "Scenario: ",
        "Scenario Outline: ",
        "Examples:\n",
        "Given ",
        "When ",
        "Then ",
        "And ",
        "* ",
        "@tag ",
        "| ",
        "\\|",
        "\"\"\"\n",
        "```\n",
        "# ",
        "<a>",
        "\n",
        "\r\n",
        "\t"},
       [&](const std::string& text) {
         auto all = read_feature(text);
         if (!all)
           return tells(all.error());
         if (all->size() > most_scenarios)
           FAIL("more scenarios than there may be");
         for (auto& s : *all) {
           ++scenarios;
           if (s.given.size() + s.when.size() + s.then.size() > most_steps)
             FAIL("more steps than there may be");
         }
       });
  CHECK(scenarios > rounds() / 10);
}

SCENARIO("any query is read within its bounds or refused") {
  std::size_t read = 0;
  over(kept("ticket_readers/query"),
       {"status:", "label:", "-", ":", ",", "\"", " ", "id:", "none", "\\", "(", ")", "or", "epic:"},
       [&](const std::string& text) {
         auto q = read_query(text);
         if (!q)
           return tells(q.error());
         ++read;
         if (q->terms.size() > 32)
           FAIL("more terms than there may be");
         auto t = ticket{};
         (void)matches(*q, t);
       });
  CHECK(read > rounds() / 10);
}

SCENARIO("any JSON is read or refused, is written as the same, and any workflow in it is whole") {
  std::size_t read = 0, workflows = 0;
  over(kept("ticket_readers/json"),
       {"{", "}", "[", "]", "\"", ",", ":", "null", "-1e5", "\\u", "\"steps\":", "\"depends_on\":[\"b\"]", "\"a\"",
        "{\"a\":1}"},
       [&](const std::string& text) {
         auto root = read_json(text);
         if (!root)
           return tells(root.error());
         ++read;
         auto again = read_json(json_text(*root));
         REQUIRE(again);
         if (!(*again == *root))
           FAIL("it is read as something else");
         auto w = read_workflow(*root);
         if (!w)
           return tells(w.error());
         ++workflows;
         for (auto n : startable(*w))
           if (!read_story_key(story_key(*w, n)) && w->id.size() == 11 && w->id.compare(0, 3, "WF-") == 0 &&
               w->id.find_first_not_of("0123456789ABCDEF", 3) == std::string::npos)
             FAIL("a key that cannot be read: " << story_key(*w, n));
       });
  CHECK(read > rounds() / 50);
  CHECK(workflows > 0);
}
