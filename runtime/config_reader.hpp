#pragma once
// Walks the tree of a configuration file and fills a `config`. Behind config_file; nobody else includes it.

#include "core/config_keys.hpp"
#include "runtime/config_file.hpp"
#include "runtime/yaml_tree.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace hyakki {

class config_reader {
public:
  config_reader(std::string file, std::string directory, const env_lookup& env, const config_types& types)
    : file_(std::move(file)), directory_(std::move(directory)), env_(env), types_(types) {}

  void read(const yaml_node& root);
  void fault(std::size_t line, std::string key, std::string text);

  loaded_config out;
  std::vector<config_problem> problems;

private:
  void section(const yaml_node& node, const std::string& prefix);
  void unknown(const yaml_node::entry& e, const std::string& prefix);
  void queue(const yaml_node& node);
  void queue_key(const yaml_node::entry& e, const std::string& path);
  void plugins(const yaml_node& node);
  void warn(std::size_t line, const std::string& key, const std::string& text);
  void checks(const yaml_node& node);
  void notifications(const yaml_node& node);
  void projects(const yaml_node& node);
  /// An element of a list of maps: `slot` says where the value of each key goes.
  void element(const yaml_node& item, const std::string& at, const std::vector<config_key>& keys,
               const std::function<config_slot(std::string_view)>& slot);
  /// The elements of a list, or a fault.
  std::vector<const yaml_node*> elements(const yaml_node& node, const std::string& path, const std::string& allowed);

  // config_values.cpp: what stands in the file becomes a value
  static std::string shown(std::string_view text);
  /// What stands in the file, for people.
  static std::string found(const yaml_node& node);
  static std::string joined(const std::string& prefix, std::string_view key);
  void set(config& c, const config_key& key, const std::string& path, config_slot slot, const yaml_node& node);
  void set_scalar(const config_key& key, const std::string& path, config_slot slot, const yaml_node& node);
  std::optional<std::string> scalar(const yaml_node& node, const std::string& path, std::string_view wanted);
  std::string expand(const std::string& text, std::size_t line, const std::string& path);
  std::string absolute(std::string text, std::size_t line, const std::string& path);
  bool visit(const yaml_node& node);

  void finish();
  void check_address(const std::string& section, const std::string& type, const std::string& address);
  void check_query(const std::string& section, const tracker_config& t);
  void check_shared(const config& c);
  void check_type(const std::string& path, const std::string& found, const std::vector<std::string>& known);
  std::size_t line_of(std::string key) const;

  std::string file_;
  std::string directory_;
  std::string within_;           ///< put before every key: "projects[0]."
  config* into_ = &out.settings; ///< where sections are read into
  const env_lookup& env_;
  const config_types& types_;
  std::map<std::string, std::size_t> given_; ///< dotted key → line
  std::set<std::string> own_keys_;           ///< dotted keys outside of queue, known before anything is read
  std::set<std::string> faulty_;
  bool sqlite_ = false; ///< storage.type was that of yokai, so storage.path names a file of it
  std::size_t visited_ = 0;
};

} // namespace hyakki
