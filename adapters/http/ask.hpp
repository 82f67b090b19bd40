#pragma once
// One call of a keeper, from the request to the value that its answer stands for.
//
// An `Api` makes calls that fail in its service's own words: `call(request)`. For .cpp files only, as json.hpp is.

#include "adapters/http/json.hpp"

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

/// Makes a call whose answer says nothing that matters.
template <class Api>
result<void> tell(const Api& api, const result<http_request>& asked) {
  if (!asked)
    return asked.error();
  auto answer = api.call(*asked);
  return answer ? result<void>{} : result<void>{answer.error()};
}

} // namespace hyakki
