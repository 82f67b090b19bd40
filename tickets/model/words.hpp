#pragma once
// The words that the fields of a record may hold, one table each, in the order in which they are shown.

#include <array>
#include <string_view>

namespace hyakki::tickets {

/// A view of one of the tables below; empty = any text goes.
class word_list {
public:
  constexpr word_list() = default;
  template <std::size_t N>
  constexpr word_list(const std::array<std::string_view, N>& words) : begin_(words.data()), size_(N) {}
  constexpr const std::string_view* begin() const { return begin_; }
  constexpr const std::string_view* end() const { return begin_ + size_; }
  constexpr std::size_t size() const { return size_; }
  constexpr bool has(std::string_view word) const {
    for (auto w : *this)
      if (w == word)
        return true;
    return false;
  }

private:
  const std::string_view* begin_ = nullptr;
  std::size_t size_ = 0;
};

inline constexpr std::array<std::string_view, 5> ticket_statuses{"open", "in-progress", "blocked", "closed",
                                                                 "cancelled"};
/// Most urgent first.
inline constexpr std::array<std::string_view, 4> priorities{"critical", "high", "medium", "low"};
inline constexpr std::array<std::string_view, 4> requirements_statuses{"draft", "review", "approved", "complete"};
inline constexpr std::array<std::string_view, 4> requirement_statuses{"draft", "approved", "implemented", "verified"};
inline constexpr std::array<std::string_view, 3> verification_methods{"manual", "automated", "review"};
inline constexpr std::array<std::string_view, 4> result_statuses{"pending", "verified", "failed", "blocked"};
inline constexpr std::array<std::string_view, 5> scenario_statuses{"draft", "ready", "passing", "failing", "blocked"};
/// Offered by the command line; a file may hold any text.
inline constexpr std::array<std::string_view, 6> journal_types{"progress", "blocker", "milestone",
                                                               "decision", "risk",    "meeting"};
/// Offered by the command line; a file may hold any text.
inline constexpr std::array<std::string_view, 8> time_types{"work",   "meeting", "research",      "blocked",
                                                            "review", "testing", "documentation", "other"};
inline constexpr std::array<std::string_view, 4> epic_statuses{"draft", "active", "completed", "cancelled"};
inline constexpr std::array<std::string_view, 6> item_types{"story", "feature", "bug", "epic", "task", "spike"};
inline constexpr std::array<std::string_view, 6> item_statuses{"new",         "groomed", "ready",
                                                               "in-progress", "done",    "cancelled"};
inline constexpr std::array<std::string_view, 3> risk_levels{"low", "medium", "high"};
inline constexpr std::array<std::string_view, 7> agent_types{"developer",  "reviewer",        "tester", "analyst",
                                                             "documenter", "project_manager", "general"};
inline constexpr std::array<std::string_view, 5> agent_statuses{"active", "inactive", "busy", "error", "maintenance"};
inline constexpr std::array<std::string_view, 6> task_statuses{"assigned", "in_progress", "completed",
                                                               "failed",   "cancelled",   "paused"};
inline constexpr std::array<std::string_view, 5> workflow_statuses{"created", "running", "completed", "failed",
                                                                   "cancelled"};
inline constexpr std::array<std::string_view, 5> step_statuses{"pending", "in_progress", "completed", "failed",
                                                               "skipped"};
/// Who takes the steps of a workflow on: calls of `workflow run`, or the engine, as stories.
inline constexpr std::array<std::string_view, 2> workflow_drivers{"calls", "stories"};
/// Offered by the command line; a file may hold any text.
inline constexpr std::array<std::string_view, 5> task_types{"code", "review", "test", "document", "analyze"};
/// How ids of new tickets are made; see tickets/settings.hpp.
inline constexpr std::array<std::string_view, 2> id_styles{"sequential", "hash"};

} // namespace hyakki::tickets
