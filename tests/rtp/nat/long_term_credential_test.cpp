#include <offhook/rtp/nat/long_term_credential.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

using namespace offhook_test;
using rtp::ChallengeError;
using rtp::LongTermCredential;

namespace {

struct Challenge {
  std::string realm = "example.org", nonce = "abc";
  std::optional<Octets> algorithms = std::nullopt;
};

std::optional<ChallengeError> refusal_of(LongTermCredential& credential, const Challenge& challenge) {
  const auto octets = stun(StunMethod::Allocate, StunClass::Error, {1}, [&](StunWriter& writer) {
    writer.add_error(401, "Unauthenticated");
    if (!challenge.realm.empty()) writer.add(StunAttribute::Realm, challenge.realm);
    if (!challenge.nonce.empty()) writer.add(StunAttribute::Nonce, challenge.nonce);
    if (challenge.algorithms) writer.add(StunAttribute::PasswordAlgorithms, *challenge.algorithms);
  });
  const auto read = credential.on_challenge(StunMessage::parse(octets).value());
  return read ? std::nullopt : std::optional(read.error());
}

Octets signed_by(const LongTermCredential& credential) {
  return stun(StunMethod::Allocate, StunClass::Request, {2}, [&](StunWriter& writer) { credential.sign(writer); });
}

Octets hex_octets(std::string_view text) {
  Octets octets;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) octets.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  return octets;
}

const Octets kSha256First{0, 2, 0, 0, 0, 1, 0, 0}, kMd5First{0, 1, 0, 0, 0, 2, 0, 0}, kOnlyUnknown{0, 9, 0, 0};

}  // namespace

TEST_CASE("Without PASSWORD-ALGORITHMS the key is the MD5 of username, realm and password [RFC 8489 section 9.2.2]") {
  LongTermCredential credential({"user", "pass"});
  CHECK_FALSE(credential.is_challenged());
  CHECK_FALSE(refusal_of(credential, {.realm = "realm"}));
  CHECK(credential.is_challenged());
  const auto octets = signed_by(credential);
  const auto request = StunMessage::parse(octets).value();
  CHECK(request.is_signed_with(rtp::HmacSha1(hex_octets("8493fbc53ba582fb4c044c456bdc40eb"))));
  CHECK(request.text(StunAttribute::Username) == "user");
  CHECK(request.text(StunAttribute::Realm) == "realm");
  CHECK(request.text(StunAttribute::Nonce) == "abc");
  CHECK_FALSE(request.has(StunAttribute::PasswordAlgorithm));
  CHECK_FALSE(request.has_integrity_sha256());
  CHECK(credential.has_signed(request));
}

TEST_CASE("The key is computed without quotes around the realm and NULs after it, but requests return the realm unchanged [RFC 8489 section 9.2.2]") {
  LongTermCredential credential({"user", "pass"});
  const std::string quoted("\"realm\"\0", 8);
  CHECK_FALSE(refusal_of(credential, {.realm = quoted}));
  const auto octets = signed_by(credential);
  const auto request = StunMessage::parse(octets).value();
  CHECK(request.is_signed_with(rtp::HmacSha1(hex_octets("8493fbc53ba582fb4c044c456bdc40eb"))));
  CHECK(request.text(StunAttribute::Realm) == quoted);
}

// The RFC's own test vector is wrong: its length counts the header, and PASSWORD-ALGORITHM is absent. This vector is that of erratum 6268.
TEST_CASE("MESSAGE-INTEGRITY-SHA256 and USERHASH have the values of the corrected test vector [RFC 8489 section 14.6, RFC 8489 section B.1]") {
  const std::string username = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3\x82\xb9";
  const auto octets = hex_octets(
      "000100902112a44278ad3433c6ad72c029da412e001e00204a3cf38fef6992bda952c6780417da0f24819415569e60b205c46e41407f170400150029"
      "6f624d61744a6f733241414143662f2f3439396b39353464364f4c33346f4c394653547679363473410000000014000b6578616d706c652e6f726700"
      "001d000400020000001c0020b5c7bf005b6c52a21c51c5e892f81924136296cb927c43149309278cc6518e65");
  const auto message = StunMessage::parse(octets);
  REQUIRE(message);
  CHECK(message->is_signed_with(rtp::HmacSha256(hash_of(username + ":example.org:TheMatrIX", EVP_sha256()))));
  CHECK_FALSE(message->is_signed_with(rtp::HmacSha256(Octets{1})));
  LongTermCredential credential({username, "TheMatrIX"});
  CHECK_FALSE(refusal_of(credential, {.nonce = "obMatJos2AAACf//499k954d6OL34oL9FSTvy64sA"}));
  const auto request_octets = signed_by(credential);
  const auto request = StunMessage::parse(request_octets).value();
  const auto hash = request.find(StunAttribute::Userhash).value(), expected = message->find(StunAttribute::Userhash).value();
  CHECK(std::equal(hash.begin(), hash.end(), expected.begin(), expected.end()));
  CHECK_FALSE(request.has(StunAttribute::Username));
}

