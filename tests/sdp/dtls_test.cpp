#include <offhook/sdp/dtls.hpp>

#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/writer.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using sdp::Setup;
using sdp::SetupError;

namespace {

const std::string kBeforeMedia = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";
const std::string kDtlsMedia = "m=audio 5000 UDP/TLS/RTP/SAVP 0\r\n";

base::Result<sdp::DtlsAttributes, SetupError> read_attributes(const std::string& session, const std::string& media) {
  const auto parsed = sdp::parse_session(kBeforeMedia + session + kDtlsMedia + media);
  REQUIRE(parsed);
  return sdp::read_dtls(*parsed, parsed->media.at(0));
}

}  // namespace

TEST_CASE("The answering side takes a role that the offer allows [RFC 4145 section 4.1, RFC 5763 section 5, RFC 8842 section 5.3]") {
  struct Row {
    std::optional<Setup> offered;
    Setup preferred;
    std::optional<Setup> present;
    base::Result<Setup, SetupError> answer;
  };
  const auto none = std::optional<Setup>();
  std::vector<Row> rows{
      {Setup::ActPass, Setup::Active, none, Setup::Active},
      {Setup::ActPass, Setup::Passive, none, Setup::Passive},
      {Setup::ActPass, Setup::Active, Setup::Passive, Setup::Passive},
      {Setup::ActPass, Setup::Active, Setup::Active, Setup::Active},
      {Setup::ActPass, Setup::Passive, Setup::Active, Setup::Active},
      {Setup::ActPass, Setup::Passive, Setup::Passive, Setup::Passive},
  };
  for (const Setup preferred : {Setup::Active, Setup::Passive}) {  // An offer without a choice decides alone.
    for (const auto& present : {none, std::optional(Setup::Active), std::optional(Setup::Passive)}) {
      rows.push_back({Setup::Active, preferred, present, Setup::Passive});
      rows.push_back({none, preferred, present, Setup::Passive});
      rows.push_back({Setup::Passive, preferred, present, Setup::Active});
      rows.push_back({Setup::HoldConn, preferred, present, base::fail(SetupError::HoldConn)});
    }
  }
  for (const Row& row : rows) {
    CAPTURE(row.offered ? to_string(*row.offered) : "none");
    CAPTURE(to_string(row.preferred));
    CHECK(sdp::answer_setup(row.offered, row.preferred, row.present) == row.answer);
  }
  CHECK(sdp::answer_setup(Setup::ActPass) == Setup::Active);
}

TEST_CASE("The offering side takes the role opposite to the answer's, and refuses forbidden answers [RFC 4145 section 4.1, RFC 8842 section 5.4]") {
  struct Row {
    Setup offered;
    std::optional<Setup> answered;
    base::Result<Setup, SetupError> ours;
  };
  const auto none = std::optional<Setup>();
  const Row rows[] = {
      {Setup::ActPass, Setup::Active, Setup::Passive},
      {Setup::ActPass, Setup::Passive, Setup::Active},
      {Setup::ActPass, none, Setup::Active},
      {Setup::ActPass, Setup::ActPass, base::fail(SetupError::ActPassInAnswer)},
      {Setup::ActPass, Setup::HoldConn, base::fail(SetupError::HoldConn)},
      {Setup::Active, Setup::Passive, Setup::Active},
      {Setup::Active, none, Setup::Active},
      {Setup::Active, Setup::Active, base::fail(SetupError::BothActive)},
      {Setup::Active, Setup::ActPass, base::fail(SetupError::ActPassInAnswer)},
      {Setup::Active, Setup::HoldConn, base::fail(SetupError::HoldConn)},
      {Setup::Passive, Setup::Active, Setup::Passive},
      {Setup::Passive, none, base::fail(SetupError::BothPassive)},
      {Setup::Passive, Setup::Passive, base::fail(SetupError::BothPassive)},
      {Setup::Passive, Setup::ActPass, base::fail(SetupError::ActPassInAnswer)},
      {Setup::Passive, Setup::HoldConn, base::fail(SetupError::HoldConn)},
      {Setup::HoldConn, none, base::fail(SetupError::HoldConn)},
      {Setup::HoldConn, Setup::Active, base::fail(SetupError::HoldConn)},
      {Setup::HoldConn, Setup::Passive, base::fail(SetupError::HoldConn)},
      {Setup::HoldConn, Setup::ActPass, base::fail(SetupError::HoldConn)},
      {Setup::HoldConn, Setup::HoldConn, base::fail(SetupError::HoldConn)},
  };
  for (const Row& row : rows) {
    CAPTURE(to_string(row.offered));
    CAPTURE(row.answered ? to_string(*row.answered) : "none");
    CHECK(sdp::offerer_setup(row.offered, row.answered) == row.ours);
  }
}

TEST_CASE("Both sides of an offer and its answer take different roles [RFC 8842 section 5.3]") {
  for (const Setup offered : {Setup::ActPass, Setup::Active, Setup::Passive}) {
    for (const Setup preferred : {Setup::Active, Setup::Passive}) {
      const auto answer = sdp::answer_setup(offered, preferred);
      REQUIRE(answer);
      const auto ours = sdp::offerer_setup(offered, *answer);
      REQUIRE(ours);
      CHECK(*ours != *answer);
    }
  }
}

