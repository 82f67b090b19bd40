#include "runtime/yaml_tree.hpp"

#include "core/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <istream>
#include <map>
#include <streambuf>

namespace hyakki {
namespace {

using kind = yaml_node::kind;

struct too_much {
  yaml_fault fault;
};

class view_buffer : public std::streambuf {
public:
  explicit view_buffer(std::string_view text) {
    auto begin = const_cast<char*>(text.data()); // a get area is never written to
    setg(begin, begin, begin + text.size());
  }
};

/// Builds the tree from the parser's events, so that a limit ends the reading at once.
class builder : public YAML::EventHandler {
public:
  builder(std::vector<yaml_fault>& faults, const yaml_limits& limits) : faults_(faults), limits_(limits) {}

  std::shared_ptr<yaml_node> root;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(make(kind::null, mark, anchor)); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    count(mark);
    auto hit = anchors_.find(anchor);
    if (hit == anchors_.end() || std::find(open_.begin(), open_.end(), hit->second) != open_.end())
      throw too_much{{line(mark), "an alias stands for something that holds it"}};
    if (!open_.empty() && open_.back()->what == kind::map && !keys_.back().waiting)
      throw too_much{{line(mark), "an alias cannot be a key"}};
    add(hit->second);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    auto node = make(kind::scalar, mark, anchor);
    node->text = value;
    node->plain = tag == "?";
    if (!tag.empty() && tag != "?" && tag != "!" && tag != "tag:yaml.org,2002:str")
      faults_.push_back({line(mark), "the tag " + printable(cut_utf8(tag, 100)) + " is not known; leave it out"});
    if (node->plain && (value.empty() || value == "~" || value == "null" || value == "Null" || value == "NULL"))
      if (open_.empty() || open_.back()->what != kind::map || keys_.back().waiting)
        node->what = kind::null;
    add(node);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start(kind::list, mark, anchor);
  }
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start(kind::map, mark, anchor);
  }
  void OnMapEnd() override { end(); }

private:
  struct key {
    bool waiting = false; ///< a key was read, its value was not
    bool twice = false;
    std::string name;
    std::size_t line = 0;
  };

  static std::size_t line(const YAML::Mark& mark) { return static_cast<std::size_t>(std::max(0, mark.line)) + 1; }

  void count(const YAML::Mark& mark) {
    if (++nodes_ > limits_.nodes)
      throw too_much{{line(mark), "the file has more than " + std::to_string(limits_.nodes) + " values"}};
  }

  std::shared_ptr<yaml_node> make(kind what, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(mark);
    auto node = std::make_shared<yaml_node>();
    node->what = what;
    node->line = line(mark);
    if (anchor != YAML::NullAnchor)
      anchors_[anchor] = node;
    return node;
  }

  void start(kind what, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (open_.size() >= limits_.depth)
      throw too_much{{line(mark), "values are nested deeper than " + std::to_string(limits_.depth)}};
    if (!open_.empty() && open_.back()->what == kind::map && !keys_.back().waiting)
      throw too_much{{line(mark), "a key is a list or a map; keys are plain words"}};
    auto node = make(what, mark, anchor);
    add(node);
    open_.push_back(std::move(node));
    keys_.emplace_back();
  }

  void end() {
    open_.pop_back();
    keys_.pop_back();
  }

  void add(const std::shared_ptr<yaml_node>& node) {
    if (open_.empty()) {
      root = node;
      return;
    }
    auto& parent = *open_.back();
    if (parent.what == kind::list) {
      parent.items.push_back(node);
      return;
    }
    auto& k = keys_.back();
    if (!k.waiting) {
      k = {true, false, node->text, node->line};
      auto before = seen_.emplace(std::make_pair(&parent, node->text), node->line);
      if (!before.second) {
        k.twice = true;
        faults_.push_back({node->line, "the key " + printable(cut_utf8(node->text, 100)) +
                                         " stands here a second time; "
                                         "the first is in line " +
                                         std::to_string(before.first->second)});
      }
      return;
    }
    if (!k.twice)
      parent.entries.push_back({k.name, k.line, node});
    k.waiting = false;
  }

  std::vector<yaml_fault>& faults_;
  const yaml_limits& limits_;
  std::vector<std::shared_ptr<yaml_node>> open_;
  std::vector<key> keys_;
  std::map<YAML::anchor_t, std::shared_ptr<yaml_node>> anchors_;
  std::map<std::pair<const yaml_node*, std::string>, std::size_t> seen_;
  std::size_t nodes_ = 0;
};

} // namespace

std::shared_ptr<const yaml_node> read_yaml(std::string_view text, std::vector<yaml_fault>& faults,
                                           const yaml_limits& limits) {
  if (text.size() > limits.bytes) {
    faults.push_back({1, "the file has " + std::to_string(text.size()) + " bytes; at most " +
                           std::to_string(limits.bytes) + " are read"});
    return nullptr;
  }
  if (!valid_utf8(text)) {
    faults.push_back({1, "the file is not valid UTF-8"});
    return nullptr;
  }
  builder tree{faults, limits};
  try {
    view_buffer buffer{text};
    std::istream in{&buffer};
    YAML::Parser parser{in};
    if (parser.HandleNextDocument(tree)) {
      yaml_limits none{0, 0, 0};
      std::vector<yaml_fault> ignored;
      builder second{ignored, none};
      try {
        if (parser.HandleNextDocument(second))
          faults.push_back({1, "the file has a second document (---); one is read"});
      } catch (const too_much&) {
        faults.push_back({1, "the file has a second document (---); one is read"});
      }
    }
    if (tree.root)
      return tree.root;
    auto empty = std::make_shared<yaml_node>();
    empty->line = 1;
    return empty;
  } catch (const too_much& e) {
    faults.push_back(e.fault);
  } catch (const YAML::Exception& e) {
    auto line = e.mark.line < 0 ? 1 : static_cast<std::size_t>(e.mark.line) + 1;
    auto tab = text.find("\n\t") != std::string_view::npos ? "; YAML takes no tabs for indenting" : "";
    faults.push_back({line, "this is not valid YAML: " + printable(cut_utf8(e.msg, 300)) + tab});
  } catch (const std::exception& e) {
    faults.push_back({1, "this is not valid YAML: " + printable(cut_utf8(e.what(), 300))});
  }
  return nullptr;
}

} // namespace hyakki
