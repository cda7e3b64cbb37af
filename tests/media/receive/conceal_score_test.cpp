// Compares Concealer with plain repetition and with spandsp, for gaps of 20 to 60 ms in speech.
#include <offhook/bench/recordings.hpp>
#include <offhook/media/codec/g711.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/rtp/packet.hpp>

#include <offhook/tests/media/conceal_score.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/media/vectors.hpp>
#include <offhook/tests/testkit/sample.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <spandsp.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook_test;

namespace {

struct NamedVoice {
  std::string name;
  Pcm pcm;
};

/// Returns a low voice, a high voice, and a whisper, which is noise with the syllables of the voices.
std::vector<NamedVoice> synthetic_voices() {
  const auto speak = [](std::uint32_t seed, double pitch_hz) { return offhook_test::SyntheticVoice(8000, seed, pitch_hz).speak(15); };
  std::vector<NamedVoice> all = {{"low", speak(3, 100)}, {"high", speak(4, 210)}};
  Pcm whisper = speak(5, 110);
  std::mt19937 random(8);
  double level = 0;
  for (auto& sample : whisper) {
    level = std::max(level * 0.995, std::fabs(sample / 4.0));
    sample = static_cast<std::int16_t>(level * (static_cast<double>(random()) / 2147483648.0 - 1));
  }
  all.push_back({"whisper", std::move(whisper)});
  return all;
}

Score spandsp(const Pcm& said, std::size_t gap_frames) {
  plc_state_t* const state = plc_init(nullptr);
  const Score result = score(said, gap_frames, [&](std::span<std::int16_t> frame, bool is_there) {
    const int size = static_cast<int>(frame.size());
    static_cast<void>(is_there ? plc_rx(state, frame.data(), size) : plc_fillin(state, frame.data(), size));
  });
  plc_free(state);
  return result;
}

/// Returns the speech of ITU-T's G.722 vectors, converted to 8000 Hz.
Pcm vector_speech() {
  const auto wide = vector_words("audio/g722/inpsp.bin");
  media::Resampler resampler(16000, 8000);
  Pcm pcm(wide.size() / 640 * 320);
  for (std::size_t at = 0; at < pcm.size(); at += 320) static_cast<void>(resampler.process(std::span(wide).subspan(2 * at, 640), std::span(pcm).subspan(at, 320)));
  return pcm;
}

/// Reads the speech of SIPp's capture file, whose packets are in order: Ethernet, IPv4 without options, UDP, and RTP with PCMA.
Pcm captured_speech() {
  constexpr std::size_t kFileHeader = 24, kRecordHeader = 16, kBeforeRtp = 14 + 20 + 8;
  const auto file = vector_file("audio/rtp-pcap/g711a.pcap");
  Pcm pcm;
  for (std::size_t at = kFileHeader; at + kRecordHeader <= file.size();) {
    const std::size_t size = file[at + 8] | static_cast<std::size_t>(file[at + 9]) << 8U;
    at += kRecordHeader;
    if (size < kBeforeRtp || at + size > file.size()) break;
    const auto packet = rtp::parse_packet(std::span(file).subspan(at + kBeforeRtp, size - kBeforeRtp));
    REQUIRE(packet);
    pcm.resize(pcm.size() + packet->payload.size());
    REQUIRE(media::decode_alaw(packet->payload, std::span(pcm).last(packet->payload.size())));
    at += size;
  }
  return pcm;
}

/// Returns 20 recordings, or 60 in `./dev test --full`.
Pcm recorded_speech() {
  Pcm all;
  for (Pcm& each : bench::recordings(60 / offhook_test::sample_step(3))) {
    each.resize(each.size() / kFrame * kFrame);
    all.insert(all.end(), each.begin(), each.end());
  }
  return all;
}

void check_real_speech(const std::string& name, const Pcm& pcm) {
  for (const std::size_t frames : {1, 2, 3}) {
    CAPTURE(frames);
    const Score a = ours(pcm, frames), b = repetition(pcm, frames);
    MESSAGE(name << ", gaps of " << 20 * frames << " ms: distance " << a.distance_db << " dB, repetition " << b.distance_db << "; click " << a.click
                 << ", repetition " << b.click);
    CHECK(a.distance_db < b.distance_db);
    CHECK(a.click < b.click);
  }
}

}  // namespace

TEST_CASE("On real speech (test data), Concealer is nearer to the lost audio than repetition is, and makes weaker clicks") {
  const std::vector<NamedVoice> voices{{"vectors", vector_speech()}, {"capture", captured_speech()}};
  for (const auto& voice : voices) {
    if (voice.pcm.empty()) return skip("the shared test data has no audio of the kind " + voice.name);
    check_real_speech(voice.name, voice.pcm);
  }
}

TEST_CASE("On real speech (recordings), Concealer is nearer to the lost audio than repetition is, and makes weaker clicks") {
  const Pcm pcm = recorded_speech();
  if (pcm.empty()) return skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  check_real_speech("recordings", pcm);
}

TEST_CASE("On synthetic speech, Concealer is nearer to the lost audio than repetition and spandsp are, and makes weaker clicks than repetition") {
  for (const auto& voice : synthetic_voices()) {
    for (const std::size_t frames : {1, 2, 3}) {
      CAPTURE(voice.name);
      CAPTURE(frames);
      const Score a = ours(voice.pcm, frames), b = repetition(voice.pcm, frames), c = spandsp(voice.pcm, frames);
      MESSAGE(voice.name << ", gaps of " << 20 * frames << " ms: distance " << a.distance_db << " dB, repetition " << b.distance_db
                         << ", spandsp " << c.distance_db << "; click " << a.click << ", repetition " << b.click << ", " << c.click);
      CHECK(a.distance_db < b.distance_db);
      CHECK(a.distance_db < c.distance_db);
      CHECK(a.click < b.click);
      CHECK(a.click < c.click * 1.25);
    }
  }
}
