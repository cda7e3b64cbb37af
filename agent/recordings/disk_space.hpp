#pragma once

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::recordings {

/// Decides by the free and the used disk space whether recordings may continue. It does no I/O: its owner measures the space.
class DiskSpace {
 public:
  struct Bounds {
    std::uint64_t least_free = 0;  ///< octets that must stay free on the file system; 0: no limit
    std::uint64_t most_used = 0;   ///< octets that all recordings in the folder may reach; 0: no limit
  };
  struct Look {
    std::optional<std::uint64_t> free;  ///< free octets of the file system; nullopt: unknown
    std::uint64_t used = 0;             ///< octets of all recordings in the folder
  };
  enum class Verdict : std::uint8_t { Room, TooLittleFree, TooMuchUsed };

  explicit DiskSpace(Bounds bounds) : bounds_(bounds) {}
  /// Updates and returns the verdict. There is no room while the free space is below `least_free`, or the used space is at least `most_used`. There is
  /// room again only when the value is better than its limit by a tenth: otherwise recordings would start and stop every second.
  Verdict on_look(Look look);
  [[nodiscard]] Verdict verdict() const { return verdict_; }

 private:
  Bounds bounds_;
  Verdict verdict_ = Verdict::Room;
};

}  // namespace offhook::inline v0::agent::recordings
