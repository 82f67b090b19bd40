#include "cli/tickets/gherkin.hpp"

#include "core/utf8.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace hyakki::ticket_cli {
namespace {

using tickets::stripped;

enum class section : std::uint8_t { none, feature, rule, background, scenario, outline, examples };

struct heading {
  const char* word;
  section begins;
};
// The longer words first: "Scenario Outline" begins with "Scenario".
constexpr std::array headings{
  heading{"Scenario Outline:", section::outline},
  heading{"Scenario Template:", section::outline},
  heading{"Scenario:", section::scenario},
  heading{"Example:", section::scenario},
  heading{"Scenarios:", section::examples},
  heading{"Examples:", section::examples},
  heading{"Background:", section::background},
  heading{"Feature:", section::feature},
  heading{"Rule:", section::rule},
};

enum class step : std::uint8_t { given, when, then, same };
struct step_word {
  const char* word;
  step is;
};
constexpr std::array step_words{
  step_word{"Given ", step::given}, step_word{"When ", step::when}, step_word{"Then ", step::then},
  step_word{"And ", step::same},    step_word{"But ", step::same},  step_word{"* ", step::same},
};

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

std::vector<std::string> cells_of(std::string_view row) {
  std::vector<std::string> out;
  std::string cell;
  for (std::size_t n = 1; n < row.size(); ++n) {
    if (row[n] == '\\' && n + 1 < row.size() && (row[n + 1] == '|' || row[n + 1] == '\\')) {
      cell += row[++n];
    } else if (row[n] == '|') {
      out.emplace_back(stripped(cell));
      cell.clear();
    } else {
      cell += row[n];
    }
  }
  return out;
}

std::string with_values(std::string text, const std::vector<std::string>& names,
                        const std::vector<std::string>& values) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    auto open = text.find('<', at);
    auto close = open == std::string::npos ? open : text.find('>', open);
    if (close == std::string::npos)
      return out + text.substr(at);
    auto name = std::find(names.begin(), names.end(), text.substr(open + 1, close - open - 1));
    out += text.substr(at, open - at);
    if (name == names.end()) {
      out += '<';
      at = open + 1;
    } else {
      out += values[static_cast<std::size_t>(name - names.begin())];
      at = close + 1;
    }
  }
  return out;
}

class feature_reader {
public:
  result<std::vector<scenario_text>> read(std::string_view text) {
    while (!text.empty() && !fault_) {
      auto end = std::min(text.find('\n'), text.size());
      auto line = text.substr(0, end);
      text.remove_prefix(std::min(end + 1, text.size()));
      ++number_;
      take(line);
    }
    if (!fault_ && in_doc_)
      refuse("a doc string is not closed");
    if (!fault_)
      finish();
    if (!fault_ && done_.empty())
      refuse("there is no scenario in it; a scenario begins with \"Scenario: its title\"");
    if (fault_)
      return *fault_;
    return std::move(done_);
  }

private:
  void refuse(const std::string& why) {
    if (!fault_)
      fault_ = error{ec::rejected, (number_ == 0 ? "" : "line " + std::to_string(number_) + ": ") + why};
  }

  void take(std::string_view raw) {
    auto line = stripped(raw);
    if (in_doc_)
      return take_doc(raw, line);
    if (line.empty())
      return;
    if (line[0] == '#') {
      auto said = stripped(line.substr(1));
      if (starts(said, "language:") && stripped(said.substr(9)) != "en")
        refuse("the language is \"" + tickets::printable(stripped(said.substr(9))) +
               "\"; only English keywords are read");
      return;
    }
    if (line[0] == '@')
      return take_tags(line);
    for (auto& h : headings)
      if (starts(line, h.word))
        return begin(h.begins, stripped(line.substr(std::string_view{h.word}.size())));
    if (line[0] == '|')
      return take_row(line);
    if (starts(line, "\"\"\"") || starts(line, "```")) {
      if (last_ == nullptr)
        return refuse("a doc string without a step before it");
      in_doc_ = true;
      doc_mark_ = std::string{line.substr(0, 3)};
      doc_indent_ = raw.find_first_not_of(" \t");
      return extend(std::string{line});
    }
    for (auto& w : step_words)
      if (starts(line, w.word) && at_ != section::none && at_ != section::feature && at_ != section::rule &&
          at_ != section::examples)
        return take_step(w.is, line, stripped(line.substr(std::string_view{w.word}.size())));
    // Free text: allowed under a heading, before its first step.
    if (at_ == section::none || (last_ != nullptr && at_ != section::examples))
      refuse("\"" + tickets::printable(line.substr(0, 60)) +
             "\" is neither a heading nor a step; steps begin with Given, When, Then, And, But or *");
  }

