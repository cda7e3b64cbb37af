#include <offhook/sdp/ice_lines.hpp>
#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/writer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace offhook;
using sdp::CandidateLine;
using sdp::CandidateType;
using sdp::IceLineError;
using sdp::parse_candidate_line;

namespace {

base::SocketAddress endpoint(std::string_view ip, unsigned port) { return {base::IpAddress::parse(ip).value(), static_cast<std::uint16_t>(port)}; }

constexpr std::string_view kUfrag = "a=ice-ufrag:8hhY\r\n", kPassword = "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\n";

/// A description with these lines at both levels. Its default destination is 192.0.2.3:45664.
sdp::Session description(std::string_view session_lines, std::string_view media_lines, std::string_view connection = "c=IN IP4 192.0.2.3\r\n", unsigned port = 45664) {
  std::string text = "v=0\r\no=- 1 2 IN IP4 192.0.2.3\r\ns=-\r\n" + std::string(connection) + "t=0 0\r\n" + std::string(session_lines);
  text += "m=audio " + std::to_string(port) + " RTP/AVP 0\r\n" + std::string(media_lines);
  return sdp::parse_session(text).value();
}
base::Result<sdp::IceDescription, IceLineError> ice_of(const sdp::Session& session) { return sdp::read_ice(session, session.media.front()); }
std::string credentials_and(std::string_view lines) { return std::string(kUfrag) + std::string(kPassword) + std::string(lines); }
bool mismatches(const sdp::Session& session) { return sdp::is_ice_mismatch(*ice_of(session), session, session.media.front()); }

}  // namespace

TEST_CASE("parse_candidate_line reads the RFC's example [RFC 8839 section 5.1]") {
  const auto line = parse_candidate_line("2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998");
  REQUIRE(line);
  CHECK(line->foundation == "2");
  CHECK(line->component == 1);
  CHECK(line->transport == "UDP");
  CHECK(line->priority == 1694498815);
  CHECK(line->type == CandidateType::ServerReflexive);
  CHECK(line->address() == endpoint("192.0.2.3", 45664));
  CHECK(line->related == endpoint("203.0.113.141", 8998));
}

TEST_CASE("parse_candidate_line reads each type, IPv6 and any case, and ignores extensions [RFC 8839 section 5.1]") {
  CHECK(parse_candidate_line("1 1 udp 1 2001:db8::1 5000 typ host")->address() == endpoint("2001:db8::1", 5000));
  CHECK(parse_candidate_line("1 1 UDP 1 192.0.2.3 5000 typ host")->type == CandidateType::Host);
  CHECK(parse_candidate_line("1 1 UDP 1 192.0.2.3 5000 TYP RELAY raddr 0.0.0.0 rport 9")->type == CandidateType::Relayed);
  CHECK(parse_candidate_line("1 1 UDP 1 192.0.2.3 5000 typ prflx")->type == CandidateType::PeerReflexive);
  const auto extended = parse_candidate_line("1 1 udp 1 192.0.2.3 5000 typ srflx generation 0 raddr 203.0.113.1 rport 0 ufrag abcd network-cost");
  REQUIRE(extended);
  CHECK(extended->related == endpoint("203.0.113.1", 0));
}

TEST_CASE("A candidate whose host is a name, whose transport is not UDP, or whose type is unknown has no address for checks [RFC 8839 section 5.1]") {
  for (const std::string_view ignored : {"1 1 udp 1 0f2d5c4a-2f3b-4a4c-9d9e-0a1b2c3d4e5f.local 51472 typ host", "1 1 UDP 1 host.example.com 5000 typ host",
                                         "1 1 tcp 1 192.0.2.3 9 typ host tcptype active", "1 1 TCP 1 192.0.2.3 5000 typ host tcptype passive", "1 1 UDP 1 192.0.2.3 5000 typ future"}) {
    CAPTURE(ignored);
    const auto line = parse_candidate_line(ignored);
    REQUIRE(line);
    CHECK_FALSE(line->address());
  }
  CHECK_FALSE(parse_candidate_line("1 1 udp 1 192.0.2.3 5000 typ srflx raddr some.local rport 5")->related);
}

