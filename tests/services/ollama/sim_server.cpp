#include <offhook/tests/services/ollama/sim_server.hpp>

#include <offhook/tests/services/ollama/sim_ollama.hpp>
#include <offhook/tests/services/openai/plan_visitor.hpp>
#include <offhook/tests/services/web_server.hpp>

#include <utility>

namespace offhook::services::ollama {

namespace {

/// Tells SimOllama when the connection of a request has ended.
class AnswerVisitor final : public openai::PlanVisitor {
 public:
  AnswerVisitor(SimOllama& sim, SimOllama::Served served) : PlanVisitor(std::move(served.plan)), sim_(sim), request_(served.request) {}
  ~AnswerVisitor() override { sim_.gone(request_); }
  void on_gone(std::uint16_t) override { sim_.gone(request_); }

 private:
  SimOllama& sim_;
  std::uint64_t request_;
};

class Server final : public SimServer {
 public:
  Server(const Scenario& scenario, openai::SimLog log, SimServerOptions options) : sim_(scenario, std::move(log)) {
    server_ = WebServer::open({std::move(options.certificate_pem), std::move(options.key_pem), false}, [this](Peer& peer, const WebRequest& request) {
      auto visitor = std::make_unique<AnswerVisitor>(sim_, sim_.serve(request, base::Clock::now()));
      peer.wake_at(base::Clock::now());
      return visitor;
    });
  }
  ~Server() override { server_.reset(); }
  [[nodiscard]] bool is_open() const { return server_ != nullptr; }
  std::uint16_t port() const override { return server_->port(); }

 private:
  SimOllama sim_;
  std::unique_ptr<WebServer> server_;
};

}  // namespace

std::unique_ptr<SimServer> SimServer::open(const Scenario& scenario, openai::SimLog log, SimServerOptions options) {
  auto server = std::make_unique<Server>(scenario, std::move(log), std::move(options));
  if (!server->is_open()) return nullptr;
  return server;
}

}  // namespace offhook::services::ollama
