#include <offhook/tests/services/openai/sim_http.hpp>

#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>

namespace offhook::services::openai {

using Json = nlohmann::json;

namespace {

/// Returns nullopt if the messages are a valid conversation, and OpenAI's error otherwise.
std::optional<HttpPlan::Step> check_messages(const Json& messages) {
  const auto bad = [](const std::string& message, const std::string& param) { return error_answer(400, "invalid_request_error", "", message, param); };
  if (!messages.is_array() || messages.empty()) return bad("Invalid 'messages': expected an array with at least one message.", "messages");
  std::vector<std::string> open_calls;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const Json& message = messages[i];
    const std::string role = member(message, "role"), param = "messages.[" + std::to_string(i) + "]";
    if (role == "tool") {
      if (std::erase(open_calls, member(message, "tool_call_id")) == 0) {
        return bad("Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.", param + ".role");
      }
      continue;
    }
    if (!open_calls.empty()) {
      return bad("An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. No response for: " + open_calls.front(), param);
    }
    if (role != "system" && role != "developer" && role != "user" && role != "assistant") return bad("Invalid value: '" + role + "'.", param + ".role");
    for (const Json& call : message.value("tool_calls", Json::array())) {
      if (member(call, "type") != "function" || !call.value("function", Json()).is_object() || !call["function"].value("arguments", Json()).is_string()) {
        return bad("Invalid 'tool_calls': each is {id, type: \"function\", function: {name, arguments}}.", param + ".tool_calls");
      }
      open_calls.push_back(member(call, "id"));
    }
    if (role != "assistant" && message.value("content", Json()).is_null()) return bad("Invalid value for 'content': expected a string, got null.", param + ".content");
  }
  if (!open_calls.empty()) return bad("An assistant message with 'tool_calls' must be followed by tool messages.", "messages");
  return std::nullopt;
}

std::optional<HttpPlan::Step> check_chat(const Json& body) {
  auto refused = only_known(body, {"model", "messages", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "temperature", "top_p", "n", "stop", "max_tokens",
                                   "max_completion_tokens", "response_format", "presence_penalty", "frequency_penalty", "logit_bias", "logprobs", "top_logprobs", "user", "seed", "store",
                                   "metadata", "service_tier", "reasoning_effort", "modalities", "prediction", "safety_identifier", "prompt_cache_key", "verbosity"});
  if (refused) return refused;
  if (member(body, "model").empty()) return error_answer(400, "invalid_request_error", "", "you must provide a model parameter", "model");
  for (const Json& tool : body.value("tools", Json::array())) {
    if (member(tool, "type") != "function" || !tool.contains("function") || member(tool["function"], "name").empty()) {
      return error_answer(400, "invalid_request_error", "missing_required_parameter", "Missing required parameter: 'tools[0].function'.", "tools[0].function");
    }
  }
  if (body.contains("stream_options") && !body.value("stream", false)) {
    return error_answer(400, "invalid_request_error", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options");
  }
  return check_messages(body.value("messages", Json()));
}

Json usage_of(const Json& body, const Reply& reply) {
  const std::size_t in = body["messages"].dump().size() / 4, out = reply.text.size() / 4 + 8 * reply.calls.size() + 1;
  return {{"prompt_tokens", in}, {"completion_tokens", out}, {"total_tokens", in + out}, {"prompt_tokens_details", {{"cached_tokens", 0}, {"audio_tokens", 0}}}};
}

std::string finish_reason(const Reply& reply, const Fault& fault) {
  if (fault.kind == Fault::Kind::Incomplete) return "length";
  if (fault.kind == Fault::Kind::Failed) return "content_filter";
  return reply.calls.empty() ? "stop" : "tool_calls";
}

}  // namespace

HttpPlan SimHttp::chat(const Ask& ask) {
  const Json body = Json::parse(ask.request.body);
  if (const auto refused = check_chat(body)) return {{*refused}};
  const Json& messages = body["messages"];
  const auto number = static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), [](const Json& message) { return member(message, "role") == "assistant"; }));
  const std::string words = content_text(messages.back());
  const Reply& reply = choose_reply(world_.scenario, words, number);
  const Fault& fault = fault_of(ask, &reply);
  const auto begins = delay_of(ask, &reply);
  note(ask, fault, begins, {{"words", words}, {"text", reply.text}, {"calls", reply.calls.size()}, {"messages", messages.size()}});
  if (body.value("stream", false)) return stream_chat(body, reply, fault, begins);
  Json message = {{"role", "assistant"}, {"content", reply.text.empty() ? Json() : Json(reply.text)}, {"refusal", nullptr}};
  if (fault.kind == Fault::Kind::Empty) message["content"] = "";
  for (const Call& call : reply.calls) {
    message["tool_calls"].push_back({{"id", make_id("call_")}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", call.arguments}}}});
  }
  BodyWriter writer("application/json", begins);
  writer.bytes(Json{{"id", make_id("chatcmpl-")}, {"object", "chat.completion"}, {"created", kCreated}, {"model", body["model"]},
                    {"choices", Json::array({Json{{"index", 0}, {"message", message}, {"logprobs", nullptr}, {"finish_reason", finish_reason(reply, fault)}}})},
                    {"usage", usage_of(body, reply)}}.dump());
  return std::move(writer).finish(fault);
}

HttpPlan SimHttp::stream_chat(const Json& body, const Reply& reply, const Fault& fault, base::Duration begins) {
  const Json options = body.value("stream_options", Json::object());
  const bool wants_usage = options.value("include_usage", false), obfuscates = options.value("include_obfuscation", true);
  const std::string id = make_id("chatcmpl-");
  BodyWriter writer("text/event-stream; charset=utf-8", begins);
  const auto chunk = [&](Json choices, Json usage = nullptr) {
    Json event = {{"id", id}, {"object", "chat.completion.chunk"}, {"created", kCreated}, {"model", body["model"]}, {"service_tier", "default"}, {"choices", std::move(choices)}};
    if (wants_usage) event["usage"] = std::move(usage);
    if (obfuscates) event["obfuscation"] = std::string(1 + id.size() % 7, 'x');
    writer.event(event);
  };
  const auto delta = [&](Json what, Json finish = nullptr) {
    chunk(Json::array({Json{{"index", 0}, {"delta", std::move(what)}, {"logprobs", nullptr}, {"finish_reason", std::move(finish)}}}));
  };
  delta({{"role", "assistant"}, {"content", reply.calls.empty() ? Json("") : Json()}, {"refusal", nullptr}});
  if (fault.kind != Fault::Kind::Empty) {
    for (const std::string& token : tokens_of(reply.text)) {
      delta(Json::object({{"content", token}}));
      writer.wait(world_.scenario.token);
    }
    for (std::size_t i = 0; i < reply.calls.size(); ++i) {
      const Call& call = reply.calls[i];
      Json first = {{"index", i}, {"id", make_id("call_")}, {"type", "function"}, {"function", {{"name", call.name}, {"arguments", ""}}}};
      if (fault.kind == Fault::Kind::NoToolId) {  // With this fault, the whole call is in one piece too.
        delta(Json::object({{"tool_calls", Json::array({Json{{"function", {{"name", call.name}, {"arguments", call.arguments}}}}})}}));
        continue;
      }
      delta(Json::object({{"tool_calls", Json::array({first})}}));
      for (const std::string& piece : pieces_of(call.arguments, 6)) {
        delta(Json::object({{"tool_calls", Json::array({Json{{"index", i}, {"function", Json::object({{"arguments", piece}})}}})}}));
        writer.wait(world_.scenario.token);
      }
    }
  }
  delta(Json::object(), finish_reason(reply, fault));
  if (wants_usage) chunk(Json::array(), usage_of(body, reply));
  if (fault.kind != Fault::Kind::NoDone) writer.done();
  return std::move(writer).finish(fault);
}

}  // namespace offhook::services::openai
