#pragma once

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::recordings {

/// Decides whether recordings may continue, by the free and the used disk space. It does no I/O: its owner measures.
class DiskSpace {
 public:
  struct Bounds {
    std::uint64_t least_free = 0;  ///< octets that must stay free on the file system; 0: no limit
    std::uint64_t most_used = 0;   ///< octets of all recordings in the folder; 0: no limit
  };
  struct Look {
    std::optional<std::uint64_t> free;  ///< nullopt: unknown
    std::uint64_t used = 0;
  };
  enum class Verdict : std::uint8_t { Room, TooLittleFree, TooMuchUsed };

  explicit DiskSpace(Bounds bounds) : bounds_(bounds) {}
  /// Updates the verdict. The space is too small below `least_free`, and from `most_used` on. It is sufficient again only with a tenth of the limit
  /// to spare: otherwise recordings would start and stop every second.
  Verdict on_look(Look look);
  [[nodiscard]] Verdict verdict() const { return verdict_; }

 private:
  Bounds bounds_;
  Verdict verdict_ = Verdict::Room;
};

}  // namespace offhook::inline v0::agent::recordings
