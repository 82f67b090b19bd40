#include "tickets/json_text.hpp"
#include "tickets/kinds.hpp"
#include "tickets/model/settings.hpp"
#include "tickets/record_text.hpp"
#include "tickets/yaml_text.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>

using namespace hyakki;
using namespace hyakki::tickets;

namespace {

const auto sample = std::filesystem::path{HYAKKI_FIXTURES} / "tickets";

std::string bytes_in(const std::filesystem::path& file) {
  auto in = std::ifstream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

/// Every file of a kind, read into a record and written anew.
template <class T>
std::size_t written_as_found() {
  std::size_t count = 0;
  auto& row = kind_of<T>::row();
  for (auto* folder : row.folders) {
    if (!folder)
      continue;
    for (auto& entry : std::filesystem::directory_iterator{sample / folder}) {
      auto name = entry.path().filename().string();
      if (stem_of(name, row.suffix).empty())
        continue;
      CAPTURE(name);
      auto bytes = bytes_in(entry.path());
      auto record = record_of<T>(bytes, name);
      INFO((record ? std::string{} : record.error().text));
      REQUIRE(record);
      CHECK(record->unknown.keys.empty());
      CHECK(check(*record).ok());
      CHECK(bytes_of(*record) == bytes);
      CHECK(changed_bytes(bytes, *record) == bytes);
      ++count;
    }
  }
  return count;
}

} // namespace

SCENARIO("every file of a store that the other tool wrote is written back byte for byte") {
  CHECK(written_as_found<ticket>() == 25);
  CHECK(written_as_found<epic>() == 6);
  CHECK(written_as_found<backlog_item>() == 7);
  CHECK(written_as_found<agent>() == 7);
  CHECK(written_as_found<agent_task>() == 10);
  auto config = read_yaml(bytes_in(sample / "config.yaml"));
  REQUIRE(config);
  CHECK(yaml_text(write_store_config(*read_store_config(meaning(*config)))) == bytes_in(sample / "config.yaml"));
  CHECK(yaml_text(write_store_config({})) == bytes_in(sample / "config.yaml"));
  auto profiles = bytes_in(sample / "agents" / profiles_name);
  auto learned = read_learning_profiles(*read_json(profiles));
  REQUIRE(learned);
  CHECK(json_text(write_learning_profiles(*learned), json_letters::ascii) == profiles);
  auto versions = bytes_in(sample / "schema_versions.json");
  auto known = read_schema_versions(*read_json(versions));
  REQUIRE(known);
  CHECK(json_text(write_schema_versions(*known), json_letters::ascii) == versions);
  auto index = bytes_in(sample / "index.yaml");
  auto tree = read_yaml(index);
  REQUIRE(tree);
  CHECK(yaml_text(meaning(*tree)) == index);
}
