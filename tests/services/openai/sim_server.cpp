#include <offhook/tests/services/openai/sim_server.hpp>

#include <offhook/tests/services/openai/plan_visitor.hpp>
#include <offhook/tests/services/openai/sim_http.hpp>
#include <offhook/tests/services/openai/sim_realtime.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <map>

namespace offhook::services::openai {

namespace {

base::TimePoint now() { return base::Clock::now(); }

/// Connects one WebSocket to a pure session.
class RealtimeVisitor final : public Visitor {
 public:
  RealtimeVisitor(SimWorld& world, unsigned number, std::string target, const Fault& fault)
      : world_(world), number_(number), target_(std::move(target)), fault_(fault), wait_(fault.kind == Fault::Kind::Latency ? fault.delay : milliseconds(0)) {}

  void begin(Peer& peer) {
    if (wait_ > base::Duration::zero()) return peer.wake_at(now() + std::exchange(wait_, {}));
    peer.upgrade();
    session_.emplace(world_, number_, target_, fault_, now(), out_);
    carry_out(peer);
  }
  void on_text(Peer& peer, std::string_view text) override {
    session_->on_text(text, now(), out_);
    carry_out(peer);
  }
  void on_time(Peer& peer) override {
    if (!session_) return begin(peer);
    woken_for_.reset();
    session_->on_time(now(), out_);
    carry_out(peer);
  }
  void on_gone(std::uint16_t code) override { world_.note(now(), "closed", {{"session", number_}, {"code", code}}); }

 private:
  void carry_out(Peer& peer) {
    for (SimOut& each : out_) {
      switch (each.what) {
        case SimOut::What::Text:
          peer.send_text(std::move(each.text));
          break;
        case SimOut::What::Close:
          peer.close(static_cast<std::uint16_t>(each.code), std::move(each.text));
          break;
        case SimOut::What::Drop:
          peer.drop();
          break;
      }
    }
    out_.clear();
    const auto next = session_->next_deadline();
    if (next && *next != base::TimePoint::max() && next != woken_for_) peer.wake_at(*next);
    woken_for_ = next;
  }

  SimWorld& world_;
  unsigned number_;
  std::string target_;
  Fault fault_;
  base::Duration wait_;
  std::optional<SimRealtime> session_;
  SimOuts out_;
  std::optional<base::TimePoint> woken_for_;
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
    const bool azure = request.target.starts_with("/openai/v1/realtime?model=") ||
                       (request.target.starts_with("/openai/realtime?") && request.target.find("deployment=") != std::string::npos);
    if (request.wants_upgrade && (azure || request.target.starts_with("/v1/realtime"))) return receive_socket(peer, request);
    return visit(peer, http_.serve(request, now()));
  }

  std::unique_ptr<Visitor> receive_socket(Peer& peer, const WebRequest& request) {
    const Fault& fault = world_.scenario.realtime.fault(sockets_++);
    const unsigned number = next_session_++;
    world_.note(now(), "handshake", {{"session", number}, {"fault", to_string(fault.kind)}});
    if (!http_.key_is_right(request)) {
      const auto refused = http_.refuse_key();
      peer.answer(refused.status, refused.headers, refused.bytes);
      return nullptr;
    }
    if (breaks_handshake(fault)) world_.note_fault(now(), "realtime", to_string(fault.kind));
    switch (breaks_handshake(fault) ? fault.kind : Fault::Kind::None) {
      case Fault::Kind::Status: {
        const auto refused = http_.refuse(fault);
        peer.answer(refused.status, refused.headers, refused.bytes);
        return nullptr;
      }
      case Fault::Kind::Stall:
      case Fault::Kind::Freeze:
        return nullptr;
      case Fault::Kind::Drop:
        peer.drop();
        return nullptr;
      case Fault::Kind::Garbage:
        peer.send_raw("SSH-2.0-OpenSSH_9.2p1\r\n\r\n");
        return nullptr;
      default:
        break;  // All other faults take effect in the session.
    }
    auto visitor = std::make_unique<RealtimeVisitor>(world_, number, request.target, fault);
    visitor->begin(peer);
    return visitor;
  }

  SimWorld world_;
  SimHttp http_;
  unsigned next_session_;
  std::size_t sockets_ = 0;
  std::unique_ptr<WebServer> server_;
};

}  // namespace

std::unique_ptr<SimServer> SimServer::open(Scenario scenario, SimLog log, SimServerOptions options) {
  auto voices = RecordedVoices::make(scenario.voice, scenario.chunk_ms);
  if (!voices) return nullptr;
  voices->prepare_fixed_sentences();
  for (const Reply& reply : scenario.replies) voices->prepare(reply.text);
  auto server = std::make_unique<Server>(SimWorld{std::move(scenario), std::move(*voices), std::move(log)}, std::move(options));
  if (!server->is_open()) return nullptr;
  return server;
}

}  // namespace offhook::services::openai
