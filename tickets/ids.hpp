#pragma once
// Names for new records. Pure but for the random ones.

#include <string>
#include <string_view>

namespace hyakki::tickets {

/// The part of an id before the number: the title's first word, raised, of letters A-Z and digits alone, at most
/// `most` of them; `fallback` when nothing is left.
std::string id_prefix(std::string_view title, std::size_t most, std::string_view fallback);

/// `AGENT-` and the name, raised, every run of other characters than letters and digits turned into one '-', at most
/// 16 of them.
std::string agent_id_stem(std::string_view name);

/// Eight random hex digits, for the records inside a ticket.
std::string random_record_id();
/// The same in upper case, for tasks.
std::string random_task_id();
/// Eight random letters and digits that are hard to mix up, for ids that no other branch will make.
std::string random_ticket_part();

/// "FIX-12" is FIX and 12; the number is 0 when the id does not end in one of at most 18 digits.
struct numbered_id {
  std::string_view prefix;
  std::uint64_t number = 0;
};
numbered_id split_id(std::string_view id);

} // namespace hyakki::tickets
