#include "negotiation.hpp"

#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/srtp.hpp>

#include <string>
#include <utility>
#include <vector>

using namespace negotiation;
using sdp::SrtpPolicy;

namespace {

const std::string kGcm = "AEAD_AES_128_GCM", kCm = "AES_CM_128_HMAC_SHA1_80";

sdp::AudioCapability with(SrtpPolicy policy, std::uint8_t first = 1) {
  return {.codecs = {AudioCodec::Pcmu}, .telephone_events = false,
          .srtp = {policy, {{kGcm, std::vector<std::uint8_t>(28, first)}, {kCm, std::vector<std::uint8_t>(30, static_cast<std::uint8_t>(first + 1))}}}};
}

struct SecureAgent : Agent {
  explicit SecureAgent(SrtpPolicy policy, std::uint8_t first = 1) { negotiator = sdp::Negotiator(with(policy, first), address("192.0.2.10", 20000), 4711); }
};

const std::string kTheirCm = "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20\r\n";
const std::string kUnknown = "a=crypto:1 F8_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";
const std::string kPlain = "m=audio 5000 RTP/AVP 0\r\n", kSecure = "m=audio 5000 RTP/SAVP 0\r\n", kDtls = "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\n";

/// Returns the first a=crypto of the section with this index; "" if there is none.
std::string crypto_of(std::string_view text, std::size_t section = 0) {
  const auto session = parsed(text);  // The attribute borrows from the session.
  return std::string(session.media.at(section).attribute("crypto").value_or(""));
}

}  // namespace

TEST_CASE("The answer to an audio offer follows the SRTP policy [RFC 8643 section 3]") {
  using enum SrtpPolicy;
  constexpr auto kOk = std::nullopt;
  struct Row { SrtpPolicy policy; std::string offer; bool secure; std::optional<NegotiationError> refusal; };
  for (const Row& row : std::vector<Row>{
           {Off, kPlain, false, kOk}, {Off, kPlain + kTheirCm, false, kOk}, {Off, kSecure + kTheirCm, false, NegotiationError::UnsupportedProfile},
           {Off, kDtls, false, NegotiationError::UnsupportedProfile},
           {Preferred, kPlain, false, kOk}, {Preferred, kPlain + kTheirCm, true, kOk}, {Preferred, kSecure + kTheirCm, true, kOk},
           {Preferred, kSecure + kUnknown, false, NegotiationError::NoCommonCrypto}, {Preferred, kPlain + kUnknown, false, kOk},
           {Required, kPlain, false, NegotiationError::NotSecure}, {Required, kPlain + kTheirCm, true, kOk}, {Required, kSecure + kTheirCm, true, kOk},
           {Required, kSecure, false, NegotiationError::NoCommonCrypto}, {Required, kPlain + kUnknown, false, NegotiationError::NotSecure}}) {
    CAPTURE(static_cast<int>(row.policy));
    CAPTURE(row.offer);
    SecureAgent agent(row.policy);
    if (row.refusal) {
      CHECK(agent.refusal(peer(row.offer)) == *row.refusal);
      continue;
    }
    const auto answer = agent.answer(peer(row.offer));
    CHECK(answer.audio.srtp.has_value() == row.secure);
    CHECK(parsed(answer.body).media.at(0).protocol == parsed("v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n" + row.offer).media.at(0).protocol);
    CHECK((crypto_of(answer.body) == (row.secure ? "5 AES_CM_128_HMAC_SHA1_80 inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC" : "")));
    if (!row.secure) continue;
    CHECK(answer.audio.srtp->suite == kCm);
    CHECK(answer.audio.srtp->send_secret == std::vector<std::uint8_t>(30, 2));
    CHECK(answer.audio.srtp->receive_secret.size() == 30);
    CHECK(answer.audio.srtp->receive_secret.front() == 'w');
  }
}

