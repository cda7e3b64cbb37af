#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /limits, /log, /health and /capture.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kServiceSettings{
    Setting{.section = "limits", .name = "call_seconds", .shape = Shape::Whole, .least = 10, .most = 86400,
            .unit = "seconds",
            .meaning = "the longest duration of a call", .field = kField<&Config::limits, &Limits::call>},
    Setting{.section = "limits", .name = "ring_seconds", .shape = Shape::Whole, .least = 0, .most = 60, .unit = "seconds",
            .meaning = "the shortest time that a call rings before Offhook answers it", .field = kField<&Config::limits, &Limits::ring>},
    Setting{.section = "limits", .name = "silence_seconds", .shape = Shape::Whole, .least = 2, .most = 600,
            .unit = "seconds",
            .meaning = "the silence after which the agent asks whether the caller is still there",
            .field = kField<&Config::limits, &Limits::silence>},
    Setting{.section = "limits", .name = "transfer_ring_seconds", .shape = Shape::Whole, .least = 5, .most = 120, .unit = "seconds",
            .meaning = "how long the target of an attended transfer rings; then the caller returns to the agent",
            .field = kField<&Config::limits, &Limits::transfer_ring>},
    Setting{.section = "limits", .name = "calls", .shape = Shape::Whole, .least = 1, .most = 1000,
            .meaning = "the highest number of calls at once; a further caller hears the busy tone", .field = kField<&Config::limits, &Limits::calls>},
    Setting{.section = "limits", .name = "drain_seconds", .shape = Shape::Whole, .least = 0, .most = 3600,
            .unit = "seconds",
            .meaning = "how long running calls continue after SIGTERM. A request that then waits for its answer, such as a BYE, has up to "
                       "35 seconds more",
            .field = kField<&Config::limits, &Limits::drain>},
    Setting{.section = "limits", .name = "conversation_threads", .shape = Shape::Whole, .least = 0, .most = 256,
            .meaning = "the number of threads that hold conversations. A call stays on its thread, and a new call goes to a thread that answers. 0: as many as the machine has cores",
            .field = kField<&Config::limits, &Limits::conversation_threads>},
    Setting{.section = "log", .name = "level", .environment = "LOG_LEVEL", .shape = Shape::Choice,
            .choices = "debug info warning error off",
            .meaning = "the lowest level that Offhook logs",
            .field = kField<&Config::log, &Log::level>},
    Setting{.section = "log", .name = "format", .shape = Shape::Choice, .choices = "text json",
            .meaning = "the format of the log: `text` for people, `json` for programs", .field = kField<&Config::log, &Log::format>},
    Setting{.section = "health", .name = "port", .shape = Shape::Whole, .least = 0, .most = 65535,
            .meaning = "the TCP port of `/healthz`, `/readyz`, `/calls` and `/metrics`, and of POST `/calls/ID/recording/pause` and "
                       "`resume`; 0: no port", .field = kField<&Config::health, &HealthSettings::port>},
    Setting{.section = "health", .name = "address", .shape = Shape::Address,
            .meaning = "the local address of that port. On a loopback address, the port answers requests for `localhost` or a loopback "
                       "address, and answers other requests with 421. Another address requires `/health/token`",
            .field = kField<&Config::health, &HealthSettings::address>},
    Setting{.section = "health", .name = "token", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: each request gets all pages",
            .meaning = "the bearer token of the port: at least 16 letters, digits or `-._~+/=`. A request without `Authorization: Bearer "
                       "TOKEN` gets only `/healthz` and the status of `/readyz`. The token crosses the network in the clear: use it "
                       "within a network that you trust, or behind a proxy with TLS",
            .secret = true, .field = kField<&Config::health, &HealthSettings::token>},
    Setting{.section = "capture", .name = "file", .shape = Shape::Line, .most = kMaxPath, .unset = "none",
            .meaning = "the file to which Offhook writes each SIP message, for Wireshark (pcapng). It contains numbers and names of callers. Offhook "
                       "masks the passwords and keys that it finds (docs/privacy.md). `--capture FILE` is the same", .field = kField<&Config::capture, &CaptureSettings::file>},
    Setting{.section = "capture", .name = "file_mb", .shape = Shape::Whole, .least = 1, .most = 4096, .unit = "megabytes",
            .meaning = "the size at which this file becomes `FILE.1` and a new one begins; Offhook keeps one older file",
            .field = kField<&Config::capture, &CaptureSettings::file_mb>},
    Setting{.section = "capture", .name = "media", .shape = Shape::Flag,
            .meaning = "whether the file also gets the packets of the audio ports, as they cross the network: the headers of RTP, without audio, RTCP (of an "
                       "encrypted call only its header), and the headers of STUN and DTLS. With `--capture FILE`, "
                       "`--capture-media` is the same",
            .field = kField<&Config::capture, &CaptureSettings::media>},
    Setting{.section = "capture", .name = "hep_host", .shape = Shape::Host, .least = 1, .most = kMaxHostName, .unset = "none",
            .meaning = "the host of a collector, such as Homer or sngrep, to which Offhook sends each SIP message by HEP3, over UDP and in the clear",
            .field = kField<&Config::capture, &CaptureSettings::hep_host>},
    Setting{.section = "capture", .name = "hep_port", .shape = Shape::Whole, .least = 1, .most = 65535, .meaning = "the collector's port",
            .field = kField<&Config::capture, &CaptureSettings::hep_port>},
    Setting{.section = "capture", .name = "hep_id", .shape = Shape::Whole, .least = 0, .most = 4294967295,
            .meaning = "the number by which the collector knows this Offhook (capture ID)", .field = kField<&Config::capture, &CaptureSettings::hep_id>},
    Setting{.section = "capture", .name = "hep_key", .shape = Shape::Key, .least = 1, .most = 256, .unset = "none",
            .meaning = "the key that the collector expects in each packet", .secret = true, .field = kField<&Config::capture, &CaptureSettings::hep_key>},
    Setting{.section = "capture", .name = "trace", .shape = Shape::Choice, .choices = "off sip",
            .meaning = "`sip`: Offhook prints each SIP message on standard error. `--trace sip` is the same",
            .field = kField<&Config::capture, &CaptureSettings::trace>},
};

}  // namespace

std::span<const Setting> service_settings() { return kServiceSettings; }

}  // namespace offhook::inline v0::agent::config
