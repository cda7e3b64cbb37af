#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/crypto_line.hpp>
#include <offhook/sdp/dtls.hpp>
#include <offhook/sdp/session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// The rule for SRTP in a session.
enum class SrtpPolicy : std::uint8_t {
  Off,        ///< offers RTP/AVP without keys; refuses encrypted sections
  Preferred,  ///< offers keys in RTP/AVP (RFC 8643 section 3.1); accepts sections with and without keys
  Required,   ///< offers RTP/SAVP; refuses sections without keys
};

/// Our master key and salt for one suite.
struct SrtpKey {
  std::string suite;                   ///< name in a=crypto
  std::vector<std::uint8_t> secret;    ///< the master key followed by the master salt
  friend bool operator==(const SrtpKey&, const SrtpKey&) = default;
};

/// This side's data for DTLS-SRTP: RFC 5763.
struct DtlsCapability {
  FingerprintLine fingerprint;         ///< fingerprint of this side's certificate
  bool offers = false;                 ///< true: offers have DTLS instead of keys; answers accept both
};

/// The encryption that this side offers and accepts. `keys` are in order of preference; a key's position, counted from 1, is its tag in our offers.
struct SrtpCapability {
  SrtpPolicy policy = SrtpPolicy::Off;
  std::vector<SrtpKey> keys{};                ///< empty: this side neither offers nor accepts keys in SDP
  std::optional<DtlsCapability> dtls{};       ///< nullopt: this side does not use DTLS

  [[nodiscard]] bool offers_dtls() const { return policy != SrtpPolicy::Off && dtls && dtls->offers; }

  [[nodiscard]] const SrtpKey* key_for(std::string_view suite) const;
};

/// The suite and the keys on which both sides agree.
struct AgreedSrtp {
  std::string suite;
  std::vector<std::uint8_t> send_secret;      ///< our key and salt
  std::vector<std::uint8_t> receive_secret;   ///< the peer's key and salt
  std::vector<std::uint8_t> receive_mki;      ///< master key identifier in each packet of the peer; empty: none
  friend bool operator==(const AgreedSrtp&, const AgreedSrtp&) = default;
};

/// The DTLS association on which both sides agree.
struct AgreedDtls {
  std::vector<FingerprintLine> fingerprints;  ///< the peer's certificate must match at least one of them
  bool is_client = true;                      ///< true: this side sends the first message of the handshake
  unsigned association = 0;                   ///< number of the association in this session: a new number requires a new handshake (RFC 8842 section 4)
  friend bool operator==(const AgreedDtls&, const AgreedDtls&) = default;
};

/// Returns true for RTP/SAVP and RTP/SAVPF, in any case.
[[nodiscard]] bool is_secure_protocol(std::string_view protocol);

/// Returns the first a=crypto line that this side can use: its suite is in `ours`, and its key has the size of our key. Reads at most kMaxCryptoLines lines.
/// Returns nullopt if there is none, or if the policy is Off.
[[nodiscard]] std::optional<CryptoLine> find_crypto_line(const Media& stream, const SrtpCapability& ours);

/// Writes all our keys, for an offer. Writes nothing if the policy is Off.
void write_offered_keys(const SrtpCapability& ours, Media& stream);

/// Returns true if the stream has an a=crypto line that is not a copy of one of our lines. Some peers copy unknown attributes of the offer into the answer.
/// An answer with other lines agrees on SRTP, even if this side cannot use them (RFC 8643 section 3.3).
[[nodiscard]] bool has_keys_of_peer(const Media& stream, const SrtpCapability& ours);

}  // namespace offhook::inline v0::sdp
