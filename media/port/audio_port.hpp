#pragma once

#include <offhook/base/spsc_ring.hpp>
#include <offhook/media/detect/line_tone.hpp>
#include <offhook/media/port/frame_ring.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

inline constexpr std::size_t kMaxFrameSamples = 480;  ///< 20 ms at 24 kHz
inline constexpr std::uint32_t kNoWord = 0xffffffff;   ///< value of a Flushed event's `word` if no part of the utterance was sent

/// 20 ms from the caller, as the conversation receives them: mono, int16, at the port's rate.
struct HeardFrame {
  std::uint64_t tick = 0;       ///< number since the engine's origin; tick k is at origin + k x 20 ms
  std::uint16_t samples = 0;    ///< number of valid samples in pcm
  bool speech = false;          ///< true if the voice detector found voice in this frame
  bool concealed = false;       ///< true for concealed audio, and for silence because no packet came
  bool echo = false;            ///< true if our own audio explains the frame's energy: it is not the caller's voice
  std::int16_t level_dbov = -127;
  std::array<std::int16_t, kMaxFrameSamples> pcm{};
};

/// 20 ms of audio to send to the caller.
struct PlayoutFrame {
  std::uint32_t utterance = 0;  ///< increases with each utterance; a Flush discards all utterances up to a number
  std::uint32_t word = 0;       ///< index of the word at the start of this frame
  std::uint16_t samples = 0;
  bool last = false;            ///< true for the utterance's last frame
  std::array<std::int16_t, kMaxFrameSamples> pcm{};
};

/// An event of the call's media. Events come in the order of ticks.
struct MediaEvent {
  enum class Kind : std::uint8_t {
    /// An RFC 4733 event ended, or a tone of a peer that sends no events: `digit`, `duration_ms`. Each digit is reported once.
    Digit,
    /// The caller started to speak (debounced, not an echo). While the agent speaks, the worker ducks the agent in the same tick. It pauses the agent
    /// a few ticks later, if the caller still speaks (VoiceEvidence) and no Rise came.
    SpeechStarted,
    /// The caller had no voice for AudioPort::hangover, or for 120 ms while the agent speaks. `at_tick` is the last voiced frame.
    SpeechStopped,
    Sent,             ///< the timeline: from this tick on, the RTP audio is `word` of `utterance`
    /// The last frame of `utterance` was sent. The same is true for each earlier utterance that was not flushed.
    UtteranceSent,
    /// `utterance` was flushed. `word` is the last word of which a part was sent, or kNoWord. Each Flush causes one such event with the number of the
    /// Flush. If the Flush cut an earlier utterance short, a Flushed event for that utterance comes first.
    Flushed,
    MediaStarted,     ///< the first packet from an accepted source came
    MediaLost,        ///< no packet came for the silence limit (`duration_ms`)
    MediaBack,        ///< packets come again after MediaLost
    Tone,             ///< the network or a machine sent `tone`; only if CallProgressDetector is enabled
  };
  Kind kind{};
  char digit = 0;
  std::uint32_t duration_ms = 0;
  std::uint32_t utterance = 0;
  std::uint32_t word = 0;
  std::uint64_t tick = 0;     ///< the tick in which the worker detected it
  std::uint64_t at_tick = 0;  ///< the tick in which it happened on the wire, which may be earlier
  std::uint32_t samples = 0;  ///< Sent, UtteranceSent, Flushed: how much of `utterance` was sent, in samples at the port's rate
  LineTone tone{};
};

struct PlayoutCommand {
  enum class Kind : std::uint8_t {
    Flush,    ///< drop all utterances up to and including `utterance`, fade out over 10 ms, report Flushed
    Rise,     ///< there was no interruption: return to full level, and continue from the pause
    Digits,   ///< send `digit` as RFC 4733 events, 100 ms on, 60 ms off; ',' is a pause of 500 ms
  };
  Kind kind{};
  std::uint32_t utterance = 0;
  char digit = 0;
};

class CallProgressDetector;
class Prompt;
class RecordingTap;

/// The listener to the peer's audio. For a machine, one percent of concealed audio costs less than a later answer, and rough joins do no harm. For a
/// person (a hand-over, a conference), smooth audio is more important than a short delay.
enum class Listener : std::uint8_t { Machine, Person };

/// All data that a media worker and a conversation thread share for a call. Each ring has one producer and one consumer. A full ring drops the newest
/// item and counts it. If an item must not be lost, its producer keeps it and tries again.
struct AudioPort {
  AudioPort() {}  // NOLINT: not `= default`, because make_shared would then set, and so touch, all of its memory

  // Set the members up to leaves_out_silence before the leg is opened.
  std::uint32_t rate_hz = 16000;                  ///< rate of both directions: 8000, 16000 or 24000
  bool gives_way = true;                          ///< true if the caller's speech ducks and pauses the agent; false for a caller's port
  bool guards_echo = true;                        ///< true if the echo of our voice is separated from the caller's voice
  std::shared_ptr<RecordingTap> recording;        ///< the recording of both sides, or null
  std::shared_ptr<CallProgressDetector> progress_detector;              ///< detects tones of networks and machines, or null
  std::shared_ptr<const Prompt> music;            ///< music for a caller that waits, or null for silence
  std::uint8_t hangover = 25;                     ///< frames of 20 ms without voice that end the caller's speech
  bool leaves_out_silence = false;                ///< true to send comfort noise in place of silence to a peer that accepts it
  std::atomic<Listener> listener{Listener::Person};  ///< any thread may change it at any time: the delay follows without a click
  std::atomic<bool> waits{false};                 ///< conversation -> worker: true if music plays while the agent says nothing
  std::atomic<std::uint64_t> heard_dropped{0};
  std::atomic<std::uint64_t> events_dropped{0};
  base::SpscRing<PlayoutCommand, 64> commands;    ///< conversation -> worker
  base::SpscRing<MediaEvent, 64> events;          ///< worker -> conversation
  FrameRing<HeardFrame, 64> heard;                ///< worker -> conversation: 1.28 s
  FrameRing<PlayoutFrame, 64> playout;            ///< conversation -> worker

  [[nodiscard]] std::uint32_t frame_samples() const { return rate_hz / 50; }
};

}  // namespace offhook::inline v0::media
