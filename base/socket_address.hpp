#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::base {

/// An IPv4 or IPv6 address. Parsing and printing use no resolver.
class IpAddress {
 public:
  IpAddress() = default;
  [[nodiscard]] static IpAddress v4(std::array<std::uint8_t, 4> octets);
  [[nodiscard]] static IpAddress v6(std::array<std::uint8_t, 16> octets);
  /// Parses `192.0.2.1`, `2001:db8::1` or `[2001:db8::1]`. Returns nullopt for any other text, including host names.
  [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const { return !v6_; }
  [[nodiscard]] bool is_v6() const { return v6_; }
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] bool is_unspecified() const;
  /// Returns false for an address to which the Internet has no route: private (RFC 1918, RFC 4193), shared by a provider's customers
  /// (RFC 6598), link-local, loopback, or unspecified. An IPv4-mapped address is as public as its IPv4 address.
  [[nodiscard]] bool is_public() const;
  /// Returns `192.0.2.1` for the IPv4-mapped IPv6 address `::ffff:192.0.2.1` (RFC 4291 section 2.5.5.2), and any other address unchanged. A
  /// socket bound to `::` reports IPv4 peers in the mapped form. The mapped form is wrong in a message, and never equals the peer's real address.
  [[nodiscard]] IpAddress unmapped() const;
  /// For IPv4, the first four octets hold the address.
  [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const { return octets_; }
  [[nodiscard]] std::string to_string() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> octets_{};
  bool v6_ = false;
};

struct SocketAddress {
  IpAddress ip;
  std::uint16_t port = 0;

  /// Returns text such as `192.0.2.1:5060` or `[2001:db8::1]:5060`.
  [[nodiscard]] std::string to_string() const;
  friend auto operator<=>(const SocketAddress&, const SocketAddress&) = default;
};

}  // namespace offhook::inline v0::base

template <>
struct std::hash<offhook::base::SocketAddress> {
  std::size_t operator()(const offhook::base::SocketAddress& address) const noexcept {
    const auto& octets = address.ip.octets();
    const std::string_view bytes(reinterpret_cast<const char*>(octets.data()), octets.size());
    return std::hash<std::string_view>{}(bytes) * 31 + address.port;
  }
};
