#include <offhook/tests/services/openai/sim_realtime.hpp>

#include <offhook/tests/services/openai/sim_response.hpp>

#include <algorithm>
#include <array>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kMaxAppend = 15U << 20U;  // limit for the base64 text of an append, as documented
constexpr double kMinCommitMs = 100;

std::string percent_encoded(std::string_view target, std::string_view name) {
  const auto query = target.find('?');
  if (query == std::string_view::npos) return {};
  for (auto rest = target.substr(query + 1); !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    if (pair.size() > name.size() && pair.substr(0, name.size()) == name && pair[name.size()] == '=') return std::string(pair.substr(name.size() + 1));
  }
  return {};
}

/// Returns the `audio` of an append event without parsing the whole event, because fifty of these events arrive per second. Returns "" if
/// the event does not have the simple form in which clients write it.
std::string_view plain_append(std::string_view frame) {
  constexpr std::string_view kType = R"("input_audio_buffer.append")", kAudio = R"("audio":)";
  if (frame.find(kType) == std::string_view::npos) return {};
  const auto at = frame.find(kAudio);
  if (at == std::string_view::npos) return {};
  const auto begin = frame.find_first_not_of(' ', at + kAudio.size());
  if (begin == std::string_view::npos || frame[begin] != '"') return {};
  const auto end = frame.find_first_of("\"\\", begin + 1);
  if (end == std::string_view::npos || frame[end] != '"') return {};
  return frame.substr(begin + 1, end - begin - 1);
}

std::string text_member(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : std::string();
}

}  // namespace

SimRealtime::SimRealtime(SimWorld& world, unsigned number, std::string_view target, const Fault& fault, base::TimePoint now, SimOuts& out)
    : world_(world),
      number_(number),
      settings_(percent_encoded(target, "intent") == "transcription", "sess_" + std::to_string(number), percent_encoded(target, "model"),
                microseconds(now + world.scenario.max_session) / 1000000),
      input_(world.scenario.vad_rms),
      expires_at_(now + world.scenario.max_session),
      hearing_fault_(fault) {
  input_.set_vad(settings_.vad());
  send(out, {{"type", "session.created"}, {"session", settings_.session()}});
  world_.note(now, "session", {{"session", number_}, {"model", percent_encoded(target, "model")}});
}

std::string SimRealtime::make_id(std::string_view kind) { return std::string(kind) + "_" + std::to_string(number_) + "_" + std::to_string(++next_id_); }

void SimRealtime::send(SimOuts& out, Json event) {
  event["event_id"] = make_id("event");
  out.push_back({SimOut::What::Text, event.dump(-1, ' ', false, Json::error_handler_t::replace), 0});
}

void SimRealtime::fail(SimOuts& out, const RealtimeError& error, const Json& event) {
  const std::string event_id = text_member(event, "event_id");
  send(out, {{"type", "error"},
             {"error",
              {{"type", error.type},
               {"code", error.code},
               {"message", error.message},
               {"param", error.param.empty() ? Json() : Json(error.param)},
               {"event_id", event_id.empty() ? Json() : Json(event_id)}}}});
}

// --- messages of the client ------------------------------------------------------------------------------------------------

void SimRealtime::on_text(std::string_view frame, base::TimePoint now, SimOuts& out) {
  if (over_) return;
  if (const auto audio = plain_append(frame); !audio.empty()) return on_append(audio, now, out);
  const Json event = Json::parse(frame, nullptr, false);
  if (!event.is_object() || text_member(event, "type").empty()) {
    return fail(out, {"invalid_request_error", "invalid_json", "We could not parse the JSON body of your event.", {}}, event);
  }
  try {
    on_event(event, now, out);
  } catch (const Json::exception& error) {
    fail(out, {"invalid_request_error", "invalid_type", std::string("A member has a wrong type: ") + error.what(), {}}, event);
  }
}

