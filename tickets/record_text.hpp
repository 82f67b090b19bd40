#pragma once
// A record and its file's bytes. Inner header of the room.
//
// A changed record is written so that only the lines of changed keys differ: remarks, unusual quoting and the order of
// the rest stay. A file that cannot be edited this way (written in braces, say) is written anew as a whole.

#include "tickets/kinds.hpp"

#include <string>

namespace hyakki::tickets {

/// Reads a record. `name` ("open/FIX-1.yaml") leads every error: `rejected`.
template <class T>
result<T> record_of(const std::string& bytes, const std::string& name);

/// The bytes of a new record.
template <class T>
std::string bytes_of(const T& what);

/// The bytes of a record whose file has `old` now.
template <class T>
std::string changed_bytes(const std::string& old, const T& what);

} // namespace hyakki::tickets
