#include <offhook/tests/media/allocations.hpp>

#include <offhook/media/codec/g711.hpp>
#include <offhook/media/codec/g722.hpp>
#include <offhook/media/dsp/resample.hpp>
#include <offhook/media/receive/conceal.hpp>

#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {
std::atomic<std::uint64_t> operator_new_calls{0};
}  // namespace

std::uint64_t offhook_test::allocations() { return operator_new_calls.load(); }

// Replaces the allocator of this test program. The nothrow and array forms call these functions. They are noinline, because g++
// would otherwise report a mismatch of malloc and delete, or of new and free.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++operator_new_calls;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace offhook;

TEST_CASE("The codecs, Resampler and Concealer allocate nothing per frame [design: no allocation on the path]") {
  media::G722Encoder encoder;
  media::G722Decoder decoder;
  media::Resampler up(8000, 16000), down(16000, 8000);
  media::Concealer concealer(8000);
  std::array<std::int16_t, 160> narrow{};
  std::array<std::int16_t, 320> wide{};
  std::array<std::uint8_t, 160> codes{};
  const auto before = offhook_test::allocations();
  for (int i = 0; i < 50; ++i) {
    (void)media::decode_mulaw(codes, narrow);
    concealer.good(narrow);
    concealer.conceal(narrow);
    (void)up.process(narrow, wide);
    (void)encoder.encode(wide, codes);
    (void)decoder.decode(codes, wide);
    encoder.reset();
    decoder.reset();
    (void)down.process(wide, narrow);
    (void)media::encode_alaw(narrow, codes);
  }
  CHECK(offhook_test::allocations() == before);
}
