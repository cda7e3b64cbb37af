#include "negotiation.hpp"

#include <string>
#include <vector>

using namespace negotiation;

TEST_CASE_FIXTURE(Agent, "the first offer lists the local codecs in the local order [RFC 3264 section 5.1]") {
  CHECK(negotiator.make_offer() ==
        "v=0\r\no=- 4711 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 20000 RTP/AVP 9 0 8 101\r\n"
        "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 "
        "0-16\r\n"
        "a=ptime:20\r\na=sendrecv\r\n");
  CHECK(negotiator.offer_open());
  CHECK(negotiator.is_consistent());
  CHECK_FALSE(negotiator.agreed());
}

TEST_CASE_FIXTURE(Agent, "if an answer has other payload types than the offer, the agent sends with those of the answer and receives with those of the offer [RFC 3264 section 5.1]") {
  offer();
  const auto audio =
      accept(peer("m=audio 5000 RTP/AVP 118 96\r\na=rtpmap:118 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\n"));
  CHECK(audio.codec == AudioCodec::G722);
  CHECK(audio.send_payload_type == 118);
  CHECK(audio.receive_payload_type == 9);
  CHECK(audio.send_events == 96);
  CHECK(audio.receive_events == 101);
  CHECK_FALSE(negotiator.offer_open());
}

TEST_CASE_FIXTURE(Agent, "the agent sends with the first codec of the answer that it supports, and can receive the other supported ones [RFC 3264 section 10.2]") {
  offer();
  const auto audio = accept(peer("m=audio 5000 RTP/AVP 3 8 9 0\r\n"));
  CHECK(audio.codec == AudioCodec::Pcma);
  CHECK(audio.also_receivable == std::vector<sdp::ReceivableCodec>{{AudioCodec::G722, 9}, {AudioCodec::Pcmu, 0}});
  CHECK_FALSE(audio.send_events);
}

TEST_CASE("the agent sends and receives only in the directions that both sides allow [RFC 3264 section 6.1]") {
  struct Row { Direction offered, answered; bool send, receive; };
  constexpr auto both = Direction::SendRecv, send = Direction::SendOnly, receive = Direction::RecvOnly,
                 none = Direction::Inactive;
  for (const Row row : {Row{both, both, true, true},
                        {both, send, false, true},
                        {both, receive, true, false},
                        {both, none, false, false},
                        {send, receive, true, false},
                        {send, both, true, false},
                        {send, none, false, false},
                        {none, both, false, false},
                        {receive, send, false, true},
                        {receive, both, false, true}}) {
    CAPTURE(sdp::to_string(row.offered));
    CAPTURE(sdp::to_string(row.answered));
    Agent agent;
    agent.negotiator.set_direction(row.offered);
    CHECK(agent.negotiator.make_offer().find("a=" + std::string(sdp::to_string(row.offered))) != std::string::npos);
    agent.negotiator.set_direction(none);  // This change applies to the next exchange only.
    const auto audio = agent.accept(peer("m=audio 5000 RTP/AVP 0\r\na=" + std::string(sdp::to_string(row.answered)) + "\r\n"));
    CHECK(audio.send == row.send);
    CHECK(audio.receive == row.receive);
  }
}

TEST_CASE_FIXTURE(Agent, "accept_answer refuses a bad answer, and the offer stays open until it is withdrawn [RFC 3264 section 7]") {
  offer();
  const auto error = [&](const sdp::Session& answer) { return negotiator.accept_answer(answer).error(); };
  CHECK(error(peer("")) == NegotiationError::AnswerMismatch);
  CHECK(error(peer("m=video 5000 RTP/AVP 0\r\n")) == NegotiationError::AnswerMismatch);
  CHECK(error(peer("m=audio 0 RTP/AVP 0\r\n")) == NegotiationError::NoAudio);
  CHECK(error(peer("m=audio 5000 RTP/SAVP 0\r\n")) == NegotiationError::UnsupportedProfile);
  CHECK(error(peer("m=audio 5000 RTP/AVP 18\r\n")) == NegotiationError::NoCommonCodec);
  CHECK(error(peer("m=audio 5000 RTP/AVP 0\r\n", "IN IP4 phone.example.com")) == NegotiationError::BadAddress);
  CHECK(negotiator.offer_open());
  CHECK_FALSE(negotiator.agreed());
  negotiator.withdraw_offer();
  CHECK(error(peer("m=audio 5000 RTP/AVP 0\r\n")) == NegotiationError::WrongState);
}

