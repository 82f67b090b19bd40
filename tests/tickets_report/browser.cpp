#include "tests/tickets_report/browser.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hyakki::test {
namespace {

constexpr int answer_within_ms = 30'000;

std::string bytes_of_base64(const std::string& text) {
  auto out = std::string{};
  unsigned bits = 0;
  int held = 0;
  for (char c : text) {
    int value = c >= 'A' && c <= 'Z'   ? c - 'A'
                : c >= 'a' && c <= 'z' ? c - 'a' + 26
                : c >= '0' && c <= '9' ? c - '0' + 52
                : c == '+'             ? 62
                : c == '/'             ? 63
                                       : -1;
    if (value < 0)
      continue;
    bits = bits << 6U | static_cast<unsigned>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(held)) & 0xFFU);
    }
  }
  return out;
}

void save(const std::filesystem::path& file, const std::string& bytes) {
  std::ofstream{file, std::ios::binary} << bytes;
}

} // namespace

std::string browser::program() {
  if (auto* given = std::getenv("HYAKKI_CHROMIUM"))
    return given;
  for (auto* path : {"/usr/bin/chromium", "/usr/bin/chromium-headless-shell"})
    if (::access(path, X_OK) == 0)
      return path;
  return {};
}

browser::browser(const std::filesystem::path& scratch) {
  int in[2], out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0)
    throw std::runtime_error{"no pipe for the browser"};
  auto words = std::vector<std::string>{program(),
                                        "--headless",
                                        "--remote-debugging-pipe",
                                        "--disable-gpu",
                                        "--hide-scrollbars",
                                        "--no-first-run",
                                        "--disable-background-networking",
                                        "--disable-component-update",
                                        "--disable-dev-shm-usage",
                                        "--user-data-dir=" + (scratch / "profile").string()};
  if (::geteuid() == 0)
    words.emplace_back("--no-sandbox"); // it refuses to start for root otherwise
  auto argv = std::vector<char*>{};
  for (auto& w : words)
    argv.push_back(w.data());
  argv.push_back(nullptr);
  // It reads commands from 3 and answers on 4.
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  auto high_in = ::fcntl(in[0], F_DUPFD_CLOEXEC, 10), high_out = ::fcntl(out[1], F_DUPFD_CLOEXEC, 10);
  ::posix_spawn_file_actions_adddup2(&actions, high_in, 3);
  ::posix_spawn_file_actions_adddup2(&actions, high_out, 4);
  for (int fd : {0, 1, 2})
    ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  posix_spawnattr_t own_group;
  ::posix_spawnattr_init(&own_group);
  ::posix_spawnattr_setflags(&own_group, POSIX_SPAWN_SETPGROUP);
  // Nothing of ours that it could trip over: no allocator settings of a test runner, no desktop's bus.
  auto settings =
    std::vector<std::string>{"PATH=/usr/bin:/bin", "HOME=" + scratch.string(), "LC_ALL=C.UTF-8", "TZ=UTC"};
  auto environment = std::vector<char*>{};
  for (auto& s : settings)
    environment.push_back(s.data());
  environment.push_back(nullptr);
  auto failed = ::posix_spawn(&child_, argv[0], &actions, &own_group, argv.data(), environment.data());
  ::posix_spawnattr_destroy(&own_group);
  ::posix_spawn_file_actions_destroy(&actions);
  for (int fd : {in[0], out[1], high_in, high_out})
    ::close(fd);
  to_ = in[1];
  from_ = out[0];
  if (failed != 0)
    throw std::runtime_error{"the browser does not start"};
  ::signal(SIGPIPE, SIG_IGN);
  auto target = send("Target.createTarget", {{"url", "about:blank"}})["targetId"];
  session_ = send("Target.attachToTarget", {{"targetId", target}, {"flatten", true}})["sessionId"];
  for (auto* part : {"Page.enable", "Runtime.enable", "Log.enable", "Network.enable"})
    send(part);
}

