#include <offhook/tests/agent/calls/virtual_call.hpp>

#include <offhook/agent/providers/cascade_session.hpp>
#include <offhook/agent/providers/openai/chat_server.hpp>
#include <offhook/agent/providers/chat/chat_thinker.hpp>
#include <offhook/agent/providers/openai/http_listener.hpp>
#include <offhook/agent/providers/openai/realtime_session.hpp>
#include <offhook/agent/providers/openai/speech_speaker.hpp>

#include <algorithm>
#include <cmath>

namespace offhook::inline v0::agent::test {

using namespace std::chrono_literals;

namespace {

constexpr base::Duration kStep = 10ms;
constexpr base::Duration kCallerThinks = 700ms;   // after the agent's last sound
constexpr base::Duration kCallerSpeaks = 1200ms;

}  // namespace

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
    : script_(std::move(script)),
      world_{script_.scenario, *services::openai::VoiceBook::make(script_.scenario.voice, script_.scenario.chunk_ms), {}},
      net_(world_),
      line_(script_.rate_hz),
      notes_({}, {true, true}, {{}, base::TimePoint{}}) {
  now_ += 1000s;
  world_.log = [this](base::TimePoint, std::string_view, const nlohmann::json& members) { faults_ += members.contains("fault"); };
  CallControl control;
  control.answer = [this] { connected_ = true; };
  control.hang_up = [this](const std::string& why) {
    over_ = true;
    ended_by_ = why;
  };
  control.transfer = [](const std::string&) {};
  control.hold = [](bool) {};
  std::unique_ptr<ToolBox> tools;
  if (!script_.rules.allowed.empty()) {
    tools::ToolBoxOptions options;
    options.rules = script_.rules;
    tools = std::make_unique<tools::CallToolBox>(options, std::vector<std::unique_ptr<tools::ToolSource>>{}, nullptr, now_);
  }
  const auto observer = [this](const ConversationAction& action) {
    notes_.on_action(action, {{}, now_});
    const auto* said = std::get_if<AgentSaid>(&action);  // A filler is none: who waits for an answer waits on.
    if (said != nullptr && std::exchange(waits_for_reply_, false)) answered_ += said_ > 0;
    seen_.push_back(action);
  };
  ConversationOptions options = script_.options;
  options.drop_brief_turns = script_.ways.front() == Way::Realtime;
  bridge_ = std::make_unique<Bridge>(make_session(), std::move(tools), line_.port(), control, observer, options);
  net_.tick(now_);
  line_.tick(now_);
  SessionContext context;
  context.call = {"call", "sip:1001@pbx", "", "sip:6001@pbx", "2026-01-01T00:00:00Z"};
  context.prompt = "You are a receptionist.";
  bridge_->start(context, now_);
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

/// Speaks when the agent has been silent for a moment, so often; then hangs up.
void VirtualCall::play_caller() {
  if (line_.caller_speaks() || waits_for_reply_) return;
  if (line_.agent_speaks() || now_ - line_.agent_spoke_last() < kCallerThinks) return;
  if (said_ == script_.turns) {
    over_ = true;
    ended_by_ = "caller";
    return;
  }
  ++said_;
  waits_for_reply_ = true;
  line_.say(kCallerSpeaks);
}

void VirtualCall::step() {
  now_ += kStep;
  net_.tick(now_);
  if (connected_ && now_.time_since_epoch() % VirtualLine::kTick == base::Duration::zero()) {
    line_.tick(now_);
    const auto last = std::max({line_.agent_spoke_last(), line_.caller_spoke_last(), connected_at_});
    longest_silence_ = std::max(longest_silence_, now_ - last);
    play_caller();
  }
  if (over_) return;
  bridge_->tick(now_);
  if (connected_ && connected_at_ == base::TimePoint{}) {
    connected_at_ = now_;
    notes_.on_answered(media::AudioCodec::Pcmu, "PCMU", {{}, now_});
    bridge_->on_connected(now_);
  }
}

void VirtualCall::advance(base::Duration by) {
  for (const auto end = now_ + by; now_ < end && !over_;) step();
}

void VirtualCall::run(base::Duration limit) {
  advance(limit);
  if (over_) bridge_->on_ended();
}

records::CallRecord VirtualCall::record() {
  notes_.on_ended({}, ended_by_, {}, {{}, now_});
  return *notes_.take();
}

}  // namespace offhook::inline v0::agent::test
