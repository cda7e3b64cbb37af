#include <offhook/agent/config/tool_servers.hpp>

#include <offhook/agent/config/nested.hpp>

#include <string>

namespace offhook::inline v0::agent::config {

namespace {

const std::vector<JsonValue>& items_of(const JsonValue& object, const char* name) {
  static const std::vector<JsonValue> none;
  const JsonValue* list = member(object, name);
  return list != nullptr ? list->items : none;
}

std::vector<std::string> texts_of(const JsonValue& object, const char* list, const char* name) {
  std::vector<std::string> texts;
  for (const JsonValue& item : items_of(object, list)) texts.push_back(text_of(item, name));
  return texts;
}

ToolServerSettings::Named named_of(const JsonValue& object, const char* list) {
  ToolServerSettings::Named all;
  for (const JsonValue& item : items_of(object, list)) all.emplace_back(text_of(item, "name"), Secret(text_of(item, "value")));
  return all;
}

ToolServerSettings read_one(const std::string& name, const JsonValue& tree) {
  ToolServerSettings out;
  out.name = name;
  out.command = texts_of(tree, "command", "word");
  out.environment = named_of(tree, "environment");
  out.directory = text_of(tree, "directory");
  out.url = text_of(tree, "url");
  if (const JsonValue* plain = member(tree, "plain_http")) out.plain_http = plain->flag;
  out.openapi = text_of(tree, "openapi");
  out.operations = texts_of(tree, "operations", "id");
  out.token = Secret(text_of(tree, "token"));
  out.headers = named_of(tree, "headers");
  if (const JsonValue* oauth = member(tree, "oauth")) {
    out.oauth = ToolServerSettings::Oauth{text_of(*oauth, "client_id"), text_of(*oauth, "token_url"), text_of(*oauth, "issuer"), text_of(*oauth, "scope"),
                                          Secret(text_of(*oauth, "client_secret")), text_of(*oauth, "private_key")};
  }
  out.ca_file = text_of(tree, "ca_file");
  for (const JsonValue& pin : items_of(tree, "pins")) out.pins.emplace_back(text_of(pin, "tool"), text_of(pin, "hash"));
  out.unpinned = text_of(tree, "unpinned");
  return out;
}

}  // namespace

std::vector<ToolServerSettings> read_tool_servers(const JsonValue& tree) {
  std::vector<ToolServerSettings> servers;
  for (const auto& [name, server] : tree.members) servers.push_back(read_one(name, server));
  return servers;
}

}  // namespace offhook::inline v0::agent::config
