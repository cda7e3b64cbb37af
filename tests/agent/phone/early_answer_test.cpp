// A peer that sends its SDP answer only in a reliable provisional response, not in its 200.
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

using namespace offhook;
using namespace std::chrono_literals;
using test::Telephone;

namespace {

void say_it_once(sip::Stack& stack, const sip::IncomingCall& call) {
  const std::string answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n";
  (void)stack.calls().progress(call.session, {"application/sdp", answer}, base::Clock::now());
  (void)stack.calls().answer(call.session, {"application/sdp", answer}, base::Clock::now());  // The stack holds this body until the PRACK, and then drops it.
}

}  // namespace

TEST_CASE("An SDP answer in a reliable 183 starts the media, and a 200 without an SDP answer connects the call [RFC 6337 section 2.2]") {
  test::FarEnd peer(say_it_once);
  Telephone phone("anna");
  phone.dial("desk", peer.edge->port());
  REQUIRE(phone.wait_for<phone::CallConnected>());
  CHECK(phone.last<phone::CallRinging>()->early_media);
  CHECK(phone.call->codec() == media::AudioCodec::Pcmu);
  phone.on_thread([&] { CHECK(phone.call->hang_up().has_value()); });
  CHECK(phone.wait_for<phone::CallFinished>());
}

TEST_CASE("A call that is answered with a hold reports the hold when it is connected [RFC 3264 section 8.4]") {
  struct Row { const char* direction; bool sends, receives; };
  for (const Row& row : {Row{"sendrecv", true, true}, Row{"sendonly", false, true}, Row{"inactive", false, false}, Row{"recvonly", true, false}}) {
    CAPTURE(row.direction);
    test::FarEnd peer([&row](sip::Stack& stack, const sip::IncomingCall& call) {
      const std::string answer = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\na=";
      (void)stack.calls().answer(call.session, {"application/sdp", answer + row.direction + "\r\n"}, base::Clock::now());
    });
    Telephone phone("anna");
    phone.dial("desk", peer.edge->port());
    REQUIRE(phone.wait_for<phone::CallConnected>());
    CHECK(phone.last<phone::CallConnected>()->sends == row.sends);
    CHECK(phone.last<phone::CallConnected>()->receives == row.receives);
    phone.on_thread([&] { CHECK(phone.call->hang_up().has_value()); });
    CHECK(phone.wait_for<phone::CallFinished>());
  }
}
