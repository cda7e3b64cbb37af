#pragma once

#include <offhook/base/socket_address.hpp>
#include <offhook/sdp/capability.hpp>
#include <offhook/sdp/ice_lines.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

struct ReceivableCodec {
  AudioCodec codec{};
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableCodec&, const ReceivableCodec&) = default;
};

/// A telephone-event payload type with its clock.
struct ReceivableEvents {
  std::uint32_t clock_hz = 8000;
  std::uint8_t payload_type = 0;
  friend bool operator==(const ReceivableEvents&, const ReceivableEvents&) = default;
};

/// The result of offer and answer for our audio stream, from our side.
struct AgreedAudio {
  AudioCodec codec{};
  std::uint8_t send_payload_type = 0;     ///< the peer's payload type for `codec`: RFC 3264 section 5.1
  std::uint8_t receive_payload_type = 0;  ///< our payload type for `codec`
  std::optional<std::uint8_t> send_events;     ///< the peer's payload type for telephone-event; nullopt if the peer accepts none
  std::optional<std::uint8_t> receive_events;
  std::uint32_t event_clock_hz = 8000;         ///< clock of `send_events` and `receive_events`: the codec's own, or 8000 if the peer supports only that
  std::optional<ReceivableEvents> also_receivable_events;  ///< events that the peer may send with a codec of another clock; nullopt: none
  std::string parameters;                      ///< the peer's a=fmtp for `codec`, without the number
  std::uint16_t ptime_ms = 20;            ///< packet length to send: a multiple of 10 in kMinPtimeMs..kMaxPtimeMs
  base::SocketAddress remote_rtp;         ///< an unspecified ip means unknown, or (with send = false) a hold in the style of RFC 2543
  base::SocketAddress remote_rtcp;        ///< port 0 without RTCP; equal to `remote_rtp` with rtcp-mux (RFC 5761)
  bool send = true;
  bool receive = true;
  bool disabled = false;  ///< true if the peer set port 0 in a later offer; codec and addresses keep their last values
  /// Codecs besides `codec` to which the peer may switch after its answer: RFC 3264 section 10.2. Empty when we answered.
  std::vector<ReceivableCodec> also_receivable;
  std::optional<AgreedSrtp> srtp{};  ///< nullopt: no keys in SDP
  std::optional<AgreedDtls> dtls{};  ///< nullopt: no DTLS. With neither `srtp` nor `dtls`, the media are not encrypted
  std::optional<IceDescription> ice{};  ///< the peer's ICE description; nullopt: media use the addresses above, without ICE
  bool send_comfort_noise = false;  ///< true if the peer accepts comfort noise while `codec` is silent: RFC 3389 section 4
  bool send_voip_metrics = false;   ///< true if the peer requests VoIP metrics in RTCP XR: RFC 3611 section 5.2
  [[nodiscard]] bool is_encrypted() const { return srtp || dtls; }
  friend bool operator==(const AgreedAudio&, const AgreedAudio&) = default;
};

inline constexpr std::uint16_t kMinPtimeMs = 10;
inline constexpr std::uint16_t kMaxPtimeMs = 60;

/// The reason to refuse an offer or an answer. A refused offer gets 488 Not Acceptable Here, or 491 for WrongState. A refused
/// answer ends the call.
enum class NegotiationError : std::uint8_t {
  WrongState,          // an offer while our own offer is open (glare), or an answer although we made no offer
  NoAudio,             // no audio stream, or all audio streams have port 0
  UnsupportedProfile,  // audio only in profiles that this side does not support, or that its SRTP policy excludes
  NoCommonCrypto,      // RTP/SAVP without a key that this side can use, or DTLS without a fingerprint or with roles that do not fit
  NotSecure,           // no SRTP, although the policy requires it or the session was encrypted before
  NoCommonCodec,
  BadAddress,          // no c= line, a host name (see find_host_name), multicast, or another address family than ours
  AnswerMismatch,      // the answer's streams do not match those of our offer: RFC 3264 section 6
};

[[nodiscard]] std::string_view to_string(NegotiationError error);

}  // namespace offhook::inline v0::sdp
