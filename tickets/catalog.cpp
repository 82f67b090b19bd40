#include "tickets/catalog.hpp"

#include "tickets/index_cache.hpp"
#include "tickets/kinds.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <new>
#include <system_error>
#include <thread>

#include <sys/stat.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t worth_a_thread = 200;

/// A file that was written so shortly before it was read may change again within the same tick of the file system's
/// clock: what was read of it is not kept.
constexpr std::int64_t tick_ns = 20'000'000;

std::int64_t now_ns() {
  auto t = timespec{};
  ::clock_gettime(CLOCK_REALTIME, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

/// Reads tickets' files, one after the other. What it made is good as long as it lives.
class file_reader {
public:
  /// The file as it stands now, which is marked so.
  void read(const marked_files& all, file_mark& f) {
    made_.push_back(summary_of(all, f));
    f.made = static_cast<std::uint32_t>(made_.size() - 1);
    f.gone = made_.back().fields.empty();
  }
  /// Empty where the file was removed since it was listed.
  const summary_bytes& made(std::uint32_t place) const { return made_[place]; }
  std::size_t count() const { return made_.size(); }

private:
  summary_bytes summary_of(const marked_files& all, file_mark& f) {
    auto stem = std::string{all.name(f)};
    name_ = f.folder == 0 ? "open/" : "closed/";
    name_.append(stem).append(".yaml");
    auto id = known_id(stem, true, "ticket");
    if (!id || *id != stem)
      return make_.of_unreadable(stem,
                                 {ec::rejected, "tickets: " + printable(name_) + " is not named after a ticket id", 0});
    struct stat seen {};
    auto done = all.folders[f.folder].read_into(bytes_, f.name, most_file_bytes, &seen);
    if (done)
      mark(f, seen);
    if (auto& other = all.folders[1 - f.folder]; !done && done.error() == ec::not_found && other.fd() >= 0)
      done = other.read_into(bytes_, f.name, most_file_bytes); // it has moved
    if (done)
      return make_.of(stem, bytes_, name_);
    if (done.error() == ec::not_found)
      return {};
    return make_.of_unreadable(stem, done.error());
  }

  summariser make_;
  std::vector<summary_bytes> made_;
  std::string name_, bytes_; // used again for each
};

/// The first 24 bytes of a time, ordered as the text is: sorting many tickets must not look into each of them.
using time_key = std::array<std::uint64_t, 3>;
time_key key_of(std::string_view time) {
  auto out = time_key{};
  for (std::size_t i = 0; i < std::min(time.size(), sizeof out); ++i)
    out[i / 8] |= std::uint64_t{static_cast<unsigned char>(time[i])} << (56 - 8 * (i % 8));
  return out;
}

bool has_files(const directory& root) {
  auto any = [&](const char* name) {
    auto folder = root.folder(name);
    return folder && folder->count(3) > 2; // but itself and the one above
  };
  return any("open") || any("closed");
}

bool has(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

} // namespace

struct catalog::inner {
  marked_files files;
  std::unique_ptr<index_cache> cache;
  std::unique_ptr<index_cache::snapshot> snapshot;                ///< goes before the cache
  std::array<std::unique_ptr<file_reader>, most_workers> readers; ///< hold what was read now
  std::vector<std::uint32_t> sources;                             ///< the files of the tickets
  std::int64_t settled_ns = 0; ///< files that changed since then may change again unmarked
  std::array<std::vector<std::uint32_t>, most_workers> in_order; ///< by reader, the files in the order of their bytes
  std::thread storing;                                           ///< into the cache; over before anything here goes

  inner() = default;
  inner(const inner&) = delete;
  inner& operator=(const inner&) = delete;
  ~inner() {
    if (storing.joinable())
      storing.join();
  }

  /// Puts into the cache what was read and will not change unmarked. Much of it beside what the caller does meanwhile.
  void keep(std::size_t read_now, bool stale_left) {
    if (!cache || (read_now == 0 && !stale_left))
      return;
    bool much = read_now >= worth_a_thread;
    auto work = [this, stale_left, read_now] {
      try {
        auto entries = std::vector<index_cache::fresh_entry>{};
        entries.reserve(read_now);
        for (auto& f : files.files)
          if (is_fresh(f) && f.size != UINT64_MAX && !f.gone && std::max(f.changed_ns, f.modified_ns) < settled_ns)
            entries.push_back({&f, &fresh(f)});
        if (!entries.empty() || stale_left)
          cache->store(entries, stale_left ? &files : nullptr);
      } catch (const std::bad_alloc&) { // what is not stored is read again
      }
    };
    try {
      if (much)
        storing = std::thread{work};
      else
        work();
    } catch (const std::system_error&) { // no more threads to be had
      work();
    }
  }

  void read(std::size_t worker, const marked_files& all, file_mark& f) {
    auto& reader = readers[worker];
    if (!reader)
      reader = std::make_unique<file_reader>();
    reader->read(all, f);
    f.worker = static_cast<std::uint8_t>(worker);
  }
  /// Thousands of tickets are walked over where their bytes lie one behind the other: each jump would be waited for.
  void put_in_order() {
    for (std::size_t w = 0; w < readers.size(); ++w)
      in_order[w].assign(readers[w] ? readers[w]->count() : 0, file_mark::nothing);
    for (std::uint32_t i = 0; i < files.files.size(); ++i)
      if (auto& f = files.files[i]; is_fresh(f))
        in_order[f.worker][f.made] = i;
  }
  /// Shows what was read now: each file's place, and what was made of it.
  template <class Visit>
  void each_fresh(Visit visit) const {
    for (std::size_t w = 0; w < readers.size(); ++w)
      for (std::uint32_t k = 0; k < in_order[w].size(); ++k)
        if (in_order[w][k] != file_mark::nothing)
          visit(in_order[w][k], readers[w]->made(k));
  }
  static bool is_fresh(const file_mark& f) { return f.made != file_mark::nothing; }
  const summary_bytes& fresh(const file_mark& f) const { return readers[f.worker]->made(f.made); }
  std::string_view text(const file_mark& f) const { return is_fresh(f) ? fresh(f).text : snapshot->text(f); }
};

catalog::catalog() : in_(std::make_unique<inner>()) {}
catalog::catalog(catalog&&) noexcept = default;
catalog::~catalog() = default;

result<catalog> catalog::open(const ticket_store& store, catalog_options options) {
  auto out = catalog{};
  auto& in = *out.in_;
  auto root = directory::open(store.path());
  if (!root)
    return root.error();
  auto started = now_ns();
  in.settled_ns = started - tick_ns;
  if (options.use_index && has_files(*root))
    in.cache = index_cache::open(*root, true);
  if (in.cache)
    in.snapshot = in.cache->read();
  if (in.snapshot && in.snapshot->empty())
    in.snapshot = nullptr;
  auto read = [&in](std::size_t worker, const marked_files& files, file_mark& f) { in.read(worker, files, f); };
  // Where nothing is known every file is read, and looked at then.
  auto files = list_files(*root, in.snapshot ? file_work{look_at} : file_work{read});
  if (!files)
    return files.error();
  in.files = std::move(*files);
  auto& all = in.files.files;
  bool stale_left = false;
  auto known = in.snapshot ? in.snapshot->known(in.files, stale_left) : std::vector<summary>(all.size());

  auto missing = std::vector<std::uint32_t>{};
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!known[i].present())
      missing.push_back(static_cast<std::uint32_t>(i));
  out.files_read_ = missing.size();
  if (in.snapshot)
    work_on(in.files, missing, read);
  in.put_in_order();
  in.keep(missing.size(), stale_left);

  struct row {
    time_key key;
    summary view;
    std::uint32_t file;
  };
  auto rows = std::vector<row>{};
  rows.reserve(all.size());
  auto add = [&](std::uint32_t i, summary view) {
    if (all[i].gone)
      return;
    if (view.readable()) {
      rows.push_back({key_of(view.created_at()), view, i});
    } else {
      out.unreadable_.emplace_back(view[summary_field::fault]);
      out.hidden_.push_back({std::string{view.id()}, out.unreadable_.back(), all[i].folder == 0});
    }
  };
  in.each_fresh([&](std::uint32_t i, const summary_bytes& made) { add(i, summary{made.fields.data()}); });
  for (std::uint32_t i = 0; i < all.size(); ++i)
    if (!inner::is_fresh(all[i]))
      add(i, known[i]);
  std::sort(rows.begin(), rows.end(), [](auto& a, auto& b) {
    for (std::size_t i = 0; i < a.key.size(); ++i)
      if (a.key[i] != b.key[i])
        return a.key[i] > b.key[i];
    auto order = a.view.created_at().compare(b.view.created_at());
    return order != 0 ? order > 0 : a.view.id() < b.view.id();
  });
  std::sort(out.unreadable_.begin(), out.unreadable_.end());
  for (auto& r : rows) {
    out.tickets_.push_back(r.view);
    in.sources.push_back(r.file);
  }

  return out;
}

std::string_view catalog::text(std::size_t place) const { return in_->text(in_->files.files[in_->sources[place]]); }

std::uint64_t catalog::mark_of(std::size_t place) const {
  auto& f = in_->files.files[in_->sources[place]];
  if (f.size == UINT64_MAX || std::max(f.changed_ns, f.modified_ns) >= in_->settled_ns)
    return 0;
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (auto part : {f.inode, f.size, static_cast<std::uint64_t>(f.modified_ns),
                    static_cast<std::uint64_t>(f.changed_ns), std::uint64_t{f.folder}})
    sum = (sum ^ part) * 0x9e3779b97f4a7c15u ^ sum >> 29;
  return sum | 1;
}

std::vector<std::size_t> catalog::search(const query& what) const {
  constexpr auto nobody = static_cast<std::size_t>(-1);
  auto out = std::vector<std::size_t>{};
  auto asked = std::vector<std::size_t>(in_->files.files.size(), nobody); // tickets, by the place of their file
  for (std::size_t i = 0; i < tickets_.size(); ++i) {
    if (!terms_match(what, tickets_[i]))
      continue;
    if (what.text.empty())
      out.push_back(i);
    else
      asked[in_->sources[i]] = i;
  }
  if (what.text.empty())
    return out;
  auto look = [&](std::size_t file, std::string_view text) {
    if (asked[file] != nobody && has(text, what.text))
      out.push_back(asked[file]);
  };
  in_->each_fresh([&](std::uint32_t file, const summary_bytes& made) { look(file, made.text); });
  if (in_->snapshot)
    in_->snapshot->each_text(in_->files, [&](std::size_t file, std::string_view text) {
      if (!inner::is_fresh(in_->files.files[file]))
        look(file, text);
    });
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<std::size_t> catalog::search_fast(const query& what) const {
  auto out = std::vector<std::size_t>{};
  auto has = [&](std::string_view text) { return folded(text).find(what.text) != std::string::npos; };
  for (std::size_t i = 0; i < tickets_.size(); ++i) {
    auto& t = tickets_[i];
    if (!terms_match(what, t))
      continue;
    auto labels = t.labels();
    if (what.text.empty() || has(t.title()) || std::any_of(labels.begin(), labels.end(), has))
      out.push_back(i);
  }
  std::sort(out.begin(), out.end(), [&](auto a, auto b) { return tickets_[a].id() < tickets_[b].id(); });
  return out;
}

bool terms_match(const query& what, const summary& t) {
  struct row {
    std::string_view name;
    summary_field field;
    bool list;
    bool may_be_none;
  };
  static constexpr row rows[] = {
    {"status", summary_field::status, false, false},
    {"priority", summary_field::priority, false, false},
    {"label", summary_field::labels, true, true},
    {"assignee", summary_field::assignee, false, true},
    {"reporter", summary_field::reporter, false, false},
    {"epic", summary_field::epic_id, false, true},
    {"id", summary_field::id, false, false},
  };
  return std::all_of(what.terms.begin(), what.terms.end(), [&](auto& term) {
    auto r = std::find_if(std::begin(rows), std::end(rows), [&](auto& one) { return one.name == term.field; });
    auto text = t[r->field];
    auto all = r->list ? summary::split(text) : std::vector<std::string_view>{text};
    if (text.empty() && r->may_be_none)
      all = {"none"};
    bool found = std::any_of(all.begin(), all.end(), [&](auto one) {
      return std::find(term.any_of.begin(), term.any_of.end(), folded(one)) != term.any_of.end();
    });
    return found != term.negated;
  });
}

} // namespace hyakki::tickets
