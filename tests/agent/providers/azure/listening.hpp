#pragma once

#include "fake_usp.hpp"

#include <offhook/agent/conversation/voice_session.hpp>
#include <offhook/agent/providers/azure/recognition_listener.hpp>

#include <optional>
#include <string>
#include <vector>

namespace offhook::test {

using namespace offhook::agent;
using namespace offhook::agent::azure;
using namespace std::chrono_literals;
using nlohmann::json;

/// A RecognitionListener on virtual time. The test acts as the service.
struct Listening {
  Listening() {
    options.server.region = "westeurope";
    options.server.key = Secret("key-canary");
    start();
  }
  void start() {
    listener.emplace(options, client, [this] { ++wakes; });
    listener->tick(now);
    SessionContext context;
    context.language = "de-AT";
    listener->open(context);
    socket().open();
  }
  FakeUspSocket& socket() { return client.last(); }
  void advance(base::Duration by) { listener->tick(now += by); }
  void feed_ms(std::size_t ms, std::int16_t sample = 5) { listener->feed(std::vector<std::int16_t>(ms * options.rate_hz / 1000, sample)); }
  void hear(std::uint32_t turn, std::size_t ms = 500) {
    listener->begin(turn, "");
    feed_ms(ms);
    listener->end();
  }
  /// Returns the request id of the service's current turn.
  std::string id() { return socket().of("speech.context").back().request_id; }
  void hypothesis(const std::string& text) { socket().say("speech.hypothesis", id(), {{"Text", text}, {"Offset", 0}, {"Duration", 100000}}); }
  void phrase(const std::string& text, std::uint64_t end_ms = 0, double sure = 0.9) {
    socket().say("speech.phrase", id(), {{"RecognitionStatus", "Success"}, {"Offset", 0}, {"Duration", end_ms * 10'000},
                                         {"NBest", {{{"Confidence", sure}, {"Lexical", "x"}, {"Display", text}}}}});
  }
  void status(const std::string& name) { socket().say("speech.phrase", id(), {{"RecognitionStatus", name}, {"Offset", 0}, {"Duration", 0}}); }
  void turn_end() { socket().say("turn.end", id(), json::object()); }

  /// Returns the messages on the current socket, one letter each: Speech.config, speech.conText, Header of WAV, Audio, End of audio.
  std::string sent() {
    std::string line;
    for (const auto& each : socket().sent) {
      if (each.path == "speech.config") line += 'S';
      else if (each.path == "speech.context") line += 'T';
      else if (each.path != "audio") line += '?';
      else line += each.content_type == "audio/x-wav" ? 'H' : each.body.empty() ? 'E' : 'A';
    }
    return line;
  }
  std::size_t octets_sent() {
    std::size_t octets = 0;
    for (const auto& each : socket().of("audio")) octets += each.content_type.empty() ? each.body.size() : 0;
    return octets;
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

  FakeUspClient client;
  RecognitionOptions options;
  int wakes = 0;
  double confidence = 0;
  std::string why;
  base::TimePoint now{};
  std::optional<RecognitionListener> listener;
};

}  // namespace offhook::test
