#include <offhook/sdp/parser.hpp>
#include <offhook/sdp/writer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sdp = offhook::sdp;
using sdp::ParseError;

namespace {

constexpr std::string_view kHead = "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n";

std::string with(std::string_view tail) { return std::string(kHead) + std::string(tail); }

/// Parses a copy in memory of exactly this size, so that the address sanitizer detects a read beyond its end.
offhook::base::Result<sdp::Session, ParseError> parse_exact(std::string_view text) {
  const std::vector<char> exact(text.begin(), text.end());
  return sdp::parse_session({exact.data(), exact.size()});
}

std::string repeat(std::string_view text, std::size_t times) {
  std::string out;
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

TEST_CASE("parse_session reads every line of the RFC's example into its member [RFC 8866 section 5]") {
  const auto session = parse_exact(
      "v=0\r\no=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\ns=Call to John Smith\r\ni=SDP Offer #1\r\n"
      "u=http://www.jdoe.example.com/home.html\r\ne=Jane Doe <jane@jdoe.example.com>\r\np=+1 617 555-6011\r\n"
      "c=IN IP4 198.51.100.1\r\nb=CT:128\r\nt=0 0\r\nr=7d 1h 0 25h\r\na=recvonly\r\nm=audio 49170 RTP/AVP 0\r\n"
      "m=audio 49180 RTP/AVP 0\r\nb=AS:64\r\nm=video 51372/2 RTP/AVP 99\r\ni=slides\r\nc=IN IP6 2001:db8::2\r\na=rtpmap:99 "
      "h263-1998/90000\r\n");
  REQUIRE(session);
  CHECK(session->origin == sdp::Origin{"jdoe", "3724394400", "3724394405", "IN", "IP4", "198.51.100.1"});
  CHECK(session->name == "Call to John Smith");
  CHECK(session->infos.size() == 4);
  CHECK(session->bandwidths == std::vector<std::string>{"CT:128"});
  CHECK(session->times.size() == 2);
  REQUIRE(session->media.size() == 3);
  CHECK(session->media[1].bandwidths == std::vector<std::string>{"AS:64"});
  CHECK(session->media[2].kind == "video");
  CHECK(session->media[2].port == 51372);
  CHECK(session->media[2].port_count == 2);
  CHECK(session->media[2].protocol == "RTP/AVP");
  CHECK(session->media[2].formats == std::vector<std::string>{"99"});
  CHECK(session->media[2].title == "slides");
  CHECK(session->media[2].attribute("rtpmap") == "99 h263-1998/90000");
  CHECK_FALSE(session->media[2].attribute("fmtp"));
  CHECK(session->connection_of(session->media[0])->ip() == offhook::base::IpAddress::parse("198.51.100.1"));
  CHECK(session->connection_of(session->media[2])->ip() == offhook::base::IpAddress::parse("2001:db8::2"));
  CHECK(session->direction_of(session->media[0]) == sdp::Direction::RecvOnly);
}

TEST_CASE("parse_session tolerates deviations that telephones send [RFC 8866 section 9]") {
  SUBCASE("lines that end in LF alone, and a last line without a line end") {
    const auto session = parse_exact("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nt=0 0\nm=audio 4000 RTP/AVP 0\na=sendonly");
    REQUIRE(session);
    CHECK(session->direction_of(session->media.at(0)) == sdp::Direction::SendOnly);
  }
  SUBCASE("spaces around values") {
    const auto session =
        parse_exact(with("m= audio  4000  RTP/AVP 0  9 \r\na= inactive \r\na=rtpmap: 9 G722/8000\r\na=ptime : 20\r\n"));
    REQUIRE(session);
    CHECK(session->media.at(0).formats == std::vector<std::string>{"0", "9"});
    CHECK(session->direction_of(session->media[0]) == sdp::Direction::Inactive);
    CHECK(session->media[0].attribute("rtpmap") == "9 G722/8000");
    CHECK(session->media[0].attribute("ptime") == "20");
  }
  SUBCASE("no o=, s= or t= line") {
    const auto session = parse_exact("v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 0\r\n");
    REQUIRE(session);
    CHECK_FALSE(session->origin);
    CHECK(session->name == "-");
    CHECK(session->times.empty());
  }
  SUBCASE("empty lines, unknown lines, an m= line without formats") {
    const auto session = parse_exact(with("\r\nx=what\r\nm=audio 0 RTP/AVP\r\n\r\ny=is this\r\n\r\n"));
    REQUIRE(session);
    CHECK(session->others == std::vector<sdp::Line>{{'x', "what"}});
    CHECK(session->media.at(0).formats.empty());
    CHECK(session->media[0].others == std::vector<sdp::Line>{{'y', "is this"}});
  }
  SUBCASE("spaces in the username of o=") {
    const auto session = parse_exact("v=0\r\no=John Q Doe 12 34 IN IP4 192.0.2.1\r\n");
    REQUIRE(session);
    CHECK(session->origin->username == "John Q Doe");
    CHECK(session->origin->session_id == "12");
  }
  SUBCASE("a second c= or s= line of the session: the first applies, and the second is kept as another line") {
    const auto session = parse_exact(with("c=IN IP4 192.0.2.9\r\ns=again\r\n"));
    REQUIRE(session);
    CHECK(session->connection->address == "192.0.2.1");
    CHECK(session->others == std::vector<sdp::Line>{{'c', "IN IP4 192.0.2.9"}, {'s', "again"}});
  }
  SUBCASE("several directions: the first direction of the m= line applies, and takes precedence over that of the session") {
    const auto session = parse_exact(with("a=inactive\r\nm=audio 4000 RTP/AVP 0\r\na=sendonly\r\na=recvonly\r\n"));
    REQUIRE(session);
    CHECK(session->direction_of(session->media.at(0)) == sdp::Direction::SendOnly);
  }
}

TEST_CASE("parse_session refuses each kind of invalid text with its own error [RFC 8866 section 9]") {
  const std::vector<std::pair<std::string, ParseError>> table{
      {"", ParseError::Empty},
      {"\r\n\r\n", ParseError::Empty},
      {"v=1\r\n", ParseError::BadVersion},
      {"o=- 1 1 IN IP4 192.0.2.1\r\nv=0\r\n", ParseError::BadVersion},
      {"v=0\r\no=- 1 1 IN IP4\r\n", ParseError::BadOrigin},
      {"v=0\r\no=\r\n", ParseError::BadOrigin},
      {"v=0\r\nc=IN IP4\r\n", ParseError::BadConnection},
      {"v=0\r\nc=IN IP4 192.0.2.1 more\r\n", ParseError::BadConnection},
      {with("m=audio 4000\r\n"), ParseError::BadMedia},
      {with("m=\r\n"), ParseError::BadMedia},
      {with("m=audio 65536 RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio -1 RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio 4294971296 RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio 4000/0 RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio 4000/ RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio x RTP/AVP 0\r\n"), ParseError::BadPort},
      {with("m=audio 4000 RTP/AVP 0\r\nc=nonsense\r\n"), ParseError::BadConnection},
      {with("nonsense\r\n"), ParseError::BadLine},
      {with("a\r\n"), ParseError::BadLine},
      {with("1=2\r\n"), ParseError::BadLine},
      {with(" a=sendrecv\r\n"), ParseError::BadLine},
      {with("a=one\rm=audio 1 RTP/AVP 0\r\n"), ParseError::BadCharacter},
      {with("a=two\r\r\n"), ParseError::BadCharacter},
      {with(std::string_view("a=nul\0\r\n", 8)), ParseError::BadCharacter},
  };
  for (const auto& [text, error] : table) {
    CAPTURE(text);
    const auto session = parse_exact(text);
    REQUIRE_FALSE(session);
    CHECK(sdp::to_string(session.error()) == sdp::to_string(error));
  }
}

TEST_CASE("parse_session accepts the ports 0 and 65535 [RFC 3264 section 5.1]") {
  CHECK(parse_exact(with("m=audio 0 RTP/AVP 0\r\n"))->media.at(0).port == 0);
  CHECK(parse_exact(with("m=audio 65535 RTP/AVP 0\r\n"))->media.at(0).port == 65535);
}

TEST_CASE("parse_session accepts a text that reaches a bound, and refuses a text that exceeds the bound by one") {
  SUBCASE("kMaxLines") {
    const std::string fits = "v=0\n" + repeat("a=x\n", sdp::kMaxLines - 1);
    CHECK(parse_exact(fits));
    CHECK(parse_exact(fits + "a=x") == offhook::base::fail(ParseError::TooManyLines));
    CHECK(parse_exact(fits + "\n") == offhook::base::fail(ParseError::TooManyLines));
  }
  SUBCASE("kMaxLineBytes") {
    CHECK(parse_exact("v=0\r\na=" + repeat("x", sdp::kMaxLineBytes - 2) + "\r\n"));
    CHECK(parse_exact("v=0\r\na=" + repeat("x", sdp::kMaxLineBytes - 1) + "\r\n") == offhook::base::fail(ParseError::LineTooLong));
  }
  SUBCASE("kMaxMedia") {
    const std::string fits = with(repeat("m=audio 4000 RTP/AVP 0\r\n", sdp::kMaxMedia));
    CHECK(parse_exact(fits)->media.size() == sdp::kMaxMedia);
    CHECK(parse_exact(fits + "m=audio 4000 RTP/AVP 0\r\n") == offhook::base::fail(ParseError::TooManyMedia));
  }
  SUBCASE("kMaxFormats") {
    const std::string fits = with("m=audio 4000 RTP/AVP" + repeat(" 0", sdp::kMaxFormats));
    CHECK(parse_exact(fits)->media.at(0).formats.size() == sdp::kMaxFormats);
    CHECK(parse_exact(fits + " 0\r\n") == offhook::base::fail(ParseError::TooManyFormats));
    CHECK(parse_exact(with("m=audio 4000 RTP/AVP" + repeat(" 96", 1000))) == offhook::base::fail(ParseError::TooManyFormats));
  }
  SUBCASE("kMaxSessionBytes") {
    std::string text = "v=0\n";
    while (text.size() + 4000 < sdp::kMaxSessionBytes) text += "a=" + repeat("x", 3997) + "\n";
    text += "a=" + repeat("x", sdp::kMaxSessionBytes - text.size() - 2);
    REQUIRE(text.size() == sdp::kMaxSessionBytes);
    CHECK(parse_exact(text));
    CHECK(parse_exact(text + "x") == offhook::base::fail(ParseError::TooLarge));
  }
}

TEST_CASE("Connection::ip returns literal addresses of its own family, and nothing else [RFC 8866 section 5.7]") {
  const auto ip = [](std::string type, std::string address) {
    return sdp::Connection{"IN", std::move(type), std::move(address)}.ip();
  };
  CHECK(ip("IP4", "192.0.2.1")->to_string() == "192.0.2.1");
  CHECK(ip("IP6", "2001:db8::1")->to_string() == "2001:db8::1");
  CHECK(ip("IP4", "224.2.17.12/127/2")->to_string() == "224.2.17.12");
  CHECK_FALSE(ip("IP4", "phone.example.com"));
  CHECK_FALSE(ip("IP4", "2001:db8::1"));
  CHECK_FALSE(ip("IP6", "192.0.2.1"));
  CHECK_FALSE(ip("IP6", "[2001:db8::1]"));
  CHECK_FALSE(ip("IP4", "/127"));
  CHECK_FALSE(ip("IP4", "192.0.2.256"));
  CHECK_FALSE(sdp::Connection{"ATM", "NSAP", "47.0091"}.ip());
}

TEST_CASE("a session that is parsed, written and parsed again is equal to the first result [RFC 8866 section 5]") {
  const std::vector<std::string> texts{
      std::string(kHead),
      "v=0",
      "v=0\ns=\nt=\ni=\na=\na=:\na=:x\na=x:\nb=\nk=prompt\nm=x 0 y\ni=\ni=a\ni=b\nc=IN IP4 h/1\nc=IN IP4 "
      "h/2\nk=clear:x\na=k:v\nt=9\nv=0\no=bad\n",
      with("o=second 1 1 IN IP4 192.0.2.1\r\nz=1 -1h\r\nr=7d\r\nt=1 2\r\nm=video 5/7 udp wb\r\nq=\r\nu=x\r\n"),
      with("m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=sctp-port:5000\r\n"),
  };
  for (const std::string& text : texts) {
    CAPTURE(text);
    const auto first = parse_exact(text);
    REQUIRE(first);
    const std::string written = sdp::write_session(*first);
    const auto second = parse_exact(written);
    REQUIRE(second);
    CHECK(*first == *second);
    CHECK(sdp::write_session(*second) == written);
  }
}

TEST_CASE("write_session removes line ends and NUL from values, so that no value adds a line") {
  sdp::Session session;
  session.name = "a\r\nm=audio 1 RTP/AVP 0";
  session.attributes.push_back({"x", std::string("1\n\0a=y", 6)});
  CHECK(sdp::write_session(session) == "v=0\r\ns=am=audio 1 RTP/AVP 0\r\na=x:1a=y\r\n");
}
