#pragma once

#include <offhook/agent/support/wall_time.hpp>
#include <offhook/media/files/recording_encoder.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::recordings {

/// The file name of a recording: "20261122T101530Z-k3x9f0a7c2m1p.opus", with ".sealed" at the end if the file is encrypted.
struct RecordingName {
  static constexpr std::size_t kMaxCallBytes = 64;

  WallTime began{};      ///< whole seconds
  std::string call;      ///< id of the call (agent/records/call_id.hpp): 1 to kMaxCallBytes of a-z, 0-9, - and _
  media::RecordingFormat format = media::RecordingFormat::OggOpus;
  bool sealed = false;

  [[nodiscard]] std::string text() const;
};

/// Returns the name, or nullopt if a file name cannot contain `call`.
[[nodiscard]] std::optional<RecordingName> name_recording(std::string_view call, WallTime began, media::RecordingFormat format, bool sealed);
/// Parses a file name. Returns nullopt if it is not the name of a recording.
[[nodiscard]] std::optional<RecordingName> parse_recording_name(std::string_view file);

}  // namespace offhook::inline v0::agent::recordings
