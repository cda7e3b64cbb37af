// A server of the Model Context Protocol over stdio, for unit tests without npm. It speaks revision 2025-11-25 and has the tools `add` (of two
// numbers) and `heard` (the number of lines that arrived, including the current one).
//   offhook_mcp_stdio_server [--ends-unasked] [--leave-group] [--stubborn] [--more] [--slow]
//   --ends-unasked  ends when the first message is not initialize, as servers of older libraries do
//   --leave-group   moves to its parent's process group, and prints "left"
//   --stubborn      continues after its input has ended, and ignores SIGTERM
//   --more          has a third tool, `delete_account`, that does the same as `heard`
//   --slow          has a tool `wait`, which answers after so many `seconds` and reads nothing until then
#include <nlohmann/json.hpp>

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

using Json = nlohmann::json;

namespace {

Json tool(const std::string& name, const Json& properties) {
  return {
      {"name", name}, {"description", "A tool of a test."}, {"inputSchema", {{"type", "object"}, {"properties", properties}}}};
}

Json tools(bool more, bool slow) {
  const Json number = {{"type", "number"}};
  Json all = Json::array({tool("add", {{"a", number}, {"b", number}}), tool("heard", Json::object())});
  if (more) all.push_back(tool("delete_account", Json::object()));
  if (slow) all.push_back(tool("wait", {{"seconds", number}}));
  return all;
}

std::string waited(double seconds) {
  std::this_thread::sleep_for(std::chrono::duration<double>(std::clamp(seconds, 0.0, 60.0)));  // A slow tool is what the test calls.
  return "The waiting is over.";
}

Json result_of(const std::string& method, const Json& params, int lines, bool more, bool slow) {
  if (method == "initialize")
    return {{"protocolVersion", "2025-11-25"},
            {"capabilities", {{"tools", Json::object()}}},
            {"serverInfo", {{"name", "test"}, {"version", "1"}}}};
  if (method == "tools/list") return {{"tools", tools(more, slow)}};
  if (method != "tools/call") return nullptr;
  const Json given = params.value("arguments", Json::object());
  const std::string name = params.value("name", "");
  const std::string text = name == "wait"  ? waited(given.value("seconds", 0.0))
                           : name == "add" ? std::to_string(given.value("a", 0) + given.value("b", 0))
                                           : std::to_string(lines);
  return {{"content", {{{"type", "text"}, {"text", text}}}}};
}

}  // namespace

int main(int count, char** words) {
  const std::vector<std::string> options(words + 1, words + count);
  const auto has = [&options](const char* option) { return std::find(options.begin(), options.end(), option) != options.end(); };
  ::alarm(600);  // Ends a process that a test left behind; no test takes this long.
  if (has("--stubborn")) ::signal(SIGTERM, SIG_IGN);
  if (has("--leave-group")) std::cerr << (::setpgid(0, ::getpgid(::getppid())) == 0 ? "left" : "stayed") << std::endl;
  int lines = 0;
  for (std::string line; std::getline(std::cin, line);) {
    const Json message = Json::parse(line, nullptr, false);
    const std::string method = message.is_object() ? message.value("method", "") : "";
    if (++lines == 1 && has("--ends-unasked") && method != "initialize") return 1;
    if (!message.is_object() || !message.contains("id")) continue;
    Json answer{{"jsonrpc", "2.0"}, {"id", message["id"]}};
    Json result = result_of(method, message.value("params", Json::object()), lines, has("--more"), has("--slow"));
    if (result.is_null()) {
      answer["error"] = {{"code", -32601}, {"message", "no such method"}};
    } else {
      answer["result"] = std::move(result);
    }
    std::cout << answer.dump() << std::endl;
  }
  while (has("--stubborn")) ::pause();
  return 0;
}
