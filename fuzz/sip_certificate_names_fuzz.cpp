// The input is one octet n, then n octets of host name, then a certificate as DER. Checks that the certificate proves a name only if it
// contains the whole name as plain octets, and never proves a name with a wildcard.
#include "require.hpp"

#include <offhook/base/text.hpp>
#include <offhook/sip/transport/certificate_names.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>

using offhook::base::Bytes;
using namespace offhook::sip::detail;
using offhook::fuzz::require;

namespace {

bool holds_text(const std::vector<std::string>& names, std::string_view host) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
    return name.size() >= host.size() &&
           std::search(name.begin(), name.end(), host.begin(), host.end(),
                       [](char a, char b) { return offhook::base::iequals({&a, 1}, {&b, 1}); }) != name.end();
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes rest(data, size);
  if (rest.empty()) return 0;
  const std::size_t count = std::min<std::size_t>(rest[0], rest.size() - 1);
  std::string_view host(reinterpret_cast<const char*>(rest.data()) + 1, count);
  const auto names = read_certificate_names(rest.subspan(1 + count));
  if (!names) return 0;
  require(names->uris.size() + names->dns.size() + names->addresses.size() <= CertificateNames::kMax);
  require(names->has_alternative_names || (names->uris.empty() && names->dns.empty() && names->addresses.empty()));
  if (!proves(*names, host)) return 0;
  require(host.find_first_of(std::string_view("*\0", 2)) == std::string_view::npos);
  if (offhook::base::IpAddress::parse(host)) {
    require(!names->addresses.empty());
    return 0;
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  require(holds_text(names->uris, host) || holds_text(names->dns, host) || holds_text(names->common_names, host));
  return 0;
}
