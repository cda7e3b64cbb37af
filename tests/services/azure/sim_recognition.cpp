#include <offhook/tests/services/azure/sim_recognition.hpp>

#include <offhook/tests/services/azure/language_id.hpp>

#include <algorithm>
#include <utility>

namespace offhook::services::azure {

using nlohmann::json;
using Kind = Fault::Kind;

namespace {

constexpr std::uint64_t kFrameMs = 20;
constexpr std::uint64_t kTicksPerMs = 10'000;
constexpr std::uint64_t kInitialSilenceMs = 5'000;

std::uint32_t number_at(std::string_view bytes, std::size_t at, std::size_t octets) {
  std::uint32_t value = 0;
  for (std::size_t i = octets; i > 0; --i) value = value << 8U | static_cast<unsigned char>(bytes[at + i - 1]);
  return value;
}

/// Returns the first `count` words.
std::string first_words(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (std::size_t i = 0; i < count && end != std::string_view::npos; ++i) end = text.find(' ', end + 1);
  return lower(text.substr(0, end));
}

}  // namespace

SimRecognition::SimRecognition(SimWorld& world, std::string_view target) : world_(world), target_(target) {}

void SimRecognition::refuse(const std::string& why, base::TimePoint now) {
  world_.note(now, "refused", {{"why", why}});
  wire_.close(now, 1007, why);
  dead_ = true;
}

void SimRecognition::on_text(std::string_view frame, base::TimePoint now, SimOuts& out) {
  const Received received = receive_text(frame);
  const auto& message = received.message;
  if (dead_) return;
  if (!received.complaint.empty()) refuse(received.complaint, now);
  else if (!json::accept(message.body)) refuse("the body of " + std::string(message.path) + " is no JSON", now);
  else if (message.is("speech.config")) configured_ = true;
  else if (message.is("speech.context")) on_context(message, now);
  else if (!message.is("telemetry")) refuse("nobody knows " + std::string(message.path), now);
  on_time(now, out);
}

void SimRecognition::on_context(const agent::azure::UspMessage& message, base::TimePoint now) {
  if (!configured_) return refuse("speech.context before speech.config", now);
  if (turn_ || now < open_until_) return refuse("speech.context in the middle of a turn", now);
  const json context = json::parse(message.body);
  const json mode = find(context, {"phraseDetection", "mode"});
  const json format = find(context, {"phraseOutput", "format"});
  LanguageAsked asked = read_language(context, target_);
  if (!asked.complaint.empty()) return refuse(asked.complaint, now);
  Turn turn;
  turn.id = message.request_id;
  turn.candidates = std::move(asked.candidates);
  turn.interactive = mode.is_string() ? lower(mode.get<std::string>()) == "interactive" : target_.find("/interactive/") != std::string::npos;
  turn.detailed = (format.is_string() && lower(format.get<std::string>()) == "detailed") || target_.find("format=detailed") != std::string::npos;
  turn.fault = world_.scenario.recognition_turns.fault(world_.recognition_turns++);
  world_.note(now, "turn", {{"request", turn.id}, {"interactive", turn.interactive}, {"fault", to_string(turn.fault.kind)}});
  turn_ = std::move(turn);
}

void SimRecognition::on_binary(std::string_view frame, base::TimePoint now, SimOuts& out) {
  const Received received = receive_binary(frame);
  if (dead_) return;
  if (!received.complaint.empty()) refuse(received.complaint, now);
  else if (!received.message.is("audio")) refuse("binary, and not audio", now);
  else if (!turn_ && world_.recognition_turns == 0) refuse("audio before speech.context", now);
  else if (turn_ && received.message.request_id == turn_->id) on_audio(received.message, now);
  on_time(now, out);  // Audio of a turn that has ended still arrives for a while. It is ignored.
}

void SimRecognition::on_audio(const agent::azure::UspMessage& message, base::TimePoint now) {
  if (!turn_->formatted) {
    if (!read_format(message.body, now)) return;
    turn_->formatted = true;
    if (turn_->fault.kind != Kind::Stall) wire_.say(now, "turn.start", turn_->id, {{"context", {{"serviceTag", "simulated"}}}});
    return;
  }
  if (message.body.empty()) return on_end_of_audio(now);
  const std::size_t frame = turn_->rate_hz * kFrameMs / 1000 * 2;
  for (const char octet : message.body) {
    turn_->frame += octet;
    if (turn_->frame.size() < frame) continue;
    on_frame(now);
    if (!turn_ || dead_) return;
    turn_->frame.clear();
  }
}

bool SimRecognition::read_format(std::string_view header, base::TimePoint now) {
  const bool is_wav = header.size() == 44 && header.starts_with("RIFF") && header.substr(8, 8) == "WAVEfmt ";
  if (!is_wav) return refuse("the first audio is no WAV header", now), false;
  turn_->rate_hz = number_at(header, 24, 4);
  const bool is_known = number_at(header, 20, 2) == 1 && number_at(header, 22, 2) == 1 && number_at(header, 34, 2) == 16;
  if (!is_known || (turn_->rate_hz != 8000 && turn_->rate_hz != 16000)) return refuse("the audio is not 16-bit PCM at 8 or 16 kHz", now), false;
  return true;
}

bool SimRecognition::is_voiced() const {
  double energy = 0;
  const std::size_t samples = turn_->frame.size() / 2;
  for (std::size_t i = 0; i < samples; ++i) {
    const auto sample = static_cast<std::int16_t>(number_at(turn_->frame, 2 * i, 2));
    energy += static_cast<double>(sample) * sample;
  }
  return energy > static_cast<double>(samples) * world_.scenario.vad_rms * world_.scenario.vad_rms;
}

base::TimePoint SimRecognition::answer_at(base::TimePoint now) const {
  return now + world_.scenario.response + (turn_->fault.kind == Kind::Latency ? turn_->fault.delay : milliseconds(0));
}

/// Logs the fault of the turn, only once.
void SimRecognition::note_fault(base::TimePoint now) {
  if (!std::exchange(turn_->broken, true)) world_.note_fault(now, "recognition_turns", to_string(turn_->fault.kind));
}

/// Applies the fault of the turn if its time has come. Returns true if the turn has no further output.
bool SimRecognition::break_here(base::TimePoint now) {
  const Fault& fault = turn_->fault;
  if (turn_->ms < fault.after_ms) return false;
  const bool is_of_answer = fault.kind == Kind::Latency || fault.kind == Kind::Empty || fault.kind == Kind::NoFinal;
  if (fault.kind != Kind::None && !is_of_answer) note_fault(now);
  switch (fault.kind) {
    case Kind::Drop:
      wire_.put(now, {SimOut::What::Drop, {}, 0});
      return dead_ = true;
    case Kind::Close:
      wire_.close(now, fault.status, fault.text);
      return dead_ = true;
    case Kind::Error:
      say_status(fault.text, now);
      end_turn(now);
      return true;
    case Kind::EarlyEnd:
      end_turn(now);
      return true;
    case Kind::Garbage:
      wire_.put_garbage(now, turn_->id);
      turn_->fault = {};
      return false;
    default:
      return fault.kind == Kind::Stall;
  }
}

void SimRecognition::on_frame(base::TimePoint now) {
  const bool voiced = is_voiced();
  turn_->ms += kFrameMs;
  if (break_here(now)) return;
  if (voiced) {
    if (turn_->voice_ms == 0) {
      turn_->began_ms = turn_->ms - kFrameMs;
      wire_.say(now, "speech.startDetected", turn_->id, {{"Offset", turn_->began_ms * kTicksPerMs}});
    }
    turn_->voice_ms += kFrameMs;
    turn_->silence_ms = 0;
    turn_->voiced_at = now;
    if (turn_->voice_ms / static_cast<std::uint64_t>(world_.scenario.hypothesis_every.count()) > turn_->hypotheses) say_hypothesis(now);
    return;
  }
  turn_->silence_ms += kFrameMs;
  if (turn_->voice_ms > 0 && turn_->silence_ms >= static_cast<std::uint64_t>(world_.scenario.segmentation.count())) {
    say_phrase(now);
    if (turn_->interactive) end_turn(answer_at(now));
  } else if (turn_->interactive && turn_->voice_ms == 0 && turn_->ms >= kInitialSilenceMs) {
    say_status("InitialSilenceTimeout", now);
    end_turn(now);
  }
}

void SimRecognition::on_end_of_audio(base::TimePoint now) {
  turn_->fault.after_ms = 0;
  world_.note(now, "end_of_audio", {{"request", turn_->id}, {"audio_ms", turn_->ms}});
  if (break_here(now)) return;
  const auto at = answer_at(now);
  if (turn_->voice_ms > 0) say_phrase(now);
  else if (!turn_->answered && turn_->fault.kind != Kind::Empty) say_status("InitialSilenceTimeout", at);
  wire_.say(at, "speech.endDetected", turn_->id, {{"Offset", turn_->ms * kTicksPerMs}});
  if (turn_->fault.kind == Kind::NoFinal) return;
  end_turn(at);
}

/// Adds the language to `body`. The language is detected once in a turn, at the first phrase.
void SimRecognition::add_language(json& body) {
  if (turn_->candidates.empty()) return;
  if (turn_->language.empty()) turn_->language = language_of(world_.scenario, world_.phrases, turn_->candidates);
  body["PrimaryLanguage"] = {{"Language", turn_->language}, {"Confidence", "High"}};
}

void SimRecognition::say_hypothesis(base::TimePoint now) {
  if (turn_->fault.kind == Kind::Empty) return;
  const std::string words = first_words(heard_in(world_.scenario, world_.phrases), ++turn_->hypotheses);
  if (words.empty()) return;
  json body = {{"Text", words}, {"Offset", turn_->began_ms * kTicksPerMs}, {"Duration", turn_->voice_ms * kTicksPerMs}};
  add_language(body);
  wire_.say(now, "speech.hypothesis", turn_->id, body);
}

void SimRecognition::say_phrase(base::TimePoint now) {
  const auto at = answer_at(now);
  if (turn_->fault.kind == Kind::Latency || turn_->fault.kind == Kind::Empty || turn_->fault.kind == Kind::NoFinal) note_fault(at);
  const std::string text(heard_in(world_.scenario, world_.phrases));
  const std::uint64_t duration = (turn_->ms - turn_->silence_ms - turn_->began_ms) * kTicksPerMs;
  json body = {{"RecognitionStatus", text.empty() ? "NoMatch" : "Success"}, {"Offset", turn_->began_ms * kTicksPerMs}, {"Duration", duration}, {"Channel", 0}};
  if (!turn_->detailed) body["DisplayText"] = text;
  else if (!text.empty()) body["NBest"] = json::array({{{"Confidence", 0.87}, {"Lexical", lower(text)}, {"ITN", text}, {"MaskedITN", text}, {"Display", text}}});
  if (!text.empty()) add_language(body);
  if (turn_->fault.kind != Kind::NoFinal && turn_->fault.kind != Kind::Empty) {
    ++world_.phrases;
    world_.note(now, "phrase", {{"request", turn_->id}, {"text", text}, {"due_us", openai::microseconds(at)}, {"last_voiced_us", openai::microseconds(turn_->voiced_at)}});
    wire_.say(at, "speech.phrase", turn_->id, body);
  }
  turn_->answered = true;
  turn_->voice_ms = turn_->silence_ms = turn_->hypotheses = 0;
}

void SimRecognition::say_status(std::string_view status, base::TimePoint at) {
  wire_.say(at, "speech.phrase", turn_->id, {{"RecognitionStatus", status}, {"Offset", turn_->ms * kTicksPerMs}, {"Duration", 0}, {"DisplayText", ""}});
}

void SimRecognition::end_turn(base::TimePoint at) {
  wire_.say(at, "turn.end", turn_->id, json::object());
  open_until_ = at;
  turn_.reset();
}

}  // namespace offhook::services::azure
