// Tests of offers in early dialogs that collide or fail, and of their effect on the established call.
#include <offhook/tests/sip/stack/early_dialogs.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

const Fields kRefreshedByUs{{"Require", "timer"}, {"Session-Expires", "90;refresher=uac"}, {"Allow", "INVITE, ACK, BYE"}};

struct Between : EarlyDialogs {
  std::string update(std::string_view tag = {}) {
    REQUIRE(stack.calls().update(session, kNew, now, {}, tag));
    drain();
    return take("UPDATE ");
  }
  /// Receives the 2xx of branch `tag`, which allows no UPDATE. Returns the body of the re-INVITE with which the agent refreshes the
  /// session after half of the interval.
  std::string refreshed(const std::string& tag) {
    answered(tag, {}, kRefreshedByUs);
    sent.clear();
    advance(45s);
    return body(take("INVITE "));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Between,
    "After a 491 the calling agent delays its offer while the peer's offer waits, and drops it if the application accepts that offer [RFC 3311 section 5.1]") {
  dial();
  agree();
  receive(response(update(), 491, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  advance(5s);
  CHECK(count("UPDATE ") == 0);
  SUBCASE("the application accepts the peer's offer") {
    REQUIRE(stack.calls().accept_offer(session, kFine, now));
    advance(5s);
    CHECK(count("UPDATE ") == 0);
    CHECK(event<sip::OfferRefused>()->status == 491);
  }
  SUBCASE("the application refuses the peer's offer") {
    REQUIRE(stack.calls().refuse_offer(session, 488, now));
    advance(5s);
    CHECK(count("UPDATE ") > 0);
  }
}

TEST_CASE_FIXTURE(Between, "An offer of the agent that waits for a PRACK fails if the PRACK fails [RFC 6337 section 4.3]") {
  dial();
  reliable(10, "a", "answer", kUpdates);
  const std::string prack = take("PRACK ");
  REQUIRE(stack.calls().update(session, kNew, now));
  int status = 500;
  SUBCASE("the PRACK is refused") { receive(response(prack, 500, "")); }
  SUBCASE("the PRACK gets no response") {
    status = 408;
    advance(33s);
  }
  const auto refused = event<sip::OfferRefused>();
  REQUIRE(refused);
  CHECK(refused->status == status);
  CHECK(refused->branch_tag == "a");
  CHECK(count("UPDATE ") == 0);
}

TEST_CASE_FIXTURE(Between, "A 2xx to an early UPDATE changes the target of that early dialog [RFC 3311 section 5.3]") {
  dial();
  agree();
  receive(response(update(), 200, "", "their answer", {{"Contact", "<sip:a@192.0.2.66>"}}));
  CHECK(start_line(update()) == "UPDATE sip:a@192.0.2.66 SIP/2.0");
}

TEST_CASE_FIXTURE(Between, "A session refresh repeats the description that both sides agreed on last, even if they did so before the 2xx [RFC 4028 section 7.4]") {
  dial();
  agree();
  SUBCASE("the agent's offer") {
    receive(response(update(), 200, "", "their answer"));
    CHECK(refreshed("a") == "new");
  }
  SUBCASE("the agent's answer") {
    receive(in_dialog("UPDATE", 1, our_tag, "theirs", {}, "a"));
    REQUIRE(stack.calls().accept_offer(session, kFine, now));
    CHECK(refreshed("a") == "fine");
  }
  SUBCASE("the agent's offer, which the peer refused") {
    receive(response(update(), 488, ""));
    CHECK(refreshed("a") == "offer");
  }
}

TEST_CASE_FIXTURE(Between, "The call continues if an abandoned branch does not respond to an UPDATE [RFC 3261 section 12.2.1.2]") {
  dial();
  agree("a");
  agree("b");
  REQUIRE(!update("a").empty());
  const std::string to_b = update("b");
  answered("b");
  receive(response(to_b, 200, "", "b's answer"));
  advance(20s);
  REQUIRE(stack.calls().update(session, kNew, now));
  advance(13s);  // The UPDATE to branch a has timed out.
  CHECK(stack.calls().size() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Between, "An early UPDATE repeats the accepted INFO packages in Recv-Info [RFC 6086 section 5.2]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.registers = false;
  options.info_packages = {"x-game"};
  sip::CallOptions call;
  call.account = stack.accounts().add(options, now);
  call.target = "sip:desk@192.0.2.99";
  call.offer = {"application/sdp", "offer"};
  session = *stack.calls().call(call, now);
  drain();
  first = take("INVITE ");
  agree();
  CHECK(header(update(), "Recv-Info") == "x-game");
}

TEST_CASE_FIXTURE(Between, "An early UPDATE has no Session-Expires, even if the account asks for a session timer [RFC 4028 section 7.4]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.registers = false;
  options.session_timer.use = sip::SessionTimerOptions::Use::Ask;
  account = stack.accounts().add(options, now);
  agree_as_called();
  const std::string offer = update();
  CHECK(header(offer, "Session-Expires").empty());
  CHECK(header(offer, "Supported").find("timer") != std::string::npos);
}

TEST_CASE_FIXTURE(Between, "After a 504 to the agent's UPDATE, the re-INVITE waits for the ACK to the agent's 2xx [RFC 3261 section 14.1]") {
  agree_as_called();
  const std::string offer = update();
  REQUIRE(stack.calls().answer(session, kAnswer, now));
  drain();
  sent.clear();
  receive(response(offer, 504, ""));
  CHECK(count("INVITE ") == 0);
  receive(in_dialog("ACK", 1, our_tag));
  advance(2s);
  CHECK(body(take("INVITE ")) == "new");
}
