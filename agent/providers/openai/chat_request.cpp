#include <offhook/agent/providers/openai/model_request.hpp>

#include <offhook/agent/support/json_text.hpp>

namespace offhook::inline v0::agent::openai {

using chat::ModelMessage;
using chat::ModelQuestion;

namespace {

void write_message(const ModelMessage& message, JsonText& out) {
  if (message.kind != ModelMessage::Kind::Calls) {
    const bool from_user = message.kind == ModelMessage::Kind::User;
    out.open("", '{').text("role", from_user ? "user" : "assistant").text("content", message.text).close('}');
    return;
  }
  out.open("", '{').text("role", "assistant").null("content").open("tool_calls", '[');
  for (const auto& call : message.calls) {
    out.open("", '{').text("id", call.id).text("type", "function");
    out.open("function", '{').text("name", call.name).text("arguments", call.arguments).close('}').close('}');
  }
  out.close(']').close('}');
  for (const auto& call : message.calls)
    out.open("", '{').text("role", "tool").text("tool_call_id", call.id).text("content", call.result).close('}');
}

void write_chat_tools(const ModelOptions& options, const std::vector<ToolDescription>& tools, JsonText& out) {
  out.open("tools", '[');
  for (const ToolDescription& tool : tools) {
    out.open("", '{')
        .text("type", "function")
        .open("function", '{')
        .text("name", tool.name)
        .text("description", tool.description);
    if (!tool.parameters.empty()) out.raw("parameters", tool.parameters);
    out.close('}').close('}');
  }
  out.close(']');
  if (options.send_tool_choice) out.text("tool_choice", "auto");
  if (!options.parallel_calls) out.flag("parallel_tool_calls", false);
}

}  // namespace

std::string write_chat_request(const ModelOptions& options, const ModelQuestion& question) {
  JsonText out;
  out.open("", '{').text("model", options.model).flag("stream", true);
  if (options.send_stream_options)
    out.open("stream_options", '{').flag("include_usage", true).flag("include_obfuscation", false).close('}');
  if (options.temperature) out.real("temperature", *options.temperature);
  if (options.max_tokens) out.number(options.legacy_max_tokens ? "max_tokens" : "max_completion_tokens", *options.max_tokens);
  if (!options.reasoning_effort.empty()) out.text("reasoning_effort", options.reasoning_effort);
  if (!options.service_tier.empty()) out.text("service_tier", options.service_tier);
  out.open("messages", '[');
  if (!question.prompt.empty()) out.open("", '{').text("role", options.prompt_role).text("content", question.prompt).close('}');
  for (const ModelMessage& message : question.messages) write_message(message, out);
  out.close(']');
  if (question.tools != nullptr && !question.tools->empty()) write_chat_tools(options, *question.tools, out);
  return out.close('}').take();
}

}  // namespace offhook::inline v0::agent::openai
