// Tests of descriptions with several m= lines. A section is an m= line with its attributes. Each section has its own place,
// transport and result.
#include "negotiation.hpp"

#include <string>
#include <vector>

using namespace negotiation;

namespace {

constexpr const char* kAudioLine = "m=audio 5000 RTP/AVP 0\r\n";
constexpr const char* kVideoLine = "m=video 6000 RTP/AVP 31\r\n";

std::vector<std::string> kinds_and_ports(const sdp::Session& session) {
  std::vector<std::string> all;
  for (const sdp::Media& media : session.media) all.push_back(media.kind + " " + std::to_string(media.port) + " " + media.protocol);
  return all;
}

}  // namespace

TEST_CASE_FIXTURE(Agent, "each section of an offer gets its own answer in its place, with the protocol of that section [RFC 3264 section 6]") {
  negotiator.set_others({peer("m=image 7000 udptl t38\r\n").media[0], peer("m=video 7002 RTP/AVP 31\r\n").media[0]});
  const auto text = parsed(answer(peer("m=image 4000 udptl t38\r\nm=audio 5000 RTP/SAVP 0\r\nm=audio 5002 RTP/AVPF 0\r\nm=video 0 RTP/AVP 31\r\n")).body);
  CHECK(kinds_and_ports(text) == std::vector<std::string>{"image 7000 udptl", "audio 0 RTP/SAVP", "audio 20000 RTP/AVPF", "video 0 RTP/AVP"});
  CHECK(negotiator.agreed()->remote_rtp.port == 5002);
}

TEST_CASE_FIXTURE(Agent, "a rejected section stays with port 0 in later offers of both sides, until an offer opens it [RFC 3264 section 8]") {
  answer(peer(std::string(kVideoLine) + kAudioLine));
  const std::vector<std::string> rejected{"video 0 RTP/AVP", "audio 20000 RTP/AVP"};
  CHECK(kinds_and_ports(offer()) == rejected);
  accept(peer(std::string("m=video 0 RTP/AVP 31\r\n") + kAudioLine));
  CHECK(kinds_and_ports(parsed(answer(peer(std::string("m=video 0 RTP/AVP 31\r\n") + kAudioLine)).body)) == rejected);
  negotiator.set_others(peer("m=video 7000 RTP/AVP 31\r\n").media);
  CHECK(kinds_and_ports(offer()) == std::vector<std::string>{"video 7000 RTP/AVP", "audio 20000 RTP/AVP"});
}

TEST_CASE_FIXTURE(Agent, "a section that a later offer adds gets the next place, and the earlier sections keep their places [RFC 3264 section 8.1]") {
  answer(peer(kAudioLine));
  answer(peer(std::string(kAudioLine) + kVideoLine));
  negotiator.set_others({peer(kVideoLine).media[0], peer("m=application 7000 udp wb\r\n").media[0]});
  CHECK(kinds_and_ports(offer()) == std::vector<std::string>{"audio 20000 RTP/AVP", "video 6000 RTP/AVP", "application 7000 udp"});
}

TEST_CASE_FIXTURE(Agent, "when the audio moves to another section, the agent keeps its port and its hold, and uses the payload types of that section [RFC 3264 section 8]") {
  negotiator.set_direction(Direction::SendOnly);
  answer(peer("m=audio 5000 RTP/AVPF 118\r\na=rtpmap:118 G722/8000\r\n"));
  const auto moved = parsed(answer(peer("m=audio 0 RTP/AVPF 118\r\nm=audio 5002 RTP/AVP 0\r\n")).body);
  CHECK(kinds_and_ports(moved) == std::vector<std::string>{"audio 0 RTP/AVPF", "audio 20000 RTP/AVP"});
  CHECK(moved.direction_of(moved.media[1]) == Direction::SendOnly);
  const auto later = offer();
  CHECK(kinds_and_ports(later) == std::vector<std::string>{"audio 0 RTP/AVPF", "audio 20000 RTP/AVP"});
  CHECK(later.media[1].formats == std::vector<std::string>{"9", "0", "8", "101"});
}

TEST_CASE_FIXTURE(Agent, "each section has its own hold and address; the session's values apply where a section has none [RFC 8866 sections 5.7, 6.7]") {
  auto offer = peer("m=video 6000 RTP/AVP 31\r\na=inactive\r\nm=audio 5000 RTP/AVP 0\r\nc=IN IP4 198.51.100.9\r\n");
  offer.attributes.push_back({"sendonly", std::nullopt});
  const auto audio = answer(offer).audio;
  CHECK(audio.remote_rtp == address("198.51.100.9", 5000));
  CHECK_FALSE(audio.send);
  CHECK(audio.receive);
  const auto others = negotiator.others_of(offer);
  REQUIRE(others.size() == 1);
  CHECK(offer.direction_of(others[0]) == Direction::Inactive);
  CHECK(others[0].connections.at(0).address == "198.51.100.7");
}

TEST_CASE("Session::attribute_of returns the attribute of the section, or the attribute of the session if the section does not have it [RFC 3611 section 5.1]") {
  auto session = peer("m=audio 5000 RTP/AVP 0\r\na=rtcp-xr:own\r\nm=video 6000 RTP/AVP 31\r\n");
  session.attributes.push_back({"rtcp-xr", "shared"});
  CHECK(session.attribute_of(session.media[0], "rtcp-xr") == "own");
  CHECK(session.attribute_of(session.media[1], "rtcp-xr") == "shared");
  CHECK_FALSE(session.attribute_of(session.media[1], "ice-ufrag"));
}
