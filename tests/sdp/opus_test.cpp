#include "negotiation.hpp"

#include <string>
#include <vector>

using namespace negotiation;

namespace {

sdp::AudioCapability capability(std::vector<AudioCodec> codecs) {
  sdp::AudioCapability result;
  result.codecs = std::move(codecs);
  result.parameters[static_cast<std::size_t>(AudioCodec::Opus)] = "maxplaybackrate=16000;useinbandfec=1";
  return result;
}

struct OpusAgent : Agent {
  explicit OpusAgent(std::vector<AudioCodec> codecs = {AudioCodec::Opus, AudioCodec::Pcmu}) {
    negotiator = sdp::Negotiator(capability(std::move(codecs)), address("192.0.2.10", 20000), 4711);
  }
};

std::string audio_of(const std::string& body) { return body.substr(body.find("m=audio")); }

}  // namespace

TEST_CASE_FIXTURE(OpusAgent,
    "an offer has opus/48000/2 with the local fmtp, and telephone-event at each clock rate [RFC 7587 section 7, RFC 4733 section 2.1]") {
  CHECK(audio_of(negotiator.make_offer()) ==
        "m=audio 20000 RTP/AVP 111 0 101 110\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 maxplaybackrate=16000;useinbandfec=1\r\n"
        "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=rtpmap:110 telephone-event/48000\r\n"
        "a=fmtp:110 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST_CASE("an offer has L16 at 8000 and 16000 Hz with dynamic payload types [RFC 3551 section 4.5.11]") {
  OpusAgent agent({AudioCodec::L16Wide, AudioCodec::L16});
  const std::string offer = audio_of(agent.negotiator.make_offer());
  CHECK(offer.starts_with("m=audio 20000 RTP/AVP 118 119 101 102\r\na=rtpmap:118 L16/16000\r\na=rtpmap:119 L16/8000\r\n"));
  const auto audio = agent.accept(peer("m=audio 5000 RTP/AVP 97\r\na=rtpmap:97 L16/8000\r\n"));
  CHECK(audio.codec == AudioCodec::L16);
  CHECK(audio.send_payload_type == 97);
  CHECK(audio.receive_payload_type == 119);
}

TEST_CASE_FIXTURE(OpusAgent, "an answer to Opus repeats the offer's payload types, and the agent keeps the peer's fmtp [RFC 7587 section 7.1]") {
  const auto answer = this->answer(peer("m=audio 5000 RTP/AVP 96 0 97 98\r\na=rtpmap:96 OPUS/48000/2\r\na=fmtp:96 usedtx=1; maxaveragebitrate=20000\r\n"
                                        "a=rtpmap:97 telephone-event/48000\r\na=rtpmap:98 telephone-event/8000\r\n"));
  CHECK(answer.audio.codec == AudioCodec::Opus);
  CHECK(answer.audio.send_payload_type == 96);
  CHECK(answer.audio.receive_payload_type == 96);
  CHECK(answer.audio.parameters == "usedtx=1; maxaveragebitrate=20000");
  CHECK(answer.audio.send_events == 97);
  CHECK(answer.audio.event_clock_hz == 48000);
  CHECK(audio_of(answer.body) ==
        "m=audio 20000 RTP/AVP 96 97\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxplaybackrate=16000;useinbandfec=1\r\n"
        "a=rtpmap:97 telephone-event/48000\r\na=fmtp:97 0-16\r\na=ptime:20\r\na=sendrecv\r\n");
}

TEST_CASE_FIXTURE(OpusAgent, "if a peer supports telephone-event only at 8000 Hz, the agent uses this clock rate for events also with Opus") {
  const auto answer = this->answer(peer("m=audio 5000 RTP/AVP 96 98\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:98 telephone-event/8000\r\n"));
  CHECK(answer.audio.codec == AudioCodec::Opus);
  CHECK(answer.audio.send_events == 98);
  CHECK(answer.audio.receive_events == 98);
  CHECK(answer.audio.event_clock_hz == 8000);
}

TEST_CASE_FIXTURE(OpusAgent, "with G.711 the agent uses telephone-event at 8000 Hz, even if the offer also has another clock rate [RFC 4733 section 2.1]") {
  const auto answer = this->answer(peer("m=audio 5000 RTP/AVP 0 97 98\r\na=rtpmap:97 telephone-event/48000\r\na=rtpmap:98 telephone-event/8000\r\n"));
  CHECK(answer.audio.codec == AudioCodec::Pcmu);
  CHECK(answer.audio.send_events == 98);
  CHECK(answer.audio.event_clock_hz == 8000);
}

TEST_CASE_FIXTURE(OpusAgent, "after an answer with several codecs, the agent keeps the telephone-event payload type of each clock rate [RFC 3264 section 10.2]") {
  offer();
  const auto audio = accept(peer("m=audio 5000 RTP/AVP 107 0 101 110\r\na=rtpmap:107 opus/48000/2\r\na=fmtp:107 useinbandfec=1\r\n"
                                 "a=rtpmap:101 telephone-event/8000\r\na=rtpmap:110 telephone-event/48000\r\n"));
  CHECK(audio.codec == AudioCodec::Opus);
  CHECK(audio.send_payload_type == 107);
  CHECK(audio.receive_payload_type == 111);
  CHECK(audio.parameters == "useinbandfec=1");
  CHECK(audio.receive_events == 110);
  CHECK(audio.event_clock_hz == 48000);
  CHECK(audio.also_receivable_events == sdp::ReceivableEvents{8000, 101});
  CHECK(audio.also_receivable == std::vector<sdp::ReceivableCodec>{{AudioCodec::Pcmu, 0}});
}

TEST_CASE("PayloadTable does not recognise an opus rtpmap with one channel or with a clock rate other than 48000 [RFC 7587 section 7]") {
  for (const char* map : {"opus/48000", "opus/48000/1", "opus/16000/2"}) {
    CAPTURE(map);
    OpusAgent agent({AudioCodec::Opus});
    CHECK(agent.refusal(peer("m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 " + std::string(map) + "\r\n")) == NegotiationError::NoCommonCodec);
  }
}

TEST_CASE_FIXTURE(OpusAgent, "a later offer does not use a payload type that the peer assigned to another format [RFC 3264 section 8.3.2]") {
  answer(peer("m=audio 5000 RTP/AVP 0 111 110 101\r\na=rtpmap:111 speex/8000\r\na=rtpmap:110 telephone-event/8000\r\na=rtpmap:101 speex/16000\r\n"));
  const auto later = offer();
  const sdp::PayloadTable table(later.media.at(0));
  const auto opus = table.number_of(AudioCodec::Opus);
  REQUIRE(opus);
  CHECK(*opus != 111);
  CHECK(*opus != 101);
  CHECK(table.number_of_events(8000) == 110);
  const auto wide = table.number_of_events(48000);
  REQUIRE(wide);
  CHECK(*wide != 111);
  CHECK(*wide != 101);
  CHECK(*wide != *opus);
}

TEST_CASE("the offer leaves out the formats for which no dynamic payload type is free") {
  OpusAgent agent;
  std::string lines = "m=audio 5000 RTP/AVP 0";
  std::string maps;
  for (int number = 96; number <= 127; ++number) {
    lines += " " + std::to_string(number);
    maps += "a=rtpmap:" + std::to_string(number) + " speex/8000\r\n";
  }
  agent.answer(peer(lines + "\r\n" + maps));
  const auto later = agent.offer();
  CHECK(later.media.at(0).formats == std::vector<std::string>{"0"});
}
