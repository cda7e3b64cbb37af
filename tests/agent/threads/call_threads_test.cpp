#include "gate.hpp"

#include <offhook/agent/app/call_threads.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <set>
#include <thread>

using namespace offhook;
using namespace offhook::agent;
using offhook_test::wait_until;

namespace {

struct NoEdges final : net::Edges {
  net::HttpClient& http(const std::string&) override { std::abort(); }
  net::HttpClient& local_http() override { std::abort(); }
  net::WebSocketClient& sockets(const std::string&) override { std::abort(); }
};

std::unique_ptr<net::Edges> no_edges(boost::asio::io_context&) { return std::make_unique<NoEdges>(); }

std::size_t stalled(const CallThreads& threads) { return threads.state(base::Clock::now()).stalled; }

/// Returns the threads of the next calls. On a busy machine a thread may be late although it has not stalled, so tests repeat this check.
std::set<CallThread*> dealt(CallThreads& threads, std::size_t calls) {
  std::set<CallThread*> all;
  for (std::size_t call = 0; call < calls; ++call) all.insert(&threads.for_new_call(base::Clock::now()));
  return all;
}

}  // namespace

TEST_CASE("CallThreads has one thread for each core of the machine, or as many threads as the configuration sets") {
  CHECK(CallThreads(0, no_edges).state(base::Clock::now()).threads == std::max(1U, std::thread::hardware_concurrency()));
  CHECK(CallThreads(3, no_edges).state(base::Clock::now()).threads == 3);
}

TEST_CASE("usual_count() returns at least 1 and at most CallThreads::kMost") {
  CHECK(CallThreads::usual_count(0) == 1);
  CHECK(CallThreads::usual_count(CallThreads::kMost) == 256);
  CHECK(CallThreads::usual_count(CallThreads::kMost + 1) == 256);
}

TEST_CASE("If a thread without calls stalls, it gets no new call until it answers again") {
  offhook_test::Gate gate;
  CallThreads threads(3, no_edges);
  CallThread& held = threads.first();
  held.conversations().post([&gate] { gate.pass(); });
  REQUIRE(gate.wait_until_held());
  CHECK(wait_until([&] { return !ThreadSelector::answers(held.conversations().late(base::Clock::now())); }));
  CHECK(wait_until([&] { return stalled(threads) == 1; }));
  CHECK(wait_until([&] {
    const auto chosen = dealt(threads, 6);
    return chosen.size() == 2 && !chosen.contains(&held);
  }));
  gate.open();
  CHECK(wait_until([&] { return stalled(threads) == 0 && dealt(threads, 3).contains(&held); }));
}

TEST_CASE("If no thread answers, state() reports this, and new calls still get a thread") {
  offhook_test::Gate gate;
  CallThreads threads(1, no_edges);
  threads.first().conversations().post([&gate] { gate.pass(); });
  CHECK(wait_until([&] { return !threads.state(base::Clock::now()).answer(); }));
  CHECK(&threads.for_new_call(base::Clock::now()) == &threads.first());
  gate.open();
  CHECK(wait_until([&] { return threads.state(base::Clock::now()).answer(); }));
}
