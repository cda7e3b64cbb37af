#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/files/ogg_opus.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <vector>

using namespace offhook;
using media::OggOpusError;
using offhook_test::Octets;
using offhook_test::Pcm;

namespace {

Pcm tone_frames(double hz, std::uint32_t rate_hz, std::size_t frames) {
  Pcm pcm(frames * rate_hz / 50);
  media::SineSource(hz, rate_hz, 8000).fill(pcm);
  return pcm;
}

Octets two_voices(const Pcm& left, const Pcm& right, std::uint32_t rate_hz, bool finish = true) {
  media::OggOpusWriter writer(99, rate_hz, 32000);
  Octets file;
  writer.begin(file);
  const std::size_t frame = writer.frame_samples();
  for (std::size_t at = 0; at + frame <= left.size(); at += frame) {
    writer.add(std::span(left).subspan(at, frame), std::span(right).subspan(at, frame), file);
  }
  finish ? writer.finish(file) : writer.flush(file);
  return file;
}

/// Returns a file of a head, tags and the given packets.
Octets file_of(const Octets& head, const std::vector<Octets>& packets, std::uint64_t end, const Octets& tags = media::write_opus_tags()) {
  media::OggWriter writer(5);
  Octets file;
  REQUIRE(writer.add(head, 0, file));
  writer.flush(file);
  REQUIRE(writer.add(tags, 0, file));
  writer.flush(file);
  for (const auto& packet : packets) REQUIRE(writer.add(packet, end, file));
  writer.finish(end, file);
  return file;
}

}  // namespace

TEST_CASE("decode_ogg_opus decodes two voices with their length, each to its own channel without the other voice [RFC 7845 section 5.1.1.2]") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u}) {
    CAPTURE(rate);
    const Pcm left = tone_frames(440, rate, 100), right = tone_frames(1330, rate, 100);
    const auto decoded = media::decode_ogg_opus(two_voices(left, right, rate), rate, left.size());
    REQUIRE(decoded);
    CHECK(decoded->whole);
    CHECK(decoded->head.channels == 2);
    CHECK(decoded->head.streams == 2);
    CHECK(decoded->head.input_rate_hz == rate);
    REQUIRE(decoded->channels.size() == 2);
    CHECK(decoded->channels[0].size() == left.size());
    CHECK(decoded->channels[1].size() == left.size());
    const auto at = [&](std::size_t channel, double hz) {
      return offhook_test::measure_tone(std::span(decoded->channels[channel]).subspan(rate / 2), hz, rate);
    };
    CHECK(at(0, 440).amplitude == doctest::Approx(8000).epsilon(0.15));
    CHECK(at(1, 1330).amplitude == doctest::Approx(8000).epsilon(0.15));
    CHECK(at(0, 1330).amplitude < 80);  // The codec's own noise is more than 40 dB below the tone.
    CHECK(at(1, 440).amplitude < 80);
  }
}

TEST_CASE("decode_ogg_opus removes the encoder's delay, so that a sound keeps its position [RFC 7845 section 4.2]") {
  Pcm click(16000), silence(16000);
  std::fill(click.begin() + 3200, click.begin() + 3520, std::int16_t{12000});
  const auto decoded = media::decode_ogg_opus(two_voices(click, silence, 16000), 16000, 16000);
  REQUIRE(decoded);
  const auto& heard = decoded->channels[0];
  const auto loud = [](std::int16_t sample) { return sample > 4000 || sample < -4000; };
  const auto first = std::find_if(heard.begin(), heard.end(), loud) - heard.begin();
  CHECK(first > 3200 - 48);  // The tolerance is 3 ms.
  CHECK(first < 3200 + 48);
}

