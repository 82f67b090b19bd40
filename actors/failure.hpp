#pragma once
// The two vocabularies of failure, translated at the actors' door.
//
// Inside, a failed request arrives as caf::error. Ours travel in it with their code, text and time; CAF's own
// (a deadline, a dead receiver) become `timed_out` and `unavailable`.

#include "core/error.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/result.hpp>

namespace hyakki {

caf::error to_caf(const error& e);
error from_caf(const caf::error& e);

/// A result as the answer of a handler.
template <class T>
caf::result<T> answer(result<T> r) {
  if (r)
    return *std::move(r);
  return to_caf(r.error());
}

} // namespace hyakki
