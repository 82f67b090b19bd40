#include "tickets/report/report_file.hpp"
#include "tests/tickets_report/report_world.hpp"

#include <fstream>
#include <iterator>

#include <sys/stat.h>
#include <unistd.h>

using namespace hyakki;
using namespace hyakki::test;
using namespace hyakki::tickets;
namespace fs = std::filesystem;

namespace {

std::string bytes(const fs::path& file) {
  auto in = std::ifstream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder}, fs::directory_iterator{}));
}

} // namespace

SCENARIO("a report's file comes as a whole") {
  auto here = scratch{};
  auto file = here.path / "report.html";
  WHEN("there was none") {
    REQUIRE(write_whole_file(file.string(), "new"));
    THEN("it is there, and nothing else") {
      CHECK(bytes(file) == "new");
      CHECK(files_in(here.path) == 1);
    }
  }
  WHEN("there was one with a mode of its own") {
    std::ofstream{file} << "old, and longer";
    ::chmod(file.c_str(), 0640);
    REQUIRE(write_whole_file(file.string(), "new"));
    THEN("it is replaced and keeps its mode") {
      CHECK(bytes(file) == "new");
      struct stat now {};
      REQUIRE(::stat(file.c_str(), &now) == 0);
      CHECK((now.st_mode & 0777) == 0640);
    }
  }
  WHEN("the name is a symbolic link to something precious") {
    std::ofstream{here.path / "precious"} << "precious";
    fs::create_symlink("precious", file);
    REQUIRE(write_whole_file(file.string(), "new"));
    THEN("the link is replaced and what it led to is left alone") {
      CHECK(bytes(here.path / "precious") == "precious");
      CHECK(bytes(file) == "new");
      CHECK_FALSE(fs::is_symlink(file));
    }
  }
  WHEN("the name is a folder") {
    fs::create_directory(file);
    auto done = write_whole_file(file.string(), "new");
    THEN("it is refused and says so") {
      REQUIRE_FALSE(done);
      CHECK(done.error().code == ec::rejected);
      CHECK(done.error().text.find("left alone") != std::string::npos);
      CHECK(fs::is_directory(file));
      CHECK(files_in(here.path) == 1);
    }
  }
  WHEN("the folder is not there") {
    auto done = write_whole_file((here.path / "nowhere" / "report.html").string(), "new");
    THEN("it is refused, says what to do, and makes nothing") {
      REQUIRE_FALSE(done);
      CHECK(done.error().code == ec::not_found);
      CHECK(done.error().text.find("--output") != std::string::npos);
      CHECK(files_in(here.path) == 0);
    }
  }
  WHEN("the path names no file") {
    for (auto path : {here.path.string() + "/", here.path.string() + "/..", std::string{"."}, std::string{}}) {
      INFO(path);
      auto done = write_whole_file(path, "new");
      REQUIRE_FALSE(done);
      CHECK(done.error().code == ec::rejected);
    }
    THEN("nothing is left behind") { CHECK(files_in(here.path) == 0); }
  }
}
