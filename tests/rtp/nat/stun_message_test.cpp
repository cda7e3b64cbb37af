#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>
#include <offhook/tests/testkit/octets.hpp>
#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace offhook;
using offhook_test::Octets;
using rtp::StunAttribute;
using rtp::StunClass;
using rtp::StunError;
using rtp::StunMessage;
using rtp::StunMethod;
using rtp::StunWriter;

namespace {

const rtp::StunId kId{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

base::Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
rtp::HmacSha1 key_of(std::string_view text) { return rtp::HmacSha1(bytes_of(text)); }

template <class Add>
Octets written(Add add, StunClass kind = StunClass::Request) {
  Octets out(2000);
  StunWriter writer(out, StunMethod::Binding, kind, kId);
  add(writer);
  out.resize(writer.finish().value());
  return out;
}

/// Returns the error with which StunMessage refuses the datagram, or nullopt.
std::optional<StunError> refusal(const Octets& octets) {
  const auto message = StunMessage::parse(octets);
  return message ? std::nullopt : std::optional(message.error());
}

Octets signed_request() {
  return written([](StunWriter& writer) {
    writer.add(StunAttribute::Username, "them:us");
    writer.add_number(StunAttribute::Priority, 0x6e0001ff);
    writer.sign(key_of("password"));
    writer.add_fingerprint();
  });
}

Octets file_of(const std::string& name) {
  std::ifstream file(offhook_test::shared_data("vectors/" + name), std::ios::binary);
  return Octets(std::istreambuf_iterator<char>(file), {});
}

base::SocketAddress address_of(const std::string& text) {
  const auto colon = text.rfind(':');
  std::string ip = text.substr(0, colon);
  if (ip.front() == '[') ip = ip.substr(1, ip.size() - 2);
  return {base::IpAddress::parse(ip).value(), static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)))};
}

}  // namespace

TEST_CASE("StunMessage reads the test vectors, and verifies their integrity and fingerprint [RFC 5769 section 2]") {
  if (!offhook_test::has_shared_data("vectors/stun-rfc5769.json")) return offhook_test::skip("the vectors of RFC 5769 are in the shared test data");
  std::ifstream file(offhook_test::shared_data("vectors/stun-rfc5769.json"));
  int read = 0;
  for (const auto& vector : nlohmann::json::parse(file)) {
    const auto name = vector.at("file").get<std::string>();
    CAPTURE(name);
    const auto octets = file_of(name);
    const auto message = StunMessage::parse(octets);
    REQUIRE(message);
    CHECK(message->has_fingerprint() == vector.at("fingerprint").get<bool>());
    CHECK(message->text(StunAttribute::Software) == vector.value("software", ""));
    CHECK(message->text(StunAttribute::Username) == vector.value("username", ""));
    CHECK(message->text(StunAttribute::Realm) == vector.value("realm", ""));
    CHECK(message->text(StunAttribute::Nonce) == vector.value("nonce", ""));
    if (vector.contains("mapped")) CHECK(message->address(StunAttribute::XorMappedAddress) == address_of(vector.at("mapped").get<std::string>()));
    CHECK(message->unknown().empty());
    if (vector.at("credential") == "short-term") CHECK(message->is_signed_with(key_of(vector.at("password").get<std::string>())));
    CHECK_FALSE(message->is_signed_with(key_of("another password")));
    ++read;
  }
  CHECK(read == 4);
}

