#pragma once
// Where a child's bytes go: cut into lines for a handler, or collected for a short command.
//
// Used on the loop thread only. A sink holds no buffer until a child leaves a line unfinished.

#include "adapters/process.hpp"

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

class output_sink {
public:
  virtual ~output_sink() = default;
  virtual void take(bool from_stderr, std::string_view bytes) = 0;
  /// The stream has ended. Called once a stream.
  virtual void close(bool from_stderr) = 0;
};

/// Lines, one batch a read; lines longer than `most_bytes` are cut and flagged.
class line_sink final : public output_sink {
public:
  line_sink(std::function<void(std::vector<output_line>)> on_lines, std::size_t most_bytes);
  void take(bool from_stderr, std::string_view bytes) override;
  void close(bool from_stderr) override;

private:
  struct unfinished {
    std::string text;
    bool cut = false;
    bool begun = false;
  };
  void append(unfinished& rest, std::string_view piece) const;
  void tell(std::vector<output_line> lines);

  std::function<void(std::vector<output_line>)> on_lines_;
  std::size_t most_bytes_;
  std::array<unfinished, 2> rest_;
};

/// Raw bytes, each stream cut at `most_bytes`.
class collecting_sink final : public output_sink {
public:
  explicit collecting_sink(std::size_t most_bytes) : most_bytes_(most_bytes) {}
  void take(bool from_stderr, std::string_view bytes) override;
  void close(bool) override {}

  std::string out, err;

private:
  std::size_t most_bytes_;
};

} // namespace hyakki
