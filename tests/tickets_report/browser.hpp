#pragma once
// A real browser without a window, told what to do over its debugging pipe, and what it said while it did.
//
// One process an object; it ends with it. Needs Chromium: `browser::program()` is empty where there is none.

#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

namespace hyakki::test {

class browser {
public:
  /// The path of an installed Chromium; empty = none.
  static std::string program();

  /// Starts it with a profile of its own below `scratch`.
  explicit browser(const std::filesystem::path& scratch);
  browser(const browser&) = delete;
  browser& operator=(const browser&) = delete;
  ~browser();

  struct screen {
    int width = 1440;
    bool dark = false;
    bool phone = false;
    bool no_script = false;
  };
  /// Opens a file and waits until it is loaded; answers how long that took, in ms.
  double open(const std::filesystem::path& page, const screen& how);
  /// The value of an expression in the page.
  nlohmann::json ask(const std::string& expression);
  /// A picture of the whole page (at most `most_height` pixels of it), or its print, as PNG or PDF.
  void picture(const std::filesystem::path& file, int most_height = 8000);
  void print(const std::filesystem::path& file);

  /// Messages of the console, uncaught exceptions, violations of the policy.
  std::vector<std::string> complaints;
  /// What was asked of the network or the disk besides the page itself.
  std::vector<std::string> requests;

private:
  nlohmann::json send(const std::string& method, nlohmann::json params = nlohmann::json::object());
  nlohmann::json next();
  void note(const nlohmann::json& event);

  pid_t child_ = -1;
  int to_ = -1, from_ = -1;
  std::string read_, session_, page_;
  int number_ = 0;
  bool loaded_ = false;
};

} // namespace hyakki::test
