#include <offhook/tests/services/deepgram/sim_agent.hpp>

#include <offhook/tests/services/deepgram/sim_flux.hpp>
#include <offhook/tests/services/deepgram/sim_speak.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

namespace offhook::services::deepgram {

using Json = nlohmann::json;
using base::TimePoint;

namespace {

std::string text_in(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

Json member(const Json& object, const char* name) { return object.is_object() && object.contains(name) ? object[name] : Json(); }

SimFormat format_in(const Json& sound) {
  const Json rate = member(sound, "sample_rate");
  return {text_in(sound, "encoding"), rate.is_number_unsigned() ? rate.get<std::uint32_t>() : 0};
}

bool is_known(const SimFormat& format) {
  const bool g711 = format.encoding == "mulaw" || format.encoding == "alaw";
  return (g711 && format.rate_hz == 8000) || (format.encoding == "linear16" && (format.rate_hz == 8000 || format.rate_hz == 24000));
}

std::string refuse_functions(const Json& functions) {
  for (const Json& each : functions) {
    if (text_in(each, "name").empty()) return "a function has no name";
    if (each.contains("parameters") && !each["parameters"].is_object()) return "parameters are no schema";
  }
  return "";
}

std::string refuse_history(const Json& messages) {
  for (const Json& each : messages) {
    const std::string role = text_in(each, "role");
    const bool is_line = (role == "user" || role == "assistant") && each.contains("content");
    if (text_in(each, "type") != "History" || (!is_line && !each.contains("function_calls"))) return "a message of the context is none";
  }
  return "";
}

/// Returns the reason why the language hints are refused, or "". The rules are those of Flux, because the same model listens.
std::string refuse_hints(const Json& listen) {
  if (!listen.contains("language_hints")) return "";
  std::vector<std::string> hints;
  for (const Json& each : listen["language_hints"]) hints.push_back(each.is_string() ? each.get<std::string>() : "");
  return takes_hints(text_in(listen, "model"), hints) ? "" : "language_hints are for flux-general-multi, and of its languages";
}

}  // namespace

std::string refuse_settings(const Json& settings) {
  const Json audio = member(settings, "audio"), agent = member(settings, "agent");
  if (!agent.is_object()) return "there is no agent";
  if (!is_known(format_in(member(audio, "input")))) return "this simulator does not hear that format";
  const Json output = member(audio, "output");
  if (!is_known(format_in(output)) || text_in(output, "container") != "none") return "this simulator does not speak that format";
  const Json listen = member(member(agent, "listen"), "provider"), speak = member(member(agent, "speak"), "provider");
  const bool flux = text_in(listen, "model").starts_with("flux");
  if (text_in(listen, "type") != "deepgram" || text_in(listen, "model").empty()) return "nobody listens";
  if (flux != (text_in(listen, "version") == "v2")) return "the model that listens is none of that version";
  if (std::string why = refuse_hints(listen); !why.empty()) return why;
  const double threshold = listen.value("eot_threshold", 0.7);
  if (threshold < 0.5 || threshold > 1.0) return "eot_threshold is out of its range";
  const double eager = listen.value("eager_eot_threshold", 0.3);
  if (eager < 0.3 || eager > 0.9 || eager > threshold) return "eager_eot_threshold is out of its range";
  const Json think = member(agent, "think");
  if (text_in(member(think, "provider"), "type").empty() || text_in(member(think, "provider"), "model").empty()) return "nobody thinks";
  if (text_in(speak, "type").empty() || text_in(speak, "model").empty()) return "nobody speaks";
  const std::string functions = refuse_functions(member(think, "functions"));
  return functions.empty() ? refuse_history(member(member(agent, "context"), "messages")) : functions;
}

SimAgent::SimAgent(SimWorld& world, unsigned number, const Query&, const Fault& fault, TimePoint now)
    : world_(world), number_(number), line_(fault.kind == Fault::Kind::Error ? Fault{} : fault, world, "agent"), alive_at_(now) {
  if (fault.kind == Fault::Kind::Error) {
    error_code_ = fault.code;
    error_after_ = fault.after_bytes;
  }
  send({{"type", "Welcome"}, {"request_id", "sim-" + std::to_string(number)}}, now);
}

// --- messages ----------------------------------------------------------------------------------------------------------------

void SimAgent::on_text(std::string_view text, TimePoint now, SimOuts& out) {
  alive_at_ = now;
  const Json message = Json::parse(text, nullptr, false);
  if (!closed_) on_message(message, now);
  flush(now, out);
}

void SimAgent::on_message(const Json& message, TimePoint now) {
  const std::string type = text_in(message, "type");
  if (type.empty()) return error("UNPARSABLE_CLIENT_MESSAGE", "no type", now);
  if (type == "Settings") return apply(message, now);
  if (!settled_ && type != "KeepAlive") return error("NON_SETTINGS_MESSAGE_BEFORE_SETTINGS", type, now);
  on_settled(message, type, now);
}

void SimAgent::apply(const Json& settings, TimePoint now) {
  if (settled_) return error("SETTINGS_ALREADY_APPLIED", "", now);
  if (const std::string why = refuse_settings(settings); !why.empty()) return error("INVALID_SETTINGS", why, now);
  settled_ = true;
  in_ = format_in(settings["audio"]["input"]);
  out_ = format_in(settings["audio"]["output"]);
  const Json& agent = settings["agent"];
  const Json listen = agent["listen"]["provider"];
  flux_ = listen["model"].get<std::string>().starts_with("flux");
  eot_timeout_ms_ = listen.value("eot_timeout_ms", 5000U);
  const double threshold = listen.value("eot_threshold", 0.7);
  eot_ms_ = !flux_ ? kEndpointMs : threshold < 1 ? std::min<std::uint64_t>(eot_timeout_ms_, std::llround(1000 * threshold)) : eot_timeout_ms_;
  prompt_ = text_in(agent["think"], "prompt").size();
  const Json history = member(member(agent, "context"), "messages");
  world_.note(now, "settings", {{"session", number_}, {"history", history.size()}, {"model", listen["model"]}});
  send({{"type", "SettingsApplied"}}, now);
  if (const std::string greeting = text_in(agent, "greeting"); !greeting.empty()) queue({{"type", "AgentAudioDone"}}, say(greeting, now));
}

void SimAgent::on_settled(const Json& message, std::string_view type, TimePoint now) {
  if (type == "KeepAlive") return;
  if (type == "ForceEndTurn") {
    if (!flux_) return send({{"type", "Warning"}, {"code", "FORCE_END_TURN_UNSUPPORTED"}, {"description", "it ends turns itself"}}, now);
    if (in_turn_) end_turn(now);
  } else if (type == "InjectUserMessage") {
    const std::string words = text_in(message, "content");
    if (words.empty()) return error("UNPARSABLE_CLIENT_MESSAGE", "no content", now);
    silence(now);
    reply_to(words, now);
  } else if (type == "InjectAgentMessage") {
    inject(message, now);
  } else if (type == "FunctionCallResponse") {
    on_response(message, now);
  } else if (type == "UpdatePrompt") {
    prompt_ += text_in(message, "prompt").size();
    if (prompt_ > kMaxPrompt) send({{"type", "Warning"}, {"code", "PROMPT_TOO_LONG"}, {"description", "it was cut"}}, now);
    world_.note(now, "prompt", {{"session", number_}, {"text", text_in(message, "prompt")}});
    send({{"type", "PromptUpdated"}}, now);
  } else if (type == "UpdateSpeak" || type == "UpdateThink" || type == "UpdateListen") {
    send({{"type", std::string(type.substr(6)) + "Updated"}}, now);
  } else {
    error("UNPARSABLE_CLIENT_MESSAGE", std::string(type), now);
  }
}

void SimAgent::inject(const Json& message, TimePoint now) {
  const std::string text = text_in(message, "message"), behavior = text_in(message, "behavior");
  if (behavior == "interrupt") silence(now);
  const bool is_busy = is_speaking() || in_turn_;
  if (is_busy && behavior != "queue" && behavior != "interrupt")
    return send({{"type", "InjectionRefused"}, {"message", "somebody is speaking"}}, now);
  const TimePoint from = speech_.empty() ? now : speech_.back().at;
  queue({{"type", "AgentAudioDone"}}, say(text, from));
}

void SimAgent::error(const std::string& code, const std::string& description, TimePoint now) {
  send({{"type", "Error"}, {"code", code}, {"description", description}}, now);
  line_.push(now, {SimOut::What::Close, code, 1011});
  world_.note(now, "error", {{"session", number_}, {"code", code}});
  speech_.clear();
  closed_ = true;
}

// --- the caller's voice ------------------------------------------------------------------------------------------------------

void SimAgent::on_audio(std::string_view octets, TimePoint now, SimOuts& out) {
  alive_at_ = now;
  if (!settled_ && !closed_) error("NON_SETTINGS_MESSAGE_BEFORE_SETTINGS", "audio", now);
  if (!closed_) {
    rest_ += octets;
    const std::size_t frame = kFrameMs * in_.octets_per_ms();
    for (; rest_.size() >= frame; rest_.erase(0, frame))
      on_frame(loudness(in_, std::string_view(rest_).substr(0, frame)) > world_.scenario.vad_rms, now);
  }
  flush(now, out);
}

void SimAgent::on_frame(bool voiced, TimePoint now) {
  heard_at_ = now;
  if (voiced) voiced_at_ = now;
  silent_ms_ = voiced ? 0 : silent_ms_ + kFrameMs;
  if (voiced && !in_turn_) begin_turn(now);
  if (in_turn_ && silent_ms_ >= eot_ms_) end_turn(now);
}

void SimAgent::begin_turn(TimePoint now) {
  in_turn_ = true;
  send({{"type", "UserStartedSpeaking"}}, now);
  silence(now);
}

/// Stops the current speech, and cancels the requested function.
void SimAgent::silence(TimePoint now) {
  if (!speech_.empty()) world_.note(now, "interrupted", {{"session", number_}});
  speech_.clear();
  if (call_id_.empty()) return;
  send({{"type", "FunctionCallCancelled"}, {"functions", {{{"id", call_id_}, {"name", call_name_}}}}}, now);
  call_id_.clear();
}

void SimAgent::end_turn(TimePoint now) {
  in_turn_ = false;
  const std::string words = world_.next_heard();
  world_.note(now, "heard", {{"session", number_}, {"text", words}, {"due_us", openai::microseconds(now + world_.scenario.result)},
                             {"last_voiced_us", openai::microseconds(voiced_at_)}});
  if (!words.empty()) reply_to(words, now);
}

// --- the reply ---------------------------------------------------------------------------------------------------------------

void SimAgent::reply_to(const std::string& words, TimePoint now) {
  send({{"type", "ConversationText"}, {"role", "user"}, {"content", words}}, now);
  const SimReply reply = world_.next_reply();
  TimePoint at = now + world_.scenario.result;
  queue({{"type", "AgentThinking"}, {"content", "The user said: " + words}}, now);
  if (!reply.say.empty()) at = say(reply.say, at);
  if (reply.call.empty()) return queue({{"type", "AgentAudioDone"}}, at);
  call_id_ = "fc-" + std::to_string(number_) + "-" + std::to_string(++calls_);
  call_name_ = reply.call;
  then_ = reply.then;
  if (!reply.say.empty()) queue({{"type", "AgentAudioDone"}}, at);
  const Json call{{"id", call_id_}, {"name", reply.call}, {"arguments", reply.arguments}, {"client_side", true}};
  queue({{"type", "FunctionCallRequest"}, {"functions", Json::array({call})}}, at);
}

void SimAgent::on_response(const Json& message, TimePoint now) {
  world_.note(now, "response", {{"session", number_}, {"id", text_in(message, "id")}, {"content", text_in(message, "content")}});
  if (call_id_.empty() || text_in(message, "id") != call_id_) {
    return send({{"type", "Warning"}, {"code", "FUNCTION_CALL_FAILED"}, {"description", "no such call"}}, now);
  }
  call_id_.clear();
  if (!then_.empty()) queue({{"type", "AgentAudioDone"}}, say(then_, now + world_.scenario.result));
}

TimePoint SimAgent::say(const std::string& text, TimePoint at) {
  queue({{"type", "ConversationText"}, {"role", "assistant"}, {"content", text}}, at);
  queue({{"type", "AgentStartedSpeaking"}, {"total_latency", 0.4}, {"tts_latency", 0.1}, {"ttt_latency", 0.3}}, at);
  const std::string octets = speech_of(world_, out_, text);
  const std::size_t audio_ms = octets.size() / out_.octets_per_ms();
  world_.note(at, "spoken", {{"session", number_}, {"text", text}, {"due_us", openai::microseconds(at)}, {"audio_ms", audio_ms}});
  std::size_t i = 0;
  for (std::size_t from = 0; from < octets.size(); ++i) {
    const auto ms = static_cast<std::size_t>(world_.scenario.chunk_ms[i % world_.scenario.chunk_ms.size()]);
    const std::size_t size = std::min(ms * out_.octets_per_ms() + i % 2, octets.size() - from);  // A piece may end in the middle of a sample.
    speech_.push_back({at, {SimOut::What::Binary, octets.substr(from, size), 0}});
    from += size;
    const double seconds = static_cast<double>(size) / static_cast<double>(out_.octets_per_ms()) / 1000 / world_.scenario.speed;
    at += std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
  }
  return at;
}

// --- outgoing messages -------------------------------------------------------------------------------------------------------

void SimAgent::send(const Json& message, TimePoint now) {
  line_.push(now, {SimOut::What::Text, message.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

void SimAgent::queue(const Json& message, TimePoint at) {
  speech_.push_back({at, {SimOut::What::Text, message.dump(-1, ' ', false, Json::error_handler_t::replace), 0}});
}

void SimAgent::on_time(TimePoint now, SimOuts& out) {
  if (!closed_ && now - alive_at_ >= kIdle) error("CLIENT_MESSAGE_TIMEOUT", "nothing came", now);
  const auto silent = std::chrono::milliseconds(eot_timeout_ms_);
  if (in_turn_ && flux_ && now - heard_at_ >= silent) end_turn(now);
  flush(now, out);
}

void SimAgent::flush(TimePoint now, SimOuts& out) {
  while (!closed_ && !speech_.empty() && speech_.front().at <= now) {
    if (error_code_ && octets_ >= error_after_) {
      world_.note_fault(now, "agent", openai::to_string(Fault::Kind::Error));
      error(*std::exchange(error_code_, std::nullopt), "a fault", now);
      break;
    }
    line_.push(now, std::move(speech_.front().out));
    speech_.pop_front();
    line_.flush(now, octets_, out);
  }
  line_.flush(now, octets_, out);
}

std::optional<TimePoint> SimAgent::next_deadline() const {
  std::optional<TimePoint> next = line_.next_deadline();
  const auto sooner = [&next](TimePoint at) {
    if (!next || at < *next) next = at;
  };
  if (closed_) return next;
  sooner(alive_at_ + kIdle);
  if (!speech_.empty()) sooner(speech_.front().at);
  if (in_turn_ && flux_) sooner(heard_at_ + std::chrono::milliseconds(eot_timeout_ms_));
  return next;
}

}  // namespace offhook::services::deepgram
