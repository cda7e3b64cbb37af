#pragma once

#include <offhook/tests/sim/scripted.hpp>

namespace offhook::sim {

/// A stack with one account that registers at 192.0.2.50, the address of the test, and the flow of a stranger.
struct Registered : Scripted {
  explicit Registered(sip::StackOptions stack_options = {}) : Scripted(std::move(stack_options)) {
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:192.0.2.50";
    options.username = "6001";
    options.password = "secret";
    options.keep_alive = false;
    peer.remote = address("192.0.2.50", 5060);
  }
  sip::AccountOptions options;
  sip::AccountId account;
  sip::Flow stranger{{1}, sip::Transport::Udp, local, address("192.0.2.66", 5060)};

  static Fields challenge(const std::string& realm = "pbx", const std::string& nonce = "n1") {
    return {{"WWW-Authenticate", "Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\", algorithm=MD5, qop=\"auth\""}};
  }
  void register_now() {
    account = stack.accounts().add(options, now);
    drain();
    receive(response(take("REGISTER "), 401, "reg", {}, challenge()));
    const std::string second = take("REGISTER ");
    const std::string contact = header(second, "Contact");
    receive(response(second, 200, "reg", {}, {{"Contact", contact.substr(0, contact.find('>') + 1) + ";expires=86400"}}));
    events.clear();
    sent.clear();
  }
  /// Returns a request of the peer outside of any dialog.
  std::string outside(const std::string& method, Fields extra = {}, const std::string& content = {},
                      const std::string& uri = "sip:6001@192.0.2.1") {
    Fields fields{{"Via", via()},
                  {"Max-Forwards", "70"},
                  {"From", "\"Al\" <sip:al@pbx.example>;tag=peer" + std::to_string(branches)},
                  {"To", "<" + uri + ">"},
                  {"Call-ID", "outside-" + std::to_string(branches)},
                  {"CSeq", "1 " + method},
                  {"Contact", "<sip:al@192.0.2.50>"}};
    fields.insert(fields.end(), extra.begin(), extra.end());
    std::string text = message(method + " " + uri + " SIP/2.0", fields, content);
    if (const auto at = text.find("application/sdp"); at != std::string::npos) text.replace(at, 15, "text/plain");
    return text;
  }
  std::string ask(const std::string& text, const sip::Flow& from) {
    sent.clear();
    receive(text, from);
    return take();
  }
  std::string ask(const std::string& text) { return ask(text, peer); }
};

}  // namespace offhook::sim
