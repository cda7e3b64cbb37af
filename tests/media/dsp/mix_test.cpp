#include <offhook/media/dsp/mix.hpp>

#include <offhook/base/random.hpp>
#include <offhook/media/dsp/detail/mix_kernels.hpp>

#include <offhook/tests/media/allocations.hpp>
#include <offhook/tests/media/sounds.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

using namespace offhook;
using offhook_test::Pcm;
using offhook_test::same_samples;

namespace {

std::vector<Pcm> random_frames(std::size_t count, std::size_t samples, std::uint64_t seed) {
  base::SeededRandom random(seed);
  std::vector<Pcm> all(count, Pcm(samples));
  for (auto& frame : all) {
    const int quieter = static_cast<int>(random.next_u32() % 8);  // The levels differ, so that some of the sums saturate and others do not.
    for (auto& sample : frame) sample = static_cast<std::int16_t>(static_cast<std::int16_t>(random.next_u32()) >> quieter);
  }
  return all;
}

/// Returns the mix for leg `own`: the sum of the frames of all other legs, clipped once. If `own` is beyond the end, returns the sum of all frames.
Pcm sum_without(const std::vector<Pcm>& said, std::size_t own, std::size_t samples) {
  Pcm sum(samples);
  for (std::size_t k = 0; k < samples; ++k) {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < said.size(); ++i) total += i == own ? 0 : said[i][k];
    sum[k] = static_cast<std::int16_t>(std::clamp<std::int64_t>(total, -32768, 32767));
  }
  return sum;
}

int wrong_mixes(std::size_t legs, std::size_t samples) {
  const auto said = random_frames(legs, samples, legs);
  media::Mixer mixer(samples, legs);
  std::vector<media::Mixer::Hears> hears;
  mixer.begin();
  for (const auto& frame : said) hears.push_back(mixer.speak(frame));
  mixer.mix();
  int wrong = !same_samples(mixer.heard(media::Mixer::kEveryone), sum_without(said, legs, samples));
  // For 500 legs, a check of every mix takes too long. Each checked mix contains all legs except one.
  const std::size_t step = legs > 40 ? 37 : 1;
  for (std::size_t i = 0; i < legs; i += step) wrong += !same_samples(mixer.heard(hears[i]), sum_without(said, i, samples));
  return wrong;
}

}  // namespace

TEST_CASE("Mixer gives a speaking leg the sum of all other legs, and a listener the sum of all legs, clipped to 16 bits once, with 2 to 500 legs") {
  for (const std::size_t legs : {std::size_t{2}, std::size_t{3}, std::size_t{8}, std::size_t{32}, media::Mixer::kMaxSpeakers}) {
    CAPTURE(legs);
    CHECK(wrong_mixes(legs, 320) == 0);
    CHECK(wrong_mixes(legs, 160) == 0);
  }
  CHECK(wrong_mixes(5, media::Mixer::kMaxSamples) == 0);
}

TEST_CASE("Mixer gives all listeners the same frame, so that it is mixed and encoded only once") {
  const auto said = random_frames(2, 160, 9);
  media::Mixer mixer(160, 8);
  mixer.begin();
  const auto first = mixer.speak(said[0]), second = mixer.speak(said[1]);
  mixer.mix();
  CHECK(first != media::Mixer::kEveryone);
  CHECK(second != media::Mixer::kEveryone);
  CHECK(first != second);
  CHECK(same_samples(mixer.heard(first), said[1]));
  CHECK(same_samples(mixer.heard(second), said[0]));
  CHECK(mixer.heard(media::Mixer::kEveryone).data() == mixer.heard(media::Mixer::kEveryone).data());

  mixer.begin();  // If only one leg speaks, this leg gets silence, and the listeners get its frame.
  const auto only = mixer.speak(said[0]);
  mixer.mix();
  CHECK(same_samples(mixer.heard(only), Pcm(160)));
  CHECK(same_samples(mixer.heard(media::Mixer::kEveryone), said[0]));

  mixer.begin();  // If no leg speaks, all legs get silence.
  mixer.mix();
  CHECK(same_samples(mixer.heard(media::Mixer::kEveryone), Pcm(160)));
}

TEST_CASE("Mixer accepts as many speakers as its limit, ignores further speakers, and ignores frames of another length") {
  const auto said = random_frames(4, 160, 3);
  media::Mixer mixer(160, 3);
  mixer.begin();
  CHECK(mixer.speak(std::span(said[0]).first(159)) == media::Mixer::kEveryone);
  for (std::size_t i = 0; i < 3; ++i) CHECK(mixer.speak(said[i]) == i + 1);
  CHECK(mixer.speak(said[3]) == media::Mixer::kEveryone);
  CHECK(mixer.speakers() == 3);
  mixer.mix();
  CHECK(same_samples(mixer.heard(media::Mixer::kEveryone), sum_without({said[0], said[1], said[2]}, 3, 160)));

  const media::Mixer largest(media::Mixer::kMaxSamples, media::Mixer::kMaxSpeakers);
  CHECK(largest.samples() == 960);
  CHECK(largest.max_speakers() == 500);
  const media::Mixer cut(media::Mixer::kMaxSamples + 1, media::Mixer::kMaxSpeakers + 1);
  CHECK(cut.samples() == 960);
  CHECK(cut.max_speakers() == 500);
}

TEST_CASE("Mixer allocates nothing after its construction") {
  const auto said = random_frames(8, 320, 4);
  media::Mixer mixer(320, 8);
  const auto before = offhook_test::allocations();
  for (int turn = 0; turn < 3; ++turn) {
    mixer.begin();
    for (const auto& frame : said) (void)mixer.speak(frame);
    mixer.mix();
  }
  CHECK(offhook_test::allocations() == before);
}

TEST_CASE("Each mixing kernel that this machine supports gives the same samples as the portable kernel, at any length and alignment") {
  const auto said = random_frames(5, 80, 5);
  std::string names;
  for (const auto* kernels : media::detail::mix_kernels()) {
    names += std::string(kernels->name) + " ";
    int wrong = 0;
    for (std::size_t samples = 0; samples <= 67; ++samples) {
      for (std::size_t shift = 0; shift < 9; ++shift) {
        std::vector<const std::int16_t*> frames;
        for (const auto& frame : said) frames.push_back(frame.data() + shift);
        std::vector<std::int16_t> got(shift + 6 * samples + 32, 77), wanted(6 * samples);
        kernels->mix(frames.data(), frames.size(), got.data() + shift, samples);
        media::detail::kMixPortable.mix(frames.data(), frames.size(), wanted.data(), samples);
        wrong += !std::equal(wanted.begin(), wanted.end(), got.begin() + static_cast<std::ptrdiff_t>(shift));
        wrong += !std::all_of(got.end() - 32, got.end(), [](std::int16_t sample) { return sample == 77; });
      }
    }
    CAPTURE(std::string(kernels->name));
    CHECK(wrong == 0);
  }
  MESSAGE("this machine has: " << names);
}
