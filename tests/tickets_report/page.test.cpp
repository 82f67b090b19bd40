#include "tests/tickets_report/hostile_tickets.hpp"
#include "tests/tickets_report/report_world.hpp"
#include "tickets/report/html.hpp"
#include "tickets/report/shown_text.hpp"
#include "tickets/text.hpp"

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;

namespace {

/// Tags with the names of their attributes, without texts and values: what a browser would build. Style and script
/// are passed over as a browser does.
std::vector<std::string> skeleton(const std::string& page) {
  auto out = std::vector<std::string>{};
  for (std::size_t i = page.find('<'); i != std::string::npos; i = page.find('<', i)) {
    auto tag = std::string{};
    char quote = 0;
    for (; i < page.size(); ++i) {
      char c = page[i];
      if (quote != 0) {
        if (c == quote)
          quote = 0;
        continue;
      }
      if (c == '"' || c == '\'') {
        quote = c;
        continue;
      }
      tag += c;
      if (c == '>')
        break;
    }
    out.push_back(tag);
    for (auto* raw : {"style", "script"})
      if (tag == std::string{"<"} + raw + ">")
        i = page.find(std::string{"</"} + raw + ">", i);
  }
  return out;
}

std::string page_written_by(const std::string& text) {
  auto collector = report_collector{report_time()};
  for (std::size_t i = 0; i < 3; ++i)
    add_written_by(collector, text, i);
  auto r = std::move(collector).finish();
  r.project = shown_text(text, 80);
  r.branch = shown_text(text, 80);
  return report_page(r);
}

/// Control characters but newline, and characters that turn the direction of writing.
bool steers(const std::string& page) {
  for (std::size_t at = 0; at < page.size();) {
    auto c = next_code_point(page, at).value_or(0);
    if ((c < 0x20 && c != '\n') || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
        (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x2028 || c == 0xFEFF)
      return true;
  }
  return false;
}

} // namespace

SCENARIO("text from tickets stays text") {
  GIVEN("a page whose every text is harmless") {
    auto harmless = skeleton(page_written_by("two words"));
    REQUIRE(harmless.size() > 400);
    for (auto& payload : payloads()) {
      WHEN("every text is " + printable(payload)) {
        auto page = page_written_by(payload);
        THEN("the page has the same tags and attributes, and nothing steers the reader") {
          CHECK(skeleton(page) == harmless);
          CHECK_FALSE(steers(page));
          CHECK(occurrences(page, "<script>") == 2);
          CHECK(occurrences(page, "</style>") == 1);
        }
        THEN("it is no larger than texts of some length make it") { CHECK(page.size() < 150'000); }
      }
    }
  }
}

SCENARIO("markup is escaped wherever a text goes") {
  auto out = html{};
  out << "<p title=\"" << std::string{"a\"b'c`d<e>f&g"} << "\">" << std::string_view{"é"} << 12 << grouped{1234567}
      << fixed{2.25, 1} << fixed{1.0 / 0.0};
  CHECK(out.take() == "<p title=\"a&quot;b&#39;c&#96;d&lt;e&gt;f&amp;g\">é121,234,5672.20.0");
}

SCENARIO("a text is shown as one honest line") {
  CHECK(shown_text("  two\n\n lines\t ", 20) == "two lines");
  CHECK(shown_text("12345", 5) == "12345");
  CHECK(shown_text("123456", 5) == "12345…");
  CHECK(shown_text("日本語です", 3) == "日本語…");
  CHECK(shown_text("a\xE2\x80\xAE"
                   "b\xE2\x80\x8B"
                   "c\x1B[31md\x7F",
                   20) == "abc[31md");
  CHECK(shown_text("a\xE2\x80\xA8"
                   "b",
                   20) == "a b");
  CHECK(shown_text("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x94\xA7", 20) ==
        "👩‍🔧"); // joined by a joiner that stays
  CHECK(shown_text("\xC0\xBC"
                   "x",
                   20) == "\xEF\xBF\xBD\xEF\xBF\xBDx");
  CHECK(shown_text("", 5).empty());
  auto zalgo = std::string{"z"};
  for (int i = 0; i < 500; ++i)
    zalgo += "\xCC\x8D";
  CHECK(shown_text(zalgo, 50).size() <= 1 + 4 * 2 + 3);
  CHECK(shown_text(std::string(50'000'000, ' ') + "late", 100) == "…");
  CHECK(shown_text(std::string(1'000'000, 'x'), 160).size() == 160 + 3);
}

SCENARIO("the page asks nobody for anything") {
  auto page = report_page(sample_report());
  THEN("no address of the network is in it, and its policy forbids what it does not bring") {
    CHECK(page.find("http://") == std::string::npos);
    CHECK(page.find("https://") == std::string::npos);
    CHECK(page.find("src=") == std::string::npos);
    CHECK(page.find("@import") == std::string::npos);
    CHECK(page.find("url(") == page.find("url(#hatch)"));
    CHECK(page.find("default-src 'none'; style-src 'sha256-") != std::string::npos);
    CHECK(page.find("unsafe") == std::string::npos);
    CHECK(page.find(" style=") == std::string::npos);
    CHECK(page.find(" onclick=") == std::string::npos);
  }
  THEN("every chart has a name, every section a heading, every table its heads") {
    CHECK(occurrences(page, "<svg") == occurrences(page, "</svg>"));
    CHECK(occurrences(page, "<svg class=plot") == occurrences(page, "</desc>"));
    auto sections = occurrences(page, "<section ");
    CHECK(sections == occurrences(page, "</section>"));
    CHECK(sections == occurrences(page, "aria-labelledby=h-"));
    CHECK(occurrences(page, "<table") <= occurrences(page, "<thead"));
    CHECK(page.find("<html lang=en>") != std::string::npos);
    CHECK(page.find("<main ") != std::string::npos);
    CHECK(page.find("href=\"#main\"") != std::string::npos);
  }
  THEN("the sample's tickets are all in the list") {
    CHECK(occurrences(page, "<tr id=\"t-") == 25);
    CHECK(page.find("Zoë") != std::string::npos);
    CHECK(page.find("déjà vu") != std::string::npos);
  }
}

SCENARIO("the list has its limits") {
  GIVEN("three hundred tickets") {
    auto collector = report_collector{report_time()};
    for (std::size_t i = 0; i < 300; ++i)
      collector.add(a_ticket(i, report_time()));
    auto r = std::move(collector).finish();
    WHEN("all are listed") {
      auto page = report_page(r);
      THEN("they are in two parts, so that a browser lays out the first page only") {
        CHECK(occurrences(page, "<tr id=\"t-") == 300);
        CHECK(occurrences(page, "<tbody class=more>") == 1);
        CHECK(page.find("<small>300</small>") != std::string::npos);
      }
    }
    WHEN("only open ones are") {
      auto options = page_options{};
      options.open_only = true;
      auto page = report_page(r, options);
      THEN("no closed one is, and the figures count all") {
        CHECK(occurrences(page, "<tr id=\"t-") == r.open);
        CHECK(page.find("of 300 tickets") != std::string::npos);
      }
    }
    WHEN("there is room for fifty") {
      auto options = page_options{};
      options.most_rows = 50;
      auto page = report_page(r, options);
      THEN("the page says what it leaves out") {
        CHECK(occurrences(page, "<tr id=\"t-") == 50);
        CHECK(page.find("50 of 300") != std::string::npos);
      }
    }
  }
}

SCENARIO("an empty store is told what to do") {
  auto r = report_collector{report_time()}.finish();
  r.project = "fresh";
  auto page = report_page(r);
  CHECK(page.find("No tickets yet") != std::string::npos);
  CHECK(page.find("tickets create") != std::string::npos);
  CHECK(page.find("tickets epic create") != std::string::npos);
  CHECK(page.find("<table id=list>") == std::string::npos);
  CHECK(page.find("href=\"#flow\"") == std::string::npos); // no link that leads nowhere
  CHECK(page.find("nan") == std::string::npos);
}

SCENARIO("files that cannot be read are spoken of") {
  auto here = scratch{};
  write_many_tickets(here.path, 5, report_time());
  std::ofstream{here.path / ".tickets/open/BROKEN-1.yaml"} << "id: [";
  std::ofstream{here.path / ".tickets/epics/BROKEN-2.yaml"} << "";
  auto unreadable = std::vector<std::string>{};
  auto made = read_report(store_at(here.path.string()), "project", "", report_time(), &unreadable);
  REQUIRE(made);
  CHECK(made->total == 5);
  CHECK(made->unreadable == 2);
  REQUIRE(unreadable.size() == 2);
  CHECK(unreadable[0].find("BROKEN-1") != std::string::npos);
  CHECK(report_page(*made).find("2 files could not be read") != std::string::npos);
}
