#include <offhook/tests/caller/recording_search.hpp>

#include <offhook/agent/demo/turn_meter.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace offhook::caller {

namespace {

constexpr std::uint32_t kRate = 16000;
constexpr std::size_t kCoarse = 8;              // Samples that are averaged: what is compared lies below 1 kHz, where telephones lose nothing.
constexpr std::size_t kThin = 4;                // Of the first look: an eighth of a millisecond beside the place even 1 kHz is still like itself.
constexpr std::size_t kPart = kRate / 5;        // What is looked at for itself.
constexpr double kSilentRms = 400;              // A part that is quieter there has nothing to be recognised by: an s, a pause.
constexpr double kFaintest = 1e-4;              // Of the wanted energy: in what is 40 dB below it the rounding of the running sum counts.
constexpr std::size_t kDrift = kRate / 20;      // By which a part may lie beside the whole: a jitter buffer shortens and lengthens what it plays.

/// Without what lies above: each sample the mean of kCoarse.
std::vector<float> smooth(std::span<const std::int16_t> pcm) {
  std::vector<float> out(pcm.size() - std::min(pcm.size(), kCoarse - 1));
  for (std::size_t i = 0; i < out.size(); ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < kCoarse; ++k) sum += pcm[i + k];
    out[i] = sum / kCoarse;
  }
  return out;
}

std::vector<float> thinned(std::span<const float> smoothed) {
  std::vector<float> out(smoothed.size() / kThin);
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = smoothed[i * kThin];
  return out;
}

double product(std::span<const float> a, std::span<const float> b) {
  std::array<float, 8> sums{};  // Side by side: a single sum would wait for each addition.
  std::size_t i = 0;
  for (; i + sums.size() <= b.size(); i += sums.size()) {
    for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += a[i + k] * b[i + k];
  }
  double sum = std::accumulate(sums.begin(), sums.end(), 0.0);
  for (; i < b.size(); ++i) sum += static_cast<double>(a[i]) * b[i];
  return sum;
}

double energy(std::span<const float> pcm) {
  return std::accumulate(pcm.begin(), pcm.end(), 0.0, [](double sum, float sample) { return sum + static_cast<double>(sample) * sample; });
}

/// Where `part` fits best in `whole`, of the places from `from` to `to`, and how well.
std::pair<std::size_t, double> best_place(std::span<const float> whole, std::span<const float> part, std::size_t from, std::size_t to) {
  std::pair<std::size_t, double> best{from, -1};
  const double wanted = product(part, part);
  to = std::min(to, whole.size() - std::min(whole.size(), part.size()));
  if (from > to || part.size() > whole.size() || wanted <= 0) return best;
  double there = energy(whole.subspan(from, part.size()));
  for (std::size_t at = from; at <= to; ++at) {
    if (there > kFaintest * wanted) {
      const double fits = product(whole.subspan(at, part.size()), part) / std::sqrt(wanted * there);
      if (fits > best.second) best = {at, fits};
    }
    if (at < to) there += static_cast<double>(whole[at + part.size()]) * whole[at + part.size()] - static_cast<double>(whole[at]) * whole[at];
  }
  return best;
}

double rms(std::span<const float> pcm) { return pcm.empty() ? 0 : std::sqrt(energy(pcm) / static_cast<double>(pcm.size())); }

std::size_t back(std::size_t at, std::size_t by) { return at - std::min(at, by); }

}  // namespace

std::vector<Stretch> voiced_stretches(std::span<const std::int16_t> pcm, std::uint32_t rate_hz, unsigned pause_ms) {
  const std::size_t pause = static_cast<std::size_t>(rate_hz) * pause_ms / 1000, window = rate_hz / 200;
  std::vector<Stretch> all;
  auto next = agent::demo::first_voiced(pcm, rate_hz, 0, pcm.size());
  while (next) {
    Stretch stretch{*next, *next + window};
    while ((next = agent::demo::first_voiced(pcm, rate_hz, stretch.end, stretch.end + pause))) stretch.end = std::max(*next, stretch.end) + window;
    all.push_back(stretch);
    next = agent::demo::first_voiced(pcm, rate_hz, stretch.end, pcm.size());
  }
  return all;
}

std::optional<Finding> find_sentence(std::span<const std::int16_t> recording, std::span<const std::int16_t> sentence) {
  const auto first = agent::demo::first_voiced(sentence, kRate, 0, sentence.size());
  const auto last = agent::demo::last_voiced(sentence, kRate, 0, sentence.size());
  if (!first || !last || *last - *first < kPart || recording.size() < *last - *first) return std::nullopt;
  const auto voice = smooth(sentence.subspan(*first, *last - *first)), heard = smooth(recording);
  const auto coarse_voice = thinned(voice), coarse_heard = thinned(heard);
  const std::size_t near = best_place(coarse_heard, coarse_voice, 0, coarse_heard.size()).first * kThin;
  const auto place = best_place(heard, voice, back(near, 3 * kCoarse), near + 3 * kCoarse);
  double worst = 1;
  for (std::size_t at = 0; at + kPart <= voice.size(); at += kPart) {
    const auto part = std::span<const float>(voice).subspan(at, kPart);
    if (rms(part) < kSilentRms) continue;
    const std::size_t there = place.first + at;
    worst = std::min(worst, best_place(heard, part, back(there, kDrift), there + kDrift).second);
  }
  const auto hundredths = [](double value) { return static_cast<int>(std::lround(value * 100)); };
  return Finding{place.first, place.first + voice.size(), hundredths(place.second), hundredths(worst)};
}

}  // namespace offhook::caller
