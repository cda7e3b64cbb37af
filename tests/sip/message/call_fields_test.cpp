#include "support.hpp"

#include <offhook/sip/message/dtmf_info.hpp>
#include <offhook/sip/message/privacy.hpp>
#include <offhook/sip/message/reason.hpp>
#include <offhook/sip/message/refer_to.hpp>
#include <offhook/sip/message/replaces.hpp>
#include <offhook/sip/message/retargeting.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;
using test::request_with;
// --- Replaces --------------------------------------------------------------------------------------------------------------

TEST_CASE("parse_replaces reads a Call-ID and two tags in any order, with unknown parameters between them [RFC 3891 section 6.1]") {
  const auto plain = parse_replaces("12345@192.0.2.1;to-tag=a;from-tag=b");
  REQUIRE(plain);
  CHECK(*plain == Replaces{"12345@192.0.2.1", "a", "b", false});
  const auto early = parse_replaces(" call ; FROM-TAG=b;x=\"y;z\" ; early-only;to-tag = a");
  REQUIRE(early);
  CHECK(*early == Replaces{"call", "a", "b", true});
  CHECK(parse_replaces(to_string(*early)) == early);
}

TEST_CASE("parse_replaces refuses a value without exactly one to-tag and one from-tag, and refuses two values [RFC 3891 section 6.1]") {
  for (const char* bad : {"call", "call;to-tag=a", "call;from-tag=a", "call;to-tag=a;to-tag=b;from-tag=c",
                          "call;to-tag;from-tag=a", "call;to-tag=a;from-tag=b,other;to-tag=a;from-tag=b",
                          "call;to-tag=\"a\";from-tag=b", "ca ll;to-tag=a;from-tag=b", "call;to-tag=a\r\n;from-tag=b\x01"}) {
    CAPTURE(bad);
    const auto parsed = parse_replaces(bad);
    REQUIRE_FALSE(parsed);
    CHECK(parsed == offhook::base::fail(ParseError::BadParameter));
  }
  CHECK(parse_replaces(";to-tag=a;from-tag=b") == offhook::base::fail(ParseError::Empty));
}

TEST_CASE("parse_replaces reads a value of kMaxReplacesBytes, and refuses a value with one more octet") {
  const std::string tail = ";to-tag=a;from-tag=b";
  const std::string most = std::string(kMaxReplacesBytes - tail.size(), 'c') + tail;
  CHECK(parse_replaces(most));
  CHECK(parse_replaces("c" + most) == offhook::base::fail(ParseError::TooLarge));
}

// --- Refer-To --------------------------------------------------------------------------------------------------------------

TEST_CASE("parse_refer_to separates the target from the Replaces in its URI [RFC 3891 section 4]") {
  const auto parsed = parse_refer_to(
      "\"Desk\" "
      "<sips:desk@192.0.2.9:5070;transport=tcp?Accept-Contact=x&Replaces=12345%40192.0.2.1%3Bto-tag%3Da%3Bfrom-tag%3Db>");
  REQUIRE(parsed);
  CHECK(parsed->target == "sips:desk@192.0.2.9:5070;transport=tcp");
  CHECK(parsed->display == "Desk");
  CHECK(parsed->method == Method::Invite);
  REQUIRE(parsed->replaces);
  CHECK(*parsed->replaces == Replaces{"12345@192.0.2.1", "a", "b", false});
}

TEST_CASE("parse_refer_to reads a target with or without a method, and refuses targets with other schemes [RFC 3515 section 2.1]") {
  CHECK(parse_refer_to("sip:desk@192.0.2.9")->target == "sip:desk@192.0.2.9");
  CHECK(parse_refer_to("<tel:+4930123456>")->target == "tel:+4930123456");
  const auto method = parse_refer_to("<sip:desk@192.0.2.9;a=1;method=SUBSCRIBE;b>");
  REQUIRE(method);
  CHECK(method->method == Method::Subscribe);
  CHECK(method->target == "sip:desk@192.0.2.9;a=1;b");
  CHECK(parse_refer_to("<http://192.0.2.9/>") == offhook::base::fail(ParseError::BadUri));
  CHECK_FALSE(parse_refer_to("<sip:a@192.0.2.9>, <sip:b@192.0.2.9>"));
  CHECK_FALSE(parse_refer_to(""));
}

