#include <offhook/agent/setup/key_trial.hpp>

#include <offhook/agent/net/thread_edges.hpp>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>

namespace offhook::inline v0::agent::setup {

namespace {

using namespace std::chrono_literals;
constexpr auto kLimit = 10s;

Finding judge(const ProviderProfile& provider, int status, const std::string& trouble) {
  if (status == 0) return {false, provider.base_url + " does not answer: " + (trouble.empty() ? "no answer in time" : trouble)};
  if (status == 401 || status == 403) return {false, fmt::format("{} refuses the key ({})", provider.base_url, status)};
  if (status < 200 || status > 299) return {false, fmt::format("{} answers {}", provider.base_url, status)};
  return {true, provider.base_url + " takes the key"};
}

}  // namespace

Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work) {
  struct Answer {
    int status = 0;
    std::string trouble;
    bool is_done = false;
  };
  const auto answer = std::make_shared<Answer>();
  net::HttpRequest request;
  request.method = "GET";
  request.url = provider.base_url + "/models";
  request.total_limit = kLimit;
  request.headers = {{"Authorization", "Bearer " + provider.api_key.reveal()}};
  net::HttpHandler handler;
  handler.on_head = [answer](const net::HttpHead& head) { answer->status = head.status; };
  handler.on_body = [](std::string_view) {};
  handler.on_end = [answer](const std::optional<net::NetError>& error) {
    if (error) answer->trouble = error->detail;
    answer->is_done = true;
  };
  const auto transfer = client.start(std::move(request), std::move(handler));
  while (!answer->is_done && work()) {
  }
  return judge(provider, answer->status, answer->trouble);
}

Finding try_key(const ProviderProfile& provider) {
  boost::asio::io_context io;
  const auto edges = net::make_thread_edges(io);
  const auto end = base::Clock::now() + kLimit + 1s;
  return try_key(provider, edges->http(provider.ca_file), [&io, end] {
    io.restart();
    io.run_for(50ms);
    return base::Clock::now() < end;
  });
}

}  // namespace offhook::inline v0::agent::setup
