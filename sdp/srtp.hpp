#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/crypto_line.hpp>
#include <offhook/sdp/session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// Whether the media of a session are encrypted by SRTP.
enum class SrtpPolicy : std::uint8_t {
  Off,        ///< offers RTP/AVP without keys; refuses RTP/SAVP
  Preferred,  ///< offers keys in RTP/AVP (RFC 8643 section 3.1); accepts sections with and without keys
  Required,   ///< offers RTP/SAVP; refuses sections without keys
};

/// Our master key and salt for one suite.
struct SrtpKey {
  std::string suite;                   ///< as in a=crypto
  std::vector<std::uint8_t> secret;    ///< the master key followed by the master salt
  friend bool operator==(const SrtpKey&, const SrtpKey&) = default;
};

/// The keys that this side offers. Their order is the order of preference, and a key's place is its tag in our offers, from 1 on.
struct SrtpCapability {
  SrtpPolicy policy = SrtpPolicy::Off;
  std::vector<SrtpKey> keys{};         ///< at least one, unless the policy is Off

  [[nodiscard]] const SrtpKey* key_for(std::string_view suite) const;
};

/// The suite and the keys on which both sides agree.
struct AgreedSrtp {
  std::string suite;
  std::vector<std::uint8_t> send_secret;      ///< our key and salt
  std::vector<std::uint8_t> receive_secret;   ///< the peer's key and salt
  std::vector<std::uint8_t> receive_mki;      ///< in each packet of the peer; empty: none
  friend bool operator==(const AgreedSrtp&, const AgreedSrtp&) = default;
};

/// Returns true for RTP/SAVP and RTP/SAVPF, in any case.
[[nodiscard]] bool is_secure_protocol(std::string_view protocol);

/// Returns the first a=crypto line that this side can use: its suite is in `ours`, and its key has the size of our key. Reads at most kMaxCryptoLines lines.
/// Returns nullopt if there is none, or if the policy is Off.
[[nodiscard]] std::optional<CryptoLine> find_crypto_line(const Media& stream, const SrtpCapability& ours);

/// Writes all our keys, for an offer. Writes nothing if the policy is Off.
void write_offered_keys(const SrtpCapability& ours, Media& stream);

/// Returns true if the stream has an a=crypto line that is not a copy of one of our lines. Some peers copy attributes that they do not know from the offer into
/// the answer. An answer with other lines agrees on SRTP, even if this side cannot use them (RFC 8643 section 3.3).
[[nodiscard]] bool has_keys_of_peer(const Media& stream, const SrtpCapability& ours);

}  // namespace offhook::inline v0::sdp
