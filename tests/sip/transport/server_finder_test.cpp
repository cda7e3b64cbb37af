#include "../locate/world.hpp"

#include <offhook/sip/transport/server_finder.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>

using namespace offhook;
using namespace offhook::sim;
using namespace std::chrono_literals;
using sip::detail::ServerFinder;

namespace {

/// Name servers that the test controls: names that begin with `slow` never get an answer.
struct Finding : World {
  base::SeededRandom random{1};
  base::TimePoint now{1000s};
  std::deque<std::function<void()>> posted;
  std::vector<std::pair<base::TimePoint, std::function<void()>>> later;
  std::vector<ServerFinder::Result> results;
  std::vector<base::IpAddress> hosts_file;
  ServerFinder finder{{[this](const Question& question, std::function<void(Answer)> done) {
                         asked.push_back(question);
                         if (question.name.find("slow") != std::string::npos) return;
                         posted.push_back([this, question, done = std::move(done)] { done(answer(question)); });
                       },
                       [this](const std::string&) { return hosts_file; },
                       [this](std::function<void()> task) { posted.push_back(std::move(task)); },
                       [this](base::Duration delay, std::function<void()> task) { later.emplace_back(now + delay, std::move(task)); },
                       [this] { return now; }},
                      {},
                      random};

  void find(const std::string& host, std::optional<std::uint16_t> port = 5060) {
    finder.find({host, port, {}, false}, [this](const ServerFinder::Result& result) {
      CHECK(result.candidates.empty() == !result.error.empty());
      results.push_back(result);
    });
  }
  void run() {
    while (!posted.empty()) {
      const auto task = std::move(posted.front());
      posted.pop_front();
      task();
    }
  }
  void advance(base::Duration by) {
    now += by;
    for (std::size_t i = 0; i < later.size(); ++i) {
      if (later[i].first <= now) std::exchange(later[i].second, [] {})();
    }
    run();
  }
};

}  // namespace

TEST_CASE_FIXTURE(Finding, "A slow name delays no other name. ServerFinder asks for a name once, even if many callers wait for it") {
  address("fast.example", "192.0.2.1");
  for (int i = 0; i < 20; ++i) find("Slow.example.");
  find("fast.example");
  run();
  REQUIRE(results.size() == 1);
  CHECK(results.front().candidates.front().remote.to_string() == "192.0.2.1:5060");
  CHECK(asked.size() == 4);
  advance(9999ms);
  CHECK(results.size() == 1);
  advance(1ms);
  CHECK(results.size() == 21);
  CHECK(results.back().error.starts_with("no DNS answer for slow.example: timeout, check"));
}

TEST_CASE_FIXTURE(Finding, "ServerFinder uses an answer for its TTL, and an answer with TTL 0 for a single look-up") {
  address("a.example", "192.0.2.1");
  ttl = 0s;
  address("zero.example", "192.0.2.2");
  for (const auto& [host, again] : {std::pair{"a.example", 0U}, {"zero.example", 1U}}) {
    asked.clear();
    find(host);
    run();
    CHECK(asked.size() == 2);  // ServerFinder also caches that the other address family is missing.
    asked.clear();
    find(host);
    run();
    CHECK(asked.size() == again);
    now += 61s;
    asked.clear();
    find(host);
    run();
    CHECK(asked.size() == 2);
  }
  CHECK(results.size() == 6);
}

TEST_CASE_FIXTURE(Finding, "For literals and names in the hosts file, ServerFinder asks no name server. It still reports the result later, not inside find()") {
  find("192.0.2.9");
  CHECK(results.empty());
  run();
  CHECK(results.size() == 1);
  hosts_file = {ip("192.0.2.7")};
  find("pbx.example", std::nullopt);
  find("pbx.example", std::nullopt);
  run();
  REQUIRE(results.size() == 3);
  CHECK(results.back().candidates.front().remote.to_string() == "192.0.2.7:5060");
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(Finding, "A late time limit of a finished search has no effect on the next search for the same name") {
  std::vector<std::function<void()>> held;
  find("slow.example");
  advance(10s);
  REQUIRE(results.size() == 1);
  find("slow.example");
  for (auto& [at, task] : later) {
    if (at <= now) task();  // The time limit of the first search expires a second time.
  }
  CHECK(results.size() == 1);
}

TEST_CASE_FIXTURE(Finding, "ServerFinder limits the number of searches, and of callers that wait for them") {
  for (std::size_t i = 0; i < ServerFinder::kMaxSearches; ++i) find("slow" + std::to_string(i) + ".example");
  run();
  CHECK(results.empty());
  find("one-more.example");
  run();
  REQUIRE(results.size() == 1);
  CHECK(results.back().error == "too many names are being looked up");
  for (std::size_t i = ServerFinder::kMaxSearches; i < ServerFinder::kMaxWaiting; ++i) find("slow0.example");
  run();
  CHECK(results.size() == 1);
  find("slow0.example");
  run();
  REQUIRE(results.size() == 2);
  CHECK(results.back().error == "too many requests wait for DNS: the limit of waiting requests is reached");
}
