// Connects to one MCP server as a telephone call does. Describes the listed tools and calls the requested ones. All output is JSON lines.
//   offhook_mcp_probe [--era auto|legacy|modern] [--token TOKEN] [--pin TOOL=HASH]... [--env NAME=VALUE]... [--seconds N] --http URL
//   offhook_mcp_probe ... -- /PROGRAM ARGUMENT...
// prints {"event":...} for each event, and {"tools":[...]} when the tools are listed. Then it reads lines {"tool":...,"arguments":{...}} and prints
// {"result":...} for each. It prints {"tools":[...]} for an empty line, and ends with standard input.
//   offhook_mcp_probe --conformance URL      calls each tool once with generated arguments; exit 0 when all calls had answers. It uses the
//                                            client credentials and the calls that the suite passes in MCP_CONFORMANCE_CONTEXT
#include <offhook/agent/tools/mcp/servers.hpp>
#include <offhook/agent/tools/tool_names.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <iostream>
#include <mutex>
#include <string>
#include <vector>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;
using offhook::agent::Secret;
using Json = nlohmann::json;

namespace {

const std::string kLabel = "probe";

/// Prints the events of the server's thread, and lets the main thread wait for the first list.
class Watcher {
 public:
  void on_event(const ServerEvent& event) {
    const std::lock_guard lock(mutex_);
    Json line{{"event", to_string(event.what)}, {"detail", event.detail}};
    if (!event.tool.empty()) line["tool"] = event.tool;
    print(line);
    lists_ += event.what == ServerEvent::What::Listed ? 1 : 0;
    broken_ = broken_ || event.what == ServerEvent::What::Broken;
    told_.notify_all();
  }
  [[nodiscard]] bool wait_for_list(std::chrono::seconds most) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, most, [this] { return lists_ > 0 || broken_; }) && lists_ > 0;
  }
  void say(const Json& line) {
    const std::lock_guard lock(mutex_);
    print(line);
  }

 private:
  static void print(const Json& line) { std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl; }

  std::mutex mutex_;
  std::condition_variable told_;
  int lists_ = 0;
  bool broken_ = false;
};

struct Arguments {
  ServerOptions server;
  std::chrono::seconds patience{60};
  bool conformance = false;
};

std::pair<std::string, std::string> split(const std::string& text) {
  const auto at = text.find('=');
  return {text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
}

bool read_arguments(int count, char** words, Arguments& out) {
  CommandLine command;
  HttpWireOptions http;
  out.server.label = kLabel;
  out.server.unpinned = Unpinned::TrustFirst;
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    if (word == "--") {
      command.argv.assign(words + i + 1, words + count);
      break;
    }
    if (i + 1 == count) return false;
    const std::string value = words[++i];
    if (word == "--era") {
      out.server.client.era = value == "legacy" ? ClientOptions::Era::Legacy : value == "modern" ? ClientOptions::Era::Modern : ClientOptions::Era::Auto;
    } else if (word == "--http" || word == "--conformance") {
      http.url = value;
      out.conformance = word == "--conformance";
    } else if (word == "--token") {
      http.token = Secret(value);
    } else if (word == "--pin") {
      out.server.pins.push_back({split(value).first, split(value).second});
      out.server.unpinned = Unpinned::Refuse;
    } else if (word == "--env") {
      command.environment.emplace_back(split(value).first, Secret(split(value).second));
    } else if (word == "--seconds") {
      out.server.client.call_quiet = out.server.client.call_limit = out.patience = std::chrono::seconds(std::atoi(value.c_str()));
    } else {
      return false;
    }
  }
  if (http.url.empty()) {
    out.server.at = std::move(command);
  } else {
    out.server.at = std::move(http);
  }
  return true;
}

Json description_of(const Catalog& catalog) {
  Json tools = Json::array();
  for (std::size_t i = 0; i < catalog.tools.size(); ++i)
    tools.push_back({{"name", catalog.descriptions[i].name}, {"hash", catalog.tools[i].hash}, {"parameters", catalog.descriptions[i].parameters}});
  return {{"tools", std::move(tools)}};
}

