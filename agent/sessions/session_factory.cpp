#include <offhook/agent/sessions/session_factory.hpp>

#include <offhook/agent/providers/cascade_session.hpp>
#include <offhook/agent/providers/fallback_speaker.hpp>
#include <offhook/agent/providers/registry/voices.hpp>
#include <offhook/agent/providers/session_chain.hpp>
#include <offhook/agent/sessions/conversation_options.hpp>
#include <offhook/agent/sessions/tool_box_options.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace offhook::inline v0::agent {

namespace {

constexpr const char* kPlainVoice = "plain voice";

PartNeeds with(const PartNeeds& needs, const ProviderPtr& provider) {
  PartNeeds these = needs;
  these.provider = provider;
  these.voices = voices_for(*provider, *needs.profile);
  return these;
}

/// Returns `needs` with report functions that set the name in each report to "PROVIDER/STAGE". STAGE is `stage`, or the name that the part itself
/// has set.
PartNeeds named(PartNeeds needs, std::string_view stage) {
  const auto name = [provider = needs.provider->name, stage = std::string(stage)](const std::string& told) { return provider + "/" + (told.empty() ? stage : told); };
  const auto under_name = [&name](auto report) {
    return [report = std::move(report), name](auto what) {
      what.service = name(what.service);
      report(std::move(what));
    };
  };
  if (needs.report_use) needs.report_use = under_name(std::move(needs.report_use));
  if (needs.report_failure) needs.report_failure = under_name(std::move(needs.report_failure));
  return needs;
}

/// Returns a report function that names the plain voice as the replacement in each failure, and passes the failure to `report`.
ReportFailure taken_over(ReportFailure report) {
  if (!report) return report;
  return [report = std::move(report)](ServiceFailure failure) {
    failure.instead = kPlainVoice;
    report(std::move(failure));
  };
}

/// Returns a speaker for fixed sentences: the voice of `provider`. If that provider fails, the plain voice replaces it.
std::unique_ptr<Speaker> own_words(const PartNeeds& needs, const Wake& wake) {
  auto plain = needs.registry->plain_voice(needs.profile->voice, wake);
  const auto& make = needs.provider->kind->parts().speaker;
  if (!make) return plain;
  const PartNeeds speaking = named(needs, "speak");
  auto own = make(speaking, wake);
  const base::Duration patience = std::min<base::Duration>(FallbackSpeaker::kPatience, needs.profile->limits.speak / 2);
  if (!plain) return own;
  return std::make_unique<FallbackSpeaker>(std::move(own), std::move(plain), patience, taken_over(speaking.report_failure));
}

std::string realtime_name(const RealtimeWay& way) { return way.provider->name + "/realtime"; }

std::string cascade_name(const CascadeWay& way) {
  return "cascade " + way.listen.front()->name + "+" + way.think.front()->name + "+" + way.speak.front()->name;
}

SessionMaker realtime(const RealtimeWay& way, const PartNeeds& call) {
  const PartNeeds needs = with(call, way.provider);
  return {realtime_name(way), [needs](const Wake& wake) { return needs.provider->kind->parts().realtime(named(needs, "realtime"), own_words(needs, wake), wake); }, 1};
}

template <class Part, class Make>
PartMaker<Part> part(const PartNeeds& call, const ProviderPtr& provider, std::string_view stage, Make ProviderParts::* make) {
  const PartNeeds needs = named(with(call, provider), stage);
  return {provider->name + "/" + std::string(stage), [needs, make](const Wake& wake) { return (needs.provider->kind->parts().*make)(needs, wake); }};
}

SessionMaker cascade(const CascadeWay& way, const PartNeeds& needs, const std::shared_ptr<Breakers>& breakers) {
  CascadeParts parts;
  for (const auto& provider : way.listen) {
    if (provider->kind->parts().live_listener) {
      parts.listeners.push_back(part<Listener>(needs, provider, "live", &ProviderParts::live_listener));
      parts.listeners.back().ends_turns = ends_turns(*needs.profile, *provider, false).has_value();
    }
    parts.listeners.push_back(part<Listener>(needs, provider, "listen", &ProviderParts::listener));
  }
  for (const auto& provider : way.think) parts.thinkers.push_back(part<Thinker>(needs, provider, "think", &ProviderParts::thinker));
  for (const auto& provider : way.speak) {
    parts.speakers.push_back(part<Speaker>(needs, provider, "speak", &ProviderParts::speaker));
    if (provider->kind->parts().http_speaker) parts.speakers.push_back(part<Speaker>(needs, provider, "speak by HTTP", &ProviderParts::http_speaker));
  }
  // The plain voice needs no network. The caller hears it instead of silence when all other voices fail.
  if (!way.speak.back()->kind->is_local) {
    parts.speakers.push_back({kPlainVoice, [registry = needs.registry, voice = needs.profile->voice](const Wake& wake) { return registry->plain_voice(voice, wake); }});
  }
  const auto most = static_cast<unsigned>(std::max({parts.listeners.size(), parts.thinkers.size(), parts.speakers.size()}));
  return {cascade_name(way), [parts, breakers](const Wake& wake) { return std::make_unique<CascadeSession>(parts, breakers, wake); }, most};
}

std::vector<SessionMaker> sessions(const AgentProfile& profile, const PartNeeds& needs, const std::shared_ptr<Breakers>& breakers) {
  std::vector<SessionMaker> makers;
  for (const SessionWay& way : profile.sessions) {
    if (const auto* speech = std::get_if<RealtimeWay>(&way)) makers.push_back(realtime(*speech, needs));
    if (const auto* three = std::get_if<CascadeWay>(&way)) makers.push_back(cascade(*three, needs, breakers));
  }
  return makers;
}

/// Returns the fixed sentences in the order in which a call needs them.
std::vector<std::string> fixed_sentences(const ConversationOptions& options, std::string greeting) {
  std::vector<std::string> all;
  for (const std::string& sentence : {options.notice, std::move(greeting), options.filler, options.apology, options.mishap, options.empty_reply,
                                      options.failure_goodbye, options.silence_goodbye, options.limit_goodbye, options.transfer_apology, options.refusal, options.shutdown_goodbye}) {
    if (!sentence.empty()) all.push_back(sentence);
  }
  return all;
}

/// Returns the greeting that a voice speaks; "" if the greeting is a recording.
std::string spoken_greeting(const AgentProfile& profile, const prompts::CallVariables& call) {
  return profile.recorded_greeting ? std::string() : greeting_for(profile, call);
}

ChainOptions chain_options(const AgentProfile& profile, const PartNeeds& needs, const CallFound& call, const std::shared_ptr<Breakers>& breakers) {
  ChainOptions chain{sessions(profile, needs, breakers), greeting_for(profile, call.variables)};
  if (profile.recorded_greeting) {
    const bool is_blank = base::trim(chain.greeting).empty();  // The text may consist of a variable without a value in this call.
    chain.recorded_greeting.emplace(profile.recorded_greeting, call.port_rate_hz, is_blank ? std::string(kRecordedGreeting) : chain.greeting);
  }
  return chain;
}

/// Returns the provider that speaks the agent's fixed sentences as long as no provider fails.
const ProviderPtr& first_voice(const AgentProfile& profile) {
  if (const auto* speech = std::get_if<RealtimeWay>(&profile.sessions.front())) return speech->provider;
  return std::get<CascadeWay>(profile.sessions.front()).speak.front();
}

std::vector<AgentDirectory::Profile> profiles_of(const AgentDirectory& directory) {
  std::vector<AgentDirectory::Profile> profiles;
  for (const auto& entry : directory.entries()) profiles.push_back(entry.profile);
  profiles.push_back(directory.otherwise());
  return profiles;
}

bool loads_model(const ProviderPtr& provider) { return provider->kind->parts().warm_up != nullptr; }

/// Returns the providers whose models have to be loaded, each once.
std::vector<ProviderPtr> models_to_load(const std::vector<AgentDirectory::Profile>& profiles) {
  std::map<std::string, ProviderPtr> found;
  for (const auto& profile : profiles) {
    for (const SessionWay& way : profile->sessions) {
      const auto* cascade = std::get_if<CascadeWay>(&way);
      if (cascade == nullptr) continue;
      for (const ProviderPtr& provider : cascade->think) {
        if (loads_model(provider)) found.emplace(provider->name, provider);
      }
    }
  }
  std::vector<ProviderPtr> models;
  for (auto& [name, provider] : found) models.push_back(std::move(provider));
  return models;
}

/// Returns true if each session of the agent has to load a model before it can answer.
bool has_to_load(const AgentProfile& profile) {
  return std::all_of(profile.sessions.begin(), profile.sessions.end(), [](const SessionWay& way) {
    const auto* cascade = std::get_if<CascadeWay>(&way);
    return cascade != nullptr && std::all_of(cascade->think.begin(), cascade->think.end(), loads_model);
  });
}

/// Returns true if an agent has only models that must be loaded, and `provider` is the first of them.
bool is_awaited(const ProviderPtr& provider, const std::vector<AgentDirectory::Profile>& profiles) {
  return std::any_of(profiles.begin(), profiles.end(), [&provider](const auto& profile) {
    return has_to_load(*profile) && std::get<CascadeWay>(profile->sessions.front()).think.front()->name == provider->name;
  });
}

}  // namespace

