#include "tickets/resolve.hpp"

#include "tickets/commit.hpp"
#include "tickets/git_index.hpp"
#include "tickets/kinds.hpp"
#include "tickets/merge.hpp"
#include "tickets/resolve_plan.hpp"
#include "tickets/text.hpp"
#include "tickets/turn.hpp"

#include <algorithm>

#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr auto store_folder = ".tickets";
constexpr std::string_view store_prefix = ".tickets/";
constexpr std::size_t base = 0, ours = 1, theirs = 2;
constexpr std::size_t most_bytes = 256u << 20; // an index of a very large store

/// The folder and the name of a file of the store; no folder for what no record can be.
std::pair<std::string, std::string> parted(const std::string& path) {
  auto slash = path.find('/');
  if (slash == std::string::npos)
    return {".", path};
  auto folder = path.substr(0, slash), name = path.substr(slash + 1);
  bool known = std::find(record_folders.begin(), record_folders.end(), folder) != record_folders.end() &&
               name.find('/') == std::string::npos && !name.empty() && name.front() != '.';
  return known ? std::pair{folder, name} : std::pair{std::string{}, path};
}

/// Both folders of a ticket, the one of anything else.
std::vector<std::string> folders_of(const std::string& folder) {
  return folder == "open" ? std::vector<std::string>{"open", "closed"} : std::vector<std::string>{folder};
}

bool marked(const std::string& bytes) { return bytes.find("<<<<<<< ") != std::string::npos; }

class resolution {
public:
  resolution(const ticket_store& store, std::string root) : store_(store), root_(std::move(root)) {}

  result<resolved> run() {
    auto staged = staged_files(root_, store_folder);
    if (!staged)
      return staged.error();
    if (auto read = sort(*staged); !read)
      return read.error();
    if (files_.empty())
      return std::move(out_);
    auto commits = committed();
    if (!commits)
      return commits.error();
    if (auto found = recover(*commits); !found)
      return found.error();
    auto records = sorted_by_record(files_);
    if (auto found = recover_collided(*commits, records); !found)
      return found.error();
    auto done = store_.in_turn([&](turn& turn) -> result<void> {
      for (auto& record : records)
        if (auto settled = settle(turn, record); !settled)
          return settled;
      return {};
    });
    if (!done)
      return done.error();
    return stage();
  }

private:
  struct location {
    std::string path; ///< in the store
    std::string bytes;
  };

  /// The index into unmerged files, with their bytes, and the others.
  result<void> sort(const std::vector<staged_file>& staged) {
    for (auto& s : staged) {
      auto path = s.path.substr(std::min(store_prefix.size(), s.path.size()));
      if (s.stage == 0) {
        settled_[path] = {{}, s.mode, s.object};
        continue;
      }
      auto [folder, name] = parted(path);
      if (folder.empty() || s.stage > 3) {
        if (out_.left.empty() || out_.left.back().path != s.path)
          left(printable(name), s.path, "is no file that is merged here; put it right, then `git add` it");
        continue;
      }
      if (files_.empty() || files_.back().folder != folder || files_.back().name != name)
        files_.push_back({folder, name, {}});
      auto bytes = staged_bytes(root_, s.object);
      if (!bytes)
        return bytes.error();
      files_.back().versions[static_cast<std::size_t>(s.stage) - 1] = {std::move(*bytes), s.mode, s.object};
    }
    for (auto& f : files_)
      unmerged_.push_back(in_store(f.folder, f.name));
    return {};
  }

  /// What the commits that are merged have, without bytes; nothing when there are none, or when they are not those that
  /// git has merged last: something else may have been popped or picked while a rebase stands still.
  result<std::array<files_by_path, 3>> committed() const {
    auto trees = std::array<files_by_path, 3>{};
    auto commits = merged_commits(root_);
    for (std::size_t i = 0; i < commits.size(); ++i) {
      auto files = committed_files(root_, commits[i], store_folder);
      if (!files)
        return files.error();
      for (auto& f : *files)
        trees[i][f.path.substr(store_prefix.size())] = {{}, f.mode, f.object};
    }
    return are_merged(files_, trees) ? trees : std::array<files_by_path, 3>{};
  }

  result<void> read(file_version& v) const {
    auto bytes = staged_bytes(root_, v.object);
    if (bytes)
      v.bytes = std::move(*bytes);
    return bytes ? result<void>{} : result<void>{bytes.error()};
  }

  /// Of a file that both sides seem to have renamed the index may have what git made of the lines of both.
  result<void> recover(const std::array<files_by_path, 3>& commits) {
    for (auto& f : files_)
      for (auto side : {ours, theirs}) {
        auto path = in_store(f.folder, f.name);
        auto own = commits[side].find(path);
        if (!f.versions[side] || own == commits[side].end() || own->second.object == f.versions[side]->object)
          continue;
        made_by_git_.push_back({path, std::move(f.versions[side]->bytes)});
        f.versions[side] = own->second;
        if (auto done = read(*f.versions[side]); !done)
          return done;
      }
    return {};
  }

