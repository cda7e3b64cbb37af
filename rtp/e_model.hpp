#pragma once

#include <cstdint>
#include <string_view>

/// The E-model: how a call of given delay, loss, codec and echo is rated by people who talk over it. ITU-T G.107 (06/2015), for
/// speech of 300 to 3400 Hz, and G.107.1 (06/2019), for 50 to 7000 Hz. It was made to plan networks: its figures compare calls and
/// show trouble; they are no opinion of one caller. Pure functions of a microsecond or two: for the reader's side, not for a tick.
namespace offhook::inline v0::rtp {

/// The two scales share no figure: the same R means less on the wider one, whose best is 129 instead of 93.2.
enum class QualityScale : std::uint8_t { Narrowband, Wideband };
[[nodiscard]] std::string_view to_string(QualityScale scale);  ///< "narrowband", "wideband"

/// What a codec takes from R, and how well it stands loss (Ie and Bpl): planning values of ITU-T G.113.
struct CodecImpairment {
  double ie = 0;
  double bpl = 4.3;
  QualityScale scale = QualityScale::Narrowband;
};
inline constexpr CodecImpairment kG711Impairment{0, 4.3, QualityScale::Narrowband};            ///< G.113 table I.4: losses as silence
inline constexpr CodecImpairment kG711ConcealedImpairment{0, 25.1, QualityScale::Narrowband};  ///< the same, with G.711 Appendix I
/// Ie of G.113 table IV.1, 64 kbit/s. No Bpl is published: this is that of the nearest wideband codec that has one (G.722.2 at
/// 23.85 kbit/s, table IV.4), so that figures under loss are an estimate. For Opus nothing is published on either scale.
inline constexpr CodecImpairment kG722Impairment{13, 4.9, QualityScale::Wideband};

/// Everything that G.107 asks for, with the default values of its table 2. dB, dBm, dBm0p and ms as there.
struct EModelInput {
  double send_loudness = 8;              ///< SLR
  double receive_loudness = 2;           ///< RLR
  double sidetone_masking = 15;          ///< STMR
  double listener_sidetone = 18;         ///< LSTR
  double send_d_factor = 3;              ///< Ds
  double talker_echo_loudness = 65;      ///< TELR
  double echo_path_loss = 110;           ///< WEPL
  double mean_delay_ms = 0;              ///< T, one way, of the echo's path
  double round_trip_ms = 0;              ///< Tr, in the 4-wire loop
  double absolute_delay_ms = 0;          ///< Ta, mouth to ear without an echo
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

/// R and the parts that it is made of.
struct Rating {
  double r = 0;                 ///< may be below 0 and, on the narrowband scale, above 93.2
  double signal_to_noise = 0;   ///< Ro
  double simultaneous = 0;      ///< Is
  double delay = 0;             ///< Id
  double equipment = 0;         ///< Ie,eff
};

/// ITU-T G.107 section 7. On the wideband scale G.107.1 section 7: Ro is 129, Is is 0, and of Id what is studied there: talker echo
/// and absolute delay, by the formulas of G.107.
[[nodiscard]] Rating rate(const EModelInput& input) noexcept;

/// Estimated mean opinion score of a conversation, 1 to 4.5. ITU-T G.107 annex B; G.107.1 annex A for the wideband scale. R of the two
/// scales gives scores that must not be compared either: 4.4 of a telephone is not 4.4 of wideband speech.
[[nodiscard]] double mean_opinion_score(double r, QualityScale scale) noexcept;

}  // namespace offhook::inline v0::rtp
