#include <offhook/sip/transport/upgrade_rules.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <cstddef>

namespace offhook::inline v0::sip::detail {

namespace {

/// The first octet of a UTF-8 character: the number of octets that follow it, its value bits, and the smallest value that a
/// character of this length may have.
struct Lead {
  std::size_t more = 0;
  std::uint32_t bits = 0, least = 0;
};
bool read_lead(unsigned char octet, Lead& lead) {
  if (octet < 0x80) lead = {0, octet, 0};
  else if ((octet & 0xe0) == 0xc0) lead = {1, octet & 0x1fU, 0x80};
  else if ((octet & 0xf0) == 0xe0) lead = {2, octet & 0x0fU, 0x800};
  else if ((octet & 0xf8) == 0xf0) lead = {3, octet & 0x07U, 0x10000};
  else return false;
  return true;
}

}  // namespace

bool offers_sip(std::string_view protocols) {
  while (!protocols.empty()) {
    const auto comma = std::min(protocols.find(','), protocols.size());
    if (base::trim(protocols.substr(0, comma)) == "sip") return true;
    protocols.remove_prefix(std::min(comma + 1, protocols.size()));
  }
  return false;
}

bool may_come_from(std::string_view origin, const std::vector<std::string>& allowed) {
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& one) { return one == "*" || base::iequals(one, origin); });
}

std::string host_field(std::string_view name, std::uint16_t port, bool secure) {
  const auto address = base::IpAddress::parse(name);
  std::string field = address && address->is_v6() && !name.starts_with('[') ? "[" + std::string(name) + "]" : std::string(name);
  if (port != (secure ? 443 : 80)) field += ":" + std::to_string(port);
  return field;
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    Lead lead;
    if (!read_lead(static_cast<unsigned char>(text[at]), lead) || text.size() - at <= lead.more) return false;
    std::uint32_t value = lead.bits;
    for (std::size_t left = lead.more; left > 0; --left) {
      const auto octet = static_cast<unsigned char>(text[++at]);
      if ((octet & 0xc0) != 0x80) return false;
      value = value << 6 | (octet & 0x3fU);
    }
    if (value < lead.least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) return false;
  }
  return true;
}

}  // namespace offhook::inline v0::sip::detail
