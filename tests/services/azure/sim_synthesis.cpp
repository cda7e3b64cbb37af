#include <offhook/tests/services/azure/sim_synthesis.hpp>

#include <offhook/media/dsp/resample.hpp>

#include <pugixml.hpp>

#include <algorithm>
#include <span>
#include <vector>

namespace offhook::services::azure {

using nlohmann::json;
using Kind = Fault::Kind;

namespace {

constexpr std::size_t kChunkMs = 60;
constexpr std::size_t kMaxSsml = 65536;

std::vector<std::int16_t> samples_of(std::string_view octets) {
  std::vector<std::int16_t> pcm(octets.size() / 2);
  for (std::size_t i = 0; i < pcm.size(); ++i)
    pcm[i] = static_cast<std::int16_t>(static_cast<unsigned char>(octets[2 * i]) | static_cast<unsigned char>(octets[2 * i + 1]) << 8U);
  return pcm;
}

std::vector<std::int16_t> resampled(std::vector<std::int16_t> pcm, std::uint32_t from_hz, std::uint32_t to_hz) {
  if (from_hz == to_hz) return pcm;
  media::Resampler resampler(from_hz, to_hz);
  const std::size_t step = from_hz / 50;
  pcm.resize((pcm.size() + step - 1) / step * step);
  std::vector<std::int16_t> out(resampler.output_size(pcm.size()));
  std::size_t written = 0;
  for (std::size_t at = 0; at < pcm.size(); at += step) written += resampler.process(std::span(pcm).subspan(at, step), std::span(out).subspan(written));
  out.resize(written);
  return out;
}

bool is_on(const json& flag) { return flag == true || flag == "true"; }

}  // namespace

ReadSsml read_ssml(const std::string& ssml) {
  ReadSsml read;
  pugi::xml_document document;
  const auto parsed = document.load_buffer(ssml.data(), ssml.size(), pugi::parse_default | pugi::parse_ws_pcdata, pugi::encoding_utf8);
  if (!parsed) return read.complaint = std::string("the SSML cannot be parsed: ") + parsed.description(), read;
  const pugi::xml_node speak = document.child("speak");
  const pugi::xml_node voice = speak.child("voice");
  read.language = speak.attribute("xml:lang").value();
  read.voice = voice.attribute("name").value();
  read.text = voice.text().get();
  if (read.language.empty() || read.voice.empty()) read.complaint = "the SSML has no voice or no language";
  if (voice.next_sibling()) read.complaint = "the SSML has more than one voice";
  return read;
}

std::uint32_t rate_of_format(std::string_view format) {
  if (format == "raw-8khz-16bit-mono-pcm") return 8000;
  if (format == "raw-16khz-16bit-mono-pcm") return 16000;
  return format == "raw-24khz-16bit-mono-pcm" ? 24000 : 0;
}

std::string speak(SimWorld& world, const std::string& text, std::uint32_t rate_hz) {
  const auto spoken = world.voices.say(text, openai::AudioFormat::Pcm24);
  std::string octets;
  for (const std::int16_t sample : resampled(samples_of(spoken->octets), 24000, rate_hz)) {
    const auto bits = static_cast<std::uint16_t>(sample);
    octets += static_cast<char>(bits & 0xFFU);
    octets += static_cast<char>(bits >> 8U);
  }
  return octets;
}

void SimSynthesis::refuse(const std::string& why, base::TimePoint now) {
  world_.note(now, "refused", {{"why", why}});
  wire_.close(now, 1007, why);
  dead_ = true;
}

void SimSynthesis::on_binary(std::string_view, base::TimePoint now, SimOuts& out) {
  if (!dead_) refuse("binary, where there is nothing to be heard", now);
  on_time(now, out);
}

void SimSynthesis::on_text(std::string_view frame, base::TimePoint now, SimOuts& out) {
  const Received received = receive_text(frame);
  const auto& message = received.message;
  if (dead_) return;
  if (!received.complaint.empty()) refuse(received.complaint, now);
  else if (!message.is("ssml") && !json::accept(message.body)) refuse("the body of " + std::string(message.path) + " is no JSON", now);
  else if (message.is("speech.config")) configured_ = true;
  else if (message.is("synthesis.context")) on_context(message, now);
  else if (message.is("ssml")) on_ssml(message, now);
  else if (message.is("synthesis.control")) on_control(message, now);
  else if (!message.is("telemetry")) refuse("nobody knows " + std::string(message.path), now);
  on_time(now, out);
}

void SimSynthesis::on_context(const agent::azure::UspMessage& message, base::TimePoint now) {
  if (!configured_) return refuse("synthesis.context before speech.config", now);
  if (now < busy_until_) return refuse("a request in the middle of another", now);
  const json context = json::parse(message.body);
  const json format = find(context, {"synthesis", "audio", "outputFormat"});
  rate_hz_ = format.is_string() ? rate_of_format(format.get<std::string>()) : 0;
  if (rate_hz_ == 0) return refuse("this simulator speaks raw 16-bit PCM at 8, 16 and 24 kHz only", now);
  wants_words_ = is_on(find(context, {"synthesis", "audio", "metadataOptions", "wordBoundaryEnabled"}));
  request_ = message.request_id;
}

void SimSynthesis::on_ssml(const agent::azure::UspMessage& message, base::TimePoint now) {
  if (message.request_id != request_) return refuse("ssml without its synthesis.context", now);
  if (message.content_type != "application/ssml+xml") return refuse("ssml that says it is something else", now);
  if (message.body.size() > kMaxSsml) return refuse("SSML of more than 64 KB", now);
  const ReadSsml ssml = read_ssml(std::string(message.body));
  if (!ssml.complaint.empty()) return refuse(ssml.complaint, now);
  const Fault& fault = world_.scenario.synthesis_turns.fault(world_.synthesis_turns++);
  const auto at = now + world_.scenario.response + (fault.kind == Kind::Latency ? fault.delay : milliseconds(0));
  world_.note(now, "speak", {{"request", request_}, {"text", ssml.text}, {"voice", ssml.voice}, {"language", ssml.language}, {"fault", to_string(fault.kind)},
                             {"due_us", openai::microseconds(at)}});
  say_all(ssml, fault, at);
}

/// Applies a fault. Returns true if nothing follows after it.
bool SimSynthesis::break_here(const Fault& fault, std::size_t ms, base::TimePoint at) {
  if (ms < fault.after_ms) return false;
  const bool breaks_off = fault.kind == Kind::Drop || fault.kind == Kind::Error || fault.kind == Kind::Close || fault.kind == Kind::Stall;
  if (breaks_off) world_.note_fault(at, "synthesis_turns", to_string(fault.kind));
  switch (fault.kind) {
    case Kind::Drop:
      wire_.put(at, {SimOut::What::Drop, {}, 0});
      return dead_ = true;
    case Kind::Error:
    case Kind::Close:
      wire_.close(at, fault.kind == Kind::Close ? fault.status : 1007, fault.text);
      return dead_ = true;
    case Kind::Stall:
      busy_until_ = base::TimePoint::max();
      return true;
    default:
      return false;
  }
}

void SimSynthesis::say_all(const ReadSsml& ssml, const Fault& fault, base::TimePoint at) {
  constexpr const char* kStream = "7B21F3D1CD5C4E7D9B9A9D7C8E2A1F00";
  if (break_here(fault, 0, at)) return;
  if (fault.kind == Kind::Latency || fault.kind == Kind::Empty || fault.kind == Kind::Garbage) world_.note_fault(at, "synthesis_turns", to_string(fault.kind));
  const std::string octets = fault.kind == Kind::Empty ? std::string() : speak(world_, ssml.text, rate_hz_);
  wire_.say(at, "turn.start", request_, {{"context", {{"serviceTag", "simulated"}}}});
  wire_.say(at, "response", request_, {{"context", {{"serviceTag", "simulated"}}}, {"audio", {{"type", "inline"}, {"streamId", kStream}}}});
  if (wants_words_) say_words(ssml.text, octets.size() / 2, at);
  const std::size_t chunk = kChunkMs * rate_hz_ / 1000 * 2 + 1;  // A chunk ends within a sample, because its boundaries have no meaning.
  bool whole = true;
  for (std::size_t begin = 0; begin < octets.size() && whole; begin += chunk) {
    wire_.say_audio(at, request_, kStream, std::string_view(octets).substr(begin, chunk));
    if (begin == 0 && fault.kind == Kind::Garbage) wire_.put_garbage(at, request_);
    at += std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(kChunkMs / 1000.0 / world_.scenario.speed));
    whole = !break_here(fault, (begin + chunk) * 1000 / 2 / rate_hz_, at);
  }
  if (!whole) return;
  wire_.say(at, "audio.metadata", request_, {{"Metadata", {{{"Type", "SessionEnd"}, {"Data", {{"Offset", octets.size() / 2 * 10'000'000 / rate_hz_}}}}}}});
  end(at);
}