void SimRealtime::on_event(const Json& event, base::TimePoint now, SimOuts& out) {
  const std::string type = event["type"];
  if (type == "session.update") return on_session_update(event, out);
  if (type == "input_audio_buffer.append") return on_append(text_member(event, "audio"), now, out);
  if (type == "input_audio_buffer.commit") return on_commit(event, now, out);
  if (type == "input_audio_buffer.clear") {
    input_.clear();
    speech_item_.clear();
    return send(out, {{"type", "input_audio_buffer.cleared"}});
  }
  if (!settings_.is_transcription()) {
    if (type == "conversation.item.create") return on_item_create(event, now, out);
    if (type == "conversation.item.truncate") return on_item_truncate(event, now, out);
    if (type == "conversation.item.delete") return on_item_delete(event, out);
    if (type == "conversation.item.retrieve") return on_item_retrieve(event, out);
    if (type == "response.create") return on_response_create(event, now, out);
    if (type == "response.cancel") return on_response_cancel(event, now, out);
  }
  fail(out, {"invalid_request_error", "invalid_value", "Invalid value: '" + type + "'. Supported values are the client events of this session type.", "type"}, event);
}

void SimRealtime::on_session_update(const Json& event, SimOuts& out) {
  if (!event.contains("session")) {
    return fail(out, {"invalid_request_error", "missing_required_parameter", "Missing required parameter: 'session'.", "session"}, event);
  }
  if (const auto error = settings_.update(event["session"])) return fail(out, *error, event);
  input_.set_format(settings_.input_format());
  input_.set_vad(settings_.vad());
  send(out, {{"type", "session.updated"}, {"session", settings_.session()}});
}

void SimRealtime::on_append(std::string_view audio, base::TimePoint now, SimOuts& out) {
  bool voiced = false;
  heard_events_.clear();
  if (audio.size() > kMaxAppend || !input_.append(audio, voiced, heard_events_)) {
    return fail(out, {"invalid_request_error", "invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes of at most 15 MiB.", "audio"}, Json::object());
  }
  if (voiced) last_voiced_ = now;
  for (const auto event : heard_events_) event == InputAudio::Event::Started ? on_speech_started(now, out) : on_speech_stopped(now, out);
  heard_octets_ += audio.size() / 4 * 3;
  break_hearing(now, out);
}

void SimRealtime::on_speech_started(base::TimePoint now, SimOuts& out) {
  speech_item_ = make_id("item");
  send(out, {{"type", "input_audio_buffer.speech_started"}, {"audio_start_ms", input_.started_ms()}, {"item_id", speech_item_}});
  world_.note(now, "speech_started", {{"session", number_}, {"audio_start_ms", input_.started_ms()}});
  if (response_ && settings_.vad_interrupts()) end_response("cancelled", {{"type", "cancelled"}, {"reason", "turn_detected"}}, now, out);
}

void SimRealtime::on_speech_stopped(base::TimePoint now, SimOuts& out) {
  const std::string item = std::exchange(speech_item_, {});
  send(out, {{"type", "input_audio_buffer.speech_stopped"}, {"audio_end_ms", input_.total_ms()}, {"item_id", item}});
  commit_turn(item, "vad", now, out);
  if (settings_.vad_creates() && !response_) begin_response(Json::object(), now, out);
}

void SimRealtime::on_commit(const Json& event, base::TimePoint now, SimOuts& out) {
  if (input_.buffered_ms() < kMinCommitMs) {
    std::array<char, 160> words{};
    std::snprintf(words.data(), words.size(),
                  "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has %.2fms of audio.",
                  input_.buffered_ms());
    return fail(out, {"invalid_request_error", "input_audio_buffer_commit_empty", words.data(), {}}, event);
  }
  const std::string item = speech_item_.empty() ? make_id("item") : std::exchange(speech_item_, {});
  commit_turn(item, "commit", now, out);
  input_.clear();
}

void SimRealtime::commit_turn(const std::string& item, std::string_view how, base::TimePoint now, SimOuts& out) {
  const auto audio_ms = static_cast<std::uint64_t>(input_.buffered_ms());
  const std::string words(heard_in(world_.scenario, turns_));
  const std::string previous = items_.last_id();
  send(out, {{"type", "input_audio_buffer.committed"}, {"item_id", item}, {"previous_item_id", previous.empty() ? Json() : Json(previous)}});
  add_item({{"id", item}, {"object", "realtime.item"}, {"type", "message"}, {"status", "completed"}, {"role", "user"},
            {"content", Json::array({Json{{"type", "input_audio"}, {"transcript", nullptr}}})}}, {}, true, out);
  if (auto* added = items_.find(item)) added->body["content"][0]["transcript"] = words;
  if (settings_.transcribes()) late_.push_back({now + world_.scenario.transcript_delay, item, words, audio_ms});
  input_.commit();
  end_of_turn_ = now;
  world_.note(now, "end_of_turn",
              {{"session", number_}, {"turn", turns_}, {"how", how}, {"last_voiced_us", microseconds(last_voiced_)}, {"audio_ms", audio_ms}, {"heard", words},
               {"transcript_due_us", microseconds(now + world_.scenario.transcript_delay)}});
  ++turns_;
}

