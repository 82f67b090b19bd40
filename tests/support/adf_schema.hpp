#pragma once
// What of the Atlassian Document Format a comment of ours may use, checked node by node as its schema says.

#include <nlohmann/json.hpp>

#include <set>
#include <string>

namespace hyakki::test {

/// The first thing that is wrong with the node; empty = valid. `within` is the type of its parent.
inline std::string adf_fault(const nlohmann::json& n, const std::string& within = {}) {
  using words = std::set<std::string>;
  if (!n.is_object() || !n.contains("type") || !n["type"].is_string())
    return "a node without a type in " + within;
  auto type = n["type"].get<std::string>();
  auto inlines = words{"text", "hardBreak"};
  auto children = words{};
  auto may = words{"type"};
  auto least = 0u;
  auto content = [&](words what, unsigned most_few) {
    children = std::move(what);
    least = most_few;
    may.insert("content");
  };
  auto marks = words{};
  if (within.empty() != (type == "doc"))
    return type + " in " + within;
  if (type == "doc") {
    content({"paragraph", "heading", "bulletList", "orderedList", "codeBlock", "blockquote", "rule", "table", "panel"},
            0);
    may.insert("version");
    if (n.value("version", 0) != 1 || !n.contains("content"))
      return "a doc without version or content";
  } else if (type == "paragraph" || type == "heading") {
    content(inlines, 0);
    if (type == "heading") {
      may.insert("attrs");
      if (!n.contains("attrs") || n["attrs"].size() != 1 || n["attrs"].value("level", 0) < 1 ||
          n["attrs"].value("level", 0) > 6)
        return "a heading without a level";
    }
  } else if (type == "bulletList" || type == "orderedList") {
    content({"listItem"}, 1);
    if (type == "orderedList") {
      may.insert("attrs");
      if (n.contains("attrs") && (n["attrs"].size() != 1 || n["attrs"].value("order", -1) < 0))
        return "an orderedList with " + n["attrs"].dump();
    }
  } else if (type == "listItem") {
    content({"paragraph", "bulletList", "orderedList", "codeBlock"}, 1);
  } else if (type == "blockquote") {
    content({"paragraph"}, 1);
  } else if (type == "table") {
    content({"tableRow"}, 1);
  } else if (type == "tableRow") {
    content({"tableHeader", "tableCell"}, 1);
  } else if (type == "tableHeader" || type == "tableCell") {
    content({"paragraph"}, 1);
  } else if (type == "panel") {
    content({"paragraph", "heading", "bulletList", "orderedList", "codeBlock", "rule"}, 1);
    may.insert("attrs");
    if (!n.contains("attrs") || n["attrs"].size() != 1 ||
        !words{"info", "note", "warning", "success", "error"}.count(n["attrs"].value("panelType", "")))
      return "a panel without a type";
  } else if (type == "codeBlock") {
    content({"text"}, 0);
    may.insert("attrs");
    if (n.contains("attrs") && (n["attrs"].size() != 1 || !n["attrs"].value("language", nlohmann::json{}).is_string()))
      return "a codeBlock with " + n["attrs"].dump();
  } else if (type == "text") {
    may.insert({"text", "marks"});
    if (!n.contains("text") || !n["text"].is_string() || n["text"].get<std::string>().empty())
      return "an empty text";
    for (auto& m : n.value("marks", nlohmann::json::array())) {
      auto name = m.value("type", "");
      if (!words{"strong", "em", "strike", "code", "link", "subsup"}.count(name) || !marks.insert(name).second)
        return "the mark " + name;
      if (name == "link" && (m["attrs"].size() != 1 || (m["attrs"].value("href", "").rfind("http", 0) != 0 &&
                                                        m["attrs"].value("href", "").rfind("mailto:", 0) != 0)))
        return "a link to " + m.dump();
    }
    if (n.contains("marks") && (marks.empty() || within == "codeBlock"))
      return "marks where none may be";
    if (marks.count("code") && marks.size() > 1u + marks.count("link"))
      return "code with other marks";
  } else if (type != "rule" && type != "hardBreak") {
    return "the node " + type;
  }
  for (auto& [key, value] : n.items())
    if (!may.count(key))
      return type + " has " + key;
  auto inner = n.value("content", nlohmann::json::array());
  if (inner.size() < least)
    return type + " is empty";
  for (auto& c : inner) {
    if (!c.is_object() || !children.count(c.value("type", "")))
      return c.value("type", "?") + " in " + type;
    if (auto bad = adf_fault(c, type); !bad.empty())
      return bad;
  }
  if (type == "listItem" && inner[0]["type"] != "paragraph")
    return "an item that does not begin with a paragraph";
  return {};
}

} // namespace hyakki::test
