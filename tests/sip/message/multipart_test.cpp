#include "support.hpp"

#include <offhook/sip/message/multipart.hpp>

#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>

using namespace offhook::sip;

namespace {

constexpr std::string_view kMixed = "multipart/mixed; boundary=x";

std::string part(const std::string& type, const std::string& body, const std::string& boundary = "x", const std::string& more = {}) {
  return "--" + boundary + "\r\nContent-Type: " + type + "\r\n" + more + "\r\n" + body + "\r\n";
}
/// Returns the session description that find_part finds, "-" if it finds none, or the text of the error.
std::string sdp_in(std::string_view type, const std::string& body) {
  const std::string exact(body);
  const auto found = find_part(type, exact, "application/sdp");
  if (!found) return std::string(to_string(found.error()));
  return (found->blocked ? "blocked " : "") + (found->part ? std::string(found->part->body) : "-");
}
/// Returns a session description inside `depth` levels of multipart. The outermost level has the boundary x1.
std::string nested(std::size_t depth) {
  std::string body = "v=0", type = "application/sdp";
  for (std::size_t level = depth; level > 0; --level) {
    const std::string boundary = "x" + std::to_string(level);
    body = part(type, body, boundary) + "--" + boundary + "--\r\n";
    type = "multipart/mixed; boundary=" + boundary;
  }
  return body;
}
std::string many(std::size_t parts) {
  std::string body;
  for (std::size_t i = 0; i + 1 < parts; ++i) body += part("text/plain", "t");
  return body + part("application/sdp", "v=0") + "--x--";
}

}  // namespace

TEST_CASE("find_part finds the session description among other parts of multipart/mixed [RFC 5621 section 4.2]") {
  const std::string body = "a preamble\r\n" + part("application/pidf+xml", "<presence/>") +
                           part("Application/SDP; charset=utf-8", "v=0\r\ns=-", "x", "Content-ID: <1@h>\r\n") + "--x--\r\nan epilogue";
  CHECK(sdp_in(kMixed, body) == "v=0\r\ns=-");
  CHECK(sdp_in("Multipart/Related;type=\"a/b; boundary=no\" ; Boundary=\"x\"", body) == "v=0\r\ns=-");
  const auto parts = split_multipart(kMixed, body);
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK(parts->at(0).type == "application/pidf+xml");
  CHECK(parts->at(0).body == "<presence/>");
}

TEST_CASE("find_part returns the last supported part of multipart/alternative [RFC 5621 section 8.3]") {
  const std::string body = part("application/sdp", "plain") + part("application/sdp", "richer") + part("application/newer", "?") + "--x--";
  CHECK(sdp_in("multipart/alternative; boundary=x", body) == "richer");
  CHECK(sdp_in(kMixed, body) == "plain");
}

TEST_CASE("find_part reports a body as blocked by an unsupported part with handling=required, except within multipart/alternative [RFC 5621 section 8.4]") {
  const std::string must = "Content-Disposition: signal ; handling=required\r\n", may = "Content-Disposition: signal; handling=optional\r\n";
  const auto with = [](const std::string& header) {
    return part("application/isup", "?", "x", header) + part("application/sdp", "v=0") + "--x--";
  };
  CHECK(sdp_in(kMixed, with(must)) == "blocked v=0");
  CHECK(sdp_in(kMixed, with(may)) == "v=0");
  CHECK(sdp_in(kMixed, with("")) == "v=0");
  CHECK(sdp_in("multipart/alternative; boundary=x", with(must)) == "v=0");
}

TEST_CASE("find_part does not read a session description in base64 as plain text") {
  CHECK(sdp_in(kMixed, part("application/sdp", "dj0w", "x", "Content-Transfer-Encoding: base64\r\n") + "--x--") == "-");
  CHECK(sdp_in(kMixed, part("application/sdp", "v=0", "x", "Content-Transfer-Encoding: Binary\r\n") + "--x--") == "v=0");
}

TEST_CASE("find_part reads kMaxMultipartDepth levels of multipart, and refuses one more") {
  CHECK(sdp_in("multipart/mixed; boundary=x1", nested(kMaxMultipartDepth)) == "v=0");
  CHECK(sdp_in("multipart/mixed; boundary=x1", nested(kMaxMultipartDepth + 1)) == "the parts are nested too deeply");
}

