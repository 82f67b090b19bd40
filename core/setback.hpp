#pragma once
// Faults of the configuration that story after story runs into: a token that is not taken any more, an agent that
// refuses its flags. Two in a row, and no other story is begun for a while: then one is tried. Pure.

#include <cstdint>

namespace hyakki {

class setback {
public:
  /// A story was parked for a fault of the configuration.
  void fault(std::int64_t now);
  /// A story came to its pull request: all is well again.
  void well() { *this = {}; }
  /// A story is begun. Behind faults it is a trial, and the others wait for what comes of it.
  void begun(std::int64_t now);

  std::uint32_t in_a_row() const { return faults_; }
  /// Nothing new is begun before this; 0 = now is fine. Ten minutes, and longer with every fault, up to an hour.
  std::int64_t until() const { return until_; }

private:
  void hold(std::int64_t now);
  std::uint32_t faults_ = 0;
  std::int64_t until_ = 0;
};

} // namespace hyakki
