#include "adapters/http/own_words.hpp"

#include "adapters/http/json.hpp"
#include "core/utf8.hpp"

namespace hyakki {
namespace {

constexpr std::size_t most_read = 64 * 1024;
constexpr std::size_t most_words = 600;

class word_list {
public:
  void add(const json_node& node, std::string_view before = {}) {
    if (!node.is_string() || node.text().empty() || words_.size() > most_words)
      return;
    auto text = node.text();
    auto more = printable(cut_with_note(std::string{before}.append(without_end(text)), most_words / 2, "…"));
    if (more.empty())
      return;
    if (words_.find(more) == std::string::npos)
      words_ += (words_.empty() ? "" : "; ") + more;
  }
  /// One of a list: words alone, or a message and what it is about, or a field and what is wrong with it.
  void add_one(const json_node& e) {
    if (!e.is_object())
      return add(e);
    auto about = e.maybe("context"), field = e.maybe("field");
    if (e.maybe("message").is_string())
      add(e.maybe("message"), about.is_string() ? about.text() + ": " : "");
    else if (field.is_string() && e.maybe("code").is_string())
      add(e.maybe("code"), field.text() + " is ");
    else if (field.is_string())
      add(field, "wrong: ");
  }
  std::string take() { return std::move(words_); }

private:
  std::string words_;
};

} // namespace

std::string_view without_end(std::string_view words) {
  return words.substr(0, words.find_last_not_of(" \t\r\n.,;:!?") + 1);
}

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
      out.add_one(e);
  if (all.is_object())
    for (auto& [field, m] : all.fields())
      out.add(m, std::string{field} + ": ");
  return out.take();
}

} // namespace hyakki
