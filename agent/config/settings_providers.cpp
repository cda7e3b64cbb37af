#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /providers and /tool_servers.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kModelMembers{
    Setting{.name = "realtime", .least = 1, .most = kMaxName, .unset = "`gpt-realtime` for openai",
            .meaning = "the model that hears and speaks itself; for azure, its deployment"},
    Setting{.name = "chat", .environment = "OLLAMA_MODEL, OPENAI_MODEL", .least = 1, .most = kMaxName,
            .unset = "`gpt-4o-mini` for openai, the deployment for azure",
            .meaning = "the model that thinks. `OPENAI_MODEL` is for openai_compatible only"},
    Setting{.name = "transcription", .least = 1, .most = kMaxName,
            .unset = "`gpt-4o-mini-transcribe` for openai, `nova-3` for deepgram (a Flux model for its Voice Agent)",
            .meaning = "the model that turns speech into text"},
    Setting{.name = "speech", .least = 1, .most = kMaxName, .unset = "`gpt-4o-mini-tts` for openai",
            .meaning = "the model that turns text into speech. For azure and deepgram, the voice is enough"},
};

constexpr std::array kQuirkMembers{
    Setting{.name = "max_tokens", .shape = Shape::Choice, .choices = "max_completion_tokens max_tokens none",
            .unset = "`max_tokens` for openai_compatible, else `max_completion_tokens`",
            .meaning = "the name of the field that limits the length of a reply; `none`: Offhook does not send one"},
    Setting{.name = "stream_options", .shape = Shape::Flag, .unset = "`false` for openai_compatible, else `true`",
            .meaning = "whether the server accepts the field `stream_options`"},
    Setting{.name = "tool_choice", .shape = Shape::Flag, .unset = "`false` for openai_compatible, else `true`",
            .meaning = "whether the server accepts the field `tool_choice`"},
    Setting{.name = "developer_role", .shape = Shape::Flag, .unset = "`false` for openai_compatible, else `true`",
            .meaning = "whether the server knows the role `developer`; otherwise Offhook sends rules with the role `system`"},
    Setting{.name = "starts_in_thought", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether answers begin inside a thought, of which the server sends only the closing `</think>`"},
};

constexpr std::array kReplyMembers{
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 16, .most = 65536, .unit = "tokens", .unset = "the model's default",
            .meaning = "the longest reply, with the tokens that the model thinks before it"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "none minimal low medium high", .unset = "the model's default",
            .meaning = "how much a reasoning model thinks before it speaks; the caller waits for it"},
    Setting{.name = "service_tier", .shape = Shape::Choice, .choices = "auto default flex priority", .unset = "the project's default",
            .meaning = "the queue of the provider for these requests; `priority` is quicker and costs more"},
};

constexpr std::array kRealtimeMembers{
    Setting{.name = "turn_detection", .shape = Shape::Choice, .choices = "ours server semantic", .unset = "`ours`",
            .meaning = "what finds the end of the caller's turn. `ours`: Offhook, which sends sound only while the caller speaks. "
                       "`server` and `semantic`: the provider, to which Offhook sends all sound, and which charges for it"},
    Setting{.name = "eagerness", .shape = Shape::Choice, .choices = "auto low medium high", .unset = "`auto`",
            .meaning = "for `semantic`: how soon the provider takes the caller's turn as finished"},
    Setting{.name = "noise_reduction", .shape = Shape::Choice, .choices = "none near_field far_field", .unset = "`none`",
            .meaning = "the noise that the provider removes before its model listens; `near_field` is for a handset, `far_field` for a "
                       "room"},
    Setting{.name = "speed_percent", .shape = Shape::Whole, .least = 25, .most = 150, .unit = "percent", .unset = "100",
            .meaning = "the speed of the speech"},
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 1, .most = 4096, .unit = "tokens", .unset = "the model's default",
            .meaning = "the longest response; a second of speech is about 20 tokens"},
    Setting{.name = "transcription", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether `models/transcription` writes down what callers say. The provider charges for it. Without it, records and "
                       "transcripts have no words of the caller, the next provider does not get them, and no caller can confirm a tool by "
                       "voice"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "minimal low medium high xhigh", .unset = "the model's default",
            .meaning = "how much a reasoning model (`gpt-realtime-2`) thinks before it speaks. The caller waits for it, and the provider "
                       "charges for its tokens"},
    Setting{.name = "truncation", .shape = Shape::Choice, .choices = "auto disabled retention_ratio", .unset = "the provider's default, `auto`",
            .meaning = "what the provider does with a conversation that is too long. `auto`: it removes the oldest part. "
                       "`retention_ratio`: it removes more at once, so that its cache holds the rest longer. `disabled`: the reply fails"},
    Setting{.name = "retention_percent", .shape = Shape::Whole, .least = 0, .most = 100, .unit = "percent", .unset = "80",
            .meaning = "for `retention_ratio`: how much of the conversation stays when the provider removes a part"},
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1000, .most = 131072, .unit = "tokens", .unset = "the model's limit",
            .meaning = "for `retention_ratio`: the longest conversation after the instructions. The provider charges each reply for all of "
                       "it. With a lower value, a reply costs less and the model forgets sooner"},
};

