#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <string>
#include <utility>
#include <vector>

/// An account. The test plays its registrar, second registrar and proxy.
namespace offhook::sim {

using sip::Transport;

struct Leaving : Scripted {
  sip::AccountId account;
  sip::AccountOptions options;

  Leaving() {
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:pbx.example";
    names["pbx.example"] = {route(Transport::Udp, address("192.0.2.50", 5060))};
    names["pbx2.example"] = {route(Transport::Udp, address("192.0.2.60", 5060))};
    names["proxy.example"] = {route(Transport::Udp, address("192.0.2.70", 5060))};
  }
  std::string start() {
    account = stack.accounts().add(options, now);
    drain();
    return take("REGISTER ");
  }
  /// Returns a 200 that repeats the Contact, followed by `params`.
  std::string granted(const std::string& request, const std::string& params = "", Fields extra = {}) {
    const std::string contact = header(request, "Contact");
    extra.emplace_back("Contact", contact.substr(0, contact.find('>') + 1) + ";expires=300" + params);
    return response(request, 200, "reg", {}, extra);
  }
  std::string dial() {
    sip::CallOptions call;
    call.account = account;
    call.target = "sip:desk@pbx.example";
    call.offer = {"application/sdp", "offer"};
    sent.clear();
    REQUIRE(stack.calls().call(call, now));
    drain();
    return take("INVITE ");
  }
  std::string refresh() {
    sent.clear();
    for (int i = 0; i < 300 && count("REGISTER ") == 0; ++i) advance(1s);
    return take("REGISTER ");
  }
  sip::RegistrationChanged last_change() {
    sip::RegistrationChanged last;
    while (const auto changed = event<sip::RegistrationChanged>()) last = *changed;
    return last;
  }
};

}  // namespace offhook::sim