/// Returns arguments with a value for each member of a schema.
std::string made_up(const std::string& parameters) {
  Json made = Json::object();
  const Json schema = Json::parse(parameters, nullptr, false);
  if (schema.is_object() && schema.contains("properties")) {
    for (const auto& [name, about] : schema["properties"].items()) {
      const std::string type = about.value("type", "string");
      if (type == "number" || type == "integer") made[name] = 2;
      if (type == "string") made[name] = "x";
      if (type == "boolean") made[name] = true;
    }
  }
  return made.dump();
}

/// Makes one call. Returns true when it has an answer within `most`.
bool call(Watcher& watcher, ToolSource& source, std::uint64_t number, const std::string& tool, const std::string& arguments, std::chrono::seconds most) {
  source.start({number, tool, arguments});
  auto result = source.poll();
  const bool is_answered = offhook_test::wait_until([&] { return result || (result = source.poll()); }, most);
  watcher.say({{"result", is_answered ? Json{{"ok", result->ok}, {"text", result->text}} : Json()}, {"tool", tool}});
  return is_answered;
}

/// Returns the context that the suite passes to its clients.
Json conformance_context() {
  const char* const context = std::getenv("MCP_CONFORMANCE_CONTEXT");
  Json told = Json::parse(context == nullptr ? "{}" : context, nullptr, false);
  return told.is_object() ? told : Json::object();
}

void take_credentials(const Json& context, HttpWireOptions& http) {
  if (!context.contains("client_id")) return;
  OauthOptions& oauth = http.oauth.emplace();
  oauth.client_id = context.value("client_id", "");
  oauth.client_secret = Secret(context.value("client_secret", ""));
  oauth.private_key = Secret(context.value("private_key_pem", ""));
}

/// Makes the calls that the suite requests, or otherwise calls each tool once. A tool that echoes a schema gets the schema of the first tool.
bool call_each(Watcher& watcher, const Servers& servers, std::chrono::seconds most) {
  const auto source = servers.source(kLabel);
  const Json wanted = conformance_context();
  std::uint64_t number = 0;
  bool all = true;
  if (wanted.contains("toolCalls")) {
    for (const Json& one : wanted["toolCalls"])
      all = call(watcher, *source, ++number, model_name(kLabel, one.value("name", "")), one.value("arguments", Json::object()).dump(), most) && all;
    return all;
  }
  const auto& described = source->descriptions();
  for (const auto& one : described) {
    const bool echoes = one.name.ends_with("schema_echo");
    const std::string arguments = echoes ? R"({"schema":)" + described.front().parameters + "}" : made_up(one.parameters);
    all = call(watcher, *source, ++number, one.name, arguments, most) && all;
  }
  return all;
}

void call_what_is_read(Watcher& watcher, const Servers& servers, std::chrono::seconds most) {
  auto source = servers.source(kLabel);
  std::uint64_t number = 0;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.empty()) {  // Lists the tools that the next telephone call would get.
      source = servers.source(kLabel);
      watcher.say(description_of(*servers.catalog(kLabel)));
      continue;
    }
    const Json wanted = Json::parse(line, nullptr, false);
    if (!wanted.is_object()) continue;
    (void)call(watcher, *source, ++number, wanted.value("tool", ""), wanted.value("arguments", Json::object()).dump(), most);
  }
}

}  // namespace

int main(int count, char** words) {
  Arguments arguments;
  if (!read_arguments(count, words, arguments)) {
    std::cerr << "offhook_mcp_probe: see the first lines of tests/services/mcp/main.cpp\n";
    return 2;
  }
  if (arguments.conformance) take_credentials(conformance_context(), std::get<HttpWireOptions>(arguments.server.at));
  if (const auto fault = fault_of(arguments.server)) {
    std::cerr << "offhook_mcp_probe: " << *fault << '\n';
    return 2;
  }
  Watcher watcher;
  const auto started = Servers::start({arguments.server}, [&watcher](const ServerEvent& event) { watcher.on_event(event); }, {});
  if (!started) {
    std::cerr << "offhook_mcp_probe: " << started.error().detail << '\n';
    return 1;
  }
  const Servers& servers = **started;
  if (!watcher.wait_for_list(arguments.patience)) return 1;
  if (arguments.conformance) return call_each(watcher, servers, arguments.patience) ? 0 : 1;
  watcher.say(description_of(*servers.catalog(kLabel)));
  call_what_is_read(watcher, servers, arguments.patience);
  return 0;
}
