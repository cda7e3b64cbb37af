#include <offhook/agent/phone/sip_network.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using test::Telephone;

namespace {

/// A network whose outgoing calls wait for their media until the test ends the wait.
struct HeldNetwork {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  std::mutex mutex;
  std::vector<call::Event> events;
  std::vector<phone::MediaReady> waiting;  // used on the signalling thread only
  std::unique_ptr<phone::SipNetwork> network;

  explicit HeldNetwork(const Telephone& target) {
    phone::EndpointOptions options;
    options.sip.bind = *base::IpAddress::parse("127.0.0.1");
    options.codecs = {media::AudioCodec::Pcmu};
    options.max_calls = 2;
    options.prepare_media = [this](const phone::SectionMedia&, phone::MediaReady ready) { waiting.push_back(std::move(ready)); };
    auto opened = phone::SipNetwork::open(options, engine, {[this](call::Event event) {
                                                              const std::lock_guard lock(mutex);
                                                              events.push_back(std::move(event));
                                                            },
                                                            [](const phone::PhoneEvent&) {}});
    REQUIRE(opened.has_value());
    network = std::move(*opened);
    on_thread([&] {
      sip::AccountOptions account;
      account.address_of_record = "sip:desk@127.0.0.1:" + std::to_string(network->endpoint().sip_port());
      account.registrar = "sip:127.0.0.1:" + std::to_string(target.endpoint->sip_port());  // The calls go to the target.
      account.registers = false;
      network->add_account(account);
    });
  }
  ~HeldNetwork() { network.reset(); }

  template <class Task>
  void on_thread(Task task) { offhook::test::run_on(*network, task); }
  call::LegPtr dial(const Telephone& target) {
    call::LegPtr leg;
    on_thread([&] {
      auto dialled = network->dial({"sip:target@127.0.0.1:" + std::to_string(target.endpoint->sip_port())}, std::make_shared<media::AudioPort>());
      REQUIRE(dialled.has_value());
      leg = *dialled;
    });
    return leg;
  }
  template <class E>
  bool wait_for(const call::LegPtr& leg) {
    return offhook_test::wait_until([&] {
      const std::lock_guard lock(mutex);
      return std::any_of(events.begin(), events.end(), [&](const call::Event& event) {
        const E* e = std::get_if<E>(&event);
        return e != nullptr && e->leg == leg;
      });
    });
  }
};

}  // namespace

TEST_CASE("If two legs wait for their media, each leg gets its own events, and gets its name with the INVITE") {
  Telephone target("target");
  HeldNetwork calling(target);
  const auto first = calling.dial(target), second = calling.dial(target);
  CHECK(first->name().call.empty());
  calling.on_thread([&] {
    REQUIRE(calling.waiting.size() == 2);
    calling.waiting[1](base::fail(base::Error{"test", 1, "no media"}));
  });
  REQUIRE(calling.wait_for<call::Finished>(second));
  calling.on_thread([&] { calling.waiting[0]({}); });
  REQUIRE(calling.wait_for<call::Connected>(first));
  calling.on_thread([&] {
    CHECK_FALSE(first->name().call.empty());
    CHECK(first->hang_up("over").has_value());
  });
  CHECK(calling.wait_for<call::Finished>(first));
  const std::lock_guard lock(calling.mutex);
  CHECK(std::count_if(calling.events.begin(), calling.events.end(), [](const auto& event) { return std::holds_alternative<call::Finished>(event); }) == 2);
}

TEST_CASE("Until set_accepting(true), an endpoint that is opened without `accepting` refuses calls with 503 and without an event") {
  Telephone caller("caller");
  Telephone called("called", {media::AudioCodec::Pcmu}, 1, {}, {}, [](phone::EndpointOptions& options) { options.accepting = false; });
  caller.dial("called", called.endpoint->sip_port());
  REQUIRE(caller.wait_for<phone::CallFinished>());
  CHECK(caller.last<phone::CallFinished>()->details.status == 503);
  CHECK_FALSE(called.last<phone::CallOffered>());
  called.on_thread([&] { called.endpoint->set_accepting(true); });
  caller.dial("called", called.endpoint->sip_port());
  CHECK(caller.wait_for<phone::CallConnected>());
}

TEST_CASE("After the endpoint has stopped, the function that ends the preparation of media does nothing") {
  phone::MediaReady ready;
  Telephone caller("caller");
  Telephone called("called", {media::AudioCodec::Pcmu}, 1, {}, {}, [&ready](phone::EndpointOptions& options) {
    options.prepare_media = [&ready](const phone::SectionMedia&, phone::MediaReady given) { ready = std::move(given); };
  });
  caller.dial("called", called.endpoint->sip_port());
  REQUIRE(called.wait_for<phone::CallOffered>());
  called.on_thread([] {});
  called.endpoint->stop();
  REQUIRE(ready);
  ready({});
  CHECK_FALSE(called.last<phone::CallPrepared>());
}