TEST_CASE("parse_candidate_line refuses text that the grammar does not allow, and numbers beyond their limits [RFC 8839 section 5.1]") {
  const auto error = [](std::string_view line) {
    const auto parsed = parse_candidate_line(line);
    return parsed ? std::nullopt : std::optional(parsed.error());
  };
  for (const std::string_view malformed : {"", "1", "1 1 UDP 1 192.0.2.3 5000", "1 1 UDP 1 192.0.2.3 5000 typ", "1 1 UDP 1 192.0.2.3 5000 type host"}) CHECK(error(malformed) == IceLineError::Malformed);
  CHECK_FALSE(error(std::string(32, 'f') + " 1 UDP 1 192.0.2.3 5000 typ host"));
  CHECK(error(std::string(33, 'f') + " 1 UDP 1 192.0.2.3 5000 typ host") == IceLineError::BadFoundation);
  CHECK(error("*1 1 UDP 1 192.0.2.3 5000 typ host") == IceLineError::BadFoundation);
  CHECK_FALSE(error("1 256 UDP 1 192.0.2.3 5000 typ host"));
  for (const std::string_view component : {"0", "257", "65536", "4294967296", "-1", "x"}) CHECK(error("1 " + std::string(component) + " UDP 1 192.0.2.3 5000 typ host") == IceLineError::BadComponent);
  CHECK_FALSE(error("1 1 UDP 2147483647 192.0.2.3 5000 typ host"));
  for (const std::string_view priority : {"0", "2147483648", "4294967296", "-1", "x"}) CHECK(error("1 1 UDP " + std::string(priority) + " 192.0.2.3 5000 typ host") == IceLineError::BadPriority);
  CHECK_FALSE(error("1 1 UDP 1 192.0.2.3 65535 typ host"));
  for (const std::string_view port : {"65536", "-1", "x"}) CHECK(error("1 1 UDP 1 192.0.2.3 " + std::string(port) + " typ host") == IceLineError::BadPort);
  for (const auto each : {IceLineError::Malformed, IceLineError::BadFoundation, IceLineError::BadComponent, IceLineError::BadPriority, IceLineError::BadPort, IceLineError::NoIce, IceLineError::BadCredentials})
    CHECK(to_string(each) != "unknown");
}

TEST_CASE("read_ice reads the lines of a section, with the session's lines as defaults [RFC 8839 section 5.4]") {
  const auto peer = ice_of(description("a=ice-lite\r\na=ice-pacing:20\r\na=ice-options:ice2\r\na=ice-ufrag:session\r\n" + std::string(kPassword),
                                       std::string(kUfrag) + "a=ice-options:trickle rtp+ecn\r\na=candidate:1 1 UDP 1 192.0.2.3 45664 typ host\r\n"
                                                             "a=remote-candidates:1 203.0.113.1 6000 2 203.0.113.1 6001\r\na=end-of-candidates\r\n"));
  REQUIRE(peer);
  CHECK(peer->ufrag == "8hhY");
  CHECK(peer->password == "asd88fgpdd777uzjYhagZg");
  CHECK(peer->lite);
  CHECK(peer->pacing_ms == 20U);
  CHECK(peer->has_option("ice2"));
  CHECK(peer->has_option("trickle"));
  CHECK_FALSE(peer->has_option("tri"));
  CHECK(peer->candidates.size() == 1);
  CHECK(peer->end_of_candidates);
  CHECK_FALSE(peer->mismatch);
  REQUIRE(peer->remote_candidates.size() == 2);
  CHECK(peer->remote_candidates[1] == sdp::RemoteCandidate{2, endpoint("203.0.113.1", 6001)});
}

TEST_CASE("A section without credentials has no ICE, and a section with incomplete or malformed credentials is an error [RFC 8839 section 5.4]") {
  CHECK(ice_of(description("", "")) == base::fail(IceLineError::NoIce));
  CHECK(ice_of(description("", kUfrag)) == base::fail(IceLineError::BadCredentials));
  CHECK(ice_of(description("", kPassword)) == base::fail(IceLineError::BadCredentials));
  const auto with = [](const std::string& ufrag, const std::string& password) { return ice_of(description("", "a=ice-ufrag:" + ufrag + "\r\na=ice-pwd:" + password + "\r\n")).has_value(); };
  CHECK(with("abcd", std::string(22, 'p')));
  CHECK(with(std::string(256, 'u'), std::string(256, 'p')));
  CHECK_FALSE(with("abc", std::string(22, 'p')));
  CHECK_FALSE(with("abcd", std::string(21, 'p')));
  CHECK_FALSE(with(std::string(257, 'u'), std::string(22, 'p')));
  CHECK_FALSE(with("abcd", std::string(257, 'p')));
  CHECK_FALSE(with("ab:d", std::string(22, 'p')));
}

TEST_CASE("read_ice reads kMaxCandidateLines candidates, and ignores malformed and further candidates") {
  std::string lines = "a=candidate:nonsense\r\n";
  for (std::size_t i = 0; i < sdp::kMaxCandidateLines + 1; ++i) lines += "a=candidate:1 1 UDP 1 192.0.2.3 " + std::to_string(1000 + i) + " typ host\r\n";
  const auto peer = ice_of(description("", credentials_and(lines)));
  REQUIRE(peer);
  CHECK(peer->candidates.size() == sdp::kMaxCandidateLines);
  CHECK(peer->candidates.back().port == 1000 + sdp::kMaxCandidateLines - 1);
}

