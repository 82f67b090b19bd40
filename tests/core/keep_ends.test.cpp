// What stays of a text that is too long.
#include "core/keep_ends.hpp"

#include "core/ascii.hpp"
#include "core/code_fences.hpp"
#include "core/utf8.hpp"
#include "tests/core/hostile.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;

namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

std::string numbered_lines(int n) {
  std::string out;
  for (int i = 0; i < n; ++i)
    out += "line " + std::to_string(i) + " of the output\n";
  return out;
}

constexpr std::string_view note = "_Something is left out here._";

} // namespace

SCENARIO("of a text that is too long the beginning stays in short and the end at full") {
  GIVEN("a text that fits") {
    THEN("it stays as it is") {
      CHECK(keep_ends("short", 100) == "short");
      CHECK(keep_markdown_ends("```\nshort", 9, note) == "```\nshort");
    }
  }
  GIVEN("one of many lines") {
    auto text = "why I was called\n" + numbered_lines(1000) + "the conclusion";
    WHEN("it is cut") {
      auto out = keep_ends(text, 2000);
      THEN("whole lines of both ends stay, most of them of the end, and the note tells of the rest") {
        CHECK(out.size() <= 2000);
        CHECK(out.size() > 1900);
        CHECK(begins(out, "why I was called\nline 0 of the output\n"));
        CHECK(has(out, " of the output\n[something is left out here: it is longer]\nline "));
        CHECK(out.find(left_out_note) < 300);
        CHECK(ends(out, "line 999 of the output\nthe conclusion"));
      }
      AND_WHEN("it is cut once more") {
        auto again = keep_ends(out, 1000);
        THEN("there is one note, and the end is still there") {
          CHECK(again.find(left_out_note) == again.rfind(left_out_note));
          CHECK(ends(again, "the conclusion"));
        }
      }
    }
    WHEN("it comes line by line") {
      text_ends collected{2000};
      CHECK(collected.empty());
      std::string_view rest = text;
      while (!rest.empty()) {
        auto end = std::min(rest.find('\n'), rest.size());
        collected.add_line(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      THEN("the same stays") {
        CHECK_FALSE(collected.empty());
        CHECK(collected.text() == keep_ends(text, 2000));
      }
    }
  }
  GIVEN("one endless line") {
    text_ends collected{1000};
    collected.add_line("begin " + std::string(100'000, 'x') + " end");
    THEN("both its ends stay") {
      auto out = collected.text();
      CHECK(out.size() <= 1000);
      CHECK(begins(out, "begin xxx"));
      CHECK(has(out, left_out_note));
      CHECK(ends(out, "xxx end"));
    }
  }
}

SCENARIO("Markdown that is cut keeps its code blocks whole") {
  GIVEN("a comment with a long block of an agent's words") {
    auto text =
      "### What it says\n\n````markdown\nI begin.\n" + numbered_lines(300) + "I end.\n````\n\nAnd how to go on.";
    auto out = keep_markdown_ends(text, 3000, note);
    THEN("the block is closed before the note, and opened again as what it was behind it") {
      CHECK(out.size() <= 3000);
      CHECK(begins(out, "### What it says\n\n````markdown\nI begin.\nline 0 "));
      CHECK(has(out, "\n````\n\n_Something is left out here._\n\n````markdown\nline "));
      CHECK(ends(out, "I end.\n````\n\nAnd how to go on."));
      CHECK(open_at_end(out).fence.empty());
    }
  }
  GIVEN("a block whose fence is absurd") {
    auto text = "begin\n" + std::string(500, '`') + "\n" + numbered_lines(300) + std::string(500, '`') + "\n" +
                numbered_lines(20) + "end";
    auto out = keep_markdown_ends(text, 3000, note);
    THEN("what was cut of it is left out, and what follows it stays") {
      CHECK(out == "begin\n\n_Something is left out here._\n\n" + numbered_lines(20) + "end");
    }
  }
  GIVEN("what strangers write") {
    hostile_texts make{7};
    for (int i = 0; i < 2000; ++i) {
      auto text = make() + "\n```x\n" + make() + "\n~~~~\n" + make() + make();
      for (std::size_t most : {0u, 20u, 50u, 450u, 500u, 1000u}) {
        CHECK(keep_ends(text, most).size() <= most);
        CHECK(keep_markdown_ends(text, most, note).size() <= most);
        if (valid_utf8(text)) {
          CHECK(valid_utf8(keep_ends(text, most)));
          CHECK(valid_utf8(keep_markdown_ends(text, most, note)));
        }
      }
    }
  }
  GIVEN("a bound that shows only in what it becomes") {
    auto text = numbered_lines(1000);
    auto out = longest_markdown_ends(text, text.size(), note, [](std::string_view t) { return 2 * t.size() <= 6000; });
    THEN("as much stays as there is room for") {
      CHECK(out.size() <= 3000);
      CHECK(out.size() > 2400);
      CHECK(ends(out, "line 999 of the output\n"));
      CHECK(longest_markdown_ends(text, text.size(), note, [](std::string_view) { return false; }).empty());
    }
  }
}
