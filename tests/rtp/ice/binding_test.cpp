#include <offhook/rtp/ice/detail/binding.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>
#include <offhook/tests/rtp/ice/ice_addresses.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace offhook;
using namespace offhook_test;
using rtp::IceCredentials;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunMessage;
using rtp::StunWriter;

namespace {

const IceCredentials kOurSide{"LFRAG", "LPASSLPASSLPASSLPASSLPASS"}, kTheirSide{"RFRAG", "RPASSRPASSRPASSRPASSRPASS"};
const rtp::StunId kCheckId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

StunMessage parsed(const Octets& octets) { return StunMessage::parse(octets).value(); }

/// Writes a request of the peer with the attributes that `add` adds.
template <class Add>
Octets request_with(Add add, bool fingerprint = true) {
  Octets room(1500);
  StunWriter writer(room, rtp::StunMethod::Binding, StunClass::Request, kCheckId);
  add(writer);
  if (fingerprint) writer.add_fingerprint();
  room.resize(writer.finish().value());
  return room;
}

/// Returns the error code with which this side refuses the request, or 0 if this side accepts the request.
template <class Add>
int refusal_of(Add add, bool is_signed_expected) {
  const auto octets = request_with(add);
  const auto verified = verify_request(parsed(octets), kOurSide);
  if (verified) return 0;
  CHECK(verified.error().is_signed == is_signed_expected);
  const auto answer = write_refusal(kCheckId, verified.error(), &kOurSide);
  CHECK(answer.size() <= 3 * octets.size());
  CHECK(parsed(answer).kind() == StunClass::Error);
  CHECK(parsed(answer).id() == kCheckId);
  CHECK(parsed(answer).has_fingerprint());
  CHECK(parsed(answer).is_signed_with(kOurSide.key()) == is_signed_expected);
  CHECK(parsed(answer).error()->code == verified.error().code);
  return verified.error().code;
}

void add_user(StunWriter& writer, std::string_view name = "LFRAG:RFRAG") { writer.add(StunAttribute::Username, name); }
void add_rest(StunWriter& writer) {
  writer.add_number(StunAttribute::Priority, 1234);
  writer.sign(kOurSide.key());
}

}  // namespace

TEST_CASE("A check has the username fragments of both sides, and an integrity made with the receiver's password [RFC 8445 section 7.2.2]") {
  const auto octets = write_check({kCheckId, 1234, {true, 99}, true}, kOurSide, kTheirSide);
  const auto check = parsed(octets);
  CHECK(check.kind() == StunClass::Request);
  CHECK(check.text(StunAttribute::Username) == "RFRAG:LFRAG");
  CHECK(check.is_signed_with(kTheirSide.key()));
  CHECK_FALSE(check.is_signed_with(kOurSide.key()));
  CHECK(check.has_fingerprint());
  CHECK(check.number(StunAttribute::Priority) == 1234);
  CHECK(check.long_number(StunAttribute::IceControlling) == 99);
  CHECK(check.has(StunAttribute::UseCandidate));
}

TEST_CASE("The receiver of a check reads each field that the sender has written, in both roles [RFC 8445 section 7.1]") {
  for (const bool controlling : {true, false}) {
    for (const bool use_candidate : {true, false}) {
      const auto octets = write_check({kCheckId, 77, {controlling, 0xfedcba9876543210}, use_candidate}, kTheirSide, kOurSide);
      const auto request = verify_request(parsed(octets), kOurSide);
      REQUIRE(request);
      CHECK(request->priority == 77);
      CHECK(request->use_candidate == use_candidate);
      REQUIRE(request->claim);
      CHECK(request->claim->controlling == controlling);
      CHECK(request->claim->tie_breaker == 0xfedcba9876543210);
      CHECK(rtp::username_of(parsed(octets))->sender == "RFRAG");
    }
  }
}

TEST_CASE("A request gets 400 without USERNAME or integrity, 401 if one of them is wrong, and 420 for unknown attributes [RFC 8489 section 9.1.3]") {
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), add_rest(writer); }, true) == 0);
  CHECK(refusal_of([](StunWriter&) {}, false) == 400);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer); }, false) == 400);
  CHECK(refusal_of([](StunWriter& writer) { add_rest(writer); }, false) == 400);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer, "LFRAG"), add_rest(writer); }, false) == 401);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer, "LFRAX:RFRAG"), add_rest(writer); }, false) == 401);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer, ":"), add_rest(writer); }, false) == 401);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), writer.sign(kTheirSide.key()); }, false) == 401);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), writer.add_number(static_cast<StunAttribute>(0x7001), 1), add_rest(writer); }, true) == 420);
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), writer.add_number(static_cast<StunAttribute>(0x8fff), 1), add_rest(writer); }, true) == 0);
}

