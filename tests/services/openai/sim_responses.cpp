#include <offhook/tests/services/openai/sim_http.hpp>

#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

constexpr std::size_t kMaxKept = 1000;

std::optional<HttpPlan::Step> check_response_request(const Json& body) {
  auto refused = only_known(body, {"model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "stream", "stream_options", "store", "previous_response_id", "temperature",
                                   "top_p", "max_output_tokens", "max_tool_calls", "metadata", "reasoning", "text", "truncation", "user", "include", "service_tier", "background", "conversation",
                                   "prompt", "prompt_cache_key", "safety_identifier", "top_logprobs"});
  if (refused) return refused;
  if (member(body, "model").empty()) return error_answer(400, "invalid_request_error", "missing_required_parameter", "Missing required parameter: 'model'.", "model");
  for (const Json& tool : body.value("tools", Json::array())) {
    if (member(tool, "type") == "function" && member(tool, "name").empty()) {
      return error_answer(400, "invalid_request_error", "missing_required_parameter", "Missing required parameter: 'tools[0].name'.", "tools[0].name");
    }
  }
  if (!body.contains("input") || !(body["input"].is_string() || body["input"].is_array())) {
    return error_answer(400, "invalid_request_error", "missing_required_parameter", "Missing required parameter: 'input'.", "input");
  }
  return std::nullopt;
}

/// Returns an error if an output of a function does not follow its call, or if a call has no output.
std::optional<HttpPlan::Step> check_calls(const Json& items) {
  std::vector<std::string> open_calls;
  for (const Json& item : items) {
    const std::string type = member(item, "type"), call = member(item, "call_id");
    if (type == "function_call") open_calls.push_back(call);
    if (type == "function_call_output" && std::erase(open_calls, call) == 0) {
      return error_answer(400, "invalid_request_error", "", "No tool call found for function call output with call_id " + call + ".", "input");
    }
  }
  if (open_calls.empty()) return std::nullopt;
  return error_answer(400, "invalid_request_error", "", "No tool output found for function call " + open_calls.front() + ".", "input");
}

bool is_models(const Json& item) { return member(item, "role") == "assistant" || member(item, "type") == "function_call"; }

/// Returns the number of the model's answers in `items`. Consecutive items of the model are one answer.
std::size_t answers_in(const Json& items) {
  std::size_t count = 0;
  bool before = false;
  for (const Json& item : items) {
    const bool now = is_models(item);
    count += now && !before ? 1 : 0;
    before = now;
  }
  return count;
}

}  // namespace

HttpPlan SimHttp::responses(const Ask& ask) {
  const Json body = Json::parse(ask.request.body);
  if (const auto refused = check_response_request(body)) return {{*refused}};
  Json items = Json::array();
  if (const std::string previous = member(body, "previous_response_id"); !previous.empty()) {
    const auto kept = kept_.find(previous);
    if (kept == kept_.end()) {
      return {{error_answer(400, "invalid_request_error", "previous_response_not_found", "Previous response with id '" + previous + "' not found.", "previous_response_id")}};
    }
    items = kept->second;
  }
  if (body["input"].is_string()) items.push_back({{"type", "message"}, {"role", "user"}, {"content", body["input"]}});
  else items.insert(items.end(), body["input"].begin(), body["input"].end());
  if (const auto refused = check_calls(items)) return {{*refused}};

  const std::string words = items.empty() ? std::string() : content_text(items.back());
  const Reply& reply = choose_reply(world_.scenario, words, answers_in(items));
  const Fault& fault = fault_of(ask, &reply);
  const auto begins = delay_of(ask, &reply);
  note(ask, fault, begins, {{"words", words}, {"text", reply.text}, {"calls", reply.calls.size()}, {"items", items.size()}});

  Json output = Json::array();
  if (fault.kind != Fault::Kind::Empty) {
    if (!reply.text.empty()) {
      output.push_back({{"id", make_id("msg_")}, {"type", "message"}, {"status", "completed"}, {"role", "assistant"},
                        {"content", Json::array({Json{{"type", "output_text"}, {"text", reply.text}, {"annotations", Json::array()}, {"logprobs", Json::array()}}})}});
    }
    for (const Call& call : reply.calls) {
      output.push_back({{"id", make_id("fc_")}, {"type", "function_call"}, {"status", "completed"}, {"call_id", make_id("call_")}, {"name", call.name},
                        {"arguments", call.arguments}});
    }
  }
  const std::string id = make_id("resp_");
  if (body.value("store", true)) {
    items.insert(items.end(), output.begin(), output.end());
    kept_[id] = std::move(items);
    kept_in_order_.push_back(id);
    if (kept_in_order_.size() > kMaxKept) {
      kept_.erase(kept_in_order_.front());
      kept_in_order_.pop_front();
    }
  }
  const Json shell = {{"id", id}, {"object", "response"}, {"created_at", kCreated}, {"status", "in_progress"}, {"error", nullptr}, {"incomplete_details", nullptr},
                      {"instructions", body.value("instructions", Json())}, {"max_output_tokens", nullptr}, {"model", body["model"]}, {"output", Json::array()},
                      {"parallel_tool_calls", true}, {"previous_response_id", body.value("previous_response_id", Json())}, {"temperature", 1.0},
                      {"tool_choice", body.value("tool_choice", Json("auto"))}, {"tools", body.value("tools", Json::array())}, {"top_p", 1.0}, {"metadata", Json::object()},
                      {"usage", nullptr}};
  return stream_responses(body.value("stream", false) ? shell : Json{{"whole", shell}}, output, fault, begins);
}

