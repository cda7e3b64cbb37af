#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /providers and /tool_servers.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kModelMembers{
    Setting{.name = "realtime", .least = 1, .most = kMaxName, .unset = "`gpt-realtime` of openai",
            .meaning = "a model that hears and speaks itself; of azure a deployment"},
    Setting{.name = "chat", .environment = "OLLAMA_MODEL, OPENAI_MODEL", .least = 1, .most = kMaxName,
            .unset = "`gpt-4o-mini` of openai, the deployment of azure", .meaning = "a model that thinks. `OPENAI_MODEL` is for openai_compatible alone"},
    Setting{.name = "transcription", .least = 1, .most = kMaxName, .unset = "`gpt-4o-mini-transcribe` of openai, `nova-3` of deepgram (of its Voice Agent a Flux model)",
            .meaning = "a model that turns speech into text"},
    Setting{.name = "speech", .least = 1, .most = kMaxName, .unset = "`gpt-4o-mini-tts` of openai",
            .meaning = "a model that turns text into speech. Azure and Deepgram go by the voice alone"},
};

constexpr std::array kQuirkMembers{
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

constexpr std::array kReplyMembers{
    Setting{.name = "max_tokens", .shape = Shape::Whole, .least = 16, .most = 65536, .unit = "tokens", .unset = "the model's own",
            .meaning = "how long a reply may be, with what the model thinks before it"},
    Setting{.name = "reasoning_effort", .shape = Shape::Choice, .choices = "none minimal low medium high", .unset = "the model's own",
            .meaning = "how much a model that reasons thinks before it speaks: callers wait for it"},
    Setting{.name = "service_tier", .shape = Shape::Choice, .choices = "auto default flex priority", .unset = "the project's",
            .meaning = "how the provider queues it; `priority` is quicker and dearer"},
};

constexpr std::array kRealtimeMembers{
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
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1000, .most = 131072, .unit = "tokens", .unset = "the model's own",
            .meaning = "of `retention_ratio`: how long the conversation behind the instructions may be. Each reply is charged for all of it: less is cheaper, and forgets sooner"},
};

