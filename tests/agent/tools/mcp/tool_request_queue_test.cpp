#include <offhook/agent/tools/mcp/tool_request_queue.hpp>
#include <offhook/agent/tools/mcp/server_source.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace offhook::agent::tools;
using namespace offhook::agent::tools::mcp;

TEST_CASE("ToolRequestQueue holds at most kMaxOrders waiting tool calls, but always accepts an Abandon") {
  ToolRequestQueue queue;
  int wakes = 0;
  queue.open([&wakes] { ++wakes; });
  const auto guest = queue.enter();
  for (std::size_t i = 0; i < kMaxOrders; ++i) queue.put({Order::What::Start, guest, i, "t", "h", "{}"});
  CHECK(wakes == 1);
  CHECK_FALSE(queue.take_result(guest));
  queue.put({Order::What::Start, guest, kMaxOrders, "t", "h", "{}"});
  REQUIRE(queue.take_result(guest));
  queue.put({Order::What::Abandon, guest, 1, {}, {}, {}});
  CHECK(queue.take_orders().size() == kMaxOrders + 1);
  queue.deliver(guest + 1, {1, true, "for nobody"});
  CHECK_FALSE(queue.take_result(guest + 1));
}

TEST_CASE("One thread may use ToolRequestQueue for a call while another thread uses it for the server") {
  ToolRequestQueue queue;
  std::atomic<bool> woken{false}, over{false};
  queue.open([&woken] { woken = true; });
  std::thread server([&] {
    while (!over) {
      if (!woken.exchange(false)) std::this_thread::yield();
      for (const Order& order : queue.take_orders()) queue.deliver(order.guest, {order.number, true, order.arguments});
    }
  });
  const auto guest = queue.enter();
  std::uint64_t heard = 0;
  for (std::uint64_t number = 1; number <= 200; ++number) {
    queue.put({Order::What::Start, guest, number, "t", "h", std::to_string(number)});
    while (true) {
      const auto result = queue.take_result(guest);
      if (!result) std::this_thread::yield();
      if (!result) continue;
      CHECK(result->text == std::to_string(result->number));
      heard += result->number;
      break;
    }
  }
  CHECK(heard == 20100);
  over = true;
  server.join();
}

TEST_CASE("ServerSources may begin and end on several threads while the server's thread publishes, opens and closes the ToolRequestQueue") {
  auto queue = std::make_shared<ToolRequestQueue>();
  queue->open([] {});
  std::atomic<bool> over{false};
  std::thread server([&] {
    for (int turn = 0; !over; ++turn) {
      for (const Order& order : queue->take_orders()) queue->deliver(order.guest, {order.number, true, "x"});
      queue->publish(std::make_shared<const Catalog>());
      if (turn % 3 == 0) queue->close();
      if (turn % 3 == 1) queue->open([] {});
      std::this_thread::yield();
    }
  });
  std::vector<std::thread> calls;
  std::atomic<std::uint64_t> wrong{0};
  for (int call = 0; call < 2; ++call) {
    calls.emplace_back([&] {
      for (std::uint64_t round = 1; round <= 100; ++round) {
        ServerSource source(queue);
        for (std::uint64_t number = 1; number <= 5; ++number) source.start({number, "t", "{}"});
        source.abandon(1);
        while (const auto result = source.poll()) wrong += result->number > 5 ? 1 : 0;
      }
    });
  }
  for (std::thread& call : calls) call.join();
  over = true;
  server.join();
  CHECK(wrong == 0);
  queue->close();
  ServerSource late(queue);
  late.start({1, "t", "{}"});
  CHECK(late.poll().has_value());
}
