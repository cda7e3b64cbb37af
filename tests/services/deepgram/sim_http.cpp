#include <offhook/tests/services/deepgram/sim_http.hpp>

#include <offhook/media/files/wav.hpp>
#include <offhook/tests/services/deepgram/sim_speak.hpp>

#include <utility>

namespace offhook::services::deepgram {

using Json = nlohmann::json;
using openai::BodyWriter;

namespace {

constexpr std::uint32_t kUnknownWavOctets = 0x7FFFFFFF;  // A server writes this length if it does not know the length yet.

HttpPlan bad(const std::string& message) { return {{error_answer(400, "Bad Request", message)}}; }

}  // namespace

HttpPlan::Step error_answer(int status, const std::string& code, const std::string& message) {
  const Json body = {{"err_code", code}, {"err_msg", message}, {"request_id", "sim-request"}};
  return {HttpPlan::What::Whole, {}, status, {{"content-type", "application/json"}, {"dg-error", message}, {"dg-request-id", "sim-request"}}, body.dump()};
}

std::optional<HttpPlan::Step> SimHttp::refuse_key(const WebRequest& request) const {
  const std::string_view given = request.header("authorization");
  const std::string& key = world_.scenario.key;
  const bool has_scheme = given.starts_with("Token ") || given.starts_with("Bearer ");
  if (has_scheme && (key.empty() || given.ends_with(" " + key))) return std::nullopt;
  return error_answer(401, "INVALID_AUTH", "Invalid credentials.");
}

HttpPlan::Step SimHttp::refuse(const Fault& fault) {
  auto answer = error_answer(fault.status, fault.code, fault.message);
  if (fault.retry_after >= 0) answer.headers.emplace_back("retry-after", std::to_string(fault.retry_after));
  return answer;
}

HttpPlan SimHttp::serve(const WebRequest& request, base::TimePoint now) {
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  world_.note(now, "request", {{"method", request.method}, {"path", path}, {"octets", request.body.size()}});
  if (const auto refused = refuse_key(request)) {
    world_.note(now, "refused", {{"why", "the key is wrong"}});
    return {{*refused}};
  }
  const bool turn = path == "/v1/listen", speech = path == "/v1/speak";
  if (request.method != "POST" || (!turn && !speech)) return {{error_answer(404, "Not Found", "There is nothing here.")}};
  const Fault& fault = turn ? world_.scenario.turn.fault(turns_++) : world_.scenario.speech.fault(speeches_++);
  if (fault.kind != Fault::Kind::None) world_.note_fault(now, turn ? "turn" : "speech", openai::to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status) return {{refuse(fault)}};
  return turn ? listen(request, fault, now) : speak(request, fault, now);
}

HttpPlan SimHttp::listen(const WebRequest& request, const Fault& fault, base::TimePoint now) {
  const Query query = query_of(request.target);
  if (query.contains("encoding")) return bad("This simulator hears WAV files only when it is asked by POST");
  if (value_in(query, "model").empty()) return bad("No model was named");
  const auto wav = media::parse_wav({reinterpret_cast<const std::uint8_t*>(request.body.data()), request.body.size()});
  if (!wav) return bad("failed to process audio: corrupt or unsupported data");
  const SimFormat format{"linear16", wav->format.rate_hz};
  const std::string_view octets(reinterpret_cast<const char*>(wav->samples.data()), wav->samples.size());
  bool voiced = false;
  const std::size_t frame = 20 * format.octets_per_ms();
  for (std::size_t at = 0; at + frame <= octets.size() && !voiced; at += frame) voiced = loudness(format, octets.substr(at, frame)) > world_.scenario.vad_rms;
  const std::string text = voiced && fault.kind != Fault::Kind::Empty ? world_.next_heard() : "";
  const double seconds = static_cast<double>(wav->frames()) / wav->format.rate_hz;
  const auto begins = world_.scenario.turn.response.value_or(world_.scenario.result);
  world_.note(now, "heard", {{"text", text}, {"audio_ms", static_cast<std::int64_t>(seconds * 1000)}, {"language", value_in(query, "language")},
                             {"due_us", openai::microseconds(now + begins)}});
  Json alternatives = Json::array();
  alternatives.push_back({{"transcript", text}, {"confidence", text.empty() ? 0.0 : 0.97}, {"words", Json::array()}});
  Json channels = Json::array();
  channels.push_back({{"alternatives", alternatives}});
  const Json answer = {{"metadata", {{"transaction_key", "deprecated"}, {"request_id", "sim-request"}, {"sha256", "0"}, {"created", "2026-01-01T00:00:00.000Z"},
                                     {"duration", seconds}, {"channels", 1}, {"models", Json::array()}, {"model_info", Json::object()}}},
                       {"results", {{"channels", channels}}}};
  BodyWriter writer("application/json", begins);
  writer.bytes(answer.dump(-1, ' ', false, Json::error_handler_t::replace));
  return std::move(writer).finish(fault);
}

HttpPlan SimHttp::speak(const WebRequest& request, const Fault& fault, base::TimePoint now) {
  const Query query = query_of(request.target);
  if (const std::string why = refuse_speak(query, true); !why.empty()) return bad(why);
  const Json body = Json::parse(request.body, nullptr, false);
  if (!body.is_object() || !body.contains("text") || !body["text"].is_string() || body.size() != 1) return bad("The body is no object with a text alone");
  const auto text = body["text"].get<std::string>();
  if (text.empty()) return bad("There is no text");
  if (text.size() > SimSpeak::kMaxText) return {{error_answer(413, "PAYLOAD_TOO_LARGE", "Input text exceeds the maximum of 2000 characters.")}};
  const SimFormat format = speak_format(query);
  const std::string octets = fault.kind == Fault::Kind::Empty ? "" : speech_of(world_, format, text);
  const auto begins = world_.scenario.speech.response.value_or(world_.scenario.result);
  world_.note(now, "spoken", {{"text", text}, {"audio_ms", octets.size() / format.octets_per_ms()}, {"due_us", openai::microseconds(now + begins)}});
  const bool is_wav = value_in(query, "container", "wav") != "none";
  BodyWriter writer(is_wav ? "audio/wav" : "audio/" + format.encoding, begins);
  if (is_wav) {
    const auto header = media::wav_header({format.rate_hz, 1}, kUnknownWavOctets);
    writer.bytes(std::string(header.begin(), header.end()));
  }
  for (std::size_t at = 0, i = 0; at < octets.size(); ++i) {
    const auto ms = static_cast<std::size_t>(world_.scenario.chunk_ms[i % world_.scenario.chunk_ms.size()]);
    const std::size_t size = std::min(ms * format.octets_per_ms() + i % 2, octets.size() - at);
    writer.bytes(octets.substr(at, size));
    at += size;
    const double seconds = static_cast<double>(size) / static_cast<double>(format.octets_per_ms()) / 1000 / world_.scenario.speed;
    writer.wait(std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds)));
  }
  return std::move(writer).finish(fault);
}

}  // namespace offhook::services::deepgram
