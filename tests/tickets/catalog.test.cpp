#include "tickets/catalog.hpp"
#include "tests/tickets/ticket_world.hpp"
#include "tickets/digest.hpp"
#include "tickets/query.hpp"
#include "tickets/record_text.hpp"
#include "tickets/skim.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <set>
#include <sstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

/// A store whose files are an hour old, as most files are.
struct catalog_world : ticket_world {
  catalog_world() {
    fs::create_directory(root / ".git");
    fs::remove_all(root / ".tickets");
    fs::copy(fs::path{HYAKKI_FIXTURES} / "tickets", root / ".tickets", fs::copy_options::recursive);
    settle();
  }
  /// Waits until the file system's clock has gone on, so that what is there may be kept.
  void settle() const {
    auto start = timespec{};
    ::clock_gettime(CLOCK_REALTIME, &start);
    for (auto now = start; (now.tv_sec - start.tv_sec) * 1'000'000'000L + now.tv_nsec - start.tv_nsec < 30'000'000;)
      ::clock_gettime(CLOCK_REALTIME, &now);
  }
  catalog look(catalog_options options = {}) const {
    auto out = catalog::open(*ticket_store::open(root.string()), options);
    REQUIRE(out);
    return std::move(*out);
  }
  fs::path index() const {
    for (auto& e : fs::directory_iterator{root / ".git" / "hyakki-tickets"})
      if (e.path().extension() == ".mdb")
        return e.path();
    return {};
  }
};

std::vector<std::string> ids(const catalog& c) {
  auto out = std::vector<std::string>{};
  for (auto& t : c.tickets())
    out.emplace_back(t.id());
  return out;
}

const summary& one(const catalog& c, std::string_view id) {
  auto it = std::find_if(c.tickets().begin(), c.tickets().end(), [&](auto& t) { return t.id() == id; });
  REQUIRE(it != c.tickets().end());
  return *it;
}

void same_as_files(const catalog& c, const catalog_world& world) {
  auto all = ticket_store::open(world.root.string())->all<ticket>();
  REQUIRE(all);
  REQUIRE(all->size() == c.tickets().size());
  for (auto& t : *all) {
    auto& s = one(c, t.id);
    CHECK(s.title() == t.title);
    CHECK(s.status() == t.status);
    CHECK(s.priority() == t.priority);
    CHECK(s.assignee() == t.assignee.value_or(""));
    CHECK(s.created_at() == t.created_at);
    CHECK(s.updated_at() == t.updated_at);
    CHECK(s[summary_field::epic_id] == t.epic_id.value_or(""));
    auto labels = s.labels();
    CHECK(std::vector<std::string>(labels.begin(), labels.end()) == t.labels);
  }
}

} // namespace