TEST_CASE("find_part reads kMaxBodyParts parts, nested ones included, and refuses one more") {
  CHECK(sdp_in(kMixed, many(kMaxBodyParts)) == "v=0");
  CHECK(sdp_in(kMixed, many(kMaxBodyParts + 1)) == "the body has too many parts");
  const auto beside = [](std::size_t parts) {
    return part("multipart/mixed; boundary=x", many(parts), "y") + part("text/plain", "t", "y") + "--y--";
  };
  CHECK(sdp_in("multipart/mixed; boundary=y", beside(kMaxBodyParts - 2)) == "v=0");
  CHECK(sdp_in("multipart/mixed; boundary=y", beside(kMaxBodyParts - 1)) == "the body has too many parts");
}

TEST_CASE("find_part accepts a boundary of 70 characters, and refuses a boundary of 71 [RFC 2046 section 5.1.1]") {
  for (const std::size_t size : {70, 71}) {
    const std::string boundary(size, 'b');
    const std::string body = part("application/sdp", "v=0", boundary) + "--" + boundary + "--";
    CHECK(sdp_in("multipart/mixed;boundary=" + boundary, body) == (size == 70 ? "v=0" : "the content type has no valid boundary"));
  }
  CHECK(sdp_in("multipart/mixed", many(1)) == "the content type has no valid boundary");
  CHECK(sdp_in("multipart/mixed; boundary=", many(1)) == "the content type has no valid boundary");
  CHECK(sdp_in("multipart/mixed; boundary", many(1)) == "the content type has no valid boundary");
}

TEST_CASE("find_part refuses a body that ends within a part, at any octet") {
  const std::string whole = many(3);
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(sdp_in(kMixed, whole.substr(0, size)) == "a part has no end");
  CHECK(sdp_in(kMixed, part("application/sdp", "v=0") + "--xy--\r\n--x-\r\n-- x--") == "a part has no end");
  CHECK(sdp_in(kMixed, "--x\r\nno colon here\r\n\r\nv=0\r\n--x--") == "the header of a part is malformed");
  CHECK(sdp_in(kMixed, "--x--") == "-");
}

TEST_CASE("find_part reads lines that end in LF alone, and a part without header fields") {
  CHECK(sdp_in(kMixed, "--x\nContent-Type:application/sdp\n\nv=0\n--x--\n") == "v=0");
  const auto parts = split_multipart(kMixed, "--x\r\n\r\nhello\r\n--x--");
  REQUIRE(parts);
  CHECK(parts->at(0).type == "text/plain");
  CHECK(parts->at(0).body == "hello");
}

TEST_CASE("split_multipart returns a part with all 256 octet values unchanged, even if the part contains text like a boundary [RFC 4475 section 3.1.1.11]") {
  const auto message = test::parse(test::read_file("tests/data/torture/binary-part.sip"));
  REQUIRE(message);
  const auto parts = split_multipart(message->find(HeaderName::ContentType).value_or(""), message->body());
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  std::string octets;
  for (int octet = 0; octet < 256; ++octet) octets += static_cast<char>(octet);
  CHECK(parts->at(0).type == "application/octet-stream");
  CHECK(parts->at(0).encoding == "binary");
  CHECK(parts->at(0).body.substr(0, 256) == octets);
  CHECK(parts->at(0).body.substr(256).starts_with("\r\n--a'bc\r\n"));
  CHECK(parts->at(0).body.ends_with("\xff\r\r\n\n" + std::string(1, '\0')));
  CHECK(parts->at(1).body == "behind the octets");
}

TEST_CASE("split_multipart separates the parts of the multipart torture message, NUL octets included [RFC 4475 section 3.1.1.11]") {
  if (!offhook_test::has_shared_data("rfc4475")) return offhook_test::skip("the shared test data has no rfc4475");
  const auto message = test::parse(test::read_file(offhook_test::shared_data("rfc4475/mpart01.dat")));
  REQUIRE(message);
  const auto parts = split_multipart(message->find(HeaderName::ContentType).value_or(""), message->body());
  REQUIRE(parts);
  REQUIRE(parts->size() == 2);
  CHECK(parts->at(0).type == "text/plain");
  CHECK(parts->at(0).body == "Hello");
  CHECK(parts->at(1).type.starts_with("application/octet-stream"));
  CHECK(parts->at(1).encoding == "binary");
  CHECK(parts->at(1).body.find('\0') != std::string_view::npos);
}
