// Registers, prints the result, and removes the registration:     register sip:6001@pbx.example PASSWORD [sip:REGISTRAR]
#include <offhook/agent/phone/endpoint.hpp>

#include <cstdio>
#include <future>

using namespace offhook;
using State = sip::RegistrationChanged::State;

int main(int argc, char** argv) {
  if (argc < 3) return std::fprintf(stderr, "usage: register ADDRESS PASSWORD [REGISTRAR]\n"), 2;

  sip::AccountOptions options;
  options.address_of_record = argv[1];
  options.password = argv[2];
  options.username = options.address_of_record.substr(4, options.address_of_record.find('@') - 4);  // after "sip:"
  if (argc > 3) options.registrar = argv[3];  // The default registrar is the domain of the address.

  // The handler runs on the endpoint's own thread. Promises pass the results to this thread.
  std::promise<bool> settled, withdrawn;
  bool told = false;
  const auto on_event = [&](const phone::PhoneEvent& event) {
    const auto* changed = std::get_if<phone::RegistrationChanged>(&event);
    if (!changed) return;
    const auto& details = changed->details;
    if (details.state == State::Registered) {
      std::printf("registered as %s\n", details.contact.c_str());
      if (!std::exchange(told, true)) settled.set_value(true);
    }
    if (details.state == State::Failed) {
      std::printf("not registered: %d %s\n", details.status, details.reason.c_str());
      if (!std::exchange(told, true)) settled.set_value(false);
    }
    if (details.state == State::Unregistered) withdrawn.set_value(true);
  };

  media::Engine engine{{}};
  auto endpoint = phone::Endpoint::open({}, engine, on_event);
  if (!endpoint) return std::fprintf(stderr, "%s\n", endpoint.error().detail.c_str()), 1;

  // Accounts and calls may be used only on the endpoint's thread. post() runs a task there.
  phone::Account account;
  (*endpoint)->post([&] {
    if (const auto added = (*endpoint)->add_account(options)) account = *added;
  });
  const bool registered = settled.get_future().get();

  (*endpoint)->post([&] { (void)account.unregister(); });
  withdrawn.get_future().wait();
  return registered ? 0 : 1;
}
