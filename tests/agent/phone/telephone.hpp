#pragma once

#include <offhook/agent/phone/endpoint.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <vector>

// Telephones on loopback with real sockets and engines. Each wait ends when its condition holds.
namespace offhook::test {

using namespace std::chrono_literals;

/// Runs the task on the thread of an endpoint or of a network, and waits until the task has ended.
template <class Owner, class Task>
void run_on(Owner& owner, Task task) {
  std::promise<void> done;
  owner.post([&] {
    task();
    done.set_value();
  });
  done.get_future().get();
}

struct Telephone {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  std::shared_ptr<media::AudioPort> port = std::make_shared<media::AudioPort>();
  std::mutex mutex;
  std::vector<phone::PhoneEvent> events;
  phone::CallPtr call;
  std::optional<phone::Prepared> prepared;  ///< set for a call that is not answered at once
  bool answers = true;
  std::function<void(const phone::PhoneEvent&)> looks{};  ///< gets each event before the telephone handles it
  std::unique_ptr<phone::Endpoint> endpoint;
  phone::Account account;

  explicit Telephone(const std::string& user, std::vector<media::AudioCodec> codecs = {media::AudioCodec::Pcmu}, std::size_t lines = 1,
                     std::optional<phone::WatchOptions> watched = {}, phone::IdentityOptions signed_numbers = {},
                     const std::function<void(phone::EndpointOptions&)>& change = {}) {
    phone::EndpointOptions options;
    options.sip.bind = *base::IpAddress::parse("127.0.0.1");
    options.codecs = std::move(codecs);
    options.max_calls = lines;
    options.watched = std::move(watched);
    options.identity = std::move(signed_numbers);
    if (change) change(options);
    auto opened = phone::Endpoint::open(options, engine, [this](phone::PhoneEvent event) { on_event(std::move(event)); });
    REQUIRE(opened.has_value());
    endpoint = std::move(*opened);
    on_thread([&] {
      sip::AccountOptions identity;
      identity.address_of_record = "sip:" + user + "@127.0.0.1:" + std::to_string(endpoint->sip_port());
      identity.registrar = "sip:127.0.0.1";
      identity.registers = false;
      auto added = endpoint->add_account(identity, options.security);
      REQUIRE(added.has_value());
      account = *added;
    });
  }
  ~Telephone() { endpoint.reset(); }

  template <class Task>
  void on_thread(Task task) { run_on(*endpoint, task); }

  void on_event(phone::PhoneEvent event) {
    if (looks) looks(event);
    if (auto* offered = std::get_if<phone::CallOffered>(&event)) {
      call = offered->call;
      (void)call->prepare(port);
    }
    if (const auto* ready = std::get_if<phone::CallPrepared>(&event); ready && ready->media) {
      if (answers)
        (void)call->answer(*ready->media);
      else
        prepared = *ready->media;
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
    return offhook_test::wait_until([&] {
      const auto e = last<E>();
      return e && condition(*e);
    });
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
  /// Sends a second of tone.
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
    return offhook_test::wait_until([&] {
      while (port->heard.try_pop(frame)) {
        if (frame.level_dbov > -30) return true;
      }
      return false;
    });
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

}  // namespace offhook::test
