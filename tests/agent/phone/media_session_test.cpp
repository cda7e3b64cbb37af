#include <offhook/agent/phone/media_session.hpp>
#include <offhook/agent/phone/phone_error.hpp>
#include <offhook/sip/dialog/dialog_set.hpp>
#include <offhook/tests/testkit/wait.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

using namespace offhook;
using namespace std::chrono_literals;

namespace {

/// Opens a session whose media need no preparation.
void open(phone::MediaSession& session) {
  bool is_ready = false;
  session.open({*base::IpAddress::parse("127.0.0.1")}, std::make_shared<media::AudioPort>(), [&](const auto& ready) { is_ready = ready.has_value(); });
  REQUIRE(is_ready);
}

/// Two media sessions on loopback, each with an engine, after an offer and an answer.
struct Sides {
  media::Engine a_engine{{1, 20000, 29999, 10s, {}}}, b_engine{{1, 20000, 29999, 10s, {}}};
  phone::MediaSession a, b;
  std::string offer, answer;

  explicit Sides(phone::MediaSession::Extras a_takes = {})
      : a(a_engine, {media::AudioCodec::Pcmu}, a_takes, 1), b(b_engine, {media::AudioCodec::Pcmu}, {}, 2) {
    const auto here = *base::IpAddress::parse("127.0.0.1");
    open(a);
    open(b);
    offer = a.make_offer().value();
    answer = b.answer(offer, here).value();
    REQUIRE(a.accept_answer(answer, here));
    a.start();
    b.start();
  }
};

bool has(const std::string& text, const char* line) { return text.find(line) != std::string::npos; }

}  // namespace

TEST_CASE_FIXTURE(Sides, "Comfort noise and VoIP metrics are offered and answered, and the last report has the peer's metrics") {
  for (const std::string& text : {offer, answer}) {
    CHECK(has(text, "a=rtpmap:13 CN/8000\r\n"));
    CHECK(has(text, "a=rtcp-xr:voip-metrics\r\n"));
  }
  const auto a_leg = *a.leg(), b_leg = *b.leg();
  REQUIRE(offhook_test::wait_until([&] { return b_engine.statistics(b_leg)->packets_received > 20; }));
  (void)b.close();
  REQUIRE(offhook_test::wait_until([&] { return a_engine.statistics(a_leg)->peers_view.has_value(); }));
  const auto view = a_engine.statistics(a_leg)->peers_view;
  CHECK(view->loss_rate == 0);
  CHECK(view->r_factor > 80);
}

TEST_CASE("With comfort noise and VoIP metrics off, the offer and the answer have neither") {
  const Sides sides({.comfort_noise = false, .voip_metrics = false});
  for (const std::string& text : {sides.offer, sides.answer}) {
    CHECK_FALSE(has(text, "CN/8000"));
    CHECK_FALSE(has(text, "rtcp-xr"));
  }
}

TEST_CASE("codec_among() finds the codec for an offer before a leg is opened, and the answer has the same codec") {
  using media::AudioCodec;
  const std::string head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 30000 RTP/AVP ";
  const auto here = *base::IpAddress::parse("127.0.0.1");
  struct Row { std::string offer; std::vector<AudioCodec> ours; std::optional<AudioCodec> agreed; };
  const std::vector<Row> rows = {
      {head + "0 8\r\n", {AudioCodec::G722, AudioCodec::Pcma, AudioCodec::Pcmu}, AudioCodec::Pcma},
      {head + "0 9\r\n", {AudioCodec::G722, AudioCodec::Pcmu}, AudioCodec::G722},
      {head + "0 9\r\n", {AudioCodec::Pcmu, AudioCodec::G722}, AudioCodec::Pcmu},
      {head + "9\r\n", {AudioCodec::Pcmu}, std::nullopt},
      {"", {AudioCodec::Pcmu}, std::nullopt},
      {head + "0 9\r\n", {}, AudioCodec::G722},
  };
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  for (const auto& row : rows) {
    CAPTURE(row.offer);
    phone::MediaSession session(engine, {AudioCodec::G722, AudioCodec::Pcmu}, {}, 1);
    CHECK(session.codec_among(row.ours, row.offer, here) == row.agreed);
    CHECK_FALSE(session.codec().has_value());
    if (!row.ours.empty()) session.set_codecs(row.ours);
    open(session);
    (void)session.answer(row.offer, here);
    CHECK(session.codec() == row.agreed);
  }
}

