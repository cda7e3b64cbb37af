#pragma once

#include <offhook/agent/config/settings.hpp>

#include <span>

/// The parts of the table of settings, one for each file settings_NAME.cpp.
namespace offhook::inline v0::agent::config {

[[nodiscard]] std::span<const Setting> sip_settings();
[[nodiscard]] std::span<const Setting> agent_settings();
[[nodiscard]] std::span<const Setting> network_settings();
/// Returns the settings of one provider in /providers.
[[nodiscard]] std::span<const Setting> provider_settings();
[[nodiscard]] std::span<const Setting> media_settings();
[[nodiscard]] std::span<const Setting> service_settings();
[[nodiscard]] std::span<const Setting> records_settings();

}  // namespace offhook::inline v0::agent::config
