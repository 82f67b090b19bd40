#include "adapters/git/allocation.hpp"

#include <git2.h>
#include <git2/sys/alloc.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

namespace hyakki::git2 {
namespace {

/// False when nobody can help.
bool make_room() noexcept {
  auto help = std::get_new_handler();
  if (help == nullptr)
    return false;
  try {
    help();
  } catch (...) { // must not pass through C
    return false;
  }
  return true;
}

void* resize(void* p, std::size_t size, const char*, int) {
  for (;;) {
    // of 0 bytes, null would be no answer
    if (auto* out = std::realloc(p, std::max<std::size_t>(size, 1)); out != nullptr || !make_room())
      return out;
  }
}
void* resize_array(void* p, std::size_t many, std::size_t size, const char* file, int line) {
  std::size_t all = 0;
  return __builtin_mul_overflow(many, size, &all) ? nullptr : resize(p, all, file, line);
}
void* take(std::size_t size, const char* file, int line) { return resize(nullptr, size, file, line); }
void* take_array(std::size_t many, std::size_t size, const char* file, int line) {
  return resize_array(nullptr, many, size, file, line);
}
void* take_zeroes(std::size_t many, std::size_t size, const char*, int) {
  for (;;) {
    if (auto* out = std::calloc(std::max<std::size_t>(many, 1), std::max<std::size_t>(size, 1));
        out != nullptr || !make_room())
      return out;
  }
}
char* copy(const char* text, std::size_t size, const char* file, int line) {
  if (size == SIZE_MAX)
    return nullptr;
  auto* out = static_cast<char*>(take(size + 1, file, line));
  if (out != nullptr) {
    std::memcpy(out, text, size);
    out[size] = 0;
  }
  return out;
}
char* copy_text(const char* text, const char* file, int line) { return copy(text, std::strlen(text), file, line); }
char* copy_most(const char* text, std::size_t most, const char* file, int line) {
  return copy(text, ::strnlen(text, most), file, line);
}

} // namespace

void give_memory() {
  git_allocator all{};
  all.gmalloc = take;
  all.gcalloc = take_zeroes;
  all.gstrdup = copy_text;
  all.gstrndup = copy_most;
  all.gsubstrdup = copy;
  all.grealloc = resize;
  all.greallocarray = resize_array;
  all.gmallocarray = take_array;
  all.gfree = std::free;
  git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &all); // it keeps a copy
}

} // namespace hyakki::git2
