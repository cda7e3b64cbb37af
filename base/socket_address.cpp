#include <offhook/base/socket_address.hpp>

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace offhook::inline v0::base {

IpAddress IpAddress::v4(std::array<std::uint8_t, 4> octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

IpAddress IpAddress::v6(std::array<std::uint8_t, 16> octets) {
  IpAddress address;
  address.octets_ = octets;
  address.v6_ = true;
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  const bool bracketed = text.size() >= 2 && text.front() == '[' && text.back() == ']';
  if (bracketed) text = text.substr(1, text.size() - 2);
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  if (text.empty() || text.size() >= buffer.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), buffer.begin());
  std::array<std::uint8_t, 16> octets{};
  if (::inet_pton(AF_INET6, buffer.data(), octets.data()) == 1) return v6(octets);
  std::array<std::uint8_t, 4> four{};
  if (!bracketed && ::inet_pton(AF_INET, buffer.data(), four.data()) == 1) return v4(four);
  return std::nullopt;
}

bool IpAddress::is_loopback() const {
  if (!v6_) return octets_[0] == 127;
  std::array<std::uint8_t, 16> one{};
  one[15] = 1;
  return octets_ == one;
}

bool IpAddress::is_unspecified() const {
  return std::all_of(octets_.begin(), octets_.end(), [](std::uint8_t octet) { return octet == 0; });
}

bool IpAddress::is_public() const {
  const IpAddress plain = unmapped();
  const auto [a, b] = std::pair(plain.octets_[0], plain.octets_[1]);
  if (plain.v6_) {
    const bool is_unique_local = (a & 0xfe) == 0xfc, is_link_local = a == 0xfe && (b & 0xc0) == 0x80;
    return !is_unique_local && !is_link_local && !plain.is_loopback() && !plain.is_unspecified();
  }
  const bool is_private = a == 10 || (a == 172 && (b & 0xf0) == 16) || (a == 192 && b == 168);
  const bool is_shared = a == 100 && (b & 0xc0) == 64, is_link_local = a == 169 && b == 254;
  return a != 0 && a != 127 && !is_private && !is_shared && !is_link_local;
}

IpAddress IpAddress::unmapped() const {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!v6_ || !std::equal(kMapped.begin(), kMapped.end(), octets_.begin())) return *this;
  return v4({octets_[12], octets_[13], octets_[14], octets_[15]});
}

std::string IpAddress::to_string() const {
  if (!v6_) {  // Each Via and Contact contains an address, and inet_ntop() would call the slower sprintf.
    std::array<char, INET_ADDRSTRLEN> text{};
    char* at = text.data();
    for (std::size_t i = 0; i < 4; ++i) {
      if (i > 0) *at++ = '.';
      at = std::to_chars(at, text.data() + text.size(), static_cast<unsigned>(octets_[i])).ptr;
    }
    return {text.data(), at};
  }
  std::array<char, INET6_ADDRSTRLEN> buffer{};
  ::inet_ntop(AF_INET6, octets_.data(), buffer.data(), static_cast<socklen_t>(buffer.size()));
  return buffer.data();
}

std::string SocketAddress::to_string() const {
  const std::string port_text = std::to_string(port);
  return ip.is_v6() ? "[" + ip.to_string() + "]:" + port_text : ip.to_string() + ":" + port_text;
}

}  // namespace offhook::inline v0::base
