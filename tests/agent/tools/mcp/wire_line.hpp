#pragma once

#include "../../providers/fake_http.hpp"

#include <offhook/agent/tools/mcp/http_wire.hpp>
#include <offhook/agent/tools/mcp/rpc_message.hpp>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

using namespace std::chrono_literals;
namespace net = agent::net;

inline const net::Headers kJson = {{"content-type", "application/json"}},
                          kStream = {{"content-type", "text/event-stream; charset=utf-8"}};
inline const std::string kAnswer = R"({"jsonrpc":"2.0","id":1,"result":{}})";

/// An HttpWire. The test acts as the server.
struct Line {
  explicit Line(agent::tools::mcp::HttpWireOptions options =
                    {"https://tools.example/mcp", agent::Secret("t0ken"), {{"x-team", agent::Secret("7")}}, 5s, std::nullopt})
      : wire(std::move(options), http, handler()) {}

  agent::tools::mcp::WireHandler handler() {
    agent::tools::mcp::WireHandler made;
    made.on_text = [this](std::string_view json) {
      texts.emplace_back(json);
      if (const auto read = agent::tools::mcp::read_messages(json); read && !read->empty() && read->front().number())
        wire.settled(*read->front().number());
    };
    made.on_deadline = [this] { ++deadlines; };
    made.on_no_answer = [this](std::uint64_t id, agent::tools::mcp::NoAnswer why) { missing.emplace_back(id, std::move(why)); };
    return made;
  }
  void send(std::uint64_t id, std::string method = "tools/list", bool modern = false, std::string revision = "2025-11-25") {
    agent::tools::mcp::Outgoing message;
    message.id = id;
    message.method = std::move(method);
    message.modern = modern;
    message.revision = std::move(revision);
    message.body = "{}";
    wire.send(std::move(message));
  }
  /// Begins a session: sends initialize, and answers with the session id `id`.
  void begin_session(const std::string& id) {
    send(100, "initialize", false, "");
    http.answer(http.all.size() - 1, 200, R"({"jsonrpc":"2.0","id":100,"result":{}})",
                {{"content-type", "application/json"}, {"mcp-session-id", id}});
    texts.clear();
  }
  [[nodiscard]] std::string header(std::size_t index, std::string_view name) const {
    for (const auto& [key, value] : http.all[index]->request.headers) {
      if (key == name) return value;
    }
    return "none";
  }
  void advance(base::Duration by) {
    wire.on_time(now);
    now += by;
    wire.on_time(now);
  }

  FakeHttp http;
  agent::tools::mcp::HttpWire wire;
  base::TimePoint now{1h};
  int deadlines = 0;
  std::vector<std::string> texts;
  std::vector<std::pair<std::uint64_t, agent::tools::mcp::NoAnswer>> missing;
};

}  // namespace offhook::test
