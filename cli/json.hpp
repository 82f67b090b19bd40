#pragma once
// What the commands print with --json. docs/commands.md describes each schema; a test holds both together.
//
// Within a version fields are only added. Times are milliseconds since the epoch, money is millionths of a US
// dollar, an absent thing is null. Text that is not UTF-8 is repaired on the way out.

#include "core/event.hpp"
#include "core/record.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace hyakki::cli {

/// {"schema": "hyakki.<name>/1"}, to be filled.
nlohmann::ordered_json document(const char* name);

nlohmann::ordered_json to_json(const pull_request& p);
nlohmann::ordered_json to_json(const trouble& t);
nlohmann::ordered_json to_json(const run& r, const std::string& transcript);
nlohmann::ordered_json to_json(const evidence& e);
nlohmann::ordered_json to_json(const event& e);
/// The whole record but its runs, which need the paths of their transcripts.
nlohmann::ordered_json to_json(const story_record& r);

/// Prints it indented, with a newline.
void put_json(const nlohmann::ordered_json& j);

} // namespace hyakki::cli
