#include "tickets/ticket_file.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

using namespace hyakki;
using namespace hyakki::tickets;

namespace {

std::string read_all(const std::filesystem::path& path) {
  auto in = std::ifstream{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::vector<std::filesystem::path> fixture_files() {
  auto out = std::vector<std::filesystem::path>{};
  for (auto folder : {"open", "closed"})
    for (auto& entry : std::filesystem::directory_iterator{std::filesystem::path{HYAKKI_FIXTURES "/tickets"} / folder})
      out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

ticket_file must_read(const std::string& bytes) {
  auto file = ticket_file::read(bytes, "open/T-1.yaml");
  INFO((file ? std::string{} : file.error().text));
  REQUIRE(file);
  return *file;
}

void must(const result<void>& done) {
  INFO((done ? std::string{} : done.error().text));
  REQUIRE(done);
}

const ticket_comment remark{"01234567", "hyakki", "hyakki@localhost", "- id: x\n  author: me\n'\n- id: y: z # no",
                            "2026-11-21T10:00:00"};

} // namespace

SCENARIO("a ticket that is edited and edited back is the same to the byte") {
  auto files = fixture_files();
  REQUIRE(files.size() == 25);
  for (auto& path : files) {
    auto before = read_all(path);
    auto file = must_read(before);
    CAPTURE(path.string());
    CHECK(file.bytes() == before);
    CHECK(file.text("id") == path.stem().string());

    must(file.append_word("labels", "ai-processing"));
    CHECK(file.list("labels").back() == "ai-processing");
    must(file.remove_word("labels", "ai-processing"));
    CHECK(file.bytes() == before);

    auto status = file.text("status");
    must(file.set_text("status", "blocked"));
    CHECK(file.text("status") == "blocked");
    must(file.set_text("status", status));
    CHECK(file.bytes() == before);
    for (auto key : {"title", "description", "priority", "created_at", "updated_at"}) {
      must(file.set_text(key, file.text(key)));
      CHECK(file.bytes() == before);
    }

    auto count = file.comments().size();
    must(file.append_comment(remark));
    auto again = must_read(file.bytes());
    REQUIRE(again.comments().size() == count + 1);
    CHECK(again.comments().back().content == remark.content);
    CHECK(again.text("title") == must_read(before).text("title"));
  }
}

SCENARIO("a file written by hand keeps what is around the edit") {
  GIVEN("remarks, unknown keys, indented lists, Windows line ends and no last newline") {
    auto before =
      std::string{"# top\nid: T-1\ntitle: 1234e567   # why\nx-mine: {a: [1, 2]}\nlabels:  # say\n"
                  "    - one\n    # about two\n    - two\n\n# tail\ncustom: |\n  # no remark\n  text\nlast: 0o17"};
    auto file = must_read(before);
    CHECK(file.text("title") == "1234e567");
    CHECK(file.text("last") == "0o17");
    WHEN("a label comes and goes") {
      must(file.append_word("labels", "three"));
      THEN("it stands after the last one") {
        CHECK(file.bytes().find("    - two\n    - three\n\n# tail\n") != std::string::npos);
        must(file.remove_word("labels", "three"));
        CHECK(file.bytes() == before);
      }
    }
    WHEN("a key is new") {
      must(file.set_text("updated_at", "2026-11-21T10:00:00"));
      THEN("it comes last, on a line of its own") {
        CHECK(file.bytes() == before + "\nupdated_at: '2026-11-21T10:00:00'\n");
      }
    }
  }
  GIVEN("labels in brackets") {
    auto file = must_read("id: T-1\ntitle: x\nlabels: [a, ' b ', 7]\nz: 1\n");
    THEN("they are read as words, and an edit puts one on a line") {
      CHECK(file.list("labels") == std::vector<std::string>{"a", "b", "7"});
      must(file.remove_word("labels", "b"));
      CHECK(file.bytes() == "id: T-1\ntitle: x\nlabels:\n- a\n- '7'\nz: 1\n");
      must(file.remove_word("labels", "a"));
      must(file.remove_word("labels", "7"));
      CHECK(file.bytes() == "id: T-1\ntitle: x\nlabels: []\nz: 1\n");
    }
  }
  GIVEN("a quoted text that goes on in the first column") {
    auto file = must_read("id: T-1\ntitle: 'a\nlabels: [no]\nb'\nlabels: []\n");
    THEN("its lines are no keys") {
      CHECK(file.list("labels").empty());
      must(file.append_word("labels", "yes"));
      CHECK(file.bytes() == "id: T-1\ntitle: 'a\nlabels: [no]\nb'\nlabels:\n- 'yes'\n");
    }
  }
  GIVEN("everything in braces") {
    auto before = std::string{"{id: T-1, title: '12', points: 3, labels: [b], odd: {k: [1, 'no', no, null, ~]}}\n"};
    auto file = must_read(before);
    WHEN("nothing is to be changed") {
      must(file.remove_word("labels", "a"));
      THEN("it stays as it is") { CHECK(file.bytes() == before); }
    }
    WHEN("a label comes") {
      must(file.append_word("labels", "a"));
      THEN("it is written anew with one key a line, and every value is what it was") {
        CHECK(file.bytes() == "id: T-1\ntitle: '12'\npoints: 3\nlabels:\n- b\n- a\nodd:\n  k:\n  - 1\n  - 'no'\n  - "
                              "no\n  - null\n  - null\n");
      }
    }
    WHEN("a comment comes, a label goes and a value is set") {
      must(file.append_comment({"c1", "a", "", "said", "2026-11-21T10:00:00"}));
      must(file.remove_word("labels", "b"));
      must(file.set_text("status", "open"));
      THEN("it has them") {
        CHECK(file.comments().size() == 1);
        CHECK(file.list("labels").empty());
        CHECK(file.text("status") == "open");
        CHECK(file.text("points") == "3");
      }
    }
  }
  GIVEN("comments in brackets") {
    auto file = must_read("id: T-1\ntitle: x\ncomments: [{id: c1, content: first, mine: 7}]\nz: 1\n");
    THEN("another one comes behind them, one entry a line, and nothing of the old ones is lost") {
      must(file.append_comment({"c2", "a", "", "second", "2026-11-21T10:00:00"}));
      CHECK(file.comments().size() == 2);
      CHECK(file.bytes().find("comments:\n- id: c1\n  content: first\n  mine: 7\n- id: c2\n") != std::string::npos);
      CHECK(file.bytes().find("\nz: 1\n") != std::string::npos);
    }
  }
}

SCENARIO("a file that is no ticket is refused with its name and line") {
  auto refused = [](const std::string& bytes, const std::string& what) {
    CAPTURE(bytes.substr(0, 60));
    auto file = ticket_file::read(bytes, "open/T-1.yaml");
    REQUIRE(!file);
    CHECK(file.error() == ec::rejected);
    INFO(file.error().text);
    CHECK(file.error().text.find("tickets: open/T-1.yaml, line ") == 0);
    CHECK(file.error().text.find(what) != std::string::npos);
  };
  refused("", "empty");
  refused("id: T-1\n", "'title' is missing");
  refused("id: T-1\ntitle: ''\n", "line 2: 'title'");
  refused("id: T-1\ntitle: x\nlabels: bug\n", "line 3: 'labels' must be a list");
  refused("id: T-1\ntitle: x\nlabels:\n- [a]\n", "line 4: 'labels' must be a list of words");
  refused("id: T-1\ntitle: x\ncomments:\n- a\n", "line 4: 'comments' must be a list of records");
  refused("id: T-1\ntitle: x\nid: T-2\n", "line 3: the key id stands there twice");
  refused("- a\n", "a map");
  refused("id: &a T-1\ntitle: *a\n", "line 1: anchors");
  refused("id: T-1\ntitle: !!python/object:os.system x\n", "line 2: the tag");
  refused("id: T-1\n<<<<<<< HEAD\ntitle: x\n", "not YAML");
  refused("id: T-1\ntitle: x\ndescri", "line 3: ");
  refused("id: T-1\ntitle: x\ndescription: some", "line 3: the file ends inside a line");
  refused("id: T-1\ntitle: 'x\n", "not YAML");
  refused(std::string{"id: T-1\ntitle: a\0b\n", 19}, "line 2: bytes that are no UTF-8 text");
  refused("id: T-1\ntitle: \xFF\n", "line 2: bytes that are no UTF-8 text");
  refused("id: T-1\ntitle: x\n---\nid: T-2\n", "second document");
}
