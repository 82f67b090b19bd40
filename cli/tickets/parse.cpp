#include "cli/tickets/parse.hpp"

#include "cli/text.hpp"
#include "cli/tickets/help.hpp"
#include "cli/tickets/print.hpp"
#include "cli/version.hpp"
#include "tickets/local_time.hpp"
#include "tickets/text.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace hyakki::ticket_cli {
namespace {

std::string in_quotes(const std::string& text) { return "\"" + cli::safe(text, 60) + "\""; }

std::vector<std::string> split(const char* text) {
  std::vector<std::string> out;
  std::string word;
  for (auto c = text;; ++c) {
    if (*c == ' ' || *c == '\0') {
      if (!word.empty())
        out.push_back(std::exchange(word, {}));
      if (*c == '\0')
        return out;
    } else {
      word += *c;
    }
  }
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (auto& w : words)
    out += (out.empty() ? "" : ", ") + w;
  return out;
}

bool whole_number(const std::string& text) {
  char* end = nullptr;
  errno = 0;
  (void)std::strtoll(text.c_str(), &end, 10);
  return !text.empty() && *end == '\0' && errno == 0 && text[0] != ' ';
}

bool plain_number(const std::string& text) {
  char* end = nullptr;
  auto value = std::strtod(text.c_str(), &end);
  return !text.empty() && *end == '\0' && std::isfinite(value) && text[0] != ' ' &&
         text.find_first_not_of("+-.0123456789eE") == std::string::npos;
}

std::string range_text(const option& o) {
  auto number = [](double value) {
    auto text = std::to_string(value);
    text.erase(text.find_last_not_of('0') + 1);
    return text.back() == '.' ? text.substr(0, text.size() - 1) : text;
  };
  auto low = o.least > -1e15, high = o.most < 1e15;
  return low && high ? number(o.least) + " to " + number(o.most)
         : low       ? "at least " + number(o.least)
                     : "at most " + number(o.most);
}

/// What is wrong with a value; empty when nothing is.
std::string fault_of(const option& o, const std::string& value) {
  auto label = positional(o) ? std::string{o.flags} : "--" + name_of(o);
  switch (o.value) {
  case takes::choice: {
    auto allowed = split(o.allowed);
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end())
      return label + " is " + in_quotes(value) + "; allowed are " + joined(allowed);
    return {};
  }
  case takes::integer:
  case takes::number: {
    auto whole = o.value == takes::integer;
    if (whole ? !whole_number(value) : !plain_number(value))
      return label + " is " + in_quotes(value) + "; it must be " + (whole ? "a whole number" : "a number");
    auto n = std::strtod(value.c_str(), nullptr);
    if (n < o.least || n > o.most)
      return label + " is " + in_quotes(value) + "; it must be " + range_text(o);
    return {};
  }
  default: return {};
  }
}

int complain(const std::string& program, const std::string& path, const std::string& text) {
  say_error(text + (text.back() == '?' ? " Try \"" : ". Try \"") + program + (path.empty() ? "" : " " + path) +
            " --help\"");
  return exit_usage;
}

/// How many letters must be changed to make one word of the other.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto best = std::min({row[j] + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0 : 1)});
      corner = std::exchange(row[j], best);
    }
  }
  return row[b.size()];
}

const command* find_row(const std::string& path) {
  for (auto& file : all_commands())
    for (auto& row : file)
      if (path == row.path)
        return &row;
  return nullptr;
}

bool is_group(const std::string& word) {
  for (auto& file : all_commands())
    for (auto& row : file)
      if (std::string_view{row.path}.substr(0, word.size() + 1) == word + " ")
        return true;
  return false;
}

constexpr std::size_t most_slips = 3;

std::string nearest(const std::string& group, const std::string& word) {
  std::string best;
  auto least = word.size() / 2 + 1; // half of the letters may be wrong, not all of them
  auto prefix = group.empty() ? group : group + " ";
  for (auto& file : all_commands())
    for (auto& row : file) {
      auto path = std::string{row.path};
      if (path.rfind(prefix, 0) != 0)
        continue;
      auto name = path.substr(prefix.size());
      name.resize(std::min(name.find(' '), name.size()));
      if (auto d = distance(word.substr(0, 40), name); d < least && d <= most_slips) {
        least = d;
        best = name;
      }
    }
  return best;
}

} // namespace

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    auto end = std::min(text.find(',', at), text.size());
    auto word = std::string{tickets::stripped(std::string_view{text}.substr(at, end - at))};
    if (!word.empty() && std::find(out.begin(), out.end(), word) == out.end())
      out.push_back(word);
    at = end + 1;
  }
  return out;
}

/// Fills a call; a friend of it.
struct parser {
  const std::string& program;
  call into;

  std::variant<call, int> read(std::vector<std::string> words) {
    auto& row = into.row();
    CLI::App app{row.about};
    app.set_help_flag();
    app.prefix_command(false);
    bool help = false, json = false;
    std::vector<CLI::Option*> seen(row.count);
    std::string format;
    try {
      app.add_flag("-h,--help", help);
      app.add_flag("--json", json);
      app.add_option("--format", format)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      app.add_option("-C,--directory", into.directory_)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
      for (std::size_t n = 0; n < row.count; ++n) {
        auto& o = row.options[n];
        if (o.value == takes::nothing) {
          seen[n] = app.add_flag(o.flags);
        } else if (positional(o) && o.value == takes::each) {
          seen[n] = app.add_option(o.flags)->expected(-1)->take_all();
        } else {
          seen[n] = app.add_option(o.flags)->expected(1)->allow_extra_args(false)->take_all();
        }
      }
      // CLI11 takes them from the back.
      std::reverse(words.begin(), words.end());
      app.parse(words);
    } catch (const CLI::ParseError& e) {
      if (help)
        return helped();
      return complain(program, row.path, plain(e, app.remaining(), seen));
    }
    if (help)
      return helped();
    for (std::size_t n = 0; n < row.count; ++n)
      if (seen[n]->count() != 0)
        into.given_.emplace_back(name_of(row.options[n]), row.options[n].value == takes::nothing
                                                            ? std::vector<std::string>{}
                                                            : seen[n]->results());
    auto fault = check(format, json);
    if (!fault.empty())
      return complain(program, row.path, fault);
    return std::move(into);
  }

