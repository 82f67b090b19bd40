#pragma once
// What most commands begin with: find the configuration, open the store for looking, find the story.
//
// Opening never takes the state directory's lock and makes nothing, so it works beside a running daemon.

#include "cli/invocation.hpp"
#include "core/config.hpp"
#include "core/error.hpp"
#include "runtime/config_file.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace hyakki::cli {

/// The file that the user means: -c, else $HYAKKI_CONFIG, else ./hyakki.yaml; `bad_config` says how to make one.
result<std::string> config_path(const invocation& i);

/// That file, read; `bad_config` has a line for each fault.
result<loaded_config> settings_of(const invocation& i);

/// The store as a visitor sees it, with what the commands need beside it.
struct view {
  config settings;
  std::string config_file;
  std::string state;             ///< the state directory
  std::unique_ptr<store> memory; ///< null: nothing has ever run with this configuration
};

/// The store as a visitor sees it; null where nothing has ever run, or nothing is kept.
result<std::unique_ptr<store>> look_into_store(const config& c);

/// A view, or the exit code when the reason was said already.
struct opened {
  view seen;
  int exit = exit_done;
  bool ok = false;
};
opened open_view(const invocation& i);

/// Who runs on a state directory.
struct daemon {
  bool running = false;
  std::int64_t pid = 0;           ///< 0 = it has not said
  std::string who;                ///< a sentence's subject
  std::vector<std::string> quiet; ///< what it waits for or cannot reach now, a sentence each
};
daemon daemon_of(const std::string& state);

/// The story that `text` names: an id, or a key that only one tracker has; invisible characters do not count.
/// `not_found`, or `rejected` with the candidates.
result<story_record> find_story(const view& v, const std::string& text);

} // namespace hyakki::cli
