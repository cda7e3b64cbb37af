#pragma once

#include <offhook/agent/capture/packet.hpp>

#include <chrono>
#include <string>
#include <string_view>

namespace offhook::test {

inline base::SocketAddress address(std::string_view ip, std::uint16_t port) { return {*base::IpAddress::parse(ip), port}; }

/// Returns an OPTIONS that 192.0.2.1:5070 sends to 192.0.2.7:5060 over UDP.
inline agent::capture::Packet options_packet(const std::string& call_id = "a") {
  agent::capture::Packet packet;
  packet.direction = agent::capture::Direction::Sent;
  packet.at = agent::WallTime(std::chrono::milliseconds(1795747165123));
  packet.local = address("192.0.2.1", 5070);
  packet.remote = address("192.0.2.7", 5060);
  packet.octets = "OPTIONS sip:192.0.2.7 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bK1\r\nFrom: <sip:a@192.0.2.1>;tag=1\r\nTo: <sip:192.0.2.7>\r\nCall-ID: " +
                  call_id + "\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n";
  return packet;
}

}  // namespace offhook::test
