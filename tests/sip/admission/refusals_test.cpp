// Requests that were refused without a transaction, and their retransmissions.
#include <offhook/sip/admission/refusals.hpp>
#include <offhook/tests/sim/scripted.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sim;

namespace {

sip::transaction::Key key(std::size_t i) { return {"branch" + std::to_string(i)}; }

struct Starting : Scripted {
  std::string request;
  Starting() {
    sip::AccountOptions options;
    options.address_of_record = "sip:6001@pbx.example";
    options.registrar = "sip:pbx.example";
    names["pbx.example"] = {route(sip::Transport::Udp, peer.remote)};
    answers_queries = false;
    stack.accounts().add(options, now);
    drain();
  }
  void register_now() {
    stack.on_answer(queries.at(0).id, resolve(queries.at(0)), now);
    drain();
    request = take("REGISTER ");
    receive(response(request, 200, "reg", {}, {{"Contact", header(request, "Contact")}}));
    REQUIRE(event<sip::RegistrationChanged>());
  }
};

}  // namespace

TEST_CASE_FIXTURE(Starting, "An INVITE that got 480, because the registrar's address was unknown, gets 480 again when it is retransmitted [RFC 3261 section 8.2.7]") {
  const std::string early = invite("offer", {}, "sip:6001@192.0.2.1");
  receive(early);
  const std::string refused = take("SIP/2.0 ");
  CHECK(refused.starts_with("SIP/2.0 480"));
  register_now();
  receive(early);
  CHECK(take("SIP/2.0 ") == refused);
  CHECK_FALSE(event<sip::IncomingCall>());
  receive(invite("offer", {}, "sip:6001@192.0.2.1"));  // This is a new INVITE.
  CHECK(event<sip::IncomingCall>());
}

TEST_CASE("Refusals keeps a refusal for 64 * T1, and at most kMax refusals: a new one replaces the oldest one [RFC 3261 section 17.2.1]") {
  sip::Refusals refusals(32s);
  const base::TimePoint now{1000s};
  for (std::size_t i = 0; i < sip::Refusals::kMax; ++i) refusals.remember(key(i), 403, now);
  CHECK(refusals.find(key(0), now + 32s - 1ms) == 403);
  CHECK(refusals.find(key(sip::Refusals::kMax - 1), now) == 403);
  CHECK_FALSE(refusals.find(key(0), now + 32s));
  CHECK_FALSE(refusals.find(key(sip::Refusals::kMax), now));
  refusals.remember(key(sip::Refusals::kMax), 404, now);
  CHECK(refusals.find(key(sip::Refusals::kMax), now) == 404);
  CHECK_FALSE(refusals.find(key(0), now));
  CHECK(refusals.find(key(1), now) == 403);
}