HttpPlan SimHttp::stream_responses(const Json& given, const Json& output, const Fault& fault, base::Duration begins) {
  const bool streams = !given.contains("whole");
  const Json& shell = streams ? given : given["whole"];
  Json final = shell;
  final["status"] = fault.kind == Fault::Kind::Failed ? "failed" : fault.kind == Fault::Kind::Incomplete ? "incomplete" : "completed";
  final["output"] = output;
  final["usage"] = {{"input_tokens", 20}, {"input_tokens_details", {{"cached_tokens", 0}}}, {"output_tokens", 12}, {"output_tokens_details", {{"reasoning_tokens", 0}}},
                    {"total_tokens", 32}};
  if (fault.kind == Fault::Kind::Failed) final["error"] = {{"code", fault.code}, {"message", fault.message}};
  if (fault.kind == Fault::Kind::Incomplete) final["incomplete_details"] = {{"reason", "max_output_tokens"}};
  BodyWriter writer(streams ? "text/event-stream; charset=utf-8" : "application/json", begins);
  if (!streams) {
    writer.bytes(final.dump());
    return std::move(writer).finish(fault);
  }
  std::size_t sequence = 0;
  const auto event = [&](std::string type, Json members) {
    members["type"] = type;
    members["sequence_number"] = sequence++;
    writer.event(members, type);
  };
  event("response.created", {{"response", shell}});
  event("response.in_progress", {{"response", shell}});
  for (std::size_t i = 0; i < output.size(); ++i) {
    const Json& item = output[i];
    const Json at = {{"item_id", item["id"]}, {"output_index", i}};
    const auto with = [&at](Json more) {
      more.update(at);
      return more;
    };
    Json added = item;
    added["status"] = "in_progress";
    if (item["type"] == "message") {
      const Json part = item["content"][0];
      added["content"] = Json::array();
      Json empty = part;
      empty["text"] = "";
      event("response.output_item.added", {{"output_index", i}, {"item", added}});
      event("response.content_part.added", with({{"content_index", 0}, {"part", empty}}));
      for (const std::string& token : tokens_of(part["text"])) {
        event("response.output_text.delta", with({{"content_index", 0}, {"delta", token}, {"logprobs", Json::array()}}));
        writer.wait(world_.scenario.token);
      }
      event("response.output_text.done", with({{"content_index", 0}, {"text", part["text"]}, {"logprobs", Json::array()}}));
      event("response.content_part.done", with({{"content_index", 0}, {"part", part}}));
    } else {
      added["arguments"] = "";
      event("response.output_item.added", {{"output_index", i}, {"item", added}});
      for (const std::string& piece : pieces_of(item["arguments"], 6)) {
        event("response.function_call_arguments.delta", with(Json::object({{"delta", piece}})));
        writer.wait(world_.scenario.token);
      }
      event("response.function_call_arguments.done", with({{"arguments", item["arguments"]}, {"name", item["name"]}}));
    }
    event("response.output_item.done", {{"output_index", i}, {"item", item}});
  }
  if (fault.kind != Fault::Kind::NoDone) event("response." + final["status"].get<std::string>(), Json::object({{"response", final}}));
  return std::move(writer).finish(fault);
}

}  // namespace offhook::services::openai
