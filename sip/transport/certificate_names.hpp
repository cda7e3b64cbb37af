#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// Whom a certificate speaks of, as it stands there: each text may hold any octet.
struct CertificateNames {
  static constexpr std::size_t kMax = 256;  ///< of all kinds together; a certificate with more proves nothing

  std::vector<std::string> uris, dns;
  std::vector<base::IpAddress> addresses;
  std::vector<std::string> common_names;
  bool has_alternative_names = false;  ///< of whatever kind: then the common name counts no more
};

/// Nothing for what is no certificate, has two lists of alternative names or a broken one, or more names than kMax.
[[nodiscard]] std::optional<CertificateNames> read_certificate_names(base::Bytes der);

enum class Wildcards : std::uint8_t { No, Yes };

/// Whether a certificate with these names may stand for `host`, the one of the URI before any look-up (RFC 5922 section 7.3).
/// URIs `sip:host` count; only without any of those, DNS names; only without a list of alternative names, one common name
/// (section 7.1). The whole name is compared, and "*" stands for nothing but itself (section 7.2), unless `wildcards` lets it stand for
/// the first label of a DNS name with two more at least (RFC 6125 section 6.4.3). A host that is an address is proved by that very
/// address in the certificate (RFC 5280 section 4.2.1.6), and proves no name.
[[nodiscard]] bool proves(const CertificateNames& names, std::string_view host, Wildcards wildcards = Wildcards::No);

}  // namespace offhook::inline v0::sip::detail
