#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>

#include <array>

/// The settings of /agent and /agents.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kSessionMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .choices = "realtime cascade", .unset = "required",
            .meaning = "`realtime`: one model hears and speaks. `cascade`: one listens, one thinks, one speaks"},
    Setting{.name = "provider", .shape = Shape::Provider, .unset = "the agent's", .meaning = "who does what the next three do not name"},
    Setting{.name = "listen", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who turns speech into text"},
    Setting{.name = "think", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who replies"},
    Setting{.name = "speak", .shape = Shape::Providers, .unset = "the same", .meaning = "of a cascade: who turns text into speech"},
};

constexpr std::array kKeysMembers{
    Setting{.name = "pattern", .least = 1, .most = 32, .unset = "required",
            .meaning = "a sequence of keys with `*`, `#` or A to D in it, such as `#`, `*1` or `XXXX#`, where X is any digit"},
};

constexpr std::array kToolMembers{
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

constexpr std::array kFallbackMembers{
    Setting{.name = "transfer_to", .shape = Shape::Target, .unset = "nobody", .meaning = "who gets the call when no provider answers"},
    Setting{.name = "hang_up", .shape = Shape::Flag, .unset = "`true`", .meaning = "whether it then ends with a goodbye"},
};

constexpr std::array kSentenceMembers{
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

constexpr std::array kAgentLimitMembers{
    Setting{.name = "call_seconds", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "that of /limits",
            .meaning = "how long a call may last"},
    Setting{.name = "silence_seconds", .shape = Shape::Whole, .least = 2, .most = 600, .unit = "seconds", .unset = "that of /limits",
            .meaning = "until a silent caller is asked"},
    Setting{.name = "silences", .shape = Shape::Whole, .least = 0, .most = 20, .unset = "3",
            .meaning = "how often a silent caller is asked; then the call ends"},
    Setting{.name = "hold_seconds", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "600",
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

constexpr std::array kContextMembers{
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "none", .meaning = "a JSON object, read at each call"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "a GET to it, with `caller` and `called` as its query, gives a JSON object. A caller can claim any number: see `verified`"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether it is asked only in calls whose caller is verified, as `/agents/N/match/verified` describes; other calls go on without"},
    Setting{.name = "timeout_ms", .shape = Shape::Whole, .least = 50, .most = 5000, .unit = "milliseconds", .unset = "800",
            .meaning = "how long it is waited for; then the call goes on without"},
};

constexpr std::array kPhraseMembers{
    Setting{.name = "phrase", .least = 1, .most = 100, .unset = "required", .meaning = "one of them"},
};

constexpr std::array kLanguageMembers{
    Setting{.name = "language", .shape = Shape::Language, .least = 1, .most = 35, .unset = "required", .meaning = "one of them, such as `en-US` or `de`"},
};

constexpr std::array kHeaderMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "a header of the INVITE, such as `X-Queue`"},
    Setting{.name = "value", .shape = Shape::Pattern, .unset = "required", .meaning = "what it must be"},
};

constexpr std::array kMatchMembers{
    Setting{.name = "called", .shape = Shape::Pattern, .unset = "any", .meaning = "the number that was dialled: `6002`, or `60*` for all that begin so"},
    Setting{.name = "caller", .shape = Shape::Pattern, .unset = "any",
            .meaning = "the number that calls. A caller can claim any number: beside an agent that says or does what not everybody may have, set `verified`"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether the caller's number must be verified: the PBX or one of `/sip/trusted_peers` asserts it (P-Asserted-Identity), or the caller has proved "
                       "this name by its password (`/sip/callers`)"},
    Setting{.name = "header", .shape = Shape::Object, .unset = "any", .meaning = "what a header says", .members = kHeaderMembers},
};

constexpr std::array kAgentMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required", .meaning = "how records and logs call it"},
    Setting{.name = "match", .shape = Shape::Object, .unset = "required", .meaning = "whose calls it takes; all that is given must fit",
            .members = kMatchMembers},
};

constexpr std::array kAgentSettings{
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
};

}  // namespace

std::span<const Setting> agent_settings() { return kAgentSettings; }

}  // namespace offhook::inline v0::agent::config
