#include "cli/progress.hpp"

#include "cli/sentence.hpp"
#include "cli/text.hpp"

#include <algorithm>

namespace hyakki::cli {
namespace {

tone tone_of(const event& e) {
  if (auto m = std::get_if<on_move>(&e.payload))
    return is_final(m->to) || m->to == state::parked || m->to == state::backing_off ? cli::tone_of(m->to) : tone::plain;
  if (e.kind == event_kind::after_pull_request)
    return tone::good;
  if (auto r = std::get_if<on_run>(&e.payload))
    return r->what.outcome == run_outcome::succeeded ? tone::plain : tone::bad;
  return tone::plain;
}

} // namespace

void progress::tell(const event& e) {
  if (e.at_ms < since_ || is_noise(e))
    return;
  auto guard = std::lock_guard{one_at_a_time_};
  line(e.at_ms, e.story, false, paint(colour_, tone_of(e), safe(sentence(e), width_ == 0 ? 0 : 400)));
}

void progress::tell_activity(const story_id& story, const std::string& what) {
  auto guard = std::lock_guard{one_at_a_time_};
  line(now_ms(), story, true, safe(what, 160));
}

void progress::line(std::int64_t at_ms, const story_id& story, bool faint, const std::string& text) {
  auto key = safe(story.substr(story.find('/') + 1), 40);
  key_columns_ = std::max(key_columns_, columns(key));
  auto pad = std::string(key_columns_ - columns(key) + 2, ' ');
  put(paint(colour_, tone::faint, time_of_day(at_ms)) + "  " + paint(colour_, tone::strong, key) + pad +
      (faint ? "  " + paint(colour_, tone::faint, text) : text) + "\n");
}

} // namespace hyakki::cli
