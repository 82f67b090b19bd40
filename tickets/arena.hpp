#pragma once
// Room for bytes that all go at once: little at first, then large blocks on large pages where the system has them, as
// tens of megabytes that are walked over without order would else wait for the tables of small ones (madvise(2)).
// Inner header of the room; for one thread.

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <vector>

namespace hyakki::tickets {

class arena {
public:
  /// Good as long as the arena; not aligned. Throws std::bad_alloc.
  char* take(std::size_t bytes);
  /// A copy of them.
  std::string_view keep(std::string_view bytes);

private:
  struct giver_back {
    void operator()(char* block) const { std::free(block); }
  };
  std::vector<std::unique_ptr<char[], giver_back>> blocks_;
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

} // namespace hyakki::tickets
