#pragma once

#include <offhook/sdp/capability.hpp>

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

namespace offhook::inline v0::sdp {

/// The payload types by which we receive the codecs and events of one section. A number keeps its meaning for the whole session: RFC 3264
/// section 8.3.2.
class PayloadNumbers {
 public:
  explicit PayloadNumbers(const AudioCapability& capability);

  /// Takes over the offerer's payload types: we receive by these numbers (RFC 3264 section 6.1), and give them no other meaning later.
  void learn(const Media& offered, const AudioCapability& capability);

  /// Returns nullopt if no number is free for the codec, or if the capability does not list it.
  [[nodiscard]] std::optional<std::uint8_t> of(AudioCodec codec) const { return codecs_[static_cast<std::size_t>(codec)]; }
  [[nodiscard]] const EventNumbers& of_events() const { return events_; }
  /// Returns true if the peer gave the number another meaning.
  [[nodiscard]] bool is_taken(std::uint8_t number) const { return taken_.test(number); }
  /// Returns true if each number has one meaning.
  [[nodiscard]] bool is_consistent() const;

 private:
  std::array<std::optional<std::uint8_t>, kAudioCodecs> codecs_{};
  EventNumbers events_{};
  std::bitset<128> taken_;
};

}  // namespace offhook::inline v0::sdp
