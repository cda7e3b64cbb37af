#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /limits, /log and /health.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kServiceSettings{
    Setting{.section = "limits", .name = "call_seconds", .shape = Shape::Whole, .least = 10, .most = 86400,
            .unit = "seconds", .meaning = "how long a call may last", .field = kField<&Config::limits, &Limits::call>},
    Setting{.section = "limits", .name = "ring_seconds", .shape = Shape::Whole, .least = 0, .most = 60, .unit = "seconds",
            .meaning = "how long a call rings at least before it is answered", .field = kField<&Config::limits, &Limits::ring>},
    Setting{.section = "limits", .name = "silence_seconds", .shape = Shape::Whole, .least = 2, .most = 600,
            .unit = "seconds", .meaning = "until a silent caller is asked", .field = kField<&Config::limits, &Limits::silence>},
    Setting{.section = "limits", .name = "transfer_ring_seconds", .shape = Shape::Whole, .least = 5, .most = 120, .unit = "seconds",
            .meaning = "how long the target of an attended transfer rings; then the agent has the caller back", .field = kField<&Config::limits, &Limits::transfer_ring>},
    Setting{.section = "limits", .name = "calls", .shape = Shape::Whole, .least = 1, .most = 1000,
            .meaning = "calls at once; one more hears busy", .field = kField<&Config::limits, &Limits::calls>},
    Setting{.section = "limits", .name = "drain_seconds", .shape = Shape::Whole, .least = 0, .most = 3600,
            .unit = "seconds",
            .meaning = "what running calls get after SIGTERM; what then waits for an answer, such as a BYE, gets up to 35 more",
            .field = kField<&Config::limits, &Limits::drain>},
    Setting{.section = "log", .name = "level", .environment = "LOG_LEVEL", .shape = Shape::Choice,
            .choices = "debug info warning error off", .meaning = "the least that is logged",
            .field = kField<&Config::log, &Log::level>},
    Setting{.section = "log", .name = "format", .shape = Shape::Choice, .choices = "text json",
            .meaning = "`text` for people, `json` for programs", .field = kField<&Config::log, &Log::format>},
    Setting{.section = "health", .name = "port", .shape = Shape::Whole, .least = 0, .most = 65535,
            .meaning = "TCP port of `/healthz`, `/readyz`, `/calls` and `/metrics`, and of POST `/calls/ID/recording/pause` and `resume`; 0 for none", .field = kField<&Config::health, &HealthSettings::port>},
    Setting{.section = "health", .name = "address", .shape = Shape::Address,
            .meaning = "the local address of that port. On a loopback address the port answers requests for `localhost` or a loopback address, and "
                       "others with 421; another address needs `/health/token`",
            .field = kField<&Config::health, &HealthSettings::address>},
    Setting{.section = "health", .name = "token", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: each request gets all pages",
            .meaning = "requests without `Authorization: Bearer TOKEN` get `/healthz` and the status of `/readyz` alone; 16 letters, digits or `-._~+/=` at least. "
                       "It crosses the network in the clear: use it within a network that you trust, or behind a proxy with TLS",
            .secret = true, .field = kField<&Config::health, &HealthSettings::token>},
};

}  // namespace

std::span<const Setting> service_settings() { return kServiceSettings; }

}  // namespace offhook::inline v0::agent::config
