#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/tone_meter.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/dsp/tones.hpp>
#include <offhook/media/files/ogg_opus.hpp>
#include <offhook/media/files/prompt.hpp>
#include <offhook/media/files/wav.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <vector>

using namespace offhook;
using media::AudioCodec;
using media::Prompt;
using media::SoundError;
using offhook_test::Pcm;

namespace {

media::Sound tone_sound(double hz, std::uint32_t rate_hz, std::size_t samples) {
  media::Sound sound{rate_hz, Pcm(samples)};
  media::SineSource(hz, rate_hz, 10000).fill(sound.pcm);
  return sound;
}

Pcm all_of(const Prompt& prompt, std::uint32_t rate_hz) {
  Pcm pcm;
  for (std::uint64_t i = 0; i < prompt.frames(); ++i) {
    const auto frame = prompt.pcm(rate_hz, i);
    pcm.insert(pcm.end(), frame.begin(), frame.end());
  }
  return pcm;
}

}  // namespace

TEST_CASE("Prompt has its frames at each rate and in G.711, and fills up its last frame with silence") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u}) {
    CAPTURE(rate);
    const auto prompt = Prompt::make(tone_sound(500, rate, rate + 1), {});
    CHECK(prompt->frames() == 51);
    for (const std::uint32_t out : {8000u, 16000u, 24000u}) {
      const Pcm pcm = all_of(*prompt, out);
      REQUIRE(pcm.size() == 51 * out / 50);
      const auto heard = offhook_test::measure_tone(std::span(pcm).subspan(out / 10, out / 2), 500, out);
      CHECK(heard.amplitude == doctest::Approx(10000).epsilon(0.02));
      CHECK(pcm.back() == 0);
    }
    Pcm heard(160);
    REQUIRE(media::decode_mulaw(prompt->encoded(AudioCodec::Pcmu, 20), heard));
    CHECK(offhook_test::measure_tone(heard, 500, 8000).snr_db > 30);
    REQUIRE(media::decode_alaw(prompt->encoded(AudioCodec::Pcma, 20), heard));
    CHECK(offhook_test::measure_tone(heard, 500, 8000).snr_db > 30);
    CHECK(prompt->encoded(AudioCodec::G722, 20).empty());  // The codec has memory. After other audio, a decoder would play these frames as noise.
  }
}

TEST_CASE("A Prompt has no frames after its end. A looping Prompt repeats without a click") {
  const auto once = Prompt::make(tone_sound(500, 8000, 1600), {});
  REQUIRE(once->frames() == 10);
  CHECK(once->pcm(8000, 9).size() == 160);
  CHECK(once->pcm(8000, 10).empty());
  CHECK(once->encoded(AudioCodec::Pcmu, 10).empty());
  // The sound ends with half a period missing. Without care, the repetition would be a step of the whole amplitude.
  const auto music = Prompt::make(tone_sound(503, 8000, 1600), {.loops = true});
  CHECK(music->loops());
  Pcm played;
  for (std::uint64_t i = 0; i < 30; ++i) {
    const auto frame = music->pcm(8000, i);
    played.insert(played.end(), frame.begin(), frame.end());
  }
  int steepest = 0;
  for (std::size_t i = 1; i < played.size(); ++i) steepest = std::max(steepest, std::abs(played[i] - played[i - 1]));
  CHECK(steepest < 4100);  // The steepest step of the tone itself is less than this.
  CHECK(music->encoded(AudioCodec::Pcmu, 3).data() == music->encoded(AudioCodec::Pcmu, 13).data());
  CHECK(music->pcm(8000, ~std::uint64_t{0}).size() == 160);
}

