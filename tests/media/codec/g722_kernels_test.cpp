#include <offhook/media/codec/detail/g722_kernels.hpp>

#include <offhook/base/random.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <offhook/tests/media/sounds.hpp>
#include <offhook/tests/media/synthetic_voice.hpp>

#include <doctest/doctest.h>

extern "C" {
#include <spandsp/telephony.h>
#include <spandsp/g722.h>
}

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::media::detail;
using offhook_test::Octets;
using offhook_test::Pcm;
using offhook_test::white_noise;

namespace {

bool same_band(const media::G722Band& a, const media::G722Band& b) {
  return a.weights == b.weights && a.doubled == b.doubled && a.partial == b.partial && a.zeros == b.zeros &&
         a.estimate == b.estimate && a.log_step == b.log_step;
}
template <class State>
bool same_bands(const State& a, const State& b) {
  return same_band(a.low, b.low) && same_band(a.high, b.high);
}

/// Returns loud and faint, narrow and wide, steady and sudden signals. Each signal is long, because the predictors need hundreds of samples to adapt.
std::vector<Pcm> inputs() {
  std::vector<Pcm> all{white_noise(16000, 1), white_noise(16000, 2, 2), white_noise(16000, 3, 9), Pcm(3200)};
  for (const double hz : {50.0, 300.0, 1000.0, 3999.0, 4001.0, 7000.0}) {
    Pcm tone(8000);
    for (std::size_t i = 0; i < tone.size(); ++i)
      tone[i] = static_cast<std::int16_t>(
          std::clamp(60000 * std::sin(6.283185307 * hz * static_cast<double>(i) / 16000), -32768.0, 32767.0));
    all.push_back(tone);
  }
  Pcm steps(16000);  // Full scale. The sign changes less and less often.
  for (std::size_t i = 0; i < steps.size(); ++i)
    steps[i] = static_cast<int>(std::sqrt(static_cast<double>(i))) % 2 == 0 ? 32767 : -32768;
  all.push_back(steps);
  return all;
}

/// Returns octet sequences that no encoder sends: one of random octets, and some that drive the predictors to their bounds.
std::vector<Octets> codes() {
  base::SeededRandom random(4);
  std::vector<Octets> all(5, Octets(16000));
  for (auto& octet : all[0]) octet = static_cast<std::uint8_t>(random.next_u32());
  for (std::size_t i = 0; i < all[1].size(); ++i) {
    all[1][i] = i % 2 == 0 ? 0x84 : 0x20;  // The largest positive and negative differences alternate, which drives the zeros to full scale.
    all[2][i] = 0x20 | 0x80;
    all[3][i] = i % 3000 < 2500 ? all[1][i] : all[0][i];
    all[4][i] = i / 2 % 2 == 0 ? 0x84 : 0x20;
  }
  return all;
}

Octets encoded(const G722Kernels& kernels, media::G722Encoder::State& state, const Pcm& pcm, std::size_t part) {
  Octets out(pcm.size() / 2);
  for (std::size_t at = 0; at < out.size(); at += part) {
    kernels.encode(state, pcm.data() + 2 * at, out.data() + at, std::min(part, out.size() - at));
  }
  return out;
}
Pcm decoded(const G722Kernels& kernels, media::G722Decoder::State& state, const Octets& octets, std::size_t part) {
  Pcm out(2 * octets.size());
  for (std::size_t at = 0; at < octets.size(); at += part) {
    kernels.decode(state, octets.data() + at, out.data() + 2 * at, std::min(part, octets.size() - at));
  }
  return out;
}

template <class State, State* make(State*, int, int), int release(State*)>
std::unique_ptr<State, int (*)(State*)> theirs() {
  return {make(nullptr, 64000, 0), release};
}
Octets encoded_by_spandsp(const Pcm& pcm) {
  const auto state = theirs<g722_encode_state_t, g722_encode_init, g722_encode_free>();
  Octets out(pcm.size() / 2);
  REQUIRE(g722_encode(state.get(), out.data(), pcm.data(), static_cast<int>(pcm.size())) == static_cast<int>(out.size()));
  return out;
}
Pcm decoded_by_spandsp(const Octets& octets) {
  const auto state = theirs<g722_decode_state_t, g722_decode_init, g722_decode_free>();
  Pcm out(2 * octets.size());
  REQUIRE(g722_decode(state.get(), out.data(), octets.data(), static_cast<int>(octets.size())) == static_cast<int>(out.size()));
  return out;
}

Pcm halved(Pcm pcm) {
  for (auto& sample : pcm) sample = static_cast<std::int16_t>(sample / 2);
  return pcm;
}

}  // namespace

