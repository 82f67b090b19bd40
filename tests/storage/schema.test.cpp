#include "storage/schema.hpp"

#include <catch2/catch.hpp>

using namespace hyakki;

SCENARIO("the way from an older schema to this one is planned step by step") {
  GIVEN("steps from 1 to 2 and from 2 to 3") {
    std::vector<migration> steps{{1, "a", nullptr}, {2, "b", nullptr}};
    THEN("they are taken in order, from where the store stands") {
      auto way = plan_migration("f", 1, 3, steps);
      REQUIRE(way.ok());
      REQUIRE(way->size() == 2);
      CHECK((*way)[0].from == 1);
      CHECK((*way)[1].from == 2);
      CHECK(plan_migration("f", 2, 3, steps)->size() == 1);
      CHECK(plan_migration("f", 3, 3, steps)->empty());
    }
    THEN("a gap is said") {
      auto way = plan_migration("f", 1, 4, steps);
      REQUIRE_FALSE(way.ok());
      CHECK(way.error() == ec::rejected);
      CHECK(way.error().text.find("from version 3 to 4") != std::string::npos);
    }
    THEN("a newer store is refused with what was found, what is read and what to do") {
      auto way = plan_migration("f", 4, 3, steps);
      REQUIRE_FALSE(way.ok());
      CHECK(way.error() == ec::rejected);
      CHECK(way.error().text.find("schema version 4") != std::string::npos);
      CHECK(way.error().text.find("up to version 3") != std::string::npos);
      CHECK(way.error().text.find("Upgrade hyakki") != std::string::npos);
    }
  }
  THEN("the built-in steps reach this build's version from every version that was released") {
    CHECK(plan_migration("f", 1, schema_version, migrations()).ok());
  }
}
