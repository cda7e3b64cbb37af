#pragma once

#include <offhook/agent/config/settings.hpp>

#include <array>

/// What stands inside of compound settings: a part of the table of settings.cpp, and included by it alone.
namespace offhook::inline v0::agent::config {

inline constexpr std::int64_t kMaxName = 128;
inline constexpr std::int64_t kMaxHostName = 253;  // RFC 1035 section 2.3.4
inline constexpr std::int64_t kMaxPath = 4095;
inline constexpr std::int64_t kMaxPrompt = 32768;
inline constexpr std::int64_t kMaxSentence = 1000;
inline constexpr std::int64_t kMaxUrl = 2048;
inline constexpr std::int64_t kMaxKey = 4096;
inline constexpr std::int64_t kMaxInList = 16, kMaxInLongList = 64;

inline constexpr std::array kTlsMembers{
    Setting{.name = "verify", .shape = Shape::Choice, .choices = "required pinned insecure", .unset = "`required`",
            .meaning = "`required`: the certificate names `/sip/host`, and leads to who is trusted; `pinned`: its key is `pin`, and nothing else counts; "
                       "`insecure`: anybody may be the PBX, for a laboratory"},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's", .meaning = "whose certificates are believed (PEM), and nobody else's; its path, and those of `certificate` and `key`, start at the configuration file"},
    Setting{.name = "pin", .least = 44, .most = 44, .unset = "none",
            .meaning = "SHA-256 of the public key that the PBX must have, base64; with `required` one condition more"},
    Setting{.name = "wildcards", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `*.example.com` in a certificate stands for `pbx.example.com`, too, which RFC 5922 forbids: with the key of any host "
                       "of that domain one can then stand in for the PBX"},
    Setting{.name = "certificate", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "ours, for a PBX that asks for one (PEM, with its chain)"},
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "the file of its key (PEM)"},
};

inline constexpr std::array kOriginMembers{
    Setting{.name = "origin", .least = 1, .most = kMaxHostName + 16, .unset = "required",
            .meaning = "such as `https://phone.example.com`; `*`: any page"},
};

inline constexpr std::array kWebSocketMembers{
    Setting{.name = "path", .least = 1, .most = 1024, .unset = "`/`", .meaning = "what the PBX is asked for, such as `/ws`"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "none",
            .meaning = "the local port that browsers and others may open WebSockets to: over TLS where `/sip/tls` has a certificate, else plain"},
    Setting{.name = "origins", .shape = Shape::Objects, .least = 1, .most = 32, .unset = "no page of any browser",
            .meaning = "whose pages may do so", .members = kOriginMembers, .short_for = "origin"},
};

inline constexpr std::array kServerMembers{
    Setting{.name = "host", .shape = Shape::Host, .least = 1, .most = kMaxHostName, .unset = "required", .meaning = "its name or address"},
    Setting{.name = "port", .shape = Shape::Whole, .least = 1, .most = 65535, .unset = "what DNS says, or the transport's own",
            .meaning = "its SIP port"},
};

inline constexpr std::array kRealmMembers{
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "required", .meaning = "as the PBX writes it, such as `asterisk`"},
};

inline constexpr std::array kChallengeMembers{
    Setting{.name = "realms", .shape = Shape::Objects, .least = 1, .most = 4, .unset = "any that is as strong as that of the registration",
            .meaning = "the realms that the password is for; a request in another realm is not answered, that of a registration neither",
            .members = kRealmMembers, .short_for = "realm"},
    Setting{.name = "in_received_calls", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether they are answered in calls and subscriptions that others opened, too. A caller can then collect digests of "
                       "the password, from which a weak one can be computed"},
};

inline constexpr std::array kSignerCertificateMembers{
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required", .meaning = "where signatures say that it is, such as `https://cert.example/a.pem`"},
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "required", .meaning = "where it is (PEM): the signer's own first, then those that lead to a trusted one"},
};

inline constexpr std::array kSigningMembers{
    Setting{.name = "key", .least = 1, .most = kMaxPath, .unset = "required", .meaning = "the file of the key, on P-256 and without a passphrase (PEM)"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "required", .meaning = "where others find the certificate of that key"},
    Setting{.name = "attest", .shape = Shape::Choice, .choices = "A B C", .unset = "none: STIR without SHAKEN", .meaning = "what is said of the number by SHAKEN (RFC 8588)"},
};

