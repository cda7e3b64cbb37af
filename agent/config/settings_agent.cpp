#include <offhook/agent/config/setting_field.hpp>
#include <offhook/agent/config/settings_tables.hpp>
#include <offhook/agent/providers/registry/registry.hpp>

#include <array>

/// The settings of /agent and /agents.
namespace offhook::inline v0::agent::config {

namespace {

constexpr std::array kSessionMembers{
    Setting{.name = "kind", .shape = Shape::Choice, .choices = "realtime cascade", .unset = "required",
            .meaning = "`realtime`: one model hears and speaks. `cascade`: one provider listens, one thinks, one speaks"},
    Setting{.name = "provider", .shape = Shape::Provider, .unset = "the agent's provider",
            .meaning = "the provider of all parts that the next three settings do not name"},
    Setting{.name = "listen", .shape = Shape::Providers, .unset = "`provider`",
            .meaning = "in a cascade: the provider that turns speech into text"},
    Setting{.name = "think", .shape = Shape::Providers, .unset = "`provider`",
            .meaning = "in a cascade: the provider that replies"},
    Setting{.name = "speak", .shape = Shape::Providers, .unset = "`provider`",
            .meaning = "in a cascade: the provider that turns text into speech"},
};

constexpr std::array kKeysMembers{
    Setting{.name = "pattern", .least = 1, .most = 32, .unset = "required",
            .meaning = "a sequence of keys with `*`, `#` or A to D in it, such as `#`, `*1` or `XXXX#`; X means any digit"},
};

constexpr std::array kToolMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "the name of a tool: `hang_up`, `transfer`, `hold`, `send_digits`, `note`, `pause_recording`, or a tool of a "
                       "server, such as `shop__find_order`"},
    Setting{.name = "confirm", .shape = Shape::Choice, .choices = "never caller",
            .unset = "`never`; `caller` for the classes `money` and `telephony`",
            .meaning = "whether the caller must say yes before the tool runs; the class `money` requires it"},
    Setting{.name = "max_per_call", .shape = Shape::Whole, .least = 1, .most = 100,
            .unset = "1 for `hang_up`, 3 for `transfer`, 10 for `hold` and for a server's tool, 20 for other tools",
            .meaning = "how often the tool may run in one call. `pause_recording` may always run: Offhook never refuses to stop recording"},
    Setting{.name = "destinations", .shape = Shape::Targets, .least = 1, .most = 64, .unset = "none",
            .meaning = "for `transfer`: the names that the model knows, and the number or address of each. The model can reach nothing "
                       "else"},
    Setting{.name = "keys", .shape = Shape::Objects, .least = 1, .most = kMaxInList, .unset = "digits only",
            .meaning = "for `send_digits`: the sequences with `*`, `#` or A to D that the model may press, each as a whole (docs/tools.md)",
            .members = kKeysMembers,
            .short_for = "pattern"},
    Setting{.name = "class", .shape = Shape::Choice, .choices = "read write money telephony", .unset = "`write`",
            .meaning = "for a server's tool: what the tool can change"},
    Setting{.name = "max_per_minute", .shape = Shape::Whole, .least = 1, .most = 60, .unset = "10",
            .meaning = "for a server's tool: how often it may run in a minute"},
    Setting{.name = "question", .least = 1, .most = kMaxSentence,
            .unset = "made from the tool's name; required for the class `money`, and for `telephony` unless `confirm` is `never`",
            .meaning = "for a server's tool: the question to the caller, such as `Shall I send {amount} back to you?`, in which {amount} "
                       "is an argument of the tool"},
    Setting{.name = "arguments", .shape = Shape::Schema, .unset = "what the tool accepts",
            .meaning = "for a server's tool: a JSON Schema that its arguments must also satisfy (docs/tools.md)"},
};

