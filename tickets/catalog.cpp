#include "tickets/catalog.hpp"

#include "tickets/index_cache.hpp"
#include "tickets/kinds.hpp"
#include "tickets/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>
#include <numeric>

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

/// Of the file as it stands now, which is marked so.
summary_bytes read_one(const marked_files& all, file_mark& f) {
  auto stem = std::string{all.name(f)};
  auto name = std::string{f.folder == 0 ? "open/" : "closed/"} + stem + ".yaml";
  auto id = known_id(stem, true, "ticket");
  if (!id || *id != stem)
    return summarise(stem, error{ec::rejected, "tickets: " + printable(name) + " is not named after a ticket id"},
                     name);
  struct stat seen {};
  auto bytes = all.folders[f.folder].read(stem + ".yaml", most_file_bytes, &seen);
  if (bytes)
    mark(f, seen);
  if (auto& other = all.folders[1 - f.folder]; !bytes && bytes.error() == ec::not_found && other.fd() >= 0)
    bytes = other.read(stem + ".yaml", most_file_bytes); // it has moved
  if (!bytes && bytes.error() == ec::not_found)
    return {}; // removed since it was listed
  return summarise(stem, bytes, name);
}

/// The first 24 bytes of a time, ordered as the text is: sorting many tickets must not look into each of them.
using time_key = std::array<std::uint64_t, 3>;
time_key key_of(std::string_view time) {
  auto out = time_key{};
  for (std::size_t i = 0; i < std::min(time.size(), sizeof out); ++i)
    out[i / 8] |= std::uint64_t{static_cast<unsigned char>(time[i])} << (56 - 8 * (i % 8));
  return out;
}

bool has(std::string_view text, std::string_view part) {
  return ::memmem(text.data(), text.size(), part.data(), part.size()) != nullptr;
}

} // namespace

struct catalog::inner {
  marked_files files;
  std::unique_ptr<index_cache> cache;
  std::unique_ptr<index_cache::snapshot> snapshot; // goes before the cache
  std::vector<summary_bytes> fresh;                ///< what was read now
  struct source {
    std::uint32_t place; ///< in `fresh`, or else in `files`
    bool is_fresh;
    std::uint32_t file; ///< in `files`
  };
  std::vector<source> sources; ///< of each of the tickets
  std::int64_t settled_ns = 0; ///< files that changed since then may change again unmarked

  std::string_view text(std::size_t ticket) const {
    auto& s = sources[ticket];
    return s.is_fresh ? std::string_view{fresh[s.place].text} : snapshot->text(files.files[s.place]);
  }
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
  auto files = list_files(*root);
  if (!files)
    return files.error();
  in.files = std::move(*files);
  auto& all = in.files.files;
  if (options.use_index && !all.empty())
    in.cache = index_cache::open(*root, true);
  if (in.cache)
    in.snapshot = in.cache->read();
  // Where nothing is known every file is read, and looked at then.
  if (in.snapshot && in.snapshot->empty())
    in.snapshot = nullptr;
  if (in.snapshot)
    mark_files(in.files);
  bool stale_left = false;
  auto known = in.snapshot ? in.snapshot->known(in.files, stale_left) : std::vector<summary>(all.size());

  auto missing = std::vector<std::uint32_t>{};
  for (std::size_t i = 0; i < all.size(); ++i)
    if (!known[i].present())
      missing.push_back(static_cast<std::uint32_t>(i));
  in.fresh.resize(missing.size());
  in_parts(missing.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i)
      in.fresh[i] = read_one(in.files, all[missing[i]]);
  });
  out.files_read_ = missing.size();

  struct row {
    time_key key;
    summary view;
    inner::source from;
  };
  auto rows = std::vector<row>{};
  rows.reserve(all.size());
  for (std::size_t i = 0, next = 0; i < all.size(); ++i) {
    bool is_fresh = next < missing.size() && missing[next] == i;
    if (is_fresh && in.fresh[next].fields.empty()) {
      ++next;
      continue;
    }
    auto view = is_fresh ? summary{in.fresh[next].fields.data()} : known[i];
    auto from = inner::source{static_cast<std::uint32_t>(is_fresh ? next : i), is_fresh, static_cast<std::uint32_t>(i)};
    next += is_fresh;
    if (view.readable()) {
      rows.push_back({key_of(view.created_at()), view, from});
    } else {
      out.unreadable_.emplace_back(view[summary_field::fault]);
      out.hidden_.push_back({std::string{view.id()}, out.unreadable_.back(), all[i].folder == 0});
    }
  }
  std::sort(rows.begin(), rows.end(), [](auto& a, auto& b) {
    if (a.key != b.key)
      return a.key > b.key;
    auto order = a.view.created_at().compare(b.view.created_at());
    return order != 0 ? order > 0 : a.view.id() < b.view.id();
  });
  std::sort(out.unreadable_.begin(), out.unreadable_.end());
  for (auto& r : rows) {
    out.tickets_.push_back(r.view);
    in.sources.push_back(r.from);
  }

  auto entries = std::vector<index_cache::fresh_entry>{};
  for (std::size_t i = 0; i < missing.size(); ++i) {
    auto& f = all[missing[i]];
    auto& one = in.fresh[i];
    if (f.size != UINT64_MAX && !one.fields.empty() && one.of_file &&
        std::max(f.changed_ns, f.modified_ns) < in.settled_ns)
      entries.push_back({&f, in.files.name(f), &one});
  }
  if (in.cache && (!entries.empty() || stale_left))
    in.cache->store(entries, stale_left ? &in.files : nullptr);
  return out;
}

std::string_view catalog::text(std::size_t place) const { return in_->text(place); }

catalog::mark catalog::mark_of(std::size_t place) const {
  auto& f = in_->files.files[in_->sources[place].file];
  if (f.size == UINT64_MAX || std::max(f.changed_ns, f.modified_ns) >= in_->settled_ns)
    return {0, f.size};
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (auto part : {f.inode, f.size, static_cast<std::uint64_t>(f.modified_ns),
                    static_cast<std::uint64_t>(f.changed_ns), std::uint64_t{f.folder}})
    sum = (sum ^ part) * 0x9e3779b97f4a7c15u ^ sum >> 29;
  return {sum | 1, f.size};
}

std::vector<std::size_t> catalog::search(const query& what) const {
  constexpr auto nobody = static_cast<std::size_t>(-1);
  auto out = std::vector<std::size_t>{};
  auto asked = std::vector<std::size_t>(in_->files.files.size(), nobody); // tickets, by the place of their file
  for (std::size_t i = 0; i < tickets_.size(); ++i) {
    if (!terms_match(what, tickets_[i]))
      continue;
    if (what.text.empty() || (in_->sources[i].is_fresh && has(in_->text(i), what.text)))
      out.push_back(i);
    else if (!in_->sources[i].is_fresh)
      asked[in_->sources[i].place] = i;
  }
  if (in_->snapshot && !what.text.empty())
    in_->snapshot->each_text(in_->files, [&](std::size_t file, std::string_view text) {
      if (asked[file] != nobody && has(text, what.text))
        out.push_back(asked[file]);
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
