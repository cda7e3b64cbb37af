#include <offhook/tests/agent/calls/virtual_services.hpp>

#include <offhook/tests/services/azure/sim_recognition.hpp>
#include <offhook/tests/services/azure/sim_synthesis.hpp>
#include <offhook/tests/services/deepgram/sim_agent.hpp>
#include <offhook/tests/services/deepgram/sim_flux.hpp>
#include <offhook/tests/services/deepgram/sim_listen.hpp>
#include <offhook/tests/services/deepgram/sim_speak.hpp>
#include <offhook/tests/services/openai/sim_realtime.hpp>

#include <utility>

namespace offhook::inline v0::agent::test {

using services::WebRequest;

namespace {

std::string_view path_in(const WebRequest& request) { return std::string_view(request.target).substr(0, request.target.find('?')); }

Handshake refused(services::openai::HttpPlan::Step answer) {
  Handshake made;
  made.refusal = std::move(answer);
  return made;
}

Handshake refused(services::openai::HttpPlan plan) { return refused(std::move(plan.steps.front())); }

template <class World>
void note_key(const World& world, base::TimePoint now) {
  world.note(now, "refused", {{"why", "the key is wrong"}});
}

Handshake dropped() {
  Handshake made;
  made.drops = true;
  return made;
}

// --- sockets -----------------------------------------------------------------------------------------------------------------

class RealtimeSocket final : public ServiceSocket {
 public:
  RealtimeSocket(services::openai::SimWorld& world, unsigned number, std::string target, const services::openai::Fault& fault)
      : world_(world), number_(number), target_(std::move(target)), fault_(fault) {}

  void on_text(std::string_view text, base::TimePoint now, SocketOuts& out) override {
    begin(now);
    if (!sim_->is_over()) sim_->on_text(text, now, made_);
    give(out);
  }
  void on_binary(std::string_view, base::TimePoint, SocketOuts&) override {}
  void on_time(base::TimePoint now, SocketOuts& out) override {
    begin(now);
    if (!sim_->is_over()) sim_->on_time(now, made_);
    give(out);
  }

 private:
  /// Starts the session with the answer to the handshake.
  void begin(base::TimePoint now) {
    if (!sim_) sim_.emplace(world_, number_, target_, fault_, now, made_);
  }
  void give(SocketOuts& out) {
    using What = services::openai::SimOut::What;
    for (auto& each : std::exchange(made_, {})) {
      const auto what = each.what == What::Text ? SocketOut::What::Text : each.what == What::Close ? SocketOut::What::Close : SocketOut::What::Drop;
      out.push_back({what, std::move(each.text), each.code});
    }
  }

  services::openai::SimWorld& world_;
  unsigned number_;
  std::string target_;
  services::openai::Fault fault_;
  std::optional<services::openai::SimRealtime> sim_;
  services::openai::SimOuts made_;
};

/// A socket of a Deepgram or Azure core. The cores differ in the name of their function for audio.
template <class Core, class Out>
class CoreSocket final : public ServiceSocket {
 public:
  explicit CoreSocket(Core core) : core_(std::move(core)) {}

  void on_text(std::string_view text, base::TimePoint now, SocketOuts& out) override {
    core_.on_text(text, now, made_);
    give(out);
  }
  void on_binary(std::string_view bytes, base::TimePoint now, SocketOuts& out) override {
    if constexpr (requires { core_.on_audio(bytes, now, made_); }) core_.on_audio(bytes, now, made_);
    else if constexpr (requires { core_.on_binary(bytes, now, made_); }) core_.on_binary(bytes, now, made_);
    else core_.on_text("", now, made_);  // This core takes no audio. An empty text is not a valid message of its protocol.
    give(out);
  }
  void on_time(base::TimePoint now, SocketOuts& out) override {
    core_.on_time(now, made_);
    give(out);
  }

 private:
  static SocketOut::What what_of(typename Out::What what) {
    switch (what) {
      case Out::What::Text: return SocketOut::What::Text;
      case Out::What::Binary: return SocketOut::What::Binary;
      case Out::What::Close: return SocketOut::What::Close;
      case Out::What::Drop: return SocketOut::What::Drop;
    }
    return SocketOut::What::Drop;
  }
  void give(SocketOuts& out) {
    for (auto& each : std::exchange(made_, {})) out.push_back({what_of(each.what), std::move(each.bytes), each.code});
  }