SCENARIO("the catalog shows what the files hold, and reads only those that changed") {
  auto world = catalog_world{};
  auto plain = catalog_options{false};
  {
    auto first = world.look();
    CHECK(first.files_read() == 25);
    same_as_files(first, world);
    CHECK(ids(first).front() == "IMPROVE-1");
    CHECK(ids(world.look(plain)) == ids(first));
  }
  CHECK(world.look().files_read() == 0);
  same_as_files(world.look(), world);
  auto store = *ticket_store::open(world.root.string());

  WHEN("a ticket is changed by us") {
    REQUIRE(store.change<ticket>("FIX-2", [](ticket& t) -> result<bool> {
      t.title = "Another title";
      return true;
    }));
    auto c = world.look();
    CHECK(c.files_read() == 1);
    CHECK(one(c, "FIX-2").title() == "Another title");
  }
  WHEN("a file is changed in place, to the same size and with the old time") {
    auto file = world.root / ".tickets/open/FIX-2.yaml";
    auto bytes = world.read("open/FIX-2.yaml");
    auto at = bytes.find("title: ");
    REQUIRE(at != std::string::npos);
    struct stat before {};
    REQUIRE(::stat(file.c_str(), &before) == 0);
    auto fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    REQUIRE(::pwrite(fd, "title: xZzx", 11, static_cast<off_t>(at)) == 11);
    ::close(fd);
    timespec times[2] = {before.st_atim, before.st_mtim};
    REQUIRE(::utimensat(AT_FDCWD, file.c_str(), times, 0) == 0);
    CHECK(one(world.look(), "FIX-2").title().substr(0, 3) == "xZz");
  }
  WHEN("files come, go and change their names") {
    fs::remove(world.file("open/ADD-1.yaml"));
    fs::rename(world.file("open/FIX-2.yaml"), world.file("open/FIX-9.yaml"));
    fs::rename(world.file("open/NO-1.yaml"), world.file("closed/NO-1.yaml"));
    world.write("open/NEW-1.yaml", ticket_text("NEW-1", "Fresh"));
    auto all = std::vector<std::string>{};
    {
      auto c = world.look();
      CHECK(c.files_read() == 3);
      all = ids(c);
      same_as_files(c, world);
    }
    CHECK(all.size() == 25);
    CHECK(std::count(all.begin(), all.end(), "FIX-9") == 1);
    CHECK(std::count(all.begin(), all.end(), "FIX-2") == 0);
    CHECK(std::count(all.begin(), all.end(), "NEW-1") == 1);
    world.settle();
    (void)world.look();
    CHECK(world.look().files_read() == 0);
  }
  WHEN("the index is damaged, cut or something else") {
    auto file = world.index();
    REQUIRE(!file.empty());
    auto size = fs::file_size(file);
    SECTION("overwritten") {
      auto fd = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
      auto junk = std::string(8192, '\x5A');
      REQUIRE(::pwrite(fd, junk.data(), junk.size(), 0) == 8192);
      ::close(fd);
    }
    SECTION("empty") { fs::resize_file(file, 0); }
    SECTION("no index at all") { std::ofstream{file} << std::string(size, 'x'); }
    SECTION("a folder") {
      fs::remove(file);
      fs::create_directory(file);
    }
    SECTION("a link") {
      fs::remove(file);
      fs::create_symlink("/etc/passwd", file);
    }
    for (int i = 0; i < 3; ++i)
      same_as_files(world.look(), world);
  }
  WHEN("two are open at once") {
    auto a = world.look();
    auto b = world.look();
    CHECK(ids(a) == ids(b));
    CHECK(b.files_read() == 25);
  }
  WHEN("a file cannot be read") {
    world.write("open/BROKEN-1.yaml", "id: BROKEN-1\ntitle: 'cut");
    world.write("open/lower.yaml", ticket_text("lower", "x"));
    fs::create_symlink("/etc/passwd", world.file("open/LINK-1.yaml"));
    for (int i = 0; i < 2; ++i) {
      auto c = world.look();
      CHECK(c.tickets().size() == 25);
      REQUIRE(c.unreadable().size() == 3);
      for (auto* name : {"open/BROKEN-1.yaml", "open/lower.yaml", "open/LINK-1.yaml"})
        CHECK(std::any_of(c.unreadable().begin(), c.unreadable().end(),
                          [&](auto& text) { return text.find(name) != std::string::npos; }));
      world.settle();
    }
  }
  WHEN("both folders have a ticket") {
    fs::copy(world.file("open/FIX-2.yaml"), world.file("closed/FIX-2.yaml"));
    CHECK(world.look().tickets().size() == 25);
  }
  WHEN("there is no git directory") {
    fs::remove_all(world.root / ".git");
    (void)world.look();
    CHECK(world.look().files_read() == 0);
    CHECK(world.read(".cache/.gitignore") == "*\n");
  }
}

SCENARIO("a search by way of the index finds what a search by way of the files finds") {
  auto world = catalog_world{};
  auto all = *ticket_store::open(world.root.string())->all<ticket>();
  (void)world.look();
  auto c = world.look();
  CHECK(c.files_read() == 0);
  for (auto* text :
       {"login", "LOGIN", "comment", "bug", "\xC3\x89", "first item", "Batch", "status:open", "label:bug",
        "-label:bug,feature e", "assignee:none priority:low,medium", "id:fix-1", "epic:user-1", "", "zzz"}) {
    CAPTURE(text);
    auto q = *read_query(text);
    auto wanted = std::set<std::string>{};
    for (auto& t : all)
      if (matches(q, t))
        wanted.insert(t.id);
    auto got = std::set<std::string>{};
    for (auto i : c.search(q))
      got.emplace(c.tickets()[i].id());
    CHECK(got == wanted);
  }
}

