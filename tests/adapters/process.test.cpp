#include "tests/adapters/process_world.hpp"
#include "tests/support/comes.hpp"

#include "adapters/process/program.hpp"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>

#include <set>

using namespace hyakki;
using namespace hyakki::test;

SCENARIO("a child's end is told as it was") {
  auto door = make_process_door(false);
  GIVEN("children that end in different ways") {
    THEN("an exit code is an exit code") {
      CHECK(door->run(child_spec({"exit", "0"})).ok());
      auto failed = door->run(child_spec({"exit", "7"}));
      CHECK_FALSE(failed.ok());
      CHECK(failed.status.how == process_end::exited);
      CHECK(failed.status.code == 7);
      CHECK(describe(failed.status) == "exited with 7");
    }
    THEN("a signal is a signal") {
      auto ended = door->run(child_spec({"raise", "10"}));
      CHECK(ended.status.how == process_end::signalled);
      CHECK(ended.status.signal == SIGUSR1);
      CHECK(describe(ended.status) == "ended by signal 10 (USR1)");
    }
    THEN("nothing is left running") { CHECK(door->running() == 0); }
  }
}

SCENARIO("a child that cannot start says what is missing") {
  auto door = make_process_door(false);
  auto refusal = [&](process_spec spec) {
    auto output = door->run(std::move(spec));
    CHECK(output.status.how == process_end::not_started);
    return output.status.error_text;
  };
  GIVEN("a program that is not there") {
    auto spec = child_spec({});
    spec.argv = {"claude", "-p"};
    spec.environment = {"PATH=/nonexistent:relative"};
    THEN("its name, the PATH and the package are named") {
      auto text = refusal(spec);
      CHECK(text.find("`claude`") != std::string::npos);
      CHECK(text.find("/nonexistent") != std::string::npos);
      CHECK(text.find("npm install -g @anthropic-ai/claude-code") != std::string::npos);
    }
    THEN("of a long PATH as many folders are named as somebody reads") {
      spec.environment = {"PATH=/nonexistent"};
      for (int i = 0; i < 100; ++i)
        spec.environment[0] += ":/nonexistent/folder/" + std::to_string(i);
      auto text = refusal(spec);
      CHECK(text.size() < 250);
      CHECK(text.find("/nonexistent:/nonexistent/folder/0") != std::string::npos);
      CHECK(text.find(" more)") != std::string::npos);
      spec.environment = {"PATH=/" + std::string(1000, 'x')};
      CHECK(refusal(spec).size() < 250);
    }
  }
  GIVEN("a directory that is not there") {
    auto spec = child_spec({"exit", "0"});
    spec.directory = "/nonexistent/tree";
    THEN("it is named") { CHECK(refusal(spec) == "the working directory /nonexistent/tree does not exist"); }
  }
  GIVEN("hostile words") {
    auto spec = child_spec({std::string("a\0b", 3)});
    THEN("a NUL byte in an argument is refused") { CHECK(refusal(spec).find("NUL") != std::string::npos); }
    spec = child_spec({"exit"});
    spec.environment.push_back("NOT_A_PAIR");
    THEN("an entry without = is refused") { CHECK(refusal(spec).find("NAME=value") != std::string::npos); }
    spec = child_spec({std::string(4u << 20, 'x')});
    THEN("too long an argument gets advice") { CHECK(refusal(spec).find("E2BIG") != std::string::npos); }
    spec = child_spec({});
    spec.argv.clear();
    THEN("no command is no start") { CHECK(refusal(spec) == "the command is empty"); }
  }
  GIVEN("a handle of a child that did not start") {
    witness seen;
    auto spec = child_spec({});
    spec.argv = {"/nonexistent/program"};
    auto handle = door->start(spec, seen.handlers());
    THEN("its end comes once, and cancelling it is harmless") {
      REQUIRE(seen.ends());
      handle->cancel();
      CHECK(handle->pid() == -1);
      CHECK(seen.status().how == process_end::not_started);
      CHECK(seen.exits() == 1);
    }
  }
}

SCENARIO("programs are found in absolute folders only") {
  CHECK(find_program("sh", "/nonexistent:/bin") == "/bin/sh");
  CHECK(find_program("sh", "bin:.:").empty());
  CHECK(find_program("sh", "").empty());
  CHECK(find_program("/bin/sh", "") == "/bin/sh");
  CHECK(find_program("./sh", "/bin").empty());
  CHECK(find_program("tmp", "/").empty()); // a directory is no program
  CHECK(install_hint("/usr/bin/git") == "apt install git");
  CHECK(install_hint("nobody-knows-it").empty());
}

