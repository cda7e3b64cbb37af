#include <offhook/tests/sip/stack/early_dialogs.hpp>

using namespace offhook;
using namespace offhook::sim;

namespace {

/// Requests of the peer within a call, with chosen CSeq numbers.
struct Sequence : EarlyDialogs {
  std::string status(const std::string& method, int cseq, const Fields& extra = {}, const std::string& tag = "peer") {
    receive(in_dialog(method, cseq, our_tag, {}, extra, tag));
    return take().substr(8, 3);
  }
};

}  // namespace

TEST_CASE_FIXTURE(Sequence, "The CSeq order includes OPTIONS within a call: a later request with a lower CSeq gets 500 [RFC 3261 section 12.2.2]") {
  SUBCASE("established") { talk({}); }
  SUBCASE("an incoming call that rings") { agree_as_called(); }
  const std::string ok = [&] {
    receive(in_dialog("OPTIONS", 10, our_tag));
    return take();
  }();
  CHECK(ok.starts_with("SIP/2.0 200"));
  CHECK(header(ok, "Accept") == "application/sdp");
  CHECK(header(ok, "Allow").find("UPDATE") != std::string::npos);
  CHECK(header(ok, "Supported").find("replaces") != std::string::npos);
  CHECK(status("INVITE", 5) == "500");
  CHECK(status("OPTIONS", 9) == "500");
  CHECK(status("OPTIONS", 11) == "200");
  CHECK_FALSE(event<sip::OfferReceived>());
}

TEST_CASE_FIXTURE(Sequence, "The CSeq order also includes OPTIONS in an early dialog of an outgoing call [RFC 3261 section 12.2.2]") {
  dial();
  agree();
  CHECK(status("OPTIONS", 10, {}, "a") == "200");
  CHECK(status("UPDATE", 5, {}, "a") == "500");
  CHECK(status("UPDATE", 11, {}, "a") == "200");
  CHECK(status("OPTIONS", 12, {}, "nobody") == "481");
}

TEST_CASE_FIXTURE(Sequence, "The CSeq order also includes requests that the stack refuses for their method or extensions [RFC 3261 section 12.2.2]") {
  talk({});
  CHECK(status("DANCE", 10) == "501");
  CHECK(status("INVITE", 5) == "500");
  CHECK(status("UPDATE", 20, {{"Require", "nonsense"}}) == "420");
  CHECK(status("UPDATE", 15) == "500");
  CHECK(status("UPDATE", 21) == "200");
}

TEST_CASE_FIXTURE(Sequence, "The CSeq order does not include requests with a wrong tag [RFC 3261 section 12.2.2]") {
  talk({});
  CHECK(status("OPTIONS", 1000, {}, "stranger") == "481");
  CHECK(status("DANCE", 1000, {}, "stranger") == "501");
  CHECK(status("UPDATE", 2) == "200");
}

TEST_CASE_FIXTURE(Sequence, "OPTIONS to a call that has ended gets 481 [RFC 3261 section 12.2.2]") {
  talk({});
  CHECK(status("BYE", 2) == "200");
  CHECK(status("OPTIONS", 3) == "481");
}
