// Two telephones on loopback, with real sockets and engines; waits end when the awaited thing is there.
#include <offhook/agent/phone/endpoint.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <future>
#include <mutex>
#include <thread>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

struct Telephone {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  std::mutex mutex;
  std::vector<phone::PhoneEvent> events;
  phone::CallPtr call;
  bool answers = true;
  std::unique_ptr<phone::Endpoint> endpoint;
  sip::AccountId account;

  explicit Telephone(const std::string& user, std::vector<media::AudioCodec> codecs = {media::AudioCodec::Pcmu}) {
    phone::EndpointOptions options;
    options.sip.bind = *base::IpAddress::parse("127.0.0.1");
    options.codecs = std::move(codecs);
    options.max_calls = 1;
    auto opened = phone::Endpoint::open(options, engine, [this](phone::PhoneEvent event) { on_event(std::move(event)); });
    REQUIRE(opened.has_value());
    endpoint = std::move(*opened);
    on_thread([&] {
      sip::AccountOptions identity;
      identity.address_of_record = "sip:" + user + "@127.0.0.1:" + std::to_string(endpoint->sip_port());
      identity.registrar = "sip:127.0.0.1";
      identity.registers = false;
      account = endpoint->add_account(identity);
    });
  }
  ~Telephone() { endpoint.reset(); }

  template <class Task>
  void on_thread(Task task) {
    std::promise<void> done;
    endpoint->post([&] {
      task();
      done.set_value();
    });
    done.get_future().get();
  }

  void on_event(phone::PhoneEvent event) {
    if (auto* offered = std::get_if<phone::CallOffered>(&event)) {
      call = offered->call;
      if (call->prepare(port, {}) && answers) (void)call->answer();
    }
    const std::lock_guard lock(mutex);
    events.push_back(std::move(event));
  }

  template <class E>
  std::optional<E> last() {
    const std::lock_guard lock(mutex);
    for (auto it = events.rbegin(); it != events.rend(); ++it) {
      if (const E* e = std::get_if<E>(&*it)) return *e;
    }
    return std::nullopt;
  }
  template <class E, class Condition>
  bool wait_for(Condition condition) {
    for (int i = 0; i < 2000; ++i) {
      if (const auto e = last<E>(); e && condition(*e)) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
  template <class E>
  bool wait_for() {
    return wait_for<E>([](const E&) { return true; });
  }

  void dial(const std::string& user, std::uint16_t sip_port) {
    on_thread([&] {
      auto dialled = endpoint->dial({account, "sip:" + user + "@127.0.0.1:" + std::to_string(sip_port), {}, false}, port);
      REQUIRE(dialled.has_value());
      call = *dialled;
    });
  }
  /// A second of tone into the line.
  void play() {
    for (std::uint32_t k = 0; k < 50; ++k) {
      media::PlayoutFrame frame;
      frame.utterance = 1;
      frame.samples = 320;
      frame.last = k == 49;
      for (std::size_t i = 0; i < 320; ++i) frame.pcm[i] = static_cast<std::int16_t>(8000 * std::sin(0.3 * static_cast<double>(k * 320 + i)));
      (void)port->playout.try_push(frame);
    }
  }
  bool hears() {
    media::HeardFrame frame;
    for (int i = 0; i < 2000; ++i) {
      while (port->heard.try_pop(frame)) {
        if (frame.level_dbov > -30) return true;
      }
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }
};

struct Pair {
  Telephone a{"anna"}, b{"bert"};
  void connect() {
    a.dial("bert", b.endpoint->sip_port());
    REQUIRE(a.wait_for<phone::CallConnected>());
    REQUIRE(b.wait_for<phone::CallConnected>());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Pair, "A call is answered and heard on both sides, and its end is known to both") {
  connect();
  CHECK(a.call->codec() == media::AudioCodec::Pcmu);
  a.play();
  b.play();
  CHECK(b.hears());
  CHECK(a.hears());
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.by == sip::CallEnded::By::Remote);
  CHECK(b.last<phone::CallFinished>()->media->packets_received > 0);
  a.on_thread([&] { CHECK_FALSE(a.call->hang_up().has_value()); });
  CHECK(a.call->state() == phone::Call::State::Ended);
}

TEST_CASE_FIXTURE(Pair, "Hold stops what it must on the other side, and resume brings it back [RFC 3264 section 8.4]") {
  connect();
  a.on_thread([&] { CHECK(a.call->hold().has_value()); });
  REQUIRE(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.sends; }));
  CHECK(b.last<phone::CallMediaChanged>()->receives);
  REQUIRE(a.wait_for<phone::CallMediaChanged>([](const auto& e) { return !e.receives; }));
  a.on_thread([&] { CHECK(a.call->resume().has_value()); });
  CHECK(b.wait_for<phone::CallMediaChanged>([](const auto& e) { return e.sends && e.receives; }));
}

TEST_CASE_FIXTURE(Pair, "One line more than there are is busy") {
  connect();
  Telephone c("carl");
  c.dial("bert", b.endpoint->sip_port());
  REQUIRE(c.wait_for<phone::CallFinished>());
  CHECK(c.last<phone::CallFinished>()->details.status == 486);
  CHECK(b.call->state() == phone::Call::State::Connected);
}

TEST_CASE_FIXTURE(Pair, "A caller who gives up while it rings leaves nothing behind") {
  b.answers = false;
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(b.wait_for<phone::CallOffered>());
  b.on_thread([&] { CHECK(b.call->ring().has_value()); });
  REQUIRE(a.wait_for<phone::CallRinging>());
  a.on_thread([&] { CHECK(a.call->hang_up().has_value()); });
  REQUIRE(b.wait_for<phone::CallFinished>());
  CHECK(b.last<phone::CallFinished>()->details.why == sip::CallEnded::Why::Cancelled);
  b.on_thread([&] { CHECK(b.endpoint->calls() == 0); });
  CHECK(b.engine.legs() == 0);
}

TEST_CASE("No codec in common: 488, and no leg stays open") {
  Telephone a("anna", {media::AudioCodec::Pcma}), b("bert", {media::AudioCodec::G722});
  a.dial("bert", b.endpoint->sip_port());
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.last<phone::CallFinished>()->details.status == 488);
  CHECK(a.engine.legs() == 0);
}

TEST_CASE_FIXTURE(Pair, "A transfer that the other side does not take is told [RFC 3515 section 2.4.2]") {
  connect();
  a.on_thread([&] { CHECK(a.call->transfer("6100").has_value()); });
  REQUIRE(a.wait_for<phone::CallTransferred>());
  CHECK(a.last<phone::CallTransferred>()->status >= 400);
  CHECK(a.call->state() == phone::Call::State::Connected);
}

TEST_CASE_FIXTURE(Pair, "A leg's ports are given back when the call is over, and a target that is no address is refused") {
  connect();
  a.on_thread([&] { (void)a.call->hang_up(); });
  REQUIRE(a.wait_for<phone::CallFinished>());
  CHECK(a.engine.legs() == 0);
  a.on_thread([&] {
    const auto dialled = a.endpoint->dial({a.account, "not an address", {}, false}, a.port);
    CHECK_FALSE(dialled.has_value());
    CHECK(a.endpoint->calls() == 0);
  });
  CHECK(a.engine.legs() == 0);
}