SCENARIO("a child sees what was built for it and nothing else") {
  auto door = make_process_door(false);
  ::setenv("HYAKKI_TEST_SECRET", "canary", 1);
  auto spec = child_spec({"environment"}, "mark/1");
  spec.environment.push_back("HYAKKI_RUN=forged");
  auto output = door->run(spec);
  ::unsetenv("HYAKKI_TEST_SECRET");
  CHECK(output.out == "HYAKKI_RUN=mark/1\nPATH=/usr/bin:/bin\nHOME=/nonexistent\nLANG=C\n");

  auto stray = ::open("/dev/null", O_RDONLY); // without close-on-exec, as a library might
  CHECK(door->run(child_spec({"descriptors"})).out == "0\n1\n2\n");
  ::close(stray);
  CHECK(door->run(child_spec({"where"})).out == "/tmp\n");
  CHECK(door->run(child_spec({"session"})).out == "own\n");

  sigset_t blocked, before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
  ::signal(SIGPIPE, SIG_IGN);
  auto signals = door->run(child_spec({"signals"})).out;
  ::signal(SIGPIPE, SIG_DFL);
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  CHECK(signals == "default\n");
}

SCENARIO("input of any size reaches a child, and a child that does not want it does no harm") {
  auto door = make_process_door(false);
  GIVEN("a megabyte") {
    auto spec = child_spec({"count"});
    spec.input = std::string(1u << 20, 'i');
    THEN("all of it arrives") { CHECK(door->run(spec).out == "1048576\n"); }
  }
  GIVEN("a child that echoes more than a pipe holds") {
    auto spec = child_spec({"echo"});
    spec.input = std::string(3u << 20, 'e');
    THEN("nobody waits for the other") { CHECK(door->run(spec, 4u << 20).out.size() == 3u << 20); }
  }
  GIVEN("a child that ends without reading") {
    auto spec = child_spec({"exit", "4"});
    spec.input = std::string(1u << 20, 'i');
    THEN("its exit code is what counts") { CHECK(door->run(spec).status.code == 4); }
  }
  GIVEN("no input") {
    THEN("stdin is at its end") { CHECK(door->run(child_spec({"count"})).out == "0\n"); }
  }
}

SCENARIO("output arrives as lines, whatever it looks like") {
  auto door = make_process_door(false);
  witness seen;
  GIVEN("binary output") {
    door->start(child_spec({"binary"}), seen.handlers());
    REQUIRE(seen.ends());
    THEN("every byte is there") {
      auto lines = seen.lines();
      REQUIRE(lines.size() == 2);
      CHECK(lines[0].text.size() == 10);
      CHECK(lines[1].text.size() == 245);
      CHECK_FALSE(lines[0].cut);
    }
    THEN("a collected output is the bytes themselves") { CHECK(door->run(child_spec({"binary"})).out.size() == 256); }
  }
  GIVEN("a line of eight megabytes without a newline") {
    auto spec = child_spec({"long_line", "8388608"});
    spec.limits.line_bytes = 100000;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    THEN("it is cut, and says so") {
      auto lines = seen.lines();
      REQUIRE(lines.size() == 1);
      CHECK(lines[0].text.size() == 100000);
      CHECK(lines[0].cut);
      CHECK(seen.status().output_bytes == 8388608);
    }
  }
  GIVEN("a collected output that is longer than wanted") {
    auto output = door->run(child_spec({"long_line", "1000000"}), 5000);
    THEN("it is cut and the command still succeeds") {
      CHECK(output.ok());
      CHECK(output.out.size() == 5000);
    }
  }
  GIVEN("a child that closes its streams early") {
    auto spec = child_spec({"close_early"});
    spec.input = "x";
    THEN("its end is still awaited") { CHECK(door->run(spec).status.code == 5); }
  }
  GIVEN("words on stderr") {
    door->start(child_spec({"complain", "3", "no such thing"}), seen.handlers());
    REQUIRE(seen.ends());
    THEN("they are told apart") {
      REQUIRE(seen.lines().size() == 1);
      CHECK(seen.lines()[0].from_stderr);
      CHECK(seen.status().code == 3);
    }
  }
  GIVEN("a handler that throws") {
    auto handlers = seen.handlers();
    handlers.on_lines = [](std::vector<output_line>) { throw std::runtime_error{"handler"}; };
    door->start(child_spec({"print", "a", "b"}), handlers);
    THEN("the child and the door go on") {
      REQUIRE(seen.ends());
      CHECK(door->run(child_spec({"exit", "0"})).ok());
    }
  }
}

