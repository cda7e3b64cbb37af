#pragma once

#include <offhook/base/random.hpp>
#include <offhook/bench/legs/leg_plan.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/files/prompt.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/media/stream/stream.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace offhook::bench {

/// The audio that a leg receives and sends. Many rows can share it.
struct LegSounds {
  std::vector<std::int16_t> said;                         ///< audio that the leg sends, at the port's rate
  std::vector<std::vector<std::uint8_t>> packets;         ///< the packets that the leg receives, 20 ms each
  std::shared_ptr<const media::Prompt> music;             ///< music that a waiting leg sends
  [[nodiscard]] static std::shared_ptr<const LegSounds> make(const LegKind& kind);
};

/// Eight calls without sockets, which one worker ticks together. In each tick, one packet of voice arrives for each call, both directions
/// are processed, and the heard frame is discarded.
class OneRow {
 public:
  static constexpr std::size_t kLegs = media::LegRow::kLanes;

  explicit OneRow(const LegKind& kind) : OneRow(kind, LegSounds::make(kind)) {}
  OneRow(const LegKind& kind, std::shared_ptr<const LegSounds> sounds);
  void tick(std::size_t turn);

 private:
  struct Leg {
    base::SeededRandom random{7};
    std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
    std::unique_ptr<media::Stream> stream;
    std::size_t spoken = 0;
  };
  void speak(Leg& leg);
  void send(Leg& leg, std::size_t turn);
  void take_away(Leg& leg);

  std::array<Leg, kLegs> legs_;
  media::VoiceBank voice_{kLegs};
  media::Sendout sendout_;
  media::HeardFrame heard_;
  std::uint8_t payload_type_;
  std::uint32_t units_;                // 20 ms in units of the RTP clock
  std::shared_ptr<const LegSounds> sounds_;
};

}  // namespace offhook::bench
