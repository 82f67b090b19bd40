#pragma once
// Further rounds on a pull request: what is taken up, when there is none, and what the agent says of each remark. Pure.
//
// Every text of a remark comes from strangers: it is bounded and cleaned here before it is stored, and stands between
// lines that it cannot contain wherever an agent reads it.

#include "core/config.hpp"
#include "core/record.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

inline constexpr std::size_t most_remarks_a_round = 100;
inline constexpr std::size_t longest_remark = 8 * 1024;
inline constexpr std::size_t most_remark_bytes = 96 * 1024;

/// The round that is under way; null when there is none.
rework_round* open_round(story_record& r);
const rework_round* open_round(const story_record& r);

/// As many as one round takes up, in their order, each cleaned and cut with a note. The rest waits for another round.
std::vector<remark> taken_up(std::vector<remark> all);

/// What follows when somebody wants a round.
enum class rework_verdict : std::uint8_t {
  begins,
  busy,      // the story is being worked on; what was written is found when it has ended
  no_pull,   // it has no pull request
  not_open,  // it was merged or closed
  no_remark, // nothing is left unresolved on it
  spent,     // as many rounds were made as are allowed
};
/// `now`: the pull request as its host has it. `remarks`: how many wait on it.
rework_verdict judge_rework(const story_record& r, const pull_request& now, std::size_t remarks,
                            const rework_config& limits);

/// Starts a round: what belonged to the commit before is forgotten, pull request, branch and history are kept.
void begin_round(story_record& r, std::vector<remark> remarks, std::string asked_by, std::int64_t now);

/// Forgets what belongs to the work on one commit.
void forget_work(story_record& r);

/// What an agent says of one remark.
struct remark_words {
  std::string text;  ///< cleaned, one line; may be empty where it only says that it is done
  bool done = false; ///< it says that it did what was wanted
};
/// "HYAKKI-REMARK 2 DONE: it was a typo" in an agent's last words, by number; the last one counts.
std::map<std::size_t, remark_words> read_remark_answers(std::string_view summary);
/// An agent's last words without the lines that answer remarks: each of them stands under its remark.
std::string without_remark_answers(std::string_view summary);

} // namespace hyakki
