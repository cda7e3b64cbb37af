#include <offhook/tests/services/openai/sim_response.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

base::Duration share(std::size_t octets, AudioFormat format, double speed) {
  const double seconds = static_cast<double>(octets) / static_cast<double>(octets_per_sample(format)) / rate_of(format);
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds / speed));
}

}  // namespace

Json SimRealtime::response_json(std::string_view status) const {
  const Response& response = *response_;
  return {{"object", "realtime.response"},
          {"id", response.id},
          {"status", status},
          {"status_details", nullptr},
          {"output", response.output},
          {"conversation_id", response.kept ? Json("conv_" + std::to_string(number_)) : Json()},
          {"output_modalities", Json::array({response.speaks ? "audio" : "text"})},
          {"max_output_tokens", "inf"},
          {"audio", {{"output", settings_.session()["audio"]["output"]}}},
          {"usage", nullptr},
          {"metadata", response.metadata}};
}

void SimRealtime::on_response_create(const Json& event, base::TimePoint now, SimOuts& out) {
  if (response_) {
    return fail(out, {"invalid_request_error", "conversation_already_has_active_response",
                      "Conversation already has an active response in progress: " + response_->id + ". Wait until the response is finished before creating a new one.", {}},
                event);
  }
  const Json wishes = event.contains("response") && event["response"].is_object() ? event["response"] : Json::object();
  const auto error = unknown_member(wishes, "response", {"instructions", "audio", "output_modalities", "tools", "tool_choice", "conversation", "input", "metadata",
                                                         "max_output_tokens", "prompt", "parallel_tool_calls", "reasoning"});
  if (error) return fail(out, *error, event);
  begin_response(wishes, now, out);
}

void SimRealtime::begin_response(const Json& wishes, base::TimePoint now, SimOuts& out) {
  const Scenario& scenario = world_.scenario;
  auto response = std::make_shared<Response>();
  response->id = make_id("resp");
  response->reply = &choose_reply(scenario, items_.newest_words(), replies_);
  if (response->reply->when.empty()) ++replies_;
  response->metadata = wishes.value("metadata", Json());
  response->speaks = wishes.contains("output_modalities") ? wishes["output_modalities"] == Json::array({"audio"}) : settings_.speaks();
  response->kept = wishes.value("conversation", "auto") != "none";
  response->format = settings_.output_format();
  response->created = now;
  const Fault& fault = response->reply->fault;
  response->next = now + response->reply->response.value_or(scenario.response) + (fault.kind == Fault::Kind::Latency ? fault.delay : milliseconds(0));
  if (fault.kind == Fault::Kind::Error) {
    note_fault(now, fault);
    return fail(out, {"server_error", fault.code, fault.message, {}}, Json::object());
  }
  response_ = std::move(response);
  if (fault.kind == Fault::Kind::Latency) note_fault(now, fault);
  send(out, {{"type", "response.created"}, {"response", response_json("in_progress")}});
  send(out, {{"type", "rate_limits.updated"},
             {"rate_limits",
              {{{"name", "requests"}, {"limit", 1000}, {"remaining", 999}, {"reset_seconds", 0.06}},
               {{"name", "tokens"}, {"limit", 50000}, {"remaining", 49000}, {"reset_seconds", 1.2}}}}});
  world_.note(now, "response", {{"session", number_}, {"response", response_->id}, {"due_us", microseconds(response_->next)}, {"text", response_->reply->text}});
}

void SimRealtime::advance(base::TimePoint now, SimOuts& out) {
  while (!over_ && response_ && response_->next <= now) {
    switch (response_->step) {
      case Response::Step::Waiting:
        begin_output(now, out);
        break;
      case Response::Step::Speaking:
        send_chunk(now, out);
        break;
      case Response::Step::Calling:
        send_calls(out);
        end_response("completed", nullptr, now, out);
        break;
    }
  }
}

void SimRealtime::begin_output(base::TimePoint now, SimOuts& out) {
  Response& response = *response_;
  if (response.reply->fault.kind == Fault::Kind::Empty) {
    note_fault(now, response.reply->fault);
    return end_response("completed", nullptr, now, out);
  }
  if (fault_due() && carry_out_fault(now, out)) return;
  if (response.reply->text.empty()) {
    response.step = Response::Step::Calling;
    return;
  }
  response.spoken = world_.voices.say(response.reply->text, response.format);
  response.step = Response::Step::Speaking;
  begin_message(out);
}

