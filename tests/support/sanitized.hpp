#pragma once
// How many times as much time and memory a program may take that looks after itself.

namespace hyakki::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int sanitizer_cost = 8;
#else
inline constexpr int sanitizer_cost = 1;
#endif

} // namespace hyakki::test