inline constexpr std::array kIdentityMembers{
    Setting{.name = "trust_file", .least = 1, .most = kMaxPath, .unset = "nobody is believed", .meaning = "the file of the certificates that signers' lead to (PEM); its path, and those of the others, start at the configuration file"},
    Setting{.name = "certificates", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none", .meaning = "of signers. None is fetched: a signature with another proves nothing",
            .members = kSignerCertificateMembers},
    Setting{.name = "max_age", .shape = Shape::Whole, .least = 1, .most = 600, .unit = "seconds", .unset = "60", .meaning = "of a signature, and how far it may be ahead of our clock"},
    Setting{.name = "failed", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`",
            .meaning = "a call whose signature proves nothing: `take` it as one whose number is a claim, or `refuse` it (403, 436, 437, 438). Calls for "
                       "which the PBX, a trusted peer or a password vouches are taken in any case"},
    Setting{.name = "absent", .shape = Shape::Choice, .choices = "take refuse", .unset = "`take`", .meaning = "the same of a call without a signature (428)"},
    Setting{.name = "sign", .shape = Shape::Object, .unset = "none", .meaning = "signs calls of the agent", .members = kSigningMembers},
};

inline constexpr std::array kTrustedPeerMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required", .meaning = "where it sends from"},
};

inline constexpr std::array kWatcherMembers{
    Setting{.name = "watcher", .least = 1, .most = kMaxName + kMaxHostName + 6, .unset = "required",
            .meaning = "an address, such as `sip:desk@pbx.example`, that the PBX or a trusted peer asserts (P-Asserted-Identity); or a username of "
                       "`/sip/callers/who`, who has proved it"},
    Setting{.name = "view", .shape = Shape::Choice, .choices = "busy calls", .unset = "`busy`",
            .meaning = "`busy`: that there is a call, and no more; `calls`: each call, and with whom, unless that side withholds its name"},
};

inline constexpr std::array kCallerMembers{
    Setting{.name = "username", .least = 1, .most = kMaxName, .unset = "required", .meaning = "who it is"},
    Setting{.name = "password", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "its secret: better `\"${file:/run/secrets/door}\"` than the secret itself", .secret = true},
};

inline constexpr std::array kAlgorithmMembers{
    Setting{.name = "name", .shape = Shape::Choice, .choices = "SHA-512-256 SHA-256 MD5", .unset = "required", .meaning = "of the digest"},
};

inline constexpr std::array kCallersMembers{
    Setting{.name = "who", .shape = Shape::Objects, .least = 1, .most = 64, .unset = "required",
            .meaning = "whose calls, messages and subscriptions are taken, wherever they come from, once they have proved who they are; "
                       "all others but the PBX and `/sip/door/peers` are asked for it",
            .members = kCallerMembers},
    Setting{.name = "realm", .least = 1, .most = kMaxName, .unset = "`offhook`", .meaning = "what telephones show when they ask for the secret"},
    Setting{.name = "algorithms", .shape = Shape::Objects, .least = 1, .most = 3, .unset = "`SHA-512-256`, `SHA-256` and `MD5`",
            .meaning = "what is offered to them, in this order; without `MD5` most telephones cannot answer", .members = kAlgorithmMembers,
            .short_for = "name"},
};

inline constexpr std::array kRateMembers{
    Setting{.name = "per_second", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "as it was", .meaning = "messages"},
    Setting{.name = "burst", .shape = Shape::Whole, .least = 1, .most = 100000, .unset = "as it was", .meaning = "that many at once"},
};

inline constexpr std::array kRangeMembers{
    Setting{.name = "address", .shape = Shape::Address, .unset = "required", .meaning = "the first address, or the only one"},
    Setting{.name = "bits", .shape = Shape::Whole, .least = 0, .most = 128, .unset = "all: one address",
            .meaning = "how many of its bits the others share: 24 for `192.0.2.0/24`"},
};

