// Tests of the streams other than audio that the owner of the negotiator supplies, such as video that passes through.
#include "negotiation.hpp"

#include <offhook/sdp/limits.hpp>

#include <string>
#include <vector>

using namespace negotiation;

namespace {

constexpr const char* kVideo = "m=video 40000 RTP/AVP 96\r\nc=IN IP4 198.51.100.9\r\na=rtpmap:96 VP8/90000\r\na=sendrecv\r\n";
constexpr const char* kSlides = "m=video 40002 RTP/AVP 97\r\nc=IN IP4 198.51.100.9\r\na=rtpmap:97 H264/90000\r\na=sendonly\r\n";

std::vector<sdp::Media> lines(const std::string& text) { return peer(text).media; }

}  // namespace

TEST_CASE_FIXTURE(Agent, "each offer lists the owner's streams unchanged after the audio [RFC 3264 section 5.1]") {
  negotiator.set_others(lines(std::string(kVideo) + kSlides));
  const auto first = offer();
  REQUIRE(first.media.size() == 3);
  CHECK(first.media[0].kind == "audio");
  CHECK(first.media[1] == lines(kVideo)[0]);
  CHECK(first.media[2] == lines(kSlides)[0]);
  accept(peer("m=audio 5000 RTP/AVP 0\r\nm=video 6000 RTP/AVP 96\r\nm=video 0 RTP/AVP 97\r\n"));
  negotiator.set_direction(Direction::SendOnly);
  const auto held = offer();
  CHECK(held.media.at(1) == lines(kVideo)[0]);
  CHECK(held.direction_of(held.media[0]) == Direction::SendOnly);
}

TEST_CASE_FIXTURE(Agent, "the owner's streams answer the peer's other streams one by one. If kind or protocol differ, the answer has port 0 [RFC 3264 section 6]") {
  negotiator.set_others(lines(std::string(kVideo) + kSlides));
  const auto text = parsed(answer(peer("m=video 6000 RTP/AVP 96\r\nm=audio 5000 RTP/AVP 0\r\nm=application 7000 udp wb\r\nm=video 6002 RTP/AVP 97\r\n")).body);
  REQUIRE(text.media.size() == 4);
  CHECK(text.media[0] == lines(kVideo)[0]);
  CHECK(text.media[1].port == 20000);
  CHECK(text.media[2].port == 0);  // The owner's second stream is video, not application.
  CHECK(text.media[3].port == 0);  // The owner has no third stream.
}

TEST_CASE_FIXTURE(Agent, "the answer does not use the owner's stream for an offered stream that has port 0 or another protocol") {
  negotiator.set_others(lines(kVideo));
  for (const char* video : {"m=video 0 RTP/AVP 96\r\n", "m=video 6000 RTP/SAVP 96\r\n"}) {
    CAPTURE(video);
    CHECK(parsed(answer(peer(std::string("m=audio 5000 RTP/AVP 0\r\n") + video)).body).media.at(1).port == 0);
  }
}

TEST_CASE_FIXTURE(Agent, "the owner's streams change with the next offer or answer, and can be withdrawn [RFC 3264 section 8]") {
  (void)answer(peer(std::string("m=audio 5000 RTP/AVP 0\r\n") + kVideo));
  CHECK(parsed(negotiator.local_text()).media.at(1).port == 0);
  negotiator.set_others(lines(kSlides));
  CHECK(offer().media.at(1).port == 40002);
  negotiator.set_others({});
  const auto without = offer();
  REQUIRE(without.media.size() == 2);
  CHECK(without.media[1].port == 0);
}

TEST_CASE_FIXTURE(Agent, "an offer has at most kMaxMedia m= lines, the audio included") {
  for (const std::size_t more : {0, 1}) {
    Agent agent;
    std::string text;
    for (std::size_t i = 1; i < sdp::kMaxMedia; ++i) text += kVideo;
    auto others = lines(text);
    for (std::size_t i = 0; i < more; ++i) others.push_back(others.front());
    agent.negotiator.set_others(others);
    CHECK(agent.offer().media.size() == sdp::kMaxMedia);
  }
}

TEST_CASE("Session::alone adds the session's c= line and direction to an m= line without its own [RFC 8866 sections 5.7, 6.7]") {
  auto session = peer("m=video 6000 RTP/AVP 96\r\n");
  session.attributes.push_back({"sendonly", std::nullopt});
  const auto bare = session.alone(session.media[0]);
  CHECK(bare.connections == std::vector{*session.connection});
  CHECK(session.direction_of(bare) == Direction::SendOnly);
  CHECK(bare.attributes.size() == 1);
  const auto own = lines(kVideo)[0];
  CHECK(session.alone(own) == own);
}