TEST_CASE("StunMessage reads each attribute that StunWriter writes [RFC 8489 section 5]") {
  const base::SocketAddress v4{base::IpAddress::v4({192, 0, 2, 1}), 32853}, v6{base::IpAddress::parse("2001:db8::1").value(), 5};
  const auto octets = written([&](StunWriter& writer) {
    writer.add(StunAttribute::Username, "abc");
    writer.add_long_number(StunAttribute::IceControlling, 0x0123456789abcdef);
    writer.add_flag(StunAttribute::UseCandidate);
    writer.add_address(StunAttribute::XorPeerAddress, v4);
    writer.add_address(StunAttribute::XorPeerAddress, v6);
    writer.add_address(StunAttribute::MappedAddress, v4);
    writer.add_error(487, "Role Conflict");
    writer.add_fingerprint();
  }, StunClass::Error);
  const auto message = StunMessage::parse(octets);
  REQUIRE(message);
  CHECK(message->kind() == StunClass::Error);
  CHECK(message->is(StunMethod::Binding));
  CHECK(message->id() == kId);
  CHECK(message->text(StunAttribute::Username) == "abc");
  CHECK(message->long_number(StunAttribute::IceControlling) == 0x0123456789abcdef);
  CHECK(message->has(StunAttribute::UseCandidate));
  CHECK_FALSE(message->has(StunAttribute::Priority));
  CHECK(message->addresses(StunAttribute::XorPeerAddress) == std::vector{v4, v6});
  CHECK(message->address(StunAttribute::MappedAddress) == v4);
  REQUIRE(message->error());
  CHECK(message->error()->code == 487);
  CHECK(message->error()->reason == "Role Conflict");
  CHECK(message->has_fingerprint());
  CHECK_FALSE(message->has_integrity());
}

TEST_CASE("The message type has the bits of method and class in their places, for each combination [RFC 8489 section 5]") {
  struct Row { StunMethod method; StunClass kind; std::uint16_t type; };
  for (const Row& row : {Row{StunMethod::Binding, StunClass::Request, 0x0001}, Row{StunMethod::Binding, StunClass::Indication, 0x0011},
                         Row{StunMethod::Binding, StunClass::Success, 0x0101}, Row{StunMethod::Binding, StunClass::Error, 0x0111},
                         Row{StunMethod::Allocate, StunClass::Request, 0x0003}, Row{StunMethod::Data, StunClass::Indication, 0x0017},
                         Row{StunMethod::ChannelBind, StunClass::Success, 0x0109}}) {
    Octets out(20);
    const StunWriter writer(out, row.method, row.kind, kId);
    REQUIRE(writer.finish());
    CHECK((out[0] << 8 | out[1]) == row.type);
    const auto message = StunMessage::parse(out);
    REQUIRE(message);
    CHECK(message->is(row.method));
    CHECK(message->kind() == row.kind);
  }
}

TEST_CASE("StunMessage refuses a fingerprint that is wrong or not last, and the integrity fails after any changed bit [RFC 8489 section 14]") {
  const auto octets = signed_request();
  REQUIRE(StunMessage::parse(octets)->is_signed_with(key_of("password")));
  constexpr std::size_t kFingerprint = 8;  // The integrity does not cover the fingerprint.
  for (std::size_t at = 0; at < octets.size() - kFingerprint; ++at) {
    Octets changed = octets;
    changed[at] ^= 0x10;
    const auto message = StunMessage::parse(changed);
    CHECK((!message || !message->is_signed_with(key_of("password"))));
  }
  Octets wrong = octets;
  wrong.back() ^= 1;
  CHECK(refusal(wrong) == StunError::BadFingerprint);
  const auto not_last = written([](StunWriter& writer) {
    writer.add_fingerprint();
    writer.add_flag(StunAttribute::UseCandidate);
  });
  CHECK(refusal(not_last) == StunError::BadFingerprint);
}

TEST_CASE("StunMessage ignores attributes after the integrity [RFC 8489 section 14.5]") {
  const auto octets = written([](StunWriter& writer) {
    writer.add(StunAttribute::Username, "them:us");
    writer.sign(key_of("password"));
    writer.add_flag(StunAttribute::UseCandidate);
  });
  const auto message = StunMessage::parse(octets);
  REQUIRE(message);
  CHECK(message->is_signed_with(key_of("password")));
  CHECK(message->has(StunAttribute::Username));
  CHECK_FALSE(message->has(StunAttribute::UseCandidate));
}

