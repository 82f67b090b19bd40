#include "tickets/file_marks.hpp"

#include "tickets/kinds.hpp"

#include <algorithm>
#include <memory>
#include <system_error>
#include <thread>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t most_threads = 8;
constexpr std::size_t worth_a_thread = 2000;
constexpr int most_listings = 5; ///< while others move tickets
constexpr std::array<const char*, 2> folder_names{"open", "closed"};

timespec changed(const directory& folder) {
  struct stat info {};
  return ::fstat(folder.fd(), &info) == 0 ? info.st_mtim : timespec{};
}

result<void> list(const directory& folder, std::uint8_t which, marked_files& out) {
  auto copy = ::openat(folder.fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  auto stream = std::unique_ptr<DIR, int (*)(DIR*)>{copy < 0 ? nullptr : ::fdopendir(copy), ::closedir};
  if (!stream)
    return {ec::unavailable, "tickets: cannot list " + folder.path()};
  while (auto* entry = ::readdir(stream.get())) {
    auto stem = stem_of(entry->d_name, ".yaml");
    if (stem.empty())
      continue;
    auto mark = file_mark{};
    mark.inode = entry->d_ino;
    mark.name = static_cast<std::uint32_t>(out.names.size());
    mark.length = static_cast<std::uint16_t>(stem.size());
    mark.folder = which;
    out.names += stem;
    out.names += ".yaml";
    out.names += '\0';
    out.files.push_back(mark);
  }
  return {};
}

std::uint64_t digest(std::string_view text) {
  std::uint64_t sum = 0xcbf29ce484222325u;
  for (char c : text)
    sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return sum;
}

/// Marks the closed files whose name open/ has too.
void drop_doubles(marked_files& all) {
  auto open = std::vector<std::uint64_t>{};
  auto first_closed = std::find_if(all.files.begin(), all.files.end(), [](auto& f) { return f.folder == 1; });
  if (first_closed == all.files.end())
    return;
  open.reserve(static_cast<std::size_t>(first_closed - all.files.begin()));
  for (auto it = all.files.begin(); it != first_closed; ++it)
    open.push_back(digest(all.name(*it)));
  std::sort(open.begin(), open.end());
  for (auto it = first_closed; it != all.files.end(); ++it)
    if (std::binary_search(open.begin(), open.end(), digest(all.name(*it))))
      it->gone = all.folders[0].has(std::string{all.name(*it)} + ".yaml");
}

void look_at(file_mark& f, const marked_files& all) {
  struct stat info {};
  f.gone = ::fstatat(all.folders[f.folder].fd(), all.names.data() + f.name, &info, AT_SYMLINK_NOFOLLOW) != 0;
  if (!f.gone)
    mark(f, info);
}

bool by_inode(const file_mark& a, const file_mark& b) { return a.inode < b.inode; }

void drop_gone(marked_files& all) {
  all.files.erase(std::remove_if(all.files.begin(), all.files.end(), [](auto& f) { return f.gone; }), all.files.end());
}

} // namespace

void in_parts(std::size_t count, std::size_t least, const std::function<void(std::size_t, std::size_t)>& work) {
  auto parts = std::min({most_threads, static_cast<std::size_t>(std::max(1u, std::thread::hardware_concurrency())),
                         count / std::max<std::size_t>(1, least)});
  if (parts <= 1)
    return work(0, count);
  auto others = std::vector<std::thread>{};
  others.reserve(parts);
  std::size_t done = 0;
  for (; done + 1 < parts; ++done) {
    try {
      others.emplace_back(work, count * done / parts, count * (done + 1) / parts);
    } catch (const std::system_error&) {
      break; // no more threads to be had: the rest is ours
    }
  }
  work(count * done / parts, count);
  for (auto& t : others)
    t.join();
}

namespace {

/// Both folders' names, and whether a folder changed meanwhile: then a ticket on its way from one to the other may have
/// been seen in both, or in none.
result<bool> list_both(const directory& root, marked_files& out) {
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
  for (std::uint8_t i = 0; i < folder_names.size(); ++i)
    if (out.folders[i].fd() >= 0)
      if (auto done = list(out.folders[i], i, out); !done)
        return done.error();
  for (std::size_t i = 0; i < folder_names.size(); ++i)
    if (out.folders[i].fd() >= 0) {
      auto after = changed(out.folders[i]);
      quiet = quiet && after.tv_sec == before[i].tv_sec && after.tv_nsec == before[i].tv_nsec;
    }
  return quiet;
}

} // namespace

result<marked_files> list_files(const directory& root) {
  auto out = marked_files{};
  for (int i = 0; i < most_listings; ++i) {
    out = {};
    auto quiet = list_both(root, out);
    if (!quiet)
      return quiet.error();
    if (*quiet)
      break;
  }
  drop_doubles(out);
  drop_gone(out);
  std::sort(out.files.begin(), out.files.end(), by_inode);
  return out;
}

void mark_files(marked_files& all) {
  in_parts(all.files.size(), worth_a_thread, [&](std::size_t begin, std::size_t end) {
    for (auto i = begin; i < end; ++i)
      look_at(all.files[i], all);
  });
  drop_gone(all);
  if (!std::is_sorted(all.files.begin(), all.files.end(), by_inode)) // some file systems list other numbers
    std::sort(all.files.begin(), all.files.end(), by_inode);
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