TEST_CASE_FIXTURE(Agent, "the negotiator refuses an answer before its first text, and refuses the peer's offer while its own offer is open [RFC 3264 section 4]") {
  CHECK(negotiator.accept_answer(peer("m=audio 5000 RTP/AVP 0\r\n")) == offhook::base::fail(NegotiationError::WrongState));
  offer();
  CHECK(refusal(peer("m=audio 5000 RTP/AVP 0\r\n")) == NegotiationError::WrongState);
  negotiator.withdraw_offer();
  answer(peer("m=audio 5000 RTP/AVP 0\r\n"));
}

TEST_CASE_FIXTURE(Agent, "a later answer to the same offer replaces the earlier answer, such as a 200 after a 183 [RFC 3261 section 13.2.1]") {
  offer();
  CHECK(accept(peer("m=audio 5000 RTP/AVP 0\r\n")).codec == AudioCodec::Pcmu);
  CHECK(accept(peer("m=audio 5002 RTP/AVP 8\r\n")).codec == AudioCodec::Pcma);
  CHECK(negotiator.agreed()->remote_rtp.port == 5002);
}

TEST_CASE_FIXTURE(Agent, "the peer may answer our latest description that a session refresh offers again, even if it was an answer [RFC 4028 section 7.4]") {
  answer(peer("m=audio 5000 RTP/AVP 0\r\na=sendonly\r\n"));
  const auto text = negotiator.local_text();
  const auto audio = accept(peer("m=audio 5002 RTP/AVP 0\r\na=sendonly\r\n"));
  CHECK(audio.remote_rtp.port == 5002);
  CHECK(audio.receive);
  CHECK_FALSE(audio.send);  // The text that was offered again says recvonly.
  CHECK_FALSE(accept(peer("m=audio 5002 RTP/AVP 0\r\n")).send);
  CHECK(negotiator.local_text() == text);
}

TEST_CASE_FIXTURE(Agent, "a copy of a negotiator and the original do not affect each other, so that each early dialog can have a copy [RFC 3261 section 13.2.2.4]") {
  offer();
  Agent fork{negotiator};
  accept(peer("m=audio 5000 RTP/AVP 0\r\n"));
  CHECK(fork.negotiator.offer_open());
  CHECK(fork.accept(peer("m=audio 5002 RTP/AVP 9\r\n")).codec == AudioCodec::G722);
  CHECK(negotiator.agreed()->codec == AudioCodec::Pcmu);
}

TEST_CASE_FIXTURE(Agent, "the version of the o= line rises by one only when the local description changes [RFC 3264 section 8]") {
  const auto offer = peer("m=audio 5000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n");
  const auto hold = peer("m=audio 5000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\na=sendonly\r\n");
  const auto first = answer(offer).body;
  CHECK(version_of(first) == "1");
  CHECK(answer(offer).body == first);
  CHECK(version_of(answer(hold).body) == "2");
  CHECK(version_of(answer(hold).body) == "2");
  CHECK(version_of(answer(offer).body) == "3");
  const auto reoffer = negotiator.make_offer();
  CHECK(version_of(reoffer) == "4");
  CHECK(negotiator.make_offer() == reoffer);  // A request that is sent again with credentials has the same offer.
  negotiator.set_direction(Direction::SendOnly);
  CHECK(version_of(negotiator.make_offer()) == "5");
  negotiator.withdraw_offer();
  CHECK(version_of(answer(hold).body) == "6");
  const auto last = parsed(negotiator.local_text());
  CHECK(last.origin->session_id == "4711");
}

