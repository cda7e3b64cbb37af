// Measures what a stack retains after its calls have ended: the number of its objects by kind, and its octets with a counting operator new.
#include <offhook/tests/sim/network.hpp>
#include <offhook/tests/sim/scripted.hpp>
#include <offhook/tests/testkit/sanitized.hpp>

#include <doctest/doctest.h>

#include <malloc.h>

#include <cstdlib>
#include <new>

using namespace offhook;
using namespace offhook::sim;

#if OFFHOOK_SANITIZED
#define OFFHOOK_COUNTS_MEMORY 0  // The sanitizers have their own operator new, and detect leaks by themselves.
#else
#define OFFHOOK_COUNTS_MEMORY 1

namespace {
std::size_t octets_held = 0;
}

// Without noinline, g++ reports the two functions as a mismatched pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  octets_held += ::malloc_usable_size(memory);
  return memory;
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  if (memory != nullptr) octets_held -= ::malloc_usable_size(memory);
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}
#endif

namespace {

/// Two telephones over a bad network. The called telephone answers every call.
struct TwoPhones {
  Network network{5, {.loss_percent = 10, .delay = 10ms, .jitter = 100ms, .duplicate_percent = 5}};
  Network::Node* caller = &network.add("192.0.2.1");
  Network::Node* called = &network.add("192.0.2.2");
  sip::AccountId account;
  std::vector<sip::SessionId> up;
  std::uint64_t answered = 0;

  TwoPhones() {
    network.on_event = [this](Network::Node& node, sip::Event event) {
      if (const auto* call = std::get_if<sip::IncomingCall>(&event)) {
        (void)node.stack.calls().progress(call->session, {"application/sdp", "answer"}, network.now());
        (void)node.stack.calls().answer(call->session, {"application/sdp", "answer"}, network.now());
      }
      if (std::holds_alternative<sip::CallAnswered>(event)) ++answered;
      if (const auto* offer = std::get_if<sip::OfferReceived>(&event))
        (void)node.stack.calls().accept_offer(offer->session, {"application/sdp", "answer"}, network.now());
    };
    account = open(*caller, "sip:al@192.0.2.1", "sip:192.0.2.2");
    (void)open(*called, "sip:bo@192.0.2.2", "sip:192.0.2.1");
  }
  sip::AccountId open(Network::Node& node, const char* name, const char* other) {
    sip::AccountOptions options;
    options.address_of_record = name;
    options.registrar = other;
    options.registers = false;
    return node.stack.accounts().add(options, network.now());
  }
  /// Makes `calls` calls at the same time, sends offers in them, hangs up, and waits for the end of all transactions.
  void wave(unsigned calls) {
    up.clear();
    for (unsigned i = 0; i < calls; ++i) {
      sip::CallOptions call;
      call.account = account;
      call.target = "sip:bo@192.0.2.2";
      call.offer = {"application/sdp", "offer"};
      up.push_back(*caller->stack.calls().call(call, network.now()));
    }
    network.run_for(20s);
    for (const auto session : up) (void)caller->stack.calls().offer(session, {"application/sdp", "again"}, network.now());
    network.run_for(40s);
    for (const auto session : up) (void)caller->stack.calls().hang_up(session, network.now());
    network.run_for(250s);
  }
};

}  // namespace

TEST_CASE("After its calls have ended, a stack has no transaction, route, leg or timer") {
  TwoPhones phones;
  const sip::StackSizes before = phones.caller->stack.sizes();
  phones.wave(3);
  CHECK(phones.answered == 3);
  CHECK(phones.caller->stack.sizes() == before);
  CHECK(phones.called->stack.sizes() == before);
  CHECK(before == sip::StackSizes{});
  phones.up.clear();
  sip::CallOptions call;
  call.account = phones.account;
  call.target = "sip:bo@192.0.2.2";
  const auto session = *phones.caller->stack.calls().call(call, phones.network.now());
  phones.network.run_for(1s);
  const sip::StackSizes during = phones.caller->stack.sizes();
  CHECK(during.legs == 1);
  CHECK(during.requests_sent > 0);
  CHECK(during.transactions > 0);
  CHECK(during.routes > 0);
  CHECK(during.timers > 0);
  CHECK(phones.called->stack.sizes().requests_received > 0);
  (void)phones.caller->stack.calls().hang_up(session, phones.network.now());
}

namespace {

/// Adds and removes a hundred thousand accounts, each with another name and registrar. Every hundredth account registers.
struct Comers : Scripted {
  void come_and_go(int from, int to) {
    for (int i = from; i < to; ++i) {
      const std::string user = "u" + std::to_string(i);
      sip::AccountOptions options;
      options.address_of_record = "sip:" + user + "@pbx.example";
      options.registrar = "sip:10." + std::to_string(i / 65536) + "." + std::to_string(i / 256 % 256) + "." + std::to_string(i % 256);
      options.username = "name" + user;
      options.keep_alive = false;
      options.registers = i % 100 == 0;
      const sip::AccountId account = stack.accounts().add(options, now);
      drain();
      if (options.registers) accept();
      stack.accounts().remove(account, now);
      drain();
      if (options.registers) accept();
      if (options.registers) advance(66s);
      sent.clear();
      events.clear();
      queries.clear();
    }
  }
  void accept() {
    const std::string request = take("REGISTER ");
    REQUIRE(!request.empty());
    const std::string contact = header(request, "Contact");
    receive(response(request, 200, "reg", {}, {{"Contact", contact}}), last_flow);
  }
};

}  // namespace

TEST_CASE("A stack retains nothing of 100,000 accounts that were added and removed") {
  Comers comers;
  comers.come_and_go(0, 1000);
#if OFFHOOK_COUNTS_MEMORY
  const std::size_t early = octets_held;
#endif
  comers.come_and_go(1000, 100000);
  CHECK(comers.stack.accounts().size() == 0);
  CHECK(comers.stack.sizes() == sip::StackSizes{});
  CHECK_FALSE(comers.stack.next_deadline());
#if OFFHOOK_COUNTS_MEMORY
  CHECK(octets_held < early + 16 * 1024);
#endif
}

#if OFFHOOK_COUNTS_MEMORY
TEST_CASE("After a thousand calls, a stack holds less than 16 KiB more memory than after fifty calls") {
  TwoPhones phones;
  for (int i = 0; i < 5; ++i) phones.wave(10);
  const std::size_t early = octets_held;
  for (int i = 0; i < 100; ++i) phones.wave(10);
  const std::size_t late = octets_held;
  CHECK(phones.answered > 1000);
  CAPTURE(early);
  CAPTURE(late);
  // Tables and free lists grow to the largest load so far, which later waves may slightly exceed.
  CHECK(late < early + 16 * 1024);
}
#endif
