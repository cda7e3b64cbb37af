#include <offhook/media/codec/detail/g711_kernels.hpp>

#include <offhook/base/usable_kernels.hpp>
#include <offhook/media/codec/detail/g711_sample.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

using namespace offhook;
using namespace offhook::media::detail;

namespace {

// g711_test.cpp compares the scalar functions with the recommendation. The tests here compare each kernel with the scalar functions.

std::vector<std::int16_t> all_samples() {
  std::vector<std::int16_t> samples(65536);
  for (std::size_t i = 0; i < samples.size(); ++i) samples[i] = static_cast<std::int16_t>(static_cast<int>(i) - 32768);
  return samples;
}

constexpr std::size_t kLongestRun = 257, kAlignments = 64, kGuard = 64;
constexpr std::uint8_t kUntouchedOctet = 0xA5;

/// Memory that begins `shift` octets after a 64-octet boundary. Guard octets on both sides show a write out of range.
template <class T>
class GuardedRoom {
 public:
  explicit GuardedRoom(std::size_t shift) : shift_(shift) { std::fill(octets_.begin(), octets_.end(), kUntouchedOctet); }
  T* begin() { return reinterpret_cast<T*>(octets_.data() + kGuard + shift_); }
  bool guarded_beyond(std::size_t count) const {
    const auto from = octets_.begin(), written = from + static_cast<std::ptrdiff_t>(kGuard + shift_);
    const auto untouched = [](std::uint8_t octet) { return octet == kUntouchedOctet; };
    return std::all_of(from, written, untouched) &&
           std::all_of(written + static_cast<std::ptrdiff_t>(count * sizeof(T)), octets_.end(), untouched);
  }

 private:
  std::size_t shift_;
  alignas(64) std::array<std::uint8_t, kGuard + kAlignments + kLongestRun * sizeof(T) + kGuard> octets_;
};

/// Returns the number of wrong results, over every length at every alignment of input and output. Samples of int16 are at even addresses.
template <class In, class Out, class Kernel>
int wrong_at_any_length(Kernel kernel, const std::vector<In>& from, const std::vector<Out>& expected) {
  int wrong = 0;
  for (std::size_t alignment = 0; alignment < kAlignments; ++alignment) {
    const std::size_t in_shift = alignment / sizeof(In) * sizeof(In),
                      out_shift = (kAlignments - 1 - alignment) / sizeof(Out) * sizeof(Out);
    for (std::size_t length = 0; length <= kLongestRun; ++length) {
      const std::size_t first = (alignment * 977 + length * 131) % (from.size() - kLongestRun);
      GuardedRoom<In> in(in_shift);
      GuardedRoom<Out> out(out_shift);
      std::memcpy(in.begin(), from.data() + first, length * sizeof(In));
      kernel(in.begin(), out.begin(), length);
      wrong += !std::equal(out.begin(), out.begin() + length, expected.begin() + static_cast<std::ptrdiff_t>(first));
      wrong += !out.guarded_beyond(length);
    }
  }
  return wrong;
}

template <class From, class To, class One>
std::vector<To> each(const std::vector<From>& values, One one) {
  std::vector<To> results(values.size());
  std::transform(values.begin(), values.end(), results.begin(), one);
  return results;
}

template <class In, class Out, class Kernel>
int wrong_at_all(Kernel kernel, const std::vector<In>& from, const std::vector<Out>& expected) {
  std::vector<Out> got(from.size());
  kernel(from.data(), got.data(), from.size());
  int wrong = 0;
  for (std::size_t i = 0; i < got.size(); ++i) wrong += got[i] != expected[i];
  return wrong;
}

}  // namespace

TEST_CASE("Each G.711 kernel that this machine supports encodes all 65,536 samples like the scalar functions, at any length and alignment [ITU-T G.711]") {
  const auto samples = all_samples();
  auto mixed = samples;  // Neighbours differ in size and sign, so that a lane that uses its neighbour's sample gives a wrong code.
  for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] = samples[i * 40503 % samples.size()];
  const auto mulaw = each<std::int16_t, std::uint8_t>(mixed, mulaw_of), alaw = each<std::int16_t, std::uint8_t>(mixed, alaw_of);
  for (const auto* kernels : g711_kernels()) {
    CAPTURE(std::string(kernels->name));
    CHECK(wrong_at_all(kernels->encode_mulaw, samples, each<std::int16_t, std::uint8_t>(samples, mulaw_of)) == 0);
    CHECK(wrong_at_all(kernels->encode_alaw, samples, each<std::int16_t, std::uint8_t>(samples, alaw_of)) == 0);
    CHECK(wrong_at_any_length(kernels->encode_mulaw, mixed, mulaw) == 0);
    CHECK(wrong_at_any_length(kernels->encode_alaw, mixed, alaw) == 0);
  }
}

TEST_CASE("Each G.711 kernel that this machine supports decodes all 256 codes like the scalar functions, at any length and alignment [ITU-T G.711]") {
  std::vector<std::uint8_t> codes(4096);
  for (std::size_t i = 0; i < codes.size(); ++i) codes[i] = static_cast<std::uint8_t>(i < 256 ? i : i * 167 + i / 256);
  const auto mulaw = each<std::uint8_t, std::int16_t>(codes, of_mulaw), alaw = each<std::uint8_t, std::int16_t>(codes, of_alaw);
  for (const auto* kernels : g711_kernels()) {
    CAPTURE(std::string(kernels->name));
    CHECK(wrong_at_all(kernels->decode_mulaw, codes, mulaw) == 0);
    CHECK(wrong_at_all(kernels->decode_alaw, codes, alaw) == 0);
    CHECK(wrong_at_any_length(kernels->decode_mulaw, codes, mulaw) == 0);
    CHECK(wrong_at_any_length(kernels->decode_alaw, codes, alaw) == 0);
  }
}

TEST_CASE("g711_chosen() returns one of the tested kernels, and returns the AVX2 kernel if the machine has AVX2") {
  const auto kernels = g711_kernels();
  REQUIRE(!kernels.empty());
  CHECK(kernels.front() == &kG711Scalar);
  CHECK(std::find(kernels.begin(), kernels.end(), &g711_chosen()) != kernels.end());
  std::string names;
  for (const auto* kernel : kernels) names += std::string(kernel->name) + " ";
  MESSAGE("this machine has: " << names << "- and uses " << std::string(g711_chosen().name));
#if defined(__x86_64__)
  if (base::has(base::InstructionSet::Avx2)) CHECK(&g711_chosen() == &kG711Avx2);
#elif defined(__aarch64__)
  CHECK(&g711_chosen() == &kG711Neon);
#endif
}
