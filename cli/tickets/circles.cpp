// Circles of links in a whole store.

#include "cli/tickets/odd_values.hpp"

#include <algorithm>
#include <unordered_map>

namespace hyakki::ticket_cli {
namespace {

using tickets::ticket;

/// Tickets by their place, and which must come before each.
using graph = std::vector<std::vector<std::size_t>>;

graph graph_of(const std::vector<ticket>& all, bool parents) {
  auto places = std::unordered_map<std::string, std::size_t>{};
  for (std::size_t n = 0; n < all.size(); ++n)
    places.emplace(all[n].id, n);
  auto out = graph(all.size());
  auto add = [&](std::size_t later, const std::string& id, bool turned) {
    auto found = places.find(id);
    if (found != places.end() && found->second != later) // a link to itself is told of the ticket alone
      out[turned ? found->second : later].push_back(turned ? later : found->second);
  };
  for (std::size_t n = 0; n < all.size(); ++n) {
    // Either side may know of a link.
    for (auto& id : parents ? tickets::words{} : all[n].blocked_by)
      add(n, id, false);
    for (auto& id : parents ? all[n].child_ticket_ids : all[n].blocks)
      add(n, id, true);
    if (parents && all[n].parent_ticket_id)
      add(n, *all[n].parent_ticket_id, false);
  }
  for (auto& links : out) { // most links are known to both sides
    std::sort(links.begin(), links.end());
    links.erase(std::unique(links.begin(), links.end()), links.end());
  }
  return out;
}

/// Adds one circle for each link that closes one. Without recursion: chains may be as long as the store is large.
void add_circles(const std::vector<ticket>& all, bool parents, std::vector<std::string>& out) {
  auto edges = graph_of(all, parents);
  auto next = std::vector<std::size_t>(all.size());
  auto on_way = std::vector<bool>(all.size());
  for (std::size_t first = 0; first < all.size(); ++first) {
    if (next[first] != 0)
      continue;
    auto way = std::vector<std::size_t>{first};
    on_way[first] = true;
    while (!way.empty()) {
      auto here = way.back();
      if (next[here] == edges[here].size()) {
        next[here] = edges[here].size() + 1; // done
        on_way[here] = false;
        way.pop_back();
        continue;
      }
      auto there = edges[here][next[here]++];
      if (on_way[there]) {
        std::string text;
        for (auto at = std::find(way.begin(), way.end(), there); at != way.end(); ++at)
          text += all[*at].id + " > ";
        text += all[there].id + (parents ? " are parents of each other" : " wait for each other") + "; unlink one";
        out.push_back(std::move(text));
      } else if (next[there] == 0) {
        on_way[there] = true;
        way.push_back(there);
      }
    }
  }
}

} // namespace

std::vector<std::string> circles_of(const std::vector<ticket>& all) {
  auto out = std::vector<std::string>{};
  add_circles(all, false, out);
  add_circles(all, true, out);
  return out;
}

} // namespace hyakki::ticket_cli
