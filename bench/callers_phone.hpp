#pragma once

#include <offhook/agent/phone/endpoint.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::bench {

/// Returns the options of the telephone that all callers of a measurement share, on loopback.
[[nodiscard]] phone::EndpointOptions callers_phone(std::size_t most_calls);
/// Returns the options of the callers' account at the registrar on loopback, which demands no password.
[[nodiscard]] sip::AccountOptions callers_account(std::uint16_t registrar_port);

}  // namespace offhook::bench
