#include <offhook/agent/config/check_together.hpp>

#include <offhook/agent/config/check.hpp>
#include <offhook/agent/config/connection_limits.hpp>
#include <offhook/agent/config/harmless_value.hpp>
#include <offhook/agent/config/nested.hpp>
#include <offhook/agent/config/providers.hpp>
#include <offhook/agent/redaction/text_pattern.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/text.hpp>
#include <offhook/media/files/sealed_recording.hpp>
#include <offhook/rtp/nat/server_uri.hpp>
#include <offhook/sip/transport/web_socket_options.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace offhook::inline v0::agent::config {

namespace {

using Problems = std::vector<Problem>;

void check_limits(Effective& out) {
  const Config& config = out.config;
  const auto first = config.media.first_port, last = config.media.last_port;
  const std::string range = " (" + std::to_string(first) + " to " + std::to_string(last) + ")";
  if (first >= last) {  // Each call takes an even port and the odd port after it.
    out.problems.push_back({where_of(out, "/media/last_port"), "a port that is not above /media/first_port" + range, "a higher one", "widen the range"});
  } else if (first % 2 != 0 && last - first < 2) {
    out.problems.push_back({where_of(out, "/media/last_port"), "a range without an even port and the odd one after it" + range, "two ports for each call",
                            "widen the range"});
  }
  if (config.limits.silence >= config.limits.call) {
    const std::string both = std::to_string(config.limits.silence.count()) + " and " + std::to_string(config.limits.call.count()) + " seconds";
    out.problems.push_back({where_of(out, "/limits/silence_seconds"), "a silence as long as a whole call (" + both + ")",
                            "a shorter time than /limits/call_seconds", "lower it, or raise /limits/call_seconds"});
  }
  if (config.sip.transport == "tcp" && config.sip.bind_port != 0 && config.sip.bind_port == config.health.port) {
    out.problems.push_back({where_of(out, "/health/port"), "the same TCP port as /sip/bind_port (" + std::to_string(config.health.port) + ")",
                            "another port, or 0 for none", "change one of them"});
  }
}

/// Reports TLS settings that are invalid without each other, and warns about a TLS configuration that is not secure.
void check_tls(Effective& out) {
  const Sip& sip = out.config.sip;
  const std::string verify = text_of(sip.tls, "verify");
  const auto has = [&sip](std::string_view name) { return !text_of(sip.tls, name).empty(); };
  if (has("certificate") != has("key"))
    out.problems.push_back({where_of(out, has("key") ? "/sip/tls/key" : "/sip/tls/certificate"), has("key") ? "a key without a certificate" : "a certificate without its key",
                            "a certificate and the file of its key", "name both, or none"});
  if (verify == "pinned" && !has("pin"))
    out.problems.push_back({where_of(out, "/sip/tls/verify"), "\"pinned\" without a key to compare with", "\"pinned\" together with /sip/tls/pin", "set /sip/tls/pin"});
  const bool listens = member(sip.web_socket, "port") != nullptr;
  if (sip.transport != "tls" && sip.transport != "wss") {
    if (sip.tls.kind != JsonValue::Kind::Null && !(listens && has("certificate")))
      out.warnings.push_back({where_of(out, "/sip/tls"), "is not used: /sip/transport is neither \"tls\" nor \"wss\""});
  } else if (verify == "insecure") {
    out.warnings.push_back({where_of(out, "/sip/tls/verify"), "another host can impersonate the PBX, and read the password's digest and the calls: use \"required\" or \"pinned\""});
  }
}

/// Warns about SRTP settings that have no effect, and about required SRTP without TLS, where keys in SDP could be read.
void check_srtp(Effective& out) {
  const Sip& sip = out.config.sip;
  const bool browsers_have_tls = member(sip.web_socket, "port") != nullptr && !text_of(sip.tls, "certificate").empty();
  const bool has_tls = sip.transport == "tls" || sip.transport == "wss" || browsers_have_tls;
  if (sip.srtp == "required" && !has_tls && !sip.srtp_without_tls)
    out.warnings.push_back({where_of(out, "/sip/srtp"), "\"required\" without TLS: only calls with DTLS-SRTP are possible, because keys in SIP messages would be readable"});
  for (const char* unused : {"srtp_without_tls", "srtp_keys"}) {
    const bool is_set = std::string_view(unused) == "srtp_keys" ? sip.srtp_keys != "sdp" : sip.srtp_without_tls;
    if (is_set && sip.srtp == "off") out.warnings.push_back({where_of(out, "/sip/" + std::string(unused)), "is not used: /sip/srtp is \"off\""});
  }
}

void check_nat(Effective& out) {
  const Nat& nat = out.config.nat;
  bool uses_tls = false;
  for (std::size_t i = 0; i < nat.entries.size(); ++i) {
    const NatServerEntry& one = nat.entries[i];
    const std::string where = "/nat/servers/" + std::to_string(i);
    const auto uri = rtp::parse_nat_server_uri(one.uri);
    const bool has_password = !one.password.reveal().empty(), has_secret = !one.shared_secret.reveal().empty();
    if (!uri && !one.uri.empty())
      out.problems.push_back({where + "/uri", "text that names no server of STUN or TURN", "stun:HOST, turn:HOST, turn:HOST?transport=tcp, turns:HOST", "write one of these forms"});
    if (uri && uri->relays && !has_password && !has_secret)
      out.problems.push_back({where, "a TURN server without a password", "\"password\" or \"shared_secret\"", "add the one that the server expects"});
    if (has_password && has_secret)
      out.problems.push_back({where + "/shared_secret", "\"shared_secret\" together with \"password\"", "one of them", "remove the one that the server does not expect"});
    uses_tls = uses_tls || (uri && uri->transport == rtp::StunTransport::Tls);
  }
  if (!nat.ca_file.empty() && !uses_tls) out.warnings.push_back({where_of(out, "/nat/ca_file"), "is not used: no server of /nat/servers begins with turns:"});
}

void check_web_socket(Effective& out) {
  const Sip& sip = out.config.sip;
  const std::string path = text_of(sip.web_socket, "path");
  if (!path.empty() && !sip::WebSocketOptions::is_path(path))
    out.problems.push_back({where_of(out, "/sip/web_socket/path"), "text that is not a path", "\"/\", \"/ws\"", "begin it with /, and leave out blanks and #"});
  const bool listens = member(sip.web_socket, "port") != nullptr;
  if (!listens && member(sip.web_socket, "origins") != nullptr)
    out.warnings.push_back({where_of(out, "/sip/web_socket/origins"), "is not used: there is no /sip/web_socket/port to connect to"});
  if (!path.empty() && sip.transport != "ws" && sip.transport != "wss")
    out.warnings.push_back({where_of(out, "/sip/web_socket/path"), "is not used: /sip/transport is neither \"ws\" nor \"wss\""});
}

/// Checks a trunk without registration. Only the address from which the trunk's calls come identifies the trunk, so names are refused.
void check_trunk(Effective& out) {
  const Sip& sip = out.config.sip;
  const auto check = [&out](const std::string& where, const std::string& host) {
    if (host.empty() || address_of_host(host)) return;
    out.problems.push_back({where, "a host name together with /sip/registration \"none\"", "an IP address", "write the address that the trunk's calls come from, or register"});
  };
  check(where_of(out, "/sip/host"), sip.host);
  check(where_of(out, "/sip/outbound_proxy/host"), text_of(sip.outbound_proxy, "host"));
  for (std::size_t i = 0; i < sip.secondaries.items.size(); ++i)
    check("/sip/secondaries/" + std::to_string(i) + "/host", text_of(sip.secondaries.items[i], "host"));
  if (sip.bind_port == 0) out.warnings.push_back({where_of(out, "/sip/bind_port"), "changes at each start, and without a registration the trunk does not learn the new port: set it"});
}

void check_registration(Effective& out) {
  const Sip& sip = out.config.sip;
  if (sip.registration == "none") return check_trunk(out);
  if (sip.registration != "parallel") return;
  const std::string where = where_of(out, "/sip/registration");
  if (sip.outbound_proxy.kind != JsonValue::Kind::Null)
    out.problems.push_back({where, "\"parallel\" together with /sip/outbound_proxy, which all registrations would pass through", "\"serial\"", "write \"serial\", or remove /sip/outbound_proxy"});
  else if (sip.secondaries.items.empty())
    out.warnings.push_back({where, "is not used: there are no /sip/secondaries to register at"});
}

void check_identity(const Sip& sip, Problems& problems) {
  const auto has = [&sip](std::string_view name) { return member(sip.identity, name) != nullptr; };
  const auto check_url = [&problems](const std::string& where, const std::string& url) {
    if (!url.empty() && !url.starts_with("https://")) problems.push_back({where, "an address without TLS", "https://", "write the address that the signatures contain"});
  };
  if (has("trust_file") != has("certificates"))
    problems.push_back({has("trust_file") ? "/sip/identity/certificates" : "/sip/identity/trust_file",
                        has("trust_file") ? "a trust_file without certificates" : "certificates without a trust_file",
                        "certificates of signers, and the file of the certificates that they lead to", "name both, or none"});
  for (const std::string name : {"failed", "absent"}) {
    if (text_of(sip.identity, name) == "refuse" && !has("trust_file"))
      problems.push_back({"/sip/identity/" + name, "\"refuse\" without /sip/identity/trust_file, so that Offhook verifies no signature", "\"refuse\" together with /sip/identity/trust_file", "set /sip/identity/trust_file, or remove this setting"});
  }
  if (const auto* certificates = member(sip.identity, "certificates")) {
    for (std::size_t i = 0; i < certificates->items.size(); ++i)
      check_url("/sip/identity/certificates/" + std::to_string(i) + "/url", text_of(certificates->items[i], "url"));
  }
  if (const auto* sign = member(sip.identity, "sign")) check_url("/sip/identity/sign/url", text_of(*sign, "url"));
}

void check_connections(const Sip& sip, Problems& problems) {
  const sip::ConnectionLimits limits = connection_limits(sip.connections);
  if (limits.is_usable()) return;
  const std::string kept = std::to_string(limits.for_own + limits.for_known);
  problems.push_back({"/sip/connections/most", "no connection left for unknown peers", "more than for_own and for_known together: " + kept, "raise it"});
}

void check_door(const Sip& sip, Problems& problems) {
  const JsonValue* peers = member(sip.admission, "peers");
  for (std::size_t i = 0; peers != nullptr && i < peers->items.size(); ++i) {
    const JsonValue* bits = member(peers->items[i], "bits");
    const auto address = base::IpAddress::parse(text_of(peers->items[i], "address"));
    if (bits != nullptr && address && address->is_v4() && bits->integer > 32)
      problems.push_back({"/sip/admission/peers/" + std::to_string(i) + "/bits", "more bits than the address has", "0 to 32 for an IPv4 address", "lower it"});
  }
}

void check_patterns(const JsonValue& patterns, Problems& problems) {
  for (std::size_t i = 0; i < patterns.items.size(); ++i) {
    const auto pattern = redaction::TextPattern::parse(text_of(patterns.items[i], "pattern"));
    if (pattern) continue;
    problems.push_back({"/transcripts/patterns/" + std::to_string(i), "a pattern that cannot be used (" + std::string(to_string(pattern.error())) + ")",
                        "letters, digits and # @ ? *, such as \"KD-######\"", "write the text that Offhook must remove"});
  }
}

/// Checks the token for the characters of a header field (RFC 6750 section 2.1), and for 16 characters, which cannot be guessed over the network.
void check_health(Effective& out) {
  constexpr std::size_t kLeast = 16;
  const HealthSettings& health = out.config.health;
  const std::string& token = health.token.reveal();
  const auto ip = base::IpAddress::parse(health.address);
  const auto allowed = [](char c) { return base::is_alpha(c) || base::is_digit(c) || std::string_view("-._~+/=").find(c) != std::string_view::npos; };
  if (!token.empty() && (token.size() < kLeast || !std::all_of(token.begin(), token.end(), allowed))) {
    out.problems.push_back({where_of(out, "/health/token"), "text that is not a bearer token, or is too short", "at least 16 letters, digits or -._~+/=",
                            "make one: openssl rand -hex 16"});
  }
  if (health.port != 0 && token.empty() && ip && !ip->is_loopback()) {
    out.problems.push_back({where_of(out, "/health/address"), "an address that other machines can reach, without /health/token", "a loopback address, or any address together with a token",
                            "set OFFHOOK_HEALTH_TOKEN, for example to the output of: openssl rand -hex 16"});
  }
}

/// Reports settings of captures without effect.
void check_capture(Effective& out) {
  const CaptureSettings& capture = out.config.capture;
  const auto warn = [&out](const char* where, const char* text) { out.warnings.push_back({where_of(out, where), text}); };
  if (capture.media && capture.file.empty()) warn("/capture/media", "is not used without /capture/file or --capture");
  if (!capture.hep_key.empty() && capture.hep_host.empty()) warn("/capture/hep_key", "is not used: there is no /capture/hep_host");
}

void check_recording_key(Effective& out) {
  const Secret& key = out.config.recordings.key;
  if (key.empty() || media::parse_recording_key(key.reveal())) return;
  out.problems.push_back({where_of(out, "/recordings/key"), "text that is not a key", "64 hexadecimal digits", "make one: openssl rand -hex 32"});
}

/// Refuses a relative path. The library in that folder runs with Offhook's rights, so the working directory must not select the folder.
void check_voice_model(Effective& out) {
  const std::string& folder = out.config.media.voice_model;
  if (folder.empty() || folder.starts_with('/')) return;
  out.problems.push_back({where_of(out, "/media/voice_model"), "a path that does not begin with /", "an absolute path, such as \"/opt/silero\"",
                          "write the whole path, from / on"});
}

/// Refuses "off", which only /records/folder accepts. Elsewhere it would be a folder with the name "off", in which Offhook stores data.
void check_folders(Effective& out) {
  const auto check = [&out](const std::string& section, const std::string& folder) {
    if (folder != "off") return;
    out.problems.push_back({where_of(out, "/" + section + "/folder"), "\"off\", which does not switch this off", "a folder",
                            "set /" + section + "/enabled to false to switch it off"});
  };
  check("transcripts", out.config.transcripts.folder);
  check("recordings", out.config.recordings.folder);
}

/// Checks a voice if only the embedded speaker can speak. The embedded speaker has two voices, so any other name is a mistake.
bool check_voice(const std::string& voice, const std::string& where, Problems& problems) {
  const std::vector<std::string> known{"slt", "rms"};
  if (voice.empty() || std::find(known.begin(), known.end(), voice) != known.end()) return true;
  problems.push_back({where, with_word("an unknown voice", voice), "\"slt\", \"rms\" when the embedded voice speaks",
                      advise(known, voice, "write one of them, or name another provider that speaks (SPEECH_PROVIDER)")});
  return false;
}

/// Returns true if the provider itself speaks in sessions that name no speaker. The rules are those of usual_ways() and ways_of_two() in
/// agents/draft_sessions.cpp.
bool has_voice(const ProviderProfile& provider, bool another_thinks) {
  const ProviderSessions& usual = provider.kind->sessions;
  if (usual.abilities.speak != Ability::ByModel) return usual.abilities.speak == Ability::Always;
  const bool hears = !provider.models.transcription.empty(), speaks = !provider.models.speech.empty();
  return usual.usual == UsualSessions::Thinker ? speaks && (hears || !another_thinks) : !another_thinks || (hears && speaks);
}

void check_voices(Effective& out) {
  const auto is_embedded = [&out](const std::string& provider, const std::string& model, const std::string& speech) {
    const auto found = find_provider(out.config, speech.empty() ? provider : speech);
    if (!found || found->kind->is_local) return found != nullptr;
    return speech.empty() && !has_voice(*found, !model.empty());
  };
  AgentSettings& agent = out.config.agent;
  if (agent.sessions.items.empty() && is_embedded(agent.provider, agent.model_provider, agent.speech_provider) &&
      !check_voice(agent.voice, where_of(out, "/agent/voice"), out.problems))
    agent.voice.clear();  // The refused value may be a secret: remove it, so that it is not shown.
  for (std::size_t i = 0; i < out.config.agents.items.size(); ++i) {
    const JsonValue& each = out.config.agents.items[i];
    std::string provider = text_of(each, "provider"), model = text_of(each, "model_provider"), speech = text_of(each, "speech_provider");
    const bool has_sessions = member(each, "sessions") != nullptr || (provider.empty() && !agent.sessions.items.empty());
    if (provider.empty()) {
      provider = agent.provider;
      if (model.empty()) model = agent.model_provider;
      if (speech.empty()) speech = agent.speech_provider;
    }
    if (!has_sessions && is_embedded(provider, model, speech))
      (void)check_voice(text_of(each, "voice"), "/agents/" + std::to_string(i) + "/voice", out.problems);
  }
}

}  // namespace

void check_together(Effective& effective) {
  check_limits(effective);
  check_tls(effective);
  check_srtp(effective);
  check_nat(effective);
  check_web_socket(effective);
  check_registration(effective);
  check_door(effective.config.sip, effective.problems);
  check_identity(effective.config.sip, effective.problems);
  check_connections(effective.config.sip, effective.problems);
  check_patterns(effective.config.transcripts.patterns, effective.problems);
  check_health(effective);
  check_capture(effective);
  check_recording_key(effective);
  check_voice_model(effective);
  check_folders(effective);
  check_voices(effective);
}

}  // namespace offhook::inline v0::agent::config
