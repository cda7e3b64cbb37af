#pragma once

#include <offhook/agent/net/http_client.hpp>
#include <offhook/agent/tools/http/bound_request.hpp>
#include <offhook/agent/tools/http/service.hpp>
#include <offhook/agent/tools/tool_source.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

namespace offhook::inline v0::agent::tools::http {

/// The tools of one HTTP service in one telephone call. Uses the HttpClient of the telephone call's conversation thread, which must outlive this
/// object. Repeats a GET once if the connection is lost before a response begins, and repeats no other request.
class HttpSource final : public ToolSource {
 public:
  HttpSource(std::shared_ptr<const Service> service, net::HttpClient& http);
  ~HttpSource() override;
  HttpSource(const HttpSource&) = delete;
  HttpSource& operator=(const HttpSource&) = delete;

  [[nodiscard]] const std::vector<ToolDescription>& descriptions() const override { return service_->descriptions(); }
  void start(const SourceCall& call) override;
  void abandon(std::uint64_t number) override;
  [[nodiscard]] std::optional<SourceResult> poll() override;

 private:
  struct Exchange;

  [[nodiscard]] net::HttpRequest request_of(const BoundRequest& bound) const;
  void send(const std::shared_ptr<Exchange>& exchange);
  void on_end(const std::shared_ptr<Exchange>& exchange, std::optional<net::NetError> error);

  std::shared_ptr<const Service> service_;
  net::HttpClient& http_;
  std::map<std::uint64_t, std::shared_ptr<Exchange>> exchanges_;  // key: the number of the tool call
  std::deque<SourceResult> results_;
};

}  // namespace offhook::inline v0::agent::tools::http
