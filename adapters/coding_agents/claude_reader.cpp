#include "adapters/coding_agents/claude_reader.hpp"

#include "adapters/coding_agents/claude_activity.hpp"
#include "adapters/coding_agents/json_view.hpp"
#include "adapters/coding_agents/session_id.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace hyakki {

namespace {

using json_view::element;

constexpr std::size_t most_denials = 20;
constexpr std::size_t most_calls = 1000;
constexpr std::int64_t most_cost = std::int64_t{1} << 60;

class claude_reader final : public agent_reader {
public:
  claude_reader(std::string directory, run_role role, session_account booked)
    : directory_(std::move(directory)), role_(role) {
    run_.booked = booked;
  }

  progress read(const output_line& line) override {
    if (line.cut) {
      run_.complaints.add_line("(a line of more than " + std::to_string(line.text.size()) + " bytes was not read)");
      return {};
    }
    if (!line.from_stderr) {
      json_view::document parsed{line.text};
      if (parsed.is_object())
        return take(parsed.root());
    }
    if (line.text.find_first_not_of(" \t\r") != std::string::npos)
      run_.complaints.add_line(line.text);
    return {};
  }

  run_result finish(const exit_status& status) override { return claude_verdict(run_, status, role_); }

private:
  progress take(const element& event) {
    auto type = json_view::text(event, "type");
    if (type == "system")
      return take_system(event);
    if (type == "assistant")
      return take_assistant(event);
    if (type == "user")
      take_tool_results(event);
    if (type == "result")
      take_result(event);
    else if (type == "rate_limit_event")
      take_rate_limit(event);
    return {};
  }

  progress take_system(const element& event) {
    progress p;
    auto subtype = json_view::text(event, "subtype");
    if (subtype == "init" && run_.session.empty()) {
      auto session = json_view::text(event, "session_id");
      if (is_safe_session(session))
        p.session = run_.session = std::string{session};
      p.activity = activity_line("starts with " + std::string{json_view::text(event, "model").substr(0, 200)});
    } else if (subtype == "api_retry") {
      auto kind = json_view::text(event, "error");
      run_.api_error = std::string{kind.substr(0, 100)};
      // It would go on trying for minutes with a key that is not going to get better.
      run_.no_login = kind == "authentication_failed";
      p.stop = run_.no_login;
      p.activity = activity_line("waits for the API (" + run_.api_error + ", attempt " +
                                 std::to_string(json_view::count(event, "attempt")) + ")");
    } else if (subtype == "permission_denied") {
      p.activity = activity_line("was denied " + std::string{json_view::text(event, "tool_name").substr(0, 200)});
    }
    return p;
  }

  progress take_assistant(const element& event) {
    progress p;
    // An answer ends whatever it had to wait for; an error of the API comes as an answer that names it.
    run_.api_error = std::string{json_view::text(event, "error").substr(0, 100)};
    auto message = json_view::at(event, "message");
    auto content = message ? json_view::at(*message, "content") : std::nullopt;
    simdjson::dom::array blocks;
    if (!content || content->get(blocks))
      return p;
    for (auto block : blocks) {
      auto type = json_view::text(block, "type");
      if (type == "tool_use") {
        p.activity = activity_of_tool(block, directory_);
        if (!run_.has_worked && changes_things(json_view::text(block, "name")) && working_.size() < most_calls)
          working_.emplace(json_view::text(block, "id"));
      } else if (type == "text" && p.activity.empty())
        p.activity = activity_line(first_line(json_view::text(block, "text")));
    }
    return p;
  }

  static bool changes_things(std::string_view tool) {
    for (auto* name : {"Write", "Edit", "MultiEdit", "NotebookEdit", "Bash"})
      if (tool == name)
        return true;
    return false;
  }

  void take_tool_results(const element& event) {
    auto message = json_view::at(event, "message");
    auto content = message ? json_view::at(*message, "content") : std::nullopt;
    simdjson::dom::array blocks;
    if (run_.has_worked || !content || content->get(blocks))
      return;
    for (auto block : blocks)
      if (json_view::text(block, "type") == "tool_result" && working_.count(json_view::text(block, "tool_use_id")) &&
          !json_view::flag(block, "is_error", false)) {
        run_.has_worked = true;
        working_.clear();
        return;
      }
  }

  static std::string_view first_line(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text.substr(0, text.find('\n'));
  }

