#pragma once

#include <offhook/rtp/srtp/master_key.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp::detail {

enum class SrtpProtocol : std::uint8_t { Srtp, Srtcp };

/// The session keys of one protocol. The destructor overwrites them.
struct SessionKeys {
  static constexpr std::size_t kCodeOctets = 20;
  using Salt = std::array<std::uint8_t, kMaxSrtpSaltOctets>;
  std::array<std::uint8_t, kMaxSrtpKeyOctets> cipher{};   ///< the first facts_of(suite).key_octets are used
  Salt salt{};                                            ///< the first facts_of(suite).salt_octets are used
  std::array<std::uint8_t, kCodeOctets> code{};           ///< the key of HMAC-SHA1; unused with an AEAD

  SessionKeys() = default;
  SessionKeys(const SessionKeys&) = default;
  SessionKeys& operator=(const SessionKeys&) = default;
  ~SessionKeys();
};

/// Derives the session keys with a key derivation rate of 0: RFC 3711 section 4.3, and RFC 7714 section 11 for a salt of 12 octets. Returns nullopt
/// if OpenSSL does not support AES in counter mode.
[[nodiscard]] std::optional<SessionKeys> derive_session_keys(const SrtpMasterKey& master, SrtpProtocol protocol);

}  // namespace offhook::inline v0::rtp::detail