SCENARIO("limits end a child") {
  auto door = make_process_door(false);
  witness seen;
  GIVEN("one that runs too long") {
    auto spec = child_spec({"hang"});
    spec.limits.wall = 50ms;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::timed_out);
    CHECK(describe(seen.status()) == "ran longer than 50 ms, ended");
    CHECK(seen.status().signal == SIGTERM);
  }
  GIVEN("one that is silent") {
    auto spec = child_spec({"hang"});
    spec.limits.silence = 60ms;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::silent);
    CHECK(seen.lines().size() == 1);
  }
  GIVEN("one that talks steadily for longer than the limit of silence") {
    auto spec = child_spec({"agent", "50", "1"});
    spec.limits.silence = 700ms;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::exited);
    CHECK(seen.lines().size() == 50);
  }
  GIVEN("one that floods") {
    auto spec = child_spec({"flood"});
    spec.limits.output_bytes = 1000000;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::too_much_output);
    std::size_t told = 0;
    for (const auto& line : seen.lines())
      told += line.text.size() + 1;
    CHECK(told <= 1000001);
    CHECK(told >= 990000);
  }
  GIVEN("one that ignores SIGTERM, with a child that does too") {
    auto spec = child_spec({"stubborn"});
    spec.limits.silence = 300ms;
    door->start(spec, seen.handlers());
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::silent);
    CHECK(seen.status().signal == SIGKILL);
    REQUIRE(seen.announced().size() == 1);
    CHECK_FALSE(is_alive(seen.announced()[0]));
  }
}

SCENARIO("a child can be cancelled at any moment") {
  auto door = make_process_door(false);
  GIVEN("one that runs") {
    witness seen;
    auto handle = door->start(child_spec({"hang"}), seen.handlers());
    REQUIRE(seen.says("ready"));
    CHECK(is_alive(handle->pid()));
    handle->cancel();
    handle->cancel();
    REQUIRE(seen.ends());
    CHECK(seen.status().how == process_end::cancelled);
    CHECK_FALSE(look_at(handle->pid()));
    handle->cancel();
    CHECK(seen.exits() == 1);
  }
  GIVEN("many that are cancelled while they start and end") {
    for (int i = 0; i < 100; ++i) {
      witness seen;
      auto handle = door->start(child_spec({"exit", "0"}), seen.handlers());
      if (i % 3 != 0)
        while (i % 3 == 2 && seen.exits() == 0 && handle->pid() < 0) {
        }
      handle->cancel();
      REQUIRE(seen.ends());
      CHECK(seen.exits() == 1);
    }
    CHECK(door->running() == 0);
  }
  GIVEN("a handle that outlives the door") {
    witness seen;
    auto handle = door->start(child_spec({"hang"}), seen.handlers());
    REQUIRE(seen.says("ready"));
    door.reset();
    THEN("the door has ended the child, and the handle is harmless") {
      CHECK(seen.exits() == 1);
      CHECK(seen.status().how == process_end::cancelled);
      handle->cancel();
    }
  }
}

SCENARIO("hundreds of children cost one thread and three descriptors each") {
  auto before = open_descriptors();
  auto threads_before = threads();
  auto door = make_process_door(false);
  std::vector<witness> seen(200);
  std::vector<std::shared_ptr<process_handle>> handles;
  for (auto& w : seen)
    handles.push_back(door->start(child_spec({"hang"}, own_mark("many")), w.handlers()));
  for (auto& w : seen)
    REQUIRE(w.says("ready"));
  CHECK(door->running() == 200);
  CHECK(threads() <= threads_before + 1);
  CHECK(open_descriptors() <= before + 200 * 3 + 10);
  std::set<int> pids;
  for (auto& h : handles)
    pids.insert(h->pid());
  CHECK(pids.size() == 200);
  for (auto& h : handles)
    h->cancel();
  for (auto& w : seen)
    REQUIRE(w.ends());
  CHECK(door->running() == 0);
  for (auto pid : pids)
    CHECK_FALSE(look_at(pid)); // not even a zombie
  door.reset();
  CHECK(open_descriptors() == before);
  CHECK(comes([&] { return threads() <= threads_before; })); // a joined thread is counted while it exits
}

SCENARIO("running a command from within a handler is refused instead of waiting for ever") {
  auto door = make_process_door(false);
  witness seen;
  process_output inner;
  auto handlers = seen.handlers();
  handlers.on_lines = [&](std::vector<output_line>) { inner = door->run(child_spec({"exit", "0"})); };
  door->start(child_spec({"print", "x"}), handlers);
  REQUIRE(seen.ends());
  CHECK(inner.status.how == process_end::not_started);
}
