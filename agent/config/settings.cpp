#include <offhook/agent/config/settings.hpp>

#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/sdp/capability.hpp>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace offhook::inline v0::agent::config {

namespace {

using Kind = JsonValue::Kind;
using Complaint = std::optional<std::string>;  // What is wrong and what to do; nothing when all is well. Never quotes the value.

constexpr std::size_t kMaxShortText = 128;
constexpr std::size_t kMaxLongText = 32768;  // PROMPT and INSTRUCTIONS
constexpr std::size_t kMaxHostName = 253;    // RFC 1035 section 2.3.4

bool is_control(char c) { return (c >= '\0' && c < ' ') || c == '\x7f'; }

Complaint read_text(const JsonValue& value, std::size_t most, std::string& out) {
  if (value.kind != Kind::Text) return "must be text in quotes";
  if (value.text.size() > most) return "is longer than " + std::to_string(most) + " octets: shorten it";
  out = value.text;
  return std::nullopt;
}

/// One line without control characters: what may become part of a SIP header or a file's name.
Complaint read_line(const JsonValue& value, std::string& out) {
  std::string text;
  if (auto complaint = read_text(value, kMaxShortText, text)) return complaint;
  if (std::any_of(text.begin(), text.end(), is_control)) return "has a line break or another control character in it: remove it";
  out = std::move(text);
  return std::nullopt;
}

template <class Number>
Complaint read_number(const JsonValue& value, std::int64_t least, std::int64_t most, Number& out) {
  const std::string range = std::to_string(least) + " to " + std::to_string(most);
  if (value.kind != Kind::Integer) return "must be a whole number without quotes, " + range;
  if (value.integer < least || value.integer > most) return "is out of range: give " + range;
  out = static_cast<Number>(value.integer);
  return std::nullopt;
}

Complaint read_choice(const JsonValue& value, std::initializer_list<std::string_view> choices, std::string& out) {
  std::string list;
  for (const std::string_view choice : choices) {
    if (value.kind == Kind::Text && base::iequals(value.text, choice)) {
      out = choice;
      return std::nullopt;
    }
    list += (list.empty() ? "" : ", ") + std::string(choice);
  }
  return "must be one of " + list + ", in quotes";
}

/// The user part of a SIP URI as a PBX writes extensions: RFC 3261 section 25.1, `user` without escapes.
Complaint apply_extension(Config& config, const JsonValue& value) {
  std::string text;
  if (auto complaint = read_line(value, text)) return complaint;
  if (text.empty()) return "is empty: give the extension, such as 6001";
  const auto allowed = [](char c) {
    return base::is_alpha(c) || base::is_digit(c) || std::string_view("-_.!~*'()&=+$,;?/").find(c) != std::string_view::npos;
  };
  if (!std::all_of(text.begin(), text.end(), allowed))
    return "must be the extension alone, such as 6001: no sip:, no @, no spaces";
  config.sip.extension = std::move(text);
  return std::nullopt;
}

Complaint apply_password(Config& config, const JsonValue& value) {
  std::string text;
  if (auto complaint = read_line(value, text)) return complaint;
  if (text.empty()) return "is empty: give the extension's secret";
  config.sip.password = Secret(std::move(text));
  return std::nullopt;
}

bool is_host_name(std::string_view text) {
  if (text.empty() || text.size() > kMaxHostName || text.front() == '.' || text.front() == '-') return false;
  if (text.find_first_not_of("0123456789.") == std::string_view::npos) return false;  // An address with a slip in it.
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return base::is_alpha(c) || base::is_digit(c) || c == '-' || c == '.' || c == '_'; });
}

Complaint apply_host_text(Config& config, std::string_view text) {
  constexpr auto advice = "must be a host name or an address, such as pbx.example or 192.0.2.1: no sip:, no user, no spaces";
  if (text.empty()) return "is empty: give the host name or address of the PBX";
  if (const auto ip = base::IpAddress::parse(text)) {
    config.sip.host = ip->to_string();
    return std::nullopt;
  }
  if (!is_host_name(text)) return advice;
  config.sip.host = text;
  return std::nullopt;
}