  void take_doc(std::string_view raw, std::string_view line) {
    if (line == doc_mark_) {
      in_doc_ = false;
      return extend(doc_mark_);
    }
    auto indent = std::min({doc_indent_, raw.find_first_not_of(" \t"), raw.size()});
    auto kept = raw.substr(indent);
    if (!kept.empty() && kept.back() == '\r')
      kept.remove_suffix(1);
    extend(std::string{kept});
  }

  void take_tags(std::string_view line) {
    while (!line.empty() && line[0] != '#') {
      auto end = std::min(line.find_first_of(" \t"), line.size());
      auto tag = line.substr(0, end);
      if (tag.size() < 2 || tag[0] != '@')
        return refuse("\"" + tickets::printable(tag) + "\" among tags; a tag is @ and a word");
      if (tags_.size() >= 100)
        return refuse("more than 100 tags");
      tags_.emplace_back(tag.substr(1));
      line = stripped(line.substr(end));
    }
  }

  void begin(section what, std::string_view title) {
    if (what == section::examples) {
      if (at_ != section::outline && at_ != section::examples)
        return refuse("Examples without a Scenario Outline before them");
      at_ = section::examples;
      names_.clear();
      tags_.clear();
      last_ = nullptr;
      return;
    }
    finish();
    at_ = what;
    last_ = nullptr;
    auto had_rule = in_rule_;
    in_rule_ = what == section::rule || (in_rule_ && what != section::feature);
    in_background_ = what == section::background;
    if (what == section::feature) {
      own_tags_ = tags_;
      inherited_tags_ = tags_;
      feature_background_.clear();
      background_.clear();
    } else if (what == section::rule) {
      // What a rule adds ends with it.
      inherited_tags_ = own_tags_;
      inherited_tags_.insert(inherited_tags_.end(), tags_.begin(), tags_.end());
      if (!had_rule)
        feature_background_ = background_;
      background_ = feature_background_;
    } else if (what != section::background) {
      if (title.empty())
        return refuse("a scenario without a title; write it behind the colon");
      now_ = scenario_text{};
      now_->title = std::string{title};
      now_->tags = inherited_tags_;
      now_->tags.insert(now_->tags.end(), tags_.begin(), tags_.end());
      outline_ = what == section::outline;
      seen_row_ = false;
      steps_ = 0;
      kind_ = step::same;
    }
    tags_.clear();
  }

  void take_step(step is, std::string_view line, std::string_view text) {
    if (++steps_ > most_steps)
      return refuse("more than " + std::to_string(most_steps) + " steps");
    if (in_background_) {
      background_ += (background_.empty() ? "" : "\n") + std::string{line};
      last_ = &background_;
      return;
    }
    if (is != step::same)
      kind_ = is;
    auto& list = kind_ == step::when ? now_->when : kind_ == step::then ? now_->then : now_->given;
    list.emplace_back(text);
    last_ = &list.back();
  }

  void take_row(std::string_view line) {
    if (at_ != section::examples) {
      if (last_ == nullptr)
        return refuse("a table without a step before it");
      return extend(std::string{line});
    }
    auto cells = cells_of(line);
    if (names_.empty()) {
      names_ = cells;
      return;
    }
    if (cells.size() != names_.size())
      return refuse("a row of " + std::to_string(cells.size()) + " cells under a head of " +
                    std::to_string(names_.size()));
    auto one = *now_;
    for (auto part : {&one.given, &one.when, &one.then})
      for (auto& s : *part)
        s = with_values(std::move(s), names_, cells);
    auto title = with_values(one.title, names_, cells);
    auto values = std::string{};
    for (auto& c : cells)
      values += (values.empty() ? "" : ", ") + c;
    one.title = title != one.title ? title : title + " (" + values + ")";
    seen_row_ = true;
    keep(std::move(one));
  }

  void extend(const std::string& line) {
    grown_ += line.size();
    if (grown_ > 4 * most_feature_bytes)
      return refuse("too much text");
    *last_ += "\n" + line;
  }

  void keep(scenario_text one) {
    one.background = background_;
    if (one.given.empty() && one.when.empty() && one.then.empty())
      return refuse("the scenario \"" + tickets::printable(one.title) + "\" has no step");
    for (auto part : {&one.given, &one.when, &one.then})
      for (auto& s : *part)
        grown_ += s.size();
    if (grown_ += one.background.size(); grown_ > 16 * most_feature_bytes)
      return refuse("the scenarios are too long together");
    if (done_.size() >= most_scenarios)
      return refuse("more than " + std::to_string(most_scenarios) + " scenarios");
    done_.push_back(std::move(one));
  }