TEST_CASE("the session id of the o= line fits a signed 64-bit number [RFC 3264 section 5]") {
  sdp::Negotiator negotiator({}, address("192.0.2.10", 20000), ~0ULL);
  CHECK(parsed(negotiator.make_offer()).origin->session_id == "4611686018427387903");
}

TEST_CASE_FIXTURE(Agent, "a new local address changes the c= and m= lines, and not the address of the o= line [RFC 3264 section 8.3.1]") {
  answer(peer("m=audio 5000 RTP/AVP 0\r\n"));
  negotiator.set_local(address("192.0.2.11", 20002));
  const auto text = parsed(negotiator.make_offer());
  CHECK(text.origin->address == "192.0.2.10");
  CHECK(text.origin->version == "2");
  CHECK(text.connection->address == "192.0.2.11");
  CHECK(text.media.at(0).port == 20002);
}

TEST_CASE_FIXTURE(Agent, "the agent uses the peer's new address and port after the peer's offer or answer. A refused offer changes nothing [RFC 3264 section 8.3.1]") {
  answer(peer("m=audio 5000 RTP/AVP 0\r\n"));
  CHECK(negotiator.agreed()->remote_rtp == address("198.51.100.7", 5000));
  CHECK(answer(peer("m=audio 5002 RTP/AVP 0\r\nc=IN IP4 198.51.100.3\r\n")).audio.remote_rtp == address("198.51.100.3", 5002));
  (void)refusal(peer("m=audio 5004 RTP/AVP 97\r\na=rtpmap:97 nothing/8000\r\nc=IN IP4 198.51.100.4\r\n"));
  CHECK(negotiator.agreed()->remote_rtp == address("198.51.100.3", 5002));
  offer();
  CHECK(negotiator.agreed()->remote_rtp == address("198.51.100.3", 5002));  // The old address applies until the peer's answer arrives.
  CHECK(accept(peer("m=audio 5006 RTP/AVP 0\r\n")).remote_rtp == address("198.51.100.7", 5006));
}

TEST_CASE_FIXTURE(Agent, "the agent holds the peer with sendonly, and resumes with sendrecv [RFC 3264 section 8.4]") {
  offer();
  accept(peer("m=audio 5000 RTP/AVP 9\r\n"));
  negotiator.set_direction(Direction::SendOnly);
  CHECK(negotiator.make_offer().find("a=sendonly") != std::string::npos);
  const auto held = accept(peer("m=audio 5000 RTP/AVP 9\r\na=recvonly\r\n"));
  CHECK(held.send);
  CHECK_FALSE(held.receive);
  CHECK(answered_direction(peer("m=audio 5000 RTP/AVP 9\r\n")) ==
        Direction::SendOnly);  // The peer's own re-offer does not end the hold.
  negotiator.set_direction(Direction::SendRecv);
  offer();
  CHECK(accept(peer("m=audio 5000 RTP/AVP 9\r\n")).receive);
}

TEST_CASE_FIXTURE(Agent, "when both sides hold, media flows only after both have resumed, in either order [RFC 6337 section 5.3]") {
  const std::string media = "m=audio 5000 RTP/AVP 9\r\n";
  offer();
  accept(peer(media));
  negotiator.set_direction(Direction::SendOnly);
  offer();
  accept(peer(media + "a=recvonly\r\n"));
  CHECK(answered_direction(peer(media + "a=sendonly\r\n")) == Direction::Inactive);  // The peer puts the agent on hold, too.
  SUBCASE("the agent resumes first") {
    negotiator.set_direction(Direction::SendRecv);
    const auto text = offer();
    CHECK(text.direction_of(text.media.at(0)) == Direction::SendRecv);
    const auto still = accept(peer(media + "a=sendonly\r\n"));
    CHECK(still.receive);
    CHECK_FALSE(still.send);
    CHECK(answered_direction(peer(media)) == Direction::SendRecv);
  }
  SUBCASE("the peer resumes first") {
    CHECK(answered_direction(peer(media)) == Direction::SendOnly);
    negotiator.set_direction(Direction::SendRecv);
    offer();
    const auto both = accept(peer(media));
    CHECK(both.receive);
    CHECK(both.send);
  }
}

