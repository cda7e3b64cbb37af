#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/rtp/ice/candidate.hpp>
#include <offhook/rtp/ice/gathered.hpp>

#include <cstdint>
#include <string_view>

namespace offhook_test {

inline offhook::base::SocketAddress at(std::string_view ip, unsigned port) { return {offhook::base::IpAddress::parse(ip).value(), static_cast<std::uint16_t>(port)}; }

inline offhook::rtp::IceGathered host(const offhook::base::SocketAddress& address, std::uint16_t component = 1) {
  return {.type = offhook::rtp::IceCandidateType::Host, .component = component, .base = address, .address = address};
}
inline offhook::rtp::IceGathered reflexive(const offhook::base::SocketAddress& base, const offhook::base::SocketAddress& address, std::string_view server = "192.0.2.10") {
  return {.type = offhook::rtp::IceCandidateType::ServerReflexive, .base = base, .address = address, .server = *offhook::base::IpAddress::parse(server)};
}
inline offhook::rtp::IceGathered relayed(const offhook::base::SocketAddress& address, std::string_view server = "192.0.2.20") {
  return {.type = offhook::rtp::IceCandidateType::Relayed, .base = address, .address = address, .server = *offhook::base::IpAddress::parse(server)};
}

/// Returns a candidate as a description has it, without a base.
inline offhook::rtp::IceCandidate signalled(const offhook::base::SocketAddress& address, std::uint16_t component = 1,
                                            offhook::rtp::IceCandidateType type = offhook::rtp::IceCandidateType::Host, std::string_view foundation = "1") {
  offhook::rtp::IceCandidate candidate;
  candidate.type = type;
  candidate.component = component;
  candidate.priority = offhook::rtp::ice_priority(type, 65535, component);
  candidate.foundation = foundation;
  candidate.address = address;
  return candidate;
}

/// Returns a local candidate.
inline offhook::rtp::IceCandidate local(const offhook::base::SocketAddress& address, std::uint16_t component = 1, std::uint16_t preference = 65535,
                                        std::string_view foundation = "1") {
  offhook::rtp::IceCandidate candidate = signalled(address, component, offhook::rtp::IceCandidateType::Host, foundation);
  candidate.priority = offhook::rtp::ice_priority(candidate.type, preference, component);
  candidate.base = address;
  return candidate;
}

}  // namespace offhook_test
