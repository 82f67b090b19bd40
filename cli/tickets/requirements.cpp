// requirements: what a ticket must bring, and whether it does.

#include "cli/tickets/figures.hpp"
#include "cli/tickets/gherkin.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/misused.hpp"
#include "cli/tickets/parse.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/tell.hpp"
#include "cli/tickets/text_file.hpp"
#include "cli/tickets/ticket_page.hpp"
#include "tickets/text.hpp"

#include <algorithm>

namespace hyakki::ticket_cli {
namespace {

std::string stripped(const std::string& text) { return std::string{tickets::stripped(text)}; }

/// Changes the ticket by `how`, brings its verdict up to date, and says `text`.
int changed(const call& asked, session& at, const std::function<result<void>(tickets::ticket&)>& how,
            const std::string& text) {
  auto done = at.change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    if (auto did = how(t); !did)
      return did.error();
    t.acceptance_criteria_met = tickets::acceptance_met(t);
    return true;
  });
  if (!done)
    return fail(done.error());
  return told(asked, *done, text + " to " + done->id + "\n");
}

int add(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto r = tickets::requirement{};
  r.id = tickets::random_record_id();
  r.title = stripped(asked.text("title"));
  r.description = asked.text("description");
  r.priority = asked.text("priority");
  r.acceptance_criteria = asked.texts("criteria");
  r.created_at = r.updated_at = at->now();
  r.author = at->me().name;
  return changed(
    asked, *at, [&](tickets::ticket& t) -> result<void> { return t.requirements.push_back(r), result<void>{}; },
    "Added requirement " + r.id);
}

int story(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto s = tickets::user_story{};
  s.id = tickets::random_record_id();
  s.persona = stripped(asked.text("persona"));
  s.goal = stripped(asked.text("goal"));
  s.benefit = stripped(asked.text("benefit"));
  s.priority = asked.text("priority");
  s.story_points = asked.integer("points");
  s.acceptance_criteria = asked.texts("criteria");
  s.created_at = at->now();
  s.author = at->me().name;
  return changed(
    asked, *at, [&](tickets::ticket& t) -> result<void> { return t.user_stories.push_back(s), result<void>{}; },
    "Added user story " + s.id);
}

int expected(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto r = tickets::expected_result{};
  r.id = tickets::random_record_id();
  r.description = stripped(asked.text("description"));
  r.verification_method = asked.text("method");
  r.success_criteria = asked.texts("criteria");
  r.created_at = at->now();
  return changed(
    asked, *at, [&](tickets::ticket& t) -> result<void> { return t.expected_results.push_back(r), result<void>{}; },
    "Added expected result " + r.id);
}

result<std::vector<scenario_text>> scenarios_of(const call& asked) {
  if (auto file = asked.optional_text("file")) {
    auto text = read_text_file(*file, most_feature_bytes);
    if (!text)
      return text.error();
    auto read = read_feature(*text);
    if (!read)
      return with_context(read.error(), *file);
    return read;
  }
  auto s = scenario_text{};
  s.title = stripped(asked.text("title"));
  if (s.title.empty())
    return error{ec::rejected, "--title or --file is missing; a scenario needs a title"};
  for (auto& line : asked.texts("background"))
    s.background += (s.background.empty() ? "" : "\n") + line;
  s.given = asked.texts("given");
  s.when = asked.texts("when");
  s.then = asked.texts("then");
  for (auto& given : asked.texts("tags"))
    for (auto& tag : tags_of(given))
      s.tags.push_back(tag);
  if (s.given.empty() && s.when.empty() && s.then.empty())
    return error{ec::rejected, "a scenario needs a step: --given, --when or --then, each as often as there are steps"};
  if (auto good = check_steps(s); !good)
    return good.error();
  return std::vector<scenario_text>{s};
}

int gherkin(const call& asked) {
  for (auto name : {"title", "given", "when", "then", "background", "tags"})
    if (asked.has("file") && asked.has(name))
      return misused(asked,
                     std::string{"--file and --"} + name + " do not go together: the file has all of a scenario");
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto read = scenarios_of(asked);
  if (!read)
    return fail(read.error());
  std::string ids;
  auto records = std::vector<tickets::gherkin_scenario>{};
  for (auto& s : *read) {
    auto& r = records.emplace_back();
    r.id = tickets::random_record_id();
    r.title = s.title;
    r.background = s.background;
    r.given = s.given;
    r.when = s.when;
    r.then = s.then;
    r.tags = s.tags;
    r.created_at = at->now();
    r.author = at->me().name;
    ids += (ids.empty() ? "" : ", ") + r.id;
  }
  return changed(
    asked, *at,
    [&](tickets::ticket& t) -> result<void> {
      t.gherkin_scenarios.insert(t.gherkin_scenarios.end(), records.begin(), records.end());
      return {};
    },
    "Added " + cli::counted(records.size(), "scenario ", "scenarios ") + ids);
}

