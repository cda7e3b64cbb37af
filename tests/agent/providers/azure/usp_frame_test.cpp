#include <offhook/agent/providers/azure/usp_frame.hpp>

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace offhook;
using namespace offhook::agent::azure;

namespace {

const std::string kStamp = "2026-07-01T12:00:00.250Z";

std::string binary_frame(const std::string& headers, const std::string& body) {
  std::string frame;
  frame += static_cast<char>(headers.size() >> 8U);
  frame += static_cast<char>(headers.size() & 0xFFU);
  return frame + headers + body;
}

std::string headers_of(std::size_t count) {
  std::string lines = "Path: audio\r\n";
  for (std::size_t i = 1; i < count; ++i) lines += "X-" + std::to_string(i) + ": y\r\n";
  return lines;
}

}  // namespace

TEST_CASE("A USP text message consists of headers, an empty line and a body") {
  const std::string frame = write_usp({false, "speech.context", "0a1b", "application/json", "{}"}, kStamp);
  CHECK(frame == "Path: speech.context\r\nX-RequestId: 0a1b\r\nX-Timestamp: 2026-07-01T12:00:00.250Z\r\nContent-Type: application/json\r\n\r\n{}");
  const auto message = parse_usp_text(frame);
  REQUIRE(message);
  CHECK(message->path == "speech.context");
  CHECK(message->request_id == "0a1b");
  CHECK(message->content_type == "application/json");
  CHECK(message->body == "{}");
  CHECK(parse_usp_text(write_usp({false, "turn.end", "1", "", ""}, kStamp))->body.empty());
}

TEST_CASE("A USP binary message begins with the length of its headers in big endian, and has no empty line after the headers") {
  const std::string audio("\x00\x01\r\n\r\n\xFF", 7);
  const std::string frame = write_usp({true, "audio", std::string(300, 'a'), "", audio}, kStamp);
  const std::size_t length = frame.size() - 2 - audio.size();
  CHECK(length > 256);
  CHECK(static_cast<unsigned char>(frame[0]) == length >> 8U);
  CHECK(static_cast<unsigned char>(frame[1]) == (length & 0xFFU));
  const auto message = parse_usp_binary(frame);
  REQUIRE(message);
  CHECK(message->path == "audio");
  CHECK(message->request_id == std::string(300, 'a'));
  CHECK(message->content_type.empty());
  CHECK(message->body == audio);
}

TEST_CASE("The parser of USP headers ignores case, blanks and invalid lines, and uses the last of two equal names, as the official client does") {
  const auto message = parse_usp_text("PATH:Speech.Phrase\r\nx-requestid :  AB \r\nnonsense\r\nX-StreamId: 1\r\nx-streamid: 2\r\n\r\nx");
  REQUIRE(message);
  CHECK(message->is("speech.phrase"));
  CHECK_FALSE(message->is("speech.phrases"));
  CHECK(message->request_id == "AB");
  CHECK(message->stream_id == "2");
  CHECK(message->body == "x");
  CHECK(parse_usp_text("Path: turn.end")->is("turn.end"));
}

TEST_CASE("parse_usp_text and parse_usp_binary refuse an invalid frame with a reason") {
  CHECK(parse_usp_binary("") == base::fail(UspError::TooShort));
  CHECK(parse_usp_binary("\x01") == base::fail(UspError::TooShort));
  CHECK(parse_usp_binary(std::string("\x00\x05Path", 6)) == base::fail(UspError::TooShort));
  CHECK(parse_usp_binary(std::string("\x00\x00", 2)) == base::fail(UspError::NoPath));
  CHECK(parse_usp_text("") == base::fail(UspError::NoPath));
  CHECK(parse_usp_text("{\"no\":\"headers\"}") == base::fail(UspError::NoPath));
  CHECK(to_string(UspError::NoPath) == "no path");
}

TEST_CASE("The parser of USP headers bounds their number and their total length") {
  CHECK(parse_usp_binary(binary_frame(headers_of(kMaxUspHeaders), "")));
  CHECK(parse_usp_binary(binary_frame(headers_of(kMaxUspHeaders + 1), "")) == base::fail(UspError::TooManyHeaders));
  const auto long_headers = [](std::size_t octets) { return "Path: audio\r\nX: " + std::string(octets - 16, 'x'); };
  CHECK(parse_usp_binary(binary_frame(long_headers(kMaxUspHeaderOctets), "")));
  CHECK(parse_usp_binary(binary_frame(long_headers(kMaxUspHeaderOctets + 1), "")) == base::fail(UspError::HeaderTooLong));
  CHECK(parse_usp_text(long_headers(kMaxUspHeaderOctets) + "\r\n\r\n"));
  CHECK(parse_usp_text(long_headers(kMaxUspHeaderOctets + 1) + "\r\n\r\n") == base::fail(UspError::HeaderTooLong));
  CHECK(parse_usp_binary("\xFF\xFF") == base::fail(UspError::HeaderTooLong));
}

TEST_CASE("usp_timestamp writes ISO 8601 in UTC, and each make_usp_id gives another id of 32 hexadecimal digits") {
  CHECK(usp_timestamp(0) == "1970-01-01T00:00:00.000Z");
  CHECK(usp_timestamp(1'782'907'200'250) == "2026-07-01T12:00:00.250Z");
  base::SeededRandom random(7);
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    const std::string id = make_usp_id(random);
    CHECK(id.size() == 32);
    CHECK(id.find_first_not_of("0123456789abcdef") == std::string::npos);
    ids.insert(id);
  }
  CHECK(ids.size() == 100);
}