namespace {

/// A session that has made its first offer, with a description of one fork's telephone for each early dialog.
struct Forked {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  phone::MediaSession session;
  const base::IpAddress here = *base::IpAddress::parse("127.0.0.1");

  explicit Forked(sdp::SrtpPolicy srtp = sdp::SrtpPolicy::Off) : session(engine, {media::AudioCodec::Pcmu, media::AudioCodec::Pcma}, {.security = {.srtp = srtp}}, 1) {
    open(session);
    REQUIRE(session.make_offer());
  }
  static std::string described(const std::string& media) { return "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + media; }
  bool accepts(const std::string& media, const std::string& tag) { return session.accept_answer(described(media), here, tag).has_value(); }
};
const std::string kPcmu = "m=audio 30000 RTP/AVP 0\r\n", kPcma = "m=audio 30002 RTP/AVP 8\r\n";
const std::string kEncrypted = kPcmu + "a=crypto:3 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj\r\n";

}  // namespace

TEST_CASE("Each early dialog of a fork keeps its agreement, and a 2xx without a description confirms the agreement of its dialog [RFC 3261 section 13.2.2.4]") {
  Forked call;
  CHECK(call.accepts(kPcmu, "a"));
  CHECK(call.accepts(kPcma, "b"));
  CHECK(call.session.codec() == media::AudioCodec::Pcma);
  CHECK(call.session.confirm("a"));
  CHECK(call.session.codec() == media::AudioCodec::Pcmu);
}

TEST_CASE("If the 2xx's dialog has no agreement, another early dialog's agreement stays, because some servers need it. Without any, confirm() returns false") {
  Forked call;
  CHECK(call.accepts(kPcma, "a"));
  CHECK(call.session.confirm("b"));
  CHECK(call.session.codec() == media::AudioCodec::Pcma);
  Forked silent;
  CHECK_FALSE(silent.session.confirm("a"));
}

TEST_CASE("One dialog of a fork can be plain while another is encrypted, but an encrypted dialog stays encrypted") {
  Forked call(sdp::SrtpPolicy::Preferred);
  CHECK(call.accepts(kEncrypted, "a"));
  CHECK(call.session.srtp_suite() == "AES_CM_128_HMAC_SHA1_80");
  CHECK_FALSE(call.accepts(kPcmu, "a"));
  CHECK(call.accepts(kPcmu, "b"));
  CHECK(call.session.srtp_suite().empty());
  CHECK(call.session.confirm("a"));
  CHECK(call.session.srtp_suite() == "AES_CM_128_HMAC_SHA1_80");
  CHECK_FALSE(call.accepts(kPcmu, ""));
}

TEST_CASE("A session keeps the agreements of 16 early dialogs. It uses the description of a 17th only until another description comes") {
  Forked call;
  for (std::size_t i = 0; i < sip::kMaxForks; ++i) CHECK(call.accepts(kPcmu, "fork" + std::to_string(i)));
  CHECK(call.accepts(kPcma, "another"));
  CHECK(call.session.codec() == media::AudioCodec::Pcma);
  CHECK(call.accepts(kPcmu, "fork0"));
  CHECK(call.session.confirm("another"));
  CHECK(call.session.codec() == media::AudioCodec::Pcmu);  // The session did not keep the agreement of the 17th dialog.
}

TEST_CASE("A session that gets no sockets reports the address and the reason, and prepares nothing") {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  bool prepares = false;
  phone::MediaSession session(engine, {media::AudioCodec::Pcmu}, {.prepare = [&](const auto&, const auto&) { prepares = true; }}, 1);
  std::string reason;
  session.open({*base::IpAddress::parse("192.0.2.1")}, std::make_shared<media::AudioPort>(), [&](const auto& ready) {
    CHECK(phone::is(ready.error(), phone::PhoneError::NoMedia));
    reason = ready.error().detail;
  });
  CHECK(reason.starts_with("no media port on 192.0.2.1: the address cannot be bound"));
  CHECK_FALSE(prepares);
  CHECK_FALSE(session.leg());
}

namespace {

std::string with_ice(const std::string& ufrag, int port) {
  return "a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:0123456789012345678901\r\na=candidate:1 1 UDP 2130706431 127.0.0.1 " + std::to_string(port) + " typ host\r\na=rtcp-mux\r\n";
}
std::string ufrag_in(const std::string& description) {
  const auto at = description.find("a=ice-ufrag:");
  return at == std::string::npos ? std::string() : description.substr(at + 12, description.find('\r', at) - at - 12);
}

/// A session that has answered an offer with ICE.
struct Answered {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  phone::MediaSession session{engine, {media::AudioCodec::Pcmu}, {.ice = phone::IceUse::Accepted}, 1};
  const base::IpAddress here = *base::IpAddress::parse("127.0.0.1");
  std::string answer;