TEST_CASE("StunMessage verifies MESSAGE-INTEGRITY-SHA256, and ignores all attributes after it except the fingerprint [RFC 8489 section 14.6]") {
  const rtp::HmacSha256 key(bytes_of("password"));
  const auto octets = written([&](StunWriter& writer) {
    writer.add(StunAttribute::Username, "them:us");
    writer.sign(key);
    writer.add_flag(StunAttribute::UseCandidate);
    writer.sign(key_of("password"));
    writer.add_fingerprint();
  });
  const auto message = StunMessage::parse(octets);
  REQUIRE(message);
  CHECK(message->has_integrity_sha256());
  CHECK(message->is_signed_with(key));
  CHECK_FALSE(message->is_signed_with(rtp::HmacSha256(bytes_of("another password"))));
  CHECK_FALSE(message->has_integrity());
  CHECK_FALSE(message->is_signed_with(key_of("password")));
  CHECK(message->has(StunAttribute::Username));
  CHECK_FALSE(message->has(StunAttribute::UseCandidate));
  CHECK(message->has_fingerprint());
  const auto both = written([&](StunWriter& writer) {
    writer.sign(key_of("password"));
    writer.sign(key);
  });
  CHECK(StunMessage::parse(both)->is_signed_with(key_of("password")));
  CHECK(StunMessage::parse(both)->is_signed_with(key));
}

TEST_CASE("StunMessage parses a truncated MESSAGE-INTEGRITY-SHA256, but does not accept it as integrity [RFC 8489 section 14.6]") {
  const rtp::HmacSha256 key(bytes_of("password"));
  for (std::size_t size = 0; size <= 40; ++size) {
    const auto octets = written([size](StunWriter& writer) { writer.add(StunAttribute::MessageIntegritySha256, Octets(size)); });
    const bool is_valid = size >= 16 && size <= 32 && size % 4 == 0;
    CHECK(StunMessage::parse(octets).has_value() == is_valid);
    if (is_valid) CHECK_FALSE(StunMessage::parse(octets)->is_signed_with(key));
  }
  auto truncated = written([&](StunWriter& writer) { writer.sign(key); });
  truncated[21 + 2] = 16;
  truncated[3] = 20;
  truncated.resize(truncated.size() - 16);
  CHECK(StunMessage::parse(truncated)->has_integrity_sha256());
  CHECK_FALSE(StunMessage::parse(truncated)->is_signed_with(key));
}

TEST_CASE("StunMessage refuses datagrams that are cut off at any octet, and attributes with any wrong length") {
  const auto octets = signed_request();
  for (std::size_t size = 0; size < octets.size(); ++size) CHECK_FALSE(StunMessage::parse(Octets(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(size))));
  for (std::uint32_t length = 0; length <= 0xffff; ++length) {
    Octets changed = octets;
    changed[22] = static_cast<std::uint8_t>(length >> 8);
    changed[23] = static_cast<std::uint8_t>(length);
    const auto message = StunMessage::parse(changed);
    CHECK((length == 7 || !message || !message->is_signed_with(key_of("password"))));
  }
  Octets other_cookie = octets;
  other_cookie[4] ^= 1;
  CHECK(refusal(other_cookie) == StunError::NotStun);
  other_cookie = octets;
  other_cookie[0] |= 0x40;
  CHECK(refusal(other_cookie) == StunError::NotStun);
}

TEST_CASE("A message has up to 64 attributes; StunMessage refuses more") {
  const auto with = [](std::size_t count) {
    return written([count](StunWriter& writer) {
      for (std::size_t i = 0; i < count; ++i) writer.add_flag(StunAttribute::UseCandidate);
    });
  };
  CHECK(StunMessage::parse(with(rtp::kMaxStunAttributes)));
  CHECK(refusal(with(rtp::kMaxStunAttributes + 1)) == StunError::TooMany);
}

