#pragma once
// All tickets at a glance: what lists, boards and searches show, from the index where it is right and from the files
// where it is not. The files are the truth; each is looked at (size, times, inode) at every call, and read when it
// has changed. Costs about what looking at every file costs.
//
//   auto all = catalog::open(store);
//   for (auto& t : all->tickets()) ... t.title() ...
//   auto hits = all->search(*read_query("status:open login"));

#include "tickets/query.hpp"
#include "tickets/store.hpp"
#include "tickets/summary.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace hyakki::tickets {

struct catalog_options {
  bool use_index = true; ///< false: every file is read, and nothing is kept
};

class catalog {
public:
  static result<catalog> open(const ticket_store& store, catalog_options options = {});
  catalog(catalog&&) noexcept;
  ~catalog();

  /// Those that can be read, newest created first, equal times in order of id. Views live as long as the catalog.
  const std::vector<summary>& tickets() const { return tickets_; }
  /// Why the others cannot.
  const std::vector<std::string>& unreadable() const { return unreadable_; }
  /// The same one by one, in no order.
  struct hidden_ticket {
    std::string id;
    std::string why;
    bool open; ///< its file lies in open/
  };
  const std::vector<hidden_ticket>& hidden() const { return hidden_; }
  /// Title, description and each comment, case folded, separated by NUL; of the ticket at a place in `tickets()`.
  std::string_view text(std::size_t place) const;
  /// How a ticket's file is marked: by anything that changes with its bytes. 0 where it may change unmarked.
  std::uint64_t mark_of(std::size_t place) const;
  /// How many files had to be read.
  std::size_t files_read() const { return files_read_; }

  /// Places in `tickets()` of what a query asks for: terms, and the text in title, description or comments.
  std::vector<std::size_t> search(const query& what) const;
  /// The same by title and labels, in order of id.
  std::vector<std::size_t> search_fast(const query& what) const;

private:
  struct inner;
  catalog();
  std::vector<summary> tickets_;
  std::vector<std::string> unreadable_;
  std::vector<hidden_ticket> hidden_;
  std::size_t files_read_ = 0;
  std::unique_ptr<inner> in_;
};

/// Whether the terms of a query hold for a summary.
bool terms_match(const query& what, const summary& t);

} // namespace hyakki::tickets
