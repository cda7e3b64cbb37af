#include <offhook/rtp/e_model.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::rtp {
namespace {

double ten_to(double tenths) noexcept { return std::pow(10.0, tenths / 10.0); }
double decibels(double power) noexcept { return 10.0 * std::log10(power); }

/// Returns (1 + x^n)^(1/n), the smooth corner from which G.107 builds its curves.
double corner(double x, double n) noexcept { return std::pow(1.0 + std::pow(x, n), 1.0 / n); }

/// Returns the positive root that converts the difference of two ratings into an impairment: equations 7-19 and 7-25.
double root(double from, double to, double offset) noexcept {
  const double half = (from - to) / 2.0;
  return half + std::sqrt(half * half + offset);
}

/// Returns the power of all noise at the 0 dBr point (the symbol "No" of G.107). Equations 7-3 to 7-7.
double noise(const EModelInput& in) noexcept {
  const double overall_loudness = in.send_loudness + in.receive_loudness;
  const double from_send_room = in.send_room_noise - in.send_loudness - in.send_d_factor - 100.0 +
                                0.004 * std::pow(in.send_room_noise - overall_loudness - in.send_d_factor - 14.0, 2.0);
  const double heard_room = in.receive_room_noise + decibels(1.0 + ten_to(10.0 - in.listener_sidetone));
  const double from_receive_room = in.receive_loudness - 121.0 + heard_room + 0.008 * std::pow(heard_room - 35.0, 2.0);
  const double floor = in.noise_floor + in.receive_loudness;
  return decibels(ten_to(in.circuit_noise) + ten_to(from_send_room) + ten_to(from_receive_room) + ten_to(floor));
}

/// Returns Ist, the impairment by a sidetone that is too loud or too quiet. Equations 7-11 and 7-12.
double sidetone(const EModelInput& in) noexcept {
  const double masking = -decibels(ten_to(-in.sidetone_masking) + std::exp(-in.mean_delay_ms / 4.0) * ten_to(-in.talker_echo_loudness));
  return 12.0 * corner((masking - 13.0) / 6.0, 8.0) - 28.0 * corner((masking + 1.0) / 19.4, 35.0) -
         13.0 * corner((masking - 3.0) / 33.0, 13.0) + 29.0;
}

/// Returns Is, the impairments that occur at the same time as the voice. Equations 7-8 to 7-17.
double simultaneous(const EModelInput& in, double signal_to_noise, double all_noise) noexcept {
  const double overall_loudness = in.send_loudness + in.receive_loudness;
  const double optimum = overall_loudness + 0.2 * (64.0 + all_noise - in.receive_loudness);
  const double too_loud = 20.0 * (corner(optimum / 8.0, 8.0) - optimum / 8.0);
  const double quality = 37.0 - 15.0 * std::log10(in.quantizing_units);
  const double g = 1.07 + 0.258 * quality + 0.0602 * quality * quality;
  const double y = (signal_to_noise - 100.0) / 15.0 + 46.0 / 8.4 - g / 9.0;
  const double z = 46.0 / 30.0 - g / 40.0;
  const double quantizing = 15.0 * std::log10(1.0 + std::pow(10.0, y) + std::pow(10.0, z));
  return too_loud + sidetone(in) + quantizing;
}

/// Returns Idte, the impairment by the talker's echo. Equations 7-19 to 7-24.
double talker_echo(const EModelInput& in, double all_noise) noexcept {
  const double t = in.mean_delay_ms;
  double echo_loudness = in.talker_echo_loudness - 40.0 * std::log10((1.0 + t / 10.0) / (1.0 + t / 150.0)) + 6.0 * std::exp(-0.3 * t * t);
  if (in.sidetone_masking < 9.0) echo_loudness += sidetone(in) / 2.0;
  const double without = -1.5 * (all_noise - in.receive_loudness);
  const double with = 80.0 + 2.5 * (echo_loudness - 14.0);
  const double impairment = (root(without, with, 100.0) - 1.0) * (1.0 - std::exp(-t));
  if (in.sidetone_masking <= 20.0) return impairment;
  return std::sqrt(impairment * impairment + std::pow(sidetone(in), 2.0));
}

/// Returns Idle, the impairment by the listener's echo. Equations 7-25 and 7-26.
double listener_echo(const EModelInput& in, double signal_to_noise) noexcept {
  const double with = 10.5 * (in.echo_path_loss + 7.0) * std::pow(in.round_trip_ms + 1.0, -0.25);
  return root(signal_to_noise, with, 169.0);
}

/// Returns Idd, the impairment by a long delay alone, without any echo. Equations 7-27 and 7-28.
double absolute_delay(double delay_ms) noexcept {
  constexpr double kUnheardMs = 100.0;
  if (delay_ms <= kUnheardMs) return 0.0;
  const double x = std::log2(delay_ms / kUnheardMs);
  return 25.0 * (corner(x, 6.0) - 3.0 * corner(x / 3.0, 6.0) + 2.0);
}

/// Returns Ie,eff, equal on both scales: both use the constant 95, although Ro is 93.2 on one scale and 129 on the other. Equation 7-29; G.107.1
/// equation 7-15.
double equipment(const EModelInput& in) noexcept {
  const double loss = std::clamp(in.loss_percent, 0.0, 100.0);
  const double burst_ratio = std::max(in.burst_ratio, 1.0);
  return in.codec.ie + (95.0 - in.codec.ie) * loss / (loss / burst_ratio + in.codec.bpl);
}

}  // namespace

std::string_view to_string(QualityScale scale) {
  switch (scale) {
    case QualityScale::Narrowband: return "narrowband";
    case QualityScale::Wideband: return "wideband";
  }
  return "unknown";
}

Rating rate(const EModelInput& input) noexcept {
  const double all_noise = noise(input);
  Rating rating;
  rating.delay = talker_echo(input, all_noise) + absolute_delay(input.absolute_delay_ms);
  rating.equipment = equipment(input);
  if (input.codec.scale == QualityScale::Wideband) {
    rating.signal_to_noise = 129.0;
  } else {
    rating.signal_to_noise = 15.0 - 1.5 * (input.send_loudness + all_noise);
    rating.simultaneous = simultaneous(input, rating.signal_to_noise, all_noise);
    rating.delay += listener_echo(input, rating.signal_to_noise);
  }
  rating.r = rating.signal_to_noise - rating.simultaneous - rating.delay - rating.equipment + input.advantage;
  return rating;
}

double mean_opinion_score(double r, QualityScale scale) noexcept {
  const double x = scale == QualityScale::Wideband ? r / 1.29 : r;
  if (x <= 0.0) return 1.0;
  if (x >= 100.0) return 4.5;
  // Below an R of 6.5 the polynomial is less than 1, the lowest score of the scale.
  return std::max(1.0, 1.0 + 0.035 * x + x * (x - 60.0) * (100.0 - x) * 7.0e-6);
}

}  // namespace offhook::inline v0::rtp