Complaint apply_host(Config& config, const JsonValue& value) {
  std::string text;
  if (auto complaint = read_line(value, text)) return complaint;
  const auto colon = text.rfind(':');
  if (colon != std::string::npos && !base::IpAddress::parse(text) && base::parse_number<std::uint16_t>(text.substr(colon + 1))) {
    return "must not carry a port: write it to /sip/port";
  }
  return apply_host_text(config, text);
}

Complaint apply_bind_address(Config& config, const JsonValue& value) {
  const auto ip = value.kind == Kind::Text ? base::IpAddress::parse(value.text) : std::nullopt;
  if (!ip) return "must be an address of this machine in quotes, such as \"192.0.2.10\"; \"0.0.0.0\" is all of them";
  config.sip.bind_address = ip->to_string();
  return std::nullopt;
}

Complaint apply_health_address(Config& config, const JsonValue& value) {
  const auto ip = value.kind == Kind::Text ? base::IpAddress::parse(value.text) : std::nullopt;
  if (!ip || !ip->is_loopback())
    return "must be a loopback address in quotes, \"127.0.0.1\" or \"::1\": health is not for the network";
  config.health.address = ip->to_string();
  return std::nullopt;
}

Complaint apply_provider(Config& config, const JsonValue& value) {
  std::string provider;
  if (auto complaint = read_choice(value, {"local", "openai", "azure", "deepgram", "ollama", "openai_compatible"}, provider))
    return complaint;
  if (provider != "local")
    return "the provider " + provider + " comes in a later version: use local, which needs no key and no network";
  config.agent.provider = std::move(provider);
  return std::nullopt;
}

Complaint apply_codecs(Config& config, const JsonValue& value) {
  constexpr auto advice = "must be a list of codecs, best first, such as [\"G722\", \"PCMU\", \"PCMA\"]";
  if (value.kind != Kind::List || value.items.empty() || value.items.size() > sdp::kAudioCodecs) return advice;
  std::vector<std::string> names;
  for (const JsonValue& item : value.items) {
    const auto codec = item.kind == Kind::Text ? sdp::find_codec(item.text) : std::nullopt;
    if (!codec) return std::string(advice) + "; these three are all there are";
    std::string name(sdp::to_string(*codec));
    if (std::find(names.begin(), names.end(), name) != names.end()) return "names " + name + " twice: keep one of them";
    names.push_back(std::move(name));
  }
  config.media.codecs = std::move(names);
  return std::nullopt;
}

Complaint read_seconds(const JsonValue& value, std::int64_t least, std::int64_t most, std::chrono::seconds& out) {
  std::int64_t seconds = 0;
  if (auto complaint = read_number(value, least, most, seconds)) return *complaint + " seconds";
  out = std::chrono::seconds(seconds);
  return std::nullopt;
}

Complaint apply_log_level(Config& config, const JsonValue& value) {
  if (value.kind == Kind::Text && base::iequals(value.text, "warn")) {
    config.log.level = "warning";
    return std::nullopt;
  }
  return read_choice(value, {"debug", "info", "warning", "error", "off"}, config.log.level);
}

Complaint apply_transcripts(Config& config, const JsonValue& value) {
  if (value.kind == Kind::Flag) {
    config.transcripts = value.flag;
    return std::nullopt;
  }
  return "must be true or false";
}

