// Subscribes to waiting messages, and prints each notification:     subscribe sip:6001@pbx.example [PACKAGE [SECONDS]]
#include <offhook/agent/phone/endpoint.hpp>

#include <cstdio>
#include <cstdlib>
#include <future>

using namespace offhook;
using State = sip::SubscriptionChanged::State;

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: subscribe ADDRESS [PACKAGE [SECONDS]]\n"), 2;
  phone::SubscribeOptions wanted;
  wanted.target = argv[1];
  wanted.package = argc > 2 ? argv[2] : "message-summary";
  wanted.through_registrar = false;
  const std::chrono::seconds listen_for(argc > 3 ? std::atoi(argv[3]) : 60);

  media::Engine engine{{}};
  std::unique_ptr<phone::Endpoint> endpoint;
  std::promise<int> over;
  bool told = false;  // Like all variables of the handler, this one is used only on the endpoint's thread.
  const auto on_event = [&](const phone::PhoneEvent& event) {
    if (const auto* changed = std::get_if<phone::SubscriptionChanged>(&event)) {
      if (changed->details.state == State::Active) {
        std::printf("subscribed\n");
        // The stack refreshes the subscription until the program ends it.
        endpoint->post_after(listen_for, [subscription = changed->subscription]() mutable { (void)subscription.unsubscribe(); });
      }
      if (changed->details.state == State::Ended && changed->details.branch_tag.empty()) {
        std::printf("ended (%d)\n", changed->details.status);
        over.set_value(told ? 0 : 1);
      }
    }
    if (const auto* notified = std::get_if<phone::Notified>(&event)) {
      told = true;
      std::printf("%s\n", notified->details.body.data.c_str());
    }
  };

  auto opened = phone::Endpoint::open({}, engine, on_event);
  if (!opened) return std::fprintf(stderr, "%s\n", opened.error().detail.c_str()), 1;
  endpoint = std::move(*opened);
  endpoint->post([&] {
    sip::AccountOptions who;
    who.address_of_record = wanted.target;
    who.registers = false;
    const auto account = endpoint->add_account(who);
    if (!account) return over.set_value(1);
    wanted.account = *account;
    if (const auto subscription = endpoint->subscribe(wanted)) return;
    std::fprintf(stderr, "the address is not a SIP address for a subscription\n");
    over.set_value(1);
  });
  return over.get_future().get();
}
