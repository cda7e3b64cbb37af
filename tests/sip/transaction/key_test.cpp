#include <offhook/sip/transaction/key.hpp>

#include "messages.hpp"

namespace offhook::sip::transaction::test {
namespace {

Key key_of(const Request& request) {
  return server_key(request.message());
}

TEST_CASE("a response has the key of the request that has the same branch and the method of its CSeq [RFC 3261 section 17.1.3]") {
  const auto response = [](const char* method) {
    return parse(
        std::string(
            "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx1\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKother\r\n"
            "From: <sip:a@b>;tag=1\r\nTo: <sip:c@d>;tag=2\r\nCall-ID: i\r\nCSeq: 1 ") +
        method + "\r\nContent-Length: 0\r\n\r\n");
  };
  CHECK(client_key(response("INVITE")) == client_key("z9hG4bKx1", "INVITE"));
  CHECK(client_key(response("CANCEL")) == client_key("z9hG4bKx1", "CANCEL"));
  CHECK(client_key(response("CANCEL")) != client_key("z9hG4bKx1", "INVITE"));
  CHECK(client_key(response("INVITE")) != client_key("z9hG4bKx2", "INVITE"));
}

TEST_CASE("the key of a request with the magic cookie contains only branch, sent-by and method [RFC 3261 section 17.2.3]") {
  const Request invite;
  CHECK(key_of(invite) ==
        key_of(invite.with(&Request::call_id, "other").with(&Request::cseq, "9").with(&Request::from_tag, ";tag=x")));
  CHECK(key_of(invite) == key_of(invite.with(&Request::uri, "sip:else@192.0.2.9")));
  CHECK(key_of(invite) != key_of(invite.with(&Request::branch, ";branch=z9hG4bKabd")));
  CHECK(key_of(invite) != key_of(invite.with(&Request::sent_by, "192.0.2.1:5061")));
  CHECK(key_of(invite) != key_of(invite.with(&Request::sent_by, "192.0.2.2:5060")));
  CHECK(key_of(invite) != key_of(invite.with(&Request::method, "OPTIONS")));
}

TEST_CASE("upper and lower case in sent-by make no difference [RFC 3261 section 7.3.1]") {
  const Request invite = Request{}.with(&Request::sent_by, "Phone.Example.COM");
  CHECK(key_of(invite) == key_of(invite.with(&Request::sent_by, "phone.example.com")));
}

TEST_CASE("an ACK for a non-2xx has the key of its INVITE, and a CANCEL has its own key [RFC 3261 section 17.2.3, section 9.2]") {
  const Request invite;
  const Request cancel = invite.with(&Request::method, "CANCEL");
  CHECK(key_of(invite.with(&Request::method, "ACK").with(&Request::to_tag, ";tag=ours")) == key_of(invite));
  CHECK(key_of(cancel) != key_of(invite));
  CHECK(cancelled_key(cancel.message()) == key_of(invite));
  CHECK(cancelled_key(cancel.with(&Request::branch, ";branch=z9hG4bKother").message()) != key_of(invite));
}

TEST_CASE("the key of a request without the magic cookie contains the fields that RFC 2543 compares [RFC 3261 section 17.2.3]") {
  for (const char* branch : {"", ";branch=1", ";branch=z9hG4bK"}) {  // A branch that is only the cookie is not unique.
    CAPTURE(branch);
    const Request invite = Request{}.with(&Request::branch, branch);
    CHECK(key_of(invite) == key_of(invite));
    CHECK(key_of(invite.with(&Request::method, "ACK").with(&Request::to_tag, ";tag=ours")) == key_of(invite));
    CHECK(cancelled_key(invite.with(&Request::method, "CANCEL").message()) == key_of(invite));
    CHECK(key_of(invite) != key_of(invite.with(&Request::call_id, "other")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::cseq, "8")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::from_tag, ";tag=f2")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::from_tag, "")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::uri, "sip:6002@192.0.2.9")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::sent_by, "192.0.2.1:5070")));
    CHECK(key_of(invite) != key_of(invite.with(&Request::method, "BYE")));
  }
}

TEST_CASE("different parts never make equal keys, even if the parts contain separators") {
  CHECK(client_key("a", "b6:c") != client_key("a1:b", "6:c"));
  CHECK(client_key("z9hG4bKINVITE", "") != client_key("z9hG4bK", "INVITE"));
}

}  // namespace
}  // namespace offhook::sip::transaction::test
