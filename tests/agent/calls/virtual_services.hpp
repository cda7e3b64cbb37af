#pragma once

#include <offhook/tests/agent/calls/virtual_service.hpp>
#include <offhook/tests/services/azure/sim_http.hpp>
#include <offhook/tests/services/deepgram/sim_http.hpp>
#include <offhook/tests/services/ollama/sim_ollama.hpp>
#include <offhook/tests/services/openai/sim_http.hpp>

#include <cstddef>

/// The cores of the simulators as services of a VirtualNet. Each service answers a handshake as the simulator's server on loopback does.
namespace offhook::inline v0::agent::test {

/// OpenAI, Azure OpenAI, and servers with the same interface.
class OpenAiService final : public VirtualService {
 public:
  explicit OpenAiService(services::openai::SimWorld& world) : world_(world), http_(world) {}
  ServedAnswer serve(const services::WebRequest& request, base::TimePoint now) override { return {http_.serve(request, now), nullptr}; }
  Handshake shake_hands(const services::WebRequest& request, base::TimePoint now) override;

 private:
  services::openai::SimWorld& world_;
  services::openai::SimHttp http_;
  std::size_t sockets_ = 0;
};

/// /v1/listen and /v1/speak over WebSocket and HTTP, /v2/listen, and the Voice Agent.
class DeepgramService final : public VirtualService {
 public:
  explicit DeepgramService(services::deepgram::SimWorld& world) : world_(world), http_(world) {}
  ServedAnswer serve(const services::WebRequest& request, base::TimePoint now) override { return {http_.serve(request, now), nullptr}; }
  Handshake shake_hands(const services::WebRequest& request, base::TimePoint now) override;

 private:
  services::deepgram::SimWorld& world_;
  services::deepgram::SimHttp http_;
  unsigned sessions_ = 0;
  std::size_t listens_ = 0, fluxes_ = 0, speaks_ = 0, agents_ = 0;
};

/// Azure Speech: recognition and synthesis over WebSocket and HTTP.
class AzureSpeechService final : public VirtualService {
 public:
  explicit AzureSpeechService(services::azure::SimWorld& world) : world_(world), http_(world) {}
  ServedAnswer serve(const services::WebRequest& request, base::TimePoint now) override { return {http_.serve(request, now), nullptr}; }
  Handshake shake_hands(const services::WebRequest& request, base::TimePoint now) override;

 private:
  services::azure::SimWorld& world_;
  services::azure::SimHttp http_;
  std::size_t recognitions_ = 0, syntheses_ = 0;
};

class OllamaService final : public VirtualService {
 public:
  OllamaService(const services::ollama::Scenario& scenario, services::openai::SimLog log) : sim_(scenario, std::move(log)) {}
  ServedAnswer serve(const services::WebRequest& request, base::TimePoint now) override;
  Handshake shake_hands(const services::WebRequest&, base::TimePoint) override;

 private:
  services::ollama::SimOllama sim_;
};

}  // namespace offhook::inline v0::agent::test