TEST_CASE("If an offer has the same audio in two sections, one of them with SRTP, the answer accepts the section that the policy prefers") {
  const std::string both = kPlain + "m=audio 5002 RTP/SAVP 0\r\n" + kTheirCm;
  for (const auto& [policy, section] : {std::pair(SrtpPolicy::Off, 0U), {SrtpPolicy::Preferred, 1U}, {SrtpPolicy::Required, 1U}}) {
    CAPTURE(section);
    SecureAgent agent(policy);
    const auto answer = agent.answer(peer(both));
    CHECK(answer.audio.srtp.has_value() == (section == 1));
    CHECK(answer.audio.remote_rtp.port == (section == 1 ? 5002 : 5000));
    const auto text = parsed(answer.body);
    REQUIRE(text.media.size() == 2);
    CHECK(text.media[section].port == 20000);
    CHECK(text.media[1 - section].port == 0);
    CHECK(text.media[1].protocol == "RTP/SAVP");
  }
}

TEST_CASE("An offer has all keys of this side, with RTP/SAVP if SRTP is required, and otherwise with RTP/AVP [RFC 8643 section 3.1]") {
  for (const auto& [policy, protocol] : {std::pair(SrtpPolicy::Off, "RTP/AVP"), {SrtpPolicy::Preferred, "RTP/AVP"}, {SrtpPolicy::Required, "RTP/SAVP"}}) {
    SecureAgent agent(policy);
    const auto media = agent.offer().media.at(0);
    CHECK(media.protocol == protocol);
    std::vector<std::string> lines;
    for (const auto& attribute : media.attributes) {
      if (attribute.name == "crypto") lines.push_back(*attribute.value);
    }
    if (policy == SrtpPolicy::Off) {
      CHECK(lines.empty());
    } else {
      CHECK(lines == std::vector<std::string>{"1 AEAD_AES_128_GCM inline:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQ==",
                                              "2 AES_CM_128_HMAC_SHA1_80 inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC"});
    }
  }
}

TEST_CASE("Two agents agree on the first suite, and each receives with the key with which the other sends") {
  for (const auto offering : {SrtpPolicy::Preferred, SrtpPolicy::Required}) {
    SecureAgent a(offering), b(SrtpPolicy::Preferred, 50);
    const auto answer = b.answer(a.offer());
    const auto audio = a.accept(parsed(answer.body));
    REQUIRE(audio.srtp);
    REQUIRE(answer.audio.srtp);
    CHECK(audio.srtp->suite == kGcm);
    CHECK(audio.srtp->send_secret == answer.audio.srtp->receive_secret);
    CHECK(audio.srtp->receive_secret == answer.audio.srtp->send_secret);
    CHECK(audio.srtp->send_secret != audio.srtp->receive_secret);
  }
}

TEST_CASE("An answer without keys, or with a copy of our keys, is not encrypted, and is refused if SRTP is required [RFC 8643 section 3.3]") {
  const std::string our_own = "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\r\n";
  for (const std::string& crypto : {std::string(), our_own}) {
    CAPTURE(crypto);
    SecureAgent preferred(SrtpPolicy::Preferred), required(SrtpPolicy::Required);
    preferred.offer();
    CHECK_FALSE(preferred.accept(peer(kPlain + crypto)).srtp);
    required.offer();
    CHECK_FALSE(required.negotiator.accept_answer(peer(kSecure + crypto)));
    CHECK(required.negotiator.accept_answer(peer(kPlain + crypto)) == offhook::base::fail(NegotiationError::NotSecure));
    CHECK(required.negotiator.offer_open());
  }
}

