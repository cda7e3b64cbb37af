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

/// A server of tools that is the attacker's, behind the client as it is: `crm`.
class CrmServer {
 public:
  /// `tools`: its list. `answers`: the text that each gives.
  CrmServer(nlohmann::json tools, nlohmann::json answers, std::vector<agent::tools::Pin> pins, Log happened, Log log);
  ~CrmServer();

  /// From now on it lists these.
  void pull(nlohmann::json tools);
  void tick(base::TimePoint now);
  [[nodiscard]] std::unique_ptr<agent::tools::ToolSource> source() { return std::make_unique<agent::tools::mcp::ServerSource>(desk_); }

 private:
  void serve(std::size_t index);
  [[nodiscard]] std::string answer_to(const nlohmann::json& message);

  nlohmann::json tools_, answers_;
  Log happened_, log_;
  FakeHttp http_;
  std::shared_ptr<agent::tools::mcp::Desk> desk_ = std::make_shared<agent::tools::mcp::Desk>();
  base::TimePoint now_{};
  bool woken_ = false;
  std::size_t served_ = 0;
  std::optional<std::size_t> stream_;  // by which it speaks of itself
  std::unique_ptr<agent::tools::mcp::Server> server_;
};

/// A shop with an OpenAPI document that is the attacker's as far as a case says so.
class ShopService {
 public:
  ShopService(const nlohmann::json& document, std::vector<agent::tools::Pin> pins, nlohmann::json answer, Log happened, const Log& log);

  void tick();
  [[nodiscard]] std::unique_ptr<agent::tools::ToolSource> source() { return std::make_unique<agent::tools::http::HttpSource>(service_, http_); }
  /// The k-th request that came.
  [[nodiscard]] const agent::net::HttpRequest& request(std::size_t k) const { return http_.all.at(k)->request; }

 private:
  nlohmann::json answer_;
  Log happened_;
  FakeHttp http_;
  std::size_t served_ = 0;
  std::shared_ptr<const agent::tools::http::Service> service_;
};

}  // namespace offhook::test
