#pragma once

#include <offhook/media/dsp/band_powers.hpp>

#include <array>
#include <cstddef>
#include <optional>

namespace offhook::inline v0::media {

/// Powers by band of a call's received audio, and of the audio sent before it, for two steps of 10 ms each. Borrows from a VoiceBank until its next run().
class BandsOfCall {
 public:
  BandsOfCall(const std::array<detail::TwoSteps, 2>& powers, std::size_t lane) : powers_(&powers), lane_(lane) {}
  [[nodiscard]] detail::BandPowers heard(std::size_t step) const { return of((*powers_)[0][step]); }
  [[nodiscard]] detail::BandPowers sent(std::size_t step) const { return of((*powers_)[1][step]); }

 private:
  [[nodiscard]] detail::BandPowers of(const detail::TwoSteps::value_type& step) const {
    detail::BandPowers powers;
    for (std::size_t band = 0; band < powers.size(); ++band) powers[band] = step[band][lane_];
    return powers;
  }
  const std::array<detail::TwoSteps, 2>* powers_;
  std::size_t lane_;
};

/// The result for 20 ms of a call.
struct HeardVoice {
  bool voiced = false;
  std::optional<BandsOfCall> bands;  ///< nullopt if the user of this result must measure the powers itself
};

}  // namespace offhook::inline v0::media