  Core core_;
  std::vector<Out> made_;
};

template <class Core>
std::unique_ptr<ServiceSocket> deepgram_socket(Core core) {
  return std::make_unique<CoreSocket<Core, services::deepgram::SimOut>>(std::move(core));
}

template <class Core>
std::unique_ptr<ServiceSocket> azure_socket(Core core) {
  return std::make_unique<CoreSocket<Core, services::azure::SimOut>>(std::move(core));
}

}  // namespace

// --- OpenAI ------------------------------------------------------------------------------------------------------------------

Handshake OpenAiService::shake_hands(const WebRequest& request, base::TimePoint now) {
  using services::openai::Fault;
  if (!request.target.starts_with("/v1/realtime") && !request.target.starts_with("/openai/v1/realtime?model=") &&
      !request.target.starts_with("/openai/realtime?")) {
    return refused(http_.serve(request, now));
  }
  const Fault& fault = world_.scenario.realtime.fault(sockets_++);
  world_.note(now, "handshake", {{"session", sockets_}, {"fault", services::openai::to_string(fault.kind)}});
  if (!http_.key_is_right(request)) return note_key(world_, now), refused(http_.refuse_key());
  if (services::openai::breaks_handshake(fault)) world_.note_fault(now, "realtime", services::openai::to_string(fault.kind));
  Handshake made;
  switch (services::openai::breaks_handshake(fault) ? fault.kind : Fault::Kind::None) {
    case Fault::Kind::Status: return refused(http_.refuse(fault));
    case Fault::Kind::Stall:
    case Fault::Kind::Freeze: return made;
    case Fault::Kind::Drop:
    case Fault::Kind::Garbage: return dropped();
    case Fault::Kind::Latency: made.wait = fault.delay; break;
    default: break;  // All other faults happen in the session.
  }
  made.socket = std::make_unique<RealtimeSocket>(world_, static_cast<unsigned>(sockets_), request.target, fault);
  return made;
}

// --- Deepgram ----------------------------------------------------------------------------------------------------------------

Handshake DeepgramService::shake_hands(const WebRequest& request, base::TimePoint now) {
  using namespace services::deepgram;
  const std::string_view path = path_in(request);
  const Query query = query_of(request.target);
  const bool listens = path == "/v1/listen", flux = path == "/v2/listen", speaks = path == "/v1/speak", agent = path == "/v1/agent/converse";
  if (!listens && !flux && !speaks && !agent) return refused(http_.serve(request, now));
  const Scenario& scenario = world_.scenario;
  const std::string_view door = listens ? "listen" : flux ? "flux" : speaks ? "speak" : "agent";
  const Fault& fault = listens ? scenario.listen.fault(listens_++) : flux ? scenario.flux.fault(fluxes_++) : speaks ? scenario.speak.fault(speaks_++) : scenario.agent.fault(agents_++);
  const unsigned number = ++sessions_;
  world_.note(now, "handshake", {{"session", number}, {"target", request.target}, {"fault", services::openai::to_string(fault.kind)}});
  if (auto wrong_key = http_.refuse_key(request)) return note_key(world_, now), refused(std::move(*wrong_key));
  if (fault.kind == Fault::Kind::Status || fault.kind == Fault::Kind::Freeze) world_.note_fault(now, door, services::openai::to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status) return refused(services::deepgram::SimHttp::refuse(fault));
  Handshake made;
  if (fault.kind == Fault::Kind::Freeze) return made;
  const std::string why = listens ? refuse_listen(query) : flux ? refuse_flux(query) : speaks ? refuse_speak(query, false) : "";
  if (!why.empty()) return refused(error_answer(400, "Bad Request", why));
  if (listens) made.socket = deepgram_socket(SimListen(world_, number, query, fault, now));
  else if (flux) made.socket = deepgram_socket(SimFlux(world_, number, query, fault, now));
  else if (speaks) made.socket = deepgram_socket(SimSpeak(world_, number, query, fault, now));
  else made.socket = deepgram_socket(SimAgent(world_, number, query, fault, now));
  return made;
}

// --- Azure Speech ------------------------------------------------------------------------------------------------------------

Handshake AzureSpeechService::shake_hands(const WebRequest& request, base::TimePoint now) {
  using namespace services::azure;
  const std::string_view path = path_in(request);
  const bool recognises = path.starts_with("/stt/speech/universal/v") || path.starts_with("/speech/recognition/");
  if (!recognises && path != "/tts/cognitiveservices/websocket/v1") return refused(services::azure::SimHttp::refuse(404));
  if (!http_.key_is_right(request)) return note_key(world_, now), refused(services::azure::SimHttp::refuse(401));
  if (request.header("x-connectionid").size() != 32) return refused(services::azure::SimHttp::refuse(400));
  const Fault& fault = recognises ? world_.scenario.recognition_sockets.fault(recognitions_++) : world_.scenario.synthesis_sockets.fault(syntheses_++);
  world_.note(now, "handshake", {{"path", path}, {"fault", to_string(fault.kind)}});
  if (breaks_handshake(fault)) world_.note_fault(now, recognises ? "recognition_sockets" : "synthesis_sockets", to_string(fault.kind));
  Handshake made;
  switch (fault.kind) {
    case Fault::Kind::Status: return refused(services::azure::SimHttp::refuse(fault.status));
    case Fault::Kind::Stall: return made;
    case Fault::Kind::Drop: return dropped();
    default: break;  // All other faults happen in a turn.
  }
  made.wait = fault.delay;
  made.socket = recognises ? azure_socket(SimRecognition(world_, request.target)) : azure_socket(SimSynthesis(world_));
  return made;
}

// --- Ollama ------------------------------------------------------------------------------------------------------------------

ServedAnswer OllamaService::serve(const WebRequest& request, base::TimePoint now) {
  auto served = sim_.serve(request, now);
  return {std::move(served.plan), std::shared_ptr<void>(nullptr, [this, number = served.request](void*) { sim_.gone(number); })};
}

Handshake OllamaService::shake_hands(const WebRequest&, base::TimePoint) {
  return refused(services::openai::error_answer(404, "", "", "404 page not found"));
}

}  // namespace offhook::inline v0::agent::test
