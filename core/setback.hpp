#pragma once
// Faults of the configuration that story after story runs into: a token that is not taken any more, an agent that
// refuses its flags. Two in a row, and no other story is begun for a while: then one is tried. Where all were of one
// repository, it alone is held, for the others may be well. Pure.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hyakki {

/// Faults in a row.
class setback {
public:
  /// A story was parked for a fault of the configuration. One that was at work before the others were held says nothing
  /// new: only a trial that fails makes them wait for longer.
  void fault(std::int64_t now);
  /// A story is begun. Behind faults it is a trial, and the others wait for what comes of it.
  void begun(std::int64_t now);

  std::uint32_t in_a_row() const { return faults_; }
  /// Nothing new is begun before this; 0 = now is fine. Ten minutes, and longer with every trial that fails, up to an
  /// hour.
  std::int64_t until() const { return until_; }

private:
  void hold(std::int64_t now);
  std::uint32_t faults_ = 0;
  std::uint32_t failed_trials_ = 0;
  bool trial_ = false; ///< a story was begun since the others are held
  std::int64_t until_ = 0;
};

/// The setbacks of one tracker's stories: of each repository, and of all where two repositories or more have had one
/// since a story came through.
class setbacks {
public:
  void fault(const std::string& repository, std::int64_t now);
  void begun(const std::string& repository, std::int64_t now);
  /// A story of this repository came to its pull request, or a person says that the fault was mended.
  void forget(const std::string& repository);

  /// Nothing new of the repository is begun before this; 0 = now is fine.
  std::int64_t until(const std::string& repository) const;
  /// The same for the stories of all repositories.
  std::int64_t until_for_all() const { return is_of_many() ? all_.until() : 0; }
  std::uint32_t in_a_row() const { return all_.in_a_row(); }
  std::uint32_t in_a_row(const std::string& repository) const;
  /// The repositories that are held back for faults of their own.
  std::vector<std::string> held(std::int64_t now) const;

private:
  bool is_of_many() const { return in_.size() > 1; }
  std::map<std::string, setback> of_; ///< by repository
  setback all_;
  std::set<std::string> in_; ///< repositories with a fault since a story came through
};

} // namespace hyakki
