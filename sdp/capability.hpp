#pragma once

#include <offhook/sdp/session.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::inline v0::sdp {

/// L16 at 8000 Hz, and L16Wide at 16000: RFC 3551 section 4.5.11.
enum class AudioCodec : std::uint8_t { Pcmu, Pcma, G722, Opus, L16, L16Wide };
inline constexpr std::size_t kAudioCodecs = 6;

inline constexpr std::string_view kTelephoneEvent = "telephone-event";  ///< RFC 4733 section 7.1.1
inline constexpr std::string_view kComfortNoise = "CN";                 ///< RFC 3389 section 4: at 8000 Hz
inline constexpr std::uint8_t kComfortNoiseNumber = 13;                 ///< its static number
inline constexpr std::string_view kVoipMetrics = "voip-metrics";        ///< in a=rtcp-xr: RFC 3611 section 5.1

/// How a codec is named in SDP.
struct CodecName {
  AudioCodec codec{};
  std::string_view name;          ///< as in a=rtpmap, compared without regard to case
  std::uint32_t clock_hz = 8000;  ///< of the RTP timestamp. G.722 says 8000 for its 16,000 samples: RFC 3551 section 4.5.2
  std::uint8_t payload_type = 0;  ///< static number of RFC 3551 section 6, or the dynamic one that we like (96..127)
  std::uint32_t channels = 1;     ///< as named: Opus says 2 whatever it carries (RFC 7587 section 7)

  [[nodiscard]] bool is_static() const { return payload_type < 96; }
};

/// The clocks of our codecs, each of which has a telephone-event of its own (RFC 4733 section 2.1), and the number that we like for
/// it. That of 8000 Hz goes first and beside any codec: many peers know no other.
struct EventClock {
  std::uint32_t clock_hz = 8000;
  std::uint8_t payload_type = 0;  ///< 0: AudioCapability says it
};
inline constexpr std::array<EventClock, 3> kEventClocks{{{8000, 0}, {16000, 102}, {48000, 110}}};
using EventNumbers = std::array<std::optional<std::uint8_t>, kEventClocks.size()>;  ///< by clock
[[nodiscard]] std::size_t event_clock_of(AudioCodec codec);                         ///< index into these

[[nodiscard]] const CodecName& name_of(AudioCodec codec);
[[nodiscard]] std::string_view to_string(AudioCodec codec);  ///< "PCMU", "PCMA", "G722", "opus", and "L16" of both
/// By its SDP name, in any case; of two the first.
[[nodiscard]] std::optional<AudioCodec> find_codec(std::string_view name);

/// What we can do, and in which order we like it.
struct AudioCapability {
  std::vector<AudioCodec> codecs{AudioCodec::G722, AudioCodec::Pcmu, AudioCodec::Pcma};  ///< our order, best first
  bool order_of_offer = false;            ///< as answerer we choose the first of `codecs` that the offer lists; false: the first in our order
  bool telephone_events = true;
  std::uint8_t event_payload_type = 101;  ///< 96..127; another is taken when the peer uses this number for something else
  std::uint16_t ptime_ms = 20;            ///< what we like to receive, and send when the peer does not care
  bool comfort_noise = false;             ///< offered and taken beside PCMU and PCMA
  bool voip_metrics = false;              ///< asked for, and given to who asks: RFC 3611 section 5.2
  std::array<std::string, kAudioCodecs> parameters{};  ///< by codec: our a=fmtp behind the number; "": none
};

/// Whether comfort noise of 8000 Hz can stand for its silence: G.722 has the clock, but not the rate. RFC 3389 section 4.
[[nodiscard]] constexpr bool allows_comfort_noise(AudioCodec codec) { return codec == AudioCodec::Pcmu || codec == AudioCodec::Pcma; }

/// One a=rtpmap line, or what RFC 3551 says of a static number. `name` borrows from the Media.
struct PayloadFormat {
  std::string_view name;
  std::uint32_t clock_hz = 0;
  std::uint32_t channels = 1;

  [[nodiscard]] bool is(AudioCodec codec) const;
  [[nodiscard]] bool is_telephone_event(std::uint32_t clock) const;
};

/// The payload types of one m= line: what each listed number stands for. Built in one pass; the first rtpmap of a number counts.
class PayloadTable {
 public:
  explicit PayloadTable(const Media& stream);  ///< borrows from `stream`

  /// The numbers as listed by the peer, without repetitions and without those that RTP cannot carry.
  [[nodiscard]] const std::vector<std::uint8_t>& numbers() const& { return numbers_; }
  const std::vector<std::uint8_t>& numbers() && = delete;  // It would not outlive a loop over it.
  [[nodiscard]] const PayloadFormat* find(std::uint8_t number) const;
  [[nodiscard]] std::optional<std::uint8_t> number_of(AudioCodec codec) const;  ///< the first in the peer's order
  [[nodiscard]] std::optional<std::uint8_t> number_of_events(std::uint32_t clock_hz) const;
  [[nodiscard]] bool has_comfort_noise() const;  ///< by its static number
  [[nodiscard]] EventNumbers numbers_of_events() const;

 private:
  [[nodiscard]] std::optional<std::uint8_t> number_of_misnamed_g722() const;

  std::vector<std::uint8_t> numbers_;
  std::array<std::optional<PayloadFormat>, 128> formats_{};
};

}  // namespace offhook::inline v0::sdp
