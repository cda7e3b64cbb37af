#pragma once

#include <offhook/agent/net/web_socket.hpp>
#include <offhook/tests/services/azure/sim_recognition.hpp>
#include <offhook/tests/services/azure/sim_synthesis.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// The simulated service of Azure on virtual time. Lists take the place of its sockets.
namespace offhook::test {

using namespace offhook::services::azure;

class VirtualService final : public agent::net::WebSocketClient {
 public:
  explicit VirtualService(const std::string& scenario_json) {
    const auto read = read_scenario(scenario_json);
    REQUIRE_MESSAGE(read.error.empty(), read.error);
    auto voices = services::openai::RecordedVoices::make("tone", {100});
    REQUIRE(voices);
    world.emplace(SimWorld{read.scenario, std::move(*voices), [this](base::TimePoint, std::string_view what, nlohmann::json members) {
                             log += std::string(what) + (members.contains("why") ? " " + members["why"].get<std::string>() : "") + "\n";
                           }});
  }

  std::unique_ptr<agent::net::WebSocket> open(agent::net::WebSocketRequest request, agent::net::WebSocketHandler handler) override {
    auto line = std::make_shared<Line>();
    line->handler = std::move(handler);
    if (request.url.find("tts") == std::string::npos) line->recognition.emplace(*world, request.url);
    else line->synthesis.emplace(*world);
    lines.push_back(line);
    return std::make_unique<Handle>(*this, line);
  }

  /// Delivers to the service the messages that were sent to it, and delivers the messages of the service that are due.
  void run(base::TimePoint to) {
    now = to;
    for (std::size_t i = 0; i < lines.size(); ++i) run_line(*lines[i]);
  }

  struct Line {
    agent::net::WebSocketHandler handler;
    std::optional<SimRecognition> recognition;
    std::optional<SimSynthesis> synthesis;
    std::deque<std::pair<bool, std::string>> sent;
    bool opened = false, gone = false;
  };
  std::optional<SimWorld> world;
  std::vector<std::shared_ptr<Line>> lines;
  std::string log;
  base::TimePoint now{};

 private:
  struct Handle final : agent::net::WebSocket {
    Handle(VirtualService& of, std::shared_ptr<Line> its) : service(of), line(std::move(its)) {}
    ~Handle() override { line->gone = true; }
    void send_text(std::string_view text) override { line->sent.emplace_back(false, text); }
    void send_binary(std::string_view bytes) override { line->sent.emplace_back(true, bytes); }
    void close(int, std::string_view) override {}
    VirtualService& service;
    std::shared_ptr<Line> line;
  };

  void run_line(Line& line) {
    if (line.gone) return;
    if (!std::exchange(line.opened, true)) line.handler.on_open();
    SimOuts out;
    while (!line.sent.empty()) {
      const auto [binary, frame] = std::move(line.sent.front());
      line.sent.pop_front();
      if (line.recognition) binary ? line.recognition->on_binary(frame, now, out) : line.recognition->on_text(frame, now, out);
      else binary ? line.synthesis->on_binary(frame, now, out) : line.synthesis->on_text(frame, now, out);
    }
    if (line.recognition) line.recognition->on_time(now, out);
    else line.synthesis->on_time(now, out);
    for (SimOut& each : out) deliver(line, each);
  }

  static void deliver(Line& line, const SimOut& each) {
    if (line.gone) return;
    switch (each.what) {
      case SimOut::What::Text: return line.handler.on_text(each.bytes);
      case SimOut::What::Binary: return line.handler.on_binary(each.bytes);
      case SimOut::What::Close:
        line.gone = true;
        return line.handler.on_closed({std::nullopt, 0, {}, each.code, each.bytes});
      case SimOut::What::Drop:
        line.gone = true;
        return line.handler.on_closed({std::nullopt, 0, {}, 1006, {}});
    }
  }
};

}  // namespace offhook::test
