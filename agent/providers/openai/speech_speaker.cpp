#include <offhook/agent/providers/openai/speech_speaker.hpp>

#include <offhook/agent/support/json_text.hpp>

#include <utility>

namespace offhook::inline v0::agent::openai {

namespace {

SpeechService service_of(SpeechOptions options) {
  SpeechService service;
  service.whom = "the voice " + options.model;
  service.asked = {options.model, options.voice};
  service.url = url_of(options.server, "/audio/speech");
  service.rate_hz = options.rate_hz;
  service.max_chars = SpeechSpeaker::kMaxChars;
  service.ask = [options = std::move(options)](std::string_view text, const std::string&) {
    auto request = request_to(options.server, "/audio/speech");
    request.headers.emplace_back("content-type", "application/json");
    request.body = write_speech_request(options, text);
    return request;
  };
  return service;
}

}  // namespace

std::string write_speech_request(const SpeechOptions& options, std::string_view text) {
  JsonText out;
  out.open("", '{').text("model", options.model).text("input", text).text("voice", options.voice).text("response_format", "pcm");
  if (!options.instructions.empty()) out.text("instructions", options.instructions);
  if (options.speed) out.real("speed", *options.speed);
  return out.close('}').take();
}

SpeechSpeaker::SpeechSpeaker(SpeechOptions options, net::HttpClient& http, Wake wake)
    : HttpSpeaker(service_of(std::move(options)), http, std::move(wake)) {}

}  // namespace offhook::inline v0::agent::openai
