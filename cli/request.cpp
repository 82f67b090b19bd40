// hyakki cancel KEY…, hyakki retry KEY…: leave a durable word for whoever works on the stories.
//
// A running daemon takes it within a poll; without one it waits for the next run.

#include "cli/commands.hpp"
#include "cli/open.hpp"
#include "cli/text.hpp"
#include "core/progress.hpp"
#include "core/utf8.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace hyakki::cli {
namespace {

constexpr auto patience = std::chrono::seconds{10};
/// So long a tracker may take to be told that a story was cancelled.
constexpr auto telling = std::chrono::seconds{2};
constexpr std::size_t longest_reason = 1000;

/// A word that was left for a story.
struct posted {
  story_id story;
  std::uint64_t seq = 0;
};

/// Where the words that wait already lead the story.
struct outlook {
  state at;
  bool waits = false; ///< there are such words
};

result<outlook> outlook_of(const store& memory, const story_record& r) {
  auto waiting = memory.requests(1000);
  if (!waiting)
    return waiting.error();
  auto out = outlook{is_cancelled_untold(r) ? state::cancelled : r.at};
  for (auto& w : *waiting)
    if (w.story == r.id()) {
      out.at = after_word(out.at, w.what == operator_request::kind::cancel ? move::cancel : move::retry);
      out.waits = true;
    }
  return out;
}

/// Empty when the word can be obeyed after those that wait, else why not.
std::string refusal(const story_record& r, const outlook& then, move by) {
  if (by == move::cancel ? !is_final(then.at) : next(then.at, by).has_value())
    return {};
  auto at = (then.waits ? " will be " : " is ") + std::string{to_string(then.at)};
  auto why = then.waits ? ", by a word that waits already" : "";
  if (by == move::cancel)
    return r.id() + at + why + ": there is nothing to cancel";
  if (then.at == state::done)
    return r.id() + " is done: write on its pull request and set the rework label, or make a new story for more";
  return r.id() + at + why +
         (then.waits ? ": there is nothing to retry"
                     : " and goes on by itself; only a story that is parked, failed, cancelled or without "
                       "changes can be retried");
}

/// True when the request is gone, or all but the tracker's part of it is done, within our patience and before whoever
/// runs has ended.
result<bool> taken(const view& v, const posted& word) {
  using clock = std::chrono::steady_clock;
  auto& memory = *v.memory;
  auto end = clock::now() + patience;
  auto told_by = end;
  for (;;) {
    auto runs = daemon_of(v.state).running; // asked first: its last act may have been to take the word
    auto waiting = memory.requests(1000);
    if (!waiting)
      return waiting.error();
    if (std::none_of(waiting->begin(), waiting->end(), [&](auto& w) { return w.seq == word.seq; }))
      return true;
    auto story = memory.find(word.story);
    if (!story)
      return story.error();
    auto ended = *story && is_cancelled_untold(**story);
    told_by = ended ? std::min(told_by, clock::now() + telling) : end;
    if (!runs || clock::now() >= told_by)
      return ended;
    std::this_thread::sleep_for(std::chrono::milliseconds{50});
  }
}

/// Leaves the word for one story. Nothing when the story refuses it: that was said then.
std::optional<posted> post(const view& v, const invocation& i, const std::string& key) {
  auto cancelling = i.what == command::cancel;
  auto r = find_story(v, key);
  if (!r) {
    fail(r.error());
    return std::nullopt;
  }
  auto then = outlook_of(*v.memory, *r);
  if (!then) {
    fail(then.error());
    return std::nullopt;
  }
  if (auto why = refusal(*r, *then, cancelling ? move::cancel : move::retry); !why.empty()) {
    complain(why);
    return std::nullopt;
  }
  auto word = operator_request{};
  word.what = cancelling ? operator_request::kind::cancel : operator_request::kind::retry;
  word.story = r->id();
  word.reason = cut_utf8(clean_line(i.reason), longest_reason);
  if (cancelling && word.reason.empty())
    word.reason = "cancelled by an operator";
  word.at_ms = now_ms();
  auto seq = v.memory->post_request(word);
  if (!seq) {
    fail(seq.error());
    return std::nullopt;
  }
  return posted{word.story, *seq};
}

/// Says what became of it.
int follow(const view& v, const invocation& i, const posted& word) {
  auto name = std::string{i.what == command::cancel ? "cancel" : "retry"} + " of " + safe(word.story);
  auto gone = taken(v, word);
  if (!gone)
    return fail(gone.error());
  if (!*gone) {
    put(name + (daemon_of(v.state).running
                  ? " is noted; what runs has not taken it within 10 s and will when it gets to it\n"
                  : " is noted; nothing runs now, so it takes effect with the next `hyakki run`\n"));
    return exit_done;
  }
  auto now = v.memory->find(word.story);
  if (!now)
    return fail(now.error());
  if (*now && is_cancelled_untold(**now)) {
    put(safe(word.story) + " is cancelled and nothing works on it any more; its tracker could not be told yet, and is "
                           "told later\n");
    return exit_done;
  }
  put(safe(word.story) + " is now " + (*now ? std::string{to_string((*now)->at)} : "gone") + "\n");
  return exit_done;
}

} // namespace

int run_request(const invocation& i) {
  auto at = open_view(i);
  if (!at.ok)
    return at.exit;
  auto words = std::vector<posted>{};
  for (auto& key : i.keys)
    if (auto word = post(at.seen, i, key))
      words.push_back(std::move(*word));
  int exit = words.size() == i.keys.size() ? exit_done : exit_failed;
  for (auto& word : words)
    exit = std::max(exit, follow(at.seen, i, word));
  return exit;
}

} // namespace hyakki::cli
