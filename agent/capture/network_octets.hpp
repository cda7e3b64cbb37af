#pragma once

#include <offhook/base/socket_address.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::capture {

/// Returns the 4 or 16 octets of `ip`, from which the result borrows.
inline std::string_view octets_of(const base::IpAddress& ip) {
  return {reinterpret_cast<const char*>(ip.octets().data()), ip.is_v6() ? std::size_t{16} : std::size_t{4}};
}

/// Text to which numbers are added in the order of the network.
class NetworkOctets {
 public:
  NetworkOctets& u8(std::size_t value) { return big_endian(value, 1); }
  NetworkOctets& u16(std::size_t value) { return big_endian(value, 2); }
  NetworkOctets& u32(std::size_t value) { return big_endian(value, 4); }
  NetworkOctets& bytes(std::string_view octets) {
    text_.append(octets);
    return *this;
  }
  /// Overwrites two octets, which must exist.
  void set_u16(std::size_t at, std::size_t value) {
    text_[at] = static_cast<char>(value >> 8 & 0xff);
    text_[at + 1] = static_cast<char>(value & 0xff);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  NetworkOctets& big_endian(std::size_t value, int octets) {
    while (octets-- > 0) text_ += static_cast<char>(value >> (8 * octets) & 0xff);
    return *this;
  }
  std::string text_;
};

}  // namespace offhook::inline v0::agent::capture