constexpr std::array kFallbackMembers{
    Setting{.name = "transfer_to", .shape = Shape::Target, .unset = "none",
            .meaning = "the number or address that gets the call when no provider answers"},
    Setting{.name = "hang_up", .shape = Shape::Flag, .unset = "`true`",
            .meaning = "whether the call ends with a goodbye when no provider answers. Set either this or `transfer_to`"},
};

constexpr std::array kSentenceMembers{
    Setting{.name = "empty_reply", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence for a reply of the model without words"},
    Setting{.name = "mishap", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence when a reply fails and the caller had said nothing that they could repeat"},
    Setting{.name = "refusal", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence when the provider's content filter refuses what the caller said"},
    Setting{.name = "silence", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence before the call ends because the caller was silent too often"},
    Setting{.name = "limit", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence before the call ends because it has reached its longest duration"},
    Setting{.name = "transfer", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence when the target of a transfer did not answer and the model has no words for it"},
    Setting{.name = "shutdown", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence before the call ends because Offhook stops"},
};

constexpr std::array kAgentLimitMembers{
    Setting{.name = "call_seconds", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "`/limits/call_seconds`",
            .meaning = "the longest duration of a call"},
    Setting{.name = "silence_seconds", .shape = Shape::Whole, .least = 2, .most = 600, .unit = "seconds",
            .unset = "`/limits/silence_seconds`",
            .meaning = "the silence after which the agent asks whether the caller is still there"},
    Setting{.name = "silences", .shape = Shape::Whole, .least = 0, .most = 20, .unset = "3",
            .meaning = "how often the agent asks a silent caller; then the call ends"},
    Setting{.name = "hold_seconds", .shape = Shape::Whole, .least = 10, .most = 86400, .unit = "seconds", .unset = "600",
            .meaning = "how long the caller's side may keep the agent on hold; then the call goes to `fallback`, or ends"},
    Setting{.name = "end_of_turn_ms", .shape = Shape::Whole, .least = 100, .most = 3000, .unit = "milliseconds", .unset = "500",
            .meaning = "the silence that ends the caller's turn. A shorter time gives quicker answers, and interrupts callers who pause "
                       "to think"},
    Setting{.name = "interruption_ms", .shape = Shape::Whole, .least = 60, .most = 2000, .unit = "milliseconds", .unset = "240",
            .meaning = "how long a caller must speak to end the agent's speech. A shorter sound is a cough, and only pauses the speech. A "
                       "sound of less than 500 ms ends the speech only if the recogniser finds words in it"},
    Setting{.name = "listen_ms", .shape = Shape::Whole, .least = 500, .most = 30000, .unit = "milliseconds", .unset = "4000",
            .meaning = "how long Offhook waits for a transcript before it tries the next way"},
    Setting{.name = "think_ms", .shape = Shape::Whole, .least = 500, .most = 60000, .unit = "milliseconds", .unset = "8000",
            .meaning = "how long Offhook waits for the first words of a reply before it tries the next way"},
    Setting{.name = "speak_ms", .shape = Shape::Whole, .least = 500, .most = 30000, .unit = "milliseconds", .unset = "5000",
            .meaning = "how long Offhook waits for the first sound of a reply before it tries the next way"},
};

constexpr std::array kContextMembers{
    Setting{.name = "file", .least = 1, .most = kMaxPath, .unset = "none",
            .meaning = "the file of a JSON object, which Offhook reads at each call"},
    Setting{.name = "url", .shape = Shape::Url, .least = 1, .most = kMaxUrl, .unset = "none",
            .meaning = "the address of a JSON object, which Offhook gets at each call (GET, with `caller` and `called` as the query). A "
                       "caller can claim any number: see `verified`"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether only calls with a verified caller get these values, as `/agents/N/match/verified` describes. Other calls "
                       "continue without them"},
    Setting{.name = "timeout_ms", .shape = Shape::Whole, .least = 50, .most = 5000, .unit = "milliseconds", .unset = "800",
            .meaning = "how long Offhook waits for the object; then the call continues without these values"},
};

constexpr std::array kPhraseMembers{
    Setting{.name = "phrase", .least = 1, .most = 100, .unset = "required",
            .meaning = "one name or word"},
};

constexpr std::array kLanguageMembers{
    Setting{.name = "language", .shape = Shape::Language, .least = 1, .most = 35, .unset = "required",
            .meaning = "one language, such as `en-US` or `de`"},
};

constexpr std::array kHeaderMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "the name of a header field of the INVITE, such as `X-Queue`"},
    Setting{.name = "value", .shape = Shape::Pattern, .unset = "required",
            .meaning = "the value of the header field, or its beginning and a star"},
};

constexpr std::array kMatchMembers{
    Setting{.name = "called", .shape = Shape::Pattern, .unset = "any",
            .meaning = "the number that the caller dialled: `6002`, or `60*` for all numbers that begin with 60"},
    Setting{.name = "caller", .shape = Shape::Pattern, .unset = "any",
            .meaning = "the caller's number. A caller can claim any number: set `verified` too if the agent says or does something that "
                       "only some callers may get"},
    Setting{.name = "verified", .shape = Shape::Flag, .unset = "`false`",
            .meaning = "whether the caller's number must be verified: the PBX or one of `/sip/trusted_peers` asserts it (P-Asserted-Identity), the caller has "
                       "authenticated with this name and its password (`/sip/callers`), or a carrier has signed it (`/sip/identity`)"},
    Setting{.name = "header", .shape = Shape::Object, .unset = "any",
            .meaning = "a header field that the INVITE must have", .members = kHeaderMembers},
};

constexpr std::array kAgentMembers{
    Setting{.name = "name", .shape = Shape::Name, .unset = "required",
            .meaning = "the agent's name in records and logs"},
    Setting{.name = "match", .shape = Shape::Object, .unset = "required",
            .meaning = "the calls that the agent takes: all conditions that are set must be true",
            .members = kMatchMembers},
};

constexpr std::array kAgentSettings{
    Setting{.section = "agent", .name = "provider", .environment = "PROVIDER", .shape = Shape::Provider,
            .meaning = "the provider that listens, thinks and speaks", .field = kField<&Config::agent, &AgentSettings::provider>},
    Setting{.section = "agent", .name = "model_provider", .environment = "MODEL_PROVIDER", .shape = Shape::Provider, .unset = "`provider`",
            .meaning = "the provider that thinks, if it is not `provider`: for `azure` without Azure OpenAI, for example. It makes a cascade "
                       "of two providers; `sessions` can describe more",
            .field = kField<&Config::agent, &AgentSettings::model_provider>},
    Setting{.section = "agent", .name = "speech_provider", .environment = "SPEECH_PROVIDER", .shape = Shape::Provider,
            .unset = "`provider`; `local` for `ollama`, and for a compatible server without models for speech",
            .meaning = "the provider that listens and speaks, if it is not `provider`",
            .field = kField<&Config::agent, &AgentSettings::speech_provider>},
    Setting{.section = "agent", .name = "sessions", .shape = Shape::Objects, .least = 1, .most = 8, .unset = "the best way of the provider",
            .meaning = "the ways to hold the conversation, in the order in which Offhook tries them, even during a call",
            .members = kSessionMembers,
            .field = kField<&Config::agent, &AgentSettings::sessions>},
    Setting{.section = "agent", .name = "regions", .shape = Shape::Names, .least = 1, .most = kMaxInList, .unset = "any",
            .meaning = "the regions in which the agent's providers may compute. Offhook refuses a provider in another region, and one "
                       "without a region. `local` computes on this machine",
            .field = kField<&Config::agent, &AgentSettings::regions>},
    Setting{.section = "agent", .name = "prompt", .environment = "PROMPT", .shape = Shape::Text, .most = kMaxPrompt, .unset = "none",
            .meaning = "the description of the agent, for providers with a language model (docs/prompts.md); `local` does not read it",
            .field = kField<&Config::agent, &AgentSettings::prompt>},
    Setting{.section = "agent", .name = "prompt_file", .shape = Shape::Line, .most = kMaxPath, .unset = "none",
            .meaning = "the file of the prompt in Markdown, with a head of settings; its path starts at the folder of the configuration "
                       "file",
            .field = kField<&Config::agent, &AgentSettings::prompt_file>},
    Setting{.section = "agent", .name = "instructions", .environment = "INSTRUCTIONS", .shape = Shape::Text, .most = kMaxPrompt,
            .unset = "none",
            .meaning = "rules that Offhook appends to the prompt",
            .field = kField<&Config::agent, &AgentSettings::instructions>},
    Setting{.section = "agent", .name = "greeting", .shape = Shape::Text, .most = kMaxSentence,
            .unset = "the greeting of the model or of the dialogue",
            .meaning = "the agent's first sentence", .field = kField<&Config::agent, &AgentSettings::greeting>},
    Setting{.section = "agent", .name = "greeting_file", .shape = Shape::Line, .most = kMaxPath, .unset = "none",
            .meaning = "an audio file that Offhook plays as the greeting: WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, at most one "
                       "minute. Its path starts at the folder of the configuration file. `greeting` has its words, for the model and the "
                       "record. `\"off\"`: no file, even if /agent names one",
            .field = kField<&Config::agent, &AgentSettings::greeting_file>},
    Setting{.section = "agent", .name = "apology", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence when a part has failed and the agent asks the caller again",
            .field = kField<&Config::agent, &AgentSettings::apology>},
    Setting{.section = "agent", .name = "filler", .shape = Shape::Line, .most = kMaxSentence, .unset = "One moment, please.",
            .meaning = "the sentence when a reply takes long, such as `One moment, please.`",
            .field = kField<&Config::agent, &AgentSettings::filler>},
    Setting{.section = "agent", .name = "goodbye", .shape = Shape::Line, .most = kMaxSentence, .unset = "the default sentence",
            .meaning = "the sentence when no way to continue is left", .field = kField<&Config::agent, &AgentSettings::goodbye>},
    Setting{.section = "agent", .name = "voice", .environment = "VOICE", .shape = Shape::Line, .most = kMaxName,
            .unset = "the provider's default voice",
            .meaning = "a voice of the provider, such as `marin` of openai or `aura-2-thalia-en` of deepgram. Another provider that "
                       "speaks instead uses the nearest of its own voices (docs/voices.md). `local` has `slt` (female) and `rms` (male)",
            .field = kField<&Config::agent, &AgentSettings::voice>},
    Setting{.section = "agent", .name = "language", .shape = Shape::Language, .most = 35,
            .unset = "detected if the listening provider can, and spoken by voices that speak several languages (docs/voices.md)",
            .meaning = "the language of the conversation, such as `en` or `pt-BR`",
            .field = kField<&Config::agent, &AgentSettings::language>},
    Setting{.section = "agent", .name = "languages", .shape = Shape::Objects, .least = 1, .most = 4,
            .unset = "all languages that the provider detects; English for `azure`",
            .meaning = "the languages that callers may speak if `language` is not set, the most likely one first. A single language is "
                       "the language of the conversation. `azure` detects no other languages",
            .members = kLanguageMembers, .short_for = "language", .field = kField<&Config::agent, &AgentSettings::languages>},
    Setting{.section = "agent", .name = "phrases", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "none",
            .meaning = "names and words that callers are likely to say, for recognisers that accept such hints (azure, deepgram)",
            .members = kPhraseMembers,
            .short_for = "phrase", .field = kField<&Config::agent, &AgentSettings::phrases>},
    Setting{.section = "agent", .name = "dialogue", .shape = Shape::Line, .most = kMaxPath,
            .unset = "Offhook's receptionist",
            .meaning = "the dialogue file of the provider `local`; its path starts at the folder of the configuration file",
            .field = kField<&Config::agent, &AgentSettings::dialogue>},
    Setting{.section = "agent", .name = "tools", .shape = Shape::Objects, .most = kMaxInLongList, .unset = "`hang_up`",
            .meaning = "the actions that the model may take besides speaking. A name alone stands for a tool with its defaults",
            .members = kToolMembers,
            .short_for = "name", .field = kField<&Config::agent, &AgentSettings::tools>},
    Setting{.section = "agent", .name = "fallback", .shape = Shape::Object, .unset = "a goodbye",
            .meaning = "what Offhook does when no session is left", .members = kFallbackMembers,
            .field = kField<&Config::agent, &AgentSettings::fallback>},
    Setting{.section = "agent", .name = "limits", .shape = Shape::Object, .unset = "those of /limits",
            .meaning = "times of this agent's calls",
            .members = kAgentLimitMembers, .field = kField<&Config::agent, &AgentSettings::limits>},
    Setting{.section = "agent", .name = "sentences", .shape = Shape::Object,
            .unset = "the default sentences, in English, German, Spanish, French, Italian or Portuguese",
            .meaning = "further sentences that Offhook itself says", .members = kSentenceMembers,
            .field = kField<&Config::agent, &AgentSettings::sentences>},
    Setting{.section = "agent", .name = "context", .shape = Shape::Object, .unset = "none",
            .meaning = "the source of the values of {{context.NAME}} in prompts", .members = kContextMembers,
            .field = kField<&Config::agent, &AgentSettings::context>},
    Setting{.section = "agent", .name = "codecs", .shape = Shape::Codecs, .choices = "G722 PCMU PCMA opus L16", .unset = "those of /media",
            .meaning = "the codecs of this agent's calls, in order of preference", .field = kField<&Config::agent, &AgentSettings::codecs>},
    Setting{.section = "agent", .name = "transcripts", .shape = Shape::Flag, .unset = "`/transcripts/enabled`",
            .meaning = "whether Offhook keeps what is said in this agent's calls",
            .field = kField<&Config::agent, &AgentSettings::transcripts>},
    Setting{.section = "agent", .name = "recordings", .shape = Shape::Flag, .unset = "`/recordings/enabled`",
            .meaning = "whether Offhook records this agent's calls", .field = kField<&Config::agent, &AgentSettings::recordings>},
    Setting{.section = "agent", .name = "hold_music", .shape = Shape::Line, .most = kMaxPath, .unset = "Offhook's quiet music",
            .meaning = "the audio that callers hear on hold and during a transfer: WAV of 8000, 16000 or 24000 Hz, or Opus in Ogg, at "
                       "most 32 MiB. The path starts at the folder of the configuration file. `\"off\"`: silence",
            .field = kField<&Config::agent, &AgentSettings::hold_music>},
    Setting{.name = "agents", .shape = Shape::Objects, .most = 64, .unset = "none",
            .meaning = "agents for some of the calls: the first agent that matches takes the call. Each may have all settings of /agent, "
                       "and inherits those that it does not have",
            .members = kAgentMembers, .also = "agent", .field = kTopField<&Config::agents>},
};

}  // namespace

std::span<const Setting> agent_settings() {
  static const std::string providers = [] {
    std::string all(kAgentSettings.front().meaning);
    for (const Provider* kind : provider_kinds()) all += (kind->is_local ? ": `" : ", `") + std::string(kind->name) + (kind->is_local ? "` (the embedded guided dialogue)" : "`");
    return all + ", or a name of /providers (docs/providers.md)";
  }();
  static const auto settings = [] {
    auto all = kAgentSettings;
    all.front().meaning = providers;
    return all;
  }();
  return settings;
}

}  // namespace offhook::inline v0::agent::config
