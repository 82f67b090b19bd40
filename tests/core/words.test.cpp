// Names of states, the diagram, digests, UTF-8, Markdown.
#include "core/digest.hpp"
#include "core/event.hpp"
#include "core/lifecycle.hpp"
#include "core/markdown.hpp"
#include "core/record.hpp"
#include "core/utf8.hpp"

#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

using namespace hyakki;

SCENARIO("every state, move, event, role and outcome has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 1; i <= state_count; ++i) {
    auto s = static_cast<state>(i);
    CHECK(names.insert(to_string(s)).second);
    CHECK(state_named(to_string(s)) == s);
  }
  CHECK_FALSE(state_named("unknown"));
  CHECK_FALSE(state_named(""));
  names.clear();
  for (std::size_t i = 1; i <= move_count; ++i)
    CHECK(names.insert(to_string(static_cast<move>(i))).second);
  for (unsigned i = 1; i <= 13; ++i)
    CHECK(names.insert(to_string(static_cast<event_kind>(i))).second);
  CHECK(names.count("unknown") == 0);
  CHECK(to_string(run_role::fix) == "fix");
  CHECK(to_string(run_outcome::lost) == "lost");
}

SCENARIO("docs/lifecycle.md holds the diagram that the table makes") {
  std::ifstream in{std::string{HYAKKI_SOURCE} + "/docs/lifecycle.md"};
  std::stringstream page;
  page << in.rdbuf();
  INFO("the diagram should be:\n" << lifecycle_diagram());
  CHECK(page.str().find("```mermaid\n" + lifecycle_diagram() + "```\n") != std::string::npos);
  for (auto& t : transitions)
    CHECK(lifecycle_diagram().find(std::string{to_string(t.on)}) != std::string::npos);
}

SCENARIO("a digest is SHA-256") {
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sha256_hex("", 8) == "e3b0c442");
}

SCENARIO("UTF-8 is told from what only looks like it") {
  for (auto good : {"", "abc", "ä", "€", "😀", "\xF4\x8F\xBF\xBF", "\xEF\xBF\xBD"})
    CHECK(valid_utf8(good));
  for (auto bad : {"\x80", "\xC0\xAF", "\xC1\x81", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
                   "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xC3", "\xE2\x82", "\xE2\x28\xA1"}) {
    CHECK_FALSE(valid_utf8(bad));
    CHECK(valid_utf8(repair_utf8(bad)));
    CHECK(valid_utf8(clean_line(bad)));
    CHECK(valid_utf8(printable(bad)));
  }
  CHECK(repair_utf8("a\xFF"
                    "b") == "a\xEF\xBF\xBD"
                            "b");
  CHECK(cut_utf8("aä", 2) == "a");
  CHECK(cut_utf8("aä", 3) == "aä");
  CHECK(cut_utf8("😀😀", 7) == "😀");
  CHECK(cut_utf8("abc", 0).empty());
  CHECK(cut_with_note("abcdefgh", 5, "..") == "abc..");
  CHECK(cut_with_note("abc", 5, "..") == "abc");
}

SCENARIO("printable text is one line that moves no cursor") {
  CHECK(printable("a\nb\r\x1b[31m") == "a\\nb\\r\\x1b[31m");
  CHECK(printable("\xE2\x80\xAE"
                  "x") == "\\u202ex");
  CHECK(printable(std::string_view{"\0", 1}) == "\\x00");
  CHECK(printable("\xC2\x9B") == "\\x9b");
  CHECK(clean_line("\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\") == "click");
  CHECK(clean_line("\x1b]52;c;ZXZpbA==\a ok") == "ok");
  CHECK(clean_line("  a \n\t b\r\n ") == "a b");
  CHECK(clean_text("a\r\nb\rc\td\x07") == "a\nb\nc\td");
  hostile_texts make{1};
  for (int i = 0; i < 1000; ++i) {
    auto text = make();
    for (auto& out : {printable(text), clean_line(text), markdown_escape(text)}) {
      CAPTURE(i);
      CHECK(valid_utf8(out));
      CHECK_FALSE(has_raw_control(out));
    }
    CHECK(valid_utf8(clean_text(text)));
  }
}

SCENARIO("a megabyte of hostile text is cleaned in linear time") {
  std::string text;
  while (text.size() < 4u << 20)
    text += "\x1b]\xFF\x1b[";
  auto start = std::chrono::steady_clock::now();
  CHECK(valid_utf8(clean_line(text)));
  CHECK(valid_utf8(printable(text)));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}

SCENARIO("Markdown made of strangers' text does nothing") {
  CHECK(markdown_escape("a|b") == "a\\|b");
  CHECK(markdown_escape("<img src=x>") == "&lt;img src=x&gt;");
  CHECK(markdown_escape("[x](http://y)").find("](") == std::string::npos);
  CHECK(markdown_escape("@alice").find("@alice") == std::string::npos);
  CHECK(markdown_escape("fixes #12").find("#12") == std::string::npos);
  CHECK(markdown_escape("1. x") == "1\\. x");
  CHECK(markdown_escape("- x") == "\\- x");
  CHECK(markdown_fence("```\n# x\n````\n").substr(0, 5) == "`````");
  CHECK(markdown_fence("@alice and #1").find("@alice") == std::string::npos);
  // what we advise can be copied; what only looks like it calls nobody
  auto advice = std::string{"npm install -g @anthropic-ai/claude-code"};
  CHECK(without_mentions("install it: " + advice + ".") == "install it: " + advice + ".");
  CHECK(markdown_fence(advice).find(advice) != std::string::npos);
  for (auto other : {"@anthropic-ai/claude-code", "npm install -g @anthropic-ai/claude-codes",
                     "npm install -g @anthropic-ai/claude-code/x", "npm install -g @ann"})
    CHECK(without_mentions(other).find('@') + 1 == without_mentions(other).find("\xE2\x80\x8B"));
  CHECK(markdown_fence(std::string(1000, 'x'), 100).find("[something is left out here: it is longer]") !=
        std::string::npos);
  CHECK(markdown_fence("# x", 100, "markdown") == "```markdown\n# x\n```");
  CHECK(markdown_code("a`b") == "``a`b``");
  CHECK(markdown_link("K", "javascript:alert(1)") == "K");
  CHECK(markdown_link("K", "https://x/a b") == "K");
  CHECK(markdown_link("K", "https://x/y") == "[K](<https://x/y>)");
  CHECK(markdown_link("https://x/y", "https://x/y") == "<https://x/y>");
  CHECK(markdown_link("https://x/@ann", "https://x/@ann").find("[https:\xE2\x80\x8B//x/@") == 0);
  hostile_texts make{2};
  for (int i = 0; i < 1000; ++i) {
    auto text = make() + "\n```\n" + make();
    auto out = markdown_fence(text);
    auto fence = out.substr(0, out.find_first_not_of('`'));
    auto body = out.substr(fence.size(), out.size() - 2 * fence.size());
    CHECK(body.find(fence) == std::string::npos);
    auto cell = markdown_escape(text);
    for (std::size_t at = 0; (at = cell.find('|', at)) != std::string::npos; ++at)
      CHECK((at > 0 && cell[at - 1] == '\\'));
  }
}
