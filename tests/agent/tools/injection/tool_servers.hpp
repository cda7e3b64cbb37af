#pragma once

#include "../../providers/fake_http.hpp"

#include <offhook/agent/tools/http/http_source.hpp>
#include <offhook/agent/tools/mcp/server.hpp>
#include <offhook/agent/tools/mcp/server_source.hpp>

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace offhook::test {

using Log = std::function<void(std::string)>;

/// The tool server `crm`, which the attacker controls, together with the product's client for it.
class CrmServer {
 public:
  /// `tools` is the server's list of tools. `answers` has the text of a tool's answer by the name of the tool.
  CrmServer(nlohmann::json tools, nlohmann::json answers, std::vector<agent::tools::Pin> pins, Log happened, Log log);
  ~CrmServer();

  /// Replaces the list of tools.
  void pull(nlohmann::json tools);
  void tick(base::TimePoint now);
  [[nodiscard]] std::unique_ptr<agent::tools::ToolSource> source() { return std::make_unique<agent::tools::mcp::ServerSource>(queue_); }

 private:
  void serve(std::size_t index);
  [[nodiscard]] std::string answer_to(const nlohmann::json& message);

  nlohmann::json tools_, answers_;
  Log happened_, log_;
  FakeHttp http_;
  std::shared_ptr<agent::tools::mcp::ToolRequestQueue> queue_ = std::make_shared<agent::tools::mcp::ToolRequestQueue>();
  base::TimePoint now_{};
  bool woken_ = false;
  std::size_t served_ = 0;
  std::optional<std::size_t> stream_;  // number of the request whose response carries the server's own messages
  std::unique_ptr<agent::tools::mcp::Server> server_;
};

/// A shop with an OpenAPI document. The attacker controls the parts of the document that the case changes.
class ShopService {
 public:
  ShopService(const nlohmann::json& document, std::vector<agent::tools::Pin> pins, nlohmann::json answer, Log happened, const Log& log);

  void tick();
  [[nodiscard]] std::unique_ptr<agent::tools::ToolSource> source() { return std::make_unique<agent::tools::http::HttpSource>(service_, http_); }
  /// Returns the k-th received request, counted from 0.
  [[nodiscard]] const agent::net::HttpRequest& request(std::size_t k) const { return http_.all.at(k)->request; }

 private:
  nlohmann::json answer_;
  Log happened_;
  FakeHttp http_;
  std::size_t served_ = 0;
  std::shared_ptr<const agent::tools::http::Service> service_;
};

}  // namespace offhook::test