  result<void> recover_collided(const std::array<files_by_path, 3>& commits,
                                std::vector<unmerged_record>& records) const {
    for (auto& lost : may_collide(files_) ? collided(files_, commits, settled_) : std::vector<unmerged_record>{}) {
      for (auto& v : lost.versions)
        if (v)
          if (auto done = read(*v); !done)
            return done;
      auto known = std::find_if(records.begin(), records.end(),
                                [&](auto& r) { return r.folder == lost.folder && r.id == lost.id; });
      (known == records.end() ? records.emplace_back() : *known) = std::move(lost);
    }
    return {};
  }

  bool unmerged(const std::string& path) const {
    return std::find(unmerged_.begin(), unmerged_.end(), path) != unmerged_.end();
  }

  /// A side whose version git has settled is what the index has of it.
  result<void> complete(unmerged_record& record) const {
    for (auto& folder : folders_of(record.folder)) {
      auto it = settled_.find(in_store(folder, record.name));
      if (it == settled_.end())
        continue;
      auto bytes = staged_bytes(root_, it->second.object);
      if (!bytes)
        return bytes.error();
      for (auto side : {ours, theirs})
        if (!record.versions[side])
          record.versions[side] = {*bytes, it->second.mode, it->second.object};
      return {};
    }
    return {};
  }

  result<std::vector<location>> in_work_tree(const unmerged_record& record) const {
    auto root = directory::open(store_.path());
    if (!root)
      return root.error();
    auto found = std::vector<location>{};
    for (auto& where : folders_of(record.folder)) {
      auto folder = root->folder(where.c_str());
      auto bytes = folder ? folder->read(record.name, record.folder == "." ? most_bytes : most_file_bytes)
                          : result<std::string>{folder.error()};
      if (bytes)
        found.push_back({in_store(where, record.name), std::move(*bytes)});
      else if (bytes.error() != ec::not_found)
        return bytes.error();
    }
    return found;
  }

  /// Can be read, and is none of what git makes of lines.
  bool sound(const location& at) const {
    auto gits = [&](auto& made) { return made.path == at.path && made.bytes == at.bytes; };
    return !marked(at.bytes) && std::none_of(made_by_git_.begin(), made_by_git_.end(), gits) &&
           merge_file(at.path, at.bytes, at.bytes, at.bytes).ok();
  }

  /// What merging by the driver, by git's lines or not at all leaves in the work tree is no person's work.
  bool persons_work(const location& at, const unmerged_record& record, const std::string& merged) const {
    auto untouched = [&](auto& v) { return v && v->bytes == at.bytes; };
    if (at.bytes == merged || std::any_of(record.versions.begin(), record.versions.end(), untouched) || !sound(at))
      return false;
    auto place = parted(at.path);
    auto file = std::find_if(files_.begin(), files_.end(),
                             [&](auto& f) { return f.folder == place.first && f.name == place.second; });
    auto text = [&](std::size_t i) { return file->versions[i] ? file->versions[i]->bytes : std::string{}; };
    auto driver = file == files_.end() ? result<merged_file>{ec::not_found, {}}
                                       : merge_file(at.path, text(base), text(ours), text(theirs));
    return !driver || driver->bytes != at.bytes;
  }

  result<void> settle(turn& turn, unmerged_record record) {
    auto& [b, a, t] = record.versions;
    if (auto done = complete(record); !done)
      return done;
    auto there = in_work_tree(record);
    if (!there)
      return there.error();
    if (a && t)
      return merge(turn, record, *there);
    auto& only = a ? a : t;
    if (only && !b)
      return merge(turn, record, *there);
    if (!only || only->bytes == b->bytes || (there->empty() && !record.strayed)) {
      turn.remove_file(record.folder, record.name);
      touched(record);
      done(record.id, std::string{store_prefix} + in_store(record.folder, record.name), "is deleted");
      return {};
    }
    auto whole = std::find_if(there->begin(), there->end(), [&](auto& at) { return sound(at); });
    auto home = turn.put_file(record.folder, record.name, whole == there->end() ? only->bytes : whole->bytes);
    if (!home)
      return home.error();
    auto path = std::string{store_prefix} + in_store(*home, record.name);
    stays(record, in_store(*home, record.name));
    left(record.id, path,
         "one side changed it, the other deleted it. `git add " + path + "` keeps it; `tickets delete " + record.id +
           "`, then `tickets resolve` once more, deletes it");
    return {};
  }

