#include <offhook/tests/services/deepgram/sim_server.hpp>

#include <offhook/tests/services/deepgram/sim_agent.hpp>
#include <offhook/tests/services/deepgram/sim_flux.hpp>
#include <offhook/tests/services/deepgram/sim_http.hpp>
#include <offhook/tests/services/deepgram/sim_listen.hpp>
#include <offhook/tests/services/deepgram/sim_speak.hpp>
#include <offhook/tests/services/openai/plan_visitor.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <utility>

namespace offhook::services::deepgram {

namespace {

base::TimePoint now() { return base::Clock::now(); }

/// Connects one WebSocket to its pure core.
template <class Core>
class SocketVisitor final : public Visitor {
 public:
  SocketVisitor(SimWorld& world, unsigned number, const Query& query, const Fault& fault)
      : world_(world), number_(number), core_(world, number, query, fault, now()) {}

  void on_text(Peer& peer, std::string_view text) override {
    core_.on_text(text, now(), out_);
    carry_out(peer);
  }
  void on_binary(Peer& peer, std::string_view bytes) override {
    if constexpr (requires { core_.on_audio(bytes, now(), out_); }) {
      core_.on_audio(bytes, now(), out_);
    } else {
      core_.on_text("", now(), out_);  // This core accepts no audio. It gets an empty text instead.
    }
    carry_out(peer);
  }
  void on_time(Peer& peer) override {
    woken_for_.reset();
    core_.on_time(now(), out_);
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
    const auto next = core_.next_deadline();
    if (next && next != woken_for_) peer.wake_at(*next);
    woken_for_ = next;
  }

  SimWorld& world_;
  unsigned number_;
  Core core_;
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
    const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
    if (request.wants_upgrade && path == "/v1/listen") return receive_socket<SimListen>(peer, request, "listen", world_.scenario.listen.fault(listens_++));
    if (request.wants_upgrade && path == "/v2/listen") return receive_socket<SimFlux>(peer, request, "flux", world_.scenario.flux.fault(fluxes_++));
    if (request.wants_upgrade && path == "/v1/speak") return receive_socket<SimSpeak>(peer, request, "speak", world_.scenario.speak.fault(speaks_++));
    if (request.wants_upgrade && path == "/v1/agent/converse") return receive_socket<SimAgent>(peer, request, "agent", world_.scenario.agent.fault(agents_++));
    return openai::visit(peer, http_.serve(request, now()));
  }

  static std::unique_ptr<Visitor> refuse(Peer& peer, const HttpPlan::Step& answer) {
    peer.answer(answer.status, answer.headers, answer.bytes);
    return nullptr;
  }

  template <class Core>
  std::unique_ptr<Visitor> receive_socket(Peer& peer, const WebRequest& request, std::string_view door, const Fault& fault) {
    const unsigned number = next_session_++;
    const Query query = query_of(request.target);
    world_.note(now(), "handshake", {{"session", number}, {"target", request.target}, {"fault", openai::to_string(fault.kind)}});
    if (const auto refused = http_.refuse_key(request)) return refuse(peer, *refused);
    if (fault.kind == Fault::Kind::Status || fault.kind == Fault::Kind::Freeze) world_.note_fault(now(), door, openai::to_string(fault.kind));
    if (fault.kind == Fault::Kind::Status) return refuse(peer, SimHttp::refuse(fault));
    if (fault.kind == Fault::Kind::Freeze) return nullptr;
    std::string why;
    if constexpr (std::is_same_v<Core, SimListen>) {
      why = refuse_listen(query);
    } else if constexpr (std::is_same_v<Core, SimFlux>) {
      why = refuse_flux(query);
    } else if constexpr (std::is_same_v<Core, SimSpeak>) {
      why = refuse_speak(query, false);
    }
    if (!why.empty()) return refuse(peer, error_answer(400, "Bad Request", why));
    peer.upgrade();
    auto visitor = std::make_unique<SocketVisitor<Core>>(world_, number, query, fault);
    peer.wake_at(now());
    return visitor;
  }

  SimWorld world_;
  SimHttp http_;
  unsigned next_session_;
  std::size_t listens_ = 0, fluxes_ = 0, speaks_ = 0, agents_ = 0;
  std::unique_ptr<WebServer> server_;
};

}  // namespace

std::unique_ptr<SimServer> SimServer::open(Scenario scenario, SimLog log, SimServerOptions options) {
  auto voices = openai::RecordedVoices::make(scenario.voice, scenario.chunk_ms);
  if (!voices) return nullptr;
  voices->prepare_fixed_sentences();
  for (const SimReply& reply : scenario.replies) {
    voices->prepare(reply.say);
    voices->prepare(reply.then);
  }
  auto server = std::make_unique<Server>(SimWorld{std::move(scenario), std::move(*voices), std::move(log)}, std::move(options));
  if (!server->is_open()) return nullptr;
  return server;
}

}  // namespace offhook::services::deepgram