TEST_CASE_FIXTURE(Agent, "the agent's later offer has each m= line in its place, with the payload types that the peer used [RFC 3264 section 8.3.2]") {
  answer(
      peer("m=video 6000 RTP/AVP 31\r\nm=audio 5000 RTP/AVPF 118 101 96\r\na=rtpmap:118 G722/8000\r\na=rtpmap:101 "
           "opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n"));
  const auto offer = parsed(negotiator.make_offer());
  REQUIRE(offer.media.size() == 2);
  CHECK(offer.media[0].kind == "video");
  CHECK(offer.media[0].port == 0);
  CHECK(offer.media[1].protocol == "RTP/AVPF");
  CHECK(offer.media[1].formats == std::vector<std::string>{"118", "0", "8", "96"});
  accept(peer(
      "m=video 0 RTP/AVP 31\r\nm=audio 5000 RTP/AVPF 118 96\r\na=rtpmap:118 G722/8000\r\na=rtpmap:96 telephone-event/8000\r\n"));
}

TEST_CASE_FIXTURE(Agent, "the offer gives telephone-event a payload type that the peer does not use for another format [RFC 3264 section 8.3.2]") {
  answer(peer(
      "m=audio 5000 RTP/AVP 0 101 96 97\r\na=rtpmap:101 opus/48000/2\r\na=rtpmap:96 iLBC/8000\r\na=rtpmap:97 speex/8000\r\n"));
  CHECK(parsed(negotiator.make_offer()).media.at(0).formats == std::vector<std::string>{"9", "0", "8", "98"});
  negotiator.withdraw_offer();
  answer(peer("m=audio 5000 RTP/AVP 0\r\n"));
  CHECK(parsed(negotiator.make_offer()).media.at(0).formats.back() == "98");  // Not 101 again: a payload type keeps its meaning for the whole session.
}

TEST_CASE_FIXTURE(Agent, "the offer has no telephone-event when the peer uses every dynamic payload type for other formats") {
  std::string line = "m=audio 5000 RTP/AVP 0";
  for (int i = 96; i <= 127; ++i) line += " " + std::to_string(i);
  answer(peer(line + "\r\n"));
  CHECK(negotiator.make_offer().find("telephone-event") == std::string::npos);
  CHECK_FALSE(accept(peer("m=audio 5000 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n")).send_events);
}

TEST_CASE_FIXTURE(Agent, "the offer has no codec whose static payload type the peer uses for another format [RFC 3264 section 8.3.2]") {
  answer(peer("m=audio 5000 RTP/AVP 0 9\r\na=rtpmap:9 telephone-event/8000\r\n"));
  CHECK(parsed(negotiator.make_offer()).media.at(0).formats == std::vector<std::string>{"0", "8", "9"});
  CHECK(negotiator.is_consistent());
}

TEST_CASE_FIXTURE(Agent, "the agent keeps its audio stream while the peer offers this stream, and uses another audio stream when the peer closes it [RFC 3264 section 8]") {
  const std::string two = "m=audio 5000 RTP/AVP 0\r\nm=audio 5002 RTP/AVP 0\r\n";
  CHECK(answer(peer("m=audio 0 RTP/AVP 0\r\nm=audio 5002 RTP/AVP 0\r\n")).audio.remote_rtp.port == 5002);
  CHECK(answer(peer(two)).audio.remote_rtp.port == 5002);
  CHECK(answer(peer("m=audio 5000 RTP/AVP 0\r\nm=audio 0 RTP/AVP 0\r\n")).audio.remote_rtp.port == 5000);
}

TEST_CASE_FIXTURE(Agent, "the number of m= lines in the agent's offers never decreases [RFC 3264 section 8]") {
  answer(peer("m=audio 5000 RTP/AVP 0\r\nm=video 6000 RTP/AVP 31\r\n"));
  CHECK(parsed(answer(peer("m=audio 5000 RTP/AVP 0\r\n")).body).media.size() ==
        1);  // An answer has as many m= lines as its offer, even if the offer has fewer m= lines than an earlier offer.
  CHECK(parsed(negotiator.make_offer()).media.size() == 2);
  CHECK(accept(peer("m=audio 5000 RTP/AVP 0\r\n")).codec == AudioCodec::Pcmu);  // This answer does not have the refused m= line.
}

