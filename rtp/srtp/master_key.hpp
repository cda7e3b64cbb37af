#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/rtp/srtp/suite.hpp>

#include <array>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::rtp {

/// The master key and the master salt of one direction (RFC 3711 section 3.2.1). The destructor overwrites them.
class SrtpMasterKey {
 public:
  /// `secret` is the key followed by the salt, as in SDP (RFC 4568 section 6.1). Returns nullopt if the size of `secret` is not key_octets + salt_octets of
  /// facts_of(suite).
  [[nodiscard]] static std::optional<SrtpMasterKey> make(SrtpSuite suite, base::Bytes secret);
  SrtpMasterKey(const SrtpMasterKey&) = default;
  SrtpMasterKey& operator=(const SrtpMasterKey&) = default;
  ~SrtpMasterKey();

  [[nodiscard]] SrtpSuite suite() const { return suite_; }
  [[nodiscard]] base::Bytes key() const { return base::Bytes(secret_).first(facts_of(suite_).key_octets); }
  [[nodiscard]] base::Bytes salt() const { return base::Bytes(secret_).subspan(facts_of(suite_).key_octets, facts_of(suite_).salt_octets); }
  /// Returns the key followed by the salt.
  [[nodiscard]] base::Bytes secret() const { return base::Bytes(secret_).first(facts_of(suite_).key_octets + facts_of(suite_).salt_octets); }

 private:
  explicit SrtpMasterKey(SrtpSuite suite) : suite_(suite) {}
  SrtpSuite suite_;
  std::array<std::uint8_t, kMaxSrtpKeyOctets + kMaxSrtpSaltOctets> secret_{};
};

}  // namespace offhook::inline v0::rtp
