#pragma once
// One call of a keeper, from the request to the value that its answer stands for.
//
// An `Api` makes calls that fail in its service's own words: `call(request)`. For .cpp files only, as json.hpp is.

#include "adapters/http/json.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hyakki {

/// What `take` makes of the answer; whatever it finds wrong there is the error.
template <class Take>
auto read_answer(const http_request& asked, const http_answer& answer, Take&& take, std::size_t most_depth = 64)
  -> result<std::decay_t<std::invoke_result_t<Take, const json_node&>>> {
  auto document = read_json(asked, answer, most_depth);
  if (!document)
    return document.error();
  auto out = take(document->root());
  if (document->fault())
    return *document->fault();
  return out;
}

/// The answer as a whole, for those who forgive what is wrong in a part of it.
template <class Api>
result<json_document> ask_document(const Api& api, const result<http_request>& asked, std::size_t most_depth = 64) {
  if (!asked)
    return asked.error();
  auto answer = api.call(*asked);
  if (!answer)
    return answer.error();
  return read_json(*asked, *answer, most_depth);
}

/// Whether an answer was refused for its size alone: less asked for at once may be taken.
inline bool is_too_much(const error& e) { return e == ec::rejected && e.text.find(http_not_read) != std::string::npos; }

/// Makes the call, when there is one to make, and reads its answer.
template <class Api, class Take>
auto ask(const Api& api, const result<http_request>& asked, Take&& take, std::size_t most_depth = 64)
  -> result<std::decay_t<std::invoke_result_t<Take, const json_node&>>> {
  if (!asked)
    return asked.error();
  auto answer = api.call(*asked);
  if (!answer)
    return answer.error();
  return read_answer(*asked, *answer, std::forward<Take>(take), most_depth);
}

/// Makes a change whose answer is an object with this field: a page of a proxy in between is no such thing, and what
/// was asked is not done then.
template <class Api>
result<void> tell(const Api& api, const result<http_request>& asked, std::string_view field) {
  auto done = ask(api, asked, [&](const json_node& root) {
    if (auto there = root.maybe(field); !there.exists() || there.is_object() || there.is_array())
      there.wrong("a text or a number");
    return true;
  });
  return done ? result<void>{} : result<void>{done.error()};
}

/// Makes a change that is answered by 204 and nothing else.
template <class Api>
result<void> tell(const Api& api, const result<http_request>& asked) {
  if (!asked)
    return asked.error();
  auto answer = api.call(*asked);
  if (!answer)
    return answer.error();
  if (answer->status == 204)
    return {};
  return {ec::unavailable, describe(*asked) + " answered " + std::to_string(answer->status) +
                             " where 204 says that it was done. Is there a login page or a proxy in between?"};
}

} // namespace hyakki
