#include "support.hpp"

#include <offhook/sip/message/framer.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace offhook::sip;
using test::Request;

namespace {

using Next = Framer::Next;

struct Seen {
  std::vector<std::string> frames;
  std::size_t pings = 0, pongs = 0, errors = 0;
  friend bool operator==(const Seen&, const Seen&) = default;
};

std::string frame_text(const Framer& framer) {
  const auto bytes = framer.frame();
  return {bytes.begin(), bytes.end()};
}

void feed(Framer& framer, std::string_view piece, Seen& seen) {
  const std::vector<std::uint8_t> exact(piece.begin(), piece.end());
  framer.receive(exact);
  for (auto next = framer.next(); next != Next::None; next = framer.next()) {
    if (next == Next::Frame) seen.frames.push_back(frame_text(framer));
    if (next == Next::Ping) ++seen.pings;
    if (next == Next::Pong) ++seen.pongs;
    if (next == Next::Error) ++seen.errors;
  }
}

Seen in_pieces(std::string_view text, std::size_t size) {
  Framer framer;
  Seen seen;
  for (; !text.empty(); text.remove_prefix(std::min(size, text.size()))) feed(framer, text.substr(0, size), seen);
  return seen;
}

std::string message(const std::string& id, const std::string& body = "") {
  Request request;
  request.call_id = id;
  request.body = body;
  request.content_length = std::to_string(body.size());
  return request.text();
}

}  // namespace

TEST_CASE("Framer finds the same messages and pings at any split of the stream, even if bodies look like messages [RFC 3261 section 18.3]") {
  const auto nested = message("2", message("inner") + "\r\n\r\n");
  const auto stream =
      message("1") + "\r\n\r\n" + nested + message("3", std::string("\0\r\n\r\n", 5)) + "\r\n\r\n\r\n\r\n" + message("4");
  const auto whole = in_pieces(stream, stream.size());
  REQUIRE(whole.frames.size() == 4);
  CHECK(whole.frames[1] == nested);
  CHECK(whole.pings == 3);
  CHECK(whole.pongs == 0);
  CHECK(whole.errors == 0);
  for (std::size_t size = 1; size < 40; ++size) {
    const auto seen = in_pieces(stream, size);
    CHECK(seen.frames == whole.frames);
    CHECK(seen.pings == whole.pings);
  }
  for (std::size_t at = 1; at < stream.size(); ++at) {
    Framer framer;
    Seen seen;
    feed(framer, stream.substr(0, at), seen);
    feed(framer, stream.substr(at), seen);
    CHECK(seen.frames == whole.frames);
    CHECK(seen.pings == whole.pings);
  }
}

TEST_CASE("Framer reports a single CRLF as a Pong at once, and two CRLFs in one piece as a Ping [RFC 5626 section 3.5.1]") {
  CHECK(in_pieces("\r\n", 2) == Seen{{}, 0, 1, 0});
  CHECK(in_pieces("\r\n\r\n", 4) == Seen{{}, 1, 0, 0});
  CHECK(in_pieces("\r\n\r\n\r\n", 6) == Seen{{}, 1, 1, 0});
  CHECK(in_pieces("\r\n\r\n", 2) == Seen{{}, 1, 1, 0});
  CHECK(in_pieces("\r\n" + message("1") + "\r\n", 9999) == Seen{{message("1")}, 0, 2, 0});
}

TEST_CASE("after expect_pong() Framer reports a single CRLF as the expected Pong, and not as half of the peer's ping [RFC 5626 section 3.5.1]") {
  Framer framer;
  Seen seen;
  feed(framer, "\r\n", seen);  // An unexpected Pong.
  for (int i = 0; i < 4; ++i) {
    framer.expect_pong();
    feed(framer, "\r\n", seen);
  }
  CHECK(seen == Seen{{}, 0, 5, 0});
  framer.expect_pong();
  feed(framer, "\r\n\r\n", seen);  // The peer's ping crosses our ping.
  feed(framer, "\r\n", seen);
  CHECK(seen == Seen{{}, 1, 6, 0});
}

TEST_CASE("Framer accepts lines that end in LF alone, as the parser does") {
  auto text = message("1", "a\nb");
  text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
  for (std::size_t size = 1; size < 20; ++size) CHECK(in_pieces(text + "\n" + text, size).frames.size() == 2);
}

