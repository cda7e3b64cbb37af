#include <offhook/agent/tools/mcp/rpc_message.hpp>

#include <offhook/agent/support/json_in.hpp>
#include <offhook/agent/support/json_text.hpp>
#include <offhook/base/text.hpp>

namespace offhook::inline v0::agent::tools::mcp {

namespace {

constexpr std::string_view kVersion = "2.0";

std::string json_of(const json::Element& object, std::string_view name) {
  json::Element value;
  return object.at_key(name).get(value) == simdjson::SUCCESS ? std::string(simdjson::minify(value)) : std::string();
}

/// Returns the id: a string or an integer. Any other value, including null, is not an id.
std::optional<std::string> id_of(const json::Element& object) {
  json::Element id;
  if (object.at_key("id").get(id) != simdjson::SUCCESS) return std::nullopt;
  if (!id.is_string() && !id.is_int64() && !id.is_uint64()) return std::nullopt;
  std::string text = simdjson::minify(id);
  return text.size() <= kMaxIdBytes ? std::optional(std::move(text)) : std::nullopt;
}

std::optional<RpcMessage> call_of(const json::Element& object, std::string_view method) {
  if (method.empty() || method.size() > kMaxMethodBytes) return std::nullopt;
  json::Element any;
  const bool has_id = object.at_key("id").get(any) == simdjson::SUCCESS;
  const auto id = id_of(object);
  if (has_id && !id) return std::nullopt;
  const auto kind = has_id ? RpcMessage::Kind::Request : RpcMessage::Kind::Notification;
  return RpcMessage{kind, id.value_or(""), std::string(method), json_of(object, "params"), 0};
}

std::optional<RpcMessage> message_of(const json::Element& element) {
  if (!element.is_object() || json::text(element, "jsonrpc") != kVersion) return std::nullopt;
  if (const auto method = json::member(element, "method")) {
    return method->is_string() ? call_of(element, json::text(element, "method")) : std::nullopt;
  }
  if (const auto error = json::member(element, "error")) {
    const auto code = json::number(*error, "code");
    if (!error->is_object() || !code) return std::nullopt;
    return RpcMessage{RpcMessage::Kind::Error, id_of(element).value_or(""), {}, json_of(*error, "data"), *code};
  }
  const auto id = id_of(element);
  std::string result = json_of(element, "result");
  if (!id || result.empty()) return std::nullopt;
  return RpcMessage{RpcMessage::Kind::Result, *id, {}, std::move(result), 0};
}

JsonText begin_message() {
  JsonText text;
  text.open("", '{').text("jsonrpc", kVersion);
  return text;
}

}  // namespace

std::optional<std::uint64_t> RpcMessage::number() const { return base::parse_number<std::uint64_t>(id); }

std::string_view to_string(RpcError error) {
  switch (error) {
    case RpcError::TooLong: return "it is too long";
    case RpcError::NotJson: return "it is not JSON";
    case RpcError::TooDeep: return "it is nested too deeply";
    case RpcError::NotAMessage: return "it is not a message of JSON-RPC 2.0";
    case RpcError::TooMany: return "it holds too many messages";
  }
  return "it cannot be used";
}

base::Result<std::vector<RpcMessage>, RpcError> read_messages(std::string_view text) {
  if (text.size() > kMaxMessageBytes) return base::fail(RpcError::TooLong);
  json::Parser parser;
  // The parser refuses the depth of its argument, so add 1.
  if (parser.allocate(text.size(), kMaxMessageDepth + 1) != simdjson::SUCCESS) return base::fail(RpcError::TooLong);
  json::Element root;
  if (const auto error = parser.parse(text.empty() ? "" : text.data(), text.size(), true).get(root); error != simdjson::SUCCESS) {
    return base::fail(error == simdjson::DEPTH_ERROR ? RpcError::TooDeep : RpcError::NotJson);
  }
  std::vector<RpcMessage> messages;
  simdjson::dom::array list;
  if (root.get(list) != simdjson::SUCCESS) {
    auto message = message_of(root);
    if (!message) return base::fail(RpcError::NotAMessage);
    messages.push_back(std::move(*message));
    return messages;
  }
  for (const json::Element element : list) {
    if (messages.size() == kMaxBatch) return base::fail(RpcError::TooMany);
    if (auto message = message_of(element)) messages.push_back(std::move(*message));
  }
  return messages;
}

std::string write_request(std::uint64_t id, std::string_view method, std::string_view params) {
  return begin_message().raw("id", std::to_string(id)).text("method", method).raw("params", params).close('}').take();
}

std::string write_notification(std::string_view method, std::string_view params) {
  JsonText text = begin_message().text("method", method);
  if (!params.empty()) text.raw("params", params);
  return text.close('}').take();
}

std::string write_answer(std::string_view id, std::string_view result) {
  return begin_message().raw("id", id).raw("result", result).close('}').take();
}

std::string write_refusal(std::string_view id, std::int64_t code, std::string_view message) {
  JsonText text = begin_message().raw("id", id);
  return text.open("error", '{').number("code", code).text("message", message).close('}').close('}').take();
}

}  // namespace offhook::inline v0::agent::tools::mcp
