#include "negotiation.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace negotiation;

TEST_CASE_FIXTURE(Agent, "the answer has the first local codec that the offer lists, and telephone-event, with the payload types of the offer [RFC 3264 section 6.1]") {
  const auto answer = this->answer(
      peer("m=audio 5000 RTP/AVP 8 0 9 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-15\r\n"));
  CHECK(answer.body ==
        "v=0\r\no=- 4711 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 20000 RTP/AVP 9 96\r\n"
        "a=rtpmap:9 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
  sdp::AgreedAudio expected;
  expected.codec = AudioCodec::G722;
  expected.send_payload_type = expected.receive_payload_type = 9;
  expected.send_events = expected.receive_events = 96;
  expected.remote_rtp = address("198.51.100.7", 5000);
  expected.remote_rtcp = address("198.51.100.7", 5001);
  CHECK(answer.audio == expected);
  CHECK(negotiator.agreed() == expected);
  CHECK(negotiator.local_text() == answer.body);
}

TEST_CASE("by default, the answer has the first local codec that the offer lists, in any order of the offer") {
  const auto offer = peer("m=audio 5000 RTP/AVP 8 0\r\n");
  for (const auto& [list, chosen] : std::vector<std::pair<std::vector<AudioCodec>, AudioCodec>>{
           {{AudioCodec::Pcmu, AudioCodec::Pcma}, AudioCodec::Pcmu},
           {{AudioCodec::Pcma, AudioCodec::Pcmu}, AudioCodec::Pcma},
           {{AudioCodec::G722, AudioCodec::Pcma}, AudioCodec::Pcma},
           {{}, AudioCodec::Pcmu}}) {
    sdp::Negotiator negotiator({.codecs = list}, address("192.0.2.10", 20000), 1);
    const auto answer = negotiator.answer(offer);
    REQUIRE(answer);
    CHECK(answer->audio.codec == chosen);
  }
  sdp::Negotiator wide_band_only({.codecs = {AudioCodec::G722}}, address("192.0.2.10", 20000), 1);
  CHECK(wide_band_only.answer(offer) == offhook::base::fail(NegotiationError::NoCommonCodec));
}

TEST_CASE("with order_of_offer, the answer has the first codec of the offer that the agent supports [RFC 3264 section 6.1]") {
  sdp::Negotiator negotiator({.codecs = {AudioCodec::G722, AudioCodec::Pcmu, AudioCodec::Pcma}, .order_of_offer = true}, address("192.0.2.10", 20000), 1);
  const auto chosen = [&](std::string_view formats) {
    const auto answer = negotiator.answer(peer("m=audio 5000 RTP/AVP " + std::string(formats) + "\r\n"));
    REQUIRE(answer);
    return answer->audio.codec;
  };
  CHECK(chosen("0 8 9") == AudioCodec::Pcmu);
  CHECK(chosen("18 8 0") == AudioCodec::Pcma);
  CHECK(chosen("9 0") == AudioCodec::G722);
}

TEST_CASE_FIXTURE(Agent, "the agent sends and receives with the dynamic payload type of the offer [RFC 3264 section 6.1]") {
  const auto answer = this->answer(peer("m=audio 5000 RTP/AVP 118 0\r\na=rtpmap:118 G722/8000\r\n"));
  CHECK(answer.audio.codec == AudioCodec::G722);
  CHECK(answer.audio.send_payload_type == 118);
  CHECK(answer.audio.receive_payload_type == 118);
  CHECK_FALSE(answer.audio.send_events);
  CHECK_FALSE(answer.audio.receive_events);
  CHECK(parsed(answer.body).media.at(0).formats == std::vector<std::string>{"118"});
}

TEST_CASE_FIXTURE(Agent, "the answer accepts telephone-event only with a clock rate of 8000 [RFC 4733 section 7.1.1]") {
  SUBCASE("two payload types for events: the answer uses the one at 8000 Hz") {
    const auto answer =
        this->answer(peer("m=audio 5000 RTP/AVP 111 0 110 101\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:110 "
                          "telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n"));
    CHECK(answer.audio.send_events == 101);
  }
  SUBCASE("events at 48000 Hz only: the answer has no events") {
    const auto answer = this->answer(peer("m=audio 5000 RTP/AVP 0 110\r\na=rtpmap:110 telephone-event/48000\r\n"));
    CHECK_FALSE(answer.audio.send_events);
    CHECK(parsed(answer.body).media.at(0).formats == std::vector<std::string>{"0"});
  }
  SUBCASE("telephone events disabled locally: the answer has no events") {
    sdp::Negotiator deaf({.telephone_events = false}, address("192.0.2.10", 20000), 1);
    const auto answer = deaf.answer(peer("m=audio 5000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"));
    REQUIRE(answer);
    CHECK_FALSE(answer->audio.send_events);
    CHECK(answer->body.find("telephone-event") == std::string::npos);
  }
  SUBCASE("an m= line with telephone-event alone: the negotiator reports NoCommonCodec") {
    CHECK(refusal(peer("m=audio 5000 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n")) == NegotiationError::NoCommonCodec);
  }
}

TEST_CASE("the answer allows a direction only if both the offer and the agent allow it [RFC 3264 section 6.1]") {
  struct Row { Direction wish, offered, answered; };
  constexpr auto both = Direction::SendRecv, send = Direction::SendOnly, receive = Direction::RecvOnly,
                 none = Direction::Inactive;
  const std::vector<Row> table{
      {both, both, both},       {both, send, receive},    {both, receive, send},    {both, none, none},
      {send, both, send},       {send, send, none},       {send, receive, send},    {send, none, none},
      {receive, both, receive}, {receive, send, receive}, {receive, receive, none}, {receive, none, none},
      {none, both, none},       {none, send, none},       {none, receive, none},    {none, none, none},
  };
  for (const Row row : table) {
    CAPTURE(sdp::to_string(row.wish));
    CAPTURE(sdp::to_string(row.offered));
    for (const bool at_session_level : {false, true}) {
      Agent agent;
      agent.negotiator.set_direction(row.wish);
      const std::string line = "a=" + std::string(sdp::to_string(row.offered)) + "\r\n";
      const std::string media = "m=audio 5000 RTP/AVP 0\r\n";
      const auto answer = agent.answer(peer(at_session_level ? line + media : media + line));
      const auto text = parsed(answer.body);
      CHECK(sdp::to_string(text.direction_of(text.media.at(0))) == sdp::to_string(row.answered));
      CHECK(answer.audio.send == (row.answered == both || row.answered == send));
      CHECK(answer.audio.receive == (row.answered == both || row.answered == receive));
    }
  }
}

TEST_CASE_FIXTURE(Agent, "if the peer's connection address is zero, the agent is on hold and sends nothing [RFC 3264 section 8.4]") {
  const std::string media = "m=audio 5000 RTP/AVP 0\r\n";
  SUBCASE("the peer's address is 0.0.0.0: the offer counts as sendonly") {
    const auto answer = this->answer(peer(media, "IN IP4 0.0.0.0"));
    CHECK(answer.audio.send == false);
    CHECK(answer.audio.receive == true);
    CHECK(answer.audio.remote_rtp == address("0.0.0.0", 5000));
    CHECK(answer.body.find("a=recvonly") != std::string::npos);
  }
  SUBCASE("the peer's address is 0.0.0.0 with recvonly: the answer is inactive") {
    CHECK(answered_direction(peer(media + "a=recvonly\r\n", "IN IP4 0.0.0.0")) == Direction::Inactive);
  }
  SUBCASE("the peer's address is 0.0.0.0 with inactive: the answer is inactive") {
    CHECK(answered_direction(peer(media + "a=inactive\r\n", "IN IP4 0.0.0.0")) == Direction::Inactive);
  }
  SUBCASE("the peer's address is the IPv6 zero address") { CHECK(answered_direction(peer(media, "IN IP6 ::")) == Direction::RecvOnly); }
  SUBCASE("the m= line's own address is 0.0.0.0") { CHECK(answered_direction(peer(media + "c=IN IP4 0.0.0.0\r\n")) == Direction::RecvOnly); }
  SUBCASE("with ICE attributes, 0.0.0.0 is not a hold [RFC 8839 section 4.1]") {
    const auto answer = this->answer(peer(media + "a=ice-ufrag:8hhY\r\n", "IN IP4 0.0.0.0"));
    CHECK(answer.audio.send);
    CHECK(answer.audio.receive);
    CHECK(answer.audio.remote_rtp.ip.is_unspecified());
  }
}

TEST_CASE_FIXTURE(Agent, "the answer refuses each unsupported stream with port 0, at the place that the stream has in the offer [RFC 3264 section 6]") {
  const auto answer =
      this->answer(peer("m=video 6000 RTP/AVP 31 32\r\na=rtpmap:31 H261/90000\r\nm=audio 5000 RTP/AVP 0\r\nm=audio 5002 RTP/AVP "
                        "0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n"
                        "m=image 4000 udptl t38\r\nm=text 1 RTP/AVP\r\n"));
  const auto text = parsed(answer.body);
  REQUIRE(text.media.size() == 6);
  CHECK(answer.audio.remote_rtp.port == 5000);
  for (std::size_t i = 0; i < text.media.size(); ++i) CHECK((text.media[i].port == 0) == (i != 1));
  CHECK(answer.body.find("m=video 0 RTP/AVP 31\r\nm=audio 20000 RTP/AVP 0\r\n") != std::string::npos);
  CHECK(answer.body.find("m=audio 0 RTP/AVP 0\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\nm=image 0 udptl "
                         "t38\r\nm=text 0 RTP/AVP 0\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Agent, "the answer accepts the first audio stream that has a supported profile, a common codec and a port") {
  const auto answer = this->answer(
      peer("m=audio 5000 RTP/SAVP 0\r\nm=audio 5002 RTP/AVP 18\r\nm=audio 0 RTP/AVP 0\r\nm=audio 5006 RTP/AVP 8\r\n"));
  CHECK(answer.audio.remote_rtp.port == 5006);
  CHECK(parsed(answer.body).media.at(0).protocol == "RTP/SAVP");
}

TEST_CASE_FIXTURE(Agent, "the answer repeats the offered profile if it is RTP/AVP or RTP/AVPF. The negotiator refuses other profiles [RFC 3264 section 6.1]") {
  CHECK(parsed(answer(peer("m=audio 5000 RTP/AVP 0\r\n")).body).media.at(0).protocol == "RTP/AVP");
  CHECK(parsed(answer(peer("m=audio 5000 RTP/AVPF 0\r\n")).body).media.at(0).protocol == "RTP/AVPF");
  for (const char* profile :
       {"RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "TCP/RTP/AVP", "udp", "RTP/AVP/X"}) {
    CAPTURE(profile);
    CHECK(refusal(peer("m=audio 5000 " + std::string(profile) + " 0\r\n")) == NegotiationError::UnsupportedProfile);
  }
}

TEST_CASE_FIXTURE(Agent, "the negotiator refuses an offer without usable audio, returns the reason, and keeps its state [RFC 3261 section 21.4.26]") {
  CHECK(refusal(peer("")) == NegotiationError::NoAudio);
  CHECK(refusal(peer("m=audio 0 RTP/AVP 0\r\n")) == NegotiationError::NoAudio);
  CHECK(refusal(peer("m=video 6000 RTP/AVP 31\r\n")) == NegotiationError::NoAudio);
  CHECK(refusal(peer("m=audio 5000 RTP/AVP 18 4\r\n")) == NegotiationError::NoCommonCodec);
  CHECK(refusal(peer("m=audio 5000 RTP/AVP\r\n")) == NegotiationError::NoCommonCodec);
  CHECK(refusal(peer("m=audio 5000 RTP/AVP 128 255\r\n")) == NegotiationError::NoCommonCodec);
  CHECK(refusal(peer("m=audio 5000 RTP/AVP 0\r\n", "IN IP4 phone.example.com")) == NegotiationError::BadAddress);
  CHECK(refusal(parsed("v=0\r\nm=audio 5000 RTP/AVP 0\r\n")) == NegotiationError::BadAddress);
  for (const char* many : {"IN IP4 224.2.17.12/127", "IN IP4 239.255.255.255", "IN IP4 255.255.255.255", "IN IP6 ff02::1"}) {
    CAPTURE(many);
    CHECK(refusal(peer("m=audio 5000 RTP/AVP 0\r\n", many)) == NegotiationError::BadAddress);
  }
  CHECK(refusal(peer("m=audio 5000 RTP/AVP 0\r\n", "IN IP6 2001:db8::7")) == NegotiationError::BadAddress);
  CHECK(negotiator.local_text().empty());
}

TEST_CASE("an agent with an IPv6 address answers an IPv6 peer [RFC 8866 section 5.7]") {
  sdp::Negotiator negotiator({}, address("2001:db8::10", 20000), 1);
  const auto answer = negotiator.answer(peer("m=audio 5000 RTP/AVP 0\r\n", "IN IP6 2001:db8::7"));
  REQUIRE(answer);
  CHECK(answer->audio.remote_rtp == address("2001:db8::7", 5000));
  CHECK(answer->body.find("o=- 1 1 IN IP6 2001:db8::10\r\n") != std::string::npos);
  CHECK(answer->body.find("c=IN IP6 2001:db8::10\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Agent, "the c= line of an m= line takes precedence over the c= line of the session [RFC 8866 section 5.7]") {
  CHECK(answer(peer("m=audio 5000 RTP/AVP 0\r\nc=IN IP4 198.51.100.99\r\n")).audio.remote_rtp == address("198.51.100.99", 5000));
  CHECK(answer(peer("m=audio 5000 RTP/AVP 0\r\nc=IN IP4 198.51.100.99\r\n", "IN IP4 phone.example.com")).audio.remote_rtp.port ==
        5000);
}

TEST_CASE_FIXTURE(Agent, "the agent sends RTCP to the port after the RTP port, or to the port and address in a=rtcp [RFC 3605 section 2.1]") {
  struct Row { const char* attribute; const char* ip; std::uint16_t port; };
  for (const Row row : {Row{"", "198.51.100.7", 5001},
                        {"a=rtcp:53020\r\n", "198.51.100.7", 53020},
                        {"a=rtcp:53020 IN IP4 198.51.100.8\r\n", "198.51.100.8", 53020},
                        {"a=rtcp:0\r\n", "198.51.100.7", 0},
                        {"a=rtcp:70000\r\n", "198.51.100.7", 5001},
                        {"a=rtcp:x\r\n", "198.51.100.7", 5001},
                        {"a=rtcp\r\n", "198.51.100.7", 5001},
                        {"a=rtcp:53020 IN IP4 phone.example.com\r\n", "198.51.100.7", 5001},
                        {"a=rtcp:53020 IN IP4 224.0.0.1\r\n", "198.51.100.7", 5001},
                        {"a=rtcp:53020 IN IP6 2001:db8::1\r\n", "198.51.100.7", 5001}}) {
    CAPTURE(row.attribute);
    CHECK(answer(peer(std::string("m=audio 5000 RTP/AVP 0\r\n") + row.attribute)).audio.remote_rtcp == address(row.ip, row.port));
  }
  CHECK(answer(peer("m=audio 65535 RTP/AVP 0\r\n")).audio.remote_rtcp.port == 0);
}

TEST_CASE_FIXTURE(Agent, "the negotiator limits the peer's ptime and maxptime to its own bounds [RFC 8866 section 6.4]") {
  struct Row { const char* attributes; std::uint16_t ptime_ms; };
  for (const Row row : {Row{"", 20},
                        {"a=ptime:0\r\n", 20},
                        {"a=ptime:1\r\n", 10},
                        {"a=ptime:9\r\n", 10},
                        {"a=ptime:10\r\n", 10},
                        {"a=ptime:30\r\n", 30},
                        {"a=ptime:35\r\n", 30},
                        {"a=ptime:60\r\n", 60},
                        {"a=ptime:61\r\n", 60},
                        {"a=ptime:1000000000\r\n", 60},
                        {"a=ptime:99999999999999999999999\r\n", 60},
                        {"a=ptime:-20\r\n", 20},
                        {"a=ptime:x\r\n", 20},
                        {"a=ptime\r\n", 20},
                        {"a=ptime:22.5\r\n", 20},
                        {"a=ptime:40\r\na=maxptime:30\r\n", 30},
                        {"a=maxptime:10\r\n", 10},
                        {"a=maxptime:150\r\n", 20},
                        {"a=maxptime:1\r\n", 10},
                        {"a=maxptime:0\r\n", 20}}) {
    CAPTURE(row.attributes);
    CHECK(answer(peer(std::string("m=audio 5000 RTP/AVP 0\r\n") + row.attributes)).audio.ptime_ms == row.ptime_ms);
  }
}

TEST_CASE_FIXTURE(Agent, "the answer repeats the t= line of the offer [RFC 3264 section 6]") {
  const auto offer = [](std::string time) {
    return parsed("v=0\r\no=- 1 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\n" + time + "m=audio 5000 RTP/AVP 0\r\n");
  };
  CHECK(answer(offer("t=2873397496 2873404696\r\n")).body.find("t=2873397496 2873404696\r\n") != std::string::npos);
  CHECK(answer(offer("t=now later\r\n")).body.find("t=0 0\r\n") != std::string::npos);
  CHECK(answer(offer("")).body.find("t=0 0\r\n") != std::string::npos);
}

TEST_CASE_FIXTURE(Agent, "the answer to an m= line with 64 payload types for the same codec has one of these payload types") {
  std::string line = "m=audio 5000 RTP/AVP", maps;
  for (int i = 0; i < 64; ++i) {
    line += " " + std::to_string(i < 32 ? 96 + i : 96);
    maps += "a=rtpmap:" + std::to_string(96 + i % 32) + " PCMA/8000\r\n";
  }
  const auto answer = this->answer(peer(line + "\r\n" + maps));
  CHECK(answer.audio.send_payload_type == 96);
  CHECK(parsed(answer.body).media.at(0).formats == std::vector<std::string>{"96"});
}
