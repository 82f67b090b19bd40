#include "adapters/github/comments.hpp"

#include "adapters/github/words.hpp"
#include "adapters/http/ask.hpp"
#include "core/marker.hpp"
#include "core/utf8.hpp"

#include <nlohmann/json.hpp>

namespace hyakki::github {

result<bool> post_once(const api& github, const repository_name& repository, std::int64_t number, const comment& what,
                       std::string_view answers) {
  if (!is_marker(what.marker))
    return {ec::rejected, "GitHub: '" + printable(what.marker) + "' is no marker for a comment"};
  auto path = repository_path(repository, "/issues/" + std::to_string(number) + "/comments");
  auto there = false;
  auto looked = github.pages(path + "?per_page=100", [&](const json_node& page) {
    for (auto& c : page.items()) {
      auto body = c.text_or("body", "");
      if (!has_marker(body, what.marker))
        continue;
      auto user = c.maybe("user");
      auto kind = user.exists() ? user.text_or("type", "") : std::string{};
      there = there || speaks_for_repository(c.text_or("author_association", ""), kind);
    }
    return !there;
  });
  if (!looked)
    return looked.error();
  if (there)
    return false;
  auto body = nlohmann::json{{"body", comment_text(what, answers)}};
  if (auto done = tell(github, github.change(http_method::post, path, written(body)), "id"); !done)
    return done.error();
  return true;
}

} // namespace hyakki::github
