#include <offhook/agent/providers/ollama/chat_request.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::ollama {

using chat::ModelMessage;

namespace {

constexpr std::array<std::pair<std::string_view, Think>, 7> kWords{{{"", Think::AsModel},
                                                                    {"off", Think::Off},
                                                                    {"on", Think::On},
                                                                    {"low", Think::Low},
                                                                    {"medium", Think::Medium},
                                                                    {"high", Think::High},
                                                                    {"max", Think::Max}}};

void write_think(Think think, JsonText& out) {
  if (think == Think::AsModel) return;
  if (think == Think::Off || think == Think::On) {
    out.flag("think", think == Think::On);
    return;
  }
  const auto word = std::find_if(kWords.begin(), kWords.end(), [think](const auto& known) { return known.second == think; });
  out.text("think", word->first);
}

/// Writes the members that a question and a load request share. They must be equal, or the server would load the model twice.
void write_model(const ModelOptions& options, JsonText& out) {
  out.text("model", options.model).flag("stream", true).number("keep_alive", options.keep_alive.count());
  out.open("options", '{').number("num_ctx", options.context_tokens);
  if (options.max_tokens) out.number("num_predict", *options.max_tokens);
  if (options.temperature) out.real("temperature", *options.temperature);
  out.close('}');
}

/// Returns `arguments` if they are a JSON object. Returns "{}" for anything else that a model sent, because the server would refuse the
/// whole request.
std::string object_of(std::string_view arguments) {
  json::Parser parser;
  const auto value = json::parse(parser, arguments);
  return value && value->is_object() ? simdjson::minify(*value) : "{}";
}

void write_assistant(std::string_view text, const std::vector<ModelMessage::Call>& calls, JsonText& out) {
  out.open("", '{').text("role", "assistant").text("content", text);
  if (!calls.empty()) {
    out.open("tool_calls", '[');
    for (const auto& call : calls) {
      out.open("", '{').text("id", call.id).open("function", '{').text("name", call.name);
      out.raw("arguments", object_of(call.arguments)).close('}').close('}');
    }
    out.close(']');
  }
  out.close('}');
  for (const auto& call : calls) {
    out.open("", '{').text("role", "tool").text("tool_name", call.name).text("tool_call_id", call.id);
    out.text("content", call.result).close('}');
  }
}

/// Writes the messages, with a text and the function calls after it in one message. Ollama would merge two consecutive messages of the
/// assistant, and would keep both texts, but only the function calls of the first (template.collate).
void write_messages(const std::vector<ModelMessage>& messages, JsonText& out) {
  std::string_view said;
  const auto write_said = [&] {
    if (!said.empty()) write_assistant(std::exchange(said, {}), {}, out);
  };
  for (const ModelMessage& message : messages) {
    switch (message.kind) {
      case ModelMessage::Kind::Assistant:
        write_said();
        said = message.text;
        break;
      case ModelMessage::Kind::Calls: write_assistant(std::exchange(said, {}), message.calls, out); break;
      case ModelMessage::Kind::User:
        write_said();
        out.open("", '{').text("role", "user").text("content", message.text).close('}');
        break;
    }
  }
  write_said();
}

void write_tools(const std::vector<ToolDescription>& tools, JsonText& out) {
  out.open("tools", '[');
  for (const ToolDescription& tool : tools) {
    out.open("", '{').text("type", "function").open("function", '{');
    out.text("name", tool.name).text("description", tool.description);
    out.raw("parameters", tool.parameters.empty() ? R"({"type":"object","properties":{}})" : tool.parameters);
    out.close('}').close('}');
  }
  out.close(']');
}

}  // namespace

std::optional<Think> parse_think(std::string_view word) {
  const auto known = std::find_if(kWords.begin(), kWords.end(), [word](const auto& entry) { return entry.first == word; });
  return known == kWords.end() ? std::nullopt : std::optional(known->second);
}

std::string write_chat_request(const ModelOptions& options, const chat::ModelQuestion& question) {
  JsonText out;
  out.open("", '{');
  write_model(options, out);
  write_think(options.think, out);
  out.open("messages", '[');
  if (!question.prompt.empty()) out.open("", '{').text("role", "system").text("content", question.prompt).close('}');
  write_messages(question.messages, out);
  out.close(']');
  if (question.tools != nullptr && !question.tools->empty()) write_tools(*question.tools, out);
  return out.close('}').take();
}

std::string write_load_request(const ModelOptions& options) {
  JsonText out;
  out.open("", '{');
  write_model(options, out);
  return out.open("messages", '[').close(']').close('}').take();
}

}  // namespace offhook::inline v0::agent::ollama