  void take_result(const element& event) {
    claude_result r;
    r.is_error = json_view::flag(event, "is_error", true); // a result that does not say so is none
    r.subtype = std::string{json_view::text(event, "subtype").substr(0, 100)};
    r.text = keep_ends(json_view::text(event, "result"), most_summary * 2);
    r.terminal_reason = std::string{json_view::text(event, "terminal_reason").substr(0, 100)};
    r.api_status = json_view::count(event, "api_error_status");
    if (auto session = json_view::text(event, "session_id"); is_safe_session(session))
      r.session = std::string{session};
    simdjson::dom::array list;
    if (auto errors = json_view::at(event, "errors"); errors && !errors->get(list))
      for (auto e : list)
        if (std::string_view text; !e.get(text) && r.errors.size() < most_error_detail)
          r.errors += (r.errors.empty() ? "" : "\n") + std::string{text.substr(0, 1024)};
    if (auto denials = json_view::at(event, "permission_denials"); denials && !denials->get(list))
      for (auto d : list)
        if (r.denials.size() < most_denials)
          r.denials.push_back(denial_text(d));
    run_.turns += static_cast<std::uint32_t>(std::min<std::uint64_t>(json_view::count(event, "num_turns"), 1u << 20));
    if (auto usage = json_view::at(event, "usage")) {
      run_.input_tokens += json_view::count(*usage, "input_tokens") +
                           json_view::count(*usage, "cache_creation_input_tokens") +
                           json_view::count(*usage, "cache_read_input_tokens");
      run_.output_tokens += json_view::count(*usage, "output_tokens");
    }
    run_.total_cost_microusd = json_view::microusd(event, "total_cost_usd");
    run_.total_tokens = static_cast<std::uint64_t>(sum_of_models(event, "modelUsage", tokens_of).value_or(0));
    auto added = sum_of_models(event, "model_usage_since_last_result", cost_of);
    run_.added_cost_microusd = std::min(run_.added_cost_microusd, most_cost) + std::min(added.value_or(0), most_cost);
    run_.says_what_it_adds = run_.says_what_it_adds && added;
    run_.has_result = true;
    run_.last = std::move(r);
  }

  static std::int64_t tokens_of(const element& usage) {
    std::uint64_t sum = 0;
    for (auto* field : {"inputTokens", "cacheCreationInputTokens", "cacheReadInputTokens", "outputTokens"})
      sum += json_view::count(usage, field);
    return static_cast<std::int64_t>(sum);
  }

  static std::int64_t cost_of(const element& usage) { return json_view::microusd(usage, "costUSD"); }

  /// Over all models of a field of a result; nothing where there is no such field.
  static std::optional<std::int64_t> sum_of_models(const element& event, std::string_view field,
                                                   std::int64_t (*of)(const element&)) {
    simdjson::dom::object models;
    auto usage = json_view::at(event, field);
    if (!usage || usage->get(models))
      return std::nullopt;
    // Unsigned: hostile sums may wrap.
    std::uint64_t sum = 0;
    for (auto model : models)
      sum += static_cast<std::uint64_t>(of(model.value));
    return static_cast<std::int64_t>(sum & 0x7fff'ffff'ffff'ffff);
  }

  std::string denial_text(const element& denial) const {
    auto tool = std::string{json_view::text(denial, "tool_name").substr(0, 200)};
    auto input = json_view::at(denial, "tool_input");
    if (input)
      for (auto* field : {"file_path", "command", "url", "pattern", "notebook_path"})
        if (auto what = json_view::text(*input, field); !what.empty())
          return activity_line(tool + " (" + std::string{first_line(what).substr(0, 80)} + ")");
    return activity_line(tool);
  }

  void take_rate_limit(const element& event) {
    auto info = json_view::at(event, "rate_limit_info");
    if (info && json_view::text(*info, "status") == "rejected")
      run_.resets_at_ms = static_cast<std::int64_t>(json_view::count(*info, "resetsAt")) * 1000;
  }

  std::string directory_;
  run_role role_;
  claude_run run_;
  std::set<std::string, std::less<>> working_; ///< calls of tools that can change something
};

} // namespace

std::unique_ptr<agent_reader> make_claude_reader(std::string directory, run_role role, session_account booked) {
  return std::make_unique<claude_reader>(std::move(directory), role, booked);
}

} // namespace hyakki