SessionFactory::SessionFactory(FactoryOptions options)
    : options_(std::move(options)), pool_(options_.embedded.pool), registry_(std::make_shared<embedded::ProviderRegistry>(options_.embedded, is_mans_voice)),
      breakers_(std::make_shared<Breakers>(options_.providers)) {}

base::Result<void, base::Error> SessionFactory::adopt(const AgentDirectory& directory) {
  if (auto loaded = registry_->load(*directory.otherwise()); !loaded) return loaded;
  for (const auto& entry : directory.entries()) {
    if (auto loaded = registry_->load(*entry.profile); !loaded) return loaded;
  }
  return adopt_servers(directory.tool_servers());
}

/// Starts the tool servers of `plan` for the calls that begin later. A call in progress keeps the servers with which it began.
base::Result<void, base::Error> SessionFactory::adopt_servers(const AgentDirectory::ToolServerPlan& plan) {
  const auto before = tool_servers();
  std::shared_ptr<tools::ToolServers> servers;
  if (plan) {
    auto started = tools::ToolServers::start(*plan, options_.on_tool_server, before.get());
    if (!started) return base::fail(started.error());
    servers = std::move(*started);
  }
  {
    const std::lock_guard lock(servers_mutex_);
    servers_ = std::move(servers);
  }
  if (before) retired_servers_.add(before);
  return {};
}