TEST_CASE("A check without PRIORITY, or with a priority out of range, gets 400 [RFC 8445 section 7.1.1]") {
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), writer.sign(kOurSide.key()); }, true) == 400);
  for (const std::uint32_t priority : {0U, rtp::kMaxIcePriority + 1, 0xffffffffU}) {
    CHECK(refusal_of([&](StunWriter& writer) { add_user(writer), writer.add_number(StunAttribute::Priority, priority), writer.sign(kOurSide.key()); }, true) == 400);
  }
  CHECK(refusal_of([](StunWriter& writer) { add_user(writer), writer.add_number(StunAttribute::Priority, rtp::kMaxIcePriority), writer.sign(kOurSide.key()); }, true) == 0);
}

TEST_CASE("A 420 lists all unknown attributes, even if the request has the greatest possible number of attributes") {
  const auto octets = request_with([](StunWriter& writer) {
    add_user(writer);
    for (unsigned type = 0; type < rtp::kMaxStunAttributes - 4; ++type) writer.add_flag(static_cast<StunAttribute>(0x7000 + type));
    add_rest(writer);
  });
  const auto verified = verify_request(parsed(octets), kOurSide);
  REQUIRE_FALSE(verified);
  const auto answer = write_refusal(kCheckId, verified.error(), &kOurSide);
  CHECK(parsed(answer).find(StunAttribute::UnknownAttributes)->size() == 2 * (rtp::kMaxStunAttributes - 4));
  CHECK(answer.size() <= 3 * octets.size());
}

TEST_CASE("A success response has the source address of the request, and an integrity made with the same password [RFC 8445 section 7.3.1.2]") {
  for (const auto& from : {at("198.51.100.7", 4242), at("2001:db8::7", 4242)}) {
    const auto octets = write_success(kCheckId, from, kOurSide);
    const auto answer = parsed(octets);
    CHECK(answer.kind() == StunClass::Success);
    CHECK(answer.address(StunAttribute::XorMappedAddress) == from);
    CHECK(answer.is_signed_with(kOurSide.key()));
    CHECK(answer.has_fingerprint());
    CHECK_FALSE(answer.has(StunAttribute::Username));
  }
}

TEST_CASE("No answer is larger than three times the shortest request that causes it") {
  const auto shortest_anonymous = request_with([](StunWriter&) {}).size();
  CHECK(write_refusal(kCheckId, {400, false}, &kOurSide).size() <= 3 * shortest_anonymous);
  CHECK(write_refusal(kCheckId, {401, false}, &kOurSide).size() <= 3 * shortest_anonymous);
  const auto shortest = request_with([](StunWriter& writer) { add_user(writer), add_rest(writer); }).size();
  CHECK(write_success(kCheckId, at("2001:db8::7", 4242), kOurSide).size() <= shortest);
  CHECK(write_refusal(kCheckId, {487}, &kOurSide).size() <= shortest);
}

TEST_CASE("Checks work with username fragments and passwords of 256 characters [RFC 8839 section 5.4]") {
  const IceCredentials longest{std::string(256, 'a'), std::string(256, 'b')}, other{std::string(256, 'c'), std::string(256, 'd')};
  CHECK(longest.is_valid());
  CHECK_FALSE(IceCredentials{std::string(257, 'a'), longest.password}.is_valid());
  CHECK_FALSE(IceCredentials{longest.ufrag, std::string(257, 'b')}.is_valid());
  const auto octets = write_check({kCheckId, 1, {true, 2}, true}, longest, other);
  const auto request = verify_request(parsed(octets), other);
  REQUIRE(request);
  CHECK(rtp::username_of(parsed(octets))->sender == longest.ufrag);
}

TEST_CASE("Credentials have only characters and lengths that the grammar allows, and at least 24 and 128 random bits [RFC 8839 section 5.4]") {
  base::SeededRandom random(7);
  const auto made = IceCredentials::make(random), next = IceCredentials::make(random);
  CHECK(made.is_valid());
  CHECK(made.ufrag.size() * 6 >= 24);
  CHECK(made.password.size() * 6 >= 128);
  CHECK(made.ufrag != next.ufrag);
  CHECK(made.password != next.password);
  CHECK_FALSE(IceCredentials{"abc", made.password}.is_valid());
  CHECK_FALSE(IceCredentials{made.ufrag, std::string(21, 'a')}.is_valid());
  CHECK(IceCredentials{"abcd", std::string(22, 'a')}.is_valid());
  CHECK_FALSE(IceCredentials{"ab:d", made.password}.is_valid());
  CHECK_FALSE(IceCredentials{made.ufrag, std::string(22, ' ')}.is_valid());
}

TEST_CASE("A keepalive is an indication with only a fingerprint [RFC 8445 section 11]") {
  const auto octets = rtp::write_keepalive(kCheckId);
  CHECK(octets.size() == rtp::kStunHeaderOctets + 8);
  CHECK(parsed(octets).kind() == StunClass::Indication);
  CHECK(parsed(octets).has_fingerprint());
}
