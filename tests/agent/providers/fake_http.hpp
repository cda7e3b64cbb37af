#pragma once

#include <offhook/agent/net/http_client.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace offhook::test {

/// A fake HTTP client. The test acts as the server: it reads each request and answers it.
class FakeHttp final : public agent::net::HttpClient {
 public:
  struct Exchange {
    agent::net::HttpRequest request;
    agent::net::HttpHandler handler;
    bool aborted = false, ended = false;
  };

  std::unique_ptr<agent::net::HttpTransfer> start(agent::net::HttpRequest request, agent::net::HttpHandler handler) override {
    all.push_back(std::make_shared<Exchange>(Exchange{std::move(request), std::move(handler), false, false}));
    return std::make_unique<Transfer>(all.back());
  }
  void warm(const std::string& url) override { warmed.push_back(url); }
  void send_off(agent::net::HttpRequest request) override { sent_off.push_back(std::move(request)); }

  void head(std::size_t index, int status, agent::net::Headers headers = {}) {
    const auto exchange = running(index);
    if (exchange) exchange->handler.on_head({status, std::move(headers)});
  }
  void body(std::size_t index, std::string_view bytes) {
    const auto exchange = running(index);
    if (exchange) exchange->handler.on_body(bytes);
  }
  void end(std::size_t index, std::optional<agent::net::NetError> error = std::nullopt) {
    const auto exchange = running(index);
    if (!exchange) return;
    exchange->ended = true;
    exchange->handler.on_end(std::move(error));
  }
  /// Sends a whole response.
  void answer(std::size_t index, int status, std::string_view bytes, agent::net::Headers headers = {}) {
    head(index, status, std::move(headers));
    body(index, bytes);
    end(index);
  }
  void break_off(std::size_t index, agent::net::NetError::What what = agent::net::NetError::What::Closed) {
    end(index, agent::net::NetError{what, "the connection was closed"});
  }

  std::vector<std::shared_ptr<Exchange>> all;
  std::vector<std::string> warmed;
  std::vector<agent::net::HttpRequest> sent_off;

 private:
  struct Transfer final : agent::net::HttpTransfer {
    explicit Transfer(std::shared_ptr<Exchange> of) : exchange(std::move(of)) {}
    ~Transfer() override { exchange->aborted = !exchange->ended; }
    std::shared_ptr<Exchange> exchange;
  };
  /// Returns the exchange, or null if it has ended or is aborted. The shared pointer keeps it alive if its handler destroys the transfer.
  [[nodiscard]] std::shared_ptr<Exchange> running(std::size_t index) {
    REQUIRE(index < all.size());
    return all[index]->aborted || all[index]->ended ? nullptr : all[index];
  }
};

}  // namespace offhook::test
