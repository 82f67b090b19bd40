#include "cli/json.hpp"

#include "cli/sentence.hpp"
#include "cli/text.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::cli {

using json = nlohmann::ordered_json;

namespace {

json or_null(const std::string& text) { return text.empty() ? json(nullptr) : json(text); }
json or_null(std::int64_t n) { return n == 0 ? json(nullptr) : json(n); }
template <class T>
std::string word(T value) {
  return std::string{hyakki::to_string(value)};
}

} // namespace

json document(const char* name) { return json{{"schema", std::string{"hyakki."} + name + "/1"}}; }

json to_json(const pull_request& p) {
  return json{{"id", p.id},
              {"url", or_null(p.url)},
              {"title", p.title},
              {"state", p.state},
              {"source_branch", p.source_branch},
              {"target_branch", p.target_branch},
              {"head", or_null(p.head)},
              {"adopted", p.adopted}};
}

json to_json(const trouble& t) {
  return json{
    {"code", word(t.code)}, {"band", word(band_of(t.code))}, {"text", t.text}, {"in", word(t.in)}, {"at_ms", t.at_ms}};
}

json to_json(const run& r, const std::string& transcript) {
  return json{{"number", r.number},
              {"role", word(r.role)},
              {"outcome", word(r.outcome)},
              {"agent", r.agent},
              {"session", or_null(r.session)},
              {"resumed", r.resumed},
              {"started_ms", r.started_ms},
              {"ended_ms", or_null(r.ended_ms)},
              {"exit_code", r.ended_ms == 0 ? json(nullptr) : json(r.exit_code)},
              {"turns", r.turns},
              {"input_tokens", r.input_tokens},
              {"output_tokens", r.output_tokens},
              {"cost_microusd", r.cost_microusd},
              {"summary", or_null(r.summary)},
              {"error", or_null(r.error)},
              {"transcript", or_null(transcript)}};
}

json to_json(const evidence& e) {
  return json{{"name", e.name},   {"what", e.what},       {"passed", e.passed}, {"exit_code", e.exit_code},
              {"at_ms", e.at_ms}, {"took_ms", e.took_ms}, {"detail", e.detail}};
}

json to_json(const event& e) {
  return json{{"seq", e.seq}, {"at_ms", e.at_ms}, {"kind", word(e.kind)}, {"text", sentence(e)}};
}

json to_json(const story_record& r) {
  auto files = json::array();
  for (auto& f : r.commit->files)
    files.push_back(json{{"path", f.path}, {"added", f.added}, {"removed", f.removed}, {"binary", f.binary}});
  auto rounds = json::array();
  for (auto& w : r.rework)
    rounds.push_back(json{{"begun_ms", w.begun_ms},
                          {"asked_by", w.asked_by},
                          {"remarks", w.wanted},
                          {"answered", w.answered},
                          {"open", w.open}});
  auto proof = json::array();
  for (auto& e : r.proof)
    proof.push_back(to_json(e));
  return json{{"id", r.id()},
              {"tracker", r.story.tracker},
              {"key", r.story.key},
              {"title", r.story.title},
              {"url", or_null(r.story.url)},
              {"labels", r.story.labels},
              {"components", r.story.components},
              {"priority", r.story.priority},
              {"state", word(r.at)},
              {"life", r.life},
              {"attempts", r.attempts},
              {"fix_rounds", r.fix_rounds},
              {"taken_ms", r.taken_ms},
              {"changed_ms", r.changed_ms},
              {"due_ms", or_null(r.due_ms)},
              {"repository", or_null(r.repository)},
              {"base_branch", or_null(r.base_branch)},
              {"base_sha", or_null(r.base_sha)},
              {"branch", or_null(r.branch)},
              {"tree", or_null(r.tree)},
              {"commit", or_null(r.commit->sha)},
              {"files", files},
              {"pull_request", r.pull->id.empty() ? json(nullptr) : to_json(*r.pull)},
              {"rework", rounds},
              {"evidence", proof},
              {"findings", r.findings},
              {"reason", r.has_trouble ? to_json(*r.why) : json(nullptr)}};
}

void put_json(const json& j) { put(j.dump(2, ' ', false, json::error_handler_t::replace) + "\n"); }

} // namespace hyakki::cli