std::shared_ptr<tools::ToolServers> SessionFactory::tool_servers() const {
  const std::lock_guard lock(servers_mutex_);
  return servers_;
}

bool SessionFactory::is_served(const AgentProfile& profile, base::TimePoint now) const {
  const auto is_asked = [&](const std::string& service) { return !breakers_->is_open(service, now); };
  const auto is_done = [&](const std::vector<ProviderPtr>& providers, const char* stage) {
    return std::any_of(providers.begin(), providers.end(), [&](const auto& provider) { return is_asked(provider->name + stage); });
  };
  return std::any_of(profile.sessions.begin(), profile.sessions.end(), [&](const SessionWay& way) {
    if (const auto* speech = std::get_if<RealtimeWay>(&way)) return is_asked(realtime_name(*speech));
    const auto& three = std::get<CascadeWay>(way);
    // The speakers are not checked: the plain voice can replace each of them.
    return is_asked(cascade_name(three)) && is_done(three.listen, "/listen") && is_done(three.think, "/think");
  });
}

std::uint32_t SessionFactory::port_rate_hz(const AgentProfile& profile, std::optional<media::AudioCodec> agreed) {
  if (agreed) return media::is_wide(*agreed) ? 16000 : 8000;
  const bool narrow = !profile.codecs.empty() && !media::is_wide(profile.codecs.front());
  return narrow && std::holds_alternative<RealtimeWay>(profile.sessions.front()) ? 8000 : 16000;
}

