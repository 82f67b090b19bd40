#pragma once
// Which refusals of the operating system pass by themselves: something is short, or was interrupted.
//
// Everybody who turns an errno into a code asks here, so that a story never waits for a person because descriptors
// were short for a moment.

#include <cerrno>

namespace hyakki {

/// True when the same call may well succeed later without anybody mending anything.
constexpr bool passes_by_itself(int number) {
  switch (number) {
  case EINTR:
  case EAGAIN:
  case EIO:
  case ENOMEM:
  case EMFILE:
  case ENFILE:
  case ENOSPC:
  case EDQUOT:
  case EBUSY:
  case ESTALE:
  case ETXTBSY: return true;
  default: return false;
  }
}

} // namespace hyakki
