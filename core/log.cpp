#include "core/log.hpp"

#include "core/utf8.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>

namespace hyakki {
namespace {

constexpr std::size_t longest_value = 16 * 1024;

spdlog::level::level_enum theirs(log_level level) {
  switch (level) {
  case log_level::debug: return spdlog::level::debug;
  case log_level::info: return spdlog::level::info;
  case log_level::warning: return spdlog::level::warn;
  case log_level::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string_view name_of(log_level level) {
  constexpr std::string_view names[] = {"debug", "info", "warning", "error"};
  return names[static_cast<unsigned>(level) & 3];
}

/// UTC with milliseconds, as RFC 3339 has it.
std::string timestamp() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  auto seconds = static_cast<std::time_t>(ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return std::string(text, size) + "." + std::to_string(1000 + ms % 1000).substr(1) + "Z";
}

/// `text` has no control characters any more: only two signs are special in JSON.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (auto c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    out += c;
  }
  return out + '"';
}

/// key=value with quotes where the value would run into the next field. Escapes of `printable` stay as they are.
std::string plain_value(const std::string& text) {
  if (!text.empty() && text.find_first_of(" =\"") == std::string::npos)
    return text;
  std::string out = "\"";
  for (auto c : text)
    out += c == '"' ? std::string{"\\\""} : std::string{c};
  return out + '"';
}

} // namespace

struct logger::inner {
  spdlog::logger door;
  bool json;
  redactor hide;

  inner(spdlog::sink_ptr sink, const log_config& c, redactor r)
    : door("hyakki", std::move(sink)), json(c.format == "json"), hide(std::move(r)) {
    door.set_pattern("%v");
    door.flush_on(spdlog::level::info);
    door.set_level(c.level == "debug"     ? spdlog::level::debug
                   : c.level == "warning" ? spdlog::level::warn
                   : c.level == "error"   ? spdlog::level::err
                                          : spdlog::level::info);
  }

  // Redacted before it is cut: half a secret at the cut would be half a leak.
  std::string safe(std::string_view text) const {
    return printable(cut_with_note(hide(text), longest_value, " [cut]"));
  }
};

namespace {

result<void> good(const log_config& c) {
  if (c.level != "debug" && c.level != "info" && c.level != "warning" && c.level != "error")
    return {ec::bad_config, "log.level is \"" + printable(c.level) + "\"; it is one of debug, info, warning, error"};
  if (c.format != "text" && c.format != "json")
    return {ec::bad_config, "log.format is \"" + printable(c.format) + "\"; it is one of text, json"};
  return {};
}

} // namespace

logger::logger(std::unique_ptr<inner> i) : inner_(std::move(i)) {}
logger::~logger() = default;

result<std::shared_ptr<logger>> logger::make(const log_config& c, redactor hide) {
  if (auto r = good(c); !r)
    return r.error();
  try {
    spdlog::sink_ptr sink;
    if (c.file.empty())
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    else {
      // Not waiting: a pipe that nobody reads would hold the start up for ever.
      auto fd = ::open(c.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0600);
      if (fd < 0)
        return {ec::unavailable, "cannot open log.file " + printable(c.file) + ": " + std::strerror(errno)};
      ::close(fd);
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(c.file);
    }
    return std::shared_ptr<logger>{new logger{std::make_unique<inner>(std::move(sink), c, std::move(hide))}};
  } catch (const std::exception& e) {
    return {ec::unavailable, "cannot open log.file " + printable(c.file) + ": " + printable(e.what())};
  }
}

result<std::shared_ptr<logger>> logger::make(const log_config& c, std::ostream& out, redactor hide) {
  if (auto r = good(c); !r)
    return r.error();
  auto sink = std::make_shared<spdlog::sinks::ostream_sink_mt>(out);
  return std::shared_ptr<logger>{new logger{std::make_unique<inner>(std::move(sink), c, std::move(hide))}};
}

std::shared_ptr<logger> logger::silent() {
  auto sink = std::make_shared<spdlog::sinks::null_sink_mt>();
  log_config c;
  c.level = "error";
  return std::shared_ptr<logger>{new logger{std::make_unique<inner>(std::move(sink), c, redactor{})}};
}

bool logger::wants(log_level level) const { return inner_->door.should_log(theirs(level)); }

const redactor& logger::hide() const { return inner_->hide; }

void logger::write(log_level level, std::string_view message, log_about about,
                   std::initializer_list<log_field> fields) {
  if (!wants(level))
    return;
  try {
    auto& in = *inner_;
    auto story = in.safe(about.story), session = in.safe(about.session), text = in.safe(message);
    std::string line;
    if (in.json) {
      line = "{\"time\":\"" + timestamp() + "\",\"level\":\"" + std::string{name_of(level)} +
             "\",\"message\":" + quoted(text) + ",\"story\":" + quoted(story) + ",\"session\":" + quoted(session);
      for (auto& f : fields)
        line += "," + quoted(in.safe(f.name)) + ":" + (f.number ? f.value : quoted(in.safe(f.value)));
      line += "}";
    } else {
      line = timestamp() + " " + std::string{name_of(level)} + " " + text + " story=" + plain_value(story) +
             " session=" + plain_value(session);
      for (auto& f : fields)
        line += " " + in.safe(f.name) + "=" + (f.number ? f.value : plain_value(in.safe(f.value)));
    }
    in.door.log(theirs(level), spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // a log that cannot be written must not end a story
  }
}

} // namespace hyakki
