#include <offhook/tests/caller/recording_search.hpp>

#include <offhook/agent/demo/turn_meter.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>
#include <numeric>

namespace offhook::caller {

namespace {

constexpr std::uint32_t kRate = 16000;
constexpr std::size_t kCoarse = 8;              // samples per average, which leaves audio below 1 kHz; telephone lines preserve this audio
constexpr std::size_t kThin = 4;                // The first search uses every 4th sample: even 1 kHz still correlates 1/8 ms away.
constexpr std::size_t kNear = kRate / 500;      // range of the exact search; a high voice also correlates with itself one period away
constexpr std::size_t kPart = kRate / 5;        // length of one compared part
constexpr double kSilentRms = 400;              // A part with less loudness is silent.
constexpr double kFaintest = 1e-4;              // least share of the wanted energy (-40 dB); below it, rounding errors of the sum matter
constexpr std::size_t kTakenOut = kRate / 20;   // Longest time by which a part may come early: a jitter buffer removes samples.
constexpr std::size_t kPutIn = kRate / 4;       // Longest time by which a part may come late: a jitter buffer inserts, or the host is stopped.
constexpr float kJump = 0.5F;                   // Cost of a jump, in likeness. Jumps are rare, and any two words have similar places.
constexpr double kWeak = 0.695;                 // limit of a weak part: less than this rounds to less than 70 hundredths
constexpr std::size_t kCuts = kRate / 100;      // Distance between the possible positions of a jump within a part.

/// Removes high frequencies: each sample becomes the mean of kCoarse samples.
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

#if defined(__x86_64__) && defined(__GNUC__)
[[gnu::target_clones("avx2", "default")]]  // With AVX2 it is twice as fast.
#endif
double product(std::span<const float> a, std::span<const float> b) {
  std::array<float, 8> sums{};  // There are parallel sums, because with a single sum each addition would wait for the one before it.
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

/// Returns the correlation of `part` with each place of `whole` from `from` to `to`, or to the last place where `part` fits into `whole`.
/// The value is 0 where `whole` is nearly silent.
std::vector<float> fits(std::span<const float> whole, std::span<const float> part, std::size_t from, std::size_t to) {
  if (whole.size() < part.size() || from > whole.size() - part.size()) return {};
  std::vector<float> all(std::min(to, whole.size() - part.size()) - from + 1);
  const double wanted = product(part, part);
  double there = energy(whole.subspan(from, part.size()));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto here = whole.subspan(from + i);
    if (there > kFaintest * wanted) all[i] = static_cast<float>(product(here.first(part.size()), part) / std::sqrt(wanted * there));
    if (i + 1 < all.size()) there += static_cast<double>(here[part.size()]) * here[part.size()] - static_cast<double>(here[0]) * here[0];
  }
  return all;
}

/// Returns the place from `from` to `to` with the highest correlation with `part`, and this correlation. Returns -1 as the correlation if
/// `whole` has no such place.
std::pair<std::size_t, double> best_place(std::span<const float> whole, std::span<const float> part, std::size_t from, std::size_t to) {
  const auto all = fits(whole, part, from, to);
  if (all.empty()) return {from, -1};
  const auto best = std::max_element(all.begin(), all.end());
  return {from + static_cast<std::size_t>(best - all.begin()), *best};
}

double rms(std::span<const float> pcm) { return pcm.empty() ? 0 : std::sqrt(energy(pcm) / static_cast<double>(pcm.size())); }

/// Returns true if the part has too little sound for a comparison, as a pause or the sound s has.
bool silent(std::span<const float> part) { return rms(part) < kSilentRms; }

/// Returns for each place the largest of `sums` at a distance of `least` to `most` before this place, and the index of that sum.
struct Before { float sum; std::size_t at; };
std::vector<Before> best_before(std::span<const float> sums, std::size_t least, std::size_t most) {
  std::vector<Before> all(sums.size(), {-1e9F, 0});
  std::deque<std::size_t> candidates;  // The sums of these places decrease. The first place has the largest sum within the range.
  for (std::size_t at = least; at < sums.size(); ++at) {
    while (!candidates.empty() && sums[candidates.back()] <= sums[at - least]) candidates.pop_back();
    candidates.push_back(at - least);
    if (candidates.front() + most < at) candidates.pop_front();
    all[at] = {sums[candidates.front()], candidates.front()};
  }
  return all;
}

/// Returns the places of the parts of `voice`, in their order, with the best total correlation. Both signals and the places are thinned by kThin.
std::vector<std::size_t> places(std::span<const float> heard, std::span<const float> voice) {
  constexpr std::size_t kStep = kPart / kThin;
  std::vector<float> sums;
  std::vector<std::vector<Before>> trail;
  for (std::size_t at = 0; at + kStep <= voice.size(); at += kStep) {
    const auto part = voice.subspan(at, kStep);
    auto reached = silent(part) ? std::vector<float>(heard.size() - kStep + 1) : fits(heard, part, 0, heard.size());
    if (at > 0) {
      auto before = best_before(sums, kStep - 1, kStep + 1);
      const auto jumped = best_before(sums, kStep - kTakenOut / kThin, kStep + kPutIn / kThin);
      for (std::size_t i = 0; i < reached.size(); ++i) {
        if (jumped[i].sum - kJump > before[i].sum) before[i] = {jumped[i].sum - kJump, jumped[i].at};
        reached[i] += before[i].sum;
      }
      trail.push_back(std::move(before));
    }
    sums = std::move(reached);
  }
  std::vector<std::size_t> backwards{static_cast<std::size_t>(std::max_element(sums.begin(), sums.end()) - sums.begin())};
  for (auto before = trail.rbegin(); before != trail.rend(); ++before) backwards.push_back((*before)[backwards.back()].at);
  return {backwards.rbegin(), backwards.rend()};
}

/// Returns the correlation of `part` if it starts at `first` and, after the best cut, continues as if it had started at `second`.
double fits_in_two(std::span<const float> heard, std::span<const float> part, std::size_t first, std::size_t second) {
  double best = -1;
  if (std::max(first, second) + part.size() > heard.size()) return best;
  for (std::size_t cut = 0; cut <= part.size(); cut += kCuts) {
    const auto one = heard.subspan(first, cut), other = heard.subspan(second + cut, part.size() - cut);
    const double there = energy(one) + energy(other), wanted = energy(part);
    if (there > kFaintest * wanted) best = std::max(best, (product(one, part.first(cut)) + product(other, part.subspan(cut))) / std::sqrt(wanted * there));
  }
  return best;
}

std::size_t back(std::size_t at, std::size_t by) { return at - std::min(at, by); }

/// A part of the voice of a fifth of a second that is not silent, and its place in the received audio.
struct Part { std::span<const float> voice; std::size_t offset = 0, at = 0; };
std::vector<Part> voiced_parts(std::span<const float> heard, std::span<const float> voice) {
  std::vector<Part> parts;
  const auto coarse = places(thinned(heard), thinned(voice));
  for (std::size_t i = 0; i < coarse.size(); ++i) {
    const auto part = voice.subspan(i * kPart, kPart);
    const std::size_t at = coarse[i] * kThin;
    if (!silent(part)) parts.push_back({part, i * kPart, best_place(heard, part, back(at, kNear), at + kNear).first});
  }
  return parts;
}

/// Returns the correlation of a part. `before` and `after` are the places that the neighbouring parts imply. They show whether samples were
/// removed or inserted.
double fits_between(std::span<const float> heard, const Part& part, std::size_t before, std::size_t after) {
  return std::max({best_place(heard, part.voice, back(part.at, kTakenOut), part.at + kTakenOut).second, fits_in_two(heard, part.voice, before, part.at),
                   fits_in_two(heard, part.voice, part.at, after), fits_in_two(heard, part.voice, before, after)});
}

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
  if (!first || !last || *last - *first < kPart + kCoarse || recording.size() < *last - *first) return std::nullopt;
  const auto voice = smooth(sentence.subspan(*first, *last - *first)), heard = smooth(recording);
  const auto parts = voiced_parts(heard, voice);
  if (parts.empty()) return std::nullopt;
  double worst = 1, sum = 0;
  int jumps = 0, weak = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const Part& part = parts[i];
    const std::size_t before = i > 0 ? parts[i - 1].at + part.offset - parts[i - 1].offset : part.at;
    const std::size_t after = i + 1 < parts.size() ? back(parts[i + 1].at, parts[i + 1].offset - part.offset) : part.at;
    const double likeness = fits_between(heard, part, before, after);
    worst = std::min(worst, likeness);
    if (likeness < kWeak) ++weak;
    sum += likeness;
    if (part.at > before + kNear || part.at + kNear < before) ++jumps;
  }
  const auto hundredths = [](double value) { return static_cast<int>(std::lround(value * 100)); };
  return Finding{back(parts.front().at, parts.front().offset), parts.back().at + voice.size() - parts.back().offset, hundredths((sum - static_cast<double>(kJump) * jumps) / static_cast<double>(parts.size())),
                 hundredths(worst), weak, jumps};
}

}  // namespace offhook::caller