constexpr std::array kSpeechMembers{
    Setting{.name = "key", .environment = "AZURE_SPEECH_KEY", .shape = Shape::Key, .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the key of the speech resource", .secret = true},
    Setting{.name = "region", .environment = "AZURE_SPEECH_REGION", .shape = Shape::Region, .unset = "none",
            .meaning = "the region of the speech resource, such as `westeurope`"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the region's address",
            .meaning = "the address of a host of your own, or of a container"},
};

constexpr std::array kDeepgramMembers{
    Setting{.name = "turn_detection", .shape = Shape::Choice, .choices = "ours flux", .unset = "`flux`",
            .meaning = "what ends the caller's turn while a Flux model listens. `flux`: the model. `ours`: Offhook, by "
                       "`/agent/limits/end_of_turn_ms`. Other models never end a turn"},
    Setting{.name = "eot_threshold_percent", .shape = Shape::Whole, .least = 50, .most = 90, .unit = "percent", .unset = "70",
            .meaning = "how sure Flux must be that a turn is over before it ends the turn (`eot_threshold` of the API times 100). A lower "
                       "value gives quicker answers, and interrupts callers who pause to think"},
    Setting{.name = "eager_eot_threshold_percent", .shape = Shape::Whole, .least = 30, .most = 90, .unit = "percent", .unset = "none: Offhook asks at the end of the turn",
            .meaning = "how sure Flux must be before Offhook asks for a reply while the turn continues (`eager_eot_threshold` of the API "
                       "times 100). If the caller then says more, Offhook asks again, and the provider charges again. At most "
                       "`eot_threshold_percent`"},
    Setting{.name = "eot_timeout_ms", .shape = Shape::Whole, .least = 500, .most = 60000, .unit = "milliseconds", .unset = "2500",
            .meaning = "the silence that ends a turn even if Flux is not sure (`eot_timeout_ms` of the API)"},
    Setting{.name = "endpointing_ms", .shape = Shape::Whole, .least = 0, .most = 5000, .unit = "milliseconds",
            .unset = "300, or 100 if callers may speak any language",
            .meaning = "the silence after which Deepgram returns words as final. Offhook itself finds the end of the caller's turn. 0: "
                       "never"},
    Setting{.name = "smart_format", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether Deepgram writes dates and amounts as people do; it takes time"},
    Setting{.name = "numerals", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether Deepgram writes numbers as digits"},
    Setting{.name = "mip_opt_out", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether Deepgram must not use what it hears to improve its models (docs/deepgram.md: it may cost more)"},
    Setting{.name = "tag", .shape = Shape::Name, .unset = "none",
            .meaning = "a word by which the bills of the account show these calls"},
    Setting{.name = "agent_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl,
            .unset = "`https://agent.deepgram.com`, or base_url if that is not Deepgram's",
            .meaning = "the address of the Voice Agent"},
    Setting{.name = "thinks_by", .shape = Shape::Name, .unset = "`open_ai`",
            .meaning = "the provider whose model thinks in the Voice Agent, as Deepgram names it, such as `anthropic`. `models/chat` "
                       "names the model; its default is `gpt-4o-mini`"},
};

constexpr std::array kOllamaMembers{
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1024, .most = 131072, .unit = "tokens", .unset = "8192",
            .meaning = "the space for prompt, history and answer together. It takes memory of the server. The model forgets the beginning "
                       "of a longer text"},
    Setting{.name = "keep_alive_minutes", .shape = Shape::Whole, .least = 1, .most = 10080, .unit = "minutes", .unset = "30",
            .meaning = "how long the model stays loaded after an answer. A caller waits while the server loads it again"},
};

constexpr std::array kProviderMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .choices = "openai azure deepgram ollama azure_openai openai_compatible local",
            .unset = "the provider's name, if it is one of these",
            .meaning = "the protocol of the provider"},
    Setting{.name = "base_url", .environment = "OPENAI_BASE_URL, AZURE_OPENAI_ENDPOINT, OLLAMA_BASE_URL", .shape = Shape::Url, .least = 1, .most = kMaxUrl,
            .unset = "`https://api.openai.com/v1` for openai, `https://api.deepgram.com` for deepgram, `http://127.0.0.1:11434` for ollama",
            .meaning = "the provider's address, such as `http://127.0.0.1:8000/v1`; for azure, the address of its Azure OpenAI resource"},
    Setting{.name = "api_key", .environment = "OPENAI_API_KEY, AZURE_OPENAI_KEY, DEEPGRAM_API_KEY", .shape = Shape::Key, .least = 1, .most = kMaxKey,
            .unset = "none",
            .meaning = "the provider's key; `\"${OPENAI_API_KEY}\"` or `\"${file:/run/secrets/openai}\"` is better than the key itself",
            .secret = true},
    Setting{.name = "region", .shape = Shape::Name, .unset = "none; for azure without a model, the region of its speech resource",
            .meaning = "the region in which the provider computes, in a word of yours such as `eu`"},
    Setting{.name = "voice", .least = 1, .most = kMaxName, .unset = "the nearest voice (docs/voices.md)",
            .meaning = "the provider's voice if the agent's voice belongs to another provider"},
    Setting{.name = "models", .shape = Shape::Object,
            .meaning = "the provider's models", .members = kModelMembers},
    Setting{.name = "speech", .shape = Shape::Object,
            .meaning = "for azure: its speech resource", .members = kSpeechMembers},
    Setting{.name = "deepgram", .shape = Shape::Object,
            .meaning = "for deepgram: how it listens, and its Voice Agent", .members = kDeepgramMembers},
    Setting{.name = "ollama", .shape = Shape::Object,
            .meaning = "for ollama: how it keeps its model in memory", .members = kOllamaMembers},
    Setting{.name = "api", .shape = Shape::Choice, .choices = "chat responses", .unset = "`chat`",
            .meaning = "the interface of the provider that thinks"},
    Setting{.name = "reply", .shape = Shape::Object,
            .meaning = "how much the chat model thinks and says", .members = kReplyMembers},
    Setting{.name = "realtime", .shape = Shape::Object,
            .meaning = "settings of a model that hears and speaks itself", .members = kRealtimeMembers},
    Setting{.name = "quirks", .shape = Shape::Object,
            .meaning = "the differences of a compatible server from OpenAI", .members = kQuirkMembers},
    Setting{.name = "deployment", .environment = "AZURE_OPENAI_DEPLOYMENT", .least = 1, .most = kMaxName,
            .unset = "none",
            .meaning = "for azure_openai and azure: the name of the deployment"},
    Setting{.name = "api_version", .least = 1, .most = kMaxName, .unset = "none: the current interface",
            .meaning = "for azure_openai and azure: the version of an older interface"},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts for this provider (PEM)"},
};

constexpr std::array kWordMembers{
    Setting{.name = "word", .least = 0, .most = kMaxPath, .unset = "required",
            .meaning = "a word of the command line", .may_hold_secret = true},
};

constexpr std::array kNamedSecretMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "the name of the variable or of the header field"},
    Setting{.name = "value", .least = 1, .most = kMaxKey, .unset = "required",
            .meaning = "its value, such as `\"${SHOP_KEY}\"`", .secret = true},
};

