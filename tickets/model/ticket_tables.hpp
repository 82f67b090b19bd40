#pragma once
// The tables of a ticket and of the records inside it. Inner header of the model.

#include "tickets/model/fields.hpp"
#include "tickets/model/ticket.hpp"

namespace hyakki::tickets {

template <>
struct field_table<comment_record> {
  static const std::vector<field<comment_record>>& rows();
};
template <>
struct field_table<journal_entry> {
  static const std::vector<field<journal_entry>>& rows();
};
template <>
struct field_table<time_log> {
  static const std::vector<field<time_log>>& rows();
};
template <>
struct field_table<requirement> {
  static const std::vector<field<requirement>>& rows();
};
template <>
struct field_table<user_story> {
  static const std::vector<field<user_story>>& rows();
};
template <>
struct field_table<expected_result> {
  static const std::vector<field<expected_result>>& rows();
};
template <>
struct field_table<gherkin_scenario> {
  static const std::vector<field<gherkin_scenario>>& rows();
};
template <>
struct field_table<ticket> {
  static const std::vector<field<ticket>>& rows();
};

/// Without blanks around them, empty ones and repeats; the order stays.
void tidy(words& labels);

} // namespace hyakki::tickets
