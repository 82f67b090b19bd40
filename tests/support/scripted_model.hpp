#pragma once
// A model by script on loopback (model_server.py), for tests that drive the real Claude Code.
//
// Lives as long as the object. What was asked of it can be looked at while it runs.

#include "adapters/process.hpp"

#include <catch2/catch.hpp>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

namespace hyakki::test {

class scripted_model {
public:
  /// `script`: as model_server.py wants it; `place`: a directory for its files.
  scripted_model(process& door, const std::string& script, const std::string& place) : log_(place + "/requests.log") {
    std::ofstream{place + "/script.json"} << script;
    auto spec = process_spec{};
    spec.argv = {"python3", "-B", MODEL_SERVER, place + "/script.json", log_};
    spec.environment = {"PATH=/usr/local/bin:/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    spec.directory = place;
    process_handlers on;
    on.on_lines = [this](std::vector<output_line> lines) {
      std::lock_guard guard{mutex_};
      for (auto& line : lines)
        (line.from_stderr || !address_.empty() ? faults_ : address_) += line.text;
      changed_.notify_all();
    };
    on.on_exit = [this](exit_status) {
      std::lock_guard guard{mutex_};
      ended_ = true;
      changed_.notify_all();
    };
    handle_ = door.start(std::move(spec), std::move(on));
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, std::chrono::seconds{60}, [this] { return ended_ || !address_.empty(); });
    INFO(faults_);
    REQUIRE(address_.compare(0, 17, "http://127.0.0.1:") == 0);
  }
  ~scripted_model() {
    handle_->cancel();
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return ended_; });
  }
  scripted_model(const scripted_model&) = delete;
  scripted_model& operator=(const scripted_model&) = delete;

  const std::string& address() const { return address_; }

  /// One JSON line for each request.
  std::vector<std::string> requests() const {
    std::vector<std::string> all;
    std::ifstream file{log_};
    for (std::string line; std::getline(file, line) && !file.eof();)
      all.push_back(line);
    return all;
  }

private:
  std::string log_, address_, faults_;
  std::shared_ptr<process_handle> handle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
};

} // namespace hyakki::test
