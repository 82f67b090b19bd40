#pragma once
// A text that the user changes in the editor of their choice, without a shell.

#include "core/error.hpp"

#include <string>

namespace hyakki::ticket_cli {

/// What the user made of `text`. $VISUAL, else $EDITOR, else vi; the value is split at blanks and its words are the
/// command, nothing in it is expanded. `name` ends the name of the temporary file. `rejected` when the editor fails.
result<std::string> edited_text(const std::string& text, const std::string& name);

} // namespace hyakki::ticket_cli