TEST_CASE("decode_ogg_opus decodes a file without an end up to its last whole page, and reports that the file is not whole") {
  const Pcm voice = offhook_test::SyntheticVoice(16000, 3).speak(1);
  const auto file = two_voices(voice, voice, 16000, false);
  const auto decoded = media::decode_ogg_opus(file, 16000, 32000);
  REQUIRE(decoded);
  CHECK_FALSE(decoded->whole);
  CHECK(decoded->channels[0].size() + 160 > voice.size());
  const auto cut = media::decode_ogg_opus(base::Bytes(file).first(file.size() - 1), 16000, 32000);
  REQUIRE(cut);
  CHECK(cut->channels[0].empty());
  CHECK(media::decode_ogg_opus(base::Bytes(file).first(20), 16000, 32000) == base::fail(OggOpusError::BadContainer));
  CHECK(media::decode_ogg_opus({}, 16000, 32000) == base::fail(OggOpusError::NotOpus));
}

TEST_CASE("decode_ogg_opus decodes up to the given number of samples, and returns TooLong if the file has one sample more") {
  const Pcm voice = offhook_test::SyntheticVoice(16000, 3).speak(0.4);
  const auto file = two_voices(voice, voice, 16000);
  CHECK(media::decode_ogg_opus(file, 16000, voice.size()));
  CHECK(media::decode_ogg_opus(file, 16000, voice.size() - 1) == base::fail(OggOpusError::TooLong));
  CHECK(media::decode_ogg_opus(file, 16000, 0) == base::fail(OggOpusError::TooLong));
}

TEST_CASE("decode_ogg_opus accepts a recording that has only silence, and a recording that has no samples") {
  const auto empty = media::decode_ogg_opus(two_voices({}, {}, 16000), 16000, 100);
  REQUIRE(empty);
  CHECK(empty->whole == false);  // The last page has no packet. Therefore it has no end flag.
  CHECK(empty->channels[0].empty());
  const Pcm silence(32000);
  const auto decoded = media::decode_ogg_opus(two_voices(silence, silence, 16000), 16000, 32000);
  REQUIRE(decoded);
  CHECK(decoded->whole);
  CHECK(decoded->channels[0].size() == silence.size());
}

TEST_CASE("write_opus_head and parse_opus_head use the RFC's format [RFC 7845 section 5.1]") {
  const media::OpusHead one{.channels = 1, .pre_skip = 312, .input_rate_hz = 16000, .gain = -256, .streams = 1};
  const Octets written = media::write_opus_head(one);
  CHECK(written == Octets{'O', 'p', 'u', 's', 'H', 'e', 'a', 'd', 1, 1, 0x38, 1, 0x80, 0x3E, 0, 0, 0, 0xFF, 0});
  CHECK(media::parse_opus_head(written) == one);
  const media::OpusHead two{.channels = 2, .pre_skip = 0, .input_rate_hz = 8000, .gain = 0, .streams = 2};
  Octets pair = media::write_opus_head(two);
  CHECK(pair.size() == 23);
  CHECK(media::parse_opus_head(pair) == two);
  for (std::size_t size = 0; size < pair.size(); ++size) CHECK_FALSE(media::parse_opus_head(base::Bytes(pair).first(size)));
  pair[21] = 1;  // With this mapping, both channels would have the caller's voice.
  CHECK(media::parse_opus_head(pair) == base::fail(OggOpusError::Unsupported));
  Octets other = written;
  other[8] = 15;  // This changes only the minor version: RFC 7845 section 5.1 item 2.
  CHECK(media::parse_opus_head(other));
  other[8] = 16;
  CHECK(media::parse_opus_head(other) == base::fail(OggOpusError::Unsupported));
  for (const auto& [at, value] : {std::pair{9, 0}, {9, 3}, {18, 2}, {18, 255}}) {
    other = written;
    other[static_cast<std::size_t>(at)] = static_cast<std::uint8_t>(value);
    CHECK(media::parse_opus_head(other) == base::fail(OggOpusError::Unsupported));
  }
  CHECK(media::parse_opus_head(media::write_opus_tags()) == base::fail(OggOpusError::NotOpus));
}

