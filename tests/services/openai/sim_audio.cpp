#include <offhook/tests/services/openai/sim_http.hpp>

#include <offhook/base/base64.hpp>
#include <offhook/media/files/wav.hpp>
#include <offhook/tests/services/openai/multipart.hpp>
#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kMaxSpeechInput = 4096;
constexpr std::uint32_t kUnknownWavOctets = 0xFFFFFFFFU - 36;  // the length field of a WAV whose length is not known yet

base::Bytes octets(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

HttpPlan::Step bad(const std::string& message, const std::string& param, const std::string& code = {}) {
  return error_answer(400, "invalid_request_error", code, message, param);
}

std::string field(const std::vector<FormField>& fields, std::string_view name) {
  for (const FormField& each : fields) {
    if (each.name == name) return std::string(each.content);
  }
  return {};
}

bool is_silent(const media::WavView& wav, int rms) {
  double energy = 0;
  for (std::size_t i = 0; i < wav.frames(); ++i) energy += static_cast<double>(wav.sample(i)) * wav.sample(i);
  return energy <= static_cast<double>(wav.frames()) * rms * rms / 16;  // A quarter of a second of loud audio in four seconds is enough for a voice.
}

}  // namespace

HttpPlan SimHttp::transcription(const Ask& ask) {
  const auto fields = parse_multipart(ask.request.header("content-type"), ask.request.body);
  if (!fields) return {{bad("Could not parse multipart form", {})}};
  static constexpr std::array<std::string_view, 14> kKnown{"file", "model", "language", "prompt", "response_format", "stream", "temperature", "include[]", "include",
                                                           "chunking_strategy", "timestamp_granularities[]", "known_speaker_names[]", "known_speaker_references[]", "keywords[]"};
  const FormField* file = nullptr;
  for (const FormField& each : *fields) {
    if (std::find(kKnown.begin(), kKnown.end(), each.name) == kKnown.end()) return {{bad("Unrecognized request argument supplied: " + each.name, each.name)}};
    if (each.name == "file") file = &each;
  }
  const std::string model = field(*fields, "model"), format = field(*fields, "response_format");
  if (model.empty()) return {{bad("you must provide a model parameter", "model")}};
  if (file == nullptr) return {{bad("Missing required parameter: 'file'.", "file")}};
  const auto wav = media::parse_wav(octets(file->content));
  if (!file->file_name.ends_with(".wav") || !wav) {
    return {{bad("Audio file might be corrupted or unsupported (this simulator hears WAV with 16-bit PCM only)", "file", "unsupported_value")}};
  }
  if (!format.empty() && format != "json" && format != "text") return {{bad("response_format '" + format + "' is not compatible with model '" + model + "'", "response_format")}};
  const std::string text(is_silent(*wav, world_.scenario.vad_rms) ? std::string_view() : heard_in(world_.scenario, ask.number));
  const Fault& fault = fault_of(ask, nullptr);
  const auto begins = delay_of(ask, nullptr);
  const double seconds = static_cast<double>(wav->frames()) / wav->format.rate_hz;
  note(ask, fault, begins, {{"text", text}, {"audio_ms", static_cast<std::int64_t>(seconds * 1000)}, {"language", field(*fields, "language")}});
  const Json usage = {{"type", "tokens"}, {"input_tokens", static_cast<int>(seconds * 10)}, {"input_token_details", {{"text_tokens", 0}, {"audio_tokens", static_cast<int>(seconds * 10)}}},
                      {"output_tokens", text.size() / 4}, {"total_tokens", static_cast<std::size_t>(seconds * 10) + text.size() / 4}};
  const std::string said = fault.kind == Fault::Kind::Empty ? "" : text;
  if (field(*fields, "stream") != "true" || model == "whisper-1") {
    BodyWriter writer(format == "text" ? "text/plain" : "application/json", begins);
    writer.bytes(format == "text" ? said + "\n" : Json{{"text", said}, {"usage", usage}}.dump());
    return std::move(writer).finish(fault);
  }
  BodyWriter writer("text/event-stream; charset=utf-8", begins);
  for (const std::string& token : tokens_of(said)) {
    writer.event({{"type", "transcript.text.delta"}, {"delta", token}});
    writer.wait(world_.scenario.token);
  }
  if (fault.kind != Fault::Kind::NoDone) writer.event({{"type", "transcript.text.done"}, {"text", said}, {"usage", usage}});
  return std::move(writer).finish(fault);
}

HttpPlan SimHttp::speech(const Ask& ask) {
  const Json body = Json::parse(ask.request.body);
  if (auto refused = only_known(body, {"model", "input", "voice", "instructions", "response_format", "speed", "stream_format"})) return {{*refused}};
  for (const char* name : {"model", "input", "voice"}) {
    if (!body.contains(name) || (std::string_view(name) != "voice" && member(body, name).empty())) return {{bad(std::string("Missing required parameter: '") + name + "'.", name, "missing_required_parameter")}};
  }
  const std::string input = member(body, "input"), model = member(body, "model");
  const std::string format = body.value("response_format", "mp3"), stream = body.value("stream_format", "audio");
  const double speed = body.value("speed", 1.0);
  if (input.size() > kMaxSpeechInput) return {{bad("Invalid 'input': string too long. Expected a string with maximum length 4096.", "input", "string_too_long")}};
  if (speed < 0.25 || speed > 4) return {{bad("Invalid 'speed': expected a number from 0.25 to 4.", "speed")}};
  if (format != "pcm" && format != "wav") return {{bad("this simulator speaks 'pcm' and 'wav' only, not '" + format + "'", "response_format", "unsupported_value")}};
  if (stream == "sse" && model.starts_with("tts-1")) return {{bad("stream_format 'sse' is not supported for model '" + model + "'", "stream_format")}};

  const Fault& fault = fault_of(ask, nullptr);
  const auto begins = delay_of(ask, nullptr);
  const auto spoken = world_.voices.say(input, AudioFormat::Pcm24);
  note(ask, fault, begins, {{"text", input}, {"audio_ms", spoken->samples * 1000 / rate_of(AudioFormat::Pcm24)}});
  const auto pause = [&](std::size_t size) {
    const double seconds = static_cast<double>(size) / 2 / rate_of(AudioFormat::Pcm24);
    return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds / world_.scenario.speed));
  };
  BodyWriter writer(stream == "sse" ? "text/event-stream; charset=utf-8" : format == "wav" ? "audio/wav" : "audio/pcm", begins);
  if (format == "wav" && stream != "sse") {
    const auto header = media::wav_header({rate_of(AudioFormat::Pcm24), 1}, kUnknownWavOctets);
    writer.bytes(std::string(header.begin(), header.end()));
  }
  if (fault.kind != Fault::Kind::Empty) {
    std::size_t at = 0;
    for (const Spoken::Chunk& chunk : spoken->chunks) {
      if (stream == "sse") writer.event({{"type", "speech.audio.delta"}, {"audio", chunk.base64}});
      else writer.bytes(spoken->octets.substr(at, chunk.octets));
      at += chunk.octets;
      writer.wait(pause(chunk.octets));
    }
  }
  if (stream == "sse" && fault.kind != Fault::Kind::NoDone) {
    writer.event({{"type", "speech.audio.done"}, {"usage", {{"input_tokens", input.size() / 4}, {"output_tokens", spoken->samples / 1200}, {"total_tokens", input.size() / 4 + spoken->samples / 1200}}}});
  }
  return std::move(writer).finish(fault);
}

}  // namespace offhook::services::openai
