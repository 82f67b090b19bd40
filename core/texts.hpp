#pragma once
// Everything that hyakki writes for people and for agents: prompts, the commit, the pull request, comments.
//
// A record goes in, a text comes out: pure, and the same record always gives the same text, so that a step that
// is repeated says the same. Text from strangers cannot break out: prompts mark it as data between lines that it
// cannot contain, Markdown escapes or fences it, and nobody is mentioned by it. All of it passes the redactor.

#include "core/config.hpp"
#include "core/record.hpp"
#include "core/redact.hpp"
#include "core/report.hpp"
#include "core/rework.hpp"
#include "core/template_text.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace hyakki {

/// What the reviewing session decided.
struct review_verdict {
  bool passed = false;
  std::string findings; ///< what is to be mended, or why there is no verdict
};

/// The marker of a comment: the same for the same story, kind and life, [a-z0-9/_].
std::string marker(const story_id& id, std::string_view what, std::uint32_t life = 1);

/// True for paths that hold tests in the usual layouts (tests/x, foo_test.go, test_foo.py, a.test.ts, FooSpec.scala).
bool is_test_file(std::string_view path);

class story_texts {
public:
  /// Says nothing; for members that are set later.
  story_texts() = default;

  /// Fails with `bad_config` naming the template that does not parse.
  static result<story_texts> make(const config& c, redactor hide = {});

  std::string prompt(const story_record& r) const;
  /// For a session that was given `prompt` before it was interrupted.
  std::string resume_prompt(const story_record& r) const;
  std::string review_prompt(const story_record& r, std::string_view diff) const;
  std::string fix_prompt(const story_record& r) const;
  /// For a round on the pull request: every remark that it took up, numbered.
  std::string rework_prompt(const story_record& r) const;

  /// The reviewer's last words, read strictly: passed only with the verdict asked for and none to the contrary.
  review_verdict read_review(std::string_view summary) const;

  std::string commit_message(const story_record& r) const;
  std::string pull_request_title(const story_record& r) const;
  std::string pull_request_body(const story_record& r, std::int64_t now_ms) const;

  /// Comment and labels when work starts.
  report_order on_start(const story_record& r) const;
  /// Comments and labels by the record's verdict.
  report_order on_end(const story_record& r) const;
  /// The status for a story whose pull request was merged; empty where the project names none.
  report_order on_merge(const story_record& r) const;

  /// What is answered under each remark of the round that is under way, in their order.
  /// One settles its remark where the round has a commit and the agent says that it did what was wanted.
  std::vector<remark_answer> remark_answers(const story_record& r) const;
  /// Comment and labels where a round was asked for and cannot begin. `s`: the story as its tracker has it; `r`: what
  /// is known of it, null when nothing is.
  report_order on_no_round(const story& s, const story_record* r, rework_verdict why) const;

private:
  std::string say(std::string_view name, const template_values& values) const;

  config settings_;
  redactor hide_;
  std::map<std::string, template_text, std::less<>> templates_;
};

} // namespace hyakki
