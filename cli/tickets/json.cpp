#include "cli/tickets/json.hpp"

#include <cmath>

namespace hyakki::ticket_cli {

json to_json(const tickets::value& v) {
  using kind = tickets::value::kind;
  switch (v.is) {
  case kind::null: return nullptr;
  case kind::boolean:
    return tickets::plain_value(v.text).is == kind::boolean && (v.text[0] | 0x20) != 'f' && (v.text[0] | 0x20) != 'n' &&
           v.text != "off" && v.text != "Off" && v.text != "OFF";
  case kind::integer:
    if (auto n = tickets::whole_number(v.text))
      return *n;
    return v.text;
  case kind::real:
    if (auto n = tickets::real_number(v.text); n && std::isfinite(*n))
      return *n;
    return nullptr;
  case kind::text: return v.text;
  case kind::list: {
    auto out = json::array();
    for (auto& item : v.items)
      out.push_back(to_json(item));
    return out;
  }
  case kind::map: {
    auto out = json::object();
    for (std::size_t n = 0; n < v.keys.size(); ++n)
      out[v.keys[n]] = to_json(v.items[n]);
    return out;
  }
  }
  return nullptr;
}

json to_json(const tickets::ticket& t) { return to_json(tickets::write_ticket(t)); }
json to_json(const tickets::epic& e) { return to_json(tickets::write_epic(e)); }
json to_json(const tickets::backlog_item& b) { return to_json(tickets::write_backlog_item(b)); }
json to_json(const tickets::agent_task& t) { return to_json(tickets::write_agent_task(t)); }

json to_json(const tickets::agent& a) {
  auto out = to_json(tickets::write_agent(a));
  if (!out["api_key"].is_null())
    out["api_key"] = "***";
  return out;
}

} // namespace hyakki::ticket_cli
