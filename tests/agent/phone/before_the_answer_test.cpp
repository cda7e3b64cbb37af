// A call before its answer: provisional responses, early media and redirections.
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using namespace std::chrono_literals;
using test::Telephone;

namespace {

constexpr char kTheirs[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";

struct Unhurried : test::Pair {
  Unhurried() { b.answers = false; }
  void dial(bool early_media) {
    a.on_thread([&] {
      phone::DialOptions options;
      options.account = a.account;
      options.target = "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port());
      options.through_registrar = false;
      options.early_media = early_media;
      const auto dialled = a.endpoint->dial(options, a.port);
      REQUIRE(dialled.has_value());
      a.call = *dialled;
    });
    REQUIRE(b.wait_for<phone::CallOffered>());
  }
};

}  // namespace

TEST_CASE("Each response 181, 182 or 183 causes one event, with its reason phrase and header fields [RFC 3261 section 21.1]") {
  test::FarEnd peer([](sip::Stack& stack, const sip::IncomingCall& call) {
    const auto now = base::Clock::now();
    for (const int status : {181, 182}) (void)stack.calls().provisional(call.session, status, {}, now, {{"X-Place", std::to_string(status)}});
    (void)stack.calls().provisional(call.session, 183, {"application/sdp", kTheirs}, now, {{"X-Place", "183"}});
    (void)stack.calls().reject(call.session, 486, {{"Retry-After", "60"}}, now);
  });
  Telephone phone("anna");
  phone.dial("desk", peer.edge->port());
  REQUIRE(phone.wait_for<phone::CallFinished>());
  std::string told;
  for (const auto& event : phone.events) {
    const auto* ringing = std::get_if<phone::CallRinging>(&event);
    if (ringing == nullptr) continue;
    CHECK(ringing->details.headers.find("X-Place") == std::to_string(ringing->status));
    told += std::to_string(ringing->status) + " " + ringing->details.reason + (ringing->early_media ? ", early media; " : "; ");
  }
  CHECK(told == "181 Call Is Being Forwarded; 182 Queued; 183 Session Progress, early media; ");
  CHECK(phone.last<phone::CallFinished>()->details.headers.find("Retry-After") == "60");
}

TEST_CASE_FIXTURE(Unhurried, "Early media of a 183 with a session description plays before the answer [RFC 3960 section 3]") {
  dial(true);
  b.on_thread([&] {
    CHECK(phone::is(b.call->ring({}, 100).error(), phone::PhoneError::WrongState));
    CHECK(b.call->progress(*b.prepared, {{"X-Place", "3"}}).has_value());
  });
  REQUIRE(a.wait_for<phone::CallRinging>([](const auto& e) { return e.status == 183 && e.early_media; }));
  CHECK(a.last<phone::CallRinging>()->details.headers.find("X-Place") == "3");
  b.play();
  CHECK(a.hears());
  CHECK_FALSE(a.last<phone::CallConnected>());
  b.on_thread([&] { CHECK(b.call->answer(std::move(*b.prepared), {{{"X-Agent", "7"}}, {}}).has_value()); });
  REQUIRE(a.wait_for<phone::CallConnected>());
  CHECK(a.last<phone::CallConnected>()->headers.find("X-Agent") == "7");
  b.on_thread([&] { CHECK(phone::is(b.call->ring().error(), phone::PhoneError::WrongState)); });
}

TEST_CASE_FIXTURE(Unhurried, "A caller without early media receives no audio before the answer, and all audio after it [RFC 3960 section 3]") {
  dial(false);
  b.on_thread([&] { CHECK(b.call->progress(*b.prepared).has_value()); });
  REQUIRE(a.wait_for<phone::CallRinging>([](const auto& e) { return e.status == 183; }));
  CHECK_FALSE(a.last<phone::CallRinging>()->early_media);
  CHECK(a.last<phone::CallRinging>()->details.body.type == "application/sdp");
  b.on_thread([&] { CHECK(b.call->answer(std::move(*b.prepared)).has_value()); });
  REQUIRE(a.wait_for<phone::CallConnected>());
  b.play();
  CHECK(a.hears());
}

TEST_CASE_FIXTURE(Unhurried, "CallFinished has the Contacts of a 3xx in order of preference, and redirect() sends at most kMaxContacts [RFC 3261 section 21.3]") {
  dial(true);
  b.on_thread([&] {
    std::vector<std::string> targets{"sip:desk@192.0.2.7", "sip:mobile@192.0.2.8"};
    CHECK(phone::is(b.call->redirect({}).error(), phone::PhoneError::BadTarget));
    CHECK(phone::is(b.call->redirect({"no uri>"}).error(), phone::PhoneError::BadTarget));
    CHECK(phone::is(b.call->redirect(targets, 404).error(), phone::PhoneError::WrongState));
    while (targets.size() <= sip::kMaxContacts) targets.push_back("sip:more" + std::to_string(targets.size()) + "@192.0.2.9");
    CHECK(phone::is(b.call->redirect(targets).error(), phone::PhoneError::TooLarge));
    targets.pop_back();
    CHECK(b.call->redirect(targets, 302, {{"X-Why", "moved"}}).has_value());
  });
  REQUIRE(a.wait_for<phone::CallFinished>());
  const auto finished = a.last<phone::CallFinished>()->details;
  CHECK(finished.status == 302);
  CHECK(finished.headers.find("X-Why") == "moved");
  REQUIRE(finished.contacts.size() == sip::kMaxContacts);
  CHECK(finished.contacts[0] == "sip:desk@192.0.2.7");
  CHECK(finished.contacts[1] == "sip:mobile@192.0.2.8");
  CHECK(finished.contacts.back() == "sip:more15@192.0.2.9");
}
