#pragma once

#include "fake_sockets.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/deepgram/live_listener.hpp>
#include <offhook/agent/providers/deepgram/nova_protocol.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

using namespace offhook::agent;
using namespace offhook::agent::deepgram;
using namespace std::chrono_literals;
using nlohmann::json;

/// A LiveListener with fake sockets. Positions are in ms from the start of the current socket's audio, which begins with kPrimeMs of silence.
struct LiveLine {
  LiveLine() {
    options.server.base_url = "https://ears.example";
    options.server.key = Secret("dg-canary");
    options.keyterms = {"Off hook"};
    start();
  }
  void start() {
    listener.emplace(options, sockets, [this] { ++wakes; });
    SessionContext context;
    context.language = "de-AT";
    context.retries = &budget;
    listener->tick(now);
    listener->open(context);
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
  /// Sends a result for the socket's audio from `from_ms` to `to_ms`.
  void result(std::size_t from_ms, std::size_t to_ms, const std::string& text, const json& more = json::object()) {
    json frame = {{"type", "Results"}, {"channel_index", {0, 1}}, {"start", static_cast<double>(from_ms) / 1000},
                  {"duration", static_cast<double>(to_ms - from_ms) / 1000}, {"is_final", false}, {"speech_final", false},
                  {"channel", {{"alternatives", {{{"transcript", text}, {"confidence", 0.9}, {"words", json::array()}}}}}}};
    frame.update(more);
    say(frame.dump());
  }
  /// Sends a final result with the position of each word.
  void placed_result(std::size_t from_ms, std::size_t to_ms, const std::vector<std::pair<std::string, std::size_t>>& placed) {
    std::string text;
    json words = json::array();
    for (const auto& [word, at_ms] : placed) {
      text += (text.empty() ? "" : " ") + word;
      words.push_back({{"word", "x"}, {"punctuated_word", word}, {"start", static_cast<double>(at_ms) / 1000}, {"end", static_cast<double>(at_ms + 100) / 1000}});
    }
    const json heard = {{"transcript", text}, {"confidence", 0.9}, {"words", words}};
    result(from_ms, to_ms, text, {{"is_final", true}, {"channel", {{"alternatives", json::array({heard})}}}});
  }
  void final_result(std::size_t from_ms, std::size_t to_ms, const std::string& text) { result(from_ms, to_ms, text, {{"is_final", true}}); }
  void answer(std::size_t from_ms, std::size_t to_ms, const std::string& text) {
    result(from_ms, to_ms, text, {{"is_final", true}, {"speech_final", true}, {"from_finalize", true}});
  }
  void say(const std::string& frame) { socket().handler.on_text(frame); }
  void break_off(int code = 1006, const std::string& reason = "") {
    const auto held = sockets.all.back();
    held->handler.on_closed({code == 1006 ? std::optional(net::NetError{net::NetError::What::Closed, "it broke"}) : std::nullopt, 0, "", code, reason});
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
  ListenOptions options;
  int wakes = 0;
  double confidence = 0;
  std::string why;
  base::TimePoint now{};
  TurnRetries budget{1000};
  std::optional<LiveListener> listener;
};

inline constexpr std::size_t kAt = NovaProtocol::kPrimeMs;  // start of a socket's first turn

}  // namespace offhook::test