  /// Both sides have it, or one made it.
  result<void> merge(turn& turn, const unmerged_record& record, const std::vector<location>& there) {
    auto& [b, a, t] = record.versions;
    auto& one = a ? a : t;
    auto& other = t ? t : a;
    auto path = in_store(record.folder, record.name);
    auto merged = merge_file(path, b ? b->bytes : std::string{}, one->bytes, other->bytes);
    for (auto& at : there)
      if (unmerged(at.path) && persons_work(at, record, merged ? merged->bytes : std::string{})) {
        merged = merged_file{at.bytes, {}, merged ? merged->apart : std::nullopt, {}};
      } else if (auto it = settled_.find(at.path); merged && it != settled_.end() && at.bytes != merged->bytes) {
        auto was = staged_bytes(root_, it->second.object);
        if (!was)
          return was.error();
        if (auto edited = *was == at.bytes ? result<merged_file>{ec::no_changes, {}}
                                           : merge_file(path, *was, at.bytes, merged->bytes)) {
          edited->apart = merged->apart;
          merged = std::move(edited);
        }
      }
    if (!merged) {
      left(record.id, std::string{store_prefix} + (there.empty() ? path : there.front().path),
           "cannot be merged by its fields (" + without_name(merged.error().text) +
             "). Put it right, then `git add` it");
      for (auto& folder : folders_of(record.folder))
        kept_.push_back(in_store(folder, record.name));
      return {};
    }
    return write(turn, record, there, *merged);
  }

  result<void> write(turn& turn, const unmerged_record& record, const std::vector<location>& there,
                     const merged_file& merged) {
    // A text that people choose from is not written over: they may be at it.
    bool begun = !merged.conflicts.empty() && !there.empty() && marked(there.front().bytes) &&
                 merge_file(there.front().path, there.front().bytes, there.front().bytes, there.front().bytes);
    auto home = turn.put_file(record.folder, record.name, begun ? there.front().bytes : merged.bytes);
    if (!home)
      return home.error();
    auto path = in_store(*home, record.name);
    auto shown = std::string{store_prefix} + path;
    if (!merged.conflicts.empty()) {
      stays(record, path);
      auto fields = std::string{};
      for (auto& f : merged.conflicts)
        fields += (fields.empty() ? "" : ", ") + printable(f);
      left(record.id, shown,
           "both sides changed " + fields + "; both texts stand in " + shown +
             " between marks. Keep what is right, then `tickets resolve` once more");
      return {};
    }
    touched(record);
    if (merged.apart) {
      auto [folder, name] = parted(merged.apart->path);
      auto second = unmerged_record{first_folder(folder), name, merged.apart->id, {}, false};
      auto made = in_work_tree(second); // the driver may have, and a person gone on with it
      if (!made)
        return made.error();
      auto& bytes = made->empty() ? merged.apart->bytes : made->front().bytes;
      if (auto put = turn.put_file(folder, name, bytes); !put)
        return put.error();
      touched(second);
      done(record.id, shown,
           "both sides made one; the later one is " + merged.apart->id + " now: look for what names it");
      return {};
    }
    bool one_side = !record.versions[ours] || !record.versions[theirs];
    done(record.id, shown, (one_side ? "stands in " : "both sides' changes are in ") + shown);
    return {};
  }

  /// The record's paths are decided on.
  void touched(const unmerged_record& record) {
    for (auto& folder : folders_of(record.folder))
      changed_.push_back(in_store(folder, record.name));
  }

  /// Its versions wait under its own path, where git and people look for them.
  void stays(const unmerged_record& record, const std::string& path) {
    for (auto& folder : folders_of(record.folder))
      (in_store(folder, record.name) == path ? kept_ : changed_).push_back(in_store(folder, record.name));
    for (std::size_t i = 0; i < 3; ++i)
      if (auto& v = record.versions[i])
        versions_.push_back({std::string{store_prefix} + path, static_cast<int>(i) + 1, v->mode, v->object});
  }

  void done(const std::string& id, const std::string& path, std::string text) {
    out_.done.push_back({id, path, std::move(text)});
  }
  void left(const std::string& id, const std::string& path, std::string text) {
    out_.left.push_back({id, path, std::move(text)});
  }

  /// First what stays: a path that is added takes the versions of others that lay there with it.
  result<resolved> stage() {
    if (auto done = stage_versions(root_, versions_); !done)
      return done.error();
    auto paths = std::vector<std::string>{};
    auto add = [&](const std::string& path) {
      bool known = settled_.count(path) != 0 || unmerged(path);
      bool there = ::access((store_.path() + "/" + path).c_str(), F_OK) == 0;
      if ((known || there) && std::find(kept_.begin(), kept_.end(), path) == kept_.end())
        paths.push_back(std::string{store_prefix} + path);
    };
    for (auto& path : changed_)
      add(path);
    for (auto& path : unmerged_)
      add(path);
    if (settled_.count(index_name) != 0)
      add(index_name);
    if (auto done = stage_files(root_, paths); !done)
      return done.error();
    return std::move(out_);
  }

  const ticket_store& store_;
  std::string root_;
  std::vector<unmerged_file> files_;
  std::vector<std::string> unmerged_; ///< their paths
  files_by_path settled_;
  std::vector<location> made_by_git_; ///< of lines, and no version of anybody's
  std::vector<std::string> changed_;  ///< paths whose files are what the merge comes to
  std::vector<std::string> kept_;     ///< paths that stay unmerged
  std::vector<staged_file> versions_;
  resolved out_;
};

} // namespace

result<resolved> resolve_merge(const ticket_store& store, const repository& where) {
  if (where.kind == vcs::hg || git_directory(where.root).empty())
    return resolved{};
  return resolution{store, where.root}.run();
}

} // namespace hyakki::tickets
