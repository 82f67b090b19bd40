#include "adapters/http/own_words.hpp"

#include "adapters/http/json.hpp"
#include "core/utf8.hpp"

namespace hyakki {
namespace {

constexpr std::size_t most_read = 64 * 1024;

class word_list {
public:
  void add(const json_node& node, std::string_view before = {}) {
    if (!node.is_string() || words_.size() > 300)
      return;
    auto more = std::string{before} + node.text();
    if (!more.empty() && words_.find(more) == std::string::npos)
      words_ += (words_.empty() ? "" : "; ") + printable(cut_with_note(more, 200, "…"));
  }
  std::string take() { return std::move(words_); }

private:
  std::string words_;
};

} // namespace

std::string own_words(const http_request& asked, const http_answer& answer) {
  if (answer.body.empty() || answer.body.size() > most_read)
    return {};
  auto document = read_json(asked, answer);
  if (!document || !document->root().is_object())
    return {};
  auto root = document->root();
  word_list out;
  out.add(root.maybe("message"));
  auto one = root.maybe("error");
  out.add(one.is_object() ? one.maybe("message") : one);
  if (auto all = root.maybe("errorMessages"); all.is_array())
    for (auto& m : all.items())
      out.add(m);
  auto all = root.maybe("errors");
  if (all.is_array())
    for (auto& e : all.items())
      out.add(e.is_object() ? e.maybe("message") : e);
  if (all.is_object())
    for (auto& [field, m] : all.fields())
      out.add(m, std::string{field} + ": ");
  return out.take();
}

} // namespace hyakki
