#pragma once

#include <offhook/base/result.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// The value of one a=crypto line, with the key under which its writer sends: RFC 4568 section 9.2. It contains a secret: never log it.
///
///     a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:4
///              |  |                             key and salt in base64           lifetime |  MKI and its octets
///            tag  suite
struct CryptoLine {
  static constexpr std::uint32_t kMaxTag = 999'999'999;    ///< nine digits: RFC 4568 section 9.2
  static constexpr std::size_t kMaxMkiOctets = 16;         ///< RFC 4568 section 6.1 allows 128
  static constexpr std::size_t kMaxSecretOctets = 64;

  std::uint32_t tag = 0;
  std::string suite;                  ///< name of the suite, which this side may not know
  std::vector<std::uint8_t> secret;   ///< the master key followed by the master salt
  std::vector<std::uint8_t> mki;      ///< the master key identifier that the writer of the line adds to its packets; empty: none
  friend bool operator==(const CryptoLine&, const CryptoLine&) = default;
};

enum class CryptoLineError : std::uint8_t {
  Malformed,
  BadKey,               ///< the key is not in base64, or longer than kMaxSecretOctets
  BadMki,               ///< the MKI's length is 0 or over kMaxMkiOctets, or its number does not fit into this length
  SeveralKeys,          ///< the line has more than one master key
  UnknownParameter,     ///< the line has a session parameter that changes the packets: RFC 4568 section 6.3
};
[[nodiscard]] std::string_view to_string(CryptoLineError error);

/// Parses the value of a=crypto. Deviation: does not require the padding of base64, which some peers omit (RFC 4568 section 6.1). Ignores the key's
/// lifetime, and session parameters that do not change the packets: KDR=0 and WSH (RFC 4568 section 6.3).
[[nodiscard]] base::Result<CryptoLine, CryptoLineError> parse_crypto_line(std::string_view value);

/// Writes the value of a=crypto, without lifetime and MKI.
[[nodiscard]] std::string write_crypto_line(const CryptoLine& line);

}  // namespace offhook::inline v0::sdp
