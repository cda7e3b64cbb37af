#include <offhook/agent/providers/deepgram/settings.hpp>

#include <offhook/agent/providers/deepgram/tuning.hpp>
#include <offhook/agent/settings/read_value.hpp>
#include <offhook/agent/support/url_text.hpp>

#include <array>

namespace offhook::inline v0::agent::deepgram {

namespace {

using config::Setting;
using config::Shape;

constexpr std::string_view kUrl = "https://api.deepgram.com", kAgentUrl = "https://agent.deepgram.com";

// Ends that are removed from a URL. The first match counts, so a longer text is before a text that is its end.
constexpr auto kUrlEnds = std::to_array<std::string_view>({"/v1/listen", "/v2/listen", "/v1/speak", "/v2/speak", "/v1/agent/converse", "/v1", "/v2"});

constexpr std::array kOwnUrls{OwnUrl{.pointer = "/deepgram/agent_url", .key = "/api_key", .is_base = true}};

/// Returns true if the server is Deepgram's. A server of the operator may not need a key.
bool needs_key(const JsonValue& object) {
  const std::string url = text_of(object, "base_url");
  return url.empty() || host_of_url(url).ends_with(".deepgram.com");
}

/// Returns the default address of the Voice Agent. A server of the operator, or of a region, also has the Voice Agent.
std::string usual_agent_url(const JsonValue& object) {
  const std::string url = text_of(object, "base_url");
  return url.empty() || host_of_url(url) == host_of_url(kUrl) ? std::string(kAgentUrl) : url;
}

constexpr std::array kCompleted{
    CompletedSetting{.pointer = "/api_key", .variable = "DEEPGRAM_API_KEY", .needed = "the key of a Deepgram project", .is_needed = needs_key},
    CompletedSetting{.pointer = "/deepgram/agent_url", .usual = usual_agent_url},
    CompletedSetting{.pointer = "/base_url", .usual = [](const JsonValue&) { return std::string(kUrl); }},
};

constexpr std::array kVariables{ProviderVariable{"DEEPGRAM_API_KEY", "/providers/deepgram/api_key"}};

constexpr std::array kMembers{
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
            .meaning = "a label for these calls in the account's usage at Deepgram"},
    Setting{.name = "agent_url", .shape = Shape::Url, .least = 1, .most = config::kMaxUrl,
            .unset = "`https://agent.deepgram.com`, or base_url if that is not Deepgram's",
            .meaning = "the address of the Voice Agent"},
    Setting{.name = "thinks_by", .shape = Shape::Name, .unset = "`open_ai`",
            .meaning = "the provider whose model thinks in the Voice Agent, as Deepgram names it, such as `anthropic`. `models/chat` "
                       "names the model; its default is `gpt-4o-mini`"},
};

constexpr std::array kSettings{
    Setting{.name = "deepgram", .shape = Shape::Object, .meaning = "for deepgram: how it listens, and its Voice Agent", .members = kMembers},
};

constexpr std::array kNotes{
    SettingNote{.pointer = "/base_url", .unset = "`https://api.deepgram.com` for deepgram"},
    SettingNote{.pointer = "/models/transcription", .unset = "`nova-3` for deepgram (a Flux model for its Voice Agent)"},
};

void read(const JsonValue& object, ProviderProfile& out) {
  const JsonValue* written = member(object, "deepgram");
  if (written == nullptr) return;
  Tuning tuning;
  config::take_choice(*written, "turn_detection", tuning.turn_end, {{"ours", Tuning::TurnEnd::Ours}, {"flux", Tuning::TurnEnd::Flux}});
  config::take_whole(*written, "eot_threshold_percent", tuning.eot_threshold_percent);
  config::take_whole(*written, "eager_eot_threshold_percent", tuning.eager_eot_threshold_percent);
  config::take_whole(*written, "eot_timeout_ms", tuning.eot_timeout_ms);
  config::take_whole(*written, "endpointing_ms", tuning.endpointing_ms);
  config::take_flag(*written, "smart_format", tuning.smart_format);
  config::take_flag(*written, "numerals", tuning.numerals);
  config::take_flag(*written, "mip_opt_out", tuning.mip_opt_out);
  tuning.tag = text_of(*written, "tag");
  tuning.thinks_by = text_of(*written, "thinks_by");
  if (const auto url = text_of(*written, "agent_url"); !url.empty()) tuning.agent_url = url;
  out.own = tuning;
}

std::vector<Problem> judge(const ProviderProfile& provider) {
  const Tuning flux = tuning_of(provider);
  if (flux.eager_eot_threshold_percent <= flux.eot_threshold_percent) return {};
  return {{"/deepgram/eager_eot_threshold_percent", "more than eot_threshold_percent", "at most " + std::to_string(flux.eot_threshold_percent),
           "lower it, or raise eot_threshold_percent"}};
}

}  // namespace

constinit const ProviderConfig kConfig{
    .example_url = "https://api.eu.deepgram.com",
    .url_ends = kUrlEnds,
    .own_urls = kOwnUrls,
    .completed = kCompleted,
    .shown_variables = kVariables,
    .settings = kSettings,
    .notes = kNotes,
    .read = read,
    .judge = judge,
};

}  // namespace offhook::inline v0::agent::deepgram
