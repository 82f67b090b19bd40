#include "adapters/coding_agents/command_reader.hpp"

#include "adapters/coding_agents/json_view.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/process/spawn.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace hyakki {

namespace {

constexpr int try_again_later = 75; // EX_TEMPFAIL

/// A regular file, at most `most` bytes of it. The agent could have put anything there, a link or a pipe too.
std::string read_result_file(const std::string& path, std::size_t most) {
  unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) != 0 || !S_ISREG(s.st_mode))
    return {};
  std::string text(most, '\0');
  std::size_t done = 0;
  while (done < most) {
    auto n = ::read(fd.get(), text.data() + done, most - done);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  text.resize(done);
  return text;
}

class command_reader final : public agent_reader {
public:
  explicit command_reader(command_reading how) : how_(std::move(how)), session_(how_.session) {}

  progress read(const output_line& line) override {
    progress p;
    if (line.from_stderr) {
      complaints_.add_line(line.text);
      return p;
    }
    output_.add_line(line.text);
    bool wants_json = how_.result_by == "json" || !how_.session_pointer.empty();
    if (!wants_json || line.cut) {
      p.activity = activity_line(line.text);
      return p;
    }
    json_view::document parsed{line.text};
    if (!parsed.is_object()) {
      p.activity = activity_line(line.text);
      return p;
    }
    if (how_.result_by == "json")
      if (auto found = json_view::pointed_text(parsed.root(), how_.result_pointer))
        pointed_ = agent_text(*found, most_summary);
    if (!how_.session_pointer.empty() && !session_is_told_)
      if (auto found = json_view::pointed_text(parsed.root(), how_.session_pointer); found && is_safe_session(*found)) {
        session_ = p.session = *found;
        session_is_told_ = true;
      }
    return p;
  }

  run_result finish(const exit_status& status) override {
    run_result r;
    r.exit_code = status.how == process_end::exited ? status.code : -1;
    r.session = session_;
    r.summary = summary();
    if (auto failed = process_failure(how_.agent, status)) {
      r.code = failed->code;
      r.error = failed->text + said();
    } else if (status.how == process_end::exited && status.code == 0) {
      r.succeeded = true;
    } else {
      bool may_pass = status.how == process_end::signalled || status.code == try_again_later;
      r.code = may_pass ? ec::unavailable : ec::agent_failed;
      r.error = how_.agent + " " + describe(status) + said();
    }
    return r;
  }

private:
  std::string summary() const {
    std::string text;
    if (how_.result_by == "json")
      text = pointed_;
    else if (how_.result_by == "file")
      text = agent_text(read_result_file(how_.result_file, 2 * most_summary), 2 * most_summary);
    // The other ways may come out empty; what it printed is better than nothing.
    return text.empty() ? output_.text() : text;
  }

  std::string said() const {
    auto text = complaints_.empty() ? tail_of_output() : complaints_.text();
    return text.empty() ? std::string{} : ":\n" + text;
  }

  std::string tail_of_output() const {
    auto text = output_.text();
    return text.size() <= most_error_detail
             ? text
             : agent_text(text.substr(text.size() - most_error_detail), most_error_detail);
  }

  command_reading how_;
  std::string session_;
  bool session_is_told_ = false;
  std::string pointed_;
  text_tail output_{most_summary};
  text_tail complaints_{most_error_detail};
};

} // namespace

std::unique_ptr<agent_reader> make_command_reader(command_reading how) {
  return std::make_unique<command_reader>(std::move(how));
}

} // namespace hyakki
