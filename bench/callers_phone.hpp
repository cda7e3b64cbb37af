#pragma once

#include <offhook/agent/phone/endpoint.hpp>

#include <cstddef>
#include <cstdint>

namespace offhook::bench {

/// The telephone that all callers of a measurement share, at loopback.
[[nodiscard]] phone::EndpointOptions callers_phone(std::size_t most_calls);
/// Their account at the registrar on loopback; it asks for no password.
[[nodiscard]] sip::AccountOptions callers_account(std::uint16_t registrar_port);

}  // namespace offhook::bench
