#pragma once

#include <offhook/base/result.hpp>
#include <offhook/media/sealed_recording.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace offhook::inline v0::media {

struct OpenedRecording {
  SealedKind kind{};
  std::uint64_t octets = 0;  ///< of what was inside
  bool whole = true;         ///< false: the end is missing, and what there is was kept because it was wished for
};

struct OpenFailure {
  enum class What : std::uint8_t { Read, Write, Seal };
  What what{};
  int number = 0;       ///< errno's, for the first two
  SealError seal{};     ///< for the last one
};

struct OpenWish {
  std::string from;
  std::string to;               ///< a new file, readable by nobody else; "": it is only checked
  bool keep_what_is_cut = false;  ///< a file without its end is given up to its last chunk that is whole
};

/// Opens an encrypted recording from end to end, a chunk at a time. A WAV gets its length into its header. Unless it succeeds, no
/// file is left. Blocks.
[[nodiscard]] base::Result<OpenedRecording, OpenFailure> open_recording(const OpenWish& wish, const RecordingKey& key);

}  // namespace offhook::inline v0::media
