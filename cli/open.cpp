#include "cli/open.hpp"

#include "cli/text.hpp"
#include "core/utf8.hpp"
#include "runtime/orchestrator.hpp"
#include "storage/lmdb_store.hpp"
#include "storage/state_lock.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace hyakki::cli {
namespace {

constexpr std::size_t most_candidates = 10;

bool exists(const std::string& path) {
  auto error = std::error_code{};
  return std::filesystem::exists(path, error);
}

/// The ids whose key is `text`, as many as are worth showing. Damaged records of other stories do not count; one that
/// would have this name does.
result<std::vector<story_id>> candidates(const view& v, const std::string& text) {
  std::vector<story_id> found;
  auto looked = v.memory->each([&](const index_entry& e) {
    auto slash = e.id.find('/');
    if (e.id == text || (slash != std::string::npos && e.id.compare(slash + 1, std::string::npos, text) == 0))
      found.push_back(e.id);
    return found.size() <= most_candidates;
  });
  if (looked)
    return found;
  if (looked.error() != ec::corrupt_record)
    return looked.error();
  auto add_damaged = [&](const story_id& id) {
    if (std::find(found.begin(), found.end(), id) == found.end() && !v.memory->find(id))
      found.push_back(id);
  };
  add_damaged(text);
  for (auto& p : projects_of(v.settings))
    add_damaged(name_of(p.issue_tracker) + "/" + text);
  return found;
}

} // namespace

result<std::string> config_path(const invocation& i) {
  if (!i.config.empty())
    return i.config;
  if (auto named = std::getenv("HYAKKI_CONFIG"); named != nullptr && *named != '\0')
    return std::string{named};
  if (exists("hyakki.yaml"))
    return std::string{"hyakki.yaml"};
  return {ec::bad_config, "no configuration: name one with -c FILE or in $HYAKKI_CONFIG, or make ./hyakki.yaml with "
                          "`hyakki init`"};
}

result<loaded_config> settings_of(const invocation& i) {
  auto path = config_path(i);
  if (!path)
    return path.error();
  return load_config(*path, process_environment());
}

result<std::unique_ptr<store>> look_into_store(const config& c) {
  if (c.storage.type != "lmdb")
    return std::unique_ptr<store>{};
  auto options = lmdb_options{};
  options.path = state_directory(c);
  options.as = lmdb_options::role::visitor;
  auto memory = open_lmdb_store(options);
  if (!memory && memory.error() == ec::not_found)
    return std::unique_ptr<store>{};
  return memory;
}

opened open_view(const invocation& i) {
  opened out;
  auto refuse = [&](const error& e, int code) {
    fail(e);
    out.exit = code;
  };
  auto loaded = settings_of(i);
  if (!loaded) {
    refuse(loaded.error(), exit_usage);
    return out;
  }
  out.seen.settings = std::move(loaded->settings);
  out.seen.config_file = loaded->path;
  out.seen.state = state_directory(out.seen.settings);
  if (out.seen.settings.storage.type != "lmdb") {
    refuse({ec::bad_config, "storage.type is " + out.seen.settings.storage.type +
                              ": such a store lives and dies with its process, so there is nothing to look at. Set it "
                              "to lmdb"},
           exit_usage);
    return out;
  }
  auto memory = look_into_store(out.seen.settings);
  if (!memory) {
    refuse(memory.error(), exit_startup);
    return out;
  }
  out.seen.memory = *std::move(memory);
  out.ok = true;
  return out;
}

daemon daemon_of(const std::string& state) {
  auto out = daemon{};
  out.who = holder_of(state);
  out.running = !out.who.empty();
  if (auto at = out.who.find("pid "); at != std::string::npos)
    out.pid = std::strtoll(out.who.c_str() + at + 4, nullptr, 10);
  std::ifstream file{quiet_path(state)};
  for (std::string line; out.running && out.quiet.size() < 100 && std::getline(file, line);)
    if (auto blank = line.find(' '); blank != std::string::npos && std::strtoll(line.c_str(), nullptr, 10) > now_ms())
      out.quiet.emplace_back(cut_utf8(clean_line(line.substr(blank + 1)), 700));
  return out;
}

result<story_record> find_story(const view& v, const std::string& typed) {
  // A key that was copied from a comment or a chat may hold the invisible sign that keeps its host from acting on it.
  auto text = typed;
  for (std::string_view hidden : {"\xE2\x80\x8B", "\xE2\x81\xA0"})
    for (auto at = text.find(hidden); at != std::string::npos; at = text.find(hidden, at))
      text.erase(at, hidden.size());
  auto unknown = [&] {
    return error{ec::not_found,
                 "no story " + printable(cut_utf8(text, 300)) +
                   (v.memory ? " is known here; `hyakki status --all` lists those that are"
                             : ": nothing has run with this configuration yet (state directory " + v.state + ")"),
                 0};
  };
  if (!v.memory || text.empty())
    return unknown();
  auto ids = candidates(v, text);
  if (!ids)
    return ids.error();
  if (ids->empty())
    return unknown();
  // A whole id is never ambiguous, even when it is the key of another story.
  auto wanted = ids->front();
  for (auto& id : *ids)
    if (id == text)
      wanted = id;
  if (ids->size() > 1 && wanted != text) {
    auto all = std::string{};
    for (std::size_t n = 0; n < ids->size() && n < most_candidates; ++n)
      all += (n == 0 ? "" : ", ") + (*ids)[n];
    return {ec::rejected, "several stories have the key " + text + ": " + all +
                            (ids->size() > most_candidates ? ", …" : "") + ". Name one of them in full"};
  }
  auto record = v.memory->find(wanted);
  if (!record)
    return record.error();
  if (!*record)
    return unknown();
  return std::move(**record);
}

} // namespace hyakki::cli