  void finish() {
    if (now_ && !seen_row_) {
      if (outline_)
        refuse("the Scenario Outline \"" + tickets::printable(now_->title) + "\" has no Examples");
      else
        keep(std::move(*now_));
    }
    now_.reset();
    in_background_ = false;
    last_ = nullptr;
  }

  section at_ = section::none;
  step kind_ = step::same;
  bool in_background_ = false, in_rule_ = false, in_doc_ = false, outline_ = false, seen_row_ = false;
  std::string doc_mark_, background_, feature_background_;
  std::size_t doc_indent_ = 0, number_ = 0, steps_ = 0, grown_ = 0;
  std::vector<std::string> tags_, own_tags_, inherited_tags_, names_;
  std::string* last_ = nullptr; ///< where tables and doc strings go
  std::optional<scenario_text> now_;
  std::vector<scenario_text> done_;
  std::optional<error> fault_;
};

} // namespace

result<std::vector<scenario_text>> read_feature(std::string_view text) {
  if (text.size() > most_feature_bytes)
    return {ec::rejected, "the file is larger than 1 MiB"};
  if (starts(text, "\xef\xbb\xbf"))
    text.remove_prefix(3);
  if (auto bad = tickets::first_bad_byte(text))
    return {ec::rejected, "byte " + std::to_string(*bad) + " is not UTF-8 text"};
  return feature_reader{}.read(text);
}

namespace {

bool is_argument(std::string_view line) { return starts(line, "|") || starts(line, "\"\"\"") || starts(line, "```"); }

std::vector<std::string> lines_of(std::string_view text) {
  auto out = std::vector<std::string>{};
  while (!text.empty()) {
    auto end = std::min(text.find('\n'), text.size());
    out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

/// A step with its table or doc string below; other line breaks become blanks, as a step is one line.
std::string step_lines(const std::string& step, const std::string& indent) {
  auto out = std::string{};
  bool argument = false;
  for (auto& line : lines_of(step)) {
    argument = argument || is_argument(stripped(line));
    if (argument)
      out += "\n" + indent + line;
    else if (auto words = stripped(line); !words.empty())
      out += (out.empty() ? "" : " ") + std::string{words};
  }
  return out;
}

/// The lines of a background as steps: one without a step's word is a step of "*".
std::string background_lines(const std::string& text, const std::string& indent) {
  auto out = std::string{};
  auto doc = std::string{};
  for (auto& line : lines_of(text)) {
    auto words = std::string{stripped(line)};
    if (!doc.empty()) {
      out += "\n" + indent + "  " + line;
      if (words == doc)
        doc.clear();
      continue;
    }
    if (words.empty())
      continue;
    bool known = std::any_of(step_words.begin(), step_words.end(), [&](auto& w) { return starts(words, w.word); });
    if (is_argument(words) && words[0] != '|')
      doc = words.substr(0, 3);
    out += "\n" + indent + (is_argument(words) ? "  " : known ? "" : "* ") + words;
  }
  return out;
}

} // namespace

std::vector<std::string> tags_of(std::string_view text) {
  auto out = std::vector<std::string>{};
  constexpr auto between = " \t\r\n,@";
  for (auto at = text.find_first_not_of(between); at != std::string_view::npos;
       at = text.find_first_not_of(between, at)) {
    auto end = std::min(text.find_first_of(between, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end;
  }
  return out;
}

result<void> check_steps(const scenario_text& s) {
  if (s.title.find('\n') != std::string::npos)
    return {ec::rejected, "the title has a line break; a scenario's title is one line"};
  for (auto list : {&s.given, &s.when, &s.then})
    for (auto& step : *list)
      if (stripped(step).empty() || step.find('\n') != std::string::npos)
        return {ec::rejected, "the step \"" + tickets::printable(step) +
                                "\" is empty or has a line break; a step is one line, and tables and doc strings come "
                                "with --file"};
  return {};
}

std::string feature_text(const scenario_text& s) {
  auto out = std::string{};
  if (!s.background.empty())
    out += "Background:" + background_lines(s.background, "  ") + "\n\n";
  auto tags = std::string{};
  for (auto& given : s.tags)
    for (auto& tag : tags_of(given))
      tags += (tags.empty() ? "@" : " @") + tag;
  if (!tags.empty())
    out += tags + "\n";
  out += "Scenario: " + step_lines(s.title, "");
  auto steps = [&](const char* word, const std::vector<std::string>& list) {
    for (std::size_t n = 0; n < list.size(); ++n)
      out += std::string{"\n  "} + (n == 0 ? word : "And") + " " + step_lines(list[n], "    ");
  };
  steps("Given", s.given);
  steps("When", s.when);
  steps("Then", s.then);
  return out;
}

} // namespace hyakki::ticket_cli
