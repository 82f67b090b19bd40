#pragma once
// What a search asks for, and whether a ticket is it.
//
// A query is words with terms among them:
//   status:open  priority:high  label:bug  assignee:bob  reporter:ann  epic:USER-1  id:FIX-1   (-label:bug = not)
// `assignee:none` asks for tickets of nobody; of several values with commas one is enough. What is no term is one
// text, blanks included, that must stand in the title, the description or a comment; case does not matter. A name
// that is no term's, as in "http://x", is text. Pure; linear in the size of the ticket.

#include "core/error.hpp"
#include "tickets/model/ticket.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

struct query_term {
  std::string field; ///< one of those above
  words any_of;      ///< case folded
  bool negated = false;
};

struct query {
  std::string text; ///< case folded; empty = anything
  std::vector<query_term> terms;
};

/// At most 1,000 bytes and 32 terms: `rejected` beyond, and for a term without a value.
result<query> read_query(std::string_view text);

/// Whether the terms hold.
bool terms_match(const query& what, const ticket& t);
/// Whether the terms hold and the text is there.
bool matches(const query& what, const ticket& t);
/// The same by title and labels alone, as the format's `search --fast` does.
bool matches_fast(const query& what, const ticket& t);

} // namespace hyakki::tickets
