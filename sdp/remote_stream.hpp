#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/agreement.hpp>
#include <offhook/sdp/transport.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// The content of the peer's audio m= line, in an offer or an answer. Has no state.
struct RemoteStream {
  std::vector<ReceivableCodec> codecs;  ///< at least one; in our order, with the peer's payload types
  std::array<std::string, kAudioCodecs> parameters;  ///< a=fmtp of each codec, without the number
  EventNumbers events;                  ///< the peer's payload types for telephone-event
  Direction direction = Direction::SendRecv;  ///< the peer's direction; a connection address of zero removes `receive`
  std::uint16_t ptime_ms = 20;          ///< the peer's requested ptime, clamped
  Transport transport;
  std::optional<CryptoLine> key{};      ///< the peer's key in SDP
  std::optional<DtlsAttributes> dtls{}; ///< the peer's DTLS attributes; with neither `key` nor `dtls`, the media are not encrypted
  bool comfort_noise = false;           ///< true if the peer and we both accept comfort noise: RFC 3389
  /// The first is true if the line has a=rtcp-xr, the second if that attribute requests VoIP metrics: RFC 3611 section 5.2.
  bool names_reports = false, wants_voip_metrics = false;

  [[nodiscard]] bool is_encrypted() const { return key || dtls; }
};

/// Reads one audio m= line of the peer. Errors: NoAudio (another kind, or port 0), UnsupportedProfile, NoCommonCrypto, NotSecure, NoCommonCodec, BadAddress
/// (missing, a host name, or multicast).
[[nodiscard]] base::Result<RemoteStream, NegotiationError> read_remote_stream(const Session& remote, const Media& stream,
                                                                              const AudioCapability& capability);

/// Sorts `codecs` into the order of the m= line. Removes codecs that the line does not list.
void sort_as_listed(std::vector<ReceivableCodec>& codecs, const Media& stream);

/// Clamps to kMinPtimeMs..kMaxPtimeMs and rounds down to a multiple of 10.
[[nodiscard]] std::uint16_t clamp_ptime(std::uint64_t ptime_ms);

}  // namespace offhook::inline v0::sdp
