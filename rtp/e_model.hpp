#pragma once

#include <cstdint>
#include <string_view>

/// The E-model computes how people rate a call of a given delay, loss, codec and echo: ITU-T G.107 (06/2015) for speech of 300 to 3400 Hz, and
/// G.107.1 (06/2019) for 50 to 7000 Hz. The model was made to plan networks. Its figures compare calls and show faults; they are not the opinion of
/// one caller. The functions are pure and take a microsecond or two: call them for a report, not in a tick.
namespace offhook::inline v0::rtp {

/// Figures of the two scales are not comparable: the same R means less on the wideband scale, which ends at 129 instead of 93.2.
enum class QualityScale : std::uint8_t { Narrowband, Wideband };
[[nodiscard]] std::string_view to_string(QualityScale scale);  ///< returns "narrowband" or "wideband"

/// Reduction of R by a codec (Ie), and the codec's robustness against packet loss (Bpl): planning values of ITU-T G.113.
struct CodecImpairment {
  double ie = 0;
  double bpl = 4.3;
  QualityScale scale = QualityScale::Narrowband;
};
inline constexpr CodecImpairment kG711Impairment{0, 4.3, QualityScale::Narrowband};            ///< G.113 table I.4: silence in place of each lost packet
inline constexpr CodecImpairment kG711ConcealedImpairment{0, 25.1, QualityScale::Narrowband};  ///< the same table: concealment by G.711 Appendix I
/// Ie of G.113 table IV.1, 64 kbit/s. ITU-T publishes no Bpl of G.722. This Bpl belongs to the nearest wideband codec with a published Bpl (G.722.2
/// at 23.85 kbit/s, table IV.4), so that figures under loss are estimates. For Opus, ITU-T publishes no values on either scale.
inline constexpr CodecImpairment kG722Impairment{13, 4.9, QualityScale::Wideband};

/// All inputs of G.107, with the default values and the units (dB, dBm, dBm0p, ms) of its table 2.
struct EModelInput {
  double send_loudness = 8;              ///< SLR
  double receive_loudness = 2;           ///< RLR
  double sidetone_masking = 15;          ///< STMR
  double listener_sidetone = 18;         ///< LSTR
  double send_d_factor = 3;              ///< Ds
  double talker_echo_loudness = 65;      ///< TELR
  double echo_path_loss = 110;           ///< WEPL
  double mean_delay_ms = 0;              ///< T, one way, of the echo path
  double round_trip_ms = 0;              ///< Tr, in the four-wire loop
  double absolute_delay_ms = 0;          ///< Ta, one way from talker to listener, on an echo-free connection
  double quantizing_units = 1;           ///< qdu
  CodecImpairment codec = {0, 4.3, QualityScale::Narrowband};  ///< Ie, Bpl
  double loss_percent = 0;               ///< Ppl
  double burst_ratio = 1;                ///< BurstR
  double circuit_noise = -70;            ///< Nc
  double noise_floor = -64;              ///< Nfor
  double send_room_noise = 35;           ///< Ps
  double receive_room_noise = 35;        ///< Pr
  double advantage = 0;                  ///< A
};

/// The rating R and its terms.
struct Rating {
  double r = 0;                 ///< may be below 0 and, on the narrowband scale, above 93.2
  double signal_to_noise = 0;   ///< Ro
  double simultaneous = 0;      ///< Is
  double delay = 0;             ///< Id
  double equipment = 0;         ///< Ie,eff
};

/// Computes the rating by ITU-T G.107 section 7. The wideband scale uses G.107.1 section 7: Ro is 129, Is is 0, and Id has only the terms that
/// G.107.1 covers: talker echo and absolute delay, by the formulas of G.107.
[[nodiscard]] Rating rate(const EModelInput& input) noexcept;

/// Returns the estimated mean opinion score of a conversation, 1 to 4.5: ITU-T G.107 annex B, and G.107.1 annex A for the wideband scale. Scores of
/// the two scales are not comparable: 4.4 for telephone speech is not 4.4 for wideband speech.
[[nodiscard]] double mean_opinion_score(double r, QualityScale scale) noexcept;

}  // namespace offhook::inline v0::rtp
