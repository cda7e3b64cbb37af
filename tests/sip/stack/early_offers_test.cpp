// Offers of both sides in an early dialog that get in each other's way, and what the call that follows remembers of them.
#include <offhook/tests/sip/stack/early_dialogs.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

const Fields kRefreshedByUs{{"Require", "timer"}, {"Session-Expires", "90;refresher=uac"}, {"Allow", "INVITE, ACK, BYE"}};

struct Between : EarlyDialogs {
  std::string update(std::string_view tag = {}) {
    REQUIRE(stack.update(session, kNew, now, {}, tag));
    drain();
    return take("UPDATE ");
  }
  /// The 2xx of branch `tag`; what we say again, at half time, to a peer that takes no UPDATE any more.
  std::string refreshed(const std::string& tag) {
    answered(tag, {}, kRefreshedByUs);
    sent.clear();
    advance(45s);
    return body(take("INVITE "));
  }
};

}  // namespace

TEST_CASE_FIXTURE(Between, "As the calling side: refused with 491, ours is not sent while theirs waits, and not after it was answered [RFC 3311 section 5.1]") {
  dial();
  agree();
  receive(response(update(), 491, ""));
  receive(in_dialog("UPDATE", 1, our_tag, "theirs", {}, "a"));
  REQUIRE(event<sip::OfferReceived>());
  advance(5s);
  CHECK(count("UPDATE ") == 0);
  SUBCASE("accepted") {
    REQUIRE(stack.accept_offer(session, kFine, now));
    advance(5s);
    CHECK(count("UPDATE ") == 0);
    CHECK(event<sip::OfferRefused>()->status == 491);
  }
  SUBCASE("refused") {
    REQUIRE(stack.refuse_offer(session, 488, now));
    advance(5s);
    CHECK(count("UPDATE ") > 0);
  }
}

TEST_CASE_FIXTURE(Between, "What waits for a PRACK ends with it [RFC 6337 section 4.3]") {
  dial();
  reliable(10, "a", "answer", kUpdates);
  const std::string prack = take("PRACK ");
  REQUIRE(stack.update(session, kNew, now));
  int status = 500;
  SUBCASE("refused") { receive(response(prack, 500, "")); }
  SUBCASE("not answered") {
    status = 408;
    advance(33s);
  }
  const auto refused = event<sip::OfferRefused>();
  REQUIRE(refused);
  CHECK(refused->status == status);
  CHECK(refused->branch_tag == "a");
  CHECK(count("UPDATE ") == 0);
}

TEST_CASE_FIXTURE(Between, "A 2xx to an early UPDATE moves the target of that early dialog [RFC 3311 section 5.3]") {
  dial();
  agree();
  receive(response(update(), 200, "", "their answer", {{"Contact", "<sip:a@192.0.2.66>"}}));
  CHECK(start_line(update()) == "UPDATE sip:a@192.0.2.66 SIP/2.0");
}

TEST_CASE_FIXTURE(Between, "A refresh says again what was agreed on last, though that was before the 2xx [RFC 4028 section 7.4]") {
  dial();
  agree();
  SUBCASE("our offer") {
    receive(response(update(), 200, "", "their answer"));
    CHECK(refreshed("a") == "new");
  }
  SUBCASE("our answer") {
    receive(in_dialog("UPDATE", 1, our_tag, "theirs", {}, "a"));
    REQUIRE(stack.accept_offer(session, kFine, now));
    CHECK(refreshed("a") == "fine");
  }
  SUBCASE("our offer, which they refused") {
    receive(response(update(), 488, ""));
    CHECK(refreshed("a") == "offer");
  }
}

TEST_CASE_FIXTURE(Between, "A branch that lost and says nothing to our UPDATE ends no call [RFC 3261 section 12.2.1.2]") {
  dial();
  agree("a");
  agree("b");
  REQUIRE(!update("a").empty());
  const std::string to_b = update("b");
  answered("b");
  receive(response(to_b, 200, "", "b's answer"));
  advance(20s);
  REQUIRE(stack.update(session, kNew, now));
  advance(13s);  // Now nobody has answered the one to a.
  CHECK(stack.sessions() == 1);
  CHECK_FALSE(event<sip::CallEnded>());
}

TEST_CASE_FIXTURE(Between, "An early UPDATE says anew which packages of INFO we take [RFC 6086 section 5.2]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.registers = false;
  options.info_packages = {"x-game"};
  sip::CallOptions call;
  call.account = stack.add_account(options, now);
  call.target = "sip:desk@192.0.2.99";
  call.offer = {"application/sdp", "offer"};
  session = *stack.call(call, now);
  drain();
  first = take("INVITE ");
  agree();
  CHECK(header(update(), "Recv-Info") == "x-game");
}

TEST_CASE_FIXTURE(Between, "Of the session timer an early UPDATE of ours says nothing, though the account asks for one [RFC 4028 section 7.4]") {
  sip::AccountOptions options;
  options.address_of_record = "sip:bot@192.0.2.1";
  options.registrar = "sip:192.0.2.99";
  options.registers = false;
  options.session_timer.use = sip::SessionTimerOptions::Use::Ask;
  account = stack.add_account(options, now);
  agree_as_called();
  const std::string offer = update();
  CHECK(header(offer, "Session-Expires").empty());
  CHECK(header(offer, "Supported").find("timer") != std::string::npos);
}

TEST_CASE_FIXTURE(Between, "504 to our UPDATE before the ACK to our 2xx: the re-INVITE waits for that ACK [RFC 3261 section 14.1]") {
  agree_as_called();
  const std::string offer = update();
  REQUIRE(stack.answer(session, kAnswer, now));
  drain();
  sent.clear();
  receive(response(offer, 504, ""));
  CHECK(count("INVITE ") == 0);
  receive(in_dialog("ACK", 1, our_tag));
  advance(2s);
  CHECK(body(take("INVITE ")) == "new");
}
