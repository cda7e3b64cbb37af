#include <offhook/sdp/limits.hpp>
#include <offhook/sdp/trickle_fragment.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace offhook;
using sdp::IceLineError;
using sdp::read_trickle_fragment;

namespace {

const std::string kCredentials = "a=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ice-ufrag:8hhY\r\n";

std::string candidate(int number) { return "a=candidate:1 1 UDP 2130706431 192.0.2.1 " + std::to_string(5000 + number) + " typ host\r\n"; }

}  // namespace

TEST_CASE("read_trickle_fragment reads the section with the wanted a=mid, with the credentials of the session or of the section [RFC 8840 section 4.4]") {
  const std::string first = "m=audio 9 RTP/AVP 0\r\na=mid:1\r\n" + candidate(10) + candidate(11);
  const std::string second = "m=audio 9 RTP/AVP 0\r\na=mid:2\r\n" + candidate(20) + "a=end-of-candidates\r\n";
  for (const std::string& body : {kCredentials + first + second, first + kCredentials + second + kCredentials}) {
    const auto of_first = read_trickle_fragment(body, "1"), of_second = read_trickle_fragment(body, "2");
    REQUIRE(of_first);
    REQUIRE(of_second);
    CHECK(of_first->ufrag == "8hhY");
    CHECK(of_first->password == "asd88fgpdd777uzjYhagZg");
    REQUIRE(of_first->candidates.size() == 2);
    CHECK(of_first->candidates[1].port == 5011);
    CHECK_FALSE(of_first->end_of_candidates);
    REQUIRE(of_second->candidates.size() == 1);
    CHECK(of_second->candidates[0].port == 5020);
    CHECK(of_second->end_of_candidates);
  }
  CHECK(read_trickle_fragment(kCredentials + "a=end-of-candidates\r\n" + first, "1")->end_of_candidates);
  CHECK(read_trickle_fragment(kCredentials + "m=audio 9 RTP/AVP 0\r\n" + candidate(1), "")->candidates.size() == 1);
}

TEST_CASE("read_trickle_fragment refuses a body that lacks the section or the credentials, or is not a fragment") {
  const std::string section = "m=audio 9 RTP/AVP 0\r\na=mid:1\r\n" + candidate(1);
  CHECK(read_trickle_fragment(kCredentials + section, "2") == base::fail(IceLineError::Malformed));
  CHECK(read_trickle_fragment(kCredentials, "1") == base::fail(IceLineError::Malformed));
  CHECK(read_trickle_fragment("", "1") == base::fail(IceLineError::Malformed));
  CHECK(read_trickle_fragment("no fragment", "1") == base::fail(IceLineError::Malformed));
  CHECK(read_trickle_fragment(section, "1") == base::fail(IceLineError::NoIce));
  CHECK(read_trickle_fragment("a=ice-ufrag:8hhY\r\n" + section, "1") == base::fail(IceLineError::BadCredentials));
}

TEST_CASE("read_trickle_fragment returns kMaxCandidateLines candidates, and ignores one more") {
  std::string body = kCredentials + "m=audio 9 RTP/AVP 0\r\na=mid:1\r\n";
  for (std::size_t i = 1; i <= sdp::kMaxCandidateLines + 1; ++i) {
    body += candidate(static_cast<int>(i));
    CHECK(read_trickle_fragment(body, "1")->candidates.size() == std::min(i, sdp::kMaxCandidateLines));
  }
}
