#pragma once

#include <offhook/agent/records/call_record.hpp>
#include <offhook/media/recording_encoder.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace offhook::inline v0::agent::recordings {

using records::WallTime;

/// What a recording's file is called: "20261122T101530Z-k3x9f0a7c2m1p.opus", and ".sealed" behind it where it is encrypted.
struct RecordingName {
  static constexpr std::size_t kMaxCallBytes = 64;

  WallTime began{};      ///< whole seconds
  std::string call;      ///< its id (agent/records/call_id.hpp): 1 to kMaxCallBytes of a-z, 0-9, - and _
  media::RecordingFormat format = media::RecordingFormat::OggOpus;
  bool sealed = false;

  [[nodiscard]] std::string text() const;
};

/// Nothing: `call` could not stand in a file's name.
[[nodiscard]] std::optional<RecordingName> name_recording(std::string_view call, WallTime began, media::RecordingFormat format, bool sealed);
/// Nothing: no file of ours.
[[nodiscard]] std::optional<RecordingName> parse_recording_name(std::string_view file);

}  // namespace offhook::inline v0::agent::recordings
