// The store itself: made, and its small files.

#include "tickets/commit.hpp"
#include "tickets/json_text.hpp"
#include "tickets/kinds.hpp"
#include "tickets/local_time.hpp"
#include "tickets/store.hpp"
#include "tickets/turn.hpp"
#include "tickets/yaml_text.hpp"

#include <filesystem>

namespace hyakki::tickets {
namespace {

constexpr auto config_name = "config.yaml";
constexpr auto settings_name = "hyakki.yaml";
constexpr auto versions_name = "schema_versions.json";
constexpr auto ignored = "# What hyakki keeps beside the tickets and nobody should "
                         "commit.\n.lock\n.lock.gate\n.cache/\n.claims.json\n*.hyakki.tmp\n";

/// Of a file that stands in the way of commands, with the command that mends it.
error unusable(std::string_view name, const error& e) {
  auto text = "tickets: " + std::string{name} + ": " + e.text;
  if (name == config_name)
    text += ". Mend it with `tickets config --edit`, or go back to the initial values with `tickets config --reset`";
  else if (name == settings_name)
    text += ". Mend it in an editor, or go back to the initial values with `tickets config --reset`";
  return {e.code, text};
}

/// The value of a small file; empty when there is none.
result<std::optional<value>> value_of(const std::string& path, const char* folder, const char* name, format as) {
  auto root = directory::open(path);
  if (!root)
    return root.error();
  auto inside = root->folder(folder);
  if (!inside && inside.error() == ec::not_found)
    return std::optional<value>{};
  if (!inside)
    return inside.error();
  auto bytes = inside->read(name, most_file_bytes);
  if (!bytes && bytes.error() == ec::not_found)
    return std::optional<value>{};
  if (!bytes)
    return bytes.error();
  if (as == format::json) {
    auto read = read_json(*bytes);
    return read ? result<std::optional<value>>{std::move(*read)} : unusable(name, read.error());
  }
  auto tree = read_yaml(*bytes);
  return tree ? result<std::optional<value>>{meaning(*tree)} : unusable(name, tree.error());
}

template <class T>
result<T> read_small(const std::string& path, const char* folder, const char* name, format as,
                     result<T> (*read)(const value&)) {
  auto found = value_of(path, folder, name, as);
  if (!found)
    return found.error();
  if (!*found || (*found)->is == value::kind::null)
    return T{};
  auto out = read(**found);
  if (!out)
    return unusable(name, out.error());
  return out;
}

} // namespace

result<ticket_store> ticket_store::init(const std::string& root, bool replace, store_options options) {
  auto base = root;
  while (base.size() > 1 && base.back() == '/')
    base.pop_back();
  auto outer = directory::open(base);
  if (!outer)
    return outer.error();
  if (outer->has(".tickets")) {
    if (!replace)
      return {ec::conflict, "tickets: there is a ticket directory " + base + "/.tickets already"};
    auto failed = std::error_code{};
    std::filesystem::remove_all(base + "/.tickets", failed); // follows no links
    if (failed)
      return {ec::unavailable, "tickets: cannot remove " + base + "/.tickets: " + failed.message()};
  }
  auto made = outer->folder(".tickets", true);
  if (!made)
    return made.error();
  for (auto* folder : {"open", "closed", "epics", "backlog"})
    if (auto inner = made->folder(folder, true); !inner)
      return inner.error();
    else if (std::string_view{folder} == "open" || std::string_view{folder} == "closed")
      keep_folder(*inner);
  // config.yaml comes last: with it the directory counts as made.
  for (auto& [name, bytes] : {std::pair<const char*, std::string>{".gitignore", ignored},
                              {index_name, "{}\n"},
                              {config_name, yaml_text(write_store_config({}))}})
    if (auto done = made->write(name, bytes, options.on_step); !done)
      return done.error();
  return open(base, std::move(options));
}

wall_ms ticket_store::now() const { return options_.time ? options_.time->now() : system_clock{}.now(); }

result<void> ticket_store::save_file(const char* folder, std::string_view name, const std::string& bytes) const {
  return in_turn([&](turn& turn) -> result<void> {
    turn.write(folder, std::string{name}, bytes);
    return {};
  });
}

result<store_config> ticket_store::config() const {
  return read_small(path_, ".", config_name, format::yaml, read_store_config);
}
result<void> ticket_store::save_config(const store_config& what) const {
  return save_file(".", config_name, yaml_text(write_store_config(what)));
}

result<own_settings> ticket_store::settings() const {
  return read_small(path_, ".", settings_name, format::yaml, read_own_settings);
}
result<void> ticket_store::save_settings(const own_settings& what) const {
  return save_file(".", settings_name, yaml_text(write_own_settings(what)));
}

result<std::vector<learning_profile>> ticket_store::profiles() const {
  return read_small(path_, "agents", profiles_name.data(), format::json, read_learning_profiles);
}
result<void> ticket_store::save_profiles(const std::vector<learning_profile>& what) const {
  return save_file("agents", profiles_name, json_text(write_learning_profiles(what), json_letters::ascii));
}

result<std::vector<schema_version>> ticket_store::schema_versions() const {
  return read_small(path_, ".", versions_name, format::json, read_schema_versions);
}
result<void> ticket_store::save_schema_versions(const std::vector<schema_version>& what) const {
  return save_file(".", versions_name, json_text(write_schema_versions(what), json_letters::ascii));
}

result<std::size_t> ticket_store::rebuild_index(std::vector<std::string>* unreadable) const {
  std::size_t entries = 0;
  auto done = in_turn([&](turn& turn) -> result<void> {
    auto root = directory::open(path_);
    auto fresh = root ? index_from_files(*root) : result<fresh_index>{root.error()};
    if (!fresh)
      return fresh.error();
    entries = fresh->entries;
    if (unreadable)
      unreadable->insert(unreadable->end(), fresh->unreadable.begin(), fresh->unreadable.end());
    turn.write(".", index_name, std::move(fresh->text));
    return {};
  });
  if (!done)
    return done.error();
  return entries;
}

} // namespace hyakki::tickets
