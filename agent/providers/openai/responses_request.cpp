#include <offhook/agent/providers/openai/model_request.hpp>

#include <offhook/agent/support/json_text.hpp>

namespace offhook::inline v0::agent::openai {

using chat::ModelMessage;
using chat::ModelQuestion;

namespace {

void write_items(const ModelMessage& message, JsonText& out) {
  if (message.kind != ModelMessage::Kind::Calls) {
    const bool from_user = message.kind == ModelMessage::Kind::User;
    out.open("", '{').text("type", "message").text("role", from_user ? "user" : "assistant").open("content", '[');
    out.open("", '{')
        .text("type", from_user ? "input_text" : "output_text")
        .text("text", message.text)
        .close('}')
        .close(']')
        .close('}');
    return;
  }
  for (const auto& call : message.calls) {
    out.open("", '{').text("type", "function_call").text("call_id", call.id);
    out.text("name", call.name).text("arguments", call.arguments).close('}');
  }
  for (const auto& call : message.calls)
    out.open("", '{').text("type", "function_call_output").text("call_id", call.id).text("output", call.result).close('}');
}

void write_responses_tools(const ModelOptions& options, const std::vector<ToolDescription>& tools, JsonText& out) {
  out.open("tools", '[');
  for (const ToolDescription& tool : tools) {
    out.open("", '{').text("type", "function").text("name", tool.name).text("description", tool.description);
    if (!tool.parameters.empty()) out.raw("parameters", tool.parameters);
    out.flag("strict", false).close('}');  // By default it is true, and the server then refuses most schemas.
  }
  out.close(']');
  if (options.send_tool_choice) out.text("tool_choice", "auto");
  if (!options.parallel_calls) out.flag("parallel_tool_calls", false);
}

}  // namespace

std::string write_responses_request(const ModelOptions& options, const ModelQuestion& question) {
  JsonText out;
  out.open("", '{').text("model", options.model).flag("stream", true).flag("store", options.store);
  if (options.send_stream_options) out.open("stream_options", '{').flag("include_obfuscation", false).close('}');
  if (options.temperature) out.real("temperature", *options.temperature);
  if (options.max_tokens) out.number("max_output_tokens", *options.max_tokens);
  if (!options.reasoning_effort.empty()) out.open("reasoning", '{').text("effort", options.reasoning_effort).close('}');
  if (!options.service_tier.empty()) out.text("service_tier", options.service_tier);
  if (!question.prompt.empty()) out.text("instructions", question.prompt);
  out.open("input", '[');
  for (const ModelMessage& message : question.messages) write_items(message, out);
  out.close(']');
  if (question.tools != nullptr && !question.tools->empty()) write_responses_tools(options, *question.tools, out);
  return out.close('}').take();
}

}  // namespace offhook::inline v0::agent::openai