constexpr std::array kOperationMembers{
    Setting{.name = "id", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "an operationId of the document"},
};

constexpr std::array kOauthMembers{
    Setting{.name = "client_id", .least = 1, .most = kMaxName, .unset = "required",
            .meaning = "the name of this client at the authorization server"},
    Setting{.name = "client_secret", .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the secret of this client", .secret = true},
    Setting{.name = "private_key", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the file of a private key on P-256 (PEM) that proves the name instead of a secret",
            .may_hold_secret = true},  // The value may be the key itself, written here by mistake.
    Setting{.name = "token_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the address that the server names",
            .meaning = "the address at which Offhook gets tokens"},
    Setting{.name = "issuer", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the first authorization server that the server names",
            .meaning = "the only authorization server that Offhook believes"},
    Setting{.name = "scope", .least = 1, .most = kMaxUrl, .unset = "the scope that the server asks for",
            .meaning = "the scope of the tokens"},
};

constexpr std::array kPinMembers{
    Setting{.name = "tool", .shape = Shape::Name, .unset = "required",
            .meaning = "a tool's name, as `offhook tools` shows it"},
    Setting{.name = "hash", .least = 64, .most = 64, .unset = "required",
            .meaning = "the hash of its definition, as `offhook tools` shows it"},
};

constexpr std::array kToolServerMembers{
    Setting{.name = "command", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "a server of the Model Context Protocol that Offhook runs: the whole path of a program, and its arguments",
            .members = kWordMembers,
            .short_for = "word"},
    Setting{.name = "environment", .shape = Shape::Objects, .most = kMaxInList, .unset = "none",
            .meaning = "the environment of that program, besides PATH and LANG",
            .members = kNamedSecretMembers},
    Setting{.name = "directory", .least = 1, .most = kMaxPath, .unset = "`/`",
            .meaning = "the working directory of that program"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "the address of a server of the Model Context Protocol (Streamable HTTP); beside `openapi`, the address of the "
                       "HTTP service. It begins with https, or with http on this machine. Offhook does not show it, because some "
                       "addresses contain a key", .may_hold_secret = true},
    Setting{.name = "plain_http", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `url` may be http to another machine of the local network: a private or link-local address, or a name that has "
                       "only such addresses. Each machine of that network can read and change what Offhook sends"},
    Setting{.name = "openapi", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the OpenAPI document (JSON, 3.0 or 3.1) of an HTTP service: a file beside the configuration"},
    Setting{.name = "operations", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "the operations of the document that Offhook offers as tools. It offers no other operation",
            .members = kOperationMembers, .short_for = "id"},
    Setting{.name = "token", .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the token that Offhook sends as `Authorization: Bearer`", .secret = true},
    Setting{.name = "headers", .shape = Shape::Objects, .most = 16, .unset = "none",
            .meaning = "further header fields that the server asks for, such as one with an API key", .members = kNamedSecretMembers},
    Setting{.name = "oauth", .shape = Shape::Object, .unset = "none",
            .meaning = "client credentials of OAuth 2.1, in place of a token", .members = kOauthMembers},
    Setting{.name = "ca_file", .least = 1, .most = kMaxPath, .unset = "the system's certificates",
            .meaning = "the file of the authorities' certificates that Offhook trusts for this server (PEM)"},
    Setting{.name = "pins", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "none",
            .meaning = "definitions that a person has checked: Offhook refuses a tool with another definition (`offhook tools` prints "
                       "them)", .members = kPinMembers},
    Setting{.name = "unpinned", .shape = Shape::Choice, .choices = "refuse trust_first", .unset = "`refuse`; `trust_first` with `openapi`",
            .meaning = "what Offhook does with a tool without a pin. `refuse`: it does not use the tool. `trust_first`: it accepts the "
                       "first definition after its start, and refuses a later change"},
};

constexpr std::array kProvidersSettings{
    Setting{.name = "providers", .shape = Shape::Map, .most = 32, .unset = "none",
            .meaning = "the providers, by names of yours. A provider whose name is a kind, such as `openai`, need not be in the file",
            .members = kProviderMembers, .field = kTopField<&Config::provider_tree>},
    Setting{.name = "tool_servers", .shape = Shape::Map, .most = 16, .unset = "none",
            .meaning = "the servers of tools that are not built in (docs/tools.md), by names of small letters, digits and `-`. A model "
                       "sees only the tools that its agent's `tools` name",
            .members = kToolServerMembers, .field = kTopField<&Config::tool_server_tree>},
    Setting{.section = "network", .name = "proxy", .shape = Shape::Line, .most = kMaxUrl, .unset = "`environment`",
            .meaning = "the HTTP proxy for providers, tool servers and `/agent/context/url`, such as `http://proxy.example:3128`, or "
                       "`http://USER:PASSWORD@proxy.example:3128` if it asks for a password. `none`: no proxy. `environment`: the proxy that "
                       "`https_proxy` (or `HTTPS_PROXY`) and `http_proxy` name, except for the hosts of `no_proxy` (or `NO_PROXY`). Offhook "
                       "reaches servers on its own machine without a proxy (docs/providers.md)",
            .may_hold_secret = true, .field = kField<&Config::network, &NetworkSettings::proxy>},
    Setting{.section = "network", .name = "no_proxy", .shape = Shape::Line, .most = kMaxKey, .unset = "none",
            .meaning = "the hosts that Offhook reaches without that proxy, separated by commas: a name, which includes all names below it, "
                       "an address, a network such as `192.0.2.0/24`, or `*` for all hosts",
            .field = kField<&Config::network, &NetworkSettings::no_proxy>},
};

}  // namespace

std::span<const Setting> providers_settings() { return kProvidersSettings; }

}  // namespace offhook::inline v0::agent::config
