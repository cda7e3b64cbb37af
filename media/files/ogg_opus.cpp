#include <offhook/media/files/ogg_opus.hpp>

#include <offhook/media/files/detail/little_endian.hpp>

#include <algorithm>
#include <optional>

namespace offhook::inline v0::media {
namespace {

constexpr std::string_view kHeadMagic = "OpusHead", kTagsMagic = "OpusTags", kVendor = "Offhook";
constexpr std::size_t kPlainHead = 19, kTableHead = 21;  // sizes without a channel mapping table, and with the first two octets of one
constexpr std::size_t kLongestMs = 120;                  // duration of the longest packet
constexpr std::size_t kLongLength = 252;                 // RFC 6716 section 3.2.1: a length of at least this takes two octets

void append(std::vector<std::uint8_t>& out, std::string_view text) {
  for (const char c : text) out.push_back(static_cast<std::uint8_t>(c));
}
void append(std::vector<std::uint8_t>& out, std::uint32_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

/// Decodes one file: has a decoder for each stream, and the number of samples to omit at its start.
class FileDecoder {
 public:
  FileDecoder(const OpusHead& head, std::uint32_t rate_hz, std::size_t max_samples)
      : rate_hz_(rate_hz), max_samples_(max_samples), skip_(head.pre_skip / (kOpusClockHz / rate_hz)), pre_skip_(head.pre_skip) {
    for (unsigned i = 0; i < head.streams; ++i) decoders_.emplace_back(rate_hz);
    channels_.resize(head.streams);
  }

  base::Result<void, OggOpusError> add(const OggPacket& packet) {
    if (packet.octets.size() > kMaxOggOpusPacket) return base::fail(OggOpusError::BadPacket);
    OpusPair pair{.left = packet.octets, .right = {}};
    if (decoders_.size() == 2) {
      const auto split = split_opus(packet.octets, room_);
      if (!split) return base::fail(split.error());
      pair = *split;
    }
    const auto samples = opus_samples(pair.left, rate_hz_);
    if (!samples) return base::fail(OggOpusError::BadPacket);
    // The last packet may continue beyond the end of the stream.
    if (channels_[0].size() + *samples > max_samples_ + skip_ + rate_hz_ * kLongestMs / 1000) return base::fail(OggOpusError::TooLong);
    for (std::size_t i = 0; i < decoders_.size(); ++i) {
      const auto payload = i == 0 ? pair.left : pair.right;
      if (opus_samples(payload, rate_hz_) != *samples) return base::fail(OggOpusError::BadPacket);
      auto& channel = channels_[i];
      const std::size_t begin = channel.size();
      channel.resize(begin + *samples);
      if (!decoders_[i].decode(payload, std::span(channel).subspan(begin))) return base::fail(OggOpusError::BadPacket);
    }
    if (packet.last && packet.position) end_ = packet.position;
    return {};
  }

  /// Returns the samples. The end of the stream may come before the end of its last packet: RFC 7845 section 4.4.
  [[nodiscard]] std::vector<std::vector<std::int16_t>> take() {
    for (auto& channel : channels_) {
      const std::size_t skipped = std::min(skip_, channel.size());
      channel.erase(channel.begin(), channel.begin() + static_cast<std::ptrdiff_t>(skipped));
      if (!end_ || *end_ < pre_skip_) continue;
      const std::uint64_t played = (*end_ - pre_skip_) / (kOpusClockHz / rate_hz_);
      channel.resize(std::min<std::uint64_t>(channel.size(), played));
    }
    return std::move(channels_);
  }

 private:
  std::uint32_t rate_hz_;
  std::size_t max_samples_, skip_;
  std::uint64_t pre_skip_;
  std::vector<OpusDecoder> decoders_;
  std::vector<std::vector<std::int16_t>> channels_;
  std::optional<std::uint64_t> end_;
  std::array<std::uint8_t, kMaxOpusPayload> room_{};
};

}  // namespace

std::string_view to_string(OggOpusError error) {
  switch (error) {
    case OggOpusError::BadContainer: return "the Ogg file is damaged";
    case OggOpusError::NotOpus: return "the Ogg file does not contain Opus";
    case OggOpusError::Unsupported: return "the Opus stream has channels or a gain that are not supported";
    case OggOpusError::BadPacket: return "a packet is not an Opus packet";
    case OggOpusError::TooLong: return "the Opus stream is longer than the limit";
  }
  return "unknown";
}

base::Result<OpusHead, OggOpusError> parse_opus_head(base::Bytes packet) {
  if (packet.size() < kPlainHead || !detail::has_text(packet, 0, kHeadMagic)) return base::fail(OggOpusError::NotOpus);
  if (packet[8] > 15) return base::fail(OggOpusError::Unsupported);  // Another major version: RFC 7845 section 5.1.
  OpusHead head{.channels = packet[9],
                .pre_skip = static_cast<std::uint16_t>(detail::read_little32(packet, 10, 2)),
                .input_rate_hz = detail::read_little32(packet, 12, 4),
                .gain = static_cast<std::int16_t>(detail::read_little32(packet, 16, 2)),
                .streams = 1};
  const std::uint8_t family = packet[18];
  if (head.channels < 1 || head.channels > 2 || family > 1) return base::fail(OggOpusError::Unsupported);
  if (family == 0) return head;
  if (packet.size() < kTableHead + head.channels) return base::fail(OggOpusError::NotOpus);
  head.streams = packet[19];
  // One mono stream per channel, in the order of the channels, as our writer does it.
  bool plain = head.streams == head.channels && packet[20] == 0;
  for (std::uint8_t i = 0; i < head.channels; ++i) plain = plain && packet[kTableHead + i] == i;
  if (!plain) return base::fail(OggOpusError::Unsupported);
  return head;
}

std::vector<std::uint8_t> write_opus_head(const OpusHead& head) {
  std::vector<std::uint8_t> packet;
  append(packet, kHeadMagic);
  append(packet, 1, 1);
  append(packet, head.channels, 1);
  append(packet, head.pre_skip, 2);
  append(packet, head.input_rate_hz, 4);
  append(packet, static_cast<std::uint16_t>(head.gain), 2);
  const bool separate = head.streams > 1;
  append(packet, separate ? 1 : 0, 1);
  if (!separate) return packet;
  append(packet, head.streams, 1);
  append(packet, 0, 1);  // no stream is coupled
  for (std::uint8_t i = 0; i < head.channels; ++i) packet.push_back(i);
  return packet;
}

std::vector<std::uint8_t> write_opus_tags() {
  std::vector<std::uint8_t> packet;
  append(packet, kTagsMagic);
  append(packet, static_cast<std::uint32_t>(kVendor.size()), 4);
  append(packet, kVendor);
  append(packet, 0, 4);
  return packet;
}

base::Result<void, OggOpusError> join_opus(base::Bytes left, base::Bytes right, std::vector<std::uint8_t>& out) {
  if (left.empty() || right.empty() || (left[0] & 3) != 0) return base::fail(OggOpusError::BadPacket);
  const std::size_t length = left.size() - 1;
  if (length > kMaxOpusFrameOctets) return base::fail(OggOpusError::BadPacket);
  out.push_back(left[0]);
  if (length < kLongLength) {
    out.push_back(static_cast<std::uint8_t>(length));
  } else {
    const std::size_t low = kLongLength + (length - kLongLength) % 4;  // the second octet counts four times
    out.push_back(static_cast<std::uint8_t>(low));
    out.push_back(static_cast<std::uint8_t>((length - low) / 4));
  }
  out.insert(out.end(), left.begin() + 1, left.end());
  out.insert(out.end(), right.begin(), right.end());
  return {};
}

base::Result<OpusPair, OggOpusError> split_opus(base::Bytes joined, std::span<std::uint8_t, kMaxOpusPayload> room) {
  base::ByteReader reader(joined);
  const std::uint8_t toc = reader.u8();
  std::size_t length = reader.u8();
  if (length >= kLongLength) length += 4 * std::size_t{reader.u8()};
  const auto frame = reader.take(length);
  if (!reader.ok() || reader.remaining() == 0) return base::fail(OggOpusError::BadPacket);
  if ((toc & 3) != 0) return base::fail(OggOpusError::Unsupported);
  room[0] = toc;
  std::copy(frame.begin(), frame.end(), room.begin() + 1);
  return OpusPair{.left = base::Bytes(room).first(frame.size() + 1), .right = reader.rest()};
}

OggOpusWriter::OggOpusWriter(std::uint32_t serial, std::uint32_t rate_hz, std::uint32_t bitrate)
    : rate_hz_(rate_hz), left_({.rate_hz = rate_hz, .bitrate = bitrate}), right_({.rate_hz = rate_hz, .bitrate = bitrate}), pages_(serial),
      pre_skip_(static_cast<std::uint16_t>(opus_clock_units(left_.lookahead(), rate_hz))) {}

void OggOpusWriter::begin(std::vector<std::uint8_t>& out) {
  const auto head = write_opus_head({.channels = 2, .pre_skip = pre_skip_, .input_rate_hz = rate_hz_, .gain = 0, .streams = 2});
  for (const auto& header : {head, write_opus_tags()}) {
    static_cast<void>(pages_.add(header, 0, out));  // Both headers are short.
    pages_.flush(out);
  }
}

void OggOpusWriter::add(std::span<const std::int16_t> left, std::span<const std::int16_t> right, std::vector<std::uint8_t>& out) {
  added_ += kUnits;
  encode(left, right, out);
}

void OggOpusWriter::encode(std::span<const std::int16_t> left, std::span<const std::int16_t> right, std::vector<std::uint8_t>& out) {
  std::array<std::uint8_t, kMaxOpusFrameOctets> first, second;
  const auto left_octets = left_.encode(left, first), right_octets = right_.encode(right, second);
  if (!left_octets || !right_octets) return;  // The samples are not 20 ms: an error of the application.
  packet_.clear();
  encoded_ += kUnits;
  if (!join_opus(std::span(first).first(*left_octets), std::span(second).first(*right_octets), packet_)) return;
  static_cast<void>(pages_.add(packet_, encoded_, out));  // Packets are never too long.
}

void OggOpusWriter::finish(std::vector<std::uint8_t>& out) {
  // The encoder has a delay: one more frame outputs the last samples.
  const std::vector<std::int16_t> silence(frame_samples());
  if (added_ != 0) encode(silence, silence, out);
  pages_.finish(added_ == 0 ? 0 : added_ + pre_skip_, out);
}

base::Result<DecodedOpus, OggOpusError> decode_ogg_opus(base::Bytes file, std::uint32_t rate_hz, std::size_t max_samples) {
  OggReader reader(file);
  const auto first = reader.next();
  if (!first) return base::fail(OggOpusError::BadContainer);
  if (!*first) return base::fail(OggOpusError::NotOpus);
  const auto head = parse_opus_head((*first)->octets);
  if (!head) return base::fail(head.error());
  if (head->gain != 0) return base::fail(OggOpusError::Unsupported);
  const auto tags = reader.next();
  if (!tags) return base::fail(OggOpusError::BadContainer);
  if (!*tags || !detail::has_text((*tags)->octets, 0, kTagsMagic)) return base::fail(OggOpusError::NotOpus);

  DecodedOpus decoded{.head = *head, .channels = {}, .whole = false};
  FileDecoder decoder(*head, rate_hz, max_samples);
  for (;;) {
    const auto packet = reader.next();
    if (!packet && packet.error() != OggError::Cut) return base::fail(OggOpusError::BadContainer);
    if (!packet || !*packet) break;
    if (const auto added = decoder.add(**packet); !added) return base::fail(added.error());
    decoded.whole = decoded.whole || (*packet)->last;
  }
  decoded.channels = decoder.take();
  if (decoded.channels[0].size() > max_samples) return base::fail(OggOpusError::TooLong);
  return decoded;
}

}  // namespace offhook::inline v0::media