void SimRealtime::begin_message(SimOuts& out) {
  Response& response = *response_;
  response.item = make_id("item");
  const Json item = {{"id", response.item}, {"object", "realtime.item"}, {"type", "message"}, {"status", "in_progress"}, {"role", "assistant"}, {"content", Json::array()}};
  send(out, {{"type", "response.output_item.added"}, {"response_id", response.id}, {"output_index", response.output_index}, {"item", item}});
  if (response.kept) {
    add_item(item, {}, false, out);
    if (auto* const added = items_.find(response.item)) added->model_audio = response.speaks;
  }
  const Json part = response.speaks ? Json{{"type", "audio"}, {"transcript", ""}} : Json{{"type", "text"}, {"text", ""}};
  send(out, {{"type", "response.content_part.added"}, {"response_id", response.id}, {"item_id", response.item}, {"output_index", response.output_index},
             {"content_index", 0}, {"part", part}});
}

/// Writes the event without a JSON library, because these events are frequent. All sessions with the same text share the audio of the text.
void SimRealtime::send_delta(std::string_view base64, SimOuts& out) {
  const Response& response = *response_;
  std::string text;
  text.reserve(base64.size() + 256);
  text += R"({"type":"response.output_audio.delta","event_id":")" + make_id("event") + R"(","response_id":")" + response.id + R"(","item_id":")" + response.item +
          R"(","output_index":)" + std::to_string(response.output_index) + R"(,"content_index":0,"delta":")";
  text += base64;
  text += "\"}";
  out.push_back({SimOut::What::Text, std::move(text), 0});
}

void SimRealtime::send_chunk(base::TimePoint now, SimOuts& out) {
  Response& response = *response_;
  if (response.chunk == response.spoken->chunks.size()) {
    end_message(true, out);
    response.step = Response::Step::Calling;
    return;
  }
  if (fault_due() && carry_out_fault(now, out)) return;
  const Spoken::Chunk& chunk = response.spoken->chunks[response.chunk];
  if (response.chunk == 0) {
    world_.note(now, "first_delta", {{"session", number_}, {"response", response.id}, {"due_us", microseconds(response.next)},
                                     {"end_of_turn_us", microseconds(end_of_turn_)}, {"last_voiced_us", microseconds(last_voiced_)}});
  }
  ++response.chunk;
  response.octets += chunk.octets;
  response.next += share(chunk.octets, response.format, world_.scenario.speed);
  const Json ids = {{"response_id", response.id}, {"item_id", response.item}, {"output_index", response.output_index}, {"content_index", 0}};
  if (response.speaks) {
    settings_.on_audio_out();
    send_delta(chunk.base64, out);
    if (auto* const item = items_.find(response.item)) {
      item->audio_ms = response.octets / octets_per_sample(response.format) * 1000 / rate_of(response.format);
    }
  }
  if (chunk.text.empty()) return;
  response.said += chunk.text;
  Json event = ids;
  event["type"] = response.speaks ? "response.output_audio_transcript.delta" : "response.output_text.delta";
  event["delta"] = chunk.text;
  send(out, std::move(event));
}

void SimRealtime::end_message(bool whole, SimOuts& out) {
  Response& response = *response_;
  if (response.item.empty()) return;
  const Json ids = {{"response_id", response.id}, {"item_id", response.item}, {"output_index", response.output_index}, {"content_index", 0}};
  const auto with = [&ids](Json event) {
    event.update(ids);
    return event;
  };
  if (response.speaks) {
    send(out, with({{"type", "response.output_audio.done"}}));
    send(out, with({{"type", "response.output_audio_transcript.done"}, {"transcript", response.said}}));
    send(out, with({{"type", "response.content_part.done"}, {"part", {{"type", "audio"}, {"transcript", response.said}}}}));
  } else {
    send(out, with({{"type", "response.output_text.done"}, {"text", response.said}}));
    send(out, with({{"type", "response.content_part.done"}, {"part", {{"type", "text"}, {"text", response.said}}}}));
  }
  const Json content = response.speaks ? Json{{"type", "output_audio"}, {"transcript", response.said}} : Json{{"type", "output_text"}, {"text", response.said}};
  const Json item = {{"id", response.item}, {"object", "realtime.item"}, {"type", "message"}, {"status", whole ? "completed" : "incomplete"}, {"role", "assistant"},
                     {"content", Json::array({content})}};
  if (auto* const kept = items_.find(response.item)) {
    kept->body = item;
    send(out, {{"type", "conversation.item.done"}, {"previous_item_id", items_.before(response.item)}, {"item", item}});
  }
  send(out, {{"type", "response.output_item.done"}, {"response_id", response.id}, {"output_index", response.output_index}, {"item", item}});
  response.output.push_back(item);
  response.item.clear();
  ++response.output_index;
}

