#include "cli/tickets/editor.hpp"

#include "cli/tickets/text_file.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

extern char** environ;

namespace hyakki::ticket_cli {
namespace {

std::vector<std::string> editor_words() {
  for (auto name : {"VISUAL", "EDITOR"})
    if (auto value = std::getenv(name); value != nullptr) {
      auto in = std::istringstream{value};
      std::vector<std::string> words;
      for (std::string word; in >> word;)
        words.push_back(word);
      if (!words.empty())
        return words;
    }
  return {"vi"};
}

/// Runs it on the terminal of this process until it ends.
result<void> run(const std::vector<std::string>& words) {
  std::vector<char*> argv;
  for (auto& w : words)
    argv.push_back(const_cast<char*>(w.c_str()));
  argv.push_back(nullptr);
  pid_t child = 0;
  if (auto number = ::posix_spawnp(&child, argv[0], nullptr, nullptr, argv.data(), environ); number != 0)
    return {ec::bad_config, "the editor " + words[0] + " cannot be started: " + std::strerror(number) +
                              ". Set $EDITOR to one that is there"};
  int status = 0;
  while (::waitpid(child, &status, 0) < 0)
    if (errno != EINTR)
      return {ec::unavailable, std::string{"waiting for the editor failed: "} + std::strerror(errno)};
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    return {ec::rejected, "the editor " + words[0] + " did not end well; nothing was changed"};
  return {};
}

} // namespace

result<std::string> edited_text(const std::string& text, const std::string& name) {
  auto base = std::getenv("TMPDIR");
  auto folder = std::string{base != nullptr && *base == '/' ? base : "/tmp"} + "/tickets.XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr)
    return {ec::unavailable, folder + " cannot be made: " + std::strerror(errno)};
  auto path = folder + "/" + name;
  auto words = editor_words();
  words.push_back(path);
  auto out = result<std::string>{ec::unavailable, ""};
  if (auto written = write_text_file(path, text); !written)
    out = written.error();
  else if (auto ran = run(words); !ran)
    out = ran.error();
  else
    out = read_text_file(path, 1u << 20);
  ::unlink(path.c_str());
  ::rmdir(folder.c_str());
  return out;
}

} // namespace hyakki::ticket_cli
