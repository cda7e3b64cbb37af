#include "negotiation.hpp"

#include <doctest/doctest.h>

using namespace negotiation;
using sdp::SrtpPolicy;

namespace {

const std::string kFingerprintLine = "a=fingerprint:sha-256 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB:3E:4B:65:2E:7D:46:3F:54:42:CD:54:F1\r\n";
const std::string kDtlsAudio = "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\n" + kFingerprintLine;
const std::string kIceLines = "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=candidate:1 1 UDP 2130706431 198.51.100.7 5000 typ host\r\n";

/// An agent with DTLS. A test may add ICE.
struct DtlsAgent : Agent {
  explicit DtlsAgent(SrtpPolicy policy = SrtpPolicy::Preferred, bool offers = false) {
    sdp::AudioCapability capability;
    capability.srtp.policy = policy;
    capability.srtp.dtls = sdp::DtlsCapability{{"sha-256", std::vector<std::uint8_t>(32, 7)}, offers};
    negotiator = sdp::Negotiator(capability, address("192.0.2.10", 20000), 4711);
  }
  void use_ice(bool offers) {
    sdp::IceDescription ours;
    ours.ufrag = "ours";
    ours.password = "ours56789012345678901234";
    ours.candidates = {{"1", 1, "UDP", 2130706431, "192.0.2.10", 20000}};
    negotiator.set_ice(ours, offers);
  }
};

std::string setup_of(const sdp::Session& text) { return std::string(text.media.at(0).attribute("setup").value_or("")); }
sdp::Session moved(const std::string& lines) { return peer(lines, "IN IP4 198.51.100.8"); }

}  // namespace

TEST_CASE("An answer to a DTLS offer has this side's fingerprint and setup:active. Our offers have setup:actpass, so that the answer chooses the roles [RFC 5763 section 5]") {
  DtlsAgent called;
  const auto answer = called.answer(peer(kDtlsAudio + "a=setup:actpass\r\n"));
  const auto text = parsed(answer.body);
  CHECK(setup_of(text) == "active");
  CHECK(text.media.at(0).attribute("fingerprint")->starts_with("sha-256 07:07:"));
  CHECK(text.media.at(0).protocol == "UDP/TLS/RTP/SAVP");
  REQUIRE(answer.audio.dtls);
  CHECK(answer.audio.dtls->is_client);
  CHECK(answer.audio.dtls->fingerprints.size() == 1);

  DtlsAgent caller(SrtpPolicy::Required, true);
  const auto offer = caller.offer();
  CHECK(setup_of(offer) == "actpass");
  CHECK(offer.media.at(0).attribute("rtcp-mux"));
  CHECK_FALSE(offer.media.at(0).attribute("crypto"));
  CHECK_FALSE(caller.accept(peer(kDtlsAudio + "a=setup:active\r\n")).dtls->is_client);
  for (const std::string& bad : {kDtlsAudio + "a=setup:actpass\r\n", kDtlsAudio + "a=setup:holdconn\r\n", std::string("m=audio 5000 UDP/TLS/RTP/SAVP 0\r\na=setup:active\r\n")}) {
    CAPTURE(bad);
    caller.offer();
    CHECK(caller.negotiator.accept_answer(peer(bad)) == offhook::base::fail(NegotiationError::NoCommonCrypto));
    caller.negotiator.withdraw_offer();
  }
}

TEST_CASE("A session that uses DTLS refuses a later offer without DTLS, and a side without DTLS refuses an offer with DTLS [RFC 5763 section 5]") {
  DtlsAgent agent;
  agent.answer(peer(kDtlsAudio + "a=setup:actpass\r\n"));
  CHECK(agent.refusal(peer("m=audio 5000 RTP/AVP 0\r\n")) == NegotiationError::NotSecure);
  CHECK(DtlsAgent(SrtpPolicy::Off).refusal(peer(kDtlsAudio)) == NegotiationError::UnsupportedProfile);
  CHECK(Agent().refusal(peer(kDtlsAudio)) == NegotiationError::UnsupportedProfile);
}

TEST_CASE("An association continues after later offers, but a new fingerprint, role or address begins a new association [RFC 8842 section 4]") {
  DtlsAgent agent;
  const auto association = [&](const sdp::Session& offer) { return agent.answer(offer).audio.dtls->association; };
  CHECK(association(peer(kDtlsAudio + "a=setup:actpass\r\n")) == 1);
  CHECK(association(peer(kDtlsAudio + "a=setup:actpass\r\na=sendonly\r\n")) == 1);
  CHECK(association(moved(kDtlsAudio + "a=setup:actpass\r\n")) == 2);
  CHECK(association(moved(kDtlsAudio + "a=setup:active\r\n")) == 3);
  CHECK(association(moved(kDtlsAudio + "a=setup:actpass\r\n")) == 3);
  std::string other = kDtlsAudio;
  other.replace(other.find("4A:AD"), 5, "4A:AE");
  CHECK(association(moved(other + "a=setup:actpass\r\n")) == 4);
}

TEST_CASE("An association continues during a hold in the style of RFC 2543, which has no address [RFC 8842 section 4]") {
  DtlsAgent agent;
  const std::string offer = kDtlsAudio + "a=setup:actpass\r\n";
  sdp::Session held = peer(offer);
  held.connection->address = "0.0.0.0";
  for (const auto& one : {peer(offer), held, peer(offer)}) CHECK(agent.answer(one).audio.dtls->association == 1);
}