/// One of a ticket's lists by id, in any letters where none is exactly that.
template <class T>
T* by_id(std::vector<T>& list, const std::string& id) {
  auto found = std::find_if(list.begin(), list.end(), [&](auto& r) { return r.id == id; });
  if (found == list.end())
    found =
      std::find_if(list.begin(), list.end(), [&](auto& r) { return tickets::folded(r.id) == tickets::folded(id); });
  return found == list.end() ? nullptr : &*found;
}

int verify(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto id = asked.text("RESULT_ID");
  auto done = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    auto found = by_id(t.expected_results, id);
    if (found == nullptr) {
      std::string known;
      for (auto& r : t.expected_results)
        known += (known.empty() ? "; it has " : ", ") + r.id;
      return {ec::not_found, t.id + " has no expected result \"" + id + "\"" + known};
    }
    id = found->id;
    found->status = asked.text("status");
    if (found->status == "verified") {
      found->verified_at = at->now();
      found->verified_by = at->me().name;
    }
    if (auto notes = asked.optional_text("notes"))
      found->notes = *notes;
    t.acceptance_criteria_met = tickets::acceptance_met(t);
    return true;
  });
  if (!done)
    return fail(done.error());
  return told(asked, *done,
              "Expected result " + id + " of " + done->id + " is " + asked.text("status") +
                "\nAccepted: " + (done->acceptance_criteria_met ? "yes" : "no") + "\n");
}

/// The status of a requirement, a scenario or the whole.
int set_status(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto status = asked.text("STATUS"), id = asked.text("RECORD_ID");
  auto done = at->change<tickets::ticket>(asked.text("ID"), [&](tickets::ticket& t) -> result<bool> {
    auto set = [&](std::string& field, tickets::word_list allowed) -> result<bool> {
      if (!allowed.has(status)) {
        std::string known;
        for (auto w : allowed)
          known += (known.empty() ? "" : ", ") + std::string{w};
        return {ec::rejected, "the status is \"" + status + "\"; allowed are " + known};
      }
      field = status;
      return true;
    };
    result<bool> did =
      error{ec::not_found, t.id + " has no requirement, result or scenario \"" + id + "\"; see requirements list"};
    if (id == "all") {
      did = set(t.requirements_status, tickets::requirements_statuses);
    } else if (auto r = by_id(t.requirements, id)) {
      id = r->id;
      did = set(r->status, tickets::requirement_statuses);
      r->updated_at = at->now();
    } else if (auto e = by_id(t.expected_results, id)) {
      id = e->id;
      did = set(e->status, tickets::result_statuses);
    } else if (auto s = by_id(t.gherkin_scenarios, id)) {
      id = s->id;
      did = set(s->status, tickets::scenario_statuses);
    }
    if (!did)
      return did;
    t.acceptance_criteria_met = tickets::acceptance_met(t);
    return true;
  });
  if (!done)
    return fail(done.error());
  return told(asked, *done,
              (id == "all" ? "The requirements of " + done->id + " are" : id + " of " + done->id + " is") + " now " +
                status + "\n");
}

std::string summary_text(const tickets::ticket& t) {
  auto f = tickets::measure(t, 0);
  return "Requirements of " + t.id + "\nRequirements: " + std::to_string(t.requirements.size()) + " (" +
         percent(f.requirements_coverage) + " covered)\nUser stories: " + std::to_string(t.user_stories.size()) + " (" +
         std::to_string(f.story_points) + " points)\nExpected results: " + std::to_string(t.expected_results.size()) +
         " (" + percent(f.verification_rate) + " verified)\nScenarios: " + std::to_string(t.gherkin_scenarios.size()) +
         " (" + percent(f.test_pass_rate) + " passing)\nStatus: " + t.requirements_status +
         " | Accepted: " + (t.acceptance_criteria_met ? "yes" : "no") + "\n";
}