TEST_CASE("The client uses the first known algorithm of PASSWORD-ALGORITHMS, returns the list, and signs with SHA-256 [RFC 8489 sections 9.2.5 and 18.5]") {
  for (const auto& [list, algorithm] : {std::pair(kSha256First, 2U), std::pair(kMd5First, 1U), std::pair(joined(kOnlyUnknown, kSha256First), 2U)}) {
    LongTermCredential credential({"user", "pass"});
    CHECK_FALSE(refusal_of(credential, {.algorithms = list}));
    const auto octets = signed_by(credential);
    const auto request = StunMessage::parse(octets).value();
    CHECK(request.number(StunAttribute::PasswordAlgorithm) == algorithm << 16);
    const auto returned = request.find(StunAttribute::PasswordAlgorithms).value();
    CHECK(std::equal(returned.begin(), returned.end(), list.begin(), list.end()));
    CHECK_FALSE(request.has_integrity());
    CHECK(request.is_signed_with(rtp::HmacSha256(hash_of("user:example.org:pass", algorithm == 2 ? EVP_sha256() : EVP_md5()))));
  }
}

TEST_CASE("A challenge without the PASSWORD-ALGORITHMS that its nonce or an earlier challenge promises is refused [RFC 8489 sections 9.2.1 and 18.1]") {
  for (const std::string cookie : {"obMatJos2gAAA", "obMatJos2AAAB"}) {  // The registry counts the bits from the left, erratum 6290 from the right.
    LongTermCredential credential({"user", "pass"});
    CHECK(refusal_of(credential, {.nonce = cookie + "abc"}) == ChallengeError::BidDown);
    CHECK_FALSE(credential.is_challenged());
    CHECK_FALSE(refusal_of(credential, {.nonce = cookie + "abc", .algorithms = kSha256First}));
    CHECK(refusal_of(credential, {}) == ChallengeError::BidDown);
    credential.forget();
    CHECK_FALSE(refusal_of(credential, {}));
  }
  for (const std::string no_cookie : {"obMatJos2", "obMatJos2gAA", "obMatJos2g===", "obMatJos3gAAA", "xobMatJos2gAAA"}) {
    LongTermCredential credential({"user", "pass"});
    CHECK_FALSE(refusal_of(credential, {.nonce = no_cookie}));
  }
}

TEST_CASE("on_challenge() refuses a challenge without a usable realm, nonce or algorithm, and too long texts [RFC 8489 sections 14.3, 14.9 and 14.10]") {
  LongTermCredential credential({"user", "pass"});
  const std::string longest(LongTermCredential::kMaxTextOctets, 'a'), too_long = longest + "a";
  CHECK(refusal_of(credential, {.realm = ""}) == ChallengeError::Malformed);
  CHECK(refusal_of(credential, {.nonce = ""}) == ChallengeError::Malformed);
  CHECK(refusal_of(credential, {.realm = too_long}) == ChallengeError::Malformed);
  CHECK(refusal_of(credential, {.nonce = too_long}) == ChallengeError::Malformed);
  CHECK(refusal_of(credential, {.algorithms = Octets{}}) == ChallengeError::NoCommonAlgorithm);
  CHECK(refusal_of(credential, {.algorithms = kOnlyUnknown}) == ChallengeError::NoCommonAlgorithm);
  CHECK(refusal_of(credential, {.algorithms = Octets{0, 2, 0, 9}}) == ChallengeError::NoCommonAlgorithm);
  CHECK_FALSE(credential.is_challenged());
  Octets longest_list = kSha256First;
  while (longest_list.size() < LongTermCredential::kMaxAlgorithmsOctets) longest_list = joined(longest_list, kOnlyUnknown);
  CHECK(refusal_of(credential, {.algorithms = joined(longest_list, kOnlyUnknown)}) == ChallengeError::NoCommonAlgorithm);

  LongTermCredential long_name({longest, "pass"});
  CHECK_FALSE(refusal_of(long_name, {.realm = longest, .nonce = longest, .algorithms = longest_list}));
  CHECK(signed_by(long_name).size() <= rtp::kStunHeaderOctets + LongTermCredential::kMaxAddedOctets);
  LongTermCredential too_long_name({too_long, "pass"});
  CHECK(refusal_of(too_long_name, {}) == ChallengeError::UsernameTooLong);
}

// The expected password is the output of `printf %s 1700000000:alice | openssl dgst -sha1 -hmac s3cret -binary | base64`.
TEST_CASE("time_limited_credential has the expiry in the name, and the HMAC-SHA1 of the name as the password") {
  const auto credential = rtp::time_limited_credential("s3cret", "alice", 1700000000);
  CHECK(credential.username == "1700000000:alice");
  CHECK(credential.password == "TtElzSjT0GdnTQ9xdcRNxx96yQs=");
}