TEST_CASE("parse_setup reads the four values of a=setup [RFC 4145 section 4]") {
  for (const Setup setup : {Setup::Active, Setup::Passive, Setup::ActPass, Setup::HoldConn}) CHECK(sdp::parse_setup(to_string(setup)) == setup);
  CHECK(sdp::parse_setup("ACTPASS") == Setup::ActPass);
  for (const std::string_view other : {"", "act", "actpass ", "both"}) CHECK_FALSE(sdp::parse_setup(other));
}

TEST_CASE("The profiles of DTLS-SRTP are UDP/TLS/RTP/SAVP and UDP/TLS/RTP/SAVPF [RFC 5764 section 8]") {
  for (const std::string_view name : {"UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF", "udp/tls/rtp/savpf"}) CHECK(sdp::is_dtls_protocol(name));
  for (const std::string_view name : {"", "RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/AVP", "TCP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVP ", "DTLS/SCTP"})
    CHECK_FALSE(sdp::is_dtls_protocol(name));
}

TEST_CASE("A value of a=tls-id has 20 to 255 characters, and a new value is random [RFC 8842 section 4]") {
  CHECK(sdp::is_tls_id("abc3de65cddef001be82"));
  CHECK(sdp::is_tls_id("ABCxyz0189+/-_ABCxyz"));
  CHECK_FALSE(sdp::is_tls_id(std::string(19, 'a')));
  CHECK(sdp::is_tls_id(std::string(255, 'a')));
  CHECK_FALSE(sdp::is_tls_id(std::string(256, 'a')));
  for (const char other : {' ', '=', '.', '\0'}) CHECK_FALSE(sdp::is_tls_id(std::string(20, 'a') + other));
  base::SeededRandom random(1);
  const auto a = sdp::make_tls_id(random), b = sdp::make_tls_id(random);
  CHECK(sdp::is_tls_id(a));
  CHECK(a != b);
}

TEST_CASE("read_dtls reads a=fingerprint and a=setup of the m= line or of the session, and a=tls-id of the m= line [RFC 8122 section 5, RFC 8842 section 4]") {
  const std::string session = "a=fingerprint:sha-256 01:02\r\na=setup:actpass\r\na=tls-id:00000000000000000000\r\n";
  const auto inherited = read_attributes(session, "");
  REQUIRE(inherited);
  CHECK(inherited->fingerprints == std::vector{sdp::FingerprintLine{"sha-256", {1, 2}}});
  CHECK(inherited->setup == Setup::ActPass);
  CHECK(inherited->tls_id.empty());
  const auto own = read_attributes(session, "a=tls-id:abc3de65cddef001be82\r\na=fingerprint:sha-1 03\r\na=fingerprint:sha-512 04\r\na=setup:active\r\n");
  REQUIRE(own);
  CHECK(own->fingerprints == std::vector{sdp::FingerprintLine{"sha-1", {3}}, {"sha-512", {4}}});
  CHECK(own->setup == Setup::Active);
  CHECK(own->tls_id == "abc3de65cddef001be82");
  const auto nothing = read_attributes("", "");
  CHECK(nothing == sdp::DtlsAttributes{});
}

TEST_CASE("read_dtls ignores malformed a=fingerprint and a=tls-id lines, and refuses an unknown a=setup") {
  const auto some = read_attributes("", "a=fingerprint:sha-256\r\na=fingerprint\r\na=fingerprint:sha-256 05\r\na=tls-id:short\r\n");
  REQUIRE(some);
  CHECK(some->fingerprints.size() == 1);
  CHECK(some->tls_id.empty());
  CHECK(read_attributes("", "a=setup:sideways\r\n") == base::fail(SetupError::Unknown));
  CHECK(read_attributes("", "a=setup\r\n") == base::fail(SetupError::Unknown));
}

TEST_CASE("read_dtls reads kMaxFingerprints a=fingerprint lines, and ignores further lines") {
  std::string lines;
  for (std::size_t i = 1; i <= sdp::kMaxFingerprints + 1; ++i) {
    lines += "a=fingerprint:sha-256 0" + std::to_string(i) + "\r\n";
    CHECK(read_attributes("", lines)->fingerprints.size() == std::min(i, sdp::kMaxFingerprints));
  }
}

TEST_CASE("read_dtls reads the result of write_dtls back") {
  const sdp::DtlsAttributes ours{{{"sha-256", {1, 2, 3}}, {"sha-512", {4}}}, Setup::Passive, "abc3de65cddef001be82"};
  auto session = *sdp::parse_session(kBeforeMedia + kDtlsMedia);
  sdp::write_dtls(ours, session.media.at(0));
  const auto again = sdp::parse_session(sdp::write_session(session));
  REQUIRE(again);
  CHECK(sdp::read_dtls(*again, again->media.at(0)) == ours);
  CHECK(again->media.at(0).attribute("fingerprint") == "sha-256 01:02:03");
}

TEST_CASE("A changed a=tls-id, or a changed set of fingerprints, asks for a new association [RFC 8842 section 3.1]") {
  const sdp::DtlsAttributes former{{{"sha-256", {1}}, {"sha-256", {2}}}, Setup::ActPass, "abc3de65cddef001be82"};
  auto later = former;
  CHECK_FALSE(sdp::asks_for_new_association(former, later));
  later.setup = Setup::Active;
  std::swap(later.fingerprints[0], later.fingerprints[1]);
  CHECK_FALSE(sdp::asks_for_new_association(former, later));
  later.fingerprints.push_back({"sha-256", {3}});
  CHECK(sdp::asks_for_new_association(former, later));
  CHECK(sdp::asks_for_new_association(later, former));
  later = former;
  later.tls_id = "00000000000000000000";
  CHECK(sdp::asks_for_new_association(former, later));
}
