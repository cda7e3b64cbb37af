#pragma once

#include <offhook/agent/providers/openai/realtime_session.hpp>
#include <offhook/base/base64.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

/// A RealtimeSession on virtual time, with fake sockets. The test acts as the server.
namespace offhook_test {

using namespace offhook::agent;
using namespace offhook::agent::openai::realtime;
using namespace std::chrono_literals;
using nlohmann::json;

struct FakeSocket {
  net::WebSocketRequest request;
  net::WebSocketHandler handler;
  std::vector<json> sent;
  bool closed = false, destroyed = false;
};

class FakeClient final : public net::WebSocketClient {
 public:
  std::vector<std::shared_ptr<FakeSocket>> sockets;

  std::unique_ptr<net::WebSocket> open(net::WebSocketRequest request, net::WebSocketHandler handler) override {
    sockets.push_back(std::make_shared<FakeSocket>());
    sockets.back()->request = std::move(request);
    sockets.back()->handler = std::move(handler);
    return std::make_unique<Handle>(sockets.back());
  }

 private:
  struct Handle final : net::WebSocket {
    explicit Handle(std::shared_ptr<FakeSocket> of) : state(std::move(of)) {}
    ~Handle() override { state->destroyed = true; }
    void send_text(std::string_view text) override {
      REQUIRE_FALSE(state->closed);
      state->sent.push_back(json::parse(text));
    }
    void send_binary(std::string_view) override { FAIL("RealtimeSession must send no binary frames"); }
    void close(int, std::string_view) override { state->closed = true; }
    std::shared_ptr<FakeSocket> state;
  };
};

/// A speaker with one sample for each character of the text.
class FakeSpeaker final : public Speaker {
 public:
  std::deque<SpeakEvent> events;
  std::vector<std::string> said;
  bool cancelled = false;
  [[nodiscard]] std::uint32_t rate_hz() const override { return 16'000; }
  void speak(std::uint32_t utterance, std::string_view text) override {
    said.emplace_back(text);
    events.push_back(SpeechAudio{utterance, std::vector<std::int16_t>(text.size(), 7), {{std::string(text), 0}}, 0});
    events.push_back(SpeechDone{utterance});
  }
  void cancel() override {
    cancelled = true;
    events.clear();
  }
  [[nodiscard]] std::optional<SpeakEvent> poll() override {
    if (events.empty()) return std::nullopt;
    SpeakEvent event = std::move(events.front());
    events.pop_front();
    return event;
  }
};

struct RealtimeLine {
  FakeClient client;
  FakeSpeaker* speaker = nullptr;
  RealtimeOptions options;
  SessionContext context;
  History history;
  std::vector<ToolDescription> tools{{"look_up", "Looks up.", R"({"type":"object"})", ToolClass::Read}};
  std::unique_ptr<RealtimeSession> session;
  offhook::base::TimePoint now{};
  std::vector<SessionEvent> events;
  std::vector<ServiceUse> services_used;
  std::vector<ServiceFailure> failures;
  int next_response = 0;

  RealtimeLine() {
    options.api_key = Secret("sk-test");
    context.prompt = "Be brief.";
    context.history = &history;
    context.tools = &tools;
  }

  void open() {
    auto own = std::make_unique<FakeSpeaker>();
    speaker = own.get();
    session = std::make_unique<RealtimeSession>(client, options, std::move(own), Wake{}, [this](const ServiceUse& use) { services_used.push_back(use); },
                                                [this](const ServiceFailure& failure) { failures.push_back(failure); });
    session->open(context, now);
  }
  void open_and_configure() {
    open();
    configure(0);
  }
  FakeSocket& socket(std::size_t index) {
    REQUIRE(index < client.sockets.size());
    return *client.sockets[index];
  }
  FakeSocket& last() { return *client.sockets.back(); }
  void connect(std::size_t index) {
    socket(index).handler.on_open();
    say(index, R"({"type":"session.created","session":{"id":"sess"}})");
  }
  void configure(std::size_t index) {
    connect(index);
    say(index, R"({"type":"session.updated","session":{}})");
    collect();
  }
  /// Sends a frame from the server on socket `index`.
  void say(std::size_t index, std::string_view frame) {
    FakeSocket& at = socket(index);
    REQUIRE_FALSE(at.destroyed);
    at.handler.on_text(frame);
  }
  void say(const json& frame) {
    say(client.sockets.size() - 1, frame.dump());
    collect();
  }
  void lose(std::size_t index, int code, std::string reason = {}) {
    const auto at = client.sockets[index];
    at->closed = true;
    at->handler.on_closed({std::nullopt, 0, {}, code, std::move(reason)});
    collect();
  }
  void refuse(std::size_t index, int status, std::string retry_after = {}) {
    const auto at = client.sockets[index];
    at->closed = true;
    at->handler.on_closed({net::NetError{net::NetError::What::Protocol, "no 101"}, status, std::move(retry_after), 0, {}});
    collect();
  }
  void advance(offhook::base::Duration by) {
    now += by;
    session->tick(now);
    collect();
  }
  void collect() {
    while (auto event = session->poll()) events.push_back(std::move(*event));
  }

