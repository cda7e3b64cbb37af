#pragma once

#include <offhook/base/result.hpp>
#include <offhook/sdp/negotiator.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// What a peer's audio m= line, offered or answered, says to us: one look at one line, without memory.
struct RemoteStream {
  std::vector<ReceivableCodec> codecs;  ///< at least one; in our order, by the peer's numbers
  std::array<std::string, kAudioCodecs> parameters;  ///< by codec: its a=fmtp behind the number
  EventNumbers events;                  ///< telephone-event
  Direction direction = Direction::SendRecv;  ///< the peer's; a connection address of zero takes `receive` away
  std::uint16_t ptime_ms = 20;          ///< what it likes to receive, clamped
  base::SocketAddress rtp, rtcp;
  bool comfort_noise = false;           ///< it takes RFC 3389's, and we like to
  /// Whether a=rtcp-xr stands there, and whether it asks for VoIP metrics: RFC 3611 section 5.2.
  bool names_reports = false, wants_voip_metrics = false;
};

/// Errors: NoAudio (other kinds, port 0), UnsupportedProfile, NoCommonCodec, BadAddress (absent, a name, multicast).
[[nodiscard]] base::Result<RemoteStream, NegotiationError> read_remote_stream(const Session& remote, const Media& stream,
                                                                              const AudioCapability& capability);

/// Brings `codecs` into the order of the m= line.
void sort_as_listed(std::vector<ReceivableCodec>& codecs, const Media& stream);

/// Into kMinPtimeMs..kMaxPtimeMs, rounded down to a multiple of 10.
[[nodiscard]] std::uint16_t clamp_ptime(std::uint64_t ptime_ms);

}  // namespace offhook::inline v0::sdp