void SimSynthesis::say_words(const std::string& text, std::size_t samples, base::TimePoint at) {
  const std::size_t length = std::max<std::size_t>(text.size(), 1);
  for (std::size_t begin = text.find_first_not_of(' '); begin < text.size(); begin = text.find_first_not_of(' ', begin)) {
    const std::size_t finish = std::min(text.find(' ', begin), text.size());
    const std::uint64_t offset = samples * 10'000'000 / rate_hz_ * begin / length;
    const json word = {{"Text", text.substr(begin, finish - begin)}, {"Length", finish - begin}, {"BoundaryType", "WordBoundary"}};
    wire_.say(at, "audio.metadata", request_, {{"Metadata", {{{"Type", "WordBoundary"}, {"Data", {{"Offset", offset}, {"Duration", 1'000'000}, {"text", word}}}}}}});
    begin = finish;
  }
}

void SimSynthesis::on_control(const agent::azure::UspMessage& message, base::TimePoint now) {
  if (find(json::parse(message.body), {"action"}) != "stop") return refuse("synthesis.control without a stop", now);
  world_.note(now, "stop", {{"request", message.request_id}});
  if (message.request_id != request_ || now >= busy_until_ || busy_until_ == base::TimePoint::max()) return;
  wire_.forget();
  end(now);
}

void SimSynthesis::end(base::TimePoint at) {
  wire_.say(at, "turn.end", request_, json::object());
  busy_until_ = at;
}

}  // namespace offhook::services::azure
