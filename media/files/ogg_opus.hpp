#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/codec/opus.hpp>
#include <offhook/media/files/ogg.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace offhook::inline v0::media {

// Opus in Ogg, RFC 7845, in memory. Not for the audio thread: it allocates.

inline constexpr std::size_t kMaxOggOpusPacket = 2 * kMaxOpusPayload + 2;

/// The identification header: RFC 7845 section 5.1.
struct OpusHead {
  std::uint8_t channels = 1;        ///< 1 or 2
  std::uint16_t pre_skip = 0;       ///< samples at 48,000 Hz that a player omits at the start
  std::uint32_t input_rate_hz = 0;
  std::int16_t gain = 0;            ///< in 1/256 dB
  std::uint8_t streams = 1;         ///< 2 if each channel is a separate mono stream (channel mapping family 1)
  friend bool operator==(const OpusHead&, const OpusHead&) = default;
};

enum class OggOpusError : std::uint8_t {
  BadContainer,   ///< OggReader returned an OggError
  NotOpus,        ///< the first packet is not an OpusHead, or the second is not an OpusTags
  Unsupported,    ///< the file has more channels, another mapping, or a gain
  BadPacket,
  TooLong,        ///< the stream has more samples than `max_samples`
};
[[nodiscard]] std::string_view to_string(OggOpusError error);

[[nodiscard]] base::Result<OpusHead, OggOpusError> parse_opus_head(base::Bytes packet);
[[nodiscard]] std::vector<std::uint8_t> write_opus_head(const OpusHead& head);
/// Returns the comment header, with only the vendor string: RFC 7845 section 5.2.
[[nodiscard]] std::vector<std::uint8_t> write_opus_tags();

/// Joins two mono packets to one packet of two streams, and inserts the length of the first packet: RFC 6716 appendix B. The first packet must hold
/// one frame (code 0), as the packets of our encoder do. Errors: BadPacket.
[[nodiscard]] base::Result<void, OggOpusError> join_opus(base::Bytes left, base::Bytes right, std::vector<std::uint8_t>& out);
struct OpusPair {
  base::Bytes left, right;  ///< `right` borrows from the joined packet, `left` from the array that was passed
};
/// Splits a joined packet. Writes the first packet, without the inserted length, to `room`. Errors: BadPacket, Unsupported (the first packet is not
/// of code 0).
[[nodiscard]] base::Result<OpusPair, OggOpusError> split_opus(base::Bytes joined, std::span<std::uint8_t, kMaxOpusPayload> room);

/// Writes two voices to the left and the right channel of a file, 20 ms at a time. Each voice is a separate mono stream, so that it is not audible in
/// the other channel.
class OggOpusWriter {
 public:
  /// `rate_hz` is 8000, 16000, 24000 or 48000; `bitrate` is for each of the two voices.
  OggOpusWriter(std::uint32_t serial, std::uint32_t rate_hz, std::uint32_t bitrate);

  /// Writes the headers, each on its own page: RFC 7845 section 3. Call it once, before all other functions.
  void begin(std::vector<std::uint8_t>& out);
  /// Adds 20 ms of both voices. Appends full pages to `out`.
  void add(std::span<const std::int16_t> left, std::span<const std::int16_t> right, std::vector<std::uint8_t>& out);
  /// Writes all complete packets, so that the file is valid up to here.
  void flush(std::vector<std::uint8_t>& out) { pages_.flush(out); }
  /// Writes the remaining audio and the end of the stream: a player plays exactly the samples that were added.
  void finish(std::vector<std::uint8_t>& out);
  [[nodiscard]] std::size_t frame_samples() const { return rate_hz_ / 50; }

 private:
  void encode(std::span<const std::int16_t> left, std::span<const std::int16_t> right, std::vector<std::uint8_t>& out);

  static constexpr std::uint64_t kUnits = kOpusClockHz / 50;
  std::uint32_t rate_hz_;
  OpusEncoder left_, right_;
  OggWriter pages_;
  std::uint64_t encoded_ = 0, added_ = 0;  // in samples at 48,000 Hz
  std::uint16_t pre_skip_;
  std::vector<std::uint8_t> packet_;
};

/// A decoded file: one vector of samples per channel, all of equal length.
struct DecodedOpus {
  OpusHead head;
  std::vector<std::vector<std::int16_t>> channels;
  bool whole = false;  ///< true if the stream has an end; false if its writer was stopped, and the last samples are missing
};

/// Decodes a whole file to `rate_hz` (8000, 16000, 24000 or 48000), at most `max_samples` per channel. Accepts mono, stereo (which becomes mono), and our own
/// files of two voices. Decodes an incomplete file up to its last complete page.
[[nodiscard]] base::Result<DecodedOpus, OggOpusError> decode_ogg_opus(base::Bytes file, std::uint32_t rate_hz, std::size_t max_samples);

}  // namespace offhook::inline v0::media