void SimRealtime::send_calls(SimOuts& out) {
  Response& response = *response_;
  for (const Call& call : response.reply->calls) {
    const std::string call_id = make_id("call");
    Json item = {{"id", make_id("item")}, {"object", "realtime.item"}, {"type", "function_call"}, {"status", "in_progress"}, {"name", call.name}, {"call_id", call_id},
                 {"arguments", ""}};
    const std::string id = item["id"];
    send(out, {{"type", "response.output_item.added"}, {"response_id", response.id}, {"output_index", response.output_index}, {"item", item}});
    if (response.kept) add_item(item, {}, false, out);
    const Json ids = {{"response_id", response.id}, {"item_id", id}, {"output_index", response.output_index}, {"call_id", call_id}};
    constexpr std::size_t kPiece = 7;
    for (std::size_t at = 0; at < call.arguments.size(); at += kPiece) {
      Json delta = ids;
      delta.update({{"type", "response.function_call_arguments.delta"}, {"delta", call.arguments.substr(at, kPiece)}});
      send(out, std::move(delta));
    }
    Json done = ids;
    done.update({{"type", "response.function_call_arguments.done"}, {"name", call.name}, {"arguments", call.arguments}});
    send(out, std::move(done));
    item["status"] = "completed";
    item["arguments"] = call.arguments;
    if (auto* const kept = items_.find(id)) {
      kept->body = item;
      send(out, {{"type", "conversation.item.done"}, {"previous_item_id", items_.before(id)}, {"item", item}});
    }
    send(out, {{"type", "response.output_item.done"}, {"response_id", response.id}, {"output_index", response.output_index}, {"item", item}});
    response.output.push_back(item);
    ++response.output_index;
  }
}

void SimRealtime::on_response_cancel(const Json& event, base::TimePoint now, SimOuts& out) {
  const std::string id = event.value("response_id", "");
  if (!response_ || (!id.empty() && id != response_->id)) {
    return fail(out, {"invalid_request_error", "response_cancel_not_active", "Cancellation failed: no active response found", {}}, event);
  }
  end_response("cancelled", {{"type", "cancelled"}, {"reason", "client_cancelled"}}, now, out);
}

void SimRealtime::end_response(std::string_view status, Json details, base::TimePoint now, SimOuts& out) {
  end_message(status == "completed", out);
  const Response& response = *response_;
  const std::uint64_t input_tokens = input_.octets() / 800 + 50, output_tokens = response.octets / 400 + response.said.size() / 4;
  Json done = response_json(status);
  done["status_details"] = std::move(details);
  done["usage"] = {{"total_tokens", input_tokens + output_tokens},
                   {"input_tokens", input_tokens},
                   {"output_tokens", output_tokens},
                   {"input_token_details",
                    {{"text_tokens", 50}, {"audio_tokens", input_tokens - 50}, {"image_tokens", 0}, {"cached_tokens", 0},
                     {"cached_tokens_details", {{"text_tokens", 0}, {"audio_tokens", 0}, {"image_tokens", 0}}}}},
                   {"output_token_details", {{"text_tokens", response.said.size() / 4}, {"audio_tokens", response.octets / 400}}}};
  send(out, {{"type", "response.done"}, {"response", std::move(done)}});
  world_.note(now, "response_done", {{"session", number_}, {"response", response.id}, {"status", status}, {"octets", response.octets}, {"said", response.said}});
  response_.reset();
  if (world_.scenario.continuous && status == "completed") begin_response(Json::object(), now, out);
}

}  // namespace offhook::services::openai