inline constexpr std::array kDoorMembers{
    Setting{.name = "enabled", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether anybody is held back at all; a flood is answered with work else"},
    Setting{.name = "source", .shape = Shape::Object, .unset = "20 a second, 60 at once",
            .meaning = "what each address that we do not know may ask for; beyond it 503, then silence", .members = kRateMembers},
    Setting{.name = "strangers", .shape = Shape::Object, .unset = "400 a second, 800 at once", .meaning = "what all of those may together",
            .members = kRateMembers},
    Setting{.name = "peer", .shape = Shape::Object, .unset = "20000 a second", .meaning = "what each address of the PBX and of `peers` may",
            .members = kRateMembers},
    Setting{.name = "refusals", .shape = Shape::Object, .unset = "200 a second, 400 at once", .meaning = "how many refusals of strangers are answered",
            .members = kRateMembers},
    Setting{.name = "peers", .shape = Shape::Objects, .most = kMaxInList, .unset = "this machine",
            .meaning = "who is known besides the PBX, and not held back as strangers are", .members = kRangeMembers, .short_for = "address"},
    Setting{.name = "ban_scanners", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether who names itself as a scanner is not answered any more"},
    Setting{.name = "max_failures", .shape = Shape::Whole, .least = 1, .most = 1000, .unset = "10",
            .meaning = "wrong secrets of one address, then it is not answered any more"},
    Setting{.name = "forgiven_every", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "30",
            .meaning = "after which one of them is forgotten"},
    Setting{.name = "ban_time", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "600", .meaning = "for how long nothing is answered"},
};

inline constexpr std::array kConnectionMembers{
    Setting{.name = "most", .shape = Shape::Whole, .least = 3, .most = 65536, .unset = "256", .meaning = "connections in all"},
    Setting{.name = "for_own", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32", .meaning = "of these, kept for those that the agent opens itself"},
    Setting{.name = "for_known", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "64",
            .meaning = "of the rest, kept for the PBX, `/sip/trusted_peers` and `/sip/door/peers`"},
    Setting{.name = "per_source", .shape = Shape::Whole, .least = 1, .most = 65536, .unset = "32", .meaning = "from one address"},
    Setting{.name = "stranger_time", .shape = Shape::Whole, .least = 1, .most = 86400, .unit = "seconds", .unset = "32",
            .meaning = "after which what anybody else has opened is closed, when no call and no request needs it any more"},
};

inline constexpr std::array kModelMembers{
    Setting{.name = "realtime", .least = 1, .most = kMaxName, .unset = "`gpt-realtime` of openai",
            .meaning = "a model that hears and speaks itself; of azure a deployment"},
    Setting{.name = "chat", .environment = "OLLAMA_MODEL, OPENAI_MODEL", .least = 1, .most = kMaxName,
            .unset = "`gpt-4o-mini` of openai, the deployment of azure", .meaning = "a model that thinks. `OPENAI_MODEL` is for openai_compatible alone"},
    Setting{.name = "transcription", .least = 1, .most = kMaxName, .unset = "`gpt-4o-mini-transcribe` of openai, `nova-3` of deepgram (of its Voice Agent a Flux model)",
            .meaning = "a model that turns speech into text"},
    Setting{.name = "speech", .least = 1, .most = kMaxName, .unset = "`gpt-4o-mini-tts` of openai",
            .meaning = "a model that turns text into speech. Azure and Deepgram go by the voice alone"},
};

inline constexpr std::array kQuirkMembers{
    Setting{.name = "max_tokens", .shape = Shape::Choice, .choices = "max_completion_tokens max_tokens none",
            .unset = "`max_tokens` of openai_compatible, else `max_completion_tokens`",
            .meaning = "by which name the bound of a reply is sent; `none`: it is not sent"},
    Setting{.name = "stream_options", .shape = Shape::Flag, .unset = "`false` of openai_compatible, else `true`",
            .meaning = "whether the server takes this field"},
    Setting{.name = "tool_choice", .shape = Shape::Flag, .unset = "the same", .meaning = "whether the server takes this field"},
    Setting{.name = "developer_role", .shape = Shape::Flag, .unset = "the same",
            .meaning = "whether the server knows this role; else rules go by `system`"},
    Setting{.name = "starts_in_thought", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether answers begin within a thought, of which only the closing `</think>` comes"},
};

inline constexpr std::array kReplyMembers{
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 16, .most = 65536, .unit = "tokens", .unset = "the model's own",
            .meaning = "how long a reply may be, with what the model thinks before it"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "none minimal low medium high", .unset = "the model's own",
            .meaning = "how much a model that reasons thinks before it speaks: callers wait for it"},
    Setting{.name = "service_tier", .shape = Shape::Choice, .choices = "auto default flex priority", .unset = "the project's",
            .meaning = "how the provider queues it; `priority` is quicker and dearer"},
};

inline constexpr std::array kRealtimeMembers{
    Setting{.name = "turn_detection", .shape = Shape::Choice, .choices = "ours server semantic", .unset = "`ours`",
            .meaning = "who finds the end of the caller's turn. `ours` sends sound only while somebody speaks; the other two send, and pay for, all of it"},
    Setting{.name = "eagerness", .shape = Shape::Choice, .choices = "auto low medium high", .unset = "`auto`",
            .meaning = "of `semantic`: how soon the caller is taken to have finished"},
    Setting{.name = "noise_reduction", .shape = Shape::Choice, .choices = "none near_field far_field", .unset = "`none`",
            .meaning = "what the provider takes out before its model listens; `near_field` is a handset, `far_field` a room"},
    Setting{.name = "speed_percent", .shape = Shape::Whole, .least = 25, .most = 150, .unit = "percent", .unset = "100", .meaning = "how fast it speaks"},
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 1, .most = 4096, .unit = "tokens", .unset = "the model's own",
            .meaning = "how long a response may be; a second of speech is about 20"},
    Setting{.name = "transcription", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether `models/transcription` writes down what callers say, at a price of its own. Without it records, transcripts and the provider that takes "
                       "over have none of the callers' words, and no tool can be confirmed by voice"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "minimal low medium high xhigh", .unset = "the model's own",
            .meaning = "how much a model that reasons (`gpt-realtime-2`) thinks before it speaks: callers wait for it, and its tokens are paid"},
    Setting{.name = "truncation", .shape = Shape::Choice, .choices = "auto disabled retention_ratio", .unset = "the provider's: `auto`",
            .meaning = "what happens to a conversation that is too long: `auto` leaves out its oldest part, `retention_ratio` more of it at once, so that the rest is cached "
                       "longer; with `disabled` the reply fails"},
    Setting{.name = "retention_percent", .shape = Shape::Whole, .least = 0, .most = 100, .unit = "percent", .unset = "80",
            .meaning = "of `retention_ratio`: how much of the conversation is kept when some is left out"},
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1000, .most = 1000000, .unit = "tokens", .unset = "the model's own",
            .meaning = "of `retention_ratio`: how long the conversation behind the instructions may be. Each reply is charged for all of it: less is cheaper, and forgets sooner"},
};

inline constexpr std::array kSpeechMembers{
    Setting{.name = "key", .environment = "AZURE_SPEECH_KEY", .shape = Shape::Key, .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the key of the speech resource", .secret = true},
    Setting{.name = "region", .environment = "AZURE_SPEECH_REGION", .shape = Shape::Region, .unset = "none", .meaning = "where that resource is, such as `westeurope`"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the region's", .meaning = "a host of its own, or a container"},
};

inline constexpr std::array kDeepgramMembers{
    Setting{.name = "turn_detection", .shape = Shape::Choice, .choices = "ours flux", .unset = "`flux`",
            .meaning = "which side ends the caller's turn where a Flux model listens: the model, or Offhook by `/agent/limits/end_of_turn_ms`. Other models never end it"},
    Setting{.name = "eot_threshold_percent", .shape = Shape::Whole, .least = 50, .most = 90, .unit = "percent", .unset = "70",
            .meaning = "how sure Flux must be that a turn is over to end it (`eot_threshold` of the API times 100): less is quicker, and cuts off callers who pause to think"},
    Setting{.name = "eager_eot_threshold_percent", .shape = Shape::Whole, .least = 30, .most = 90, .unit = "percent", .unset = "none: no eager ends",
            .meaning = "the reply is asked for when Flux is so sure, before the turn is over (`eager_eot_threshold`); it is asked for again, and paid again, when the caller "
                       "goes on. At most `eot_threshold_percent`"},
    Setting{.name = "eot_timeout_ms", .shape = Shape::Whole, .least = 500, .most = 60000, .unit = "milliseconds", .unset = "2500",
            .meaning = "silence that ends a turn whatever Flux believes (`eot_timeout_ms`)"},
    Setting{.name = "endpointing_ms", .shape = Shape::Whole, .least = 0, .most = 5000, .unit = "milliseconds", .unset = "300, or 100 where any language is spoken",
            .meaning = "silence after which it takes words as said; the end of the caller's turn is ours to find. 0: never"},
    Setting{.name = "smart_format", .shape = Shape::Flag, .unset = "`false`", .meaning = "whether dates and amounts come as people write them; that costs time"},
    Setting{.name = "numerals", .shape = Shape::Flag, .unset = "`false`", .meaning = "whether numbers come as digits"},
    Setting{.name = "mip_opt_out", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether it must not make its models better with what it hears (docs/deepgram.md: it may cost more)"},
    Setting{.name = "tag", .shape = Shape::Name, .unset = "none", .meaning = "a word by which the account's bills show these calls"},
    Setting{.name = "agent_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "`https://agent.deepgram.com`, or base_url where that is another than Deepgram's",
            .meaning = "where its Voice Agent is"},
    Setting{.name = "thinks_by", .shape = Shape::Name, .unset = "`open_ai`",
            .meaning = "whose model thinks in the Voice Agent, in Deepgram's word, such as `anthropic`; `models/chat` says which, `gpt-4o-mini` if nothing does"},
};

inline constexpr std::array kOllamaMembers{
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1024, .most = 131072, .unit = "tokens", .unset = "8192",
            .meaning = "room for prompt, history and answer together: it takes the server's memory, and what is longer is forgotten from its beginning"},
    Setting{.name = "keep_alive_minutes", .shape = Shape::Whole, .least = 1, .most = 10080, .unit = "minutes", .unset = "30",
            .meaning = "how long the model stays loaded after an answer: loading it again takes a caller's patience"},
};

inline constexpr std::array kProviderMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .choices = "openai azure deepgram ollama azure_openai openai_compatible local",
            .unset = "the provider's name, where it is one of these", .meaning = "what it speaks"},
    Setting{.name = "base_url", .environment = "OPENAI_BASE_URL, AZURE_OPENAI_ENDPOINT, OLLAMA_BASE_URL", .shape = Shape::Url, .least = 1, .most = kMaxUrl,
            .unset = "`https://api.openai.com/v1` of openai, `https://api.deepgram.com` of deepgram, `http://127.0.0.1:11434` of ollama",
            .meaning = "where it is, such as `http://127.0.0.1:8000/v1`; of azure its OpenAI"},
    Setting{.name = "api_key", .environment = "OPENAI_API_KEY, AZURE_OPENAI_KEY, DEEPGRAM_API_KEY", .shape = Shape::Key, .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "its key: better `\"${OPENAI_API_KEY}\"` or `\"${file:/run/secrets/openai}\"` than the key itself", .secret = true},
    Setting{.name = "region", .shape = Shape::Name, .unset = "not said; of azure that of its speech, where it does not think",
            .meaning = "where it computes, in a word of yours such as `eu`"},
    Setting{.name = "voice", .least = 1, .most = kMaxName, .unset = "the nearest (docs/voices.md)",
            .meaning = "what it speaks with where the agent's voice is another provider's"},
    Setting{.name = "models", .shape = Shape::Object, .meaning = "its models", .members = kModelMembers},
    Setting{.name = "speech", .shape = Shape::Object, .meaning = "of azure: its speech resource", .members = kSpeechMembers},
    Setting{.name = "deepgram", .shape = Shape::Object, .meaning = "how deepgram listens", .members = kDeepgramMembers},
    Setting{.name = "ollama", .shape = Shape::Object, .meaning = "how ollama keeps its model", .members = kOllamaMembers},
    Setting{.name = "api", .shape = Shape::Choice, .choices = "chat responses", .unset = "`chat`", .meaning = "by which of its interfaces it thinks"},
    Setting{.name = "reply", .shape = Shape::Object, .meaning = "how much its chat model thinks, and says", .members = kReplyMembers},
    Setting{.name = "realtime", .shape = Shape::Object, .meaning = "how a model that hears and speaks itself does so", .members = kRealtimeMembers},
    Setting{.name = "quirks", .shape = Shape::Object, .meaning = "where a compatible server is not", .members = kQuirkMembers},
    Setting{.name = "deployment", .environment = "AZURE_OPENAI_DEPLOYMENT", .least = 1, .most = kMaxName,
            .unset = "none", .meaning = "of azure_openai and azure: the deployment's name"},
    Setting{.name = "api_version", .least = 1, .most = kMaxName, .unset = "none: the current one",
            .meaning = "of azure_openai and azure: only where an older interface is wanted"},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's", .meaning = "whose certificates are believed (PEM)"},
};

inline constexpr std::array kWordMembers{
    Setting{.name = "word", .least = 0, .most = kMaxPath, .unset = "required", .meaning = "a word of the command line", .may_hold_secret = true},
};

inline constexpr std::array kNamedSecretMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "a name"},
    Setting{.name = "value", .least = 1, .most = kMaxKey, .unset = "required", .meaning = "its value, such as `\"${SHOP_KEY}\"`", .secret = true},
};

