#include <offhook/agent/config/settings.hpp>

#include <offhook/agent/config/nested_settings.hpp>

#include <algorithm>
#include <array>
#include <type_traits>

namespace offhook::inline v0::agent::config {

namespace {

void take(const JsonValue& value, std::string& out) { out = value.text; }
void take(const JsonValue& value, Secret& out) { out = Secret(value.text); }
void take(const JsonValue& value, bool& out) { out = value.flag; }
void take(const JsonValue& value, std::chrono::seconds& out) { out = std::chrono::seconds(value.integer); }
void take(const JsonValue& value, std::vector<std::string>& out) {
  out.clear();
  for (const JsonValue& item : value.items) out.push_back(item.text);
}
void take(const JsonValue& value, std::optional<bool>& out) { out = value.flag; }
void take(const JsonValue& value, JsonValue& out) { out = value; }
template <class Number>
  requires std::is_unsigned_v<Number>
void take(const JsonValue& value, Number& out) {
  out = static_cast<Number>(value.integer);  // The table's bounds fit its field.
}

JsonValue show(const std::string& value) { return json_text(value); }
JsonValue show(const Secret& value) { return json_text(to_string(value)); }
JsonValue show(bool value) { return json_flag(value); }
JsonValue show(std::chrono::seconds value) { return json_integer(value.count()); }
JsonValue show(const std::vector<std::string>& value) { return value.empty() ? json_text("") : json_list(value); }
JsonValue show(const std::optional<bool>& value) { return value ? json_flag(*value) : json_text(""); }
JsonValue show(const JsonValue& value) { return value.kind == JsonValue::Kind::Null ? json_text("") : value; }
template <class Number>
  requires std::is_unsigned_v<Number>
JsonValue show(Number value) {
  return json_integer(static_cast<std::int64_t>(value));
}

template <auto Section, auto Member>
constexpr Field kField{[](Config& config, const JsonValue& value) { take(value, (config.*Section).*Member); },
                       [](const Config& config) { return show((config.*Section).*Member); }};
template <auto Member>
constexpr Field kTopField{[](Config& config, const JsonValue& value) { take(value, config.*Member); },
                          [](const Config& config) { return show(config.*Member); }};

constexpr std::array kSettings{
    Setting{.section = "sip", .name = "extension", .environment = "SIP_EXTENSION", .shape = Shape::Extension, .least = 1,
            .most = kMaxName, .unset = "required", .meaning = "the extension as the PBX knows it, such as `\"6001\"`",
            .field = kField<&Config::sip, &Sip::extension>},
    Setting{.section = "sip", .name = "password", .environment = "SIP_PASSWORD", .shape = Shape::Line, .least = 1, .most = kMaxName,
            .unset = "required", .meaning = "its secret; where `/sip/registration` is `none` only a trunk that asks for one needs it", .secret = true, .field = kField<&Config::sip, &Sip::password>},
    Setting{.section = "sip", .name = "host", .environment = "ASTERISK_HOST", .shape = Shape::Host, .least = 1, .most = kMaxHostName,
            .unset = "required", .meaning = "host name or address of the PBX; the variable may say `HOST:PORT`. Where `/sip/registration` is `none`, an address",
            .field = kField<&Config::sip, &Sip::host>},
    Setting{.section = "sip", .name = "port", .shape = Shape::Whole, .least = 1, .most = 65535,
            .meaning = "its SIP port, also in `ASTERISK_HOST`; 5060 stands for 5061 where the transport is `tls`, for 80 and 443 where it is `ws` "
                       "and `wss`", .field = kField<&Config::sip, &Sip::port>},
    Setting{.section = "sip", .name = "transport", .shape = Shape::Choice, .choices = "udp tcp tls ws wss",
            .meaning = "what SIP messages travel by; `ws` and `wss` are WebSocket, plain and over TLS (RFC 7118). `tls` and `wss` are never "
                       "left for another", .field = kField<&Config::sip, &Sip::transport>},
    Setting{.section = "sip", .name = "auth_user", .shape = Shape::Line, .most = kMaxName,
            .unset = "the extension", .meaning = "user name for authentication, where it differs",
            .field = kField<&Config::sip, &Sip::auth_user>},
    Setting{.section = "sip", .name = "display_name", .shape = Shape::Line, .most = kMaxName, .unset = "none",
            .meaning = "what telephones show beside the extension", .field = kField<&Config::sip, &Sip::display_name>},
    Setting{.section = "sip", .name = "expires", .shape = Shape::Whole, .least = 60, .most = 7200,
            .unit = "seconds", .meaning = "how long a registration is asked for; the PBX may shorten it",
            .field = kField<&Config::sip, &Sip::expires>},
    Setting{.section = "sip", .name = "refresh", .shape = Shape::Whole, .least = 0, .most = 3600,
            .unit = "seconds", .meaning = "the longest time between two REGISTERs: a PBX that has lost the registration has it again after that time. 10 at least; "
                                          "0: by half to 85 % of what the PBX grants, for a provider that refuses frequent REGISTERs",
            .field = kField<&Config::sip, &Sip::refresh>},
    Setting{.section = "sip", .name = "accept_from", .shape = Shape::Choice, .choices = "registrar anyone",
            .meaning = "whose calls are taken. `registrar`: those that come from the addresses of `/sip/host` and `/sip/secondaries`, all others get 403; "
                       "`anyone`: for a PBX that sends calls from another address than it registers at",
            .field = kField<&Config::sip, &Sip::accept_from>},
    Setting{.section = "sip", .name = "challenges", .shape = Shape::Object, .unset = "any of the PBX, but not in calls that it brings",
            .meaning = "which requests for the password (401, 407) are answered. They always have to come from `/sip/host`, "
                       "`/sip/secondaries` or `/sip/outbound_proxy`",
            .members = kChallengeMembers, .field = kField<&Config::sip, &Sip::challenges>},
    Setting{.section = "sip", .name = "identity", .shape = Shape::Object, .unset = "neither verified nor signed",
            .meaning = "signed numbers of callers (STIR, SHAKEN): of calls that come, and of those of the agent",
            .members = kIdentityMembers, .field = kField<&Config::sip, &Sip::identity>},
    Setting{.section = "sip", .name = "session_timer", .shape = Shape::Choice, .choices = "accept ask off",
            .meaning = "whether calls are refreshed now and then, so that a call whose other side has vanished ends (RFC 4028). `accept`: "
                       "where the PBX asks for it; `ask`: in each call; `off`: never",
            .field = kField<&Config::sip, &Sip::session_timer>},
    Setting{.section = "sip", .name = "datagram_limit", .shape = Shape::Whole, .least = 0, .most = 65000, .unit = "octets",
            .meaning = "requests of more take TCP instead of UDP where the other side has it (RFC 3261): 200 less than the path's MTU; 0: none does",
            .field = kField<&Config::sip, &Sip::datagram_limit>},
    Setting{.section = "sip", .name = "bind_address", .shape = Shape::Address,
            .meaning = "the local address for SIP; `\"0.0.0.0\"` is all of them", .field = kField<&Config::sip, &Sip::bind_address>},
    Setting{.section = "sip", .name = "bind_port", .shape = Shape::Whole, .least = 0, .most = 65535,
            .meaning = "the local port for SIP; 0 takes any that is free", .field = kField<&Config::sip, &Sip::bind_port>},
    Setting{.section = "sip", .name = "tls", .shape = Shape::Object, .unset = "the PBX proves its name to the system's certificates",
            .meaning = "of the transports `tls` and `wss`: whom to trust, and what to show", .members = kTlsMembers, .field = kField<&Config::sip, &Sip::tls>},
    Setting{.section = "sip", .name = "web_socket", .shape = Shape::Object, .unset = "none but the way to the PBX, where that is one",
            .meaning = "what WebSocket needs", .members = kWebSocketMembers, .field = kField<&Config::sip, &Sip::web_socket>},
    Setting{.section = "sip", .name = "outbound_proxy", .shape = Shape::Object, .unset = "none",
            .meaning = "the server that gets everything first, registrations and calls; it is reached by `/sip/transport`",
            .members = kServerMembers, .field = kField<&Config::sip, &Sip::outbound_proxy>},
    Setting{.section = "sip", .name = "secondaries", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "none",
            .meaning = "further servers of the same PBX, in their order: what `/sip/host` does not take goes to the next, within the same "
                       "registration or call. A name alone is one with its usual port",
            .members = kServerMembers, .short_for = "host", .field = kField<&Config::sip, &Sip::secondaries>},
    Setting{.section = "sip", .name = "registration", .shape = Shape::Choice, .choices = "serial parallel none",
            .meaning = "at how many of `/sip/host` and `/sip/secondaries` the extension is registered. `serial`: at one, the first that "
                       "takes it; `parallel`: at all at once. Calls are then taken from each, and go out through the first that is registered. "
                       "`none`: at none, for a trunk that knows this host by its address. `/sip/host`, `/sip/secondaries` and "
                       "`/sip/outbound_proxy` are then addresses, whose calls are taken whatever number they are for, and the agent is ready without a registration",
            .field = kField<&Config::sip, &Sip::registration>},
    Setting{.section = "sip", .name = "transfer", .shape = Shape::Choice, .choices = "attended blind",
            .meaning = "how a caller is transferred. `attended`: the agent calls the target first and hands the caller over when it answers, so that a target who "
                       "is busy or does not answer costs no caller; where the caller's side does not support `replaces`, as `blind`. `blind`: the caller's side is "
                       "asked to call the target, and the caller comes back only where that side keeps the call",
            .field = kField<&Config::sip, &Sip::transfer>},
    Setting{.section = "sip", .name = "trusted_peers", .shape = Shape::Objects, .least = 1, .most = kMaxInList, .unset = "none",
            .meaning = "addresses besides those of the PBX whose P-Asserted-Identity is believed: trunks, session border controllers",
            .members = kTrustedPeerMembers, .short_for = "address", .field = kField<&Config::sip, &Sip::trusted_peers>},
    Setting{.section = "sip", .name = "callers", .shape = Shape::Object, .unset = "nobody is asked",
            .meaning = "who may call past the PBX, and how they prove who they are (digest)", .members = kCallersMembers,
            .field = kField<&Config::sip, &Sip::callers>},
    Setting{.section = "sip", .name = "watchers", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "nobody",
            .meaning = "whose telephones may show by a lamp that the agent is on a call (RFC 4235); others get 403",
            .members = kWatcherMembers, .short_for = "watcher", .field = kField<&Config::sip, &Sip::watchers>},
    Setting{.section = "sip", .name = "door", .shape = Shape::Object, .unset = "budgets that a small office does not reach",
            .meaning = "how much of whom is served, and who is not answered any more", .members = kDoorMembers,
            .field = kField<&Config::sip, &Sip::door>},
    Setting{.section = "sip", .name = "connections", .shape = Shape::Object, .unset = "256 in all",
            .meaning = "how many connections of TCP, TLS and WebSocket there may be, and whose", .members = kConnectionMembers,
            .field = kField<&Config::sip, &Sip::connections>},
    Setting{.section = "agent", .name = "provider", .environment = "PROVIDER", .shape = Shape::Provider,
            .meaning = "who listens, thinks and speaks: `local` (the embedded guided dialogue), `openai`, `azure`, `deepgram`, `ollama`, `azure_openai`, "
                       "`openai_compatible`, or a name of /providers (docs/providers.md)",
            .field = kField<&Config::agent, &AgentSettings::provider>},
    Setting{.section = "agent", .name = "model_provider", .environment = "MODEL_PROVIDER", .shape = Shape::Provider, .unset = "the same",
            .meaning = "who thinks where that is another: for `azure` without Azure OpenAI, say. It makes a cascade; `sessions` says more",
            .field = kField<&Config::agent, &AgentSettings::model_provider>},
    Setting{.section = "agent", .name = "speech_provider", .environment = "SPEECH_PROVIDER", .shape = Shape::Provider,
            .unset = "the same; of `ollama`, and of a compatible server without models for it, `local`",
            .meaning = "who listens and speaks where that is another",
            .field = kField<&Config::agent, &AgentSettings::speech_provider>},
    Setting{.section = "agent", .name = "sessions", .shape = Shape::Objects, .least = 1, .most = 8, .unset = "what the provider does best",
            .meaning = "ways to hold the conversation, in the order in which they are tried, also in mid-call", .members = kSessionMembers,
            .field = kField<&Config::agent, &AgentSettings::sessions>},
    Setting{.section = "agent", .name = "regions", .shape = Shape::Names, .least = 1, .most = kMaxInList, .unset = "any",
            .meaning = "where its providers may compute: one without a region, or in another, is refused. `local` stays in the house",
            .field = kField<&Config::agent, &AgentSettings::regions>},
    Setting{.section = "agent", .name = "prompt", .environment = "PROMPT", .shape = Shape::Text, .most = kMaxPrompt, .unset = "none",
            .meaning = "who the agent is, for providers with a language model (docs/prompts.md); the local one does not read it",
            .field = kField<&Config::agent, &AgentSettings::prompt>},
    Setting{.section = "agent", .name = "prompt_file", .shape = Shape::Line, .most = kMaxPath, .unset = "none",
            .meaning = "the same in a Markdown file, with a head of settings; its path starts at the configuration file",
            .field = kField<&Config::agent, &AgentSettings::prompt_file>},
    Setting{.section = "agent", .name = "instructions", .environment = "INSTRUCTIONS", .shape = Shape::Text, .most = kMaxPrompt,
            .unset = "none", .meaning = "rules that are appended to the prompt",
            .field = kField<&Config::agent, &AgentSettings::instructions>},
    Setting{.section = "agent", .name = "greeting", .shape = Shape::Text, .most = kMaxSentence, .unset = "the model's or dialogue's own",
            .meaning = "what is said first", .field = kField<&Config::agent, &AgentSettings::greeting>},
    Setting{.section = "agent", .name = "greeting_file", .shape = Shape::Line, .most = kMaxPath, .unset = "none",
            .meaning = "played instead: a WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, of at most a minute; its path starts at the "
                       "configuration file. `greeting` says what is heard in it, for the model and the record. `\"off\"`: none, where /agent names one",
            .field = kField<&Config::agent, &AgentSettings::greeting_file>},
    Setting{.section = "agent", .name = "apology", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "what is said when something failed and the caller is asked again",
            .field = kField<&Config::agent, &AgentSettings::apology>},
    Setting{.section = "agent", .name = "filler", .shape = Shape::Line, .most = kMaxSentence, .unset = "One moment, please.",
            .meaning = "what is said when a reply takes long, such as `One moment, please.`",
            .field = kField<&Config::agent, &AgentSettings::filler>},
    Setting{.section = "agent", .name = "goodbye", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "what is said when nothing is left to try", .field = kField<&Config::agent, &AgentSettings::goodbye>},
    Setting{.section = "agent", .name = "voice", .environment = "VOICE", .shape = Shape::Line, .most = kMaxName, .unset = "the provider's own",
            .meaning = "a voice of the provider, such as `marin` of openai or `aura-2-thalia-en` of deepgram; another provider that speaks in its "
                       "place takes the nearest of its own (docs/voices.md). `local` has `slt`, female, and `rms`, male",
            .field = kField<&Config::agent, &AgentSettings::voice>},
    Setting{.section = "agent", .name = "language", .shape = Shape::Language, .most = 35, .unset = "detected where who listens can, and followed by voices that speak several (docs/voices.md)",
            .meaning = "the one that is spoken, such as `en` or `pt-BR`", .field = kField<&Config::agent, &AgentSettings::language>},
    Setting{.section = "agent", .name = "languages", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "whatever the provider detects by itself; `azure` hears English",
            .meaning = "those that callers may speak where `language` is not set, the likeliest first; one alone is the language. `azure` detects no others",
            .members = kLanguageMembers, .short_for = "language", .field = kField<&Config::agent, &AgentSettings::languages>},
    Setting{.section = "agent", .name = "phrases", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "none",
            .meaning = "names and words that callers are likely to say, for recognisers that take such hints (azure, deepgram)", .members = kPhraseMembers,
            .short_for = "phrase", .field = kField<&Config::agent, &AgentSettings::phrases>},
    Setting{.section = "agent", .name = "dialogue", .shape = Shape::Line, .most = kMaxPath,
            .unset = "the receptionist that is shipped", .meaning = "path of a dialogue file, for the provider local; it starts at the configuration file",
            .field = kField<&Config::agent, &AgentSettings::dialogue>},
    Setting{.section = "agent", .name = "tools", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "`hang_up`",
            .meaning = "what the model may do besides speaking; a name alone is one with all defaults", .members = kToolMembers,
            .short_for = "name", .field = kField<&Config::agent, &AgentSettings::tools>},
    Setting{.section = "agent", .name = "fallback", .shape = Shape::Object, .unset = "a goodbye",
            .meaning = "what happens when no session is left", .members = kFallbackMembers,
            .field = kField<&Config::agent, &AgentSettings::fallback>},
    Setting{.section = "agent", .name = "limits", .shape = Shape::Object, .unset = "those of /limits", .meaning = "times of this agent's calls",
            .members = kAgentLimitMembers, .field = kField<&Config::agent, &AgentSettings::limits>},
    Setting{.section = "agent", .name = "sentences", .shape = Shape::Object, .unset = "the usual ones, in English, German, Spanish, French, Italian or Portuguese",
            .meaning = "what else is said in words of ours", .members = kSentenceMembers,
            .field = kField<&Config::agent, &AgentSettings::sentences>},
    Setting{.section = "agent", .name = "context", .shape = Shape::Object, .unset = "none",
            .meaning = "where the values of {{context.NAME}} in prompts come from", .members = kContextMembers,
            .field = kField<&Config::agent, &AgentSettings::context>},
    Setting{.section = "agent", .name = "codecs", .shape = Shape::Codecs, .choices = "G722 PCMU PCMA opus L16", .unset = "those of /media",
            .meaning = "in order of preference, for this agent's calls", .field = kField<&Config::agent, &AgentSettings::codecs>},
    Setting{.section = "agent", .name = "transcripts", .shape = Shape::Flag, .unset = "as /transcripts/enabled says",
            .meaning = "whether what is said in this agent's calls is kept", .field = kField<&Config::agent, &AgentSettings::transcripts>},
    Setting{.section = "agent", .name = "recordings", .shape = Shape::Flag, .unset = "as /recordings/enabled says",
            .meaning = "whether this agent's calls are recorded", .field = kField<&Config::agent, &AgentSettings::recordings>},
    Setting{.section = "agent", .name = "hold_music", .shape = Shape::Line, .most = kMaxPath, .unset = "something quiet of our own",
            .meaning = "what callers hear on hold and while they are transferred: a WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, of at most "
                       "32 MiB; its path starts at the configuration file. `\"off\"`: silence",
            .field = kField<&Config::agent, &AgentSettings::hold_music>},
    Setting{.name = "agents", .shape = Shape::Objects, .most = 64, .unset = "none",
            .meaning = "agents for some calls, the first that fits takes the call. Each may say all that /agent says, and has the rest from it",
            .members = kAgentMembers, .also = "agent", .field = kTopField<&Config::agents>},
    Setting{.name = "providers", .shape = Shape::Map, .most = 32, .unset = "none",
            .meaning = "who can be asked, by names of yours. One whose name is a kind, such as `openai`, need not be written",
            .members = kProviderMembers, .field = kTopField<&Config::provider_tree>},
    Setting{.name = "tool_servers", .shape = Shape::Map, .most = 16, .unset = "none",
            .meaning = "where tools come from that are not built in (docs/tools.md), by names of small letters, digits and `-`. What an agent's `tools` do not name, its model does not see",
            .members = kToolServerMembers, .field = kTopField<&Config::tool_server_tree>},
    Setting{.section = "media", .name = "codecs", .shape = Shape::Codecs, .choices = "G722 PCMU PCMA opus L16",
            .meaning = "in order of preference, for calls that the agent makes; in those that it takes `codec_choice` decides",
            .field = kField<&Config::media, &Media::codecs>},
    Setting{.section = "media", .name = "codec_choice", .shape = Shape::Choice, .choices = "caller ours",
            .meaning = "which codec of these a call to the agent gets: `caller` is the first that the caller offers, so that no PBX has to convert "
                       "it; `ours` is the first of `codecs` that is offered at all, such as G722 for its wider band",
            .field = kField<&Config::media, &Media::codec_choice>},
    Setting{.section = "media", .name = "first_port", .shape = Shape::Whole, .least = 1024, .most = 65534,
            .meaning = "first UDP port for audio. A call takes an even port and the odd one after it",
            .field = kField<&Config::media, &Media::first_port>},
    Setting{.section = "media", .name = "last_port", .shape = Shape::Whole, .least = 1025, .most = 65535,
            .meaning = "last UDP port for audio", .field = kField<&Config::media, &Media::last_port>},
    Setting{.section = "media", .name = "datagrams", .shape = Shape::Choice, .choices = "auto io_uring epoll",
            .meaning = "the kernel's interface for audio: `auto` is io_uring where kernel (6.1) and container allow it, else epoll; `/readyz` says which",
            .field = kField<&Config::media, &Media::datagrams>},
    Setting{.section = "media", .name = "scheduling", .shape = Shape::Choice, .choices = "auto usual",
            .meaning = "what audio's threads are to others that want their cores: `auto` puts them before (real time, else a nice of -10) where "
                       "the system allows that (docs/run/service.md), `usual` never; `/readyz` says what came of it",
            .field = kField<&Config::media, &Media::scheduling>},
    Setting{.section = "media", .name = "jitter_buffer", .shape = Shape::Choice, .choices = "auto call",
            .meaning = "for whom callers' audio is held up until late packets are there: `auto` is short while the agent alone listens, and as `call` while "
                       "a person does; `call` always waits as two people who talk would, up to a tenth of a second longer on a bad network",
            .field = kField<&Config::media, &Media::jitter_buffer>},
    Setting{.section = "media", .name = "comfort_noise", .shape = Shape::Choice, .choices = "off hear send",
            .meaning = "RFC 3389 with PCMU and PCMA: `hear` offers and takes it, and sends audio without a pause, which keeps NATs and session border "
                       "controllers from taking the agent's silence for the end of the call; `send` leaves out the agent's silence where the other "
                       "side agrees; `off` neither offers nor takes it",
            .field = kField<&Config::media, &Media::comfort_noise>},
    Setting{.section = "media", .name = "source", .shape = Shape::Choice, .choices = "sdp peer any",
            .meaning = "from where a call's audio is taken, besides the address of the session description, which always wins: `peer` is any port of that "
                       "address's host and of the host that the SIP messages come from, which is where a peer behind a NAT is; `any` is every host, and lets a "
                       "stranger have the call's audio until the peer is heard from the described address; `sdp` is no other address at all",
            .field = kField<&Config::media, &Media::source>},
    Setting{.section = "media", .name = "country", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "whose busy, congestion and information tones end a call that the agent makes, as if the PBX had refused it",
            .field = kField<&Config::media, &Media::country>},
    Setting{.section = "media", .name = "hang_up_tone", .shape = Shape::Choice, .choices = "none US CA GB DE FR NL IT ES AU JP",
            .meaning = "whose busy or congestion tone, after five to eight cycles of it (2.4 to 8.6 s) with nothing else between, ends a call that the agent "
                       "was given: for lines that tell by nothing else that the caller has hung up, as those of analogue gateways",
            .field = kField<&Config::media, &Media::hang_up_tone>},
    Setting{.section = "media", .name = "voice_activity", .shape = Shape::Choice, .choices = "spectral silero",
            .meaning = "what tells the caller's voice from noise: `silero` has a model help the spectral detector (docs/voice-activity.md tells how it is installed; absent, `/readyz` says so, and `spectral` does alone)",
            .field = kField<&Config::media, &Media::voice_activity>},
    Setting{.section = "media", .name = "voice_model", .shape = Shape::Line, .most = kMaxPath, .unset = "where `install-silero` puts it",
            .meaning = "the folder of that model, as a path from `/` on: code in it runs as Offhook does, and it is loaded only where no other user may change it", .field = kField<&Config::media, &Media::voice_model>},
    Setting{.section = "limits", .name = "call", .shape = Shape::Whole, .least = 10, .most = 86400,
            .unit = "seconds", .meaning = "how long a call may last", .field = kField<&Config::limits, &Limits::call>},
    Setting{.section = "limits", .name = "ring", .shape = Shape::Whole, .least = 0, .most = 60, .unit = "seconds",
            .meaning = "how long a call rings at least before it is answered", .field = kField<&Config::limits, &Limits::ring>},
    Setting{.section = "limits", .name = "silence", .shape = Shape::Whole, .least = 2, .most = 600,
            .unit = "seconds", .meaning = "until a silent caller is asked", .field = kField<&Config::limits, &Limits::silence>},
    Setting{.section = "limits", .name = "transfer_ring", .shape = Shape::Whole, .least = 5, .most = 120, .unit = "seconds",
            .meaning = "how long the target of an attended transfer rings; then the agent has the caller back", .field = kField<&Config::limits, &Limits::transfer_ring>},
    Setting{.section = "limits", .name = "calls", .shape = Shape::Whole, .least = 1, .most = 1000,
            .meaning = "calls at once; one more hears busy", .field = kField<&Config::limits, &Limits::calls>},
    Setting{.section = "limits", .name = "drain", .shape = Shape::Whole, .least = 0, .most = 3600,
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
    Setting{.section = "health", .name = "token", .environment = "OFFHOOK_HEALTH_TOKEN", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: each request gets all pages",
            .meaning = "requests without `Authorization: Bearer TOKEN` get `/healthz` and the status of `/readyz` alone; 16 letters, digits or `-._~+/=` at least. "
                       "It crosses the network in the clear: use it within a network that you trust, or behind a proxy with TLS",
            .secret = true, .field = kField<&Config::health, &HealthSettings::token>},
    Setting{.section = "records", .name = "folder", .shape = Shape::Line, .most = kMaxPath,
            .unset = "the usual place for state", .meaning = "where a line is kept of each call (docs/records.md); `\"off\"`: nowhere",
            .field = kField<&Config::records, &RecordSettings::folder>},
    Setting{.section = "records", .name = "rotate_mb", .shape = Shape::Whole, .least = 1, .most = 4096,
            .unit = "megabytes", .meaning = "how large a file of records grows; each day begins a new one too",
            .field = kField<&Config::records, &RecordSettings::rotate_mb>},
    Setting{.section = "records", .name = "keep", .shape = Shape::Whole, .least = 1, .most = 10000,
            .meaning = "how many full files of records are kept; older ones are removed",
            .field = kField<&Config::records, &RecordSettings::keep>},
    Setting{.section = "records", .name = "digits", .shape = Shape::Flag,
            .meaning = "whether records show which keys were pressed, not only how many",
            .field = kField<&Config::records, &RecordSettings::digits>},
    Setting{.section = "transcripts", .name = "enabled", .environment = "TRANSCRIPTION_ENABLED", .shape = Shape::Flag,
            .meaning = "whether what was said is kept, and appears in the log and in the records. The variable also understands yes and no, on and off, 1 and 0",
            .field = kField<&Config::transcripts, &TranscriptSettings::enabled>},
    Setting{.section = "transcripts", .name = "folder", .shape = Shape::Line, .most = kMaxPath, .unset = "beside the records' usual place",
            .meaning = "where it is kept (docs/privacy.md)", .field = kField<&Config::transcripts, &TranscriptSettings::folder>},
    Setting{.section = "transcripts", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "how long; then it is deleted, whether calls come in or not", .field = kField<&Config::transcripts, &TranscriptSettings::keep_days>},
    Setting{.section = "transcripts", .name = "redact_digits", .shape = Shape::Whole, .least = 0, .most = 20, .unit = "digits",
            .meaning = "numbers of so many digits and more are taken out, and with them cards, IBANs and mail addresses; 0: nothing is",
            .field = kField<&Config::transcripts, &TranscriptSettings::redact_digits>},
    Setting{.section = "transcripts", .name = "patterns", .shape = Shape::Objects, .most = 32, .unset = "none",
            .meaning = "what else is taken out: `#` is a digit, `@` a letter, `?` any character, `*` the rest of a word, such as `KD-######`",
            .members = kPatternMembers, .short_for = "pattern", .field = kField<&Config::transcripts, &TranscriptSettings::patterns>},
    Setting{.section = "transcripts", .name = "readable", .shape = Shape::Flag, .meaning = "whether a text file for people is written beside each file",
            .field = kField<&Config::transcripts, &TranscriptSettings::readable>},
    Setting{.section = "recordings", .name = "enabled", .shape = Shape::Flag,
            .meaning = "whether calls are recorded (docs/recordings.md). The law may want callers to know, or to agree",
            .field = kField<&Config::recordings, &RecordingSettings::enabled>},
    Setting{.section = "recordings", .name = "folder", .shape = Shape::Line, .most = kMaxPath, .unset = "beside the records' usual place",
            .meaning = "where", .field = kField<&Config::recordings, &RecordingSettings::folder>},
    Setting{.section = "recordings", .name = "format", .shape = Shape::Choice, .choices = "opus wav",
            .meaning = "`opus`: two voices in an Ogg file, some 18 MB an hour; `wav`: stereo, 115 MB an hour, 230 MB where calls may be of G.722, and "
                       "hardly any work", .field = kField<&Config::recordings, &RecordingSettings::format>},
    Setting{.section = "recordings", .name = "sides", .shape = Shape::Choice, .choices = "both caller agent",
            .meaning = "who is recorded; of the other there is silence", .field = kField<&Config::recordings, &RecordingSettings::sides>},
    Setting{.section = "recordings", .name = "key", .environment = "OFFHOOK_RECORDING_KEY", .shape = Shape::Line, .most = kMaxKey,
            .unset = "none: not encrypted",
            .meaning = "64 hexadecimal digits (`openssl rand -hex 32`) that recordings are encrypted with: better "
                       "`\"${file:/run/secrets/recording}\"` than the key itself", .secret = true,
            .field = kField<&Config::recordings, &RecordingSettings::key>},
    Setting{.section = "recordings", .name = "keep_days", .shape = Shape::Whole, .least = 1, .most = 3650, .unit = "days",
            .meaning = "how long; then a recording is deleted, while the agent runs", .field = kField<&Config::recordings, &RecordingSettings::keep_days>},
    Setting{.section = "recordings", .name = "least_free_mb", .shape = Shape::Whole, .least = 0, .most = 100000, .unit = "megabytes",
            .meaning = "with less free on the folder's disk nothing more is recorded, and calls go on; 0: the disk may be filled",
            .field = kField<&Config::recordings, &RecordingSettings::least_free_mb>},
    Setting{.section = "recordings", .name = "most_mb", .shape = Shape::Whole, .least = 0, .most = 250000, .unit = "megabytes",
            .meaning = "how much all recordings may take together, then nothing more is recorded; 0: no bound",
            .field = kField<&Config::recordings, &RecordingSettings::most_mb>},
    Setting{.section = "recordings", .name = "notice", .shape = Shape::Line, .most = kMaxSentence, .unset = "none",
            .meaning = "what is said first in a call that is recorded, such as `This call is recorded.`; callers cannot talk over it",
            .field = kField<&Config::recordings, &RecordingSettings::notice>},
    Setting{.name = "about", .shape = Shape::Object, .unset = "none", .meaning = "notes for people; sets nothing", .members = kAboutMembers,
            .field = kTopField<&Config::about>},
};

constexpr std::array kProviderVariables{
    ProviderVariable{"OPENAI_API_KEY", "/providers/openai/api_key"},
    ProviderVariable{"OPENAI_BASE_URL", "/providers/openai_compatible/base_url"},
    ProviderVariable{"OPENAI_MODEL", "/providers/openai_compatible/models/chat"},
    ProviderVariable{"AZURE_OPENAI_ENDPOINT", "/providers/azure_openai/base_url"},
    ProviderVariable{"AZURE_OPENAI_KEY", "/providers/azure_openai/api_key"},
    ProviderVariable{"AZURE_OPENAI_DEPLOYMENT", "/providers/azure_openai/deployment"},
    ProviderVariable{"AZURE_SPEECH_KEY", "/providers/azure/speech/key"},
    ProviderVariable{"AZURE_SPEECH_REGION", "/providers/azure/speech/region"},
    ProviderVariable{"DEEPGRAM_API_KEY", "/providers/deepgram/api_key"},
    ProviderVariable{"OLLAMA_BASE_URL", "/providers/ollama/base_url"},
    ProviderVariable{"OLLAMA_MODEL", "/providers/ollama/models/chat"},
};

void add_places(const Setting& setting, const std::string& pointer, std::vector<Place>& out) {
  out.push_back({pointer, &setting});
  const std::string inner = pointer + (setting.shape == Shape::Objects ? "/N" : setting.shape == Shape::Map ? "/NAME" : "");
  for (const Setting& member : setting.members) add_places(member, inner + "/" + std::string(member.name), out);
}

}  // namespace

std::span<const Setting> settings() { return kSettings; }

std::vector<std::string_view> sections() {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (!setting.section.empty() && std::find(names.begin(), names.end(), setting.section) == names.end())
      names.push_back(setting.section);
  }
  return names;
}

std::vector<std::string_view> names_in(std::string_view section) {
  std::vector<std::string_view> names;
  for (const Setting& setting : settings()) {
    if (setting.section == section) names.push_back(setting.name);
  }
  return names;
}

const Setting* find_setting(std::string_view section, std::string_view name) {
  for (const Setting& setting : settings()) {
    if (setting.section == section && setting.name == name) return &setting;
  }
  return nullptr;
}

const Setting* find_setting(std::string_view pointer) {
  for (const Setting& setting : settings()) {
    if (pointer_of(setting) == pointer) return &setting;
  }
  return nullptr;
}

std::vector<const Setting*> members_of(const Setting& setting) {
  std::vector<const Setting*> members;
  for (const Setting& member : setting.members) members.push_back(&member);
  if (setting.also.empty()) return members;
  for (const Setting& other : settings()) {
    if (other.section == setting.also) members.push_back(&other);
  }
  return members;
}

std::vector<Place> places() {
  std::vector<Place> all;
  for (const Setting& setting : settings()) add_places(setting, pointer_of(setting), all);
  return all;
}

std::span<const ProviderVariable> provider_variables() { return kProviderVariables; }

std::string pointer_of(const Setting& setting) {
  return (setting.section.empty() ? std::string() : "/" + std::string(setting.section)) + "/" + std::string(setting.name);
}

std::vector<std::string> choices_of(const Setting& setting) {
  std::vector<std::string> all;
  for (std::string_view rest = setting.choices; !rest.empty();) {
    const auto space = std::min(rest.find(' '), rest.size());
    all.emplace_back(rest.substr(0, space));
    rest.remove_prefix(std::min(space + 1, rest.size()));
  }
  return all;
}

}  // namespace offhook::inline v0::agent::config
