#include <offhook/agent/setup/key_trial.hpp>

#include <offhook/agent/net/thread_edges.hpp>
#include <offhook/agent/providers/key_trial.hpp>
#include <offhook/agent/providers/provider.hpp>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace offhook::inline v0::agent::setup {

namespace {

using namespace std::chrono_literals;
constexpr auto kLimit = 10s;

constexpr std::size_t kMaxList = 4U << 20U;  ///< maximum size of a list of models, in octets

struct Answer {
  int status = 0;
  std::string trouble, body;
  bool is_done = false;
};

Finding judge(const KeyTrial& trial, const Answer& answer) {
  const std::string& whom = trial.whom;
  const int status = answer.status;
  if (status == 0) return {false, whom + " does not answer: " + (answer.trouble.empty() ? "no answer in time" : answer.trouble)};
  if (status == 401 || status == 403) return {false, fmt::format("{} {} ({})", whom, trial.has_key ? "refuses the key" : "needs a key", status)};
  if (status == 404 && !trial.not_found.empty()) return {false, fmt::format("{} answers 404: {}", whom, trial.not_found)};
  if (status < 200 || status > 299) return {false, fmt::format("{} answers {}", whom, status)};
  if (const std::string fault = trial.fault_of ? trial.fault_of(answer.body) : ""; !fault.empty()) return {false, fault};
  return {true, trial.good.empty() ? whom + (trial.has_key ? " accepts the key" : " answers") : trial.good};
}

Finding carry_out(KeyTrial trial, net::HttpClient& client, const std::function<bool()>& work) {
  const auto answer = std::make_shared<Answer>();
  trial.request.total_limit = kLimit;
  net::HttpHandler handler;
  handler.on_head = [answer](const net::HttpHead& head) { answer->status = head.status; };
  handler.on_body = [answer](std::string_view part) {
    if (answer->body.size() + part.size() <= kMaxList) answer->body += part;
  };
  handler.on_end = [answer](const std::optional<net::NetError>& error) {
    if (error) answer->trouble = error->detail;
    answer->is_done = true;
  };
  const auto transfer = client.start(std::move(trial.request), std::move(handler));
  while (!answer->is_done && work()) {
  }
  return judge(trial, *answer);
}

}  // namespace

Finding try_key(const ProviderProfile& provider, net::HttpClient& client, const std::function<bool()>& work) {
  Finding all{true, ""};
  const auto trials = provider.kind->setup.trials;
  for (KeyTrial& trial : trials != nullptr ? trials(provider) : std::vector<KeyTrial>{}) {
    const Finding found = carry_out(std::move(trial), client, work);
    all.good = all.good && found.good;
    all.what += (all.what.empty() ? "" : "; ") + found.what;
  }
  return all;
}

Finding try_key(const ProviderProfile& provider, const net::ProxyRules& proxies, const std::function<bool()>& is_interrupted) {
  boost::asio::io_context io;
  const auto edges = net::make_thread_edges(io, proxies);
  const auto end = base::Clock::now() + 2 * kLimit + 1s;
  return try_key(provider, edges->http(provider.ca_file), [&] {
    io.restart();
    io.run_for(50ms);
    return base::Clock::now() < end && !is_interrupted();
  });
}

}  // namespace offhook::inline v0::agent::setup
