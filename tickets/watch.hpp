#pragma once
// What happens to tickets, whoever does it: a command, an editor, `git pull`.
//
// Compares the tickets as they are with a picture of them as they were last told of. The picture is a file of LMDB's,
// synced, and moves only when the caller says that what it was told is kept: after a death at any moment a change is
// told again, and none is forgotten. Whoever begins to watch takes everything as known. One object by one thread; one
// process for a file.
//
//   auto watching = watch::open("/state/told-tickets.mdb");
//   auto news = (*watching)->look(*catalog::open(store), 500);
//   ... keep them ...
//   (*watching)->told();

#include "core/event.hpp"
#include "tickets/catalog.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hyakki::tickets {

class watch {
public:
  /// Opens the picture or begins one. `bad_config` when the file is no picture of ours, `unavailable` otherwise.
  static result<std::unique_ptr<watch>> open(const std::string& file);
  ~watch();
  watch(const watch&) = delete;
  watch& operator=(const watch&) = delete;

  /// Up to `most` changes since they were last told, in order of id. A ticket is removed when two looks miss it:
  /// programs that replace files may remove them for a moment. One that cannot be read is as it was, until it can.
  result<std::vector<story_change>> look(const catalog& now, std::size_t most);
  /// What `look` answered last is kept: it is not told again.
  result<void> told();

private:
  struct inner;
  explicit watch(std::unique_ptr<inner> in);
  std::unique_ptr<inner> in_;
  bool anew_ = false;                                                     ///< what the picture has goes first
  std::vector<std::pair<std::string, std::optional<std::string>>> moves_; ///< of the picture; none = the row goes
};

} // namespace hyakki::tickets
