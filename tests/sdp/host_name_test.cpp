#include <offhook/sdp/host_name.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;

namespace {

std::string name_in(const std::string& description) {
  const auto host = sdp::find_host_name(description);
  return host ? std::string(host->name) + (host->v6 ? " v6" : " v4") : "none";
}

}  // namespace

TEST_CASE("find_host_name returns the first host name of the c= lines, and never an address [RFC 8866 section 5.7]") {
  CHECK(name_in("v=0\r\nc=IN IP4 media.example.com\r\nt=0 0\r\n") == "media.example.com v4");
  CHECK(name_in("v=0\nc=IN IP4 192.0.2.1\nm=audio 1 RTP/AVP 0\nc=IN IP6 b.example \n") == "b.example v6");
  CHECK(name_in("c=IN IP4 localhost") == "localhost v4");
  for (const char* without : {"", "\n", "c=", "c=IN IP4 ", "c=IN IP4 192.0.2.1", "c=IN IP4 224.2.1.1/127", "c=IN IP6 2001:db8::1", "c=IN IP6 ::ffff:192.0.2.1",
                              "c=IN IP4 a b", "c=IN IP4 a/127", "o=- 1 1 IN IP4 host.example", " c=IN IP4 host.example", "c=ATM IP4 host", "c=IN IP4 1.2.3"}) {
    CAPTURE(without);
    CHECK(name_in(without) == "none");
  }
}

TEST_CASE("find_host_name skips names under .invalid, which have no address [RFC 6761 section 6.4]") {
  CHECK(name_in("c=IN IP6 anonymous.invalid\r\n") == "none");
  CHECK(name_in("c=IN IP6 anonymous.INVALID\r\nc=IN IP4 a.example\r\n") == "a.example v4");
}

TEST_CASE("find_host_name accepts a name of HostName::kMaxBytes, and refuses a longer one [RFC 1035 section 2.3.4]") {
  CHECK(sdp::HostName::kMaxBytes == 253);
  CHECK(name_in("c=IN IP4 " + std::string(sdp::HostName::kMaxBytes, 'a')) != "none");
  CHECK(name_in("c=IN IP4 " + std::string(sdp::HostName::kMaxBytes + 1, 'a')) == "none");
}

TEST_CASE("with_address replaces the host name by the address in each c= line, and changes nothing else") {
  const std::string text = "c=IN IP4 a.example\r\nm=audio 1 RTP/AVP 0\nc=IN IP4 A.Example \nc=IN IP4 b.example\r\na=c=IN IP4 a.example\r\nc=IN IP4 a.example";
  const auto host = sdp::find_host_name(text);
  REQUIRE(host);
  CHECK(sdp::with_address(text, *host, *base::IpAddress::parse("192.0.2.7")) ==
        "c=IN IP4 192.0.2.7\r\nm=audio 1 RTP/AVP 0\nc=IN IP4 192.0.2.7\nc=IN IP4 b.example\r\na=c=IN IP4 a.example\r\nc=IN IP4 192.0.2.7");
  CHECK(sdp::with_address("c=IN IP4 a.example\r\n", *host, *base::IpAddress::parse("2001:db8::7")) == "c=IN IP6 2001:db8::7\r\n");
}