TEST_CASE("join_opus joins two packets of any length, and split_opus separates them again [RFC 6716 appendix B]") {
  std::array<std::uint8_t, media::kMaxOpusPayload> room{};
  const Octets right{0x48, 1, 2, 3};
  for (const std::size_t size : {1u, 2u, 252u, 253u, 254u, 256u, 257u, 1000u, 1276u}) {
    CAPTURE(size);
    Octets left(size, 7), joined;
    left[0] = 0x48;
    REQUIRE(media::join_opus(left, right, joined));
    CHECK(joined.size() == size + right.size() + (size - 1 < 252 ? 1 : 2));
    const auto pair = media::split_opus(joined, room);
    REQUIRE(pair);
    CHECK(std::equal(left.begin(), left.end(), pair->left.begin(), pair->left.end()));
    CHECK(std::equal(right.begin(), right.end(), pair->right.begin(), pair->right.end()));
    const std::size_t right_at = joined.size() - right.size();
    for (std::size_t cut = 0; cut <= right_at; ++cut) CHECK_FALSE(media::split_opus(base::Bytes(joined).first(cut), room));
  }
  Octets joined;
  CHECK_FALSE(media::join_opus(Octets(1277, 0x48), right, joined));  // This packet has one octet more than a frame can have.
  CHECK_FALSE(media::join_opus(Octets{0x49, 1, 2}, right, joined));  // This packet has two frames.
  CHECK_FALSE(media::join_opus({}, right, joined));
  CHECK(joined.empty());
  CHECK(media::split_opus(Octets{0x49, 1, 2, 3}, room) == base::fail(OggOpusError::Unsupported));
}

TEST_CASE("decode_ogg_opus reads mono and stereo files of other programs as mono, and refuses files that are not Opus") {
  media::OpusEncoder encoder({.rate_hz = 16000, .bitrate = 32000});
  std::vector<Octets> packets;
  const Pcm pcm = tone_frames(500, 16000, 10);
  std::array<std::uint8_t, 1500> out{};
  for (std::size_t at = 0; at < pcm.size(); at += 320) {
    const auto size = encoder.encode(std::span(pcm).subspan(at, 320), out);
    REQUIRE(size);
    packets.emplace_back(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(*size));
  }
  const auto mono = media::write_opus_head({.channels = 1, .pre_skip = 312, .input_rate_hz = 16000, .gain = 0, .streams = 1});
  const auto stereo = media::write_opus_head({.channels = 2, .pre_skip = 312, .input_rate_hz = 16000, .gain = 0, .streams = 1});
  for (const auto& head : {mono, stereo}) {
    const auto decoded = media::decode_ogg_opus(file_of(head, packets, 9600), 16000, 5000);
    REQUIRE(decoded);
    CHECK(decoded->channels.size() == 1);
    CHECK(decoded->channels[0].size() == (9600 - 312) / 3);
  }
  CHECK(media::decode_ogg_opus(file_of({'v', 'o', 'r', 'b', 'i', 's'}, packets, 1), 16000, 5000) == base::fail(OggOpusError::NotOpus));
  CHECK(media::decode_ogg_opus(file_of(mono, packets, 1, mono), 16000, 5000) == base::fail(OggOpusError::NotOpus));
  CHECK(media::decode_ogg_opus(file_of(mono, {Octets{0xFF, 0x3F}}, 1), 16000, 5000) == base::fail(OggOpusError::BadPacket));
  CHECK(media::decode_ogg_opus(file_of(mono, {Octets{}}, 1), 16000, 5000) == base::fail(OggOpusError::BadPacket));
  const auto louder = file_of(media::write_opus_head({.gain = 256}), packets, 1);
  CHECK(media::decode_ogg_opus(louder, 16000, 5000) == base::fail(OggOpusError::Unsupported));
  const auto none = media::decode_ogg_opus(file_of(mono, packets, 100), 16000, 5000);  // The end is before the end of the pre-skip.
  CHECK(none);
}
