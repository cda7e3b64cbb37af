#include <offhook/agent/providers/deepgram/http_services.hpp>

#include <offhook/agent/providers/deepgram/whole_turn_answer.hpp>
#include <offhook/agent/support/json_text.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

TurnService turn_service(const ListenOptions& options) {
  TurnService service;
  service.whom = "the recogniser " + options.model;
  service.model = options.model;
  service.url = url_of(options.server, "/v1/listen", {});
  service.ask = [options](std::string wav, const std::string& language) {
    ListenOptions now = options;
    if (now.language.empty()) now.language = language;
    net::HttpRequest request = request_to(now.server, "/v1/listen", whole_turn_query(now));
    request.headers.emplace_back("content-type", "audio/wav");
    request.body = std::move(wav);
    return request;
  };
  service.answer = [] { return std::make_unique<WholeTurnAnswer>(); };
  return service;
}

SpeechService speech_service(const SpeakOptions& options) {
  SpeechService service;
  service.whom = "the voice " + options.model;
  service.asked.voice = options.model;
  service.url = url_of(options.server, "/v1/speak", {});
  service.rate_hz = options.rate_hz;
  service.max_chars = SpeakOptions::kMaxChars;
  service.ask = [options](std::string_view text, const std::string&) {  // The name of the model contains the language.
    net::HttpRequest request = request_to(options.server, "/v1/speak", http_query(options));
    request.headers.emplace_back("content-type", "application/json");
    request.body = JsonText().open("", '{').text("text", text).close('}').take();
    return request;
  };
  return service;
}

}  // namespace offhook::inline v0::agent::deepgram
