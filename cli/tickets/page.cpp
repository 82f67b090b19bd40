#include "cli/tickets/page.hpp"

#include <cstdio>

namespace hyakki::ticket_cli {

page::page() : colour_(cli::wants_colour(stdout)) {}

void page::title(std::string_view label, std::string_view text) {
  out_ += cli::paint(colour_, cli::tone::strong, std::string{label} + ": " + cut(text)) + "\n";
}

void page::head(std::string_view text) { out_ += "\n" + cli::paint(colour_, cli::tone::strong, cut(text)) + "\n"; }

void page::fact(std::string_view label, std::string_view value) {
  if (!value.empty())
    out_ += cli::paint(colour_, cli::tone::faint, std::string{label} + ":") + " " + cut(value) + "\n";
}

void page::line(std::string_view text, int indent) {
  out_ += std::string(static_cast<std::size_t>(indent), ' ') + cut(text) + "\n";
}

void page::text(std::string_view text, int indent) {
  out_ += block(text, std::string(static_cast<std::size_t>(indent), ' '));
}

std::string minute_of(std::string_view time) {
  auto out = std::string{time.substr(0, 16)};
  if (out.size() > 10 && out[10] == 'T')
    out[10] = ' ';
  return out;
}

std::string day_of(std::string_view time) { return std::string{time.substr(0, 10)}; }

} // namespace hyakki::ticket_cli
