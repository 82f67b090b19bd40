#include "tickets/file_marks.hpp"

#include "tickets/digest.hpp"
#include "tickets/kinds.hpp"
#include "tickets/listing.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t batch_files = 256;
constexpr std::size_t few_files = 64;   ///< of those that take longer
constexpr std::size_t kept_waiting = 8; ///< batches for each of the others, while the rest is put in order
constexpr int most_listings = 5;        ///< while others move tickets
constexpr std::array<const char*, 2> folder_names{"open", "closed"};

timespec changed(const directory& folder) {
  struct stat info {};
  return ::fstat(folder.fd(), &info) == 0 ? info.st_mtim : timespec{};
}

bool by_inode(const file_mark& a, const file_mark& b) { return a.inode < b.inode; }

/// Those who work on files while they are listed. The one who lists adds them, and helps in the end.
class crew {
public:
  crew(const marked_files& all, const file_work& work) : all_(all), work_(work) {}
  ~crew() {
    close();
    for (auto& t : others_)
      t.join();
  }
  crew(const crew&) = delete;
  crew& operator=(const crew&) = delete;

  void add(std::vector<file_mark> files) {
    if (files.empty())
      return;
    {
      auto guard = std::lock_guard{mutex_};
      batches_.push_back(std::move(files));
    }
    more_.notify_one();
    // One alone would have done the first ones before another is awake.
    static const std::size_t processors = std::max(1u, std::thread::hardware_concurrency());
    if (can_hire_ && batches_.size() > 2 && others_.size() + 1 < std::min(most_workers, processors)) {
      try {
        others_.emplace_back([this, me = others_.size() + 1] {
          // Each opens and closes thousands of files: with a table of descriptors of its own none waits for another.
          // Where that is forbidden they wait.
          (void)::unshare(CLONE_FILES);
          take(me);
        });
      } catch (const std::system_error&) {
        can_hire_ = false; // no more threads to be had: the rest is ours
      }
    }
  }

  /// What nobody has begun with is done in order of inode from now on. Inodes and their bytes lie in that order, and so
  /// does what the index keeps of them, while a folder lists its files in none.
  void put_in_order() {
    auto rest = std::vector<std::vector<file_mark>>{};
    {
      auto guard = std::lock_guard{mutex_};
      ordered_ = std::min(next_ + kept_waiting * others_.size(), batches_.size());
      for (auto i = ordered_; i < batches_.size(); ++i)
        rest.push_back(std::move(batches_[i]));
      batches_.resize(ordered_);
    }
    auto order = std::vector<std::pair<std::uint64_t, const file_mark*>>{};
    for (auto& batch : rest)
      for (auto& f : batch)
        order.emplace_back(f.inode, &f);
    std::sort(order.begin(), order.end(), [](auto& a, auto& b) { return a.first < b.first; });
    auto batch = std::vector<file_mark>{};
    for (auto& [inode, f] : order) {
      batch.push_back(*f);
      if (batch.size() == batch_files)
        add(std::exchange(batch, {}));
    }
    add(std::move(batch));
  }

  /// All of them, in the order in which they were added.
  std::vector<file_mark> finish() {
    work_off();
    auto out = std::vector<file_mark>{};
    std::size_t count = 0;
    for (auto& b : batches_)
      count += b.size();
    out.reserve(count);
    for (auto& b : batches_)
      out.insert(out.end(), b.begin(), b.end());
    return out;
  }

  /// All of them in order of inode.
  std::vector<file_mark> finish_sorted() {
    auto out = finish();
    std::ptrdiff_t early = 0;
    for (std::size_t i = 0; i < ordered_; ++i)
      early += static_cast<std::ptrdiff_t>(batches_[i].size());
    auto middle = out.begin() + early;
    // Some file systems name one inode in the folder and another when the file is looked at.
    if (!std::is_sorted(middle, out.end(), by_inode))
      middle = out.end();
    std::sort(out.begin(), middle, by_inode);
    std::inplace_merge(out.begin(), middle, out.end(), by_inode);
    return out;
  }

private:
  void work_off() {
    close();
    take(0);
    for (auto& t : others_)
      t.join();
    others_.clear();
  }
  void close() {
    auto guard = std::lock_guard{mutex_};
    closed_ = true;
    more_.notify_all();
  }
  void take(std::size_t worker) {
    while (auto* batch = next())
      for (auto& f : *batch)
        work_(worker, all_, f);
  }
  /// Nothing when all is done.
  std::vector<file_mark>* next() {
    auto lock = std::unique_lock{mutex_};
    more_.wait(lock, [&] { return closed_ || next_ < batches_.size(); });
    return next_ < batches_.size() ? &batches_[next_++] : nullptr;
  }

  const marked_files& all_;
  const file_work& work_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::vector<file_mark>> batches_; // grows without moving what is there
  std::size_t next_ = 0;
  std::size_t ordered_ = 0; ///< the first of those that were put in order
  bool closed_ = false;
  bool can_hire_ = true;
  std::vector<std::thread> others_;
};

