#include "tickets/yaml_scalar.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <fstream>
#include <string>

using hyakki::tickets::yaml_string;

SCENARIO("strings are written as PyYAML writes them") {
  GIVEN("the strings that are easy to get wrong, with the text that PyYAML wrote for each") {
    auto file = std::ifstream{HYAKKI_FIXTURES "/pyyaml_scalars.json"};
    auto vectors = nlohmann::json::parse(file);
    REQUIRE(vectors.size() == 167);
    THEN("every one agrees at the top level and nested") {
      for (auto& v : vectors) {
        auto value = v["value"].get<std::string>();
        CAPTURE(value);
        CHECK("v: " + yaml_string(value, {2, 2}) + "\n" == v["top"].get<std::string>());
        CHECK("comments:\n- id: x\n  content: " + yaml_string(value, {10, 4}) + "\n  after: z\nlabels:\n- " +
                yaml_string(value, {1, 2}) + "\n" ==
              v["nested"].get<std::string>());
      }
    }
  }
  GIVEN("bytes that are not UTF-8") {
    THEN("they are written as the replacement character") {
      CHECK(yaml_string("a\xFF"
                        "b") == "\"a\\uFFFDb\"");
      CHECK(yaml_string("\xC3") == "\"\\uFFFD\"");
    }
  }
  GIVEN("a key of eighty and more columns") {
    THEN("it is not folded") {
      CHECK(yaml_string(std::string(90, 'x') + " y z", {0, 2, false}).find('\n') == std::string::npos);
    }
  }
}