TEST_CASE("read_ice reads IceDescription::kMaxOptions options and kMaxRemoteCandidates remote candidates, and ignores further entries") {
  std::string options = "a=ice-options:", remotes = "a=remote-candidates:";
  for (std::size_t i = 0; i < sdp::IceDescription::kMaxOptions + 1; ++i) options += "o" + std::to_string(i) + " ";
  for (std::size_t i = 0; i < sdp::IceDescription::kMaxRemoteCandidates + 1; ++i) remotes += "1 192.0.2.3 " + std::to_string(1000 + i) + " ";
  const auto peer = ice_of(description("", credentials_and(options + "\r\n" + remotes + "\r\n")));
  REQUIRE(peer);
  CHECK(peer->options.size() == sdp::IceDescription::kMaxOptions);
  CHECK(peer->has_option("o15"));
  CHECK(peer->remote_candidates.size() == sdp::IceDescription::kMaxRemoteCandidates);
}

TEST_CASE("read_ice reads the result of write_ice back") {
  sdp::IceDescription ours;
  ours.ufrag = "abcdefgh";
  ours.password = std::string(24, 'P');
  ours.lite = true;
  ours.options = {"ice2", "trickle"};
  ours.pacing_ms = 100;
  ours.candidates = {{"1", 1, "UDP", 2130706431, "192.0.2.3", 45664, CandidateType::Host, {}},
                     {"2", 2, "UDP", 7, "2001:db8::1", 5, CandidateType::Relayed, endpoint("203.0.113.1", 8998)}};
  ours.end_of_candidates = ours.mismatch = true;
  ours.remote_candidates = {{1, endpoint("198.51.100.1", 6000)}, {2, endpoint("198.51.100.1", 6001)}};
  auto session = description("", "");
  write_ice(ours, session, session.media.front());
  const auto text = sdp::write_session(session);
  CHECK(text.find("a=ice-lite\r\n") < text.find("m=audio"));
  CHECK(text.find("a=candidate:2 2 UDP 7 2001:db8::1 5 typ relay raddr 203.0.113.1 rport 8998\r\n") != std::string::npos);
  const auto again = sdp::parse_session(text);
  REQUIRE(again);
  CHECK(ice_of(*again) == ours);
}

TEST_CASE("A default destination that is not a candidate is a mismatch, unless its address is zero or a name, or the peer trickles [RFC 8839 section 4.2.5]") {
  const auto candidate = credentials_and("a=candidate:1 1 UDP 1 192.0.2.3 45664 typ host\r\n");
  CHECK_FALSE(mismatches(description("", candidate)));
  CHECK(mismatches(description("", candidate, "c=IN IP4 192.0.2.3\r\n", 45666)));
  CHECK(mismatches(description("", candidate, "c=IN IP4 203.0.113.9\r\n")));
  CHECK_FALSE(mismatches(description("", candidate, "c=IN IP4 0.0.0.0\r\n", 9)));
  CHECK_FALSE(mismatches(description("", candidate, "c=IN IP6 ::\r\n", 9)));
  CHECK(mismatches(description("", candidate, "c=IN IP4 203.0.113.9\r\n", 9)));
  CHECK_FALSE(mismatches(description("a=ice-options:trickle\r\n", candidate, "c=IN IP4 203.0.113.9\r\n", 9)));  // RFC 8840 section 4.1.2
  CHECK_FALSE(mismatches(description("", candidate, "c=IN IP4 host.example.com\r\n")));
}

TEST_CASE("add_default_candidates() adds each default destination that is not a candidate, up to kMaxCandidateLines") {
  const auto added = [](const sdp::Session& session) {
    auto peer = *ice_of(session);
    const std::size_t before = peer.candidates.size();
    sdp::add_default_candidates(peer, session, session.media.front());
    return peer.candidates.size() - before;
  };
  const std::string line = "a=candidate:1 1 UDP 2130706431 192.0.2.3 45664 typ host\r\n", candidate = credentials_and(line);
  const std::string rtcp = "a=candidate:1 2 UDP 2130706430 192.0.2.3 45665 typ host\r\n";
  const std::string other = "c=IN IP4 203.0.113.9\r\n";
  CHECK(added(description("", candidate)) == 0);
  CHECK(added(description("", candidate, other)) == 1);
  CHECK(added(description("", candidate + rtcp, other)) == 2);
  CHECK(added(description("", candidate + rtcp + "a=rtcp-mux\r\n", other)) == 1);
  CHECK(added(description("", candidate, "c=IN IP4 0.0.0.0\r\n", 9)) == 0);
  std::string many = credentials_and("");
  for (std::size_t i = 1; i < sdp::kMaxCandidateLines; ++i) many += line;
  CHECK(added(description("", many, other)) == 1);
  CHECK(added(description("", many + line, other)) == 0);
}

TEST_CASE("An RTCP destination that is not a candidate is a mismatch, unless RTCP is multiplexed [RFC 8839 section 4.2.5]") {
  const auto both = credentials_and("a=candidate:1 1 UDP 2 192.0.2.3 45664 typ host\r\na=candidate:1 2 UDP 1 192.0.2.3 45700 typ host\r\n");
  CHECK(mismatches(description("", both)));   // The default RTCP port is the port after the RTP port.
  CHECK_FALSE(mismatches(description("", both + "a=rtcp:45700\r\n")));
  CHECK_FALSE(mismatches(description("", both + "a=rtcp-mux\r\n")));
}
