#include <offhook/sip/stack/seen_address.hpp>

#include <offhook/sip/registration/binding.hpp>

#include <cstdint>

namespace offhook::inline v0::sip {

namespace {

/// Returns false for multicast, and for the reserved 240.0.0.0/4, which includes the broadcast address.
bool is_of_one_host(const base::IpAddress& ip) {
  constexpr std::uint8_t kMulticastV4 = 224, kMulticastV6 = 255;
  return ip.octets()[0] < (ip.is_v6() ? kMulticastV6 : kMulticastV4);
}

}  // namespace

/// Ignores the port of a connection, because it is not known before the connection is up. CallTable::on_flow_failed()
/// distinguishes successive connections.
bool SeenAddress::holds_for(const Flow& other) const {
  return same_way(flow, other) && (is_reliable(flow.transport) ? flow.local.ip == other.local.ip : flow.local == other.local);
}

std::optional<SeenAddress> seen_address(const Message& response, const Flow& flow) {
  const base::IpAddress& own = flow.local.ip;
  const auto seen = registration::observed_address(response.top_via(), flow.local.port);
  if (!seen || seen->ip == own || seen->ip.is_v6() != own.is_v6()) return std::nullopt;
  if (!is_of_one_host(seen->ip) || (seen->ip.is_loopback() && !own.is_loopback())) return std::nullopt;
  return SeenAddress{flow, *seen};
}

}  // namespace offhook::inline v0::sip
