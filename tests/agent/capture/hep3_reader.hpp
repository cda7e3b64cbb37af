#pragma once

#include <offhook/agent/capture/hep3.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

namespace offhook::test {

/// Reads a HEP3 datagram as a collector does. The datagram must outlive the reader.
class ChunkReader {
 public:
  explicit ChunkReader(std::string_view datagram) {
    ok_ = datagram.starts_with("HEP3") && datagram.size() >= 6 && number_in(datagram.substr(4, 2)) == datagram.size();
    for (std::string_view rest = ok_ ? datagram.substr(6) : ""; ok_ && !rest.empty();) {
      const std::size_t size = number_in(rest.substr(std::min<std::size_t>(rest.size(), 4), 2));
      ok_ = rest.size() >= 6 && size >= 6 && size <= rest.size() && chunks_.emplace(number_in(rest.substr(0, 4)), rest.substr(6, size - 6)).second;
      rest.remove_prefix(ok_ ? size : 0);
    }
  }
  /// Returns false if a length was wrong, a type came twice, or a chunk was missing or had another size.
  [[nodiscard]] bool ok() const { return ok_; }
  std::uint32_t number(std::uint32_t type, std::size_t octets) {
    const std::string_view value = text(type);
    ok_ = ok_ && value.size() == octets;
    return number_in(value);
  }
  base::IpAddress address(std::uint32_t v4, std::uint32_t v6) {
    ok_ = ok_ && chunks_.contains(v4) != chunks_.contains(v6);
    return chunks_.contains(v4) ? base::IpAddress::v4(octets<4>(v4)) : base::IpAddress::v6(octets<16>(v6));
  }
  /// Returns the value of the chunk of this type, or "" if the packet has no such chunk.
  [[nodiscard]] std::string_view text(std::uint32_t type) const {
    const auto chunk = chunks_.find(type);
    return chunk == chunks_.end() ? std::string_view() : chunk->second;
  }

 private:
  static std::uint32_t number_in(std::string_view octets) {
    std::uint32_t number = 0;
    for (const char octet : octets) number = number << 8U | static_cast<std::uint8_t>(octet);
    return number;
  }
  template <std::size_t Size>
  std::array<std::uint8_t, Size> octets(std::uint32_t type) {
    std::array<std::uint8_t, Size> octets{};
    const std::string_view value = text(type);
    ok_ = ok_ && value.size() == Size;
    if (ok_) std::copy(value.begin(), value.end(), octets.begin());
    return octets;
  }

  std::map<std::uint32_t, std::string_view> chunks_;  // keyed by the chunk's vendor ID and type, as one number
  bool ok_ = false;
};

/// Parses a datagram. Returns nullopt if a collector could not read it. The texts of the result refer to the memory of the datagram.
inline std::optional<agent::capture::Hep3> read_hep3(std::string_view datagram) {
  ChunkReader chunks(datagram);
  agent::capture::Hep3 packet;
  const std::uint32_t family = chunks.number(1, 1);
  packet.ip_protocol = static_cast<std::uint8_t>(chunks.number(2, 1));
  packet.source.ip = chunks.address(3, 5);
  packet.destination.ip = chunks.address(4, 6);
  packet.source.port = static_cast<std::uint16_t>(chunks.number(7, 2));
  packet.destination.port = static_cast<std::uint16_t>(chunks.number(8, 2));
  packet.seconds = chunks.number(9, 4);
  packet.microseconds = chunks.number(10, 4);
  packet.payload_type = static_cast<std::uint8_t>(chunks.number(11, 1));
  packet.capture_id = chunks.number(12, 4);
  packet.key = chunks.text(14);
  packet.payload = chunks.text(15);
  packet.correlation_id = chunks.text(17);
  const auto is_of_family = [family](const base::IpAddress& ip) { return family == (ip.is_v6() ? 10 : 2); };
  if (!chunks.ok() || !is_of_family(packet.source.ip) || !is_of_family(packet.destination.ip)) return std::nullopt;
  return packet;
}

}  // namespace offhook::test
