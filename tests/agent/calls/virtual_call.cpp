#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <offhook/agent/providers/cascade_session.hpp>
#include <offhook/agent/providers/openai/chat_server.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/providers/openai/realtime_session.hpp>
#include <offhook/agent/providers/openai/speech_speaker.hpp>

#include <cmath>

namespace offhook::inline v0::agent::test {

using namespace std::chrono_literals;

void ToneVoice::speak(std::uint32_t utterance, std::string_view text) {
  SpeechAudio audio;
  audio.utterance = utterance;
  audio.rate_hz = rate_hz();
  audio.pcm.resize(text.size() * rate_hz() / 15);
  for (std::size_t i = 0; i < audio.pcm.size(); ++i) {
    audio.pcm[i] = static_cast<std::int16_t>(6000 * std::sin(2 * 3.14159265 * 330 * static_cast<double>(i) / rate_hz()));
  }
  events_.emplace_back(std::move(audio));
  events_.emplace_back(SpeechDone{utterance});
}

std::optional<SpeakEvent> ToneVoice::poll() {
  if (events_.empty()) return std::nullopt;
  SpeakEvent event = std::move(events_.front());
  events_.pop_front();
  return event;
}

VirtualCall::VirtualCall(CallScript script)
    : VirtualTalk(script.rate_hz, base::TimePoint{} + 1000s),
      script_(std::move(script)),
      world_{script_.scenario, *services::openai::RecordedVoices::make(script_.scenario.voice, script_.scenario.chunk_ms), {}},
      service_(world_) {
  net_.add("", service_);
  world_.log = [this](base::TimePoint, std::string_view what, const nlohmann::json&) { faults_ += what == "fault"; };
  TalkParts parts;
  parts.session = make_session();
  if (!script_.rules.allowed.empty()) {
    tools::ToolBoxOptions options;
    options.rules = script_.rules;
    parts.tools = std::make_unique<tools::CallToolBox>(options, std::vector<std::unique_ptr<tools::ToolSource>>{}, nullptr, now());
  }
  parts.options = script_.options;
  parts.options.drop_brief_turns = script_.ways.front() == Way::Realtime;
  parts.context.call = {"call", "sip:1001@pbx", "", "sip:6001@pbx", "2026-01-01T00:00:00Z"};
  parts.context.prompt = "You are a receptionist.";
  parts.caller.resize(script_.turns);
  parts.net = [this](base::TimePoint now) { net_.tick(now); };
  begin(std::move(parts));
}

std::unique_ptr<VoiceSession> VirtualCall::make_session() {
  ChainOptions chain;
  chain.greeting = script_.greeting;
  chain.recorded_greeting = script_.recorded_greeting;
  for (const Way way : script_.ways) {
    if (way == Way::Realtime) {
      chain.sessions.push_back({"openai/realtime", [this](const Wake& wake) -> std::unique_ptr<VoiceSession> {
                                  openai::realtime::RealtimeOptions options;
                                  options.format = script_.rate_hz == 8000 ? AudioFormat::Pcmu : AudioFormat::Pcm24k;
                                  return std::make_unique<openai::realtime::RealtimeSession>(net_, options, std::make_unique<ToneVoice>(), wake);
                                }, 1});
      continue;
    }
    CascadeParts parts;
    parts.listeners = {{"openai/listen", [this](const Wake& wake) { return std::make_unique<openai::HttpListener>(openai::TranscriptionOptions{}, net_, wake); }}};
    parts.thinkers = {{"openai/think", [this](const Wake& wake) {
                         openai::ChatServerOptions server;
                         server.model.model = "gpt-4o-mini";
                         return std::make_unique<chat::ChatThinker>(std::make_unique<openai::ChatServer>(server), chat::ChatThinkerOptions{}, net_, wake);
                       }}};
    parts.speakers = {{"openai/speak", [this](const Wake& wake) { return std::make_unique<openai::SpeechSpeaker>(openai::SpeechOptions{}, net_, wake); }},
                      {"plain voice", [](const Wake&) { return std::make_unique<ToneVoice>(); }}};
    chain.sessions.push_back({"cascade", [this, parts](const Wake& wake) { return std::make_unique<CascadeSession>(parts, breakers_, wake); }, 2});
  }
  return std::make_unique<SessionChain>(std::move(chain), breakers_, Wake{});
}

}  // namespace offhook::inline v0::agent::test
