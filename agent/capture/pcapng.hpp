#pragma once

#include <offhook/agent/capture/packet.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::agent::capture {

/// Writes packets as a file of pcapng (draft-ietf-opsawg-pcapng), with times in nanoseconds and the direction of each packet.
///
/// Each transport is an interface with its name: "udp", "tcp", "tls", "ws", "wss". The file shows a message over UDP as the IP packet that carried it
/// (LINKTYPE_RAW): all programs can read that. It shows a message of a stream as a message that Wireshark has taken out of its stream
/// (LINKTYPE_WIRESHARK_UPPER_PDU), because the numbers and the encryption of its segments are not known here. The interface of a transport begins with
/// its first message.
class PcapngWriter {
 public:
  /// Returns the beginning of a new file.
  [[nodiscard]] std::string begin();
  /// Returns the blocks to append for `packet`.
  [[nodiscard]] std::string add(const Packet& packet);

 private:
  std::array<std::optional<std::uint32_t>, sip::kTransports> interfaces_{};  // The number of each transport's interface in this file.
  std::uint32_t count_ = 0;
};

/// Returns true if a file begins as begin() does. `text` is at least its first four octets.
[[nodiscard]] bool is_pcapng(std::string_view text);

}  // namespace offhook::inline v0::agent::capture
