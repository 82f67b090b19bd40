// What stands in a file becomes a value: variables, paths, numbers in their range, lists and maps of texts.

#include "core/utf8.hpp"
#include "runtime/config_reader.hpp"

#include <algorithm>
#include <charconv>

namespace hyakki {
namespace {
using kind = yaml_node::kind;

/// An address of another machine that is asked without TLS.
bool is_in_the_clear(std::string_view path, std::string_view address) {
  constexpr std::string_view key = ".base_url", scheme = "http://";
  if (path.size() < key.size() || path.substr(path.size() - key.size()) != key ||
      address.substr(0, scheme.size()) != scheme)
    return false;
  auto host = address.substr(scheme.size());
  host = host.substr(0, host.find_first_of(host.substr(0, 1) == "[" ? "/?" : ":/?"));
  return host != "localhost" && host.substr(0, 4) != "127." && host.substr(0, 5) != "[::1]";
}

} // namespace

std::string config_reader::shown(std::string_view text) {
  return "\"" + printable(cut_with_note(text, 200, "…")) + "\"";
}

std::string config_reader::joined(const std::string& prefix, std::string_view key) {
  return prefix.empty() ? printable(cut_utf8(key, 100)) : prefix + "." + printable(cut_utf8(key, 100));
}

std::string config_reader::found(const yaml_node& node) {
  switch (node.what) {
  case kind::null: return "nothing";
  case kind::scalar: return shown(node.text);
  case kind::list: return "a list";
  case kind::map: return "a map";
  }
  return "nothing";
}

std::string config_reader::expand(const std::string& text, std::size_t line, const std::string& path) {
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 2, "${") == 0) {
      auto end = text.find('}', i + 2);
      auto name = end == std::string::npos ? std::string{} : text.substr(i + 2, end - i - 2);
      auto good = !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
                  std::all_of(name.begin(), name.end(),
                              [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; });
      if (good) {
        if (auto value = env_(name))
          result += *value;
        else
          fault(line, path, "uses ${" + name + "}, but the environment variable " + name + " is not set");
        i = end + 1;
        continue;
      }
    }
    result += text[i++];
  }
  return result;
}

std::optional<std::string> config_reader::scalar(const yaml_node& node, const std::string& path,
                                                 std::string_view wanted) {
  if (node.what != kind::scalar) {
    fault(node.line, path,
          "is " + found(node) + "; allowed is " + std::string{wanted} +
            (node.what == kind::null ? " (leave the key out for its default)" : ""));
    return std::nullopt;
  }
  return expand(node.text, node.line, path);
}

std::string config_reader::absolute(std::string text, std::size_t line, const std::string& path) {
  if (text.empty() || text[0] == '/')
    return text;
  if (text[0] == '~') {
    if (text.size() > 1 && text[1] != '/') {
      fault(line, path, "is " + shown(text) + "; ~ is expanded for your own home only, as in ~/work");
      return text;
    }
    auto home = env_("HOME");
    if (!home || home->empty() || (*home)[0] != '/') {
      fault(line, path, "is " + shown(text) + ", but the environment variable HOME does not say where ~ is");
      return text;
    }
    return *home + text.substr(1);
  }
  while (text.compare(0, 2, "./") == 0)
    text.erase(0, 2);
  return text.empty() || text == "." ? directory_ : directory_ + "/" + text;
}

void config_reader::set_scalar(const config_key& key, const std::string& path, config_slot slot,
                               const yaml_node& node) {
  auto wanted = allowed_text(key);
  auto value = scalar(node, path, wanted);
  if (!value)
    return;
  auto refuse = [&](const std::string& why) {
    fault(node.line, path, "is " + shown(*value) + "; allowed is " + wanted + why);
  };
  auto first = value->data(), last = value->data() + value->size();
  if (key.kind == value_kind::integer) {
    std::int64_t n = 0;
    auto [end, bad] = std::from_chars(first, last, n);
    if (bad != std::errc{} || end != last)
      return refuse(std::string{});
    if (static_cast<double>(n) < key.least || static_cast<double>(n) > key.most)
      return refuse(std::string{});
    if (auto p = std::get_if<std::int64_t*>(&slot))
      **p = n;
    else if (auto q = std::get_if<std::uint32_t*>(&slot))
      **q = static_cast<std::uint32_t>(n);
    else if (auto u = std::get_if<std::uint64_t*>(&slot))
      **u = static_cast<std::uint64_t>(n);
  } else if (key.kind == value_kind::number) {
    double n = 0;
    auto [end, bad] = std::from_chars(first, last, n);
    if (bad != std::errc{} || end != last || !(n >= key.least && n <= key.most))
      return refuse(std::string{});
    **std::get_if<double*>(&slot) = n;
  } else if (key.kind == value_kind::boolean) {
    if (*value != "true" && *value != "false")
      return refuse(" (yes, no, on and off are texts)");
    **std::get_if<bool*>(&slot) = *value == "true";
  } else if (key.kind == value_kind::secret) {
    if (value->find_first_of("\r\n") != std::string::npos || value->find('\0') != std::string::npos)
      return fault(node.line, path, "holds a line feed; a token is one line");
    **std::get_if<secret*>(&slot) = secret{*value};
    if (!value->empty())
      out.secrets.emplace_back(*value);
    bool holds_secret = !value->empty() && (path != "http.proxy" || value->find('@') != std::string::npos);
    if (node.text.find("${") == std::string::npos && holds_secret)
      warn(node.line, path, "the token stands in the file; write ${NAME} and set that variable instead");
  } else {
    if (key.kind == value_kind::path ||
        (path == "agent.command" &&
         (value->compare(0, 2, "./") == 0 || value->compare(0, 3, "../") == 0 || value->compare(0, 2, "~/") == 0)))
      *value = absolute(*value, node.line, path);
    if (is_in_the_clear(path, *value))
      warn(node.line, path,
           "is http://: whoever is on the way reads what is said there, the token too; write https:// if the "
           "service has it");
    **std::get_if<std::string*>(&slot) = *value;
  }
}

void config_reader::set(config& c, const config_key& key, const std::string& path, config_slot slot,
                        const yaml_node& node) {
  if (path == "storage.type" && node.what == kind::scalar && node.text == "sqlite") {
    c.storage.type = "lmdb";
    sqlite_ = true;
    return warn(node.line, path,
                "is \"sqlite\"; lmdb is used instead, in the default state directory: storage.path names a file of "
                "sqlite and is not touched. Write lmdb, and a directory as storage.path");
  }
  if (key.kind == value_kind::list) {
    if (node.what == kind::null)
      return;
    if (node.what != kind::list)
      return fault(node.line, path, "is " + found(node) + "; allowed is a list, one text an element");
    auto& list = **std::get_if<std::vector<std::string>*>(&slot);
    for (auto& item : node.items) {
      if (!visit(*item))
        return;
      if (auto text = scalar(*item, path + "[" + std::to_string(list.size()) + "]", "a text"))
        list.push_back(*std::move(text));
    }
  } else if (key.kind == value_kind::map) {
    if (node.what == kind::null)
      return;
    if (node.what != kind::map)
      return fault(node.line, path, "is " + found(node) + "; allowed is a map of texts");
    auto& map = **std::get_if<std::map<std::string, std::string>*>(&slot);
    for (auto& e : node.entries) {
      if (!visit(*e.value))
        return;
      given_[within_ + joined(path, e.key)] = e.line;
      if (auto text = scalar(*e.value, joined(path, e.key), "a text"))
        map[e.key] = *std::move(text);
    }
  } else
    set_scalar(key, path, slot, node);
}

} // namespace hyakki
