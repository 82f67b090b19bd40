#pragma once
// Takes secrets out of text before it leaves: logs, comments, pull requests, stored errors.
//
// Knows each secret as it is and as it looks in base64 (at any alignment, so also inside `user:token`),
// URL-encoded, JSON-escaped and Markdown-escaped. One pass over the text, whatever the number of secrets.
// A built redactor is immutable: copy it, or use it from any thread.

#include "core/secret.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace hyakki {

class redactor {
public:
  /// Knows nothing, changes nothing.
  redactor() = default;

  /// Secrets shorter than six characters are left out: replacing "test" everywhere would destroy the text and
  /// tell the secret by where it is missing.
  explicit redactor(const std::vector<secret>& secrets);

  /// The text with every known form replaced by ***.
  std::string operator()(std::string_view text) const;

  /// The same of a text that was cut: what a secret may have begun with at its end is taken out too.
  std::string of_beginning(std::string_view text) const;

  /// True when no form of a known secret occurs.
  bool clean(std::string_view text) const;

private:
  struct machine;
  std::shared_ptr<const machine> machine_;
};

} // namespace hyakki
