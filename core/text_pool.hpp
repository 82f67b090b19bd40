#pragma once
// Many short texts in few blocks of memory: two bytes beside each, and no allocation of its own.
//
// A text is named by a number that stays the same until the pool is made anew. Texts that are forgotten leave holes;
// the owner moves the living ones into a new pool when `wasteful` says so. A text is at most 65,535 bytes long.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace hyakki {

class text_pool {
public:
  using name = std::uint32_t;
  static constexpr std::size_t longest = 0xffff;

  /// `text` is not longer than `longest`.
  name keep(std::string_view text);
  std::string_view at(name n) const;
  void forget(name n);

  std::size_t living_bytes() const { return living_; }
  /// More holes than texts.
  bool wasteful() const { return holes_ > living_ && holes_ >= block_size; }

private:
  static constexpr std::size_t block_size = 1u << 16;
  std::vector<std::unique_ptr<char[]>> blocks_;
  std::size_t used_ = block_size; ///< of the last block
  std::size_t living_ = 0;
  std::size_t holes_ = 0;
};

} // namespace hyakki
