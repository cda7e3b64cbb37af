#include <offhook/media/detect/echo_lags.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

using namespace offhook;
using media::SixteenBytes;
using media::detail::EchoLags;
using media::detail::kEchoLags;
using media::detail::kEchoPlaces;

namespace {

/// Computes the values of the kernels with plain code, one lag and one band at a time.
struct Plain {
  std::vector<std::vector<int>> loss;
  std::vector<int> unexplained, likeness;

  explicit Plain(const EchoLags& lags) {
    for (std::size_t lag = 0; lag < kEchoLags; ++lag) {
      loss.emplace_back();
      for (std::size_t band = 0; band < 16; ++band) loss.back().push_back(lags.loss[lag][band]);
      unexplained.push_back(lags.unexplained[lag]);
      likeness.push_back(lags.likeness[lag]);
    }
  }
  [[nodiscard]] bool is(const EchoLags& lags) const {
    const Plain other(lags);
    return loss == other.loss && unexplained == other.unexplained && likeness == other.likeness;
  }
  [[nodiscard]] int sum(std::size_t lag) const {
    int sum = 0;
    for (const int band : loss[lag]) sum += band;
    return sum;
  }
  void learn(const SixteenBytes* low, SixteenBytes heard, SixteenBytes contradicted, int fall, int rise) {
    for (std::size_t lag = 0; lag < kEchoLags; ++lag) {
      for (std::size_t band = 0; band < 16; ++band) {
        int& known = loss[lag][band];
        const int sent = low[lag][band], expected = std::max(sent - known, 0);
        const bool outgrows = heard[band] > expected && sent > 0;
        if (expected > contradicted[band]) known = std::min(known + fall, 255);
        if (outgrows) known = std::max(known - rise, 0);
      }
    }
  }
  media::detail::EchoAnswer judge(const SixteenBytes* high, const media::detail::EchoQuestion& q) {
    int strongest = 1 << 16, least = 1 << 16;
    for (std::size_t lag = 0; lag < kEchoLags; ++lag) strongest = std::min(strongest, sum(lag));
    bool echo = false;
    for (std::size_t lag = 0; lag < kEchoLags; ++lag) {
      int open = 0;
      for (std::size_t band = 0; band < 16; ++band) {
        const int most = std::min(std::max(high[lag][band] - q.loss[band], 0) + q.gain[band], 255);
        const int above = q.heard[band] - most;
        open += above > 0 ? q.share[band] : 0;
        open += above > q.far_above[band] ? q.share[band] : 0;
      }
      unexplained[lag] += (open * 128 - unexplained[lag]) * 3 / 8;
      echo = echo || unexplained[lag] <= (sum(lag) <= strongest + q.known_within ? q.open_at_known : q.open_at_unknown);
      least = std::min(least, unexplained[lag]);
    }
    return {static_cast<std::uint16_t>(least), echo};
  }
  int compare(const std::uint16_t* sent, std::uint16_t heard, std::uint64_t loud) {
    for (std::size_t lag = 0; lag < kEchoLags; ++lag) {
      if ((loud >> lag & 1) == 0) continue;
      const int alike = std::popcount(static_cast<std::uint16_t>(~(sent[lag] ^ heard)));
      likeness[lag] += (alike * 4095 - likeness[lag]) / 64;
    }
    return *std::max_element(likeness.begin(), likeness.end());
  }
};

struct Dice {
  std::mt19937 engine{7};
  unsigned below(unsigned end) { return static_cast<unsigned>(engine() % end); }
  /// Returns 0 and 255 more often than other values.
  std::uint8_t byte() {
    const unsigned kind = below(6);
    return static_cast<std::uint8_t>(kind == 0 ? 0 : kind == 1 ? 255 : below(256));
  }
  SixteenBytes bytes() {
    SixteenBytes all;
    for (std::size_t i = 0; i < 16; ++i) all[i] = byte();
    return all;
  }
  SixteenBytes share() {  // The bytes add up to at most 255.
    SixteenBytes all{};
    for (unsigned left = 255, i = 0; i < 16 && left > 0; ++i) {
      const unsigned part = below(3) == 0 ? left : below(left + 1);
      all[i] = static_cast<std::uint8_t>(part);
      left -= part;
    }
    return all;
  }
};

EchoLags begun() {
  EchoLags lags;
  lags.loss.fill(SixteenBytes{} + std::uint8_t{255});
  lags.unexplained.fill(EchoLags::kNoLag);
  lags.likeness.fill(0);
  std::fill_n(lags.loss.begin(), kEchoLags, SixteenBytes{});
  std::fill_n(lags.unexplained.begin(), kEchoLags, std::uint16_t{0});
  return lags;
}

bool is_none(const EchoLags& lags, std::size_t place) {
  return media::sum_of(lags.loss[place]) == 4080 && lags.unexplained[place] == EchoLags::kNoLag && lags.likeness[place] == 0;
}

}  // namespace

