#include <offhook/bench/subjects.hpp>

#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/progress_detector.hpp>
#include <offhook/media/detect/signal_tone_detector.hpp>
#include <offhook/media/dsp/tones.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <spandsp.h>

#include <array>
#include <memory>
#include <string_view>

namespace offhook::bench {

namespace {

constexpr std::size_t kFrame = media::kDtmfFrame;
constexpr std::size_t kFrames = 500;  // The audio lasts ten seconds, and then repeats.
constexpr std::size_t kCalls = 64;    // number of calls in one tick of a worker

using Voice = std::vector<std::int16_t>;
using Theirs = std::shared_ptr<dtmf_rx_state_t>;

Theirs their_detector() {
  return {dtmf_rx_init(nullptr, nullptr, nullptr), [](dtmf_rx_state_t* state) { dtmf_rx_free(state); }};
}

/// Returns the voice of a caller that presses no key. Nearly all the time, a detector processes such audio.
Voice speech() { return offhook_test::SyntheticVoice(8000, 2374, 120).speak(kFrames * kFrame / 8000.0); }

/// Returns digits that last 60 ms, with pauses of 40 ms.
Voice digits() {
  constexpr std::string_view kKeys = "0123456789*#ABCD";
  Voice pcm(kFrames * kFrame);
  for (std::size_t at = 0; at + 800 <= pcm.size(); at += 800) {
    media::DtmfSource(kKeys[at / 800 % kKeys.size()], 8000).fill(std::span(pcm).subspan(at, 480));
  }
  return pcm;
}

Subject alone(const std::string& name, const Voice& pcm) {
  const auto heard = std::make_shared<const Voice>(pcm);
  return {name,
          {"offhook", repeat([heard, detector = media::DtmfDetector()](std::size_t turn) mutable {
             detector.hear(std::span<const std::int16_t, kFrame>(heard->data() + turn % kFrames * kFrame, kFrame));
             while (const auto digit = detector.poll()) keep(*digit);
           })},
          {{"spandsp", repeat([heard, detector = their_detector(), got = std::array<char, 16>{}](std::size_t turn) mutable {
              dtmf_rx(detector.get(), heard->data() + turn % kFrames * kFrame, static_cast<int>(kFrame));
              keep(dtmf_rx_get(detector.get(), got.data(), static_cast<int>(got.size() - 1)));
            })}},
          kFrames};
}

/// Returns the work for all calls of one worker in one tick. The audio of each call is shifted by some frames.
Subject together(const std::string& name, const Voice& pcm) {
  const auto heard = std::make_shared<const Voice>(pcm);
  const auto frame = [heard](std::size_t turn, std::size_t call) { return heard->data() + (turn + call * 7) % kFrames * kFrame; };
  return {name,
          {"offhook", repeat([frame, detectors = std::make_shared<std::array<media::DtmfDetector, kCalls>>()](std::size_t turn) {
             for (std::size_t call = 0; call < kCalls; ++call) {
               media::DtmfDetector& detector = (*detectors)[call];
               detector.hear(std::span<const std::int16_t, kFrame>(frame(turn, call), kFrame));
               keep(detector.poll());
             }
           })},
          {{"spandsp", repeat([frame, detectors = [] {
                                std::array<Theirs, kCalls> made;
                                for (auto& detector : made) detector = their_detector();
                                return made;
                              }()](std::size_t turn) {
              for (std::size_t call = 0; call < kCalls; ++call) {
                std::array<char, 16> got{};
                dtmf_rx(detectors[call].get(), frame(turn, call), static_cast<int>(kFrame));
                keep(dtmf_rx_get(detectors[call].get(), got.data(), static_cast<int>(got.size() - 1)));
              }
            })}},
          64,
          {},
          {},
          kCalls};
}

/// Returns spandsp's detector of cadences, configured with North America's busy and ringback tones.
std::shared_ptr<super_tone_rx_state_t> their_progress() {
  super_tone_rx_descriptor_t* plan = super_tone_rx_make_descriptor(nullptr);
  const int busy = super_tone_rx_add_tone(plan), ringback = super_tone_rx_add_tone(plan);
  super_tone_rx_add_element(plan, busy, 480, 620, 400, 600);
  super_tone_rx_add_element(plan, busy, 0, 0, 400, 600);
  super_tone_rx_add_element(plan, ringback, 440, 480, 1800, 2200);
  super_tone_rx_add_element(plan, ringback, 0, 0, 3600, 4400);
  return {super_tone_rx_init(nullptr, plan, [](void*, int, int, int) {}, nullptr), [plan](super_tone_rx_state_t* state) {
            super_tone_rx_free(state);
            super_tone_rx_free_descriptor(plan);
          }};
}

Subject progress(const Voice& pcm) {
  const auto heard = std::make_shared<const Voice>(pcm);
  return {"progress.detect",
          {"offhook", repeat([heard, detector = media::ProgressDetector(media::Country::UnitedStates)](std::size_t turn) mutable {
             keep(detector.hear(std::span<const std::int16_t, kFrame>(heard->data() + turn % kFrames * kFrame, kFrame)));
           })},
          {{"spandsp", repeat([heard, detector = their_progress()](std::size_t turn) {
              keep(super_tone_rx(detector.get(), heard->data() + turn % kFrames * kFrame, static_cast<int>(kFrame)));
            })}},
          kFrames};
}

/// Compares with spandsp's detector for CNG (calling fax) alone. For each further tone, spandsp needs another detector.
Subject signal_tones(const Voice& pcm) {
  const auto heard = std::make_shared<const Voice>(pcm);
  const std::shared_ptr<modem_connect_tones_rx_state_t> theirs(
      modem_connect_tones_rx_init(nullptr, MODEM_CONNECT_TONES_FAX_CNG, nullptr, nullptr),
      [](modem_connect_tones_rx_state_t* state) { modem_connect_tones_rx_free(state); });
  return {"signal_tone.detect",
          {"offhook", repeat([heard, detector = media::SignalToneDetector()](std::size_t turn) mutable {
             keep(detector.hear(std::span<const std::int16_t, kFrame>(heard->data() + turn % kFrames * kFrame, kFrame)));
           })},
          {{"spandsp", repeat([heard, theirs](std::size_t turn) {
              keep(modem_connect_tones_rx(theirs.get(), heard->data() + turn % kFrames * kFrame, static_cast<int>(kFrame)));
            })}},
          kFrames};
}

}  // namespace

std::vector<Subject> tone_subjects() {
  const Voice voice = speech();
  return {together("dtmf.detect", voice), alone("dtmf.detect.alone", voice), alone("dtmf.detect.digits", digits()), progress(voice),
          signal_tones(voice)};
}

}  // namespace offhook::bench
