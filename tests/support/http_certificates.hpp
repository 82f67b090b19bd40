#pragma once
// Certificates made when a test runs: an authority of its own, and what it signs.

#include <memory>
#include <string>
#include <vector>

namespace hyakki::test {

struct certificate {
  std::string certificate; ///< PEM
  std::string key;         ///< PEM
};

class certificate_authority {
public:
  explicit certificate_authority(const std::string& name = "hyakki test authority");
  ~certificate_authority();
  certificate_authority(const certificate_authority&) = delete;
  certificate_authority& operator=(const certificate_authority&) = delete;

  const std::string& pem() const;
  /// `names`: what the certificate is for: "DNS:localhost", "IP:127.0.0.1". `days` < 0: it has expired.
  certificate issue(const std::string& common_name, const std::vector<std::string>& names, int days = 2) const;

private:
  struct inner;
  std::unique_ptr<inner> inner_;
};

/// Writes a text into a file; returns the path.
std::string write_file(const std::string& path, const std::string& text);

} // namespace hyakki::test