TEST_CASE("parse_refer_to refuses two Replaces and a malformed Replaces, so that an escaped CR or LF never gets into a header field") {
  CHECK_FALSE(parse_refer_to("<sip:a@192.0.2.9?Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db&Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db>"));
  CHECK_FALSE(parse_refer_to("<sip:a@192.0.2.9?Replaces=c%0D%0AVia:x%3Bto-tag%3Da%3Bfrom-tag%3Db>"));
  CHECK_FALSE(parse_refer_to("<sip:a@192.0.2.9?replaces=c>"));
}

TEST_CASE("refer_to writes a value that reads back equal, even if the Call-ID has special characters [RFC 3261 section 25.1]") {
  const Replaces odd{"a%b&c=d?e@192.0.2.1", "to-1~", "from'2", true};
  const std::string value = refer_to("sip:desk@192.0.2.9", &odd);
  CHECK(value.find('&') == std::string::npos);
  const auto parsed = parse_refer_to(value);
  REQUIRE(parsed);
  CHECK(parsed->replaces == odd);
  CHECK(refer_to("sip:desk@192.0.2.9", nullptr) == "<sip:desk@192.0.2.9>");
}

// --- Reason ----------------------------------------------------------------------------------------------------------------

TEST_CASE("reasons_of reads reasons of several protocols, with their texts without quotes [RFC 3326 section 2]") {
  const auto message =
      request_with("Reason: SIP ;cause=200 ;text=\"Call completed \\\"elsewhere\\\"\", Q.850;cause=16\r\nReason: preemption\r\n");
  const auto reasons = reasons_of(message);
  REQUIRE(reasons.size() == 3);
  CHECK(reasons[0] == Reason{"SIP", std::uint16_t{200}, "Call completed \"elsewhere\""});
  CHECK(reasons[1] == Reason{"Q.850", std::uint16_t{16}, ""});
  CHECK(reasons[2] == Reason{"preemption", std::nullopt, ""});
  CHECK(to_string(reasons[0]) == "SIP;cause=200;text=\"Call completed \\\"elsewhere\\\"\"");
  CHECK(*parse_reason(to_string(reasons[0])) == reasons[0]);
}

TEST_CASE("reasons_of skips an unreadable Reason, and parse_reason replaces control characters in the text by blanks") {
  CHECK(parse_reason(";cause=1") == offhook::base::fail(ParseError::BadParameter));
  CHECK(parse_reason("SIP;cause=x") == offhook::base::fail(ParseError::BadNumber));
  CHECK(parse_reason("SIP;cause=70000") == offhook::base::fail(ParseError::BadNumber));
  CHECK(parse_reason("SIP;text=\"a\\\x1b[2Jb\"")->text == "a [2Jb");
  CHECK(reasons_of(request_with("Reason: ;;, SIP;cause=486\r\n")).size() == 1);
}

TEST_CASE("reasons_of reads kMaxReasons reasons. parse_reason cuts a text at kMaxReasonText, but not within a UTF-8 character") {
  std::string list;
  for (std::size_t i = 0; i < kMaxReasons; ++i) list += std::string(i == 0 ? "" : ", ") + "SIP;cause=" + std::to_string(200 + i);
  CHECK(reasons_of(request_with("Reason: " + list + "\r\n")).size() == kMaxReasons);
  CHECK(reasons_of(request_with("Reason: " + list + ", SIP;cause=999\r\n")).back().cause == 200 + kMaxReasons - 1);
  CHECK(parse_reason("SIP;text=\"" + std::string(kMaxReasonText, 'a') + "\"")->text.size() == kMaxReasonText);
  CHECK(parse_reason("SIP;text=\"" + std::string(kMaxReasonText + 1, 'a') + "\"")->text.size() == kMaxReasonText);
  const auto cut = parse_reason("SIP;text=\"" + std::string(kMaxReasonText - 1, 'a') + "\xc3\xa4\"")->text;
  CHECK(cut == std::string(kMaxReasonText - 1, 'a'));
}

// --- Diversion and History-Info --------------------------------------------------------------------------------------------

TEST_CASE("diversions_of reads the Diversion values of several lines in their order, newest first [RFC 5806 section 4]") {
  const auto list =
      diversions_of(request_with("Diversion: \"Bo\" <sip:bo@pbx.example>;reason=no-answer;counter=2;privacy=full, "
                                 "<sip:al@pbx.example;user=phone>;reason=\"user-busy\"\r\n"
                                 "Diversion: <tel:+4930123>\r\n"));
  REQUIRE(list.size() == 3);
  CHECK(list[0] == Diversion{"sip:bo@pbx.example", "Bo", "no-answer", 2, "full"});
  CHECK(list[1].reason == "user-busy");
  CHECK(list[1].counter == 1);
  CHECK(list[2] == Diversion{"tel:+4930123", "", "unknown", 1, ""});
}