SCENARIO("a store of many tickets is shown alike by one who reads it, by one who keeps it and by one who kept it") {
  auto world = catalog_world{};
  auto in = std::ifstream{world.root / ".tickets" / "open" / "FIX-2.yaml", std::ios::binary};
  auto bytes = std::string{std::istreambuf_iterator<char>{in}, {}};
  auto write = [&](const char* folder, int n, const std::string& title) {
    auto id = "MANY-" + std::to_string(n);
    auto text = bytes;
    for (auto& [key, value] : {std::pair{"id: ", id}, std::pair{"title: ", title}}) {
      auto at = text.find(key) + std::strlen(key);
      text.replace(at, text.find('\n', at) - at, value);
    }
    std::ofstream{world.root / ".tickets" / folder / (id + ".yaml"), std::ios::binary} << text;
  };
  for (int n = 1; n <= 2000; ++n)
    write(n % 3 == 0 ? "closed" : "open", n, n % 7 == 0 ? "Needle " + std::to_string(n) : "Straw");
  for (int n = 1; n <= 5; ++n) // on their way: open counts
    write("closed", n, "Another");
  std::ofstream{world.root / ".tickets" / "open" / "MANY-9999.yaml"} << "id: MANY-9999\n: [";
  std::ofstream{world.root / ".tickets" / "open" / "no id.yaml"} << bytes;
  world.settle();
  struct seen {
    std::vector<std::string> ids, texts, found, unreadable;
    std::size_t read;
    bool operator==(const seen& o) const {
      return ids == o.ids && texts == o.texts && found == o.found && unreadable == o.unreadable;
    }
  };
  auto show = [&](catalog_options how) {
    auto c = world.look(how);
    auto out = seen{ids(c), {}, {}, c.unreadable(), c.files_read()};
    for (std::size_t i = 0; i < c.tickets().size(); ++i)
      out.texts.emplace_back(c.text(i));
    for (auto i : c.search(*read_query("needle")))
      out.found.emplace_back(c.tickets()[i].id());
    return out;
  };
  auto plain = show({false}), anew = show({}), kept = show({});
  CHECK(plain.ids.size() == 2025);
  CHECK(plain.found.size() == 2000 / 7);
  CHECK(plain.unreadable.size() == 2);
  CHECK(anew == plain);
  CHECK(kept == plain);
  CHECK(anew.read == 2027);
  CHECK(kept.read == 1); // what has no id for a name is not looked at when it is read
  WHEN("half of them change") {
    for (int n = 1; n <= 1000; ++n)
      write(n % 3 == 0 ? "closed" : "open", n, "A needle after all");
    world.settle();
    THEN("those are read again") {
      auto now = show({}), then = show({});
      CHECK(now.read == 1000);
      CHECK(now == show({false}));
      CHECK(now == then);
      CHECK(then.read == 0);
    }
  }
}

SCENARIO("an empty store gets no index") {
  auto world = catalog_world{};
  for (auto folder : {"open", "closed"}) {
    fs::remove_all(world.root / ".tickets" / folder);
    fs::create_directory(world.root / ".tickets" / folder);
  }
  CHECK(world.look().tickets().empty());
  CHECK_FALSE(fs::exists(world.root / ".git" / "hyakki-tickets"));
}

SCENARIO("a long text that is skimmed is the one that is read") {
  auto head = std::string{"id: X-1\ntitle: A title\ndescription: "};
  auto tail = std::string{"status: open\npriority: low\nlabels: []\n"
                          "created_at: '2026-01-02T03:04:05'\nupdated_at: '2026-01-02T03:04:05'\n"};
  auto quick = 0;
  for (auto* text : {"words on\n  two lines\n",
                     "on\n  three\n  lines\n",
                     "null\n  word\n",
                     "one: two\n  three\n",
                     "one\n  two: three\n",
                     "one\n  two:\n",
                     "one #2\n  three #4\n",
                     "one # two\n  three\n",
                     "one\n  # two\n",
                     "one\n  - two\n",
                     "one\n\n  two\n",
                     "one\n    two\n",
                     "one \n  two\n",
                     "'one\n  two'\n",
                     "\"one\n  two\"\n",
                     "|\n  one\n  two\n",
                     ">\n  one\n  two\n",
                     "one\n  \"two\"\n",
                     "one\n  'two'\n",
                     "one\n  true\n",
                     "12\n  34\n",
                     "one\n  two\n  \n",
                     "\xc3\xa9t\xc3\xa9\n  two\n",
                     "one\n  --- two\n",
                     "one\n  ...\n",
                     "one\n\ttwo\n",
                     "&a one\n  two\n",
                     "!!str one\n  two\n"}) {
    INFO(text);
    auto bytes = head + text + tail;
    auto found = skimmed{};
    if (!skim(bytes, found))
      continue;
    ++quick;
    auto whole = record_of<ticket>(bytes, "x");
    REQUIRE(whole);
    CHECK(found.description == whole->description);
  }
  CHECK(quick >= 5);
}