TEST_CASE("Framer finds a Content-Length in compact form, folded, with white space, or twice with equal values [RFC 3261 section 20.14]") {
  for (const std::string field : {"l:2", "CONTENT-LENGTH \t:   02", "Content-Length:\r\n 2", "L: 2\r\nContent-Length: 2"}) {
    const auto text = "OPTIONS sip:h SIP/2.0\r\n" + field + "\r\nVia: x\r\n\r\nab";
    CHECK_MESSAGE(in_pieces(text + text, 7).frames.size() == 2, field);
  }
}

TEST_CASE("Without a usable Content-Length, Framer reports an error and keeps the header block for the 400 [RFC 4475 section 3.1.2.3]") {
  for (const std::string field : {"X: y", "l: -1", "l: +1", "l: 1x", "l:", "l: 1\r\nl: 2", "l: 1\r\n 2"}) {
    Request request;
    request.content_length = "";
    request.more = field + "\r\n";
    const auto text = request.text();
    Framer framer;
    framer.receive(test::bytes_of(text + message("2")));
    REQUIRE_MESSAGE(framer.next() == Next::Error, field);
    CHECK(framer.error() == Framer::Error::BadContentLength);
    CHECK(frame_text(framer) == text);
    const auto refusal = parse_message(Slab::exact(framer.frame()), Framing::Stream);
    REQUIRE_FALSE(refusal);
    CHECK(refusal.error().status == 400);
    CHECK(refusal.error().answerable);
    CHECK(framer.next() == Next::None);
    framer.receive(test::bytes_of(message("3")));
    CHECK(framer.next() == Next::None);
    CHECK_FALSE(framer.mid_message());
  }
}

TEST_CASE("Framer accepts a message of kMaxMessageBytes, and reports TooLarge for a longer message before its body arrives") {
  auto text = message("1", "1234");
  text.resize(text.size() - 4);
  const auto head = text.substr(0, text.rfind("4\r\n\r\n"));
  const auto with = [&](std::size_t length) { return head + std::to_string(length) + "\r\n\r\n"; };
  const std::size_t fits = kMaxMessageBytes - with(10000).size();
  const auto full = with(fits) + std::string(fits, 'x');
  REQUIRE(full.size() == kMaxMessageBytes);
  CHECK(in_pieces(full + full, 1000).frames.size() == 2);
  for (const auto& length :
       {std::to_string(fits + 1), std::string("2147483648"), std::string("4294967296"), std::string("18446744073709551616")}) {
    Framer framer;
    framer.receive(test::bytes_of(head + length + "\r\n\r\n"));
    REQUIRE(framer.next() == Next::Error);
    CHECK(framer.error() == Framer::Error::TooLarge);
    const auto refusal = parse_message(Slab::exact(framer.frame()), Framing::Stream);
    REQUIRE_FALSE(refusal);
    CHECK(refusal.error().answerable);
    CHECK(refusal.error().status == 513);
  }
}

TEST_CASE("Framer reports TooLarge when a header block without an end reaches kMaxMessageBytes") {
  Framer framer;
  framer.receive(test::bytes_of(std::string(kMaxMessageBytes - 1, 'x')));
  CHECK(framer.next() == Next::None);
  CHECK(framer.mid_message());
  framer.receive(test::bytes_of("x"));
  CHECK(framer.next() == Next::Error);
  CHECK(framer.error() == Framer::Error::TooLarge);
  CHECK(framer.frame().empty());
  CHECK_FALSE(framer.mid_message());
}

TEST_CASE("mid_message returns true exactly while the Framer has an incomplete message") {
  Framer framer;
  CHECK_FALSE(framer.mid_message());
  const auto text = message("1", "body");
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    framer.receive(test::bytes_of(text.substr(i, 1)));
    CHECK(framer.next() == Next::None);
    CHECK(framer.mid_message());
  }
  framer.receive(test::bytes_of(text.substr(text.size() - 1)));
  CHECK(framer.next() == Next::Frame);
  CHECK(framer.next() == Next::None);
  CHECK_FALSE(framer.mid_message());
  framer.receive(test::bytes_of("\r\n"));
  CHECK(framer.next() == Next::Pong);
  CHECK(framer.next() == Next::None);
  CHECK_FALSE(framer.mid_message());
}
