#include "tickets/yaml_scalar.hpp"
#include "tickets/yaml_dialect.hpp"

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
  GIVEN("what PyYAML wrote, to be read back") {
    auto file = std::ifstream{HYAKKI_FIXTURES "/pyyaml_scalars.json"};
    std::size_t quickly = 0;
    for (auto& v : nlohmann::json::parse(file)) {
      auto value = v["value"].get<std::string>();
      auto text = v["nested"].get<std::string>();
      CAPTURE(value);
      auto check = [&](const hyakki::tickets::yaml_node& root) {
        CHECK(root.find("comments")->children.at(0).find("content")->text == value);
        CHECK(root.find("labels")->children.at(0).text == value);
      };
      auto any = hyakki::tickets::read_any_yaml(text);
      REQUIRE(any);
      check(*any);
      if (auto quick = hyakki::tickets::read_dialect(text)) {
        check(*quick);
        CHECK(same_content(*quick, *any));
        ++quickly;
      }
    }
    THEN("both readers give the value, and the quick one knows nearly all") { CHECK(quickly >= 160); }
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
