#include "voices.hpp"

#include <offhook/agent/providers/embedded/spoken_form.hpp>
#include <offhook/agent/providers/embedded/spoken_number.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/files/wav.hpp>

extern "C" {
#include <flite/flite.h>
cst_voice* register_cmu_us_slt(const char* folder);
cst_voice* register_cmu_us_rms(const char* folder);
cst_voice* register_cmu_us_awb(const char* folder);
cst_voice* register_cmu_us_kal16(const char* folder);
}

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace speech_bench {
namespace {

namespace media = offhook::media;

constexpr std::uint32_t kRateHz = 16000;

std::vector<std::uint8_t> read_all(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Pcm from_wav(const std::vector<std::uint8_t>& file) {
  const auto wav = media::parse_wav(offhook::base::Bytes(file.data(), file.size()));
  if (!wav) return {};
  const Pcm pcm = wav->channel();
  return wav->format.rate_hz == kRateHz ? pcm : resampled(pcm, wav->format.rate_hz, kRateHz);
}

Pcm say_with_flite(cst_voice* voice, const std::string& text) {
  std::srand(1);  // flite uses rand() for its excitation noise. With a fixed seed, the voice is the same each time.
  cst_wave* wave = flite_text_to_wave(text.c_str(), voice);
  if (wave == nullptr) return {};
  Pcm pcm(wave->samples, wave->samples + wave->num_samples);
  const auto rate = static_cast<std::uint32_t>(wave->sample_rate);
  delete_wave(wave);
  return rate == kRateHz ? pcm : resampled(pcm, rate, kRateHz);
}

/// Returns the audio of the WAV file that `command` writes to its output, or no audio if it writes none.
Pcm say_with_program(const std::string& command) {
  FILE* pipe = ::popen((command + " 2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return {};
  std::vector<std::uint8_t> file;
  std::array<std::uint8_t, 4096> piece{};
  for (std::size_t got = 0; (got = std::fread(piece.data(), 1, piece.size(), pipe)) > 0;) file.insert(file.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(got));
  ::pclose(pipe);
  return from_wav(file);
}

/// Speaks `text`, which may only have letters, spaces, commas and apostrophes. `voice` is a language of espeak-ng, with a variant.
Pcm say_with_espeak(const std::string& voice, const std::string& text) { return say_with_program("espeak-ng -v " + voice + " --stdout \"" + text + '"'); }

/// Speaks `text`, which may only have the characters that say_with_espeak() accepts. `voice` is the function of Festival that selects a
/// voice.
Pcm say_with_festival(const std::string& voice, const std::string& text) {
  return say_with_program("festival --batch '(" + voice + R"x()' "(utt.save.wave (utt.synth (Utterance Text \")x" + text + R"x(\")) \"-\" 'riff)")x");
}

Pcm without_silence(const Pcm& pcm) {
  const auto loud = [](std::int16_t sample) { return std::abs(static_cast<int>(sample)) > 300; };
  const auto begin = std::ranges::find_if(pcm, loud);
  const auto end = std::find_if(pcm.rbegin(), pcm.rend(), loud).base();
  return begin < end ? Pcm(begin, end) : Pcm{};
}

}  // namespace

Pcm say(std::string_view voice, const std::string& text) {
  static const int initialised = flite_init();
  static_cast<void>(initialised);
  const auto words = offhook::agent::embedded::spoken_form(text);
  if (voice == "slt") return say_with_flite(register_cmu_us_slt(nullptr), words);
  if (voice == "rms") return say_with_flite(register_cmu_us_rms(nullptr), words);
  if (voice == "awb") return say_with_flite(register_cmu_us_awb(nullptr), words);
  if (voice == "kal16") return say_with_flite(register_cmu_us_kal16(nullptr), words);
  if (voice == "espeak") return say_with_espeak("en-us", words);
  if (voice == "ked") return say_with_festival("voice_ked_diphone", words);
  return voice.starts_with("en-") ? say_with_espeak(std::string(voice), words) : Pcm{};
}

bool HumanPrompts::installed() const { return !load("digits/1", Band::Wide).empty() && !load("digits/1", Band::Narrow).empty(); }

std::vector<std::string> HumanPrompts::names() const {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    if (entry.path().extension() == ".g722") names.push_back(entry.path().stem().string());
  }
  std::ranges::sort(names);
  return names;
}

Pcm HumanPrompts::load(const std::string& name, Band band) const {
  if (band == Band::Narrow) return from_wav(read_all(folder_ + '/' + name + ".wav"));
  const auto octets = read_all(folder_ + '/' + name + ".g722");
  Pcm pcm(octets.size() * 2);
  media::G722Decoder decoder;
  if (!decoder.decode(octets, pcm)) return {};
  return pcm;
}

Pcm HumanPrompts::digits(const std::string& number, Band band) const {
  constexpr std::size_t kGap = kRateHz * 6 / 100, kGroupGap = kRateHz * 25 / 100;
  Pcm all;
  std::size_t group_end = 0;
  for (std::size_t i = 0; i < number.size(); ++i) {
    const bool at_group = i == group_end;
    if (i > 0) all.resize(all.size() + (at_group ? kGroupGap : kGap), 0);
    if (at_group) group_end += offhook::agent::embedded::digit_group(number.size(), i);
    const Pcm digit = without_silence(load("digits/" + std::string(1, number[i]), band));
    all.insert(all.end(), digit.begin(), digit.end());
  }
  return all;
}

}  // namespace speech_bench
