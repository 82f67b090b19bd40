#include "adapters/code_hosts/remote_host.hpp"

#include "core/ascii.hpp"
#include "core/routing.hpp"

namespace hyakki {
result<std::pair<std::string, std::string>> allowed_repository(const host_words& words, std::string_view slug,
                                                               const code_host_config& config,
                                                               const std::vector<std::string>& allowed) {
  auto refuse = [&](const std::string& why) -> result<std::pair<std::string, std::string>> {
    return {ec::rejected,
            std::string{words.service} + ": the repository '" + printable(cut_with_note(slug, 120, "…")) + "' " + why};
  };
  if (!valid_slug(slug))
    return refuse("is not a safe name");
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), slug) == allowed.end())
    return refuse("is not among those in routing.allowed");
  auto slash = slug.find('/');
  auto out = std::pair{config.namespace_, std::string{slug}};
  if (slash != std::string_view::npos)
    out = {std::string{slug.substr(0, slash)}, std::string{slug.substr(slash + 1)}};
  if (out.first.empty())
    return refuse("names no " + std::string{words.group} + ": " + std::string{words.remedy});
  if (!config.namespace_.empty() && allowed.empty() && !same_letters(out.first, config.namespace_))
    return refuse("is not in the " + std::string{words.group} + " " + printable(cut_utf8(config.namespace_, 100)) +
                  "; list it in routing.allowed if it should be used");
  return out;
}

std::string ssh_port(std::string_view address) {
  if (address.substr(0, 6) != "ssh://")
    return {};
  auto colon = address.find(':', 6), slash = address.find('/', 6);
  auto port = colon < slash ? address.substr(colon + 1, slash - colon - 1) : std::string_view{};
  auto digits = port.find_first_not_of("0123456789") == std::string_view::npos && port.size() <= 5;
  return std::string{digits ? port : std::string_view{}};
}

} // namespace hyakki
