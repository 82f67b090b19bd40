#pragma once
// The memory of libgit2, which does not survive having none: it tells the shortage through memory that it asks for,
// calls itself for ever, or frees what it never had.
//
// Where none is left, the handler of the process (std::set_new_handler) is called, as `new` would. Without a handler,
// or when that throws, libgit2 is told as ever. To be called before git_libgit2_init.

namespace hyakki::git2 {

void give_memory();

} // namespace hyakki::git2
