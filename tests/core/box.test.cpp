// A box: nothing while it is empty, a value when it is not.
#include "core/box.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <utility>

using namespace hyakki;

namespace {

struct note {
  std::string text;
  int number = 7;
  friend bool operator==(const note& a, const note& b) { return a.text == b.text && a.number == b.number; }
};

} // namespace

SCENARIO("what few owners have costs the others a pointer") {
  CHECK(sizeof(box<note>) == sizeof(void*));
  box<note> b;
  THEN("reading it gives a default value and makes no room") {
    CHECK(b->number == 7);
    CHECK((*b).text.empty());
    CHECK_FALSE(b);
  }
  THEN("writing makes room, and giving the value up ends it") {
    b.edit().text = "kept";
    CHECK(b);
    CHECK(b->text == "kept");
    CHECK(&b.edit() == &*b);
    b = {};
    CHECK_FALSE(b);
    CHECK(b->text.empty());
  }
}

SCENARIO("a box is copied and compared as what it holds") {
  box<note> b = note{"first", 1};
  WHEN("it is copied") {
    auto other = b;
    THEN("each has a value of its own") {
      CHECK(other == b);
      other.edit().text = "second";
      CHECK(b->text == "first");
      CHECK(other != b);
      b = other;
      CHECK(b == other);
      CHECK(&*b != &*other);
    }
  }
  WHEN("it is moved") {
    auto other = std::move(b);
    THEN("the value went with it") { CHECK(other->text == "first"); }
  }
  WHEN("it is assigned to itself") {
    auto& same = b;
    b = same;
    THEN("nothing is lost") { CHECK(b->text == "first"); }
  }
  WHEN("nothing is copied") {
    box<note> none;
    b = none;
    THEN("there is nothing, which equals a default value") {
      CHECK_FALSE(b);
      CHECK(b == box<note>{note{}});
    }
  }
}