TEST_CASE_FIXTURE(Agent, "a later offer of the peer can disable the audio, and a further offer can enable it again [RFC 3264 section 8.2]") {
  const auto on = answer(peer("m=audio 5000 RTP/AVP 0\r\n"));
  const auto off = answer(peer("m=audio 0 RTP/AVP 0\r\n"));
  CHECK(off.body.find("m=audio 0 RTP/AVP 0\r\n") != std::string::npos);
  CHECK(off.audio.disabled);
  CHECK_FALSE(off.audio.send);
  CHECK_FALSE(off.audio.receive);
  CHECK(answer(peer("m=audio 5000 RTP/AVP 0\r\n")).audio == on.audio);
  CHECK(refusal(peer("m=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\n")) ==
        NegotiationError::NoAudio);  // The agent supports no fax stream, so no audio remains.
  CHECK(refusal(peer("m=image 4000 udptl t38\r\n")) == NegotiationError::NoAudio);
}

TEST_CASE_FIXTURE(Agent, "the agent chooses the codec of an answer by its local order, even if the previous exchange selected another codec") {
  offer();
  CHECK(accept(peer("m=audio 5000 RTP/AVP 8 9\r\n")).codec == AudioCodec::Pcma);
  CHECK(answer(peer("m=audio 5000 RTP/AVP 8 9\r\n")).audio.codec == AudioCodec::G722);
}

TEST_CASE("two negotiators agree on the codec, addresses and payload types, in both roles") {
  Agent caller, callee;
  callee.negotiator.set_local(address("192.0.2.20", 30000));
  const auto answer = callee.answer(parsed(caller.negotiator.make_offer()));
  const auto audio = caller.accept(parsed(answer.body));
  CHECK(audio.codec == AudioCodec::G722);
  CHECK(audio.remote_rtp == address("192.0.2.20", 30000));
  CHECK(answer.audio.remote_rtp == address("192.0.2.10", 20000));
  const auto back = caller.answer(parsed(callee.negotiator.make_offer()));
  CHECK(callee.accept(parsed(back.body)).send_events == 101);
}

TEST_CASE_FIXTURE(Agent, "an offer with audio and video is answered with the audio only [RFC 4317 section 2.1]") {
  const auto answer = this->answer(peer(
      "m=audio 49170 RTP/AVP 0 8 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:97 iLBC/8000\r\n"
      "m=video 51372 RTP/AVP 31 32\r\na=rtpmap:31 H261/90000\r\na=rtpmap:32 MPV/90000\r\n"));
  const auto text = parsed(answer.body);
  CHECK(text.media.at(0).formats == std::vector<std::string>{"0"});
  CHECK(text.media.at(1).port == 0);
}

TEST_CASE_FIXTURE(Agent, "after an answer with several codecs, a second offer with one codec leaves only this codec [RFC 4317 section 2.2]") {
  offer();
  CHECK(accept(peer("m=audio 49172 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n")).also_receivable.size() ==
        1);
  CHECK(answer(peer("m=audio 49172 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n")).audio.also_receivable.empty());
}

TEST_CASE_FIXTURE(Agent, "the answer refuses events in a separate stream, and accepts the voice stream [RFC 4317 section 2.4]") {
  const auto answer = this->answer(peer("m=audio 49170 RTP/AVP 0 97\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:97 iLBC/8000\r\n"
                                        "m=audio 49172 RTP/AVP 98\r\na=rtpmap:98 telephone-event/8000\r\na=sendonly\r\n"));
  CHECK(answer.audio.codec == AudioCodec::Pcmu);
  CHECK_FALSE(answer.audio.send_events);
  CHECK(parsed(answer.body).media.at(1).port == 0);
}