inline constexpr std::array kOperationMembers{
    Setting{.name = "id", .least = 1, .most = kMaxName, .unset = "required", .meaning = "an operationId of the document"},
};

inline constexpr std::array kOauthMembers{
    Setting{.name = "client_id", .least = 1, .most = kMaxName, .unset = "required", .meaning = "who we are to its authorization server"},
    Setting{.name = "client_secret", .least = 1, .most = kMaxKey, .unset = "none", .meaning = "what proves it", .secret = true},
    Setting{.name = "private_key", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "or the file of a key on P-256 (PEM) that signs it",
            .may_hold_secret = true},  // Some write the key itself.
    Setting{.name = "token_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the one that the server names", .meaning = "where tokens are had"},
    Setting{.name = "issuer", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the first that the server names",
            .meaning = "the only authorization server that is believed"},
    Setting{.name = "scope", .least = 1, .most = kMaxUrl, .unset = "what the server asks for", .meaning = "what is asked for"},
};

inline constexpr std::array kPinMembers{
    Setting{.name = "tool", .shape = Shape::Name, .unset = "required", .meaning = "a tool's name, as `offhook tools` shows it"},
    Setting{.name = "hash", .least = 64, .most = 64, .unset = "required", .meaning = "of its definition, as `offhook tools` shows it"},
};

