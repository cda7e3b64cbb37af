#pragma once

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::recordings {

/// Whether recordings may go on, by what is free and by what they take. Pure: its owner looks.
class DiskRoom {
 public:
  struct Bounds {
    std::uint64_t least_free = 0;  ///< octets of the file system; 0: it may be filled
    std::uint64_t most_used = 0;   ///< octets of all recordings in the folder; 0: no bound
  };
  struct Look {
    std::optional<std::uint64_t> free;  ///< nothing: nobody could say
    std::uint64_t used = 0;
  };
  enum class Verdict : std::uint8_t { Room, TooLittleFree, TooMuchUsed };

  explicit DiskRoom(Bounds bounds) : bounds_(bounds) {}
  /// Full below `least_free` and from `most_used` on. There is room again with a tenth to spare: calls would be begun and stopped by
  /// the second else.
  Verdict on_look(Look look);
  [[nodiscard]] Verdict verdict() const { return verdict_; }

 private:
  Bounds bounds_;
  Verdict verdict_ = Verdict::Room;
};

}  // namespace offhook::inline v0::agent::recordings
