#include "cli/tickets/misused.hpp"

#include "cli/tickets/print.hpp"
#include "tickets/text.hpp"

namespace hyakki::ticket_cli {

int misused(const call& asked, std::string_view text) {
  say_error(std::string{text} + ". Try \"" + asked.program() + " " + asked.row().path + " --help\"");
  return exit_usage;
}

std::optional<std::string> title_given(const call& asked, const char* what) {
  auto first = asked.optional_text("TITLE"), second = asked.optional_text("title");
  if (!first && !second) {
    misused(asked, std::string{"TITLE is missing ("} + what + ")");
    return std::nullopt;
  }
  if (first && second && *first != *second) {
    misused(asked,
            "TITLE is \"" + cut(*first, 60) + "\" and --title is \"" + cut(*second, 60) + "\"; give one of them");
    return std::nullopt;
  }
  return std::string{tickets::stripped(first ? *first : *second)};
}

} // namespace hyakki::ticket_cli
