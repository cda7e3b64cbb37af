#include <offhook/tests/services/azure/sim_server.hpp>

#include <offhook/tests/services/azure/sim_http.hpp>
#include <offhook/tests/services/azure/sim_recognition.hpp>
#include <offhook/tests/services/azure/sim_synthesis.hpp>
#include <offhook/tests/services/openai/plan_visitor.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <optional>
#include <utility>

namespace offhook::services::azure {

namespace {

base::TimePoint now() { return base::Clock::now(); }

/// Connects one WebSocket to a pure session.
template <class Session>
class SocketVisitor final : public Visitor {
 public:
  SocketVisitor(const SimWorld& world, Session session, unsigned number, base::Duration wait)
      : world_(world), session_(std::move(session)), number_(number), wait_(wait) {}

  void begin(Peer& peer) {
    if (wait_ > base::Duration::zero()) return peer.wake_at(now() + std::exchange(wait_, {}));
    begun_ = true;
    peer.upgrade();
  }
  void on_text(Peer& peer, std::string_view text) override {
    session_.on_text(text, now(), out_);
    carry_out(peer);
  }
  void on_binary(Peer& peer, std::string_view bytes) override {
    session_.on_binary(bytes, now(), out_);
    carry_out(peer);
  }
  void on_time(Peer& peer) override {
    if (!begun_) return begin(peer);
    session_.on_time(now(), out_);
    carry_out(peer);
  }
  void on_gone(std::uint16_t code) override { world_.note(now(), "closed", {{"session", number_}, {"code", code}}); }

 private:
  void carry_out(Peer& peer) {
    for (SimOut& each : out_) {
      switch (each.what) {
        case SimOut::What::Text: peer.send_text(std::move(each.bytes)); break;
        case SimOut::What::Binary: peer.send_binary(std::move(each.bytes)); break;
        case SimOut::What::Close: peer.close(static_cast<std::uint16_t>(each.code), std::move(each.bytes)); break;
        case SimOut::What::Drop: peer.drop(); break;
      }
    }
    out_.clear();
    if (const auto next = session_.next_deadline()) peer.wake_at(*next);
  }

  const SimWorld& world_;
  Session session_;
  unsigned number_;
  base::Duration wait_;
  bool begun_ = false;
  SimOuts out_;
};

class Server final : public SimServer {
 public:
  Server(SimWorld world, SimServerOptions options) : world_(std::move(world)), http_(world_), next_session_(options.first_session) {
    server_ = WebServer::open({options.certificate_pem, options.key_pem, false}, [this](Peer& peer, const WebRequest& request) { return receive(peer, request); });
  }
  ~Server() override { server_.reset(); }
  [[nodiscard]] bool is_open() const { return server_ != nullptr; }
  std::uint16_t port() const override { return server_->port(); }

 private:
  std::unique_ptr<Visitor> receive(Peer& peer, const WebRequest& request) {
    if (request.wants_upgrade) return receive_socket(peer, request);
    return openai::visit(peer, http_.serve(request, now()));
  }

  std::unique_ptr<Visitor> receive_socket(Peer& peer, const WebRequest& request) {
    const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
    const bool recognises = path.starts_with("/stt/speech/universal/v") || path.starts_with("/speech/recognition/");
    const bool speaks = path == "/tts/cognitiveservices/websocket/v1";
    if (!recognises && !speaks) return openai::visit(peer, SimHttp::refuse(404));
    if (!http_.key_is_right(request)) return openai::visit(peer, SimHttp::refuse(401));
    if (request.header("x-connectionid").size() != 32) return openai::visit(peer, SimHttp::refuse(400));
    const Fault& fault = recognises ? world_.scenario.recognition_sockets.fault(recognition_sockets_++) : world_.scenario.synthesis_sockets.fault(synthesis_sockets_++);
    world_.note(now(), "handshake", {{"session", next_session_}, {"path", path}, {"fault", to_string(fault.kind)}});
    if (breaks_handshake(fault)) world_.note_fault(now(), recognises ? "recognition_sockets" : "synthesis_sockets", to_string(fault.kind));
    switch (fault.kind) {
      case Fault::Kind::Status: return openai::visit(peer, SimHttp::refuse(fault.status));
      case Fault::Kind::Stall: return nullptr;
      case Fault::Kind::Drop: return peer.drop(), nullptr;
      default: break;  // All other faults take effect in a turn.
    }
    if (recognises) return begin(peer, SimRecognition(world_, request.target), fault.delay);
    return begin(peer, SimSynthesis(world_), fault.delay);
  }

  template <class Session>
  std::unique_ptr<Visitor> begin(Peer& peer, Session session, base::Duration wait) {
    auto visitor = std::make_unique<SocketVisitor<Session>>(world_, std::move(session), next_session_++, wait);
    visitor->begin(peer);
    return visitor;
  }

  SimWorld world_;
  SimHttp http_;
  unsigned next_session_;
  std::size_t recognition_sockets_ = 0, synthesis_sockets_ = 0;
  std::unique_ptr<WebServer> server_;
};

}  // namespace

std::unique_ptr<SimServer> SimServer::open(Scenario scenario, SimLog log, SimServerOptions options) {
  auto voices = openai::RecordedVoices::make(scenario.voice, {100});
  if (!voices) return nullptr;
  voices->prepare_fixed_sentences();
  auto server = std::make_unique<Server>(SimWorld{std::move(scenario), std::move(*voices), std::move(log)}, std::move(options));
  if (!server->is_open()) return nullptr;
  return server;
}

}  // namespace offhook::services::azure