  // --- the server's usual answers
  std::string created() {
    const std::string id = "resp_" + std::to_string(++next_response);
    say({{"type", "response.created"}, {"response", {{"id", id}, {"status", "in_progress"}}}});
    return id;
  }
  void audio(const std::string& response, const std::string& item, std::size_t octets, std::uint8_t octet = 0xFE) {
    std::string text;
    offhook::base::append_base64(text, std::vector<std::uint8_t>(octets, octet));
    say({{"type", "response.output_audio.delta"}, {"response_id", response}, {"item_id", item}, {"delta", text}});
  }
  void words(const std::string& response, const std::string& item, const std::string& text) {
    say({{"type", "response.output_audio_transcript.delta"}, {"response_id", response}, {"item_id", item}, {"delta", text}});
  }
  void item_done(const std::string& response, const std::string& item, const std::string& status = "completed") {
    say({{"type", "response.output_item.done"}, {"response_id", response}, {"item", {{"id", item}, {"type", "message"}, {"status", status}}}});
  }
  void done(const std::string& response, const std::string& status = "completed", json more = json::object()) {
    json body{{"id", response}, {"status", status}, {"output", json::array()}};
    body.update(more);
    say({{"type", "response.done"}, {"response", body}});
  }
  void done_with_calls(const std::string& response, const std::vector<std::pair<std::string, std::string>>& calls) {
    json output = json::array();
    for (const auto& [call_id, name] : calls)
      output.push_back({{"id", "item_" + call_id}, {"type", "function_call"}, {"status", "completed"}, {"call_id", call_id}, {"name", name}, {"arguments", "{}"}});
    done(response, "completed", {{"output", output}});
  }
  void error(const std::string& code, const std::string& event_id = {}, const std::string& type = "invalid_request_error", const std::string& param = {}) {
    say({{"type", "error"}, {"error", {{"type", type}, {"code", code}, {"message", "secret words"}, {"event_id", event_id}, {"param", param}}}});
  }

  // --- the conversation's side
  void speech(std::uint32_t turn, std::size_t samples = 1600) {
    session->begin_turn(turn, "");
    session->feed(std::vector<std::int16_t>(samples, 1000));
    session->end_turn();
    collect();
  }
  void respond(std::uint32_t turn, TurnInput::Kind kind = TurnInput::Kind::Speech, std::string text = {}) {
    session->respond({turn, kind, std::move(text), 1, false});
    collect();
  }
  /// Runs a turn of the caller and the beginning of a reply: half a second of audio, which does not play yet. Returns the response id.
  std::string reply_to(std::uint32_t turn, const std::string& item) {
    speech(turn);
    respond(turn);
    const std::string response = created();
    words(response, item, "Hello there, ");
    audio(response, item, 4000);
    return response;
  }

  // --- results
  template <class Event>
  std::vector<Event> all() const {
    std::vector<Event> out;
    for (const auto& event : events) {
      if (const auto* found = std::get_if<Event>(&event)) out.push_back(*found);
    }
    return out;
  }
  template <class Event>
  std::size_t count() const {
    return all<Event>().size();
  }
  std::vector<json> sent(std::size_t index, const std::string& type) {
    std::vector<json> out;
    for (const json& frame : socket(index).sent) {
      if (frame["type"] == type) out.push_back(frame);
    }
    return out;
  }
  std::vector<json> sent(const std::string& type) { return sent(client.sockets.size() - 1, type); }
  std::vector<std::string> types(std::size_t index) {
    std::vector<std::string> out;
    for (const json& frame : socket(index).sent) {
      const auto type = frame["type"].get<std::string>();
      if (type != "input_audio_buffer.append") out.push_back(type);
    }
    return out;
  }
  std::size_t samples_heard() const {
    std::size_t samples = 0;
    for (const auto& audio : all<SpeechAudio>()) samples += audio.pcm.size();
    return samples;
  }
};

}  // namespace offhook_test
