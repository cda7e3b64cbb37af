#include <offhook/tests/services/deepgram/sim_speak.hpp>

#include <offhook/media/codec/g711.hpp>

#include <algorithm>
#include <utility>

namespace offhook::services::deepgram {

using Json = nlohmann::json;
using openai::AudioFormat;

namespace {

constexpr auto kFlushWindow = std::chrono::seconds(60);

/// Converts mu-law to 16-bit samples, because the voices are generated as mu-law at this rate.
std::string linear_of(const std::string& mulaw) {
  std::string out;
  out.reserve(2 * mulaw.size());
  for (const char code : mulaw) {
    const auto sample = static_cast<std::uint16_t>(media::decode_mulaw(static_cast<std::uint8_t>(code)));
    out += static_cast<char>(sample & 0xFFU);
    out += static_cast<char>(sample >> 8U);
  }
  return out;
}

}  // namespace

SimFormat speak_format(const Query& query) {
  const std::string encoding = value_in(query, "encoding", "linear16");
  const std::string rate = value_in(query, "sample_rate", encoding == "linear16" ? "24000" : "8000");
  return {encoding, rate == "8000" ? 8000U : rate == "24000" ? 24000U : 0U};
}

std::string refuse_speak(const Query& query, bool http) {
  for (const auto& [name, values] : query) {
    const bool known = name == "model" || name == "encoding" || name == "sample_rate" || name == "speed" || name == "mip_opt_out" || name == "tag" ||
                       (http && (name == "container" || name == "bit_rate" || name == "callback"));
    if (!known) return "Unknown query parameter: " + name;
  }
  if (value_in(query, "model").starts_with("flux")) return "Flux models are served by /v2/speak";
  const SimFormat format = speak_format(query);
  const bool g711 = format.encoding == "mulaw" || format.encoding == "alaw";
  if (!g711 && format.encoding != "linear16") return "This simulator does not speak " + format.encoding;
  if (http && !query.contains("encoding")) return "This simulator does not speak MP3: name an encoding";
  return format.rate_hz == 0 || (g711 && format.rate_hz != 8000) ? "This simulator speaks at 8000 Hz, or linear16 at 24000 Hz" : "";
}

std::string speech_of(SimWorld& world, const SimFormat& format, const std::string& text) {
  if (format.encoding == "alaw") return world.voices.say(text, AudioFormat::Pcma)->octets;
  if (format.encoding == "mulaw") return world.voices.say(text, AudioFormat::Pcmu)->octets;
  return format.rate_hz == 24000 ? world.voices.say(text, AudioFormat::Pcm24)->octets : linear_of(world.voices.say(text, AudioFormat::Pcmu)->octets);
}

SimSpeak::SimSpeak(SimWorld& world, unsigned number, const Query& query, const Fault& fault, base::TimePoint now)
    : world_(world), number_(number), format_(speak_format(query)), line_(fault, world, "speak") {
  send({{"type", "Metadata"}, {"request_id", "sim-" + std::to_string(number)}, {"model_name", value_in(query, "model", "aura-asteria-en")},
        {"model_version", "1"}, {"model_uuid", "0"}},
       now);
}

void SimSpeak::on_text(std::string_view text, base::TimePoint now, SimOuts& out) {
  const Json message = Json::parse(text, nullptr, false);
  const std::string type = message.is_object() ? message.value("type", "") : "";
  if (type == "Speak") {
    speak(message, now);
  } else if (type == "Flush") {
    flush(now);
  } else if (type == "Clear") {
    text_.clear();
    line_.drop_binary();
    clear(now);
    world_.note(now, "cleared", {{"session", number_}});
  } else if (type == "Close") {
    close(1000, "", now);
  } else {
    close(1008, "DATA-0000", now);
  }
  line_.flush(now, octets_, out);
}

void SimSpeak::speak(const Json& message, base::TimePoint now) {
  const std::string more = message.contains("text") && message["text"].is_string() ? message["text"].get<std::string>() : "";
  if (more.empty()) return close(1008, "DATA-0000", now);
  if (text_.size() + more.size() > kMaxText) return close(1008, "DATA-0001", now);
  text_ += (text_.empty() ? "" : " ") + more;
}

void SimSpeak::flush(base::TimePoint now) {
  while (!flushes_.empty() && now - flushes_.front() >= kFlushWindow) flushes_.pop_front();
  if (flushes_.size() >= kMaxFlushes) {
    return send({{"type", "Warning"}, {"code", "EXCESSIVE_FLUSH"}, {"description", "too many flushes within a minute"}}, now);
  }
  flushes_.push_back(now);
  base::TimePoint at = std::max(now + world_.scenario.result, line_.last());
  if (!text_.empty()) {
    const std::string octets = speech_of(world_, format_, text_);
    world_.note(now, "spoken", {{"session", number_}, {"text", text_}, {"due_us", openai::microseconds(at)}, {"audio_ms", octets.size() / format_.octets_per_ms()}});
    std::size_t i = 0;
    for (std::size_t from = 0; from < octets.size(); ++i) {
      // Every other piece ends in the middle of a 16-bit sample, because the boundaries have no meaning.
      const auto ms = static_cast<std::size_t>(world_.scenario.chunk_ms[i % world_.scenario.chunk_ms.size()]);
      const std::size_t size = std::min(ms * format_.octets_per_ms() + i % 2, octets.size() - from);
      line_.push(at, {SimOut::What::Binary, octets.substr(from, size), 0});
      from += size;
      const double seconds = static_cast<double>(size) / static_cast<double>(format_.octets_per_ms()) / 1000 / world_.scenario.speed;
      at += std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
    }
  }
  text_.clear();
  send({{"type", "Flushed"}, {"sequence_id", sequence_++}}, at);
}

void SimSpeak::clear(base::TimePoint now) {
  const Json message = {{"type", "Cleared"}, {"sequence_id", sequence_}};
  if (!world_.scenario.clear_jumps_ahead) return send(message, now);
  line_.push_first(now, {SimOut::What::Text, message.dump(), 0});
}

void SimSpeak::on_time(base::TimePoint now, SimOuts& out) { line_.flush(now, octets_, out); }

void SimSpeak::send(const Json& message, base::TimePoint at) {
  line_.push(at, {SimOut::What::Text, message.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

void SimSpeak::close(int code, std::string reason, base::TimePoint now) { line_.push(now, {SimOut::What::Close, std::move(reason), code}); }

}  // namespace offhook::services::deepgram
