// Calls FIRST and transfers the call to SECOND (blind transfer):     transfer sip:bob@192.0.2.7 sip:carol@192.0.2.8
#include <offhook/agent/phone/endpoint.hpp>

#include <cstdio>
#include <future>

using namespace offhook;

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: transfer FIRST SECOND\n"), 2;
  const std::string first = argv[1], second = argv[2];

  std::promise<int> over;
  bool reached = false;  // Like all variables of the handler, this one is used only on the endpoint's thread.
  const auto on_event = [&](const phone::PhoneEvent& event) {
    if (const auto* connected = std::get_if<phone::CallConnected>(&event)) {
      std::printf("%s has answered, and gets the request to call %s\n", first.c_str(), second.c_str());
      if (const auto asked = connected->call->transfer(second); !asked) {
        std::printf("%s\n", asked.error().detail.c_str());
        (void)connected->call->hang_up();
      }
    }
    // The call continues until the transfer has succeeded. If the transfer fails, the peer is still connected.
    if (const auto* transferred = std::get_if<phone::CallTransferred>(&event)) {
      reached = transferred->status / 100 == 2;
      std::printf("the transfer %s (%d)\n", reached ? "succeeded" : "failed", transferred->status);
      (void)transferred->call->hang_up();
    }
    if (std::holds_alternative<phone::CallFinished>(event)) over.set_value(reached ? 0 : 1);
  };

  media::Engine engine{{}};
  auto endpoint = phone::Endpoint::open({}, engine, on_event);
  if (!endpoint) return std::fprintf(stderr, "%s\n", endpoint.error().detail.c_str()), 1;

  (*endpoint)->post([&] {
    sip::AccountOptions who;
    who.address_of_record = "sip:anna@anna.invalid";
    who.registers = false;
    const auto account = (*endpoint)->add_account(who);
    if (!account) return over.set_value(1);
    phone::DialOptions options{*account, first, {}, false};
    if (const auto call = (*endpoint)->dial(options, std::make_shared<media::AudioPort>()); !call) {
      std::fprintf(stderr, "%s\n", call.error().detail.c_str());
      over.set_value(1);
    }
  });
  return over.get_future().get();
}