  int helped() const {
    cli::put(help_of(program, into.row()));
    return exit_done;
  }

  std::string plain(const CLI::ParseError& e, const std::vector<std::string>& extras,
                    const std::vector<CLI::Option*>& seen) const {
    auto& row = into.row();
    auto text = std::string{e.what()};
    if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr && !extras.empty()) {
      auto said = in_quotes(extras[0]) + " was not expected here";
      // Perhaps it was meant as a text, and looks like an option.
      for (std::size_t n = 0; n < row.count; ++n)
        if (positional(row.options[n]) && seen[n]->count() == 0 && extras[0][0] == '-')
          return said + "; a " + row.options[n].flags + " that begins with a dash comes after \"--\"";
      return said;
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&e) != nullptr && text.find(" required ") != std::string::npos) {
      auto name = text.substr(0, text.find(':'));
      for (auto o = row.options; o != row.options + row.count; ++o)
        if (o->value == takes::choice && "--" + name_of(*o) == name)
          return name + " needs a value; allowed are " + joined(split(o->allowed));
      return name + " needs a value";
    }
    return cli::safe(text, 200);
  }

  std::string check(const std::string& format, bool json) {
    auto& row = into.row();
    for (auto o = row.options; o != row.options + row.count; ++o) {
      auto name = name_of(*o);
      auto values = into.find(name);
      if (values == nullptr) {
        if (positional(*o) ? o->fallback == nullptr : o->needed)
          return (positional(*o) ? name : "--" + name) + " is missing" +
                 (*o->about != '\0' ? std::string{" ("} + o->about + ")" : "");
        continue;
      }
      for (auto& value : *values) {
        if (value.find('\0') != std::string::npos)
          return name + " has a NUL character";
        if (auto fault = fault_of(*o, value); !fault.empty())
          return fault;
      }
    }
    auto formats = split(row.formats);
    if (json && !format.empty() && format != "json")
      return "--json and --format " + format + " contradict each other";
    into.format_ = !format.empty() ? format : json ? "json" : formats[0];
    if (std::find(formats.begin(), formats.end(), into.format_) == formats.end())
      return "--format is " + in_quotes(into.format_) + "; allowed are " + joined(formats);
    return {};
  }
};

std::variant<call, int> parse(const std::string& program, const std::vector<std::string>& words) {
  auto first = words.empty() ? std::string{} : words[0];
  if (first.empty() || first == "-h" || first == "--help" || first == "help") {
    cli::put(help_of_group(program, all_commands(), ""));
    return exit_done;
  }
  if (first == "--version")
    first = "version";
  if (first[0] == '-')
    return complain(program, "",
                    in_quotes(first) + " is no command; options come after it, as in \"" + program + " list -C PATH\"");
  auto path = first;
  std::size_t used = 1;
  auto row = find_row(path);
  if (row == nullptr && is_group(first)) {
    auto second = words.size() > 1 ? words[1] : std::string{};
    if (second.empty() || second == "-h" || second == "--help") {
      cli::put(help_of_group(program, all_commands(), first));
      return exit_done;
    }
    path += " " + second;
    row = find_row(path);
    used = 2;
    if (row == nullptr) {
      auto close = nearest(first, second);
      return complain(program, first,
                      in_quotes(second) + " is no command of " + first +
                        (close.empty() ? "" : "; did you mean \"" + close + "\"?"));
    }
  }
  if (row == nullptr) {
    auto close = nearest("", first);
    return complain(program, "",
                    in_quotes(first) + " is no command" + (close.empty() ? "" : "; did you mean \"" + close + "\"?"));
  }
  return parser{program, call{*row, program}}.read({words.begin() + static_cast<std::ptrdiff_t>(used), words.end()});
}

const std::vector<std::string>* call::find(std::string_view name) const {
  for (auto& [key, values] : given_)
    if (key == name)
      return &values;
  return nullptr;
}

std::optional<std::string> call::optional_text(std::string_view name) const {
  auto values = find(name);
  if (values == nullptr || values->empty())
    return std::nullopt;
  return values->back();
}

std::string call::text(std::string_view name) const {
  if (auto value = optional_text(name))
    return *value;
  for (auto o = row_->options; o != row_->options + row_->count; ++o)
    if (name_of(*o) == name && o->fallback != nullptr)
      return o->fallback;
  return {};
}

std::vector<std::string> call::texts(std::string_view name) const {
  auto values = find(name);
  if (values == nullptr)
    return {};
  std::vector<std::string> out;
  for (auto o = row_->options; o != row_->options + row_->count; ++o)
    if (name_of(*o) == name && o->value != takes::word_list)
      return *values;
  for (auto& value : *values)
    for (auto& word : words_of(value))
      if (std::find(out.begin(), out.end(), word) == out.end())
        out.push_back(word);
  return out;
}

std::optional<std::int64_t> call::integer(std::string_view name) const {
  auto value = text(name);
  if (value.empty())
    return std::nullopt;
  return std::strtoll(value.c_str(), nullptr, 10);
}

std::optional<double> call::number(std::string_view name) const {
  auto value = text(name);
  if (value.empty())
    return std::nullopt;
  return std::strtod(value.c_str(), nullptr);
}

} // namespace hyakki::ticket_cli