inline constexpr std::array kToolServerMembers{
    Setting{.name = "command", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "a server of the Model Context Protocol that is run here: the whole path of a program, and its words", .members = kWordMembers,
            .short_for = "word"},
    Setting{.name = "environment", .shape = Shape::Objects, .most = kMaxInList, .unset = "none", .meaning = "all of that program's environment, but for PATH and LANG",
            .members = kNamedSecretMembers},
    Setting{.name = "directory", .least = 1, .most = kMaxPath, .unset = "`/`", .meaning = "where that program runs"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "a server of that protocol elsewhere (Streamable HTTP); beside `openapi` the HTTP service itself. https, or http on this machine. It is not shown, for "
                       "some hold a key", .may_hold_secret = true},
    Setting{.name = "openapi", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "the OpenAPI document (JSON, 3.0 or 3.1) of an HTTP service: a file beside the configuration"},
    Setting{.name = "operations", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none", .meaning = "those of the document that are tools; there are no others",
            .members = kOperationMembers, .short_for = "id"},
    Setting{.name = "token", .least = 1, .most = kMaxKey, .unset = "none", .meaning = "sent as `Authorization: Bearer`", .secret = true},
    Setting{.name = "headers", .shape = Shape::Objects, .most = 16, .unset = "none", .meaning = "others that it asks for, such as an API key's", .members = kNamedSecretMembers},
    Setting{.name = "oauth", .shape = Shape::Object, .unset = "none", .meaning = "instead of a token: client credentials of OAuth 2.1", .members = kOauthMembers},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's", .meaning = "whose certificates are believed (PEM)"},
    Setting{.name = "pins", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "none",
            .meaning = "definitions that somebody has looked at: a tool whose definition is another one is refused (`offhook tools` prints them)", .members = kPinMembers},
    Setting{.name = "unpinned", .shape = Shape::Choice, .choices = "refuse trust_first", .unset = "`refuse`; of `openapi` `trust_first`",
            .meaning = "what becomes of a tool that nobody has looked at: `trust_first` holds it to the definition that came first since the start"},
};

