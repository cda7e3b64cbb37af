#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sip::detail {

/// The names in a certificate, unchanged: each text may contain any octet.
struct CertificateNames {
  static constexpr std::size_t kMax = 256;  ///< names of all kinds together; a certificate with more names proves nothing

  std::vector<std::string> uris, dns;
  std::vector<base::IpAddress> addresses;
  std::vector<std::string> common_names;
  bool has_alternative_names = false;  ///< true if there are alternative names of any kind; the common name is then ignored
};

/// Returns nullopt if `der` is not a certificate, has a malformed list or two lists of alternative names, or has more names than
/// kMax.
[[nodiscard]] std::optional<CertificateNames> read_certificate_names(base::Bytes der);

enum class Wildcards : std::uint8_t { No, Yes };

/// Returns true if a certificate with these names proves `host`, which is the host of the URI before any look-up
/// (RFC 5922 section 7.3). Uses URIs `sip:host`; without these, DNS names; without a list of alternative names, a single common
/// name (section 7.1). Compares the whole name, and treats "*" as a literal character (section 7.2). With `wildcards`, "*" covers
/// the first label of a DNS name that has at least two more (RFC 6125 section 6.4.3). If the host is an IP address, only the same
/// address in the certificate proves it (RFC 5280 section 4.2.1.6).
[[nodiscard]] bool proves(const CertificateNames& names, std::string_view host, Wildcards wildcards = Wildcards::No);

}  // namespace offhook::inline v0::sip::detail
