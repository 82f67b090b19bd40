#include "tickets/arena.hpp"

#include <algorithm>
#include <cstring>
#include <new>

#include <sys/mman.h>

namespace hyakki::tickets {
namespace {

constexpr std::size_t first_block = 256 * 1024;
constexpr std::size_t large_page = 2 * 1024 * 1024;
constexpr std::size_t large_block = 2 * large_page;

} // namespace

char* arena::take(std::size_t bytes) {
  if (bytes > left_) {
    bool large = !blocks_.empty() || bytes > first_block;
    auto unit = large ? large_block : first_block;
    auto size = (std::max<std::size_t>(bytes, 1) + unit - 1) / unit * unit;
    auto* block = static_cast<char*>(large ? std::aligned_alloc(large_page, size) : std::malloc(size));
    if (block == nullptr)
      throw std::bad_alloc{};
    blocks_.emplace_back(block);
    if (large)
      (void)::madvise(block, size, MADV_HUGEPAGE); // where it is refused, small pages do
    next_ = block;
    left_ = size;
  }
  left_ -= bytes;
  next_ += bytes;
  return next_ - bytes;
}

std::string_view arena::keep(std::string_view bytes) {
  auto* to = take(bytes.size());
  std::memcpy(to, bytes.data(), bytes.size());
  return {to, bytes.size()};
}

} // namespace hyakki::tickets
