// Streams beside the audio, at the level of the Endpoint, as an application between two calls uses them to pass video through.
#include <offhook/sdp/parser.hpp>
#include <offhook/tests/agent/phone/far_end.hpp>
#include <offhook/tests/agent/phone/telephone.hpp>

#include <doctest/doctest.h>

#include <mutex>
#include <string>
#include <vector>

using namespace offhook;
using test::Telephone;

namespace {

std::string description(const std::string& video) {
  return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP 0\r\n" + video;
}

std::vector<sdp::Media> lines(const std::string& video) {
  auto session = *sdp::parse_session(description(video));
  std::vector<sdp::Media> all;
  for (std::size_t i = 1; i < session.media.size(); ++i) all.push_back(session.alone(session.media[i]));
  return all;
}

const std::string kCamera = "m=video 40000 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n", kScreen = "m=video 40002 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\na=sendonly\r\n";

/// Answers with a camera stream, and keeps the offer.
struct VideoPhone {
  std::mutex mutex;
  std::string offered;
  test::FarEnd far{[this](sip::Stack& stack, const sip::IncomingCall& call) {
    const std::scoped_lock lock(mutex);
    offered = call.offer.data;
    (void)stack.calls().answer(call.session, {"application/sdp", description(kCamera)}, base::Clock::now());
  }};
};

}  // namespace

TEST_CASE("After a video offer, other_media() of the caller's call has the peer's video answer [RFC 3264 section 5.1]") {
  VideoPhone desk;
  Telephone phone("anna");
  phone.on_thread([&] {
    phone::DialOptions options{phone.account, "sip:desk@127.0.0.1:" + std::to_string(desk.far.edge->port()), {}, false};
    options.other_media = lines(kScreen);
    auto dialled = phone.endpoint->dial(options, phone.port);
    REQUIRE(dialled.has_value());
    phone.call = *dialled;
  });
  REQUIRE(phone.wait_for<phone::CallConnected>());
  {
    const std::scoped_lock lock(desk.mutex);
    const auto offered = sdp::parse_session(desk.offered);
    REQUIRE(offered.has_value());
    REQUIRE(offered->media.size() == 2);
    CHECK(offered->media[1] == lines(kScreen)[0]);
  }
  phone.on_thread([&] {
    CHECK(phone.call->other_media() == lines(kCamera));
    CHECK(phone.call->hang_up().has_value());
  });
  CHECK(phone.wait_for<phone::CallFinished>());
}

TEST_CASE("set_other_media() sets the video in the answer of a prepared call, and sends a re-INVITE in a connected call [RFC 3264 section 8]") {
  Telephone a("anna"), b("bert");
  b.answers = false;
  a.on_thread([&] {
    phone::DialOptions options{a.account, "sip:bert@127.0.0.1:" + std::to_string(b.endpoint->sip_port()), {}, false};
    options.other_media = lines(kCamera);
    auto dialled = a.endpoint->dial(options, a.port);
    REQUIRE(dialled.has_value());
    a.call = *dialled;
  });
  REQUIRE(b.wait_for<phone::CallOffered>());
  b.on_thread([&] {
    REQUIRE(b.prepared);
    CHECK(b.call->other_media() == lines(kCamera));
    CHECK(b.call->set_other_media(lines(kScreen)).has_value());
    CHECK(b.call->answer(std::move(*b.prepared)).has_value());
  });
  REQUIRE(a.wait_for<phone::CallConnected>());
  REQUIRE(b.wait_for<phone::CallConnected>());
  a.on_thread([&] {
    CHECK(a.call->other_media() == lines(kScreen));
    CHECK(a.call->set_other_media({}).has_value());
    CHECK(phone::is(a.call->set_other_media({}).error(), phone::PhoneError::WrongState));
  });
  REQUIRE(a.wait_for<phone::CallMediaChanged>());
  b.on_thread([&] {
    REQUIRE(b.call->other_media().size() == 1);
    CHECK(b.call->other_media()[0].port == 0);
    CHECK(b.call->hang_up().has_value());
  });
  CHECK(a.wait_for<phone::CallFinished>());
}
