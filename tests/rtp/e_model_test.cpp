#include <offhook/rtp/e_model.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <utility>

using namespace offhook;
using rtp::QualityScale;

namespace {

rtp::EModelInput delayed(double ms) {
  rtp::EModelInput input;
  input.mean_delay_ms = input.absolute_delay_ms = ms;
  input.round_trip_ms = 2 * ms;
  return input;
}
double r_with_loss(const rtp::CodecImpairment& codec, double percent, double burst_ratio = 1) {
  rtp::EModelInput input;
  input.codec = codec;
  input.loss_percent = percent;
  input.burst_ratio = burst_ratio;
  return rtp::rate(input).r;
}

}  // namespace

TEST_CASE("With all defaults the E-model gives R = 93.2, and the components of the standard [ITU-T G.107 section 7.7]") {
  const auto rating = rtp::rate({});
  CHECK(rating.r == doctest::Approx(93.2).epsilon(0.0005));
  CHECK(rating.signal_to_noise == doctest::Approx(94.77).epsilon(0.0005));
  CHECK(rating.simultaneous == doctest::Approx(1.41).epsilon(0.005));
  CHECK(rating.delay == doctest::Approx(0.15).epsilon(0.01));
  CHECK(rating.equipment == 0);
  CHECK(rtp::mean_opinion_score(rating.r, QualityScale::Narrowband) == doctest::Approx(4.41).epsilon(0.001));
}

TEST_CASE("The mean opinion score for each R is the value in the standard's table [ITU-T G.107 table B.1]") {
  for (const auto& [r, mos] : {std::pair{90.0, 4.34}, {80.0, 4.03}, {70.0, 3.60}, {60.0, 3.10}, {50.0, 2.58}})
    CHECK(std::abs(rtp::mean_opinion_score(r, QualityScale::Narrowband) - mos) < 0.007);
}

TEST_CASE("The mean opinion score stays between 1 and 4.5 for every R [ITU-T G.107 annex B]") {
  for (const double r : {-1000.0, -1.0, 0.0, 3.0, 6.0}) CHECK(rtp::mean_opinion_score(r, QualityScale::Narrowband) == 1);
  for (const double r : {100.0, 101.0, 1e9}) CHECK(rtp::mean_opinion_score(r, QualityScale::Narrowband) == 4.5);
  CHECK(rtp::mean_opinion_score(129, QualityScale::Wideband) == 4.5);
  CHECK(rtp::mean_opinion_score(128, QualityScale::Wideband) < 4.5);
  for (double r = 0; r < 130; r += 0.5) {
    CHECK(rtp::mean_opinion_score(r, QualityScale::Narrowband) <= rtp::mean_opinion_score(r + 0.5, QualityScale::Narrowband));
    CHECK(rtp::mean_opinion_score(r, QualityScale::Wideband) <= rtp::mean_opinion_score(r, QualityScale::Narrowband));
  }
}

TEST_CASE("R falls slowly with a delay of up to 177 ms, and steeply with a longer delay, like the published approximation [Cole and Rosenbluth 2001]") {
  for (double ms = 0; ms <= 400; ms += 10) {
    const double approximated = 93.2 - 0.024 * ms - (ms > 177.3 ? 0.11 * (ms - 177.3) : 0);
    CHECK(std::abs(rtp::rate(delayed(ms)).r - approximated) < 3.3);
  }
  CHECK(rtp::rate(delayed(150)).r == doctest::Approx(89.54).epsilon(0.0005));
  CHECK(rtp::rate(delayed(400)).r == doctest::Approx(62.25).epsilon(0.0005));
}

TEST_CASE("Without an echo, a delay of 100 ms does not lower R, and a delay of 101 ms lowers R [ITU-T G.107 section 7.4]") {
  rtp::EModelInput input;
  const double best = rtp::rate(input).r;
  input.absolute_delay_ms = 100;
  CHECK(rtp::rate(input).r == best);
  input.absolute_delay_ms = 101;
  CHECK(rtp::rate(input).r < best);
}

TEST_CASE("A louder echo lowers R more, and a later echo lowers R more [ITU-T G.107 section 7.4]") {
  double last = 100;
  for (double loudness = 65; loudness >= 5; loudness -= 5) {
    auto input = delayed(50);
    input.talker_echo_loudness = loudness;
    const double r = rtp::rate(input).r;
    CHECK(r < last);
    last = r;
    auto later = delayed(150);
    later.talker_echo_loudness = loudness;
    CHECK(rtp::rate(later).r < r);
  }
  for (const double masking : {5.0, 25.0}) {  // A strong sidetone, which hides the beginning of the echo, and a weak one.
    auto input = delayed(50);
    input.sidetone_masking = masking;
    CHECK(std::isfinite(rtp::rate(input).r));
    CHECK(rtp::rate(input).r < rtp::rate(delayed(50)).r);
  }
}

TEST_CASE("The loss impairment of G.711, with and without concealment, is close to the measured one [ITU-T G.113 table I.3 and its formula]") {
  const auto impairment = [](const rtp::CodecImpairment& codec, double percent) { return r_with_loss(codec, 0) - r_with_loss(codec, percent); };
  for (const auto& [percent, ie] : {std::pair{2.0, 7.0}, {3.0, 10.0}, {5.0, 15.0}, {7.0, 20.0}})
    CHECK(std::abs(impairment(rtp::kG711ConcealedImpairment, percent) - ie) < 1.0);
  for (const auto& [percent, ie] : {std::pair{2.0, 35.0}, {3.0, 45.0}, {5.0, 55.0}})
    CHECK(std::abs(impairment(rtp::kG711Impairment, percent) - ie) < 6.5);
  CHECK(impairment(rtp::kG711Impairment, 100) < 95);
  CHECK(r_with_loss(rtp::kG711Impairment, 101) == r_with_loss(rtp::kG711Impairment, 100));
  CHECK(r_with_loss(rtp::kG711Impairment, -1) == r_with_loss(rtp::kG711Impairment, 0));
}

TEST_CASE("Loss in bursts lowers R more than the same amount of random loss [ITU-T G.107 section 7.5]") {
  CHECK(r_with_loss(rtp::kG711ConcealedImpairment, 3, 2) < r_with_loss(rtp::kG711ConcealedImpairment, 3, 1));
  CHECK(r_with_loss(rtp::kG711ConcealedImpairment, 3, 0.5) == r_with_loss(rtp::kG711ConcealedImpairment, 3, 1));
}

TEST_CASE("Wideband codecs have their own R scale, up to 129 [ITU-T G.107.1 section 7]") {
  CHECK(r_with_loss({0, 4.3, QualityScale::Wideband}, 0) == 129);
  CHECK(r_with_loss(rtp::kG722Impairment, 0) == 116);
  CHECK(rtp::mean_opinion_score(116, QualityScale::Wideband) == doctest::Approx(4.33).epsilon(0.002));
  CHECK(r_with_loss(rtp::kG722Impairment, 1) == doctest::Approx(116 - 82 * 1 / 5.9));
  auto late = delayed(400);
  late.codec = rtp::kG722Impairment;
  CHECK(rtp::rate(late).r < 90);
}
