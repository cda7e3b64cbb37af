#pragma once

#include <string>
#include <vector>

namespace offhook::services {

struct Certificate {
  std::string certificate_pem, key_pem;
};

/// A self-signed certificate for `names` (DNS names and addresses), good for a day: whoever is to trust it is given its file.
/// Empty when OpenSSL refuses.
[[nodiscard]] Certificate make_certificate(const std::vector<std::string>& names = {"localhost", "127.0.0.1", "::1"});

}  // namespace offhook::services
