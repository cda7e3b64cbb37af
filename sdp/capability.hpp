#pragma once

#include <offhook/sdp/session.hpp>
#include <offhook/sdp/srtp.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// L16 is at 8000 Hz, L16Wide at 16000 Hz: RFC 3551 section 4.5.11.
enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722, Opus, L16, L16Wide };
inline constexpr std::size_t kAudioCodecs = 6;

inline constexpr std::string_view kTelephoneEvent = "telephone-event";  ///< RFC 4733 section 7.1.1
inline constexpr std::string_view kComfortNoise = "CN";                 ///< RFC 3389 section 4; at 8000 Hz
inline constexpr std::uint8_t kComfortNoiseNumber = 13;                 ///< the static payload type of comfort noise
inline constexpr std::string_view kVoipMetrics = "voip-metrics";        ///< value in a=rtcp-xr: RFC 3611 section 5.1

/// The name and numbers of a codec in SDP.
struct CodecName {
  AudioCodec codec{};
  std::string_view name;          ///< the name in a=rtpmap, compared without regard to case
  std::uint32_t clock_hz = 8000;  ///< clock of the RTP timestamp. G.722 has 8000 for its 16,000 samples: RFC 3551 section 4.5.2
  std::uint8_t payload_type = 0;  ///< static number of RFC 3551 section 6, or the dynamic number that Offhook prefers (96..127)
  std::uint32_t channels = 1;     ///< as written in SDP: Opus always has 2 (RFC 7587 section 7)

  [[nodiscard]] bool is_static() const { return payload_type < 96; }
};

/// A clock of Offhook's codecs, and the preferred payload type of its telephone-event. Each clock has its own telephone-event
/// (RFC 4733 section 2.1). The 8000 Hz event comes first and is offered with any codec, because many peers support no other.
struct EventClock {
  std::uint32_t clock_hz = 8000;
  std::uint8_t payload_type = 0;  ///< 0 to use AudioCapability::event_payload_type
};
inline constexpr std::array<EventClock, 3> kEventClocks{{{8000, 0}, {16000, 102}, {48000, 110}}};
using EventNumbers = std::array<std::optional<std::uint8_t>, kEventClocks.size()>;  ///< payload types, indexed as kEventClocks
[[nodiscard]] std::size_t event_clock_of(AudioCodec codec);                         ///< index into kEventClocks

[[nodiscard]] const CodecName& name_of(AudioCodec codec);
[[nodiscard]] std::string_view to_string(AudioCodec codec);  ///< "PCMU", "PCMA", "G722", "opus"; "L16" for both L16 codecs
/// Finds a codec by its SDP name, in any case. Returns the first codec if two have the name.
[[nodiscard]] std::optional<AudioCodec> find_codec(std::string_view name);

/// The audio codecs and options that this side supports, in its order of preference.
struct AudioCapability {
  std::vector<AudioCodec> codecs{AudioCodec::G722, AudioCodec::Pcmu, AudioCodec::Pcma};  ///< codecs to offer and accept, best first
  bool order_of_offer = false;            ///< the codec that an answer chooses: if true, the first one in the offer; if false,
                                          ///< the first one in `codecs`
  bool telephone_events = true;
  std::uint8_t event_payload_type = 101;  ///< 96..127; another number is used if the peer gives this one another meaning
  std::uint16_t ptime_ms = 20;            ///< the ptime that this side requests, and that it sends if the peer states no ptime
  bool comfort_noise = false;             ///< offer and accept comfort noise beside PCMU and PCMA
  bool voip_metrics = false;              ///< request VoIP metrics, and send them to a peer that requests them: RFC 3611 section 5.2
  SrtpCapability srtp{};                  ///< encryption of the media
  bool rtcp_mux = false;                  ///< offer RTCP on the port of RTP (RFC 5761). An answer always accepts the peer's offer of it
  std::array<std::string, kAudioCodecs> parameters{};  ///< a=fmtp parameters of each codec, without the number; "" for no a=fmtp
};

/// Returns true if 8000 Hz comfort noise can replace the codec's silence: RFC 3389 section 4. G.722 has this clock, but another
/// sampling rate.
[[nodiscard]] constexpr bool allows_comfort_noise(AudioCodec codec) { return codec == AudioCodec::Pcmu || codec == AudioCodec::Pcma; }

/// One a=rtpmap line, or the RFC 3551 meaning of a static number. `name` borrows from the Media.
struct PayloadFormat {
  std::string_view name;
  std::uint32_t clock_hz = 0;
  std::uint32_t channels = 1;

  [[nodiscard]] bool is(AudioCodec codec) const;
  [[nodiscard]] bool is_telephone_event(std::uint32_t clock) const;
};

/// The payload types of one m= line, with the format of each listed number. If a number has several rtpmaps, the first is used.
class PayloadTable {
 public:
  explicit PayloadTable(const Media& stream);  ///< borrows from `stream`

  /// Returns the payload types in the peer's order, without repetitions and without numbers that RTP cannot carry.
  [[nodiscard]] const std::vector<std::uint8_t>& numbers() const& { return numbers_; }
  const std::vector<std::uint8_t>& numbers() && = delete;  // A loop over the numbers of a temporary would read freed memory.
  [[nodiscard]] const PayloadFormat* find(std::uint8_t number) const;
  [[nodiscard]] std::optional<std::uint8_t> number_of(AudioCodec codec) const;  ///< the first match in the peer's order
  [[nodiscard]] std::optional<std::uint8_t> number_of_events(std::uint32_t clock_hz) const;
  [[nodiscard]] bool has_comfort_noise() const;  ///< true if the line lists static payload type 13 as CN
  [[nodiscard]] EventNumbers numbers_of_events() const;

 private:
  [[nodiscard]] std::optional<std::uint8_t> number_of_misnamed_g722() const;

  std::vector<std::uint8_t> numbers_;
  std::array<std::optional<PayloadFormat>, 128> formats_{};
};

}  // namespace offhook::inline v0::sdp