constexpr std::array kSettings{
    Setting{"sip", "extension", "SIP_EXTENSION", apply_extension},
    Setting{"sip", "password", "SIP_PASSWORD", apply_password},
    Setting{"sip", "host", "ASTERISK_HOST", apply_host},
    Setting{"sip", "port", "", [](Config& c, const JsonValue& v) { return read_number(v, 1, 65535, c.sip.port); }},
    Setting{"sip", "transport", "",
            [](Config& c, const JsonValue& v) {
              return read_choice(v, {"udp", "tcp"}, c.sip.transport);
            }},
    Setting{"sip", "auth_user", "", [](Config& c, const JsonValue& v) { return read_line(v, c.sip.auth_user); }},
    Setting{"sip", "display_name", "", [](Config& c, const JsonValue& v) { return read_line(v, c.sip.display_name); }},
    Setting{"sip", "expires", "", [](Config& c, const JsonValue& v) { return read_seconds(v, 60, 7200, c.sip.expires); }},
    Setting{"sip", "bind_address", "", apply_bind_address},
    Setting{"sip", "bind_port", "", [](Config& c, const JsonValue& v) { return read_number(v, 0, 65535, c.sip.bind_port); }},
    Setting{"agent", "provider", "PROVIDER", apply_provider},
    Setting{"agent", "dialogue", "", [](Config& c, const JsonValue& v) { return read_text(v, 4096, c.agent.dialogue); }},
    Setting{"agent", "voice", "VOICE",
            [](Config& c, const JsonValue& v) {
              return read_choice(v, {"slt", "rms"}, c.agent.voice);
            }},
    Setting{"agent", "prompt", "PROMPT",
            [](Config& c, const JsonValue& v) { return read_text(v, kMaxLongText, c.agent.prompt); }},
    Setting{"agent", "instructions", "INSTRUCTIONS",
            [](Config& c, const JsonValue& v) { return read_text(v, kMaxLongText, c.agent.instructions); }},
    Setting{"media", "codecs", "", apply_codecs},
    Setting{"media", "first_port", "",
            [](Config& c, const JsonValue& v) { return read_number(v, 1024, 65534, c.media.first_port); }},
    Setting{"media", "last_port", "",
            [](Config& c, const JsonValue& v) { return read_number(v, 1025, 65535, c.media.last_port); }},
    Setting{"limits", "call", "", [](Config& c, const JsonValue& v) { return read_seconds(v, 10, 86400, c.limits.call); }},
    Setting{"limits", "ring", "", [](Config& c, const JsonValue& v) { return read_seconds(v, 0, 60, c.limits.ring); }},
    Setting{"limits", "silence", "", [](Config& c, const JsonValue& v) { return read_seconds(v, 2, 600, c.limits.silence); }},
    Setting{"limits", "calls", "", [](Config& c, const JsonValue& v) { return read_number(v, 1, 1000, c.limits.calls); }},
    Setting{"limits", "drain", "", [](Config& c, const JsonValue& v) { return read_seconds(v, 0, 3600, c.limits.drain); }},
    Setting{"log", "level", "LOG_LEVEL", apply_log_level},
    Setting{"log", "format", "",
            [](Config& c, const JsonValue& v) {
              return read_choice(v, {"text", "json"}, c.log.format);
            }},
    Setting{"health", "port", "", [](Config& c, const JsonValue& v) { return read_number(v, 0, 65535, c.health.port); }},
    Setting{"health", "address", "", apply_health_address},
    Setting{"", "transcripts", "TRANSCRIPTION_ENABLED", apply_transcripts},
};

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::string pointer_of(const Setting& setting) {
  return (setting.section.empty() ? std::string() : "/" + std::string(setting.section)) + "/" + std::string(setting.name);
}

JsonValue value_of_variable(const Setting& setting, std::string_view text) {
  JsonValue value{.kind = Kind::Text};
  value.text = text;
  if (setting.apply != apply_transcripts) return value;
  const auto is_any = [text](std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(), [text](std::string_view word) { return base::iequals(text, word); });
  };
  value.flag = is_any({"true", "yes", "on", "1"});
  if (value.flag || is_any({"false", "no", "off", "0"})) value.kind = Kind::Flag;
  return value;
}

/// `pbx.example`, `pbx.example:5070`, `192.0.2.1:5070`, `2001:db8::1`, `[2001:db8::1]:5070`
std::optional<std::string> apply_host_and_port(Config& config, std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos || base::IpAddress::parse(text)) return apply_host_text(config, text);
  const auto port = base::parse_number<std::uint16_t>(text.substr(colon + 1));
  if (!port || *port == 0) return "must be HOST or HOST:PORT, with a port of 1 to 65535";
  const auto host = text.substr(0, colon);
  const bool bare_v6 = host.find(':') != std::string_view::npos && !host.starts_with('[');
  if (bare_v6) return "must be HOST or HOST:PORT: put an IPv6 address in brackets before its port";
  if (auto complaint = apply_host_text(config, host)) return complaint;
  config.sip.port = *port;
  return std::nullopt;
}

}  // namespace offhook::inline v0::agent::config