SCENARIO("skimming a file gives what reading it gives, or nothing") {
  auto skims = 0;
  for (auto folder : {"open", "closed"})
    for (auto& e : fs::directory_iterator{fs::path{HYAKKI_FIXTURES} / "tickets" / folder}) {
      auto in = std::ifstream{e.path(), std::ios::binary};
      auto bytes = std::string{std::istreambuf_iterator<char>{in}, {}};
      auto found = skimmed{};
      skims += skim(bytes, found);
      // Whatever is cut off, no wrong value comes out of it.
      auto make = summariser{};
      auto whole = make.of("X-1", bytes, "x");
      for (std::size_t cut = 1; cut < bytes.size(); cut += 7) {
        auto part = bytes.substr(0, cut);
        auto out = skimmed{};
        if (skim(part, out))
          for (std::size_t i = 1; i <= 3; ++i)
            CHECK(out.fields[i] == summary{whole.fields.data()}[static_cast<summary_field>(i)]);
      }
    }
  CHECK(skims == 25);
}

SCENARIO("a file whose keys stand in another order, or are not all there, is skimmed as it is read") {
  auto lines = std::vector<std::string>{};
  auto text = std::istringstream{ticket_text("X-1", "A title: no, a 'name' #1", {"bug", "ui"})};
  for (auto line = std::string{}; std::getline(text, line);)
    if (line.compare(0, 2, "- ") == 0)
      lines.back() += line + "\n";
    else
      lines.push_back(line + "\n");
  lines[1] = "title: 'A title: no, a name #1'\n";
  auto skims = 0;
  auto compare = [&](const std::vector<std::string>& some) {
    auto bytes = std::string{};
    for (auto& line : some)
      bytes += line;
    INFO(bytes);
    auto found = skimmed{};
    auto whole = record_of<ticket>(bytes, "x");
    if (!skim(bytes, found))
      return;
    ++skims;
    REQUIRE(whole);
    auto field = [&](summary_field f) { return found.fields[static_cast<std::size_t>(f)]; };
    CHECK(field(summary_field::title) == whole->title);
    CHECK(field(summary_field::status) == whole->status);
    CHECK(field(summary_field::priority) == whole->priority);
    CHECK(field(summary_field::reporter) == whole->reporter);
    CHECK(field(summary_field::labels) == "bug\nui");
    CHECK(field(summary_field::created_at) == whole->created_at);
    CHECK(field(summary_field::updated_at) == whole->updated_at);
  };
  compare(lines);
  auto other = lines;
  std::reverse(other.begin(), other.end());
  compare(other);
  for (std::size_t n = 0; n < lines.size(); ++n) {
    other = lines;
    other.erase(other.begin() + static_cast<std::ptrdiff_t>(n));
    compare(other);
    other.insert(other.begin() + static_cast<std::ptrdiff_t>(n / 2), lines[n]);
    compare(other);
    other = lines;
    other.insert(other.begin() + static_cast<std::ptrdiff_t>(n), "priority_of_others: high\n"); // begins as one of ours
    compare(other);
  }
  CHECK(skims > 60);
}

SCENARIO("a digest tells apart what differs in one byte, at any place and of any length") {
  for (std::size_t size : {1, 7, 8, 31, 32, 63, 64, 65, 95, 96, 100, 800}) {
    auto text = std::string(size, 'a');
    auto seen = std::set<std::uint64_t>{digest(text), digest(text + "a")};
    for (auto& c : text) {
      c = 'b';
      seen.insert(digest(text));
      c = 'a';
    }
    CHECK(seen.size() == size + 2);
  }
}
