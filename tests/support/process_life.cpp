// An earlier life for tests: process_life NOTES MARK DIRECTORY WORD… starts the words as a run of a process door with
// that file of notes, repeats its lines, and goes on until it is killed.
#include "adapters/process.hpp"

#include <unistd.h>

#include <string>

using namespace hyakki;

namespace {

void say(const std::string& line) { (void)!::write(1, (line + "\n").c_str(), line.size() + 1); }

} // namespace

int main(int argc, char** argv) {
  if (argc < 5)
    return 2;
  auto door = make_process_door(true, argv[1]);
  process_spec spec;
  spec.mark = argv[2];
  spec.directory = argv[3];
  spec.argv.assign(argv + 4, argv + argc);
  spec.environment = {"PATH=/usr/bin:/bin", "HOME=/nonexistent", "LANG=C"};
  process_handlers on;
  on.on_lines = [](std::vector<output_line> lines) {
    for (auto& line : lines)
      say(line.text);
  };
  on.on_exit = [](exit_status s) { say("ended: " + describe(s)); };
  door->start(std::move(spec), std::move(on));
  for (;;)
    ::pause();
}
