#pragma once
// The one door for log lines.
//
// A record is a constant message and named fields; `story` and `session` are always among them, empty when they
// are not known. Every value passes the redactor and `printable`, so one record is one line, whatever strangers
// wrote. Calls are thread-safe and never throw; nothing here is global.

#include "core/config.hpp"
#include "core/error.hpp"
#include "core/redact.hpp"

#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>

namespace hyakki {

enum class log_level : std::uint8_t { debug, info, warning, error };

/// What a record is about.
struct log_about {
  std::string_view story;
  std::string_view session;
};

/// A named value: text or a number.
struct log_field {
  std::string_view name;
  std::string value;
  bool number = false;

  log_field(std::string_view n, std::string v) : name(n), value(std::move(v)) {}
  log_field(std::string_view n, std::string_view v) : name(n), value(v) {}
  log_field(std::string_view n, const char* v) : name(n), value(v) {}
  log_field(std::string_view n, bool v) : name(n), value(v ? "true" : "false"), number(true) {}
  template <class N, class = std::enable_if_t<std::is_integral_v<N> && !std::is_same_v<N, bool>>>
  log_field(std::string_view n, N v) : name(n), value(std::to_string(v)), number(true) {}
};

class logger {
public:
  /// Fails with `bad_config` for an unknown level or format, `unavailable` when the file cannot be opened. A new
  /// log file is readable by its owner only.
  static result<std::shared_ptr<logger>> make(const log_config& c, redactor hide = {});

  /// Into a stream that outlives the logger; for tests and for programs that embed.
  static result<std::shared_ptr<logger>> make(const log_config& c, std::ostream& out, redactor hide = {});

  /// Says nothing.
  static std::shared_ptr<logger> silent();

  ~logger();
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;

  bool wants(log_level level) const;
  void write(log_level level, std::string_view message, log_about about = {},
             std::initializer_list<log_field> fields = {});

  void debug(std::string_view message, log_about about = {}, std::initializer_list<log_field> fields = {}) {
    write(log_level::debug, message, about, fields);
  }
  void info(std::string_view message, log_about about = {}, std::initializer_list<log_field> fields = {}) {
    write(log_level::info, message, about, fields);
  }
  void warning(std::string_view message, log_about about = {}, std::initializer_list<log_field> fields = {}) {
    write(log_level::warning, message, about, fields);
  }
  void error(std::string_view message, log_about about = {}, std::initializer_list<log_field> fields = {}) {
    write(log_level::error, message, about, fields);
  }

  /// The redactor, for text that leaves by another way.
  const redactor& hide() const;

private:
  struct inner;
  explicit logger(std::unique_ptr<inner> i);
  std::unique_ptr<inner> inner_;
};

} // namespace hyakki
