#include <offhook/tests/services/ollama/sim_ollama.hpp>

#include <offhook/tests/services/ollama/chat_checks.hpp>
#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

namespace offhook::services::ollama {

using Json = nlohmann::json;
using openai::BodyWriter;
using openai::json_answer;
using openai::member;

namespace {

constexpr std::string_view kThought = "The caller wants to know something. Let me think.";

/// Returns an error in Ollama's form, with a sentence.
HttpPlan refusal(int status, const std::string& sentence) {
  auto step = json_answer({{"error", sentence}});
  step.status = status;
  return {{step}};
}

Json line_of(const Json& body, Json message) {
  return {{"model", body["model"]}, {"created_at", "2026-08-21T10:00:00.000000001Z"}, {"message", std::move(message)}, {"done", false}};
}

Json last_line(const Json& body, const std::string& reason, std::size_t tokens, base::Duration load) {
  Json line = line_of(body, {{"role", "assistant"}, {"content", ""}});
  line["done"] = true;
  line["done_reason"] = reason;
  if (reason == "load" || reason == "unload") return line;
  const auto load_ns = std::chrono::duration_cast<std::chrono::nanoseconds>(load).count();
  line.update({{"total_duration", load_ns + 90000000}, {"load_duration", load_ns}, {"prompt_eval_count", body["messages"].dump().size() / 4},
               {"prompt_eval_duration", 30000000}, {"eval_count", tokens}, {"eval_duration", 60000000}});
  return line;
}

/// Returns the time at which the plan ends, or TimePoint::max() if it stalls.
base::TimePoint end_of(const HttpPlan& plan, base::TimePoint now) {
  if (plan.steps.empty()) return base::TimePoint::max();
  const auto& last = plan.steps.back();
  const bool ends = last.what != HttpPlan::What::Begin && last.what != HttpPlan::What::Bytes;
  return ends ? now + last.at : base::TimePoint::max();
}

}  // namespace

SimOllama::SimOllama(Scenario scenario, SimLog log)
    : scenario_(std::move(scenario)), world_{scenario_.answers, *openai::RecordedVoices::make("tone", {40}), std::move(log)}, http_(world_), memory_(scenario_) {}

const Model* SimOllama::model_of(const Json& body) const {
  const std::string name = with_tag(member(body, "model"));
  const auto found = std::find_if(scenario_.models.begin(), scenario_.models.end(), [&](const Model& model) { return model.name == name; });
  return found == scenario_.models.end() ? nullptr : &*found;
}

SimOllama::Served SimOllama::serve(const WebRequest& request, base::TimePoint now) {
  const std::string_view path = std::string_view(request.target).substr(0, request.target.find('?'));
  const std::uint64_t number = ++requests_;
  world_.note(now, "request", {{"method", request.method}, {"path", path}, {"octets", request.body.size()}});
  if (!http_.key_is_right(request)) {
    world_.note(now, "refused", {{"why", "the key is wrong"}});
    return {refusal(401, "unauthorized"), number};
  }
  try {
    return {path.starts_with("/v1/") ? compatible(request, now) : route(request, now), number};
  } catch (const Json::exception& error) {
    return {refusal(400, error.what()), number};
  }
}

HttpPlan SimOllama::route(const WebRequest& request, base::TimePoint now) {
  const std::string asked = request.method + " " + request.target.substr(0, request.target.find('?'));
  if (asked == "POST /api/chat") return chat(Json::parse(request.body), now);
  if (asked == "GET /api/version") return {{json_answer({{"version", "0.32.1"}})}};
  Json models = Json::array();
  for (const Model& model : scenario_.models) {
    Json entry = {{"name", model.name}, {"model", model.name}, {"modified_at", "2026-08-21T10:00:00Z"}, {"size", 2019393189}, {"digest", "a80c4f17acd5"},
                  {"details", {{"format", "gguf"}, {"family", "llama"}, {"parameter_size", "3.2B"}, {"quantization_level", "Q4_K_M"}}}};
    if (asked == "GET /api/tags") models.push_back(entry);
    if (const auto& loaded = memory_.loaded(now); asked == "GET /api/ps" && loaded.contains(model.name)) {
      entry["context_length"] = loaded.at(model.name).context_tokens;
      models.push_back(entry);
    }
  }
  if (asked == "GET /api/tags" || asked == "GET /api/ps") return {{json_answer({{"models", models}})}};
  if (asked != "POST /api/show") return {{{HttpPlan::What::Whole, {}, 404, {{"content-type", "text/plain"}}, "404 page not found"}}};
  const Json body = Json::parse(request.body);
  const Model* model = model_of(body);
  if (model == nullptr) return refusal(404, "model '" + member(body, "model") + "' not found");
  Json abilities = {"completion"};
  if (model->tools) abilities.push_back("tools");
  if (model->thinks) abilities.push_back("thinking");
  return {{json_answer({{"capabilities", abilities}, {"details", {{"family", "llama"}}}})}};
}

HttpPlan SimOllama::chat(const Json& body, base::TimePoint now) {
  if (!body.is_object() || member(body, "model").empty()) return refusal(400, "model is required");
  const Model* const model = model_of(body);
  if (model == nullptr) return refusal(404, "model '" + member(body, "model") + "' not found");
  if (const std::string wrong = complaint_about(body, *model); !wrong.empty()) return refusal(400, wrong);
  const base::Duration keep_alive = body.contains("keep_alive") ? *keep_alive_in(body["keep_alive"]) : std::chrono::minutes(5);
  const bool says_nothing = body.value("messages", Json::array()).empty();
  if (says_nothing && keep_alive == base::Duration::zero()) {
    memory_.unload(model->name);
    return {{json_answer(last_line(body, "unload", 0, {}))}};
  }
  const auto ready = memory_.load(model->name, body.value("options", Json::object()).value("num_ctx", std::int64_t{4096}), now);
  HttpPlan plan;
  if (says_nothing) {
    plan = {{json_answer(last_line(body, "load", 0, {}))}};
    plan.steps[0].at = ready - now;
    world_.note(now, "load", {{"model", model->name}, {"due_us", openai::microseconds(ready)}});
  } else {
    plan = answer({body, *model, ready - now, now});
  }
  memory_.keep(model->name, end_of(plan, now), keep_alive);
  return plan;
}

HttpPlan SimOllama::answer(const Ask& ask) {
  const Json& messages = ask.body["messages"];
  const auto number = static_cast<std::size_t>(std::count_if(messages.begin(), messages.end(), [](const Json& message) { return member(message, "role") == "assistant"; }));
  const std::string words = openai::content_text(messages.back());
  const Reply& reply = openai::choose_reply(scenario_.answers, words, number);
  const openai::Endpoint& endpoint = scenario_.answers.chat;
  Fault fault = endpoint.fault(asked_++);
  if (fault.kind == Fault::Kind::None) fault = reply.fault;
  if (fault.kind != Fault::Kind::None) world_.note_fault(ask.now, "chat", openai::to_string(fault.kind));
  if (fault.kind == Fault::Kind::Status) return refusal(fault.status, fault.message);
  const auto turn = memory_.turn_of(ask.now);
  if (!turn) return refusal(503, "server busy, please try again.  maximum pending requests exceeded");
  if (*turn == base::TimePoint::max()) {  // The answer that is running never ends.
    memory_.answers(requests_, *turn);
    return {};
  }
  const auto begins = std::max(*turn - ask.now, ask.load) + (reply.response ? *reply.response : endpoint.response.value_or(scenario_.answers.response));
  Json members = {{"words", words}, {"text", reply.text}, {"calls", reply.calls.size()}, {"messages", messages.size()}, {"due_us", openai::microseconds(ask.now + begins)}};
  if (fault.kind != Fault::Kind::None) members["fault"] = openai::to_string(fault.kind);
  world_.note(ask.now, "answer", std::move(members));
  HttpPlan plan = write(ask, reply, fault, begins);
  memory_.answers(requests_, end_of(plan, ask.now));
  return plan;
}

Json SimOllama::calls_of(const Reply& reply, bool with_ids) {
  Json calls = Json::array();
  for (const Call& call : reply.calls) {
    Json function = {{"name", call.name}, {"arguments", Json::parse(call.arguments)}};
    function["index"] = with_ids ? calls.size() : 0;
    Json each = {{"function", std::move(function)}};
    if (with_ids) each["id"] = "call_" + std::to_string(++next_id_);
    calls.push_back(std::move(each));
  }
  return calls;
}

HttpPlan SimOllama::write(const Ask& ask, const Reply& reply, const Fault& fault, base::Duration begins) {
  const Json& body = ask.body;
  const bool empty = fault.kind == Fault::Kind::Empty, thinks = ask.model.thinks && body.value("think", Json(true)) != Json(false);
  const std::string reason = fault.kind == Fault::Kind::Incomplete ? "length" : "stop", text = empty ? "" : reply.text;
  const Json calls = empty ? Json::array() : calls_of(reply, fault.kind != Fault::Kind::NoToolId);
  const Json last = last_line(body, reason, text.size() / 4 + 1, ask.load);
  if (!body.value("stream", true)) {
    Json whole = last;
    whole["message"]["content"] = text;
    if (thinks) whole["message"]["thinking"] = kThought;
    if (!calls.empty()) whole["message"]["tool_calls"] = calls;
    BodyWriter writer("application/json; charset=utf-8", begins, openai::Framing::Lines);
    writer.bytes(whole.dump());
    return std::move(writer).finish(fault);
  }
  BodyWriter writer("application/x-ndjson", begins, openai::Framing::Lines);
  const auto line = [&](Json message) {
    message["role"] = "assistant";
    writer.event(line_of(body, std::move(message)));
    writer.wait(scenario_.answers.token);
  };
  if (thinks) {
    for (const std::string& token : openai::tokens_of(std::string(kThought))) line({{"content", ""}, {"thinking", token}});
  }
  for (const std::string& token : openai::tokens_of(text)) line({{"content", token}});
  for (const Json& call : calls) line({{"content", ""}, {"tool_calls", Json::array({call})}});
  if (fault.kind != Fault::Kind::NoDone) writer.event(last);
  return std::move(writer).finish(fault);
}

/// Serves the OpenAI-compatible interface with OpenAI's simulator. Only the list of models is Ollama's.
HttpPlan SimOllama::compatible(const WebRequest& request, base::TimePoint now) {
  if (request.method == "GET" && request.target.starts_with("/v1/models")) {
    Json models = Json::array();
    for (const Model& model : scenario_.models) models.push_back({{"id", model.name}, {"object", "model"}, {"created", 1790000000}, {"owned_by", "library"}});
    return {{json_answer({{"object", "list"}, {"data", models}})}};
  }
  const Json body = Json::parse(request.body);
  if (model_of(body) == nullptr) return {{openai::error_answer(404, "not_found_error", "", "model '" + member(body, "model") + "' not found")}};
  return http_.serve(request, now);
}

}  // namespace offhook::services::ollama
