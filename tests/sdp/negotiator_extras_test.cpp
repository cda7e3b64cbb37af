#include "negotiation.hpp"

#include <string>
#include <vector>

using namespace negotiation;

namespace {

/// An agent that prefers PCMU, then G722, and accepts comfort noise and VoIP metrics.
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

TEST_CASE_FIXTURE(Extras, "an offer has comfort noise as payload type 13 with PCMU and PCMA, but not with G722 alone [RFC 3389 section 4]") {
  const auto text = offer();
  CHECK(text.media.at(0).formats == std::vector<std::string>{"0", "9", "13", "101"});
  CHECK(says(text, "rtpmap", "13 CN/8000"));
  sdp::Negotiator wide({.codecs = {AudioCodec::G722}, .comfort_noise = true}, address("192.0.2.10", 20000), 1);
  CHECK(parsed(wide.make_offer()).media.at(0).formats == std::vector<std::string>{"9", "101"});
}

TEST_CASE("an agent without comfort noise and VoIP metrics neither offers nor answers them") {
  Agent agent;
  CHECK(agent.offer().media.at(0).formats == std::vector<std::string>{"9", "0", "8", "101"});
  Agent answers;
  const auto answer = answers.answer(peer("m=audio 5000 RTP/AVP 0 13\r\na=rtcp-xr:voip-metrics\r\n"));
  CHECK(parsed(answer.body).media.at(0).formats == std::vector<std::string>{"0"});
  CHECK_FALSE(names(parsed(answer.body), "rtcp-xr"));
  CHECK_FALSE(answer.audio.send_comfort_noise);
  CHECK_FALSE(answer.audio.send_voip_metrics);
}

TEST_CASE("both sides use comfort noise if both list it and the codec has a clock rate of 8000 Hz") {
  struct Row { std::string lines; bool answered, sent; };
  for (const Row& row : {Row{"m=audio 5000 RTP/AVP 0 13\r\n", true, true},  // A static payload type needs no rtpmap.
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

TEST_CASE_FIXTURE(Extras, "the offer has no comfort noise when the peer uses payload type 13 for another format [RFC 3264 section 8.3.2]") {
  answer(peer("m=audio 5000 RTP/AVP 0 13\r\na=rtpmap:13 FOO/8000\r\n"));
  CHECK_FALSE(says(offer(), "rtpmap", "13 CN/8000"));
  Extras other;
  other.answer(peer("m=audio 5000 RTP/AVP 0 13\r\n"));
  CHECK(says(other.offer(), "rtpmap", "13 CN/8000"));
}

TEST_CASE_FIXTURE(Extras, "each offer requests VoIP metrics; the agent sends them when the answer requests them [RFC 3611 section 5.2]") {
  CHECK(says(offer(), "rtcp-xr", "voip-metrics"));
  CHECK_FALSE(accept(peer("m=audio 5000 RTP/AVP 0\r\n")).send_voip_metrics);
  CHECK(accept(peer("m=audio 5000 RTP/AVP 0\r\na=rtcp-xr:rcvr-rtt=all VOIP-metrics\r\n")).send_voip_metrics);
  CHECK_FALSE(accept(peer("m=audio 5000 RTP/AVP 0\r\na=rtcp-xr:\r\n")).send_voip_metrics);
}

TEST_CASE("the answer has a=rtcp-xr only if the offer has it. The answer lists the metrics that the agent sends, which can be none [RFC 3611 section 5.2]") {
  struct Row { std::string lines; bool sent, answered; };
  const std::string audio = "m=audio 5000 RTP/AVP 0\r\n";
  for (const Row& row : {Row{audio + "a=rtcp-xr:voip-metrics\r\n", true, true},
                         Row{audio + "a=rtcp-xr:pkt-loss-rle=100 voip-metrics stat-summary=loss,dup\r\n", true, true},
                         Row{audio + "a=rtcp-xr:rcvr-rtt=all:10\r\n", false, true},
                         Row{audio + "a=rtcp-xr:voip-metrics2 xvoip-metrics\r\n", false, true},
                         Row{"a=rtcp-xr:voip-metrics\r\n" + audio, true, true},  // A session attribute applies to each m= line.
                         Row{"a=rtcp-xr:voip-metrics\r\n" + audio + "a=rtcp-xr:\r\n", false, true},  // The m= line overrides the session.
                         Row{audio, false, false}}) {
    CAPTURE(row.lines);
    Extras agent;
    const auto answer = agent.answer(peer(row.lines));
    CHECK(answer.audio.send_voip_metrics == row.sent);
    CHECK(names(parsed(answer.body), "rtcp-xr") == row.answered);
    CHECK(says(parsed(answer.body), "rtcp-xr", row.sent ? "voip-metrics" : "") == row.answered);
  }
}

TEST_CASE("An answer of this side accepts rtcp-mux. An answer of the peer agrees on rtcp-mux only if this side has offered it [RFC 5761 section 5.1.1]") {
  const auto has_mux = [](const sdp::Session& text) { return text.media.at(0).attribute("rtcp-mux").has_value(); };
  const std::string plain = "m=audio 5000 RTP/AVP 0\r\n", muxed = plain + "a=rtcp-mux\r\na=rtcp:5005\r\n";
  Agent called;
  const auto answer = called.answer(peer(muxed));
  CHECK(has_mux(parsed(answer.body)));
  CHECK(answer.audio.remote_rtcp.port == 5000);
  CHECK(has_mux(called.offer()));  // RFC 5761 section 5.1.1: later offers have a=rtcp-mux too.
  CHECK(called.accept(peer(plain)).remote_rtcp.port == 5001);
  CHECK_FALSE(has_mux(called.offer()));

  Agent caller;
  CHECK_FALSE(has_mux(caller.offer()));
  CHECK(caller.accept(peer(muxed)).remote_rtcp.port == 5005);

  sdp::AudioCapability capability;
  capability.rtcp_mux = true;
  Agent muxing{sdp::Negotiator(capability, address("192.0.2.10", 20000), 1)};
  CHECK(has_mux(muxing.offer()));
  CHECK(muxing.accept(peer(muxed)).remote_rtcp.port == 5000);
  CHECK(muxing.negotiator.local_text().find("a=rtcp-mux\r\n") != std::string::npos);
}
