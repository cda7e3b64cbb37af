#include "negotiation.hpp"

#include <string>
#include <vector>

using namespace negotiation;

namespace {

/// An agent that likes PCMU, then G722, and takes comfort noise and VoIP metrics.
struct Extras : Agent {
  Extras() {
    negotiator = sdp::Negotiator({.codecs = {AudioCodec::Pcmu, AudioCodec::G722}, .comfort_noise = true, .voip_metrics = true},
                                 address("192.0.2.10", 20000), 4711);
  }
};

bool says(const sdp::Session& text, std::string_view name, std::string_view value) {
  for (const auto& attribute : text.media.at(0).attributes) {
    if (attribute.name == name && attribute.value == value) return true;
  }
  return false;
}
bool names(const sdp::Session& text, std::string_view name) { return text.media.at(0).attribute(name).has_value(); }

}  // namespace

TEST_CASE_FIXTURE(Extras, "comfort noise is offered by its static number beside PCMU and PCMA, and not for G722 alone [RFC 3389 section 4]") {
  const auto text = offer();
  CHECK(text.media.at(0).formats == std::vector<std::string>{"0", "9", "13", "101"});
  CHECK(says(text, "rtpmap", "13 CN/8000"));
  sdp::Negotiator wide({.codecs = {AudioCodec::G722}, .comfort_noise = true}, address("192.0.2.10", 20000), 1);
  CHECK(parsed(wide.make_offer()).media.at(0).formats == std::vector<std::string>{"9", "101"});
}

TEST_CASE("who does not take comfort noise neither offers nor answers it") {
  Agent agent;
  CHECK(agent.offer().media.at(0).formats == std::vector<std::string>{"9", "0", "8", "101"});
  Agent answers;
  const auto answer = answers.answer(peer("m=audio 5000 RTP/AVP 0 13\r\na=rtcp-xr:voip-metrics\r\n"));
  CHECK(parsed(answer.body).media.at(0).formats == std::vector<std::string>{"0"});
  CHECK_FALSE(names(parsed(answer.body), "rtcp-xr"));
  CHECK_FALSE(answer.audio.send_comfort_noise);
  CHECK_FALSE(answer.audio.send_voip_metrics);
}

TEST_CASE("comfort noise is agreed on where both name it and the codec samples at 8000 Hz") {
  struct Row { std::string lines; bool answered, sent; };
  for (const Row& row : {Row{"m=audio 5000 RTP/AVP 0 13\r\n", true, true},  // A static number needs no rtpmap.
                         Row{"m=audio 5000 RTP/AVP 13 0 9\r\na=rtpmap:13 cn/8000\r\n", true, true},
                         Row{"m=audio 5000 RTP/AVP 0\r\n", false, false},
                         Row{"m=audio 5000 RTP/AVP 9 13\r\n", false, false},
                         Row{"m=audio 5000 RTP/AVP 0 13\r\na=rtpmap:13 CN/16000\r\n", false, false},
                         Row{"m=audio 5000 RTP/AVP 0 13\r\na=rtpmap:13 FOO/8000\r\n", false, false},
                         Row{"m=audio 5000 RTP/AVP 0 97\r\na=rtpmap:97 CN/8000\r\n", false, false}}) {
    CAPTURE(row.lines);
    Extras answerer;
    const auto answer = answerer.answer(peer(row.lines));
    CHECK(answer.audio.send_comfort_noise == row.sent);
    CHECK(says(parsed(answer.body), "rtpmap", "13 CN/8000") == row.answered);
    Extras offerer;
    offerer.offer();
    CHECK(offerer.accept(peer(row.lines)).send_comfort_noise == row.sent);
  }
}

TEST_CASE_FIXTURE(Extras, "a number 13 that the peer uses for something else is not offered as comfort noise [RFC 3264 section 8.3.2]") {
  answer(peer("m=audio 5000 RTP/AVP 0 13\r\na=rtpmap:13 FOO/8000\r\n"));
  CHECK_FALSE(says(offer(), "rtpmap", "13 CN/8000"));
  Extras other;
  other.answer(peer("m=audio 5000 RTP/AVP 0 13\r\n"));
  CHECK(says(other.offer(), "rtpmap", "13 CN/8000"));
}

TEST_CASE_FIXTURE(Extras, "VoIP metrics are asked for in each offer, and given when the answer asks [RFC 3611 section 5.2]") {
  CHECK(says(offer(), "rtcp-xr", "voip-metrics"));
  CHECK_FALSE(accept(peer("m=audio 5000 RTP/AVP 0\r\n")).send_voip_metrics);
  CHECK(accept(peer("m=audio 5000 RTP/AVP 0\r\na=rtcp-xr:rcvr-rtt=all VOIP-metrics\r\n")).send_voip_metrics);
  CHECK_FALSE(accept(peer("m=audio 5000 RTP/AVP 0\r\na=rtcp-xr:\r\n")).send_voip_metrics);
}

TEST_CASE("an offer of extended reports is answered with those that we send, or with none; no offer with nothing [RFC 3611 section 5.2]") {
  struct Row { std::string lines; bool sent, answered; };
  const std::string audio = "m=audio 5000 RTP/AVP 0\r\n";
  for (const Row& row : {Row{audio + "a=rtcp-xr:voip-metrics\r\n", true, true},
                         Row{audio + "a=rtcp-xr:pkt-loss-rle=100 voip-metrics stat-summary=loss,dup\r\n", true, true},
                         Row{audio + "a=rtcp-xr:rcvr-rtt=all:10\r\n", false, true},
                         Row{audio + "a=rtcp-xr:voip-metrics2 xvoip-metrics\r\n", false, true},
                         Row{"a=rtcp-xr:voip-metrics\r\n" + audio, true, true},  // Of the session: it holds for each of its media ...
                         Row{"a=rtcp-xr:voip-metrics\r\n" + audio + "a=rtcp-xr:\r\n", false, true},  // ... that says nothing of its own.
                         Row{audio, false, false}}) {
    CAPTURE(row.lines);
    Extras agent;
    const auto answer = agent.answer(peer(row.lines));
    CHECK(answer.audio.send_voip_metrics == row.sent);
    CHECK(names(parsed(answer.body), "rtcp-xr") == row.answered);
    CHECK(says(parsed(answer.body), "rtcp-xr", row.sent ? "voip-metrics" : "") == row.answered);
  }
}