ConversationPlan SessionFactory::plan(AgentDirectory::Profile profile, CallFound call, net::Edges& edges) const {
  PartNeeds needs;
  needs.profile = profile;
  needs.codec = call.codec;
  needs.port_rate_hz = call.port_rate_hz;
  needs.edges = &edges;
  needs.pool = pool_;
  needs.registry = registry_;
  needs.speech_cache = speech_cache_;
  needs.report_use = std::move(call.on_use);
  needs.report_failure = std::move(call.on_failure);
  ConversationPlan plan;
  plan.options = conversation_options(*profile, options_.conversation);
  if (!call.pause_recording) plan.options.notice.clear();
  needs.fixed_sentences = fixed_sentences(plan.options, spoken_greeting(*profile, call.variables));
  plan.options.drop_brief_turns = std::holds_alternative<RealtimeWay>(profile->sessions.front());
  plan.context.prompt = prompt_for(*profile, call.variables);
  plan.context.language = profile->language;
  plan.session = [chain = chain_options(*profile, needs, call, breakers_), breakers = breakers_](const Wake& wake) { return std::make_unique<SessionChain>(chain, breakers, wake); };
  if (has_language_model(*profile)) {
    plan.tools = [profile, watch = std::move(call.on_tool_event), pause = std::move(call.pause_recording), servers = tool_servers(), &edges]() -> std::unique_ptr<ToolBox> {
      auto sources = servers ? servers->sources(tool_servers_of(*profile), edges) : std::vector<std::unique_ptr<tools::ToolSource>>{};
      return std::make_unique<tools::CallToolBox>(tool_box_options(*profile, pause), std::move(sources), watch, base::Clock::now());
    };
  }
  return plan;
}

void SessionFactory::add_voice(const AgentProfile& profile, std::vector<std::string> sentences, const PartNeeds& common, Voices& out) const {
  const ProviderPtr& provider = first_voice(profile);
  const ProviderParts& parts = provider->kind->parts();
  if (provider->kind->is_local || !parts.speaker) return;
  PartNeeds needs = common;
  needs.profile = std::make_shared<AgentProfile>(profile);
  needs = with(needs, provider);
  auto& prepared = out.try_emplace({provider->name, parts.sound(needs)}, needs).first->second.fixed_sentences;
  std::move(sentences.begin(), sentences.end(), std::back_inserter(prepared));
}

bool SessionFactory::awaits_model(const AgentDirectory& directory) {
  const auto profiles = profiles_of(directory);
  const auto loaded = models_to_load(profiles);
  return std::any_of(loaded.begin(), loaded.end(), [&profiles](const ProviderPtr& provider) { return is_awaited(provider, profiles); });
}

Rehearsed SessionFactory::rehearsing(const AgentDirectory& directory, net::Edges& edges, const ReportTrouble& told, const std::shared_ptr<const void>& awaited) const {
  const auto profiles = profiles_of(directory);
  PartNeeds common;
  common.edges = &edges;
  common.speech_cache = speech_cache_;
  common.is_rehearsal = true;
  common.report_use = options_.on_rehearsal_use;
  common.report_failure = options_.on_rehearsal_failure;
  Voices voices;
  // The greetings of all agents come first: callers hear them first, and the sentences are prepared one after the other.
  for (const auto& profile : profiles) {
    if (profile->greeting.is_fixed()) add_voice(*profile, {spoken_greeting(*profile, {})}, common, voices);
  }
  for (const auto& profile : profiles) {
    auto options = conversation_options(*profile, options_.conversation);
    if (!profile->recordings) options.notice.clear();
    add_voice(*profile, fixed_sentences(options, {}), common, voices);
  }
  Rehearsed rehearsed;
  rehearsed.told = told;
  for (const auto& [voice, needs] : voices) {
    const PartNeeds speaking = named(needs, "speak");
    rehearsed.voices.push_back({needs.provider->kind->parts().speaker(speaking, [] {}), speaking.report_failure});
  }
  for (const ProviderPtr& provider : models_to_load(profiles)) {
    PartNeeds needs = common;
    needs.provider = provider;
    rehearsed.loads.push_back({provider->kind->parts().warm_up(needs, told), provider->name, is_awaited(provider, profiles) ? awaited : nullptr});
  }
  return rehearsed;
}

}  // namespace offhook::inline v0::agent
