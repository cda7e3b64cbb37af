#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/media/frame_ring.hpp>
#include <offhook/media/line_tone.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

inline constexpr std::size_t kMaxFrameSamples = 480;  ///< 20 ms at 24 kHz
inline constexpr std::uint32_t kNoWord = 0xffffffff;   ///< in Flushed: nothing of the utterance was sent

/// 20 ms of the caller, as the conversation hears it: mono, int16, at the port's rate.
struct HeardFrame {
  std::uint64_t tick = 0;       ///< since the engine's origin; tick k is at origin + k x 20 ms
  std::uint16_t samples = 0;    ///< valid in pcm
  bool speech = false;          ///< voice activity of this frame
  bool concealed = false;       ///< made up by the jitter buffer's concealment, or silence because nothing arrived
  bool echo = false;            ///< its energy is explained by what we sent: not the caller's voice
  std::int16_t level_dbov = -127;
  std::array<std::int16_t, kMaxFrameSamples> pcm{};
};

/// 20 ms for the caller to hear.
struct PlayoutFrame {
  std::uint32_t utterance = 0;  ///< rises with each thing we say; Flush takes back everything up to a number
  std::uint32_t word = 0;       ///< index of the word that is being spoken at the start of this frame
  std::uint16_t samples = 0;
  bool last = false;            ///< the utterance's last frame
  std::array<std::int16_t, kMaxFrameSamples> pcm{};
};

/// What happened on the call's media, in the order of ticks.
struct MediaEvent {
  enum class Kind : std::uint8_t {
    Digit,            ///< an RFC 4733 event ended, or a tone in the voice of who sends none: `digit`, `duration_ms`; reported once
    SpeechStarted,    ///< the caller began to speak (debounced, not echo); while we speak the worker has ducked us in the same tick,
                      ///< and pauses us a few ticks later if they go on (VoiceEvidence) and no Rise came before
    SpeechStopped,    ///< no voice for the hangover (that of the port; 120 ms while we speak); `at_tick` is the last voiced frame
    Sent,             ///< the timeline: from this tick on, `word` of `utterance` is what leaves as RTP
    UtteranceSent,    ///< its last frame left, and that of each earlier one that was not taken back
    Flushed,          ///< `utterance` was taken back; `word` is the last word of which anything was sent, or kNoWord. Each Flush
                      ///< is answered by one for the number it named, after one for an earlier utterance that it cut short
    MediaStarted,     ///< first packet from an accepted source
    MediaLost,        ///< no packet for the silence limit (`duration_ms`)
    MediaBack,
    Tone,             ///< the network or a machine said `tone`; where the port has a line_ear
  };
  Kind kind{};
  char digit = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t utterance = 0;
  std::uint32_t word = 0;
  std::uint64_t tick = 0;     ///< when the worker saw it
  std::uint64_t at_tick = 0;  ///< when it was true on the wire, where the two differ
  std::uint32_t samples = 0;  ///< Sent, UtteranceSent, Flushed: how much of `utterance` has left, in samples at the port's rate
  LineTone tone{};
};

struct PlayoutCommand {
  enum class Kind : std::uint8_t {
    Flush,    ///< drop everything up to and including `utterance`, fade out over 10 ms, report Flushed
    Rise,     ///< the interruption was none: back to full level, and on from where we paused
    Digits,   ///< send `digit` as RFC 4733 events, 100 ms on, 60 ms off; ',' is a pause of half a second
  };
  Kind kind{};
  std::uint32_t utterance = 0;
  char digit = 0;
};

class LineEar;
class Prompt;
class RecordingTap;

/// Who hears what the peer says. A machine takes one percent of concealment more lightly than a late answer, and minds no rough
/// place; where a person listens (a hand-over, a conference), smooth comes before quick.
enum class Listener : std::uint8_t { Machine, Person };

/// The only thing that a media worker and a conversation thread share of a call. Each ring has one producer and one consumer;
/// a full one drops the newest and counts; what must not be lost its producer keeps and tries again.
struct AudioPort {
  AudioPort() {}  // NOLINT: not `= default`, for then make_shared would set all of it to zero, and so touch it

  std::uint32_t rate_hz = 16000;                  ///< of both directions; 8000, 16000 or 24000. Set before the leg is opened
  bool gives_way = true;                          ///< to who speaks over us: ducks and pauses. The same; a caller's does not
  bool guards_echo = true;                        ///< tells our own voice coming back from the caller's. The same
  std::shared_ptr<RecordingTap> recording;        ///< where both sides are written down, or null. The same
  std::shared_ptr<LineEar> line_ear;              ///< hears what networks and machines say by tones, or null. The same
  std::shared_ptr<const Prompt> music;            ///< what the caller hears who waits, or null: silence. The same
  std::uint8_t hangover = 25;                     ///< frames of 20 ms without voice that end the caller's speech. The same
  bool leaves_out_silence = false;                ///< sends comfort noise for it where the peer takes that. The same
  std::atomic<Listener> listener{Listener::Person};  ///< may change at any time, by any thread: the delay follows without a click
  std::atomic<bool> waits{false};                 ///< conversation -> worker: where nothing is said, there is music
  std::atomic<std::uint64_t> heard_dropped{0};
  std::atomic<std::uint64_t> events_dropped{0};
  base::SpscRing<PlayoutCommand, 64> commands;    ///< conversation -> worker
  base::SpscRing<MediaEvent, 64> events;          ///< worker -> conversation
  FrameRing<HeardFrame, 64> heard;                ///< worker -> conversation: 1.28 s
  FrameRing<PlayoutFrame, 64> playout;            ///< conversation -> worker

  [[nodiscard]] std::uint32_t frame_samples() const { return rate_hz / 50; }
};

}  // namespace offhook::inline v0::media
