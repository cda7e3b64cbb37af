#pragma once

#include "fake_sockets.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/flux_listener.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::test {

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

/// A FluxListener with fake sockets. Positions are in ms from the start of the current socket's audio.
struct FluxLine {
  FluxLine() {
    options.server.base_url = "https://ears.example";
    options.server.key = Secret("dg-canary");
    options.model = "flux-general-en";
    start();
  }
  void start() {
    listener.emplace(options, sockets, [this] { ++wakes; });
    listener->tick(now);
    listener->open({});
    socket().handler.on_open();
  }
  FakeSockets::Socket& socket() { return sockets.last(); }
  void advance(base::Duration by) { listener->tick(now += by); }
  void speak(std::size_t ms) { listener->feed(std::vector<std::int16_t>(ms * 8, 5)); }
  void hear(std::uint32_t turn, std::size_t ms = 1000) {
    listener->begin(turn, "");
    speak(ms);
    listener->end();
  }
  void info(const std::string& event, std::uint64_t index, std::size_t to_ms, const std::string& text, const std::string& trigger = "") {
    json frame = {{"type", "TurnInfo"}, {"request_id", "r"}, {"sequence_id", 7}, {"event", event}, {"turn_index", index}, {"audio_window_start", 0.0},
                  {"audio_window_end", static_cast<double>(to_ms) / 1000}, {"transcript", text}, {"end_of_turn_confidence", 0.3},
                  {"words", {{{"word", "a"}, {"confidence", 0.8}}, {{"word", "b"}, {"confidence", 0.6}}}}};
    if (!trigger.empty()) frame["trigger"] = trigger;
    say(frame);
  }
  void say(const json& frame) { socket().handler.on_text(frame.dump()); }
  void no_turn() { say({{"type", "Warning"}, {"code", "FORCE_END_TURN_NO_ACTIVE_TURN"}, {"description", "x"}}); }
  void break_off(int code = 1006) {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, ""});
  }
  /// Returns the messages on the current socket: the length of the audio in ms, and the type of each text message.
  std::string sent() {
    std::string line;
    std::size_t octets = 0;
    const auto settle = [&] {
      if (octets != 0) line += std::to_string(octets / 8) + " ";
      octets = 0;
    };
    for (const auto& each : socket().sent) {
      if (each.binary) {
        octets += each.bytes.size();
        continue;
      }
      settle();
      line += json::parse(each.bytes)["type"].get<std::string>() + " ";
    }
    settle();
    return line;
  }
  std::string said() {
    std::string line;
    while (const auto event = listener->poll()) {
      if (const auto* transcript = std::get_if<Transcript>(&*event)) {
        line += std::to_string(transcript->turn) + ":" + (transcript->rejected ? "?" : "\"" + transcript->text + "\"");
        line += transcript->final ? " " : "~ ";
        confidence = transcript->confidence;
      } else {
        const auto& failed = std::get<ListenFailed>(*event);
        line += std::to_string(failed.turn) + ":!" + std::string(to_string(failed.kind)) + " ";
        why = failed.why;
      }
    }
    return line;
  }

  FakeSockets sockets;
  FluxOptions options;
  int wakes = 0;
  double confidence = 0;
  std::string why;
  base::TimePoint now{};
  std::optional<FluxListener> listener;
};

}  // namespace offhook::test