browser::~browser() {
  ::close(to_);
  ::close(from_);
  if (child_ > 0) {
    ::kill(-child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
}

nlohmann::json browser::next() {
  for (;;) {
    if (auto end = read_.find('\0'); end != std::string::npos) {
      auto message = nlohmann::json::parse(read_.substr(0, end));
      read_.erase(0, end + 1);
      return message;
    }
    auto waiting = pollfd{from_, POLLIN, 0};
    if (::poll(&waiting, 1, answer_within_ms) <= 0)
      throw std::runtime_error{"the browser did not answer in time"};
    char buffer[65536];
    auto n = ::read(from_, buffer, sizeof buffer);
    if (n <= 0)
      throw std::runtime_error{"the browser ended"};
    read_.append(buffer, static_cast<std::size_t>(n));
  }
}

void browser::note(const nlohmann::json& event) {
  auto method = event.value("method", "");
  if (method == "Page.loadEventFired")
    loaded_ = true;
  if (method == "Runtime.consoleAPICalled" || method == "Runtime.exceptionThrown" || method == "Log.entryAdded")
    complaints.push_back(event["params"].dump().substr(0, 600));
  if (method == "Network.requestWillBeSent") {
    auto url = event["params"]["request"].value("url", "");
    // The page itself, and the icon that is no request but "data:,".
    if (url.substr(0, url.find('#')) != page_ && url != "data:," && url != "about:blank")
      requests.push_back(url.substr(0, 200));
  }
}

nlohmann::json browser::send(const std::string& method, nlohmann::json params) {
  auto message = nlohmann::json{{"id", ++number_}, {"method", method}, {"params", std::move(params)}};
  if (!session_.empty())
    message["sessionId"] = session_;
  auto text = message.dump() + '\0';
  for (std::size_t at = 0; at < text.size();) {
    auto n = ::write(to_, text.data() + at, text.size() - at);
    if (n <= 0)
      throw std::runtime_error{"the browser ended"};
    at += static_cast<std::size_t>(n);
  }
  for (;;) {
    auto answer = next();
    if (answer.value("id", 0) != number_) {
      note(answer);
      continue;
    }
    if (answer.contains("error"))
      throw std::runtime_error{method + ": " + answer["error"].dump()};
    return answer["result"];
  }
}

double browser::open(const std::filesystem::path& page, const screen& how) {
  page_ = "file://" + page.string();
  send("Emulation.setDeviceMetricsOverride",
       {{"width", how.width}, {"height", 900}, {"deviceScaleFactor", 1}, {"mobile", how.phone}});
  send("Emulation.setEmulatedMedia",
       {{"features", {{{"name", "prefers-color-scheme"}, {"value", how.dark ? "dark" : "light"}}}}});
  send("Emulation.setScriptExecutionDisabled", {{"value", how.no_script}});
  loaded_ = false;
  auto start = std::chrono::steady_clock::now();
  send("Page.navigate", {{"url", page_}});
  while (!loaded_)
    note(next());
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

nlohmann::json browser::ask(const std::string& expression) {
  auto answer = send("Runtime.evaluate", {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
  if (answer.contains("exceptionDetails"))
    throw std::runtime_error{expression + ": " + answer["exceptionDetails"].dump()};
  return answer["result"].value("value", nlohmann::json{});
}

void browser::picture(const std::filesystem::path& file, int most_height) {
  auto size = send("Page.getLayoutMetrics")["cssContentSize"];
  auto height = std::min(size["height"].get<double>(), static_cast<double>(most_height));
  auto answer = send("Page.captureScreenshot",
                     {{"captureBeyondViewport", true},
                      {"clip", {{"x", 0}, {"y", 0}, {"width", size["width"]}, {"height", height}, {"scale", 1}}}});
  save(file, bytes_of_base64(answer["data"]));
}

void browser::print(const std::filesystem::path& file) {
  save(file, bytes_of_base64(send("Page.printToPDF", {{"preferCSSPageSize", true}})["data"]));
}

} // namespace hyakki::test
