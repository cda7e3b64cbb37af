#include <offhook/agent/providers/openai/http_listener.hpp>

#include <offhook/agent/providers/openai/transcription_answer.hpp>
#include <offhook/agent/support/language_tag.hpp>

#include <memory>
#include <utility>

namespace offhook::inline v0::agent::openai {

namespace {

net::HttpRequest write_request(const TranscriptionOptions& options, std::string wav, const std::string& call_language) {
  const std::string language = options.language.empty() ? std::string(primary_language(call_language)) : options.language;
  auto request = request_to(options.server, "/audio/transcriptions");
  request.form.push_back({"file", std::move(wav), "turn.wav", "audio/wav"});
  request.form.push_back({"model", options.model, "", ""});
  request.form.push_back({"response_format", "json", "", ""});
  if (!language.empty()) request.form.push_back({"language", language, "", ""});
  if (!options.prompt.empty()) request.form.push_back({"prompt", options.prompt, "", ""});
  if (options.stream) request.form.push_back({"stream", "true", "", ""});
  return request;
}

TurnService service_of(TranscriptionOptions options) {
  TurnService service;
  service.whom = "the recogniser " + options.model;
  service.model = options.model;
  service.url = url_of(options.server, "/audio/transcriptions");
  service.report_use = options.report_use;
  service.ask = [options = std::move(options)](std::string wav, const std::string& language) { return write_request(options, std::move(wav), language); };
  service.answer = [] { return std::make_unique<TranscriptionAnswer>(); };
  return service;
}

}  // namespace

HttpListener::HttpListener(TranscriptionOptions options, net::HttpClient& http, Wake wake)
    : TurnListener(service_of(std::move(options)), http, std::move(wake)) {}

}  // namespace offhook::inline v0::agent::openai
