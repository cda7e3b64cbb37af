#include <offhook/sip/subscription/packages/message_summary.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace offhook::sip::packages;

TEST_CASE("parse_message_summary reads whether messages wait, and the number of messages of each kind [RFC 3842 section 5.2]") {
  const auto summary = parse_message_summary(
      "Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\nFax-Message: 1/0\r\n"
      "X-Own: anything\r\n\r\nTo: <alice@atlanta.example.com>\r\nno header at all\r\n");
  REQUIRE(summary);
  CHECK(summary->waiting);
  CHECK(summary->account == "sip:alice@vmail.example.com");
  REQUIRE(summary->counts.size() == 2);
  CHECK(summary->counts[0] == MessageSummary::Count{"voice-message", 2, 8, 0, 2});
  CHECK(summary->counts[1] == MessageSummary::Count{"fax-message", 1, 0, {}, {}});
}

TEST_CASE("parse_message_summary accepts any case, blanks and lines that end in LF, as servers write them") {
  const auto summary = parse_message_summary("messages-waiting:NO\nVOICE-MESSAGE : 0 / 3 ( 0 / 0 )\nnone: 0/0");
  REQUIRE(summary);
  CHECK_FALSE(summary->waiting);
  CHECK(summary->counts.size() == 2);
  CHECK(summary->counts[0].old == 3);
}

TEST_CASE("parse_message_summary refuses a wrong summary and returns the reason") {
  CHECK(parse_message_summary("") == base::fail(PackageError::MissingValue));
  CHECK(parse_message_summary("Voice-Message: 1/1\r\n") == base::fail(PackageError::MissingValue));
  CHECK(parse_message_summary("Messages-Waiting: maybe\r\n") == base::fail(PackageError::BadValue));
  CHECK(parse_message_summary("Messages-Waiting: yes\r\nVoice-Message: 1\r\n") == base::fail(PackageError::BadValue));
  CHECK(parse_message_summary("Messages-Waiting: yes\r\nVoice-Message: 4294967296/0\r\n") == base::fail(PackageError::BadValue));
  CHECK(parse_message_summary("Messages-Waiting: yes\r\nVoice-Message: 1/1 (2\r\n") == base::fail(PackageError::BadValue));
  CHECK(parse_message_summary("Messages-Waiting yes\r\n") == base::fail(PackageError::Malformed));
  CHECK(parse_message_summary(": yes\r\n") == base::fail(PackageError::Malformed));
}

TEST_CASE("parse_message_summary reads kMaxSummaryLines lines and kMaxBodyBytes octets, and refuses one more") {
  std::string lines = "Messages-Waiting: no\r\n";
  for (std::size_t i = 1; i < kMaxSummaryLines; ++i) lines += "X: y\r\n";
  CHECK(parse_message_summary(lines));
  CHECK(parse_message_summary(lines + "X: y\r\n") == base::fail(PackageError::TooMany));
  std::string most = "Messages-Waiting: no\r\n\r\n";
  most.resize(kMaxBodyBytes, 'x');
  CHECK(parse_message_summary(most));
  CHECK(parse_message_summary(most + "x") == base::fail(PackageError::TooLarge));
}

TEST_CASE("A summary that is written reads back equal") {
  const MessageSummary summary{true, "sip:a@b", {{"voice-message", 2, 8, 0, 2}, {"none", 0, 0, {}, {}}}};
  const std::string text = write_message_summary(summary);
  CHECK(text == "Messages-Waiting: yes\r\nMessage-Account: sip:a@b\r\nVoice-Message: 2/8 (0/2)\r\nNone: 0/0\r\n");
  CHECK(*parse_message_summary(text) == summary);
}