inline constexpr std::array kHeaderMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "a header of the INVITE, such as `X-Queue`"},
    Setting{.name = "value", .shape = Shape::Pattern, .unset = "required", .meaning = "what it must be"},
};

inline constexpr std::array kMatchMembers{
    Setting{.name = "called", .shape = Shape::Pattern, .unset = "any", .meaning = "the number that was dialled: `6002`, or `60*` for all that begin so"},
    Setting{.name = "caller", .shape = Shape::Pattern, .unset = "any",
            .meaning = "the number that calls. A caller can claim any number: beside an agent that says or does what not everybody may have, set `verified`"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether the caller's number must be verified: the PBX or one of `/sip/trusted_peers` asserts it (P-Asserted-Identity), or the caller has proved "
                       "this name by its password (`/sip/callers`)"},
    Setting{.name = "header", .shape = Shape::Object, .unset = "any", .meaning = "what a header says", .members = kHeaderMembers},
};

inline constexpr std::array kSessionMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .choices = "realtime cascade", .unset = "required",
            .meaning = "`realtime`: one model hears and speaks. `cascade`: one listens, one thinks, one speaks"},
    Setting{.name = "provider", .shape = Shape::Provider, .unset = "the agent's", .meaning = "who does what the next three do not name"},
    Setting{.name = "listen", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who turns speech into text"},
    Setting{.name = "think", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who replies"},
    Setting{.name = "speak", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who turns text into speech"},
};

inline constexpr std::array kKeysMembers{
    Setting{.name = "pattern", .least = 1, .most = 32, .unset = "required",
            .meaning = "a sequence of keys with `*`, `#` or A to D in it, such as `#`, `*1` or `XXXX#`, where X is any digit"},
};

inline constexpr std::array kToolMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "what the model may ask for: `hang_up`, `transfer`, `hold`, `send_digits`, `note`, `pause_recording`, or a tool of a server, such as `shop__find_order`"},
    Setting{.name = "confirm", .shape = Shape::Choice, .choices = "never caller", .unset = "`never`; `caller` of class `money` and `telephony`",
            .meaning = "whether the caller must say yes before it is done; of class `money` they must"},
    Setting{.name = "max_per_call", .shape = Shape::Whole, .least = 1, .most = 100,
            .unset = "1 of `hang_up`, 3 of `transfer`, 10 of `hold` and of a server's, 20 of the others",
            .meaning = "how often in one call. It does not hold for `pause_recording`: what is not to be recorded is not, however often"},
    Setting{.name = "destinations", .shape = Shape::Targets, .least = 1, .most = 64, .unset = "none",
            .meaning = "of `transfer`: names that the model knows, and what is dialled for them. Nothing else can be reached"},
    Setting{.name = "keys", .shape = Shape::Objects, .least = 1, .most = kMaxInList, .unset = "digits alone",
            .meaning = "of `send_digits`: the sequences with `*`, `#` or A to D that may be pressed, each as a whole (docs/tools.md)", .members = kKeysMembers,
            .short_for = "pattern"},
    Setting{.name = "class", .shape = Shape::Choice, .choices = "read write money telephony", .unset = "`write`",
            .meaning = "of a server's tool: what it can do to the world"},
    Setting{.name = "max_per_minute", .shape = Shape::Whole, .least = 1, .most = 60, .unset = "10", .meaning = "of a server's tool"},
    Setting{.name = "question", .least = 1, .most = kMaxSentence, .unset = "made from its name; required of class `money`, and of `telephony` unless `confirm` is `never`",
            .meaning = "of a server's tool: what the caller is asked, such as `Shall I send {amount} back to you?`, where {amount} is an argument of the call"},
    Setting{.name = "arguments", .shape = Shape::Schema, .unset = "what the tool takes",
            .meaning = "of a server's tool: what its arguments may be, beyond what the tool itself asks of them (docs/tools.md)"},
};

