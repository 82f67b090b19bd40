// config: the store's settings.

#include "cli/tickets/editor.hpp"
#include "cli/tickets/json.hpp"
#include "cli/tickets/page.hpp"
#include "cli/tickets/print.hpp"
#include "cli/tickets/rows.hpp"
#include "cli/tickets/session.hpp"
#include "cli/tickets/text_file.hpp"
#include "tickets/yaml_text.hpp"
#include "tickets/yaml_tree.hpp"

namespace hyakki::ticket_cli {
namespace {

using tickets::store_config;

/// As `create` needs it.
result<void> check_default_status(const std::string& status) {
  if (tickets::word_list{tickets::ticket_statuses}.has(status))
    return {};
  return {ec::rejected,
          "default_status is \"" + cut(status) + "\"; allowed are open, in-progress, blocked, closed, cancelled"};
}

result<store_config> parsed(const std::string& text) {
  auto tree = tickets::read_yaml(text);
  if (!tree)
    return tree.error();
  auto read = tickets::read_store_config(tickets::meaning(*tree));
  if (read && !read->unknown.keys.empty())
    return {ec::rejected, "there is no setting \"" + read->unknown.keys[0] +
                            "\"; there are default_status, id_prefix, labels, priorities, statuses"};
  if (read)
    if (auto good = check_default_status(read->default_status); !good)
      return good.error();
  return read;
}

int edit(const session& at) {
  auto path = at.store().path() + "/config.yaml";
  auto text = read_text_file(path, tickets::most_foreign_bytes);
  if (!text)
    return fail(text.error());
  auto edited = edited_text(*text, "config.yaml");
  if (!edited)
    return fail(edited.error());
  if (*edited == *text) {
    put("Nothing was changed.\n");
    return exit_done;
  }
  auto fresh = parsed(*edited);
  if (!fresh)
    return fail(with_context(fresh.error(), "the configuration stays as it was; what was written cannot be used"));
  if (auto saved = at.store().save_config(*fresh); !saved)
    return fail(saved.error());
  put("Saved " + cut(path) + "\n");
  return exit_done;
}

/// KEY=VALUE of the settings that something depends on.
result<void> set(const session& at, const std::string& text) {
  auto equals = text.find('=');
  auto key = text.substr(0, equals), value = equals == std::string::npos ? std::string{} : text.substr(equals + 1);
  if (key == "default_status") {
    if (auto good = check_default_status(value); !good)
      return good;
    auto config = at.store().config();
    if (!config)
      return config.error();
    config->default_status = value;
    return at.store().save_config(*config);
  }
  if (key == "id_style") {
    if (!tickets::word_list{tickets::id_styles}.has(value))
      return {ec::rejected, "id_style is \"" + value + "\"; allowed are sequential, hash"};
    auto own = at.store().settings();
    if (!own)
      return own.error();
    own->id_style = value;
    return at.store().save_settings(*own);
  }
  return {ec::rejected,
          "\"" + key + "\" cannot be set this way; default_status=... and id_style=... can, --edit opens the rest"};
}

int show(const call& asked, const session& at) {
  auto config = at.store().config();
  auto own = at.store().settings();
  if (!config || !own)
    return fail(!config ? config.error() : own.error());
  auto path = at.store().path() + "/config.yaml";
  if (asked.json()) {
    auto out = json{{"path", path}};
    out.update(to_json(tickets::write_store_config(*config)));
    out.update(to_json(tickets::write_own_settings(*own)));
    put_json(out);
    return exit_done;
  }
  auto p = page{};
  p.title("Configuration", path);
  p.gap();
  p.fact("Default status", config->default_status);
  p.fact("Statuses", list_of(config->statuses));
  p.fact("Priorities", list_of(config->priorities));
  p.fact("Labels", list_of(config->labels));
  p.fact("Id prefix", config->id_prefix);
  p.fact("Id style", own->id_style);
  p.print();
  return exit_done;
}

int config(const call& asked) {
  auto at = session::open(asked);
  if (!at)
    return fail(at.error());
  if (asked.has("reset")) {
    if (auto saved = at->store().save_config(store_config{}); !saved)
      return fail(saved.error());
    if (auto saved = at->store().save_settings(tickets::own_settings{}); !saved)
      return fail(saved.error());
  } else if (asked.has("edit")) {
    return edit(*at);
  }
  for (auto& pair : asked.texts("set"))
    if (auto done = set(*at, pair); !done)
      return fail(done.error());
  return show(asked, *at);
}

constexpr option options[] = {
  {"--show", takes::nothing, "show it (default)"},
  {"--edit", takes::nothing, "open it in $VISUAL, $EDITOR or vi; what cannot be used is not saved"},
  {"--reset", takes::nothing, "back to the initial values"},
  {"--set", takes::each, "default_status=open or id_style=hash (ids that no other branch will make)"},
};
constexpr command rows[] = {
  {"config", "the settings of the store", "text json", config, options,
   "Used are default_status, for new tickets, and id_style. Labels are offered, not enforced; statuses and priorities\n"
   "are those of the format; id_prefix is kept for repo-tickets, which does not use it either."},
};

} // namespace

commands config_commands() { return rows; }

} // namespace hyakki::ticket_cli