TEST_CASE("diversions_of reads kMaxDiversions values, and ignores further values") {
  std::string list = "<sip:0@pbx.example>";
  for (std::size_t i = 1; i < kMaxDiversions; ++i) list += ", <sip:" + std::to_string(i) + "@pbx.example>";
  CHECK(diversions_of(request_with("Diversion: " + list + "\r\n")).size() == kMaxDiversions);
  CHECK(diversions_of(request_with("Diversion: " + list + ", <sip:x@pbx.example>\r\n")).size() == kMaxDiversions);
}

TEST_CASE("history_of reads the index, and the reason and privacy in the URI [RFC 7044 section 5]") {
  const auto list =
      history_of(request_with("History-Info: <sip:bob@pbx.example?Reason=SIP%3Bcause%3D302&Privacy=history>;index=1;foo=bar,\r\n"
                              " <sip:office@192.0.2.3>;index=1.2;mp=1\r\n"));
  REQUIRE(list.size() == 2);
  CHECK(list[0] == HistoryEntry{"sip:bob@pbx.example", "", "1", "SIP;cause=302", true});
  CHECK(list[1] == HistoryEntry{"sip:office@192.0.2.3", "", "1.2", "", false});
}

TEST_CASE("history_of stops at an entry without a valid index, and after kMaxHistoryEntries entries [RFC 7044 section 5]") {
  CHECK(history_of(request_with("History-Info: <sip:a@b>;index=1, <sip:a@b>, <sip:a@b>;index=1.1\r\n")).size() == 1);
  for (const char* bad : {".1", "1.", "1..2", "", "x"}) {
    CAPTURE(bad);
    CHECK(history_of(request_with("History-Info: <sip:a@b>;index=" + std::string(bad) + "\r\n")).empty());
  }
  CHECK(history_of(request_with("History-Info: <sip:a@b?Reason=SIP%0D%0AVia:%20x>;index=1\r\n")).front().reason.empty());
  std::string list = "<sip:a@b>;index=1";
  for (std::size_t i = 1; i < kMaxHistoryEntries; ++i) list += ", <sip:a@b>;index=1." + std::to_string(i);
  CHECK(history_of(request_with("History-Info: " + list + "\r\n")).size() == kMaxHistoryEntries);
  CHECK(history_of(request_with("History-Info: " + list + ", <sip:a@b>;index=2\r\n")).size() == kMaxHistoryEntries);
}

// --- Privacy ---------------------------------------------------------------------------------------------------------------

TEST_CASE("parse_privacy reads a list of privacy values, and ignores unknown values [RFC 3323 section 4.2]") {
  const auto privacy = parse_privacy("id; Critical;whatever");
  REQUIRE(privacy);
  CHECK(privacy->id);
  CHECK(privacy->critical);
  CHECK(privacy->any());
  CHECK_FALSE(privacy->user);
  CHECK(to_string(*privacy) == "id;critical");
  CHECK(parse_privacy("none")->none);
  CHECK_FALSE(parse_privacy("none")->any());
  CHECK(parse_privacy("header,session;user;history")->history);
  CHECK_FALSE(parse_privacy(""));
  CHECK_FALSE(parse_privacy("id;;user"));
  CHECK_FALSE(parse_privacy("i d"));
  CHECK(to_string(Privacy{}).empty());
}

// --- digits in INFO --------------------------------------------------------------------------------------------------------

TEST_CASE("parse_dtmf_info reads the two common formats of digits in INFO") {
  CHECK(*parse_dtmf_info("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n") == DtmfInfo{'5', 160});
  CHECK(*parse_dtmf_info("application/dtmf-relay", "signal = #\nduration= 99999") == DtmfInfo{'#', kMaxDtmfDuration});
  CHECK(parse_dtmf_info("application/dtmf-relay", "Signal=10\r\n")->digit == '*');
  CHECK(parse_dtmf_info("application/dtmf-relay", "Signal=d\r\n")->digit == 'D');
  CHECK(*parse_dtmf_info("application/dtmf", "7\r\n") == DtmfInfo{'7', 250});
  for (const char* bad : {"", "Signal=\r\n", "Signal=12", "Duration=100", "Signal", "5"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_dtmf_info("application/dtmf-relay", bad));
  }
  CHECK_FALSE(parse_dtmf_info("application/dtmf", "x"));
  CHECK_FALSE(parse_dtmf_info("text/plain", "5"));
}