std::string feature_of(const tickets::ticket& t) {
  if (t.gherkin_scenarios.empty())
    return "# " + t.id + " has no scenarios\n";
  auto out = "Feature: " + t.id + " " + cut(t.title) + "\n";
  bool ruled = false;
  for (auto& r : t.gherkin_scenarios) {
    auto s = scenario_text{r.title, r.background, r.given, r.when, r.then, r.tags};
    // Each scenario has a background of its own, and a rule is how far one reaches.
    ruled = ruled || !s.background.empty();
    out += "\n# " + r.id + " (" + r.status + ")\n" + (ruled ? "Rule: " + cut(s.title) + "\n" : "");
    out += feature_text(s) + "\n";
  }
  return out;
}

int show_list(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  auto found = at->load<tickets::ticket>(asked.text("ID"));
  if (!found)
    return fail(found.error());
  if (asked.json()) {
    auto whole = to_json(*found);
    auto out = json{{"id", found->id}};
    for (auto key : {"requirements", "user_stories", "expected_results", "gherkin_scenarios", "requirements_status",
                     "acceptance_criteria_met", "test_coverage_percentage"})
      out[key] = whole[key];
    out["derived"] = derived_json(*found, at->now_ms());
    put_json(out);
  } else if (asked.format() == "gherkin") {
    put(block(feature_of(*found), ""));
  } else if (asked.format() == "detailed" && has_requirements(*found)) {
    auto p = page{};
    add_requirements(p, *found);
    p.print();
  } else {
    put(summary_text(*found));
  }
  return exit_done;
}

int summary_of(const call& asked) { return show_list(asked); }

constexpr auto priorities = "critical high medium low";
constexpr option add_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-t,--title", takes::text, "", nullptr, nullptr, 0, 0, true},
  {"-d,--description", takes::text, ""},
  {"-p,--priority", takes::choice, "", priorities, "medium"},
  {"-c,--criteria", takes::each, "what must be true"},
};
constexpr option story_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-p,--persona", takes::text, "as a ...", nullptr, nullptr, 0, 0, true},
  {"-g,--goal", takes::text, "I want ...", nullptr, nullptr, 0, 0, true},
  {"-b,--benefit", takes::text, "so that ...", nullptr, nullptr, 0, 0, true},
  {"--priority", takes::choice, "", priorities, "medium"},
  {"--points", takes::integer, "story points", nullptr, nullptr, 0, 1e6},
  {"-c,--criteria", takes::each, "what must be true"},
};
constexpr option result_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-d,--description", takes::text, "", nullptr, nullptr, 0, 0, true},
  {"-m,--method", takes::choice, "", "manual automated review", "manual"},
  {"-c,--criteria", takes::each, "by what one knows"},
};
constexpr option gherkin_options[] = {
  {"ID", takes::text, "the ticket"},
  {"-t,--title", takes::text, ""},
  {"-g,--given", takes::each, "a step"},
  {"-w,--when", takes::each, "a step"},
  {"--then", takes::each, "a step"},
  {"-b,--background", takes::each, "a line"},
  {"--tags", takes::each, "words, with or without @"},
  {"-f,--file", takes::text, "a .feature file, \"-\" for the standard input; its scenarios are added"},
};
constexpr option list_options[] = {{"ID", takes::text, "the ticket"}};
constexpr option verify_options[] = {
  {"ID", takes::text, "the ticket"},
  {"RESULT_ID", takes::text, "the expected result"},
  {"-n,--notes", takes::text, ""},
  {"-s,--status", takes::choice, "", "pending verified failed blocked", "verified"},
};
constexpr option status_options[] = {
  {"ID", takes::text, "the ticket"},
  {"RECORD_ID", takes::text, "a requirement, an expected result, a scenario, or \"all\""},
  {"STATUS", takes::text,
   "requirement: draft approved implemented verified; result: pending verified failed blocked; "
   "scenario: draft ready passing failing blocked; all: draft review approved complete"},
};

constexpr command rows[] = {
  {"requirements add", "add a requirement to a ticket", "text json", add, add_options},
  {"requirements story", "add a user story", "text json", story, story_options},
  {"requirements result", "add an expected result", "text json", expected, result_options},
  {"requirements gherkin", "add scenarios, from options or from a .feature file", "text json", gherkin,
   gherkin_options},
  {"requirements list", "the requirements of a ticket", "summary detailed gherkin json", show_list, list_options},
  {"requirements summary", "their figures", "summary json", summary_of, list_options},
  {"requirements detailed", "every one of them", "detailed json", summary_of, list_options},
  {"requirements verify", "say that an expected result is there", "text json", verify, verify_options},
  {"requirements status", "set the status of a requirement, a result or a scenario", "text json", set_status,
   status_options},
};

} // namespace

commands requirement_commands() { return rows; }

} // namespace hyakki::ticket_cli