// --- items -----------------------------------------------------------------------------------------------------------------

void SimRealtime::add_item(Json item, const std::string& previous, bool done, SimOuts& out) {
  const std::string id = item["id"];
  const Json body = item;
  items_.add(std::move(item), previous);
  send(out, {{"type", "conversation.item.added"}, {"previous_item_id", items_.before(id)}, {"item", body}});
  if (done) send(out, {{"type", "conversation.item.done"}, {"previous_item_id", items_.before(id)}, {"item", body}});
}

void SimRealtime::on_item_create(const Json& event, base::TimePoint now, SimOuts& out) {
  Json item = event.value("item", Json::object());
  const std::string type = text_member(item, "type"), role = text_member(item, "role");
  const auto bad = [&](std::string code, std::string message, std::string param) {
    fail(out, {"invalid_request_error", std::move(code), std::move(message), std::move(param)}, event);
  };
  if (type == "message") {
    const bool model = role == "assistant";
    if (!model && role != "user" && role != "system") return bad("invalid_value", "Invalid value: '" + role + "'.", "item.role");
    for (const auto& part : item.value("content", Json::array())) {
      const std::string kind = text_member(part, "type");
      const bool good = model ? kind == "output_text" : kind == "input_text" || (role == "user" && (kind == "input_audio" || kind == "input_image"));
      if (!good) return bad("invalid_value", "Invalid value: '" + kind + "' is no content of a message by '" + role + "'.", "item.content[0].type");
    }
  } else if (type == "function_call_output") {
    const std::string call = text_member(item, "call_id");
    if (!item.contains("output") || !item["output"].is_string()) return bad("invalid_type", "Invalid type for 'item.output': expected a string.", "item.output");
    if (!items_.awaits_output(call)) return bad("invalid_tool_call_id", "Tool call ID '" + call + "' not found in conversation.", "item.call_id");
    world_.note(now, "function_output", {{"session", number_}, {"call_id", call}, {"output", item["output"]}});
  } else if (type != "function_call") {
    return bad("invalid_value", "Invalid value: '" + type + "'. Supported values are: 'message', 'function_call', and 'function_call_output'.", "item.type");
  }
  if (text_member(item, "id").empty()) item["id"] = make_id("item");
  if (items_.find(item["id"]) != nullptr) return bad("item_create_item_id_already_exists", "Error adding item: an item with this ID already exists.", "item.id");
  const std::string previous = text_member(event, "previous_item_id");
  if (!previous.empty() && previous != "root" && items_.find(previous) == nullptr) {
    return bad("invalid_value", "Error adding item: the previous item with id '" + previous + "' does not exist.", "previous_item_id");
  }
  item["object"] = "realtime.item";
  item["status"] = "completed";
  if (role == "user") end_of_turn_ = now;
  add_item(std::move(item), previous, true, out);
}

