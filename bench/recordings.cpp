#include <offhook/bench/recordings.hpp>

#include <offhook/media/files/wav.hpp>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>

namespace offhook::bench {

namespace {

constexpr const char* kFolder = "/usr/share/asterisk/sounds/en_US_f_Allison";
constexpr std::size_t kFrame = 160, kShortest = 12000;  // kShortest: 1.5 s

double power(std::span<const std::int16_t> pcm) {
  double sum = 0;
  for (const double sample : pcm) sum += sample * sample;
  return sum / static_cast<double>(std::max<std::size_t>(pcm.size(), 1));
}

Pcm load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::vector<std::uint8_t> octets{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto wav = media::parse_wav(octets);
  return wav && wav->format.rate_hz == 8000 ? wav->channel() : Pcm{};
}

}  // namespace

std::vector<Pcm> recordings(std::size_t most) {
  std::vector<std::filesystem::path> paths;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder, absent)) {
    if (entry.path().extension() == ".wav") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<Pcm> found;
  for (const auto& path : paths) {
    if (found.size() == most) break;
    if (auto pcm = load(path); pcm.size() >= kShortest) found.push_back(std::move(pcm));
  }
  return found;
}

double active_power(const Pcm& pcm) {
  std::vector<double> frames;
  for (std::size_t at = 0; at + kFrame <= pcm.size(); at += kFrame) frames.push_back(power(std::span(pcm).subspan(at, kFrame)));
  const double loudest = frames.empty() ? 0 : *std::max_element(frames.begin(), frames.end());
  double sum = 0, count = 0;
  for (const double frame : frames) {
    if (frame < loudest / 100) continue;
    sum += frame;
    ++count;
  }
  return count > 0 ? sum / count : 0;
}

void set_level(Pcm& pcm, double dbov) {
  const double gain = 32768 * std::pow(10.0, dbov / 20) / std::sqrt(std::max(active_power(pcm), 1.0));
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(std::clamp(std::lround(gain * sample), -32768L, 32767L));
}

Pcm from_onset(const Pcm& pcm, double below_db) {
  constexpr std::size_t kStep = kFrame / 2;
  const double enough = active_power(pcm) * std::pow(10.0, -below_db / 10);
  std::size_t at = 0;
  while (at + kFrame <= pcm.size() && power(std::span(pcm).subspan(at, kStep)) < enough) at += kStep;
  return {pcm.begin() + static_cast<std::ptrdiff_t>(at), pcm.end()};
}

}  // namespace offhook::bench