  explicit Answered(const std::string& offer = Forked::described(kPcmu + with_ice("aaaa", 30000))) {
    session.prepare_for(offer);
    open(session);
    answer = session.answer(offer, here).value();
    session.start();
  }
};

}  // namespace

TEST_CASE("A refused offer that restarts ICE changes nothing on this side") {
  Answered call;
  const auto refused = call.session.answer(Forked::described("m=audio 30000 RTP/AVP 98\r\na=rtpmap:98 unknown/8000\r\n" + with_ice("bbbb", 30000)), call.here);
  CHECK_FALSE(refused);
  CHECK(ufrag_in(call.session.make_offer().value()) == ufrag_in(call.answer));
}

TEST_CASE("The answer to the peer's ICE restart has new credentials, and the answer to the repeated offer has the same credentials [RFC 8839 section 4.4.2.1]") {
  Answered call;
  const auto restart = Forked::described(kPcmu + with_ice("bbbb", 30000));
  const auto second = ufrag_in(call.session.answer(restart, call.here).value());
  CHECK(second != ufrag_in(call.answer));
  CHECK(ufrag_in(call.session.answer(restart, call.here).value()) == second);
}

TEST_CASE("If the audio section keeps its ICE credentials, other credentials in a refused section do not restart ICE") {
  const std::string offer = Forked::described("m=video 30002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n" + with_ice("vvvv", 30002) + kPcmu + with_ice("aaaa", 30000));
  Answered call(offer);
  CHECK(ufrag_in(call.session.answer(offer, call.here).value()) == ufrag_in(call.answer));
  CHECK(ufrag_in(call.session.make_offer().value()) == ufrag_in(call.answer));
}

TEST_CASE("An answer with rtcp-mux describes one component [RFC 5761 section 5.1.3]") {
  const Answered call;
  CHECK(has(call.answer, " 1 UDP "));
  CHECK_FALSE(has(call.answer, " 2 UDP "));
}

TEST_CASE("open() fails for a call with a peer in the Internet if this side knows no public address. Otherwise the description has that address") {
  media::Engine engine{{1, 20000, 29999, 10s, {}}};
  const auto here = *base::IpAddress::parse("127.0.0.1");
  for (const auto& seen : {std::optional<base::IpAddress>(), base::IpAddress::parse("203.0.113.4")}) {
    phone::MediaSession session(engine, {media::AudioCodec::Pcmu}, {}, 1);
    base::Result<void, base::Error> result;
    session.open({.local = here, .is_hidden = true, .as_seen = seen}, std::make_shared<media::AudioPort>(), [&](auto ready) { result = std::move(ready); });
    REQUIRE(result.has_value() == seen.has_value());
    if (!seen) {
      CHECK(phone::is(result.error(), phone::PhoneError::NoMedia));
      CHECK(result.error().detail.find("/nat") != std::string::npos);
      continue;
    }
    const auto offer = session.make_offer().value();
    CHECK(has(offer, "c=IN IP4 203.0.113.4\r\n"));
    CHECK_FALSE(has(offer, "127.0.0.1"));
  }
}
