#include "core/text_pool.hpp"

#include <cstring>

namespace hyakki {
namespace {

/// The length stands in front of the text. A name counts in steps of two bytes, so that it spans eight GiB.
constexpr std::size_t step = 2;

std::size_t room_for(std::size_t length) { return (sizeof(std::uint16_t) + length + step - 1) / step * step; }

} // namespace

text_pool::name text_pool::keep(std::string_view text) {
  auto length = static_cast<std::uint16_t>(text.size());
  auto room = room_for(length);
  if (used_ + room > block_size) {
    // Two more than a block, so that the longest text fits as well.
    blocks_.push_back(std::unique_ptr<char[]>{new char[block_size + step]});
    used_ = 0;
  }
  auto* to = blocks_.back().get() + used_;
  std::memcpy(to, &length, sizeof length);
  std::memcpy(to + sizeof length, text.data(), length);
  auto out = static_cast<name>(((blocks_.size() - 1) * block_size + used_) / step);
  used_ += room;
  living_ += room;
  return out;
}

std::string_view text_pool::at(name n) const {
  auto place = std::size_t{n} * step;
  auto* from = blocks_[place / block_size].get() + place % block_size;
  std::uint16_t length = 0;
  std::memcpy(&length, from, sizeof length);
  return {from + sizeof length, length};
}

void text_pool::forget(name n) {
  auto room = room_for(at(n).size());
  living_ -= room;
  holes_ += room;
}

} // namespace hyakki
