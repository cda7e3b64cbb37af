// Transfers between three telephones, and requests within a call.
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using test::Telephone;

namespace {

std::string at(const Telephone& telephone, const std::string& user) {
  return "sip:" + user + "@127.0.0.1:" + std::to_string(telephone.endpoint->sip_port());
}

struct Three {
  Telephone a{"anna", {media::AudioCodec::Pcmu}, 2}, b{"bert", {media::AudioCodec::Pcmu}, 2}, c{"cora", {media::AudioCodec::Pcmu}, 2};

  void connect(Telephone& from, Telephone& to, const std::string& user) {
    from.dial(user, to.endpoint->sip_port());
    const sip::SessionId id = from.call->id();
    REQUIRE(from.wait_for<phone::CallConnected>([id](const auto& e) { return e.call->id() == id; }));
    REQUIRE(to.wait_for<phone::CallConnected>());
  }
  /// Makes the second telephone accept the transfer request and call the target.
  void follow() {
    REQUIRE(b.wait_for<phone::CallTransferRequested>());
    b.on_thread([&] {
      const auto asked = *b.last<phone::CallTransferRequested>();
      REQUIRE(b.call->accept_transfer().has_value());
      phone::DialOptions options{b.account, asked.details.target, {}, false, {}, asked.call, asked.details.replaces};
      const auto dialled = b.endpoint->dial(options, std::make_shared<media::AudioPort>());
      REQUIRE(dialled.has_value());
    });
  }
};

}  // namespace

TEST_CASE_FIXTURE(Three, "In a blind transfer, the peer accepts the REFER and calls the target, and the outcome is reported [RFC 3515 section 2.4.4]") {
  connect(a, b, "bert");
  a.on_thread([&] { CHECK(a.call->transfer(at(c, "cora")).has_value()); });
  follow();
  REQUIRE(c.wait_for<phone::CallConnected>());
  REQUIRE(a.wait_for<phone::CallTransferred>());
  CHECK(a.last<phone::CallTransferred>()->status == 200);
  CHECK(a.last<phone::CallTransferred>()->accepted);
}

TEST_CASE_FIXTURE(Three, "A declined transfer is reported, and the call stays up [RFC 3515 section 2.4.2]") {
  connect(a, b, "bert");
  a.on_thread([&] { CHECK(a.call->transfer(at(c, "cora")).has_value()); });
  REQUIRE(b.wait_for<phone::CallTransferRequested>());
  b.on_thread([&] { CHECK(b.call->decline_transfer().has_value()); });
  REQUIRE(a.wait_for<phone::CallTransferred>());
  CHECK(a.last<phone::CallTransferred>()->status == 603);
  CHECK_FALSE(a.last<phone::CallTransferred>()->accepted);
  CHECK_FALSE(c.last<phone::CallOffered>().has_value());
}

TEST_CASE_FIXTURE(Three, "In an attended transfer, the new call replaces the target's call with the side that ordered the transfer [RFC 3891 section 3]") {
  connect(a, c, "cora");
  const phone::CallPtr consultation = a.call;
  const phone::CallPtr replaced = c.call;
  connect(a, b, "bert");
  a.on_thread([&] { CHECK(a.call->transfer_to(*consultation).has_value()); });
  follow();
  REQUIRE(a.wait_for<phone::CallTransferred>());
  CHECK(a.last<phone::CallTransferred>()->status == 200);
  REQUIRE(c.wait_for<phone::CallFinished>());
  CHECK(c.last<phone::CallFinished>()->call->id() == replaced->id());
  CHECK(c.last<phone::CallOffered>()->details.replaces == replaced->id());
}

TEST_CASE_FIXTURE(Three, "Text and keys are sent within the call, and their responses are reported [RFC 3428 section 7, RFC 6086 section 4]") {
  connect(a, b, "bert");
  a.on_thread([&] { CHECK(a.call->send_text("hello").has_value()); });
  REQUIRE(b.wait_for<phone::CallText>());
  CHECK(b.last<phone::CallText>()->details.body.data == "hello");
  REQUIRE(a.wait_for<phone::CallRequestAnswered>());
  CHECK(a.last<phone::CallRequestAnswered>()->details.status == 200);
  a.on_thread([&] { CHECK(a.call->send_info("", {"application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"}).has_value()); });
  REQUIRE(b.wait_for<phone::CallInfo>());
  CHECK(b.last<phone::CallInfo>()->details.digit->digit == '5');
}

TEST_CASE_FIXTURE(Three, "A reason given to hang_up() reaches the other side [RFC 3326 section 2]") {
  connect(a, b, "bert");
  a.on_thread([&] {
    sip::Extras extras;
    extras.reason = sip::Reason{"Q.850", 16, "Normal clearing"};
    CHECK(a.call->hang_up(extras).has_value());
  });
  REQUIRE(b.wait_for<phone::CallFinished>());
  const auto reasons = b.last<phone::CallFinished>()->details.reasons;
  REQUIRE(reasons.size() == 1);
  CHECK(reasons.front().cause == 16);
}
