#pragma once

#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

#include <string>

namespace offhook::sim {

/// An account. The test plays its registrar.
struct Registering : Scripted {
  sip::AccountId account;
  sip::AccountOptions options;

  Registering() {
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:192.0.2.50";
    options.username = "6001";
    options.password = "secret";
    peer.remote = address("192.0.2.50", 5060);
  }
  std::string start() {
    account = stack.accounts().add(options, now);
    drain();
    return take("REGISTER ");
  }
  static Fields challenge() { return {{"WWW-Authenticate", "Digest realm=\"pbx\", nonce=\"n1\", algorithm=MD5, qop=\"auth\""}}; }
  /// Returns a 200 to the REGISTER `request`, with its Contact and an interval of `seconds`.
  std::string granted(const std::string& request, int seconds) {
    const std::string contact = header(request, "Contact");
    return response(request, 200, "reg", {},
                    {{"Contact", contact.substr(0, contact.find('>') + 1) + ";expires=" + std::to_string(seconds)}});
  }
  void register_now() {
    const std::string first = start();
    receive(response(first, 401, "reg", {}, challenge()));
    receive(granted(take("REGISTER "), 120));
    sip::RegistrationChanged last;
    while (const auto changed = event<sip::RegistrationChanged>()) last = *changed;
    REQUIRE(last.state == sip::RegistrationChanged::State::Registered);
  }
};

}  // namespace offhook::sim
