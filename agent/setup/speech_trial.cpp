#include <offhook/agent/setup/speech_trial.hpp>

#include <offhook/agent/conversation/history.hpp>
#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/providers/registry/voices.hpp>

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

namespace offhook::inline v0::agent::setup {

namespace {

constexpr auto kSpeechLimit = std::chrono::seconds(10);

/// The state of a trial after an event: nullopt while the trial continues, "" if the part works, or a text that describes the failure.
using Verdict = std::optional<std::string>;

Verdict verdict_on(const SpeakEvent& event) {
  if (const auto* failed = std::get_if<SpeakFailed>(&event)) return failed->why;
  const auto* audio = std::get_if<SpeechAudio>(&event);
  if (audio == nullptr) return "it sent no audio";
  return audio->pcm.empty() ? Verdict{} : Verdict("");
}

Verdict verdict_on(const ListenEvent& event) {
  if (const auto* failed = std::get_if<ListenFailed>(&event))
    return failed->why + (failed->kind == FailureKind::Timeout ? " (the test sent only silence: a call shows whether it works)" : "");
  return std::get<Transcript>(event).final ? Verdict("") : Verdict{};
}

Verdict verdict_on(const SessionEvent& event) {
  if (const auto* failed = std::get_if<ThinkFailed>(&event)) return failed->why;
  if (std::holds_alternative<ReplyDone>(event)) return "its reply is empty";
  return std::holds_alternative<ReplyText>(event) ? Verdict("") : Verdict{};
}

std::string languages_of(const AgentProfile& profile) {
  std::string all = profile.language;
  for (const std::string& each : profile.languages) all += ' ' + each;
  return all;
}

std::string in_brackets(const std::string& what) { return what.empty() ? what : " (" + what + ")"; }

class SpeechTrials {
 public:
  SpeechTrials(const std::set<std::string>& without, net::Edges& edges, const std::function<bool()>& work) : without_(without), edges_(edges), work_(work) {}

  void try_all_of(const std::shared_ptr<const AgentProfile>& profile) {
    for (const SessionWay& way : profile->sessions) {
      if (const auto* realtime = std::get_if<RealtimeWay>(&way)) {
        try_talking(needs_of(profile, realtime->provider));
        try_voice(needs_of(profile, realtime->provider));  // Offhook speaks the agent's fixed sentences with this voice.
        continue;
      }
      const auto& three = std::get<CascadeWay>(way);
      for (const ProviderPtr& each : three.listen) try_listening(needs_of(profile, each));
      for (const ProviderPtr& each : three.speak) try_voice(needs_of(profile, each));
    }
  }
  [[nodiscard]] std::vector<Finding> take() { return std::move(found_); }

 private:
  [[nodiscard]] PartNeeds needs_of(const std::shared_ptr<const AgentProfile>& profile, const ProviderPtr& provider) {
    PartNeeds needs;
    needs.profile = profile;
    needs.provider = provider;
    needs.voices = voices_for(*provider, *profile);
    if (!profile->codecs.empty()) needs.codec = profile->codecs.front();
    needs.edges = &edges_;
    needs.speech_cache = std::make_shared<SpeechCache>();
    return needs;
  }

  /// Returns true if the provider is remote, is not excluded, and was not tried before with the same stage and `how` (the voice, or the languages).
  [[nodiscard]] bool is_new(const PartNeeds& needs, const std::string& stage, const std::string& how) {
    const bool is_asked = !needs.provider->kind->is_local && !without_.contains(needs.provider->name);
    return is_asked && tried_.insert(needs.provider->name + stage + how).second;
  }

  void try_voice(const PartNeeds& needs) {
    const ProviderParts& parts = needs.provider->kind->parts();
    if (!parts.speaker || !parts.sound) return;
    const std::string sound = parts.sound(needs);
    if (!is_new(needs, "/speak", sound)) return;
    const auto voice = parts.speaker(needs, [] {});
    voice->open({});
    voice->speak(1, "Yes.");
    look_at(*voice, needs.provider->name + "/speak" + in_brackets(sound));
  }

  void try_listening(const PartNeeds& needs) {
    const ProviderParts& parts = needs.provider->kind->parts();
    for (const auto& [stage, make] : {std::pair("/live", &parts.live_listener), std::pair("/listen", &parts.listener)}) {
      if (!*make || !is_new(needs, stage, languages_of(*needs.profile))) continue;
      const auto listener = (*make)(needs, [] {});
      listener->open({});
      listener->tick(base::Clock::now());
      listener->begin(1, "");
      listener->feed(std::vector<std::int16_t>(listener->rate_hz() / 2));
      listener->end();
      look_at(*listener, needs.provider->name + stage + in_brackets(needs.provider->models.transcription));
    }
  }

  void try_talking(const PartNeeds& needs) {
    if (!is_new(needs, "/realtime", needs.profile->voice + needs.profile->language)) return;
    const auto model = needs.provider->kind->parts().realtime(needs, nullptr, [] {});
    History nothing;
    SessionContext context;
    context.prompt = "You say nothing but one short word.";
    context.language = needs.profile->language;
    context.history = &nothing;
    model->open(context, base::Clock::now());
    model->respond({1, TurnInput::Kind::Opening, {}, 1, false});
    look_at(*model, needs.provider->name + "/realtime" + in_brackets(needs.profile->voice));
  }

  template <class Part>
  void look_at(Part& part, const std::string& whom) {
    const auto end = base::Clock::now() + kSpeechLimit;
    Verdict verdict;
    do {
      part.tick(base::Clock::now());
      for (auto event = part.poll(); event && !verdict; event = part.poll()) verdict = verdict_on(*event);
    } while (!verdict && work_() && base::Clock::now() < end);
    if (!verdict) verdict = "no answer in time";
    found_.push_back(verdict->empty() ? Finding{true, whom + " works"} : Finding{false, whom + ": " + *verdict});
  }

  const std::set<std::string>& without_;
  net::Edges& edges_;
  const std::function<bool()>& work_;
  std::set<std::string> tried_;
  std::vector<Finding> found_;
};

}  // namespace

std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, net::Edges& edges, const std::function<bool()>& work) {
  SpeechTrials trials(without, edges, work);
  trials.try_all_of(agents.otherwise());
  for (const auto& entry : agents.entries()) trials.try_all_of(entry.profile);
  return trials.take();
}

std::vector<Finding> try_speech(const AgentDirectory& agents, const std::set<std::string>& without, const net::ProxyRules& proxies) {
  boost::asio::io_context io;
  const auto edges = net::make_thread_edges(io, proxies);
  return try_speech(agents, without, *edges, [&io] {
    io.restart();
    io.run_for(std::chrono::milliseconds(20));
    return true;
  });
}

}  // namespace offhook::inline v0::agent::setup