void SimRealtime::on_item_truncate(const Json& event, base::TimePoint now, SimOuts& out) {
  const std::string id = text_member(event, "item_id");
  auto* const item = items_.find(id);
  if (item == nullptr) {
    return fail(out, {"invalid_request_error", "item_truncate_invalid_item_id", "Error truncating item: the item with id '" + id + "' does not exist.", "item_id"}, event);
  }
  const std::int64_t end_ms = event.value("audio_end_ms", std::int64_t{-1});
  if (!item->model_audio || item->audio_ms == 0 || end_ms == 0) {
    return fail(out, {"invalid_request_error", "unsupported_content_type", "Only model output audio messages can be truncated", {}}, event);
  }
  if (event.value("content_index", -1) != 0 || end_ms < 0) {
    return fail(out, {"invalid_request_error", "invalid_value", "Invalid value: 'content_index' is 0, and 'audio_end_ms' is an integer from 0.", "content_index"}, event);
  }
  if (static_cast<std::uint64_t>(end_ms) > item->audio_ms) {
    return fail(out, {"invalid_request_error", "invalid_value",
                      "Audio content of " + std::to_string(item->audio_ms) + "ms is already shorter than " + std::to_string(end_ms) + "ms", "audio_end_ms"}, event);
  }
  world_.note(now, "truncated", {{"session", number_}, {"item", id}, {"audio_end_ms", end_ms}, {"generated_ms", item->audio_ms}});
  item->audio_ms = static_cast<std::uint64_t>(end_ms);
  for (auto& part : item->body["content"]) part.erase("transcript");
  send(out, {{"type", "conversation.item.truncated"}, {"item_id", id}, {"content_index", 0}, {"audio_end_ms", end_ms}});
}

void SimRealtime::on_item_delete(const Json& event, SimOuts& out) {
  const std::string id = text_member(event, "item_id");
  if (!items_.remove(id)) {
    return fail(out, {"invalid_request_error", "item_delete_invalid_item_id", "Error deleting item: the item with id '" + id + "' does not exist.", "item_id"}, event);
  }
  send(out, {{"type", "conversation.item.deleted"}, {"item_id", id}});
}

void SimRealtime::on_item_retrieve(const Json& event, SimOuts& out) {
  const std::string id = text_member(event, "item_id");
  const auto* const item = items_.find(id);
  if (item == nullptr) {
    return fail(out, {"invalid_request_error", "item_retrieve_invalid_item_id", "Error retrieving item: the item with id '" + id + "' does not exist.", "item_id"}, event);
  }
  send(out, {{"type", "conversation.item.retrieved"}, {"item", item->body}});
}

// --- time ------------------------------------------------------------------------------------------------------------------

std::optional<base::TimePoint> SimRealtime::next_deadline() const {
  if (over_) return std::nullopt;
  base::TimePoint next = expires_at_;
  if (response_) next = std::min(next, response_->next);
  for (const auto& late : late_) next = std::min(next, late.at);
  return next;
}

void SimRealtime::on_time(base::TimePoint now, SimOuts& out) {
  if (over_) return;
  send_late_transcripts(now, out);
  advance(now, out);
  if (!over_ && now >= expires_at_) expire(out);
}

void SimRealtime::send_late_transcripts(base::TimePoint now, SimOuts& out) {
  for (std::size_t i = 0; i < late_.size();) {
    if (late_[i].at > now) {
      ++i;
      continue;
    }
    LateTranscript late = late_[i];
    late_.erase(late_.begin() + static_cast<std::ptrdiff_t>(i));
    const std::string type = "conversation.item.input_audio_transcription.";
    if (break_transcript(now, late.text) == "failed") {
      send(out, {{"type", type + "failed"}, {"item_id", late.item}, {"content_index", 0},
                 {"error", {{"type", "transcription_error"}, {"code", "audio_unintelligible"}, {"message", "The audio could not be transcribed."}, {"param", nullptr}}}});
      continue;
    }
    const auto half = late.text.find(' ', late.text.size() / 2);
    for (const std::string& delta : {late.text.substr(0, half), half == std::string::npos ? std::string() : late.text.substr(half)}) {
      if (!delta.empty()) send(out, {{"type", type + "delta"}, {"item_id", late.item}, {"content_index", 0}, {"delta", delta}});
    }
    send(out, {{"type", type + "completed"}, {"item_id", late.item}, {"content_index", 0}, {"transcript", late.text},
               {"usage", {{"type", "duration"}, {"seconds", static_cast<double>(late.audio_ms) / 1000}}}});
  }
}

void SimRealtime::expire(SimOuts& out) {
  const std::string words = "Your session hit the maximum duration of " + std::to_string(world_.scenario.max_session.count() / 60) + " minutes.";
  fail(out, {"invalid_request_error", "session_expired", words, {}}, Json::object());
  out.push_back({SimOut::What::Close, words, 1001});
  over_ = true;
}

}  // namespace offhook::services::openai