TEST_CASE("A looping Prompt is encoded like an endless repetition in a call, for ports at its own rate and at 8000 Hz, but not for other ports") {
  for (const std::uint32_t rate : {8000u, 16000u, 24000u}) {
    const auto music = Prompt::make(tone_sound(503, rate, rate / 50 * 12 - 7), {.loops = true});
    for (const std::uint32_t port : {8000u, 16000u, 24000u}) {
      CAPTURE(rate);
      CAPTURE(port);
      CHECK(music->encodes(port) == (port == rate || port == 8000));
      media::Resampler to_narrow(port, 8000);
      bool same = true;
      for (std::uint64_t frame = 5; frame < 5 + 3 * music->frames(); ++frame) {
        Pcm narrow(160);
        std::array<std::uint8_t, 160> ulaw, alaw;
        to_narrow.process(music->pcm(port, frame), narrow);
        REQUIRE(media::encode_mulaw(narrow, ulaw));
        REQUIRE(media::encode_alaw(narrow, alaw));
        if (frame == 5) continue;  // At this frame, the test's resampler has no past samples yet.
        const auto shared = music->encoded(AudioCodec::Pcmu, frame), other = music->encoded(AudioCodec::Pcma, frame);
        same = same && std::equal(shared.begin(), shared.end(), ulaw.begin()) && std::equal(other.begin(), other.end(), alaw.begin());
      }
      CHECK(same == music->encodes(port));
    }
  }
}

TEST_CASE("A Prompt has only the requested forms. A sound without samples or with an unsupported rate gives a Prompt without frames") {
  const auto narrow = Prompt::make(tone_sound(500, 16000, 3200), {.hz_16000 = false, .hz_24000 = false, .pcma = false});
  CHECK(narrow->pcm(8000, 0).size() == 160);
  CHECK(narrow->pcm(16000, 0).empty());
  CHECK(narrow->pcm(11025, 0).empty());
  CHECK(narrow->encoded(AudioCodec::Pcmu, 0).size() == 160);
  CHECK(narrow->encoded(AudioCodec::Pcma, 0).empty());
  for (const auto& nothing : {Prompt::make({8000, {}}, {.loops = true}), Prompt::make({44100, Pcm(441)}, {.loops = true})}) {
    CHECK(nothing->frames() == 0);
    CHECK(nothing->pcm(8000, 5).empty());
    CHECK(nothing->encoded(AudioCodec::Pcmu, 5).empty());
  }
}

TEST_CASE("Prompt returns its frames without an allocation [design: no allocation on the path]") {
  const auto prompt = Prompt::make(tone_sound(500, 8000, 8000), {.loops = true});
  const auto before = offhook_test::allocations();
  std::size_t octets = 0;
  for (std::uint64_t i = 0; i < 200; ++i) octets += prompt->pcm(16000, i).size() + prompt->encoded(AudioCodec::Pcma, i).size();
  CHECK(octets == 200 * (320 + 160));
  CHECK(offhook_test::allocations() == before);
}

TEST_CASE("read_sound reads WAV with one or two channels at supported rates, and Opus in Ogg, and refuses other files with the reason") {
  const Pcm pcm{100, 300, -100, -300};
  CHECK(media::read_sound(media::write_wav({8000, 1}, pcm))->pcm == pcm);
  const auto both = media::read_sound(media::write_wav({24000, 2}, pcm));
  REQUIRE(both);
  CHECK(both->rate_hz == 24000);
  CHECK(both->pcm == Pcm{200, -200});
  CHECK(media::read_sound(media::write_wav({44100, 1}, pcm)) == base::fail(SoundError::BadRate));
  CHECK(media::read_sound(media::write_wav({8000, 1}, {})) == base::fail(SoundError::Empty));
  CHECK(media::read_sound({}) == base::fail(SoundError::UnknownFormat));
  CHECK(media::read_sound(std::vector<std::uint8_t>(100, 'O')) == base::fail(SoundError::UnknownFormat));

  media::OggOpusWriter writer(1, 24000, 32000);
  std::vector<std::uint8_t> file;
  writer.begin(file);
  const auto left = tone_sound(500, 24000, 480), right = tone_sound(500, 24000, 480);
  for (int i = 0; i < 25; ++i) writer.add(left.pcm, right.pcm, file);
  writer.finish(file);
  const auto sound = media::read_sound(file);
  REQUIRE(sound);
  CHECK(sound->rate_hz == 24000);
  CHECK(sound->pcm.size() == 12000);
}

TEST_CASE("read_sound reads a file of kMaxSoundSeconds, and refuses a file with one sample more") {
  auto wav = media::write_wav({8000, 1}, Pcm(media::kMaxSoundSeconds * 8000, 1));
  CHECK(media::read_sound(wav));
  wav = media::write_wav({8000, 1}, Pcm(media::kMaxSoundSeconds * 8000 + 1, 1));
  CHECK(media::read_sound(wav) == base::fail(SoundError::TooLong));
}
