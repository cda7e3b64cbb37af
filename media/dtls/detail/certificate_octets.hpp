#pragma once

#include <openssl/x509.h>

#include <cstdint>
#include <vector>

namespace offhook::inline v0::media::detail {

/// Returns the certificate in DER, or an empty vector if OpenSSL cannot write it.
[[nodiscard]] inline std::vector<std::uint8_t> octets_of(const X509& certificate) {
  const int size = i2d_X509(&certificate, nullptr);
  if (size <= 0) return {};
  std::vector<std::uint8_t> octets(static_cast<std::size_t>(size));
  unsigned char* at = octets.data();
  i2d_X509(&certificate, &at);
  return octets;
}

}  // namespace offhook::inline v0::media::detail
