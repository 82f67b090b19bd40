#include "tickets/resolve_plan.hpp"

#include "tickets/json_text.hpp"
#include "tickets/kinds.hpp"
#include "tickets/merge.hpp"
#include "tickets/yaml_text.hpp"

#include <algorithm>

namespace hyakki::tickets {
namespace {

constexpr std::string_view yaml = ".yaml", json = ".json";

std::string_view suffix_of(const std::string& name) { return stem_of(name, json).empty() ? yaml : json; }

using place = std::pair<std::string, std::string>; ///< folder, name

place parted(const std::string& path) {
  auto slash = path.find('/');
  return slash == std::string::npos ? place{".", path} : place{path.substr(0, slash), path.substr(slash + 1)};
}

std::optional<file_version> at(const files_by_path& files, const std::string& path) {
  auto it = files.find(path);
  return it == files.end() ? std::nullopt : std::optional{it->second};
}

/// A record's file in whichever of its folders.
std::optional<file_version> anywhere(const files_by_path& files, const std::string& folder, const std::string& name) {
  auto first = at(files, in_store(folder, name));
  return first || folder != "open" ? first : at(files, in_store("closed", name));
}

bool same(const std::optional<file_version>& a, const std::optional<file_version>& b) {
  return (!a && !b) || (a && b && a->object == b->object);
}

bool made_by_both(const unmerged_file& f) {
  return f.folder != "." && !f.versions[0] && f.versions[1] && f.versions[2];
}

unmerged_record record_of_path(const std::string& path) {
  auto [folder, name] = parted(path);
  return {first_folder(folder), name, std::string{stem_of(name, suffix_of(name))}, {}, false};
}

/// An empty map for what is not there or cannot be read.
value read(const std::optional<file_version>& v, bool as_json) {
  if (!v)
    return map_value();
  if (as_json) {
    auto read = read_json(v->bytes);
    return read && read->is == value::kind::map ? *read : map_value();
  }
  auto tree = read_yaml(v->bytes);
  auto out = tree ? meaning(*tree) : map_value();
  return out.is == value::kind::map ? out : map_value();
}

} // namespace

std::string in_store(const std::string& folder, const std::string& name) {
  return folder == "." ? name : folder + "/" + name;
}

std::string first_folder(const std::string& folder) { return folder == "closed" ? "open" : folder; }

std::vector<unmerged_record> sorted_by_record(const std::vector<unmerged_file>& files) {
  auto out = std::vector<unmerged_record>{};
  auto record_at = [&](const unmerged_file& file, const std::string& id) -> unmerged_record& {
    auto folder = first_folder(file.folder);
    auto it = std::find_if(out.begin(), out.end(), [&](auto& r) { return r.folder == folder && r.id == id; });
    if (it != out.end())
      return *it;
    auto name = id == file.name ? id : id + std::string{suffix_of(file.name)};
    return out.emplace_back(unmerged_record{folder, name, id, {}, false});
  };
  for (auto& file : files) {
    auto suffix = suffix_of(file.name);
    auto stem = file.folder == "." ? std::string{} : std::string{stem_of(file.name, suffix)};
    bool record_file = !stem.empty();
    bool upper = first_folder(file.folder) == "open" || file.folder == "epics" || file.folder == "workflows";
    if (!record_file)
      stem = file.name; // config.yaml and the like are only what they are called
    std::array<value, 3> read_as;
    for (std::size_t i = 0; i < 3; ++i)
      read_as[i] = record_file ? read(file.versions[i], suffix == json) : map_value();
    bool one =
      one_record(read_as[1], read_as[2]) && one_record(read_as[0], read_as[1]) && one_record(read_as[0], read_as[2]);
    for (std::size_t i = 0; i < 3; ++i) {
      if (!file.versions[i])
        continue;
      auto* id = one ? nullptr : read_as[i].find("id");
      auto known = id ? known_id(id->text, upper, "record") : result<std::string>{ec::not_found, {}};
      auto of = known ? *known : stem;
      auto& to = record_at(file, of);
      to.strayed = to.strayed || of != stem;
      if (!to.versions[i] || file.folder == "open") // open/ counts where both folders have it
        to.versions[i] = file.versions[i];
    }
  }
  return out;
}

bool are_merged(const std::vector<unmerged_file>& files, const std::array<files_by_path, 3>& commits) {
  return std::all_of(files.begin(), files.end(), [&](auto& f) {
    auto path = in_store(f.folder, f.name);
    auto agree = [&](std::size_t i) { return !f.versions[i] || same(f.versions[i], at(commits[i], path)); };
    bool everywhere = at(commits[0], path) && at(commits[1], path) && at(commits[2], path);
    return !everywhere || (agree(1) && agree(2));
  });
}

bool may_collide(const std::vector<unmerged_file>& files) {
  return std::any_of(files.begin(), files.end(), made_by_both);
}

std::vector<unmerged_record> collided(const std::vector<unmerged_file>& files,
                                      const std::array<files_by_path, 3>& commits, const files_by_path& settled) {
  auto out = std::vector<unmerged_record>{};
  for (auto& [path, was] : commits[0]) {
    auto record = record_of_path(path);
    if (record.id.empty())
      continue;
    for (std::size_t left = 1; left < 3; ++left) { // the side on which it left its folder, where the other changed it
      auto edited = at(commits[3 - left], path);
      auto other = anywhere(commits[left], record.folder, record.name);
      bool lost = !at(commits[left], path) && edited && edited->object != was.object &&
                  same(anywhere(settled, record.folder, record.name), other);
      if (!lost)
        continue;
      record.versions[0] = was;
      record.versions[left] = other;
      record.versions[3 - left] = edited;
      record.strayed = true;
      out.push_back(record);
    }
  }
  if (out.empty())
    return out; // both made one, and that is all
  for (auto& f : files) {
    auto path = in_store(f.folder, f.name);
    auto record = record_of_path(path);
    record.versions = {std::nullopt, at(commits[1], path), at(commits[2], path)};
    if (made_by_both(f) && !record.id.empty() && record.versions[1] && record.versions[2])
      out.push_back(std::move(record));
  }
  return out;
}

} // namespace hyakki::tickets
