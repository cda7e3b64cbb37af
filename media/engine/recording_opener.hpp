#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/files/sealed_recording.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::media {

struct OpenedRecording {
  SealedKind kind{};
  std::uint64_t octets = 0;  ///< octets of the content
  bool whole = true;         ///< false if the end is missing, and OpenWish::keep_what_is_cut kept the content before it
};

struct OpenFailure {
  enum class What : std::uint8_t { Read, Write, Seal };
  What what{};
  int number = 0;       ///< errno's number if `what` is Read or Write
  SealError seal{};     ///< set if `what` is Seal
};

struct OpenWish {
  std::string from;
  std::string to;               ///< a new file that only this process's user may read; if it is "", the recording is only checked
  bool keep_what_is_cut = false;  ///< for a file without its end, keep the content up to its last complete chunk
};

/// Decrypts a recording from start to end, one chunk at a time. Writes the length into the header of a WAV. Leaves no file unless it succeeds. Blocks.
[[nodiscard]] base::Result<OpenedRecording, OpenFailure> open_recording(const OpenWish& wish, const RecordingKey& key);

}  // namespace offhook::inline v0::media
