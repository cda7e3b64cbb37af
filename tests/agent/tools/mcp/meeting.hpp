#pragma once

#include <offhook/agent/tools/mcp/client.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace offhook::test {

inline agent::tools::mcp::ClientOptions of_era(agent::tools::mcp::ClientOptions::Era era, bool over_http = false) {
  agent::tools::mcp::ClientOptions options;
  options.era = era;
  options.over_http = over_http;
  return options;
}

/// A Client on virtual time. The test acts as the server.
struct Meeting {
  explicit Meeting(agent::tools::mcp::ClientOptions options = {}) : client(std::move(options)) {}

  using Client = agent::tools::mcp::Client;

  void take(agent::tools::mcp::Actions& actions) {
    for (auto& action : actions) {
      if (auto* message = std::get_if<agent::tools::mcp::Outgoing>(&action)) sent.push_back(std::move(*message));
      if (auto* answered = std::get_if<agent::tools::mcp::Answered>(&action)) answers.push_back(std::move(*answered));
      if (auto* listed = std::get_if<agent::tools::mcp::Listed>(&action)) lists.push_back(std::move(*listed));
      if (auto* note = std::get_if<agent::tools::mcp::Note>(&action)) notes.push_back(std::move(note->text));
      if (auto* broken = std::get_if<agent::tools::mcp::Broken>(&action)) broke.push_back(std::move(broken->why));
      if (auto* opened = std::get_if<agent::tools::mcp::Opened>(&action)) revision = opened->revision;
      if (auto* stop = std::get_if<agent::tools::mcp::Stop>(&action)) stopped.push_back(stop->id);
      if (auto* settled = std::get_if<agent::tools::mcp::Settled>(&action)) settled_ids.push_back(settled->id);
    }
    CHECK(client.is_consistent());
  }
  template <class Event>
  void run(Event event) {
    agent::tools::mcp::Actions out;
    event(out);
    take(out);
  }

  void open() {
    run([this](auto& out) { client.open(now, out); });
  }
  void hear(const std::string& json) {
    run([&](auto& out) { client.on_text(json, now, out); });
  }
  void result(std::uint64_t id, const std::string& json) { hear(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":)" + json + "}"); }
  void error(std::uint64_t id, int code, const std::string& data = "{}") {
    hear(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":"secret words","data":)" + data + "}}");
  }
  void no_answer(std::uint64_t id, agent::tools::mcp::NoAnswer why) {
    run([&](auto& out) { client.on_no_answer(id, why, now, out); });
  }
  void call(std::uint64_t number, const std::string& tool = "add", const std::string& arguments = "{}") {
    run([&](auto& out) { client.call({number, tool, hash_of(tool), arguments, false, {}}, now, out); });
  }
  void abandon(std::uint64_t number) {
    run([&](auto& out) { client.abandon(number, out); });
  }
  void advance(base::Duration by) {
    now += by;
    while (client.next_deadline() && *client.next_deadline() <= now) run([this](auto& out) { client.on_time(now, out); });
  }

  /// Returns the last sent message.
  [[nodiscard]] const agent::tools::mcp::Outgoing& last() const {
    REQUIRE_FALSE(sent.empty());
    return sent.back();
  }
  [[nodiscard]] std::size_t count(std::string_view method) const {
    std::size_t many = 0;
    for (const auto& message : sent) many += message.method == method ? 1 : 0;
    return many;
  }
  [[nodiscard]] const agent::tools::mcp::Outgoing& last(std::string_view method) const {
    const agent::tools::mcp::Outgoing* found = nullptr;
    for (const auto& message : sent) found = message.method == method ? &message : found;
    REQUIRE(found != nullptr);
    return *found;
  }

  /// Returns the hash of the tool's definition in the last list, or in kTools if no list has come yet. Returns "unknown" for another tool.
  [[nodiscard]] std::string hash_of(const std::string& tool) const {
    const auto page = agent::tools::mcp::read_tool_page(R"({"tools":)" + std::string(kTools) + "}");
    for (const auto& known : lists.empty() ? page->tools : lists.back().tools) {
      if (known.name == tool) return known.hash;
    }
    return "unknown";
  }

  static constexpr std::string_view kTools = R"([{"name":"add","inputSchema":{"type":"object"}}])";

  /// Answers initialize. The client then sends tools/list, which listed() answers.
  void initialized() {
    result(last("initialize").id, R"({"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}},"serverInfo":{"name":"s","version":"1"}})");
  }
  void listed(const std::string& tools = std::string(kTools)) { result(last("tools/list").id, R"({"tools":)" + tools + "}"); }

  /// Opens the client and answers as a legacy server, until the client has the list of tools.
  void meet_legacy(const std::string& tools = std::string(kTools)) {
    open();
    if (last().method == "server/discover") error(last().id, -32601);
    initialized();
    listed(tools);
    REQUIRE(client.state() == Client::State::Open);
    REQUIRE(lists.size() == 1);
  }
  void meet_modern() {
    open_modern();
    listed();
  }
  void open_modern() {
    open();
    result(last("server/discover").id,
           R"({"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":{"tools":{"listChanged":true}},"ttlMs":0,"cacheScope":"public"})");
    REQUIRE(client.state() == Client::State::Open);
  }

  Client client;
  base::TimePoint now{std::chrono::hours(1)};
  std::vector<agent::tools::mcp::Outgoing> sent;
  std::vector<agent::tools::mcp::Answered> answers;
  std::vector<agent::tools::mcp::Listed> lists;
  std::vector<std::string> notes, broke;
  std::vector<std::uint64_t> stopped, settled_ids;
  std::string revision;
};

}  // namespace offhook::test