TEST_CASE("A description with only SHA-1 or unknown fingerprints is refused, because the handshake would fail later [RFC 8122 section 5]") {
  for (const char* hash : {"sha-1", "md5", "sha-3"}) {
    std::string weak = kDtlsAudio;
    weak.replace(weak.find("sha-256"), 7, hash);
    CHECK(DtlsAgent().refusal(peer(weak)) == NegotiationError::NoCommonCrypto);
  }
  std::string both = kDtlsAudio;
  both.replace(both.find("a=fingerprint"), 0, "a=fingerprint:sha-1 4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB\r\n");
  CHECK(DtlsAgent().answer(peer(both)).audio.dtls->fingerprints.size() == 2);
}

TEST_CASE("With ICE, an association continues even if the peer's address changes [RFC 8842 section 6]") {
  DtlsAgent agent;
  agent.use_ice(false);
  const auto first = agent.answer(peer(kDtlsAudio + kIceLines + "a=setup:actpass\r\n"));
  CHECK(first.audio.ice->ufrag == "8hhY");
  const std::string updated = kIceLines + "a=candidate:2 1 UDP 1694498815 198.51.100.8 5000 typ srflx raddr 198.51.100.7 rport 5000\r\n";
  CHECK(agent.answer(moved(kDtlsAudio + updated + "a=setup:actpass\r\n")).audio.dtls->association == 1);
}

TEST_CASE("If a middlebox has altered the address of a DTLS offer, ICE continues with this address as a further candidate [RFC 8839 section 4.2.5]") {
  DtlsAgent agent;
  agent.use_ice(false);
  const auto answer = agent.answer(moved(kDtlsAudio + kIceLines + "a=setup:actpass\r\n"));
  CHECK_FALSE(parsed(answer.body).media.at(0).attribute("ice-mismatch"));
  REQUIRE(answer.audio.ice);
  REQUIRE(answer.audio.ice->candidates.size() == 2);
  CHECK(answer.audio.ice->candidates.at(0).host == "198.51.100.7");
  CHECK(answer.audio.ice->candidates.at(1) == sdp::CandidateLine{.foundation = "default", .host = "198.51.100.8", .port = 5000});
}

TEST_CASE("An answer has ICE only if the offer has it, and an offer only if the owner wants it. Altered addresses cause a=ice-mismatch [RFC 8839 section 4.2.5]") {
  const std::string plain = "m=audio 5000 RTP/AVP 0\r\n";
  const auto has_ice = [](const sdp::Session& text) { return text.media.at(0).attribute("ice-ufrag").has_value(); };
  DtlsAgent agent;
  agent.use_ice(false);
  CHECK_FALSE(has_ice(parsed(agent.answer(peer(plain)).body)));
  CHECK_FALSE(has_ice(agent.offer()));
  agent.negotiator.withdraw_offer();
  const auto answer = agent.answer(peer(plain + kIceLines));
  CHECK(has_ice(parsed(answer.body)));
  CHECK(answer.audio.ice->candidates.size() == 1);
  CHECK(has_ice(agent.offer()));  // Later offers contain ICE too.
  CHECK(agent.accept(peer(plain + kIceLines)).ice);
  CHECK_FALSE(agent.accept(peer(plain)).ice);

  DtlsAgent other;
  other.use_ice(false);
  const auto mismatch = parsed(other.answer(moved(plain + kIceLines)).body);
  CHECK_FALSE(has_ice(mismatch));
  CHECK(mismatch.media.at(0).attribute("ice-mismatch"));

  DtlsAgent offering;
  offering.use_ice(true);
  CHECK(has_ice(offering.offer()));
  CHECK(offering.accept(peer(plain + kIceLines)).ice);
}

TEST_CASE("An answer repeats the a=mid of its section [RFC 5888 section 9]") {
  DtlsAgent agent;
  const auto text = parsed(agent.answer(peer("m=video 0 RTP/AVP 96\r\na=mid:v\r\nm=audio 5000 RTP/AVP 0\r\na=mid:a\r\n")).body);
  CHECK_FALSE(text.media.at(0).attribute("mid"));
  CHECK(text.media.at(1).attribute("mid") == "a");
  CHECK(agent.negotiator.mid() == "a");
  CHECK(agent.offer().media.at(1).attribute("mid") == "a");
  CHECK_FALSE(text.attribute("group"));
}

TEST_CASE("An answer to a bundled offer puts only the audio section into the bundle [RFC 9143 section 7.3]") {
  const auto offer = [](const std::string& group) {
    return parsed("v=0\r\no=- 7 1 IN IP4 198.51.100.7\r\ns=-\r\nc=IN IP4 198.51.100.7\r\nt=0 0\r\na=group:" + group +
                  "\r\nm=audio 5000 RTP/AVP 0\r\na=mid:0\r\nm=video 5002 RTP/AVP 96\r\na=mid:1\r\n");
  };
  DtlsAgent agent;
  CHECK(parsed(agent.answer(offer("BUNDLE 0 1")).body).attribute("group") == "BUNDLE 0");
  CHECK_FALSE(parsed(agent.answer(offer("BUNDLE 1")).body).attribute("group"));
  CHECK_FALSE(parsed(agent.answer(offer("LS 0 1")).body).attribute("group"));
}