inline constexpr std::array kFallbackMembers{
    Setting{.name = "transfer_to", .shape = Shape::Target, .unset = "nobody", .meaning = "who gets the call when no provider answers"},
    Setting{.name = "hang_up", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether it then ends with a goodbye"},
};

inline constexpr std::array kSentenceMembers{
    Setting{.name = "empty_reply", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one", .meaning = "the model had nothing to say"},
    Setting{.name = "mishap", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "a part failed when the caller had said nothing that they could say again"},
    Setting{.name = "refusal", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "the provider's content filter refused what the caller said"},
    Setting{.name = "silence", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "the caller said nothing, too often: the call ends"},
    Setting{.name = "limit", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "the call has lasted as long as it may: it ends"},
    Setting{.name = "transfer", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one",
            .meaning = "nobody answered a transfer, and the model has no words for it"},
    Setting{.name = "shutdown", .shape = Shape::Line, .most = kMaxSentence, .unset = "the usual one", .meaning = "Offhook stops: the call ends"},
};

inline constexpr std::array kAgentLimitMembers{
    Setting{.name = "call", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "that of /limits",
            .meaning = "how long a call may last"},
    Setting{.name = "silence", .shape = Shape::Whole, .least = 2, .most = 600, .unit = "seconds", .unset = "that of /limits",
            .meaning = "until a silent caller is asked"},
    Setting{.name = "silences", .shape = Shape::Whole, .least = 0, .most = 20, .unset = "3",
            .meaning = "how often a silent caller is asked; then the call ends"},
    Setting{.name = "hold", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "600",
            .meaning = "how long the caller's side may keep the agent on hold; then the call goes to `fallback`, or ends"},
    Setting{.name = "end_of_turn_ms", .shape = Shape::Whole, .least = 100, .most = 3000, .unit = "milliseconds", .unset = "500",
            .meaning = "silence that ends the caller's turn. Less is quicker, and cuts off who pauses to think"},
    Setting{.name = "interruption_ms", .shape = Shape::Whole, .least = 60, .most = 2000, .unit = "milliseconds", .unset = "240",
            .meaning = "how long a caller must speak to end what the agent says: less is a cough, and only a pause. "
                       "A sound of less than 500 ms ends it only when words are recognised in it"},
    Setting{.name = "listen_ms", .shape = Shape::Whole, .least = 500, .most = 30000, .unit = "milliseconds", .unset = "4000",
            .meaning = "how long a transcript is waited for, then another way is tried"},
    Setting{.name = "think_ms", .shape = Shape::Whole, .least = 500, .most = 60000, .unit = "milliseconds", .unset = "8000",
            .meaning = "the same of a reply's first words"},
    Setting{.name = "speak_ms", .shape = Shape::Whole, .least = 500, .most = 30000, .unit = "milliseconds", .unset = "5000",
            .meaning = "the same of its first sound"},
};

inline constexpr std::array kContextMembers{
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "a JSON object, read at each call"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "a GET to it, with `caller` and `called` as its query, gives a JSON object. A caller can claim any number: see `verified`"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether it is asked only in calls whose caller is verified, as `/agents/N/match/verified` describes; other calls go on without"},
    Setting{.name = "timeout_ms", .shape = Shape::Whole, .least = 50, .most = 5000, .unit = "milliseconds", .unset = "800",
            .meaning = "how long it is waited for; then the call goes on without"},
};

inline constexpr std::array kAgentMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "how records and logs call it"},
    Setting{.name = "match", .shape = Shape::Object, .unset = "required", .meaning = "whose calls it takes; all that is given must fit",
            .members = kMatchMembers},
};

inline constexpr std::array kPhraseMembers{
    Setting{.name = "phrase", .least = 1, .most = 100, .unset = "required", .meaning = "one of them"},
};

inline constexpr std::array kLanguageMembers{
    Setting{.name = "language", .shape = Shape::Language, .least = 1, .most = 35, .unset = "required", .meaning = "one of them, such as `en-US` or `de`"},
};

inline constexpr std::array kPatternMembers{
    Setting{.name = "pattern", .least = 1, .most = kMaxName, .unset = "required", .meaning = "of whole words; case does not matter"},
};

inline constexpr std::array kAboutMembers{
    Setting{.name = "what", .most = kMaxSentence, .unset = "none", .meaning = "what this file is for"},
    Setting{.name = "latency", .most = kMaxSentence, .unset = "none", .meaning = "what callers can expect"},
    Setting{.name = "cost_per_minute", .most = kMaxSentence, .unset = "none", .meaning = "what it costs"},
    Setting{.name = "checked", .most = kMaxSentence, .unset = "none", .meaning = "when somebody looked at it last"},
};

}  // namespace offhook::inline v0::agent::config
