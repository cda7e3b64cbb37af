#include <offhook/tests/services/azure/sim_http.hpp>

#include <offhook/media/files/wav.hpp>
#include <offhook/tests/services/azure/sim_synthesis.hpp>

#include <string>
#include <utility>

namespace offhook::services::azure {

using nlohmann::json;
using openai::BodyWriter;
using openai::HttpPlan;

namespace {

bool is_of_http(Fault::Kind kind) { return kind != Fault::Kind::None && kind != Fault::Kind::EarlyEnd && kind != Fault::Kind::NoFinal; }

bool is_silent(const media::WavView& wav, int rms) {
  double energy = 0;
  for (std::size_t i = 0; i < wav.frames(); ++i) energy += static_cast<double>(wav.sample(i)) * wav.sample(i);
  return energy <= static_cast<double>(wav.frames()) * rms * rms / 16;
}

json heard_answer(const std::string& text, bool detailed, std::uint64_t ticks) {
  json body = {{"RecognitionStatus", text.empty() ? "NoMatch" : "Success"}, {"Offset", 0}, {"Duration", ticks}};
  if (!detailed) body["DisplayText"] = text;
  else if (!text.empty()) body["NBest"] = json::array({{{"Confidence", 0.87}, {"Lexical", lower(text)}, {"ITN", text}, {"MaskedITN", text}, {"Display", text}}});
  return body;
}

}  // namespace

HttpPlan SimHttp::refuse(int status) {
  return {{{HttpPlan::What::Whole, {}, status, {{"content-type", "text/plain"}}, ""}}};
}

bool SimHttp::key_is_right(const WebRequest& request) const {
  const std::string& key = world_.scenario.key;
  return key.empty() || request.header("ocp-apim-subscription-key") == key || request.header("authorization") == "Bearer " + key;
}

HttpPlan SimHttp::serve(const WebRequest& request, base::TimePoint now) {
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  world_.note(now, "request", {{"method", request.method}, {"path", path}, {"octets", request.body.size()}});
  if (!key_is_right(request)) {
    world_.note(now, "refused", {{"why", "the key is wrong"}});
    return refuse(401);
  }
  if (request.method == "GET" && path == "/cognitiveservices/voices/list") return voices(now);
  if (request.method == "POST" && path == "/speech/recognition/conversation/cognitiveservices/v1") return short_audio(request, now);
  if (request.method == "POST" && path == "/cognitiveservices/v1") return speech(request, now);
  return refuse(404);
}

HttpPlan SimHttp::finish(BodyWriter writer, const Fault& fault, std::size_t octets_per_ms) const {
  openai::Fault of_body;
  of_body.after_bytes = fault.after_ms * octets_per_ms;
  if (fault.kind == Fault::Kind::Stall) of_body.kind = openai::Fault::Kind::Stall;
  if (fault.kind == Fault::Kind::Garbage) of_body.kind = openai::Fault::Kind::Garbage;
  if (fault.kind == Fault::Kind::Drop || fault.kind == Fault::Kind::Close) of_body.kind = openai::Fault::Kind::Drop;
  return std::move(writer).finish(of_body);
}

HttpPlan SimHttp::voices(base::TimePoint now) {
  const Fault& fault = world_.scenario.voices.fault(listed_++);
  if (is_of_http(fault.kind)) world_.note_fault(now, "voices", to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status || fault.kind == Fault::Kind::Error) return refuse(fault.status);
  const json voice = {{"Name", "Simulated"}, {"DisplayName", "Jenny"}, {"LocalName", "Jenny"}, {"ShortName", "en-US-JennyNeural"}, {"Gender", "Female"},
                      {"Locale", "en-US"}, {"SampleRateHertz", "24000"}, {"VoiceType", "Neural"}, {"Status", "GA"}};
  BodyWriter writer("application/json; charset=utf-8", fault.delay);
  writer.bytes(fault.kind == Fault::Kind::Empty ? "[]" : json::array({voice}).dump());
  return finish(std::move(writer), fault, 1);
}

HttpPlan SimHttp::short_audio(const WebRequest& request, base::TimePoint now) {
  const Fault& fault = world_.scenario.short_audio.fault(heard_++);
  if (is_of_http(fault.kind)) world_.note_fault(now, "short_audio", to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status || fault.kind == Fault::Kind::Error) return refuse(fault.status);
  constexpr std::uint64_t kMostSeconds = 60;
  const auto wav = media::parse_wav({reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()});
  const bool is_asked = request.target.find("language=") != std::string::npos && request.header("content-type").starts_with("audio/wav") && wav;
  if (!is_asked || wav->frames() > kMostSeconds * wav->format.rate_hz) return refuse(400);
  const bool nothing = fault.kind == Fault::Kind::Empty || is_silent(*wav, world_.scenario.vad_rms);
  const std::string text = nothing ? std::string() : std::string(heard_in(world_.scenario, world_.phrases++));
  const auto begins = world_.scenario.response + fault.delay;
  world_.note(now, "short_audio", {{"text", text}, {"rate_hz", wav->format.rate_hz}, {"audio_ms", wav->frames() * 1000 / wav->format.rate_hz},
                                   {"due_us", openai::microseconds(now + begins)}});
  BodyWriter writer("application/json; charset=utf-8", begins);
  const bool detailed = request.target.find("format=detailed") != std::string::npos;
  writer.bytes(fault.kind == Fault::Kind::Garbage ? "<html>502 Bad Gateway</html>" : heard_answer(text, detailed, wav->frames() * 10'000'000 / wav->format.rate_hz).dump());
  return finish(std::move(writer), fault, 16);
}

HttpPlan SimHttp::speech(const WebRequest& request, base::TimePoint now) {
  const Fault& fault = world_.scenario.speech.fault(spoken_++);
  if (is_of_http(fault.kind)) world_.note_fault(now, "speech", to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status || fault.kind == Fault::Kind::Error) return refuse(fault.status);
  if (request.header("content-type") != "application/ssml+xml") return refuse(415);
  const std::uint32_t rate_hz = rate_of_format(request.header("x-microsoft-outputformat"));
  const ReadSsml ssml = read_ssml(request.body);
  if (rate_hz == 0 || request.header("user-agent").empty() || !ssml.complaint.empty()) return refuse(400);
  const auto begins = world_.scenario.response + fault.delay;
  world_.note(now, "speak", {{"text", ssml.text}, {"voice", ssml.voice}, {"language", ssml.language}, {"due_us", openai::microseconds(now + begins)}});
  BodyWriter writer("audio/basic", begins);
  const std::string octets = fault.kind == Fault::Kind::Empty ? std::string() : speak(world_, ssml.text, rate_hz);
  const std::size_t chunk = 60 * rate_hz / 1000 * 2 + 1;
  for (std::size_t at = 0; at < octets.size(); at += chunk) {
    writer.bytes(octets.substr(at, chunk));
    writer.wait(std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(0.06 / world_.scenario.speed)));
  }
  return finish(std::move(writer), fault, 2 * rate_hz / 1000);
}

}  // namespace offhook::services::azure
