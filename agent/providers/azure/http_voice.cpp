#include <offhook/agent/providers/azure/http_voice.hpp>

#include <offhook/agent/providers/azure/ssml.hpp>

namespace offhook::inline v0::agent::azure {

SpeechService speech_service(const SynthesisOptions& options) {
  constexpr std::string_view kPath = "/cognitiveservices/v1";
  SpeechService service;
  service.whom = "the voice of Azure";
  service.asked.voice = options.voice;
  service.url = url_of(options.server, Service::Synthesis, kPath);
  service.rate_hz = options.rate_hz;
  // A text of this many characters always fits into a request, even if each has four octets, or becomes an escape of six.
  service.max_chars = kMaxSsml / 8;
  service.ask = [options, kPath](std::string_view text, const std::string& language) {
    auto request = request_to(options.server, Service::Synthesis, kPath);
    request.headers.emplace_back("content-type", "application/ssml+xml");
    request.headers.emplace_back("x-microsoft-outputformat", output_format(options.rate_hz));
    request.body = write_ssml({options.locale_of_text(text, language), options.voice}, text);
    return request;
  };
  return service;
}

}  // namespace offhook::inline v0::agent::azure
