#include "adapters/coding_agents/command_reader.hpp"

#include "adapters/coding_agents/json_view.hpp"
#include "adapters/coding_agents/session_id.hpp"
#include "adapters/process/spawn.hpp"
#include "core/keep_ends.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace hyakki {

namespace {

constexpr int try_again_later = 75; // EX_TEMPFAIL

/// Appends up to `most` bytes of a file from `from` on.
void read_part(int fd, off_t from, std::size_t most, std::string& out) {
  auto begin = out.size();
  out.resize(begin + most);
  std::size_t done = 0;
  while (done < most) {
    auto n = ::pread(fd, out.data() + begin + done, most - done, from + static_cast<off_t>(done));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      break;
    done += static_cast<std::size_t>(n);
  }
  out.resize(begin + done);
}

/// A regular file; of one with more than `most` bytes both ends. The agent could have put anything there, a link or a
/// pipe too.
std::string read_result_file(const std::string& path, std::size_t most) {
  unique_fd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  struct stat s {};
  if (!fd || ::fstat(fd.get(), &s) != 0 || !S_ISREG(s.st_mode))
    return {};
  std::string text;
  read_part(fd.get(), 0, most, text);
  // Together twice what is kept, so that the place where the two parts meet is never shown.
  if (s.st_size > static_cast<off_t>(most))
    read_part(fd.get(), s.st_size - static_cast<off_t>(most), most, text);
  return keep_ends(text, most);
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
    return text.empty() ? agent_text(output_.text(), most_summary) : text;
  }

  std::string said() const {
    auto text = complaints_.empty() ? tail_of_output() : agent_text(complaints_.text(), most_error_detail);
    return text.empty() ? std::string{} : ":\n" + text;
  }

  std::string tail_of_output() const {
    auto text = agent_text(output_.text(), most_summary);
    return agent_text(text, most_error_detail);
  }

  command_reading how_;
  std::string session_;
  bool session_is_told_ = false;
  std::string pointed_;
  text_ends output_{most_summary};
  text_ends complaints_{most_error_detail};
};

} // namespace

std::unique_ptr<agent_reader> make_command_reader(command_reading how) {
  return std::make_unique<command_reader>(std::move(how));
}

} // namespace hyakki
