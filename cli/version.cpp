#include "cli/version.hpp"

#include "cli/commands.hpp"
#include "cli/json.hpp"
#include "cli/text.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::cli {

int run_version(const invocation& i) {
  if (i.json) {
    auto out = document("version");
    out["version"] = version_text;
    put_json(out);
  } else
    put(std::string{"hyakki "} + version_text + "\n");
  return exit_done;
}

} // namespace hyakki::cli