constexpr std::array kSpeechMembers{
    Setting{.name = "key", .environment = "AZURE_SPEECH_KEY", .shape = Shape::Key, .least = 1, .most = kMaxKey, .unset = "none",
            .meaning = "the key of the speech resource", .secret = true},
    Setting{.name = "region", .environment = "AZURE_SPEECH_REGION", .shape = Shape::Region, .unset = "none", .meaning = "where that resource is, such as `westeurope`"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the region's", .meaning = "a host of its own, or a container"},
};

constexpr std::array kDeepgramMembers{
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

constexpr std::array kOllamaMembers{
    Setting{.name = "context_tokens", .shape = Shape::Whole, .least = 1024, .most = 131072, .unit = "tokens", .unset = "8192",
            .meaning = "room for prompt, history and answer together: it takes the server's memory, and what is longer is forgotten from its beginning"},
    Setting{.name = "keep_alive_minutes", .shape = Shape::Whole, .least = 1, .most = 10080, .unit = "minutes", .unset = "30",
            .meaning = "how long the model stays loaded after an answer: loading it again takes a caller's patience"},
};

constexpr std::array kProviderMembers{
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

constexpr std::array kWordMembers{
    Setting{.name = "word", .least = 0, .most = kMaxPath, .unset = "required", .meaning = "a word of the command line", .may_hold_secret = true},
};

constexpr std::array kNamedSecretMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "a name"},
    Setting{.name = "value", .least = 1, .most = kMaxKey, .unset = "required", .meaning = "its value, such as `\"${SHOP_KEY}\"`", .secret = true},
};

constexpr std::array kOperationMembers{
    Setting{.name = "id", .least = 1, .most = kMaxName, .unset = "required", .meaning = "an operationId of the document"},
};

constexpr std::array kOauthMembers{
    Setting{.name = "client_id", .least = 1, .most = kMaxName, .unset = "required", .meaning = "who we are to its authorization server"},
    Setting{.name = "client_secret", .least = 1, .most = kMaxKey, .unset = "none", .meaning = "what proves it", .secret = true},
    Setting{.name = "private_key", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "or the file of a key on P-256 (PEM) that signs it",
            .may_hold_secret = true},  // Some write the key itself.
    Setting{.name = "token_url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the one that the server names", .meaning = "where tokens are had"},
    Setting{.name = "issuer", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "the first that the server names",
            .meaning = "the only authorization server that is believed"},
    Setting{.name = "scope", .least = 1, .most = kMaxUrl, .unset = "what the server asks for", .meaning = "what is asked for"},
};

constexpr std::array kPinMembers{
    Setting{.name = "tool", .shape = Shape::Name, .unset = "required", .meaning = "a tool's name, as `offhook tools` shows it"},
    Setting{.name = "hash", .least = 64, .most = 64, .unset = "required", .meaning = "of its definition, as `offhook tools` shows it"},
};

constexpr std::array kToolServerMembers{
    Setting{.name = "command", .shape = Shape::Objects, .least = 1, .most = kMaxInLongList, .unset = "none",
            .meaning = "a server of the Model Context Protocol that is run here: the whole path of a program, and its words", .members = kWordMembers,
            .short_for = "word"},
    Setting{.name = "environment", .shape = Shape::Objects, .most = kMaxInList, .unset = "none", .meaning = "all of that program's environment, but for PATH and LANG",
            .members = kNamedSecretMembers},
    Setting{.name = "directory", .least = 1, .most = kMaxPath, .unset = "`/`", .meaning = "where that program runs"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "a server of that protocol elsewhere (Streamable HTTP); beside `openapi` the HTTP service itself. https, or http on this machine. It is not shown, for "
                       "some hold a key", .may_hold_secret = true},
    Setting{.name = "plain_http", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether `url` may be http to another machine of the local network: a private or link-local address, or a name of such addresses alone. Each machine there "
                       "can read and change what is sent"},
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

constexpr std::array kProvidersSettings{
    Setting{.name = "providers", .shape = Shape::Map, .most = 32, .unset = "none",
            .meaning = "who can be asked, by names of yours. One whose name is a kind, such as `openai`, need not be written",
            .members = kProviderMembers, .field = kTopField<&Config::provider_tree>},
    Setting{.name = "tool_servers", .shape = Shape::Map, .most = 16, .unset = "none",
            .meaning = "where tools come from that are not built in (docs/tools.md), by names of small letters, digits and `-`. What an agent's `tools` do not name, its model does not see",
            .members = kToolServerMembers, .field = kTopField<&Config::tool_server_tree>},
    Setting{.section = "network", .name = "proxy", .shape = Shape::Line, .most = kMaxUrl, .unset = "`environment`",
            .meaning = "what providers, tool servers and `/agent/context/url` are reached through: an HTTP proxy such as `http://proxy.example:3128`, with "
                       "`USER:PASSWORD@` before its host if it wants that; `none`; or `environment`, what `https_proxy` (or `HTTPS_PROXY`) and `http_proxy` name, except for "
                       "the hosts of `no_proxy` (or `NO_PROXY`). This machine is reached without one (docs/providers.md)",
            .may_hold_secret = true, .field = kField<&Config::network, &NetworkSettings::proxy>},
    Setting{.section = "network", .name = "no_proxy", .shape = Shape::Line, .most = kMaxKey, .unset = "none",
            .meaning = "hosts that are reached without it, separated by commas: a name with all that ends in it, an address, a network such as `192.0.2.0/24`, or `*`",
            .field = kField<&Config::network, &NetworkSettings::no_proxy>},
};

}  // namespace

std::span<const Setting> providers_settings() { return kProvidersSettings; }

}  // namespace offhook::inline v0::agent::config
