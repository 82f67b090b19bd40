#pragma once
// index.yaml of repo-tickets, kept in step: one entry a ticket, sorted by id.
//
// Nothing of ours reads it; the Python tool's lists do. Entries are spliced into the text as it stands, and a
// file that is not in the form that the tool writes is not touched here (the store writes it anew). Pure.

#include "tickets/ticket_file.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace hyakki::tickets {

/// The entry of a ticket, its key included.
std::string index_entry(std::string_view id, const ticket_file& ticket);

/// The index with that ticket's entry replaced, added, or (empty entry) left out; nothing when the text is not
/// an index as it should be.
std::optional<std::string> with_entry(std::string_view index, std::string_view id, std::string_view entry);

} // namespace hyakki::tickets
