#include "tickets/query.hpp"

#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_bytes = 1000;
constexpr std::size_t most_terms = 32;

using values = words (*)(const ticket&);

words one(const std::string& text) { return {text}; }
words one_or_none(const std::optional<std::string>& text) { return {text && !text->empty() ? *text : "none"}; }

struct term_field {
  std::string_view name;
  values of;
};
constexpr term_field term_fields[] = {
  {"status", [](const ticket& t) { return one(t.status); }},
  {"priority", [](const ticket& t) { return one(t.priority); }},
  {"label", [](const ticket& t) { return t.labels.empty() ? words{"none"} : t.labels; }},
  {"assignee", [](const ticket& t) { return one_or_none(t.assignee); }},
  {"reporter", [](const ticket& t) { return one(t.reporter); }},
  {"epic", [](const ticket& t) { return one_or_none(t.epic_id); }},
  {"id", [](const ticket& t) { return one(t.id); }},
};

const term_field* field_named(std::string_view name) {
  for (auto& f : term_fields)
    if (f.name == name)
      return &f;
  return nullptr;
}

bool has(const std::string& text, const std::string& part) { return folded(text).find(part) != std::string::npos; }

result<bool> take_term(std::string_view word, query& out) {
  auto colon = word.find(':');
  if (colon == std::string_view::npos)
    return false;
  auto term = query_term{};
  term.negated = word.front() == '-';
  term.field = word.substr(term.negated, colon - term.negated);
  if (!field_named(term.field))
    return false;
  for (auto rest = word.substr(colon + 1); !rest.empty();) {
    auto comma = std::min(rest.find(','), rest.size());
    if (comma > 0)
      term.any_of.push_back(folded(rest.substr(0, comma)));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  if (term.any_of.empty())
    return {ec::rejected, "tickets: the term '" + printable(word) + "' has no value, as in status:open"};
  if (out.terms.size() == most_terms)
    return {ec::rejected, "tickets: a query has at most " + std::to_string(most_terms) + " terms"};
  out.terms.push_back(std::move(term));
  return true;
}

} // namespace

result<query> read_query(std::string_view text) {
  if (text.size() > most_bytes)
    return {ec::rejected, "tickets: a query has at most " + std::to_string(most_bytes) + " bytes"};
  auto out = query{};
  auto rest = std::string{};
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find(' ', at), text.size());
    auto word = text.substr(at, end - at);
    auto term = word.empty() ? result<bool>{false} : take_term(word, out);
    if (!term)
      return term.error();
    if (!*term)
      rest += std::string{word} + (end < text.size() ? " " : "");
    at = std::min(end + 1, text.size());
  }
  out.text = folded(out.terms.empty() ? text : stripped(rest));
  return out;
}

bool terms_match(const query& what, const ticket& t) {
  return std::all_of(what.terms.begin(), what.terms.end(), [&](auto& term) {
    auto all = field_named(term.field)->of(t);
    bool found = std::any_of(all.begin(), all.end(), [&](auto& v) {
      return std::find(term.any_of.begin(), term.any_of.end(), folded(v)) != term.any_of.end();
    });
    return found != term.negated;
  });
}

bool matches(const query& what, const ticket& t) {
  if (!terms_match(what, t))
    return false;
  return what.text.empty() || has(t.title, what.text) || has(t.description, what.text) ||
         std::any_of(t.comments.begin(), t.comments.end(), [&](auto& c) { return has(c.content, what.text); });
}

bool matches_fast(const query& what, const ticket& t) {
  if (!terms_match(what, t))
    return false;
  return what.text.empty() || has(t.title, what.text) ||
         std::any_of(t.labels.begin(), t.labels.end(), [&](auto& l) { return has(l, what.text); });
}

} // namespace hyakki::tickets
