#include <offhook/agent/providers/deepgram/agent_messages.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/agent/support/utf8.hpp>
#include <offhook/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace offhook::inline v0::agent::deepgram {

struct AgentMessageReader::Json {
  json::Parser parser;
};

namespace {

using Kind = AgentMessage::Kind;

constexpr std::array<std::pair<std::string_view, Kind>, 12> kKinds{{{"Welcome", Kind::Welcome},
                                                                     {"SettingsApplied", Kind::SettingsApplied},
                                                                     {"ConversationText", Kind::AgentText},
                                                                     {"UserStartedSpeaking", Kind::UserStartedSpeaking},
                                                                     {"AgentThinking", Kind::AgentThinking},
                                                                     {"AgentStartedSpeaking", Kind::AgentStartedSpeaking},
                                                                     {"FunctionCallRequest", Kind::FunctionCallRequest},
                                                                     {"FunctionCallCancelled", Kind::FunctionCallCancelled},
                                                                     {"AgentAudioDone", Kind::AgentAudioDone},
                                                                     {"InjectionRefused", Kind::InjectionRefused},
                                                                     {"Error", Kind::Error},
                                                                     {"Warning", Kind::Warning}}};

Kind kind_of(std::string_view type) {
  const auto found = std::find_if(kKinds.begin(), kKinds.end(), [type](const auto& each) { return each.first == type; });
  return found == kKinds.end() ? Kind::Passed : found->second;
}

/// Returns `text` if it is a name, such as an error's; "" if it is a sentence, because it may quote the caller.
std::string code_of(std::string_view text) {
  constexpr std::size_t kLongest = 64;
  const auto is_named = [](char c) { return (c >= 'A' && c <= 'Z') || base::is_digit(c) || c == '_' || c == '-'; };
  return text.size() <= kLongest && std::all_of(text.begin(), text.end(), is_named) ? std::string(text) : std::string();
}

/// Reads a function. `asked`: in a FunctionCallRequest, skips a function that the server itself calls (`client_side` false).
void read_function(const json::Element& function, bool asked, AgentMessage& out) {
  if (!function.is_object() || (asked && !json::flag(function, "client_side"))) return;
  const std::string_view id = json::text(function, "id"), name = json::text(function, "name");
  const std::string_view arguments = json::text(function, "arguments");
  const auto is_name = [](std::string_view text) { return !text.empty() && text.size() <= AgentMessageReader::kMaxName; };
  const bool is_good = is_name(id) && is_name(name) && arguments.size() <= AgentMessageReader::kMaxArguments;
  if (!is_good || out.functions.size() == AgentMessageReader::kMaxFunctions) {
    ++out.functions_dropped;
    return;
  }
  out.functions.push_back({std::string(id), std::string(name), std::string(arguments)});
}

void read_statement(const json::Element& root, AgentMessage& out) {
  const std::string_view role = json::text(root, "role");
  if (role == "user") out.kind = Kind::UserText;
  else if (role != "assistant") out.kind = Kind::Passed;
  out.text = cut_utf8(json::text(root, "content"), AgentMessageReader::kMaxText);
}

}  // namespace

AgentMessageReader::AgentMessageReader() : json_(std::make_unique<Json>()) {}
AgentMessageReader::~AgentMessageReader() = default;

std::optional<AgentMessage> AgentMessageReader::read(std::string_view frame) {
  const auto root = json::parse(json_->parser, frame);
  if (!root || !root->is_object()) return std::nullopt;
  const std::string_view type = json::text(*root, "type");
  if (type.empty()) return std::nullopt;
  AgentMessage message;
  message.kind = kind_of(type);
  const bool asked = message.kind == Kind::FunctionCallRequest;
  if (message.kind == Kind::AgentText) read_statement(*root, message);
  if (message.kind == Kind::Error || message.kind == Kind::Warning) message.code = code_of(json::text(*root, "code"));
  if (asked || message.kind == Kind::FunctionCallCancelled)
    json::for_each(*root, "functions", [&](const json::Element& function) { read_function(function, asked, message); });
  return message;
}

std::string write_user_message(std::string_view text) {
  return JsonText().open("", '{').text("type", "InjectUserMessage").text("content", text).close('}').take();
}

std::string write_prompt(std::string_view text) {
  return JsonText().open("", '{').text("type", "UpdatePrompt").text("prompt", text).close('}').take();
}

std::string write_function_response(const FunctionAsked& call, std::string_view content) {
  JsonText out;
  out.open("", '{').text("type", "FunctionCallResponse").text("id", call.id).text("name", call.name).text("content", content).close('}');
  return out.take();
}

}  // namespace offhook::inline v0::agent::deepgram
