#include <offhook/tests/services/ollama/chat_checks.hpp>

#include <offhook/tests/services/openai/request_checks.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace offhook::services::ollama {

using Json = nlohmann::json;
using openai::member;

namespace {

using Names = std::initializer_list<std::string_view>;

/// Returns a complaint about unknown members, or "". Ollama ignores such members, but the test must find a typing error of Offhook.
std::string only(const Json& object, std::string_view where, Names names) {
  if (!object.is_object()) return std::string(where) + " is no object";
  for (const auto& [name, value] : object.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) return std::string(where) + " has no member \"" + name + "\"";
  }
  return {};
}

std::string complaint_about_message(const Json& message, const std::string& role_before) {
  if (auto wrong = only(message, "a message", {"role", "content", "thinking", "images", "tool_calls", "tool_name", "tool_call_id"}); !wrong.empty()) return wrong;
  const std::string role = member(message, "role");
  if (role != "system" && role != "user" && role != "assistant" && role != "tool") return "no such role: \"" + role + "\"";
  if (!message.value("content", Json("")).is_string()) return "json: cannot unmarshal into Go struct field ChatRequest.messages.content of type string";
  // Ollama would join the two messages, and lose the calls of the second.
  if (role == "assistant" && role_before == "assistant") return "two messages of the assistant in a row";
  for (const Json& call : message.value("tool_calls", Json::array())) {
    if (role != "assistant") return "calls of somebody else than the assistant";
    const Json function = call.value("function", Json());
    if (auto wrong = only(call, "a call", {"id", "function"}); !wrong.empty()) return wrong;
    if (auto wrong = only(function, "a function", {"index", "name", "arguments"}); !wrong.empty()) return wrong;
    if (!function.value("arguments", Json()).is_object()) return "json: cannot unmarshal into Go struct field ChatRequest.messages.tool_calls.function.arguments";
  }
  return {};
}

std::string complaint_about_messages(const Json& messages) {
  if (!messages.is_array()) return "json: cannot unmarshal into Go struct field ChatRequest.messages of type []api.Message";
  std::string role_before;
  std::vector<std::string> called;
  for (const Json& message : messages) {
    if (auto wrong = complaint_about_message(message, role_before); !wrong.empty()) return wrong;
    role_before = member(message, "role");
    for (const Json& call : message.value("tool_calls", Json::array())) called.push_back(member(call["function"], "name"));
    if (role_before != "tool") continue;
    const auto known = std::find(called.begin(), called.end(), member(message, "tool_name"));
    if (known == called.end()) return "the result of a tool that was not called: \"" + member(message, "tool_name") + "\"";
    called.erase(known);
  }
  return called.empty() ? "" : "no result of the tool \"" + called.front() + "\"";
}

}  // namespace

std::string complaint_about(const Json& body, const Model& model) {
  if (auto wrong = only(body, "the request", {"model", "messages", "stream", "format", "keep_alive", "tools", "options", "think", "truncate", "shift"}); !wrong.empty())
    return wrong;
  if (auto wrong = only(body.value("options", Json::object()), "options",
                        {"num_ctx", "num_predict", "temperature", "top_p", "top_k", "min_p", "seed", "stop", "repeat_penalty", "repeat_last_n"});
      !wrong.empty())
    return wrong;
  const Json think = body.value("think", Json());
  if (!think.is_null() && !think.is_boolean() && !(think.is_string() && (think == "low" || think == "medium" || think == "high" || think == "max")))
    return "invalid think value: " + think.dump() + " (must be \"high\", \"medium\", \"low\", \"max\", true, or false)";
  if (!model.thinks && !think.is_null() && think != false) return "\"" + model.name + "\" does not support thinking";
  const Json tools = body.value("tools", Json::array());
  if (!tools.empty() && !model.tools) return "registry.ollama.ai/library/" + model.name + " does not support tools";
  for (const Json& tool : tools) {
    if (member(tool, "type") != "function" || member(tool.value("function", Json()), "name").empty() || !tool["function"].value("parameters", Json()).is_object())
      return "a tool is {type: \"function\", function: {name, description, parameters}}";
  }
  if (body.contains("keep_alive") && !keep_alive_in(body["keep_alive"])) return "time: invalid duration " + body["keep_alive"].dump();
  return complaint_about_messages(body.value("messages", Json::array()));
}

std::optional<base::Duration> keep_alive_in(const Json& value) {
  using std::chrono::duration_cast;
  if (value.is_number()) return duration_cast<base::Duration>(std::chrono::duration<double>(value.get<double>()));
  if (!value.is_string()) return std::nullopt;
  const auto text = value.get<std::string>();
  static constexpr std::array<std::pair<std::string_view, double>, 4> kUnits{{{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}}};
  double seconds = 0;
  for (const char *at = text.data(), *end = at + text.size(); at != end;) {
    double number = 0;
    const auto [behind, error] = std::from_chars(at, end, number);
    const std::string_view rest(behind, static_cast<std::size_t>(end - behind));
    const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [rest](const auto& known) { return rest.starts_with(known.first); });
    if (error != std::errc{} || unit == kUnits.end()) return std::nullopt;
    seconds += number * unit->second;
    at = behind + unit->first.size();
  }
  if (text.empty()) return std::nullopt;
  return duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace offhook::services::ollama