TEST_CASE("An answer with a usable key of the peer is encrypted. An answer whose keys are all unusable is refused [RFC 8643 section 3.3]") {
  const std::string key = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj", our_own = "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\r\n";
  for (const std::string& crypto : {"a=crypto:2 AES_CM_128_HMAC_SHA1_80 " + key + "\r\n", "a=crypto:1 aes_cm_128_hmac_sha1_80 " + key + "\r\n", our_own + kTheirCm}) {
    CAPTURE(crypto);
    SecureAgent agent(SrtpPolicy::Preferred);
    agent.offer();
    const auto audio = agent.accept(peer(kPlain + crypto));
    REQUIRE(audio.srtp);
    CHECK(audio.srtp->suite == kCm);
    CHECK(audio.srtp->receive_secret.front() == 'w');
  }
  for (const std::string& crypto : {kUnknown, "a=crypto:2 AES_CM_128_HMAC_SHA1_80 " + key + " UNENCRYPTED_SRTCP\r\n", our_own + kUnknown, "a=crypto:2 AES_CM_128_HMAC_SHA1_80 " + key + "|1:17\r\n"}) {
    CAPTURE(crypto);
    SecureAgent agent(SrtpPolicy::Preferred);
    agent.offer();
    CHECK(agent.negotiator.accept_answer(peer(kPlain + crypto)) == offhook::base::fail(NegotiationError::NotSecure));
  }
  SecureAgent agent(SrtpPolicy::Required);
  agent.offer();
  CHECK(agent.accept(peer(kSecure + "a=crypto:2 AES_CM_128_HMAC_SHA1_80 " + key + "|2^20|1:4\r\n")).srtp->receive_mki == std::vector<std::uint8_t>{0, 0, 0, 1});
}

TEST_CASE("This side does not use a key in an offer that is a copy of its own key [RFC 4568 section 7.1.2]") {
  SecureAgent agent(SrtpPolicy::Preferred);
  CHECK(agent.refusal(peer(kSecure + "a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:AgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC\r\n")) == NegotiationError::NoCommonCrypto);
}

TEST_CASE("An encrypted session refuses each later offer and answer without SRTP, and keeps its keys [RFC 4568 section 7.1.4]") {
  SecureAgent agent(SrtpPolicy::Preferred);
  const auto first = agent.answer(peer(kSecure + kTheirCm));
  REQUIRE(first.audio.srtp);
  CHECK(agent.refusal(peer(kPlain)) == NegotiationError::NotSecure);
  CHECK(agent.refusal(peer(kPlain + kUnknown)) == NegotiationError::NotSecure);
  CHECK(agent.refusal(peer(kSecure + kUnknown)) == NegotiationError::NoCommonCrypto);
  agent.negotiator.set_direction(Direction::SendOnly);
  const auto hold = agent.offer();
  CHECK(hold.media.at(0).protocol == "RTP/SAVP");
  CHECK(agent.negotiator.accept_answer(peer(kPlain)) == offhook::base::fail(NegotiationError::NotSecure));
  agent.negotiator.withdraw_offer();
  CHECK(agent.negotiator.agreed() == first.audio);
  CHECK(agent.answer(peer(kPlain + kTheirCm)).audio.srtp == first.audio.srtp);
}

TEST_CASE("An encrypted session keeps its protocol when the peer disables the stream with another protocol [RFC 3264 section 8.2]") {
  SecureAgent agent(SrtpPolicy::Preferred);
  agent.answer(peer(kSecure + kTheirCm));
  const auto off = agent.answer(peer("m=audio 0 RTP/AVP 0\r\n"));
  CHECK(parsed(off.body).media.at(0).protocol == "RTP/AVP");  // The answer has the protocol of the offer: RFC 3264 section 6.
  CHECK(agent.offer().media.at(0).protocol == "RTP/SAVP");
}

TEST_CASE("This side reads 16 a=crypto lines of a section, and ignores further lines") {
  const auto offer = [](std::size_t unknown) {
    std::string lines = kSecure;
    for (std::size_t i = 0; i < unknown; ++i) lines += kUnknown;
    return peer(lines + kTheirCm);
  };
  SecureAgent agent(SrtpPolicy::Preferred);
  CHECK(agent.refusal(offer(sdp::kMaxCryptoLines)) == NegotiationError::NoCommonCrypto);
  CHECK(agent.answer(offer(sdp::kMaxCryptoLines - 1)).audio.srtp);
}

TEST_CASE("This side ignores a key whose size does not fit its suite") {
  SecureAgent agent(SrtpPolicy::Preferred);
  const std::string short_key = "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSo=\r\n";
  CHECK_FALSE(agent.answer(peer(kPlain + short_key)).audio.srtp);
  CHECK(agent.answer(peer(kPlain + short_key + kTheirCm)).audio.srtp->receive_secret.size() == 30);
}
