#include "web_socket_line.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <new>
#include <string>

using namespace offhook;
using namespace offhook::test;

// Counts the allocations of this thread.
namespace {
thread_local std::size_t allocations = 0;
}
// g++ reports a mismatch when it sees free() for memory of the replaced operator new.
#pragma GCC diagnostic ignored "-Wmismatched-new-delete"
// noinline: if g++ inlined these functions, it would see malloc() with delete, or new with free(), and report a mismatch.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* at = std::malloc(size != 0 ? size : 1)) return at;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* at) noexcept { std::free(at); }
[[gnu::noinline]] void operator delete(void* at, std::size_t) noexcept { std::free(at); }

TEST_CASE_FIXTURE(SecureHouse, "After the first frames of a socket, sending a frame allocates no memory") {
  Caller caller;
  Line line;
  caller.open(line, url("/echo", "localhost", "wss"));
  line.texts.reserve(4096);
  const std::string frame(300, 'x');  // 20 ms of G.711 as base64 in JSON
  std::size_t sent = 0, within = 0;
  const auto turn = [&](std::size_t frames) {
    for (std::size_t i = 0; i < frames; ++i) {
      const auto before = allocations;
      line.socket->send_text(frame);
      within += allocations - before;
      ++sent;
      caller.until([&] { return line.texts.size() == sent; });
    }
  };
  turn(100);
  within = 0;
  const auto before = allocations;
  turn(500);
  CHECK(within == 0);
  // For each received text the test makes one allocation, for its own copy. The client makes none.
  CHECK(allocations - before <= 500);
}