/// Names that were seen, by one bit each: nearly all new names are told to be new, for the others somebody must look.
class seen_names {
public:
  bool maybe(std::string_view name) const { return (word(name) >> bit(name) & 1) != 0; }
  void add(std::string_view name) { word(name) |= std::uint64_t{1} << bit(name); }

private:
  static constexpr std::size_t words = 1 << 16;
  static unsigned bit(std::string_view name) { return digest(name) % 64; }
  std::uint64_t& word(std::string_view name) const { return bits_.get()[digest(name) / 64 % words]; }
  // The system hands out zeros, and only those that are looked at.
  std::unique_ptr<std::uint64_t, void (*)(void*)> bits_{
    static_cast<std::uint64_t*>(std::calloc(words, sizeof(std::uint64_t))), std::free};
};

/// Adds a folder's tickets to the crew.
result<void> list(const directory& folder, std::uint8_t which, marked_files& out, crew& hands, seen_names& open) {
  auto from = listing{folder};
  while (true) {
    auto& room = out.names.emplace_back(new char[listing_bytes]);
    auto filled = from.next(room.get(), listing_bytes);
    if (filled == 0)
      return {};
    if (filled < 0)
      return {ec::unavailable, "tickets: cannot list " + folder.path()};
    auto batch = std::vector<file_mark>{};
    listing::each(room.get(), filled, [&](std::uint64_t inode, const char* name) {
      auto stem = stem_of(name, ".yaml");
      if (stem.empty())
        return;
      auto mark = file_mark{};
      mark.inode = inode;
      mark.name = name;
      mark.length = static_cast<std::uint16_t>(stem.size());
      mark.folder = which;
      if (which == 0)
        open.add(stem);
      else
        mark.maybe_double = open.maybe(stem);
      batch.push_back(mark);
      if (batch.size() == batch_files)
        hands.add(std::exchange(batch, {}));
    });
    hands.add(std::move(batch));
  }
}

/// And the closed files whose name open/ has too.
void drop_gone(marked_files& all) {
  auto is_out = [&](const file_mark& f) { return f.gone || (f.maybe_double && all.folders[0].has(f.name)); };
  all.files.erase(std::remove_if(all.files.begin(), all.files.end(), is_out), all.files.end());
}

} // namespace

void work_on(marked_files& all, const std::vector<std::uint32_t>& which, const file_work& work) {
  auto hands = crew{all, work};
  auto batch = std::vector<file_mark>{};
  for (auto i : which) {
    batch.push_back(all.files[i]);
    if (batch.size() == few_files)
      hands.add(std::exchange(batch, {}));
  }
  hands.add(std::move(batch));
  auto done = hands.finish();
  for (std::size_t n = 0; n < which.size(); ++n)
    all.files[which[n]] = done[n];
}

namespace {

/// Both folders' tickets, and whether a folder changed meanwhile: then a ticket on its way from one to the other may
/// have been seen in both, or in none.
result<bool> list_both(const directory& root, marked_files& out, const file_work& work) {
  timespec before[2] = {};
  for (std::uint8_t i = 0; i < folder_names.size(); ++i) {
    auto folder = root.folder(folder_names[i]);
    if (!folder && folder.error() == ec::not_found)
      continue; // git keeps no empty folders
    if (!folder)
      return folder.error();
    out.folders[i] = std::move(*folder);
    before[i] = changed(out.folders[i]);
  }
  bool quiet = true;
  auto open = seen_names{};
  auto hands = crew{out, work};
  for (std::uint8_t i = 0; i < folder_names.size(); ++i)
    if (out.folders[i].fd() >= 0)
      if (auto done = list(out.folders[i], i, out, hands, open); !done)
        return done.error();
  for (std::size_t i = 0; i < folder_names.size(); ++i)
    if (out.folders[i].fd() >= 0) {
      auto after = changed(out.folders[i]);
      quiet = quiet && after.tv_sec == before[i].tv_sec && after.tv_nsec == before[i].tv_nsec;
    }
  hands.put_in_order();
  out.files = hands.finish_sorted();
  return quiet;
}

} // namespace

result<marked_files> list_files(const directory& root, const file_work& work) {
  auto out = marked_files{};
  for (int i = 0; i < most_listings; ++i) {
    out = {};
    auto quiet = list_both(root, out, work);
    if (!quiet)
      return quiet.error();
    if (*quiet)
      break;
  }
  drop_gone(out);
  return out;
}

void look_at(std::size_t, const marked_files& all, file_mark& f) {
  struct stat info {};
  f.gone = ::fstatat(all.folders[f.folder].fd(), f.name, &info, AT_SYMLINK_NOFOLLOW) != 0;
  if (!f.gone)
    mark(f, info);
}

void mark(file_mark& f, const struct stat& seen) {
  auto ns = [](const timespec& t) { return static_cast<std::int64_t>(t.tv_sec) * 1'000'000'000 + t.tv_nsec; };
  f.inode = seen.st_ino;
  // Whatever is no plain file is never taken for a known one; reading it says what is wrong.
  f.size = S_ISREG(seen.st_mode) ? static_cast<std::uint64_t>(seen.st_size) : UINT64_MAX;
  f.modified_ns = ns(seen.st_mtim);
  f.changed_ns = ns(seen.st_ctim);
}

} // namespace hyakki::tickets
