#include <offhook/bench/udp_calls.hpp>

#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <time.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

constexpr unsigned kAtOnce = 50;
constexpr std::uint64_t kCalls = 20000, kWarmUp = 2000;

base::TimePoint steady_now() {
  return std::chrono::steady_clock::now();
}

double process_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

sip::StackOptions options(std::uint32_t number) {
  constexpr std::size_t kPlenty = 1'000'000;
  sip::StackOptions made;
  made.number = number;
  made.limits = {kPlenty, kPlenty, kPlenty, kPlenty};
  return made;
}

struct Side {
  explicit Side(std::uint32_t number) : random(number), stack(options(number), random) {
    sip::EdgeOptions edge_options;
    edge_options.bind = *base::IpAddress::parse("127.0.0.1");
    edge_options.tcp = false;
    auto opened = sip::SipEdge::open(edge_options, stack);
    if (!opened) throw std::runtime_error("cannot bind a UDP port on loopback for sip.call.udp");
    edge = std::move(*opened);
  }
  void start() {
    thread = std::thread([this] { edge->run(); });
  }
  void stop() {
    edge->stop();
    thread.join();
  }
  base::SeededRandom random;
  sip::Stack stack;
  std::unique_ptr<sip::SipEdge> edge;
  sip::AccountId account;
  std::thread thread;
};

struct UdpCalls {
  Side caller{1}, called{2};
  std::atomic<std::uint64_t> begun{0}, ended{0}, failed{0};
  std::string target;

  UdpCalls() {
    target = "sip:1002@127.0.0.1:" + std::to_string(called.edge->port());
    for (Side* side : {&caller, &called}) {
      sip::AccountOptions account;
      account.address_of_record = "sip:100" + std::to_string(side == &caller ? 1 : 2) + "@127.0.0.1";
      account.registrar = "sip:127.0.0.1:" + std::to_string((side == &caller ? called : caller).edge->port());
      account.registers = false;
      side->account = side->stack.accounts().add(account, steady_now());
    }
    called.edge->on_event([this](sip::Event event) {
      const auto* call = std::get_if<sip::IncomingCall>(&event);
      if (call == nullptr) return;
      (void)called.stack.calls().ring(call->session, steady_now());
      (void)called.stack.calls().answer(call->session, call->offer, steady_now());
    });
    caller.edge->on_event([this](sip::Event event) {
      if (const auto* answer = std::get_if<sip::CallAnswered>(&event)) (void)caller.stack.calls().hang_up(answer->session, steady_now());
      const auto* end = std::get_if<sip::CallEnded>(&event);
      if (end == nullptr) return;
      if (end->by == sip::CallEnded::By::Network) ++failed;
      ++ended;
      call();
    });
    caller.start();
    called.start();
  }
  ~UdpCalls() {
    caller.stop();
    called.stop();
  }
  void call() {  // This runs on the caller's thread.
    if (begun >= kWarmUp + kCalls) return;
    ++begun;
    sip::CallOptions call;
    call.account = caller.account;
    call.target = target;
    call.offer = {"application/sdp",
                  "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n"};
    call.through_registrar = false;
    if (!caller.stack.calls().call(std::move(call), steady_now())) ++failed;
  }
  void wait_for(std::uint64_t calls) const {
    for (int i = 0; i < 60000 && ended < calls; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (ended < calls) throw std::runtime_error("some calls of sip.call.udp did not end");
  }
};

}  // namespace

std::vector<Result> measure_udp_calls() {
  UdpCalls calls;
  for (unsigned i = 0; i < kAtOnce; ++i) calls.caller.edge->post([&calls] { calls.call(); });
  calls.wait_for(kWarmUp);
  const double cpu = process_seconds();
  const auto begin = std::chrono::steady_clock::now();
  calls.wait_for(kWarmUp + kCalls);
  const double used = process_seconds() - cpu;
  const double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const auto count = static_cast<double>(kCalls);
  return {{"sip.call.udp.per_second", "calls/s", count / used, {}},
          {"sip.call.udp.by_the_clock", "calls/s", count / took, {}},
          {"sip.call.udp.lost", "calls", static_cast<double>(calls.failed), {}}};
}

}  // namespace offhook::bench