TEST_CASE("All kernels of EchoGuard compute the values of their formulas, and do not change the array places that belong to no lag") {
  for (const auto* kernels : media::detail::echo_kernels()) {
    CAPTURE(kernels->name);
    Dice dice;
    EchoLags lags = begun();
    int wrong = 0, echoes = 0;
    for (int step = 0; step < 3000; ++step) {
      Plain plain(lags);
      std::vector<SixteenBytes> sent(kEchoPlaces);
      for (auto& bytes : sent) bytes = dice.bytes();
      const SixteenBytes heard = dice.bytes(), contradicted = dice.bytes();
      const auto fall = static_cast<std::uint8_t>(dice.below(9)), rise = static_cast<std::uint8_t>(dice.below(3) * dice.below(2));
      const auto least = kernels->learn(lags, sent.data(), heard, contradicted, media::all_sixteen(fall), media::all_sixteen(rise));
      plain.learn(sent.data(), heard, contradicted, fall, rise);
      for (std::size_t band = 0; band < 16; ++band) {
        int expected = 255;
        for (const auto& loss : plain.loss) expected = std::min(expected, loss[band]);
        wrong += least[band] != expected;
      }
      const media::detail::EchoQuestion question{.heard = heard,
                                                 .share = dice.share(),
                                                 .loss = dice.bytes(),
                                                 .gain = dice.bytes(),
                                                 .far_above = dice.bytes(),
                                                 .known_within = static_cast<std::uint16_t>(dice.below(512)),
                                                 .open_at_known = static_cast<std::uint16_t>(dice.below(8000)),
                                                 .open_at_unknown = static_cast<std::uint16_t>(dice.below(4000))};
      const auto answer = kernels->judge(lags, sent.data(), question), plainly = plain.judge(sent.data(), question);
      wrong += answer.echo != plainly.echo || answer.least_unexplained != plainly.least_unexplained;
      echoes += answer.echo;
      std::vector<std::uint16_t> patterns(kEchoPlaces);
      for (auto& pattern : patterns) pattern = static_cast<std::uint16_t>(dice.below(4) == 0 ? 0xffff : dice.below(65536));
      const auto pattern = static_cast<std::uint16_t>(dice.below(4) == 0 ? 0xffff : dice.below(65536));
      const std::uint64_t loud = std::uint64_t{dice.below(0xffffffff)} << 32 | dice.below(0xffffffff);
      wrong += kernels->compare(lags, patterns.data(), pattern, loud) != plain.compare(patterns.data(), pattern, loud);
      wrong += !plain.is(lags);
      for (std::size_t place = kEchoLags; place < kEchoPlaces; ++place) wrong += !is_none(lags, place);
    }
    CHECK(wrong == 0);
    CHECK(echoes > 300);
    CHECK(echoes < 2700);
  }
}

TEST_CASE("EchoGuard's NewestFirst keeps the newest steps first, after any number of steps") {
  media::detail::NewestFirst<int> steps;
  for (int step = 1; step < 500; ++step) {
    steps.push(step);
    if (step % 3 == 0) steps.change(1, -step);
    for (std::size_t age = 0; age < 2; ++age) {
      for (std::size_t lag = age == 0 ? 2 : 1; lag < kEchoPlaces - 1; ++lag) {
        const int at = step - static_cast<int>(age + lag), changed = (at + 1) % 3 == 0 ? -(at + 1) : at;
        REQUIRE(steps.from(age)[lag] == (at <= 0 ? 0 : changed));
      }
    }
  }
}
