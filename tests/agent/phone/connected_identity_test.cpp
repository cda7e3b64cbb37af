#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE_FIXTURE(test::Pair, "A change of the user at one end is reported at the other end, in both directions [RFC 4916 section 4.3]") {
  connect();
  const auto tells = [](test::Telephone& from, test::Telephone& to, const sip::Party& who) {
    from.on_thread([&] { CHECK(from.call->identify(who, {{"X-Why", "pick-up"}}).has_value()); });
    REQUIRE(to.wait_for<phone::CallPeerChanged>());
    const auto changed = *to.last<phone::CallPeerChanged>();
    CHECK(changed.call == to.call);
    CHECK(changed.details.from == who);
    CHECK(changed.details.headers.find("X-Why") == "pick-up");
  };
  tells(b, a, {"sip:bea@127.0.0.1", "Bea"});
  tells(a, b, {"sip:ann@127.0.0.1", {}});
  a.on_thread([&] {
    CHECK(phone::is(a.call->identify({"ann", {}}).error(), phone::PhoneError::BadTarget));
    CHECK(phone::is(a.call->identify({"sip:ann@127.0.0.1", {}}, {{"From", "x"}}).error(), phone::PhoneError::BadHeader));
    CHECK(a.call->hang_up().has_value());
    CHECK(phone::is(a.call->identify({"sip:ann@127.0.0.1", {}}).error(), phone::PhoneError::WrongState));
  });
  REQUIRE(b.wait_for<phone::CallFinished>());
}
