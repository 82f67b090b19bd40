// A box: nothing while it is empty, a value when it is not.
#include "core/box.hpp"
#include "core/rare_list.hpp"

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

SCENARIO("a list that most leave empty costs them a pointer, and is used as any other") {
  CHECK(sizeof(rare_list<note>) == sizeof(void*));
  rare_list<note> l;
  THEN("an empty one has nothing to show, also backwards") {
    CHECK(l.empty());
    CHECK(l.size() == 0);
    CHECK(l.begin() == l.end());
    CHECK(l.rbegin() == l.rend());
    CHECK(std::as_const(l).all().empty());
    CHECK(l == rare_list<note>{std::vector<note>{}});
  }
  WHEN("elements come") {
    l.push_back({"first", 1});
    l.push_back({"second", 2});
    THEN("they are there in order, to read and to write to") {
      CHECK(l.size() == 2);
      CHECK(l.front().text == "first");
      CHECK(l.rbegin()->text == "second");
      l[0].number = 5;
      l.back().number = 6;
      int sum = 0;
      for (auto& one : std::as_const(l))
        sum += one.number;
      CHECK(sum == 11);
    }
    THEN("a copy has elements of its own, and clearing gives them up") {
      auto other = l;
      CHECK(other == l);
      other.all().pop_back();
      CHECK(l.size() == 2);
      CHECK(other != l);
      l.clear();
      CHECK(l.empty());
      CHECK(other.size() == 1);
    }
  }
}
