#include "malformed.hpp"

#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

#include <set>

using namespace offhook;
using namespace offhook::sim;

namespace {

std::string options(std::size_t number, const std::string& transport) {
  const std::string n = std::to_string(number);
  return message("OPTIONS sip:bot@192.0.2.1 SIP/2.0", {{"Via", "SIP/2.0/" + transport + " 192.0.2.99:5060;branch=z9hG4bKgood" + n + ";rport"},
                                                       {"Max-Forwards", "70"},
                                                       {"From", "<sip:al@192.0.2.99>;tag=good" + n},
                                                       {"To", "<sip:bot@192.0.2.1>"},
                                                       {"Call-ID", "good-" + n},
                                                       {"CSeq", "7 OPTIONS"}});
}

}  // namespace

TEST_CASE("for_each() makes at least 4,500 different malformed INVITEs, with at least 40 wrong elements") {
  std::set<std::string> all;
  const std::size_t count = malformed::for_each("UDP", [&](const std::string&, std::string text) {
    for (const std::string mark : {"z9hG4bK", "tag=t", "Call-ID: m"}) {  // Without the numbers, two equal messages would also be equal texts.
      auto at = text.find(mark);
      if (at == std::string::npos) continue;
      for (at += mark.size(); at < text.size() && base::is_digit(text[at]);) text.erase(at, 1);
    }
    all.insert(std::move(text));
  });
  MESSAGE(count, " malformed INVITEs, ", all.size(), " different ones");
  CHECK(count >= 4500);
  CHECK(all.size() >= 4500);
  CHECK(malformed::take_apart().second.size() >= 40);
}

TEST_CASE("After each malformed INVITE the stack responds to an OPTIONS, and a minute later the stack has no state of the INVITE") {
  for (const auto transport : {sip::Transport::Udp, sip::Transport::Tcp}) {
    Scripted one;
    one.peer.transport = transport;
    std::size_t number = 0, answered = 0;
    malformed::for_each(to_string(transport), [&](const std::string& name, std::string text) {
      CAPTURE(name);
      one.receive(text);
      while (const auto call = one.event<sip::IncomingCall>()) (void)one.stack.calls().reject(call->session, 486, {}, one.now);
      one.drain();
      for (const Sent& sent : one.sent) {  // The stack sends only whole messages, without a line from the INVITE.
        REQUIRE(sent.bytes.starts_with("SIP/2.0 "));
        CHECK(sent.bytes.find("\r\nX: y\r\n") == std::string::npos);
        CHECK(sent.bytes.find('\0') == std::string::npos);
      }
      one.sent.clear();
      one.receive(options(++number, std::string(to_string(transport))));
      const std::string answer = one.take();
      REQUIRE(answer.starts_with("SIP/2.0 200"));
      ++answered;
      one.advance(60s);
      CHECK(one.stack.sizes().legs == 0);
      CHECK_FALSE(one.stack.next_deadline());
      one.sent.clear();
    });
    CHECK(answered == number);
    CHECK(one.stack.counters().refused_parse > 1000);
  }
}
