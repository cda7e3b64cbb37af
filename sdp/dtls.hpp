#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/sdp/fingerprint_line.hpp>
#include <offhook/sdp/session.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The attributes by which two sides agree on a DTLS association: RFC 8842 section 5.
namespace offhook::inline v0::sdp {

/// The value of a=setup, which selects the side that sends the first message of the handshake: RFC 4145 section 4.
enum class Setup : std::uint8_t {
  Active,     ///< the writer of the attribute, which is then the DTLS client
  Passive,    ///< the other side
  ActPass,    ///< either side: the answer decides
  HoldConn,   ///< neither side; forbidden with DTLS (RFC 8842 section 5.1)
};
[[nodiscard]] std::string_view to_string(Setup setup);
/// Parses `active`, `passive`, `actpass` or `holdconn`, in any case. Returns nullopt for other text.
[[nodiscard]] std::optional<Setup> parse_setup(std::string_view value);

enum class SetupError : std::uint8_t {
  Unknown,           ///< a=setup has an unknown value
  HoldConn,          ///< a side has a=setup:holdconn, which is forbidden with DTLS
  ActPassInAnswer,   ///< the answer has a=setup:actpass, but an answer must choose active or passive
  BothActive,
  BothPassive,
};
[[nodiscard]] std::string_view to_string(SetupError error);

/// Decides the role of the answering side: returns Active or Passive, for a=setup in the answer. `offered` is nullopt if the offer has no a=setup, which
/// means active (RFC 4145 section 4.1). For actpass, returns this side's role in an association that continues (`present`); without one, returns `preferred`
/// (RFC 8842 section 5.3). RFC 5763 section 5 recommends Active, because the handshake can then begin with the answer. Errors: HoldConn.
[[nodiscard]] base::Result<Setup, SetupError> answer_setup(std::optional<Setup> offered, Setup preferred = Setup::Active,
                                                            std::optional<Setup> present = std::nullopt);

/// Decides the role of the offering side: returns Active or Passive. `answered` is nullopt if the answer has no a=setup, which means passive (RFC 4145
/// section 4.1). Errors: HoldConn, ActPassInAnswer, BothActive, BothPassive.
[[nodiscard]] base::Result<Setup, SetupError> offerer_setup(Setup offered, std::optional<Setup> answered);

/// Returns true for UDP/TLS/RTP/SAVP and UDP/TLS/RTP/SAVPF, in any case: RFC 5764 section 8.
[[nodiscard]] bool is_dtls_protocol(std::string_view protocol);

/// Returns true if `text` is a valid value of a=tls-id, with 20 to 255 characters: RFC 8842 section 4.
[[nodiscard]] bool is_tls_id(std::string_view text);
/// Returns a new value of a=tls-id with 128 random bits.
[[nodiscard]] std::string make_tls_id(base::Random& random);

/// The attributes of one description for the DTLS association of an m= line.
struct DtlsAttributes {
  std::vector<FingerprintLine> fingerprints;   ///< at most kMaxFingerprints
  std::optional<Setup> setup;                  ///< nullopt if absent
  std::string tls_id;                          ///< "" if absent
  friend bool operator==(const DtlsAttributes&, const DtlsAttributes&) = default;
};

/// Reads the attributes of an m= line. a=fingerprint and a=setup of the session are the default for all m= lines. Ignores malformed a=fingerprint and a=tls-id
/// lines, and a=fingerprint lines after the first kMaxFingerprints. Errors: Unknown.
[[nodiscard]] base::Result<DtlsAttributes, SetupError> read_dtls(const Session& session, const Media& stream);
void write_dtls(const DtlsAttributes& ours, Media& stream);

/// Returns true if a fingerprint has a hash function of the SHA-2 family, which resists collisions.
[[nodiscard]] bool has_strong_fingerprint(const DtlsAttributes& attributes);

/// Returns true if a side's later description asks for a new association, by another a=tls-id or by other fingerprints (RFC 8842 section 3.1). A change of the
/// roles also asks for one, and so does a change of the transport address without a=tls-id (RFC 8842 section 4): the caller must check these.
[[nodiscard]] bool asks_for_new_association(const DtlsAttributes& former, const DtlsAttributes& later);

}  // namespace offhook::inline v0::sdp
