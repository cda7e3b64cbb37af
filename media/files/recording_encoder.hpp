#pragma once

#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/files/ogg_opus.hpp>
#include <offhook/media/files/recording_tap.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

enum class RecordingFormat : std::uint8_t { Wav, OggOpus };

struct RecordingShape {
  RecordingFormat format = RecordingFormat::Wav;
  std::uint32_t rate_hz = 16000;     ///< 8000, 16000 or 24000; frames of another of these rates are converted
  std::uint32_t bitrate = 20000;     ///< bitrate of Opus, for each of the two voices
  std::uint64_t most_frames = 0;     ///< limit in frames of 20 ms; 0 sets the limit of a WAV (4 GiB)
};

/// Makes the octets of a file from the frames of a call: the caller is left, the agent right. Missing ticks become silence, so that the file has the
/// time of the call. Pure; not for the audio thread.
class RecordingEncoder {
 public:
  static constexpr std::uint64_t kMaxGapTicks = 3000;  ///< a longer gap, because the process was stopped, is shortened to this (60 s)

  struct Counters {
    std::uint64_t frames = 0;   ///< frames in the file, including silence
    std::uint64_t silent = 0;   ///< frames among them that were missing, and are silence
    std::uint64_t refused = 0;  ///< frames that were older than the end of the file, had an unsupported rate, or came after the file was full
    std::uint64_t cut = 0;      ///< ticks by which gaps were longer than kMaxGapTicks
  };

  /// If the shape's rate is none of the three, uses 16,000. `serial` distinguishes streams in Ogg.
  RecordingEncoder(RecordingShape shape, std::uint32_t serial);

  /// Appends the start of the file. A WAV's header says that the file is empty: the writer of the file overwrites it with wav_header() later.
  void begin(std::vector<std::uint8_t>& out);
  void add(const RecordedFrame& frame, std::vector<std::uint8_t>& out);
  /// Appends all audio added until now, so that the file is valid up to here.
  void flush(std::vector<std::uint8_t>& out);
  void finish(std::vector<std::uint8_t>& out);

  [[nodiscard]] const Counters& counters() const { return counters_; }
  [[nodiscard]] const RecordingShape& shape() const { return shape_; }

 private:
  using Voice = std::vector<std::int16_t>;
  [[nodiscard]] bool take_room();
  void fill_gap(std::uint64_t tick, std::vector<std::uint8_t>& out);
  void convert(std::span<const std::int16_t> pcm, std::optional<Resampler>& resampler, Voice& voice);
  void put(const Voice& left, const Voice& right, std::vector<std::uint8_t>& out);

  RecordingShape shape_;
  std::optional<OggOpusWriter> ogg_;
  std::optional<Resampler> left_resampler_, right_resampler_;  // convert from rate_hz_
  std::uint32_t rate_hz_ = 0;                                  // rate of the last frame
  Voice left_, right_, silence_;
  std::optional<std::uint64_t> next_tick_;
  Counters counters_;
};

}  // namespace offhook::inline v0::media