TEST_CASE("Each G.722 kernel encodes like the portable kernel, for inputs in parts of any length, and both have the same state afterwards") {
  std::string names;
  for (const auto* kernels : g722_kernels()) {
    names += std::string(kernels->name) + " ";
    CAPTURE(std::string(kernels->name));
    for (const auto& pcm : inputs()) {
      for (const std::size_t part : {std::size_t{1}, std::size_t{7}, std::size_t{67}, std::size_t{160}, std::size_t{999}}) {
        media::G722Encoder::State ours, reference;
        CHECK(encoded(*kernels, ours, pcm, part) == encoded(kG722Portable, reference, pcm, 160));
        CHECK(same_bands(ours, reference));
        CHECK(ours.past == reference.past);
      }
    }
  }
  MESSAGE("this machine has: " << names);
}

TEST_CASE("Each G.722 kernel decodes any octets like the portable kernel, and both have the same state afterwards") {
  auto all = codes();
  for (const auto& pcm : inputs()) {
    media::G722Encoder::State state;
    all.push_back(encoded(kG722Portable, state, pcm, 160));
  }
  for (const auto* kernels : g722_kernels()) {
    CAPTURE(std::string(kernels->name));
    for (const auto& octets : all) {
      for (const std::size_t part : {std::size_t{1}, std::size_t{7}, std::size_t{67}, std::size_t{160}, std::size_t{999}}) {
        media::G722Decoder::State ours, reference;
        CHECK(decoded(*kernels, ours, octets, part) == decoded(kG722Portable, reference, octets, 160));
        CHECK(same_bands(ours, reference));
        CHECK(ours.past_sums == reference.past_sums);
        CHECK(ours.past_differences == reference.past_differences);
      }
    }
  }
}

TEST_CASE("Each G.722 kernel codes any length from 0 to 67 at any alignment like the portable kernel, and writes nothing after the end") {
  const auto pcm = white_noise(400, 6, 1);
  for (const auto* kernels : g722_kernels()) {
    int wrong = 0;
    for (std::size_t pairs = 0; pairs <= 67; ++pairs) {
      for (std::size_t shift = 0; shift < 17; ++shift) {
        media::G722Encoder::State encoder, reference_encoder;
        media::G722Decoder::State decoder, reference_decoder;
        Octets octets(shift + pairs + 40, 0xA5), reference(pairs);
        Pcm out(shift + 2 * pairs + 40, 77), reference_out(2 * pairs);
        kernels->encode(encoder, pcm.data() + shift, octets.data() + shift, pairs);
        kG722Portable.encode(reference_encoder, pcm.data() + shift, reference.data(), pairs);
        kernels->decode(decoder, octets.data() + shift, out.data() + shift, pairs);
        kG722Portable.decode(reference_decoder, reference.data(), reference_out.data(), pairs);
        wrong += !std::equal(reference.begin(), reference.end(), octets.begin() + static_cast<std::ptrdiff_t>(shift));
        wrong += !std::equal(reference_out.begin(), reference_out.end(), out.begin() + static_cast<std::ptrdiff_t>(shift));
        wrong += !std::all_of(octets.end() - 40, octets.end(), [](auto octet) { return octet == 0xA5; });
        wrong += !std::all_of(out.end() - 40, out.end(), [](auto sample) { return sample == 77; });
      }
    }
    CAPTURE(std::string(kernels->name));
    CHECK(wrong == 0);
  }
}

TEST_CASE("If no limiting is necessary, G.722 gives the same bits as spandsp for noise, tones and speech") {
  // The recommendation limits the sub-bands to 15 bits, and spandsp does not. Where our decoder limits the output, the output of spandsp's
  // decoder wraps around.
  auto all = inputs();
  for (auto& pcm : all) pcm = halved(pcm);
  for (const std::uint32_t seed : {1U, 2U, 3U})
    all.push_back(offhook_test::SyntheticVoice(16000, seed, 90.0 + 50 * seed).speak(5, 14000));
  for (const auto& pcm : all) {
    media::G722Encoder::State encoder;
    media::G722Decoder::State decoder;
    const auto octets = encoded(*g722_kernels().back(), encoder, pcm, 160);
    CHECK(octets == encoded_by_spandsp(pcm));
    const auto ours = decoded(*g722_kernels().back(), decoder, octets, 160), theirs = decoded_by_spandsp(octets);
    int wrong = 0;
    for (std::size_t i = 0; i < ours.size(); ++i) wrong += ours[i] != theirs[i] && ours[i] != 32767 && ours[i] != -32768;
    CHECK(wrong == 0);
  }
}
