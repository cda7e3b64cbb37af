// Tests that the detectors do not mistake speech for digits or other tones. The speech is Asterisk's prompts, if they are installed, at
// several speeds, and one to three synthetic voices at once. By default each test uses minutes of speech. With OFFHOOK_TALK_OFF_HOURS=1 it
// uses hours, which takes only seconds of computing.
#include <offhook/media/detect/dtmf_detector.hpp>
#include <offhook/media/detect/progress_detector.hpp>
#include <offhook/media/detect/signal_tone_detector.hpp>

#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <string>
#include <vector>

using namespace offhook;
using offhook_test::Pcm;

namespace {

double wanted_seconds() {
  const char* hours = std::getenv("OFFHOOK_TALK_OFF_HOURS");
  return hours != nullptr ? std::max(std::atof(hours), 0.0) * 3600 : 180;
}

std::string digits_in(const Pcm& pcm) {
  media::DtmfDetector detector;
  std::string digits;
  for (std::size_t at = 0; at + media::kDtmfFrame <= pcm.size(); at += media::kDtmfFrame) {
    detector.hear(std::span<const std::int16_t, media::kDtmfFrame>(pcm.data() + at, media::kDtmfFrame));
    while (const auto digit = detector.poll()) {
      if (!digit->ended) digits += digit->digit;
    }
  }
  return digits;
}

std::string tones_in(const Pcm& pcm) {
  media::SignalToneDetector machines;
  std::vector<media::ProgressDetector> networks;
  for (std::size_t i = 0; i < media::kCountries; ++i) networks.emplace_back(static_cast<media::Country>(i));
  std::string tones;
  for (std::size_t at = 0; at + media::kDtmfFrame <= pcm.size(); at += media::kDtmfFrame) {
    const std::span<const std::int16_t, media::kDtmfFrame> frame(pcm.data() + at, media::kDtmfFrame);
    if (const auto tone = machines.hear(frame)) tones += "a machine at " + std::to_string(tone->hz) + " Hz. ";
    for (auto& network : networks) {
      if (const auto tone = network.hear(frame)) tones += std::string(to_string(*tone)) + ". ";
    }
  }
  return tones;
}

/// Returns the samples of all installed prompts, without their RIFF headers of 44 octets. Returns an empty vector if no prompts are installed.
Pcm prompts() {
  const std::filesystem::path folder = "/usr/share/asterisk/sounds";
  Pcm all;
  if (!std::filesystem::is_directory(folder)) return all;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().stem().string();
    const bool is_tone = name.starts_with("beep") || name.ends_with("-2tone");
    if (entry.path().extension() == ".wav" && !is_tone) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const auto& path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (std::size_t at = 44; at + 1 < bytes.size(); at += 2) {
      all.push_back(static_cast<std::int16_t>(static_cast<unsigned char>(bytes[at]) | bytes[at + 1] << 8));
    }
  }
  return all;
}

/// Returns the voice at `times` its speed and pitch, at most `most` samples.
Pcm faster(const Pcm& voice, double times, std::size_t most) {
  Pcm other;
  for (double at = 0; at + 1 < static_cast<double>(voice.size()) && other.size() < most; at += times) {
    const auto first = static_cast<std::size_t>(at);
    const double share = at - static_cast<double>(first);
    other.push_back(static_cast<std::int16_t>(voice[first] * (1 - share) + voice[first + 1] * share));
  }
  return other;
}

}  // namespace

TEST_CASE("The detectors find no digit and no network or machine tone in the prompts of Asterisk, at eight speeds") {
  const Pcm voice = prompts();
  if (voice.empty()) return offhook_test::skip("there are no recordings (apt-get install asterisk-core-sounds-en-wav)");
  double heard = 0;
  for (const double times : {1.0, 0.8, 1.25, 0.7, 0.9, 1.1, 1.4, 0.6}) {
    const double left = wanted_seconds() - heard;
    if (left <= 0) break;
    const Pcm other = faster(voice, times, static_cast<std::size_t>(left * 8000));
    heard += static_cast<double>(other.size()) / 8000;
    CAPTURE(times);
    CHECK(digits_in(other) == "");
    CHECK(tones_in(other) == "");
  }
  MESSAGE(heard << " s of prompts were heard");
}

TEST_CASE("DtmfDetector finds no digit in synthetic voices of all pitches, with one, two and three voices at once") {
  constexpr double kPiece = 30;
  double heard = 0;
  for (std::uint32_t seed = 1; heard < wanted_seconds(); ++seed, heard += kPiece) {
    Pcm babble(static_cast<std::size_t>(kPiece * 8000));
    for (std::uint32_t talker = 0; talker <= seed % 3; ++talker) {
      const double pitch = 70 + (seed * 37 + talker * 101) % 330;
      const Pcm voice = offhook_test::SyntheticVoice(8000, seed * 8 + talker, pitch).speak(kPiece, 10000);
      for (std::size_t i = 0; i < babble.size(); ++i) babble[i] = static_cast<std::int16_t>(babble[i] + voice[i]);
    }
    CAPTURE(seed);
    CHECK(digits_in(babble) == "");
  }
  MESSAGE(heard << " s of voices were heard");
}
