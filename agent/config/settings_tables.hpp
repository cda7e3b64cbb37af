#pragma once

#include <offhook/agent/config/settings.hpp>

#include <cstdint>
#include <span>

/// The parts of the table of settings, one for each file settings_NAME.cpp, and their common bounds.
namespace offhook::inline v0::agent::config {

inline constexpr std::int64_t kMaxName = 128;
inline constexpr std::int64_t kMaxHostName = 253;  // RFC 1035 section 2.3.4
inline constexpr std::int64_t kMaxPath = 4095;
inline constexpr std::int64_t kMaxPrompt = 32768;
inline constexpr std::int64_t kMaxSentence = 1000;
inline constexpr std::int64_t kMaxUrl = 2048;
inline constexpr std::int64_t kMaxKey = 4096;
inline constexpr std::int64_t kMaxInList = 16, kMaxInLongList = 64;

[[nodiscard]] std::span<const Setting> sip_settings();
[[nodiscard]] std::span<const Setting> agent_settings();
[[nodiscard]] std::span<const Setting> providers_settings();
[[nodiscard]] std::span<const Setting> media_settings();
[[nodiscard]] std::span<const Setting> service_settings();
[[nodiscard]] std::span<const Setting> records_settings();

}  // namespace offhook::inline v0::agent::config