TEST_CASE("StunMessage lists unknown attributes that a receiver must understand [RFC 8489 section 6.3.1]") {
  const auto octets = written([](StunWriter& writer) {
    writer.add_flag(static_cast<StunAttribute>(0x7fff));
    writer.add_flag(static_cast<StunAttribute>(0x8fff));
    writer.add_flag(StunAttribute::UseCandidate);
    writer.add_flag(static_cast<StunAttribute>(0x0099));
  });
  CHECK(StunMessage::parse(octets)->unknown() == std::vector<std::uint16_t>{0x7fff, 0x0099});
  CHECK(StunMessage::parse(octets)->has_unknown());
  CHECK_FALSE(StunMessage::parse(signed_request())->has_unknown());
}

TEST_CASE("StunMessage returns no address, number or error for malformed values") {
  const auto value = [](StunAttribute attribute, const Octets& octets) {
    return written([&](StunWriter& writer) { writer.add(attribute, octets); });
  };
  for (const Octets& bad : {Octets{}, Octets{0, 1, 0, 5}, Octets{0, 1, 0, 5, 1, 2, 3}, Octets{0, 2, 0, 5, 1, 2, 3, 4}, Octets(20, 1), Octets{0, 3, 0, 5, 1, 2, 3, 4}})
    CHECK_FALSE(StunMessage::parse(value(StunAttribute::XorMappedAddress, bad))->address(StunAttribute::XorMappedAddress));
  for (const Octets& bad : {Octets{}, Octets{0, 0, 4}, Octets{0, 0, 2, 0}, Octets{0, 0, 7, 0}, Octets{0, 0, 4, 100}})
    CHECK_FALSE(StunMessage::parse(value(StunAttribute::ErrorCode, bad))->error());
  CHECK_FALSE(StunMessage::parse(value(StunAttribute::Priority, Octets(3)))->number(StunAttribute::Priority));
  CHECK_FALSE(StunMessage::parse(value(StunAttribute::IceControlled, Octets(4)))->long_number(StunAttribute::IceControlled));
}

TEST_CASE("StunWriter reports a buffer that is too small, at each size") {
  const auto whole = signed_request();
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    Octets out(size);
    StunWriter writer(out, StunMethod::Binding, StunClass::Request, kId);
    writer.add(StunAttribute::Username, "them:us");
    writer.add_number(StunAttribute::Priority, 0x6e0001ff);
    writer.sign(key_of("password"));
    writer.add_fingerprint();
    CHECK(writer.finish().has_value() == (size == whole.size()));
  }
}

TEST_CASE("HmacSha1 has the values of the test cases, with short and long keys [RFC 2202 section 3]") {
  const auto hex = [](const rtp::HmacSha1::Digest& digest) {
    std::string text;
    for (const auto octet : digest) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      text += kDigits[octet >> 4];
      text += kDigits[octet & 15];
    }
    return text;
  };
  CHECK(hex(rtp::HmacSha1(Octets(20, 0x0b)).of(bytes_of("Hi "), bytes_of("There"))) == "b617318655057264e28bc0b6fb378c8ef146be00");
  CHECK(hex(key_of("Jefe").of(bytes_of("what do ya want for nothing?"), {})) == "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
  CHECK(hex(rtp::HmacSha1(Octets(80, 0xaa)).of(bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"), {})) == "aa4ae5e15272d00e95705637ce8a3b55ed402112");
}

TEST_CASE("HmacSha256 has the values of the test cases, with short and long keys [RFC 4231 section 4]") {
  const auto starts_with = [](const rtp::HmacSha256::Digest& digest, std::uint32_t first, std::uint32_t last) {
    return base::ByteReader(digest).u32() == first && base::ByteReader(base::Bytes(digest).last(4)).u32() == last;
  };
  CHECK(starts_with(rtp::HmacSha256(Octets(20, 0x0b)).of(bytes_of("Hi "), bytes_of("There")), 0xb0344c61, 0x2e32cff7));
  CHECK(starts_with(rtp::HmacSha256(bytes_of("Jefe")).of(bytes_of("what do ya want "), bytes_of("for nothing?")), 0x5bdcc146, 0x64ec3843));
  CHECK(starts_with(rtp::HmacSha256(Octets(131, 0xaa)).of(bytes_of("Test Using Larger Than Block-Size Key - Hash Key First"), {}), 0x60e43159, 0x0ee37f54));
}
