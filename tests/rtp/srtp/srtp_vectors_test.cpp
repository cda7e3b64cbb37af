#include <offhook/rtp/srtp/detail/session_cipher.hpp>
#include <offhook/rtp/srtp/detail/session_keys.hpp>
#include <offhook/tests/testkit/octets.hpp>
#include <offhook/tests/testkit/shared_data.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

using namespace offhook;
using offhook_test::Octets;
using rtp::SrtpMasterKey;
using rtp::SrtpSuite;
using rtp::detail::SessionCipher;
using rtp::detail::SessionKeys;
using rtp::detail::SrtpProtocol;

namespace {

Octets octets_of(std::string_view hex) {
  Octets out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out.push_back(static_cast<std::uint8_t>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  return out;
}

SessionKeys keys_of(const Octets& cipher, const Octets& salt) {
  SessionKeys keys;
  std::copy(cipher.begin(), cipher.end(), keys.cipher.begin());
  std::copy(salt.begin(), salt.end(), keys.salt.begin());
  return keys;
}

/// The packet of a vector of RFC 7714, in the parts that a SessionCipher takes.
struct Vector {
  Octets plain, sealed;        // header and body in plain text; the sealed packet with its tag, but without the SRTCP index
  std::size_t header_octets = 0;
  Octets index;                // the SRTCP word with the E flag
  SessionCipher::Position position;
};

/// Seals the plain text, then opens the result, and compares both with the vector.
void check(SrtpSuite suite, const SessionKeys& keys, SrtpProtocol protocol, const Vector& vector) {
  constexpr std::size_t kTag = 16;
  auto seal = SessionCipher::make(suite, keys, protocol, SessionCipher::Direction::Seal);
  auto open = SessionCipher::make(suite, keys, protocol, SessionCipher::Direction::Open);
  REQUIRE(seal);
  REQUIRE(open);
  Octets packet = vector.plain;
  packet.resize(packet.size() + kTag);
  const auto parts = [&](Octets& all) {
    const std::span whole(all);
    return SessionCipher::Parts{.header = whole.first(vector.header_octets),
                                .body = whole.subspan(vector.header_octets, all.size() - kTag - vector.header_octets),
                                .index = vector.index, .tag = whole.last(kTag)};
  };
  REQUIRE(seal->seal(parts(packet), vector.position));
  CHECK(packet == vector.sealed);
  REQUIRE(open->open(parts(packet), vector.position));
  CHECK(std::equal(vector.plain.begin(), vector.plain.end(), packet.begin()));
  for (std::size_t at = 0; at < vector.sealed.size(); ++at) {
    Octets changed = vector.sealed;
    changed[at] ^= 1;
    CHECK_FALSE(open->open(parts(changed), vector.position));
  }
}

std::string text_of(const nlohmann::json& vector, std::string_view name) { return vector.at(std::string(name)).get<std::string>(); }

}  // namespace

TEST_CASE("SessionCipher makes the keystream of AES in counter mode [RFC 3711 appendix B.2]") {
  auto cipher = SessionCipher::make(SrtpSuite::AesCm128Sha1_80, keys_of(octets_of("2b7e151628aed2a6abf7158809cf4f3c"), octets_of("f0f1f2f3f4f5f6f7f8f9fafbfcfd")),
                                    SrtpProtocol::Srtp, SessionCipher::Direction::Seal);
  REQUIRE(cipher);
  Octets stream(0xff02 * 16), tag(10);
  REQUIRE(cipher->seal({.header = base::Bytes(stream).first(0), .body = stream, .index = {}, .tag = tag}, {.ssrc = 0, .index = 0}));
  struct Row { std::size_t block; std::string_view octets; };
  for (const Row& row : {Row{0x0000, "e03ead0935c95e80e166b16dd92b4eb4"}, Row{0x0001, "d23513162b02d0f72a43a2fe4a5f97ab"},
                         Row{0x0002, "41e95b3bb0a2e8dd477901e4fca894c0"}, Row{0xfeff, "ec8cdf7398607cb0f2d21675ea9ea1e4"},
                         Row{0xff00, "362b7c3c6773516318a077d7fc5073ae"}, Row{0xff01, "6a2cc3787889374fbeb4c81b17ba6c44"}}) {
    CAPTURE(row.block);
    const auto expected = octets_of(row.octets);
    CHECK(std::equal(expected.begin(), expected.end(), stream.begin() + static_cast<std::ptrdiff_t>(16 * row.block)));
  }
}

TEST_CASE("derive_session_keys derives the keys of SRTP from a master key [RFC 3711 appendix B.3]") {
  const auto master = SrtpMasterKey::make(SrtpSuite::AesCm128Sha1_80, octets_of("e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6"));
  REQUIRE(master);
  const auto keys = rtp::detail::derive_session_keys(*master, SrtpProtocol::Srtp);
  REQUIRE(keys);
  const auto starts_with = [](const auto& key, std::string_view hex) {
    const auto expected = octets_of(hex);
    return std::equal(expected.begin(), expected.end(), key.begin());
  };
  CHECK(starts_with(keys->cipher, "c61e7a93744f39ee10734afe3ff7a087"));
  CHECK(starts_with(keys->salt, "30cbbc08863d8c85d49db34a9ae1"));
  CHECK(starts_with(keys->code, "cebe321f6ff7716b6fd4ab49af256a156d38baa4"));
  CHECK_FALSE(SrtpMasterKey::make(SrtpSuite::AesCm128Sha1_80, Octets(29)));
  CHECK_FALSE(SrtpMasterKey::make(SrtpSuite::AesCm128Sha1_80, Octets(31)));
}

TEST_CASE("SessionCipher seals and opens the packets of the RFC, and refuses each with one changed bit [RFC 7714 sections 16 and 17]") {
  if (!offhook_test::has_shared_data("vectors/srtp.json")) return offhook_test::skip("the vectors of RFC 7714 are in the shared test data");
  std::ifstream file(offhook_test::shared_data("vectors/srtp.json"));
  const auto all = nlohmann::json::parse(file).at("rfc7714");
  int checked = 0;
  for (const auto& vector : all) {
    const std::string id = text_of(vector, "id"), title = text_of(vector, "title");
    CAPTURE(id);
    const bool is_srtp = title.rfind("SRTP ", 0) == 0;
    const auto packets = vector.at("packets");
    if (packets.size() != 2 || title.find("cryption") == std::string::npos) continue;  // The vectors for tags alone have the same packets.
    Octets first = octets_of(text_of(packets[0], "hex")), second = octets_of(text_of(packets[1], "hex"));
    const bool encrypts = first.size() < second.size() && title.find("Encryption") != std::string::npos;
    Vector made{.plain = encrypts ? first : second, .sealed = encrypts ? second : first, .header_octets = is_srtp ? 12U : 8U, .index = Octets(4), .position = {}};
    const auto& header = made.sealed;
    const auto number = [&header](std::size_t at, std::size_t octets) {
      std::uint64_t value = 0;
      for (std::size_t i = 0; i < octets; ++i) value = value << 8 | header[at + i];
      return value;
    };
    made.position.ssrc = static_cast<std::uint32_t>(number(is_srtp ? 8 : 4, 4));
    made.position.index = is_srtp ? number(2, 2) : number(header.size() - 4, 4) & 0x7fffffff;
    if (!is_srtp) {
      made.index.assign(made.sealed.end() - 4, made.sealed.end());
      made.sealed.resize(made.sealed.size() - 4);
    }
    if (made.plain.size() + 16 != made.sealed.size()) made.plain.insert(made.plain.begin(), made.sealed.begin(), made.sealed.begin() + 12);
    const auto key = octets_of(text_of(vector, "key"));
    check(key.size() == 32 ? SrtpSuite::AeadAes256Gcm : SrtpSuite::AeadAes128Gcm, keys_of(key, octets_of(text_of(vector, "salt"))),
          is_srtp ? SrtpProtocol::Srtp : SrtpProtocol::Srtcp, made);
    ++checked;
  }
  CHECK(checked == 6);
  for (const auto& vector : all) {
    const std::string id = text_of(vector, "id"), title = text_of(vector, "title");
    CAPTURE(id);
    if (title.find("cryption") != std::string::npos) continue;
    const bool is_srtp = title.rfind("SRTP ", 0) == 0;
    Vector made{.plain = octets_of(text_of(vector, "aad")), .sealed = {}, .header_octets = 0, .index = Octets(4), .position = {}};
    if (!is_srtp) {  // A packet without encryption: the authenticated data ends with the word, whose E flag is 0.
      made.index.assign(made.plain.end() - 4, made.plain.end());
      made.plain.resize(made.plain.size() - 4);
    }
    made.header_octets = made.plain.size();
    made.sealed = offhook_test::joined(made.plain, octets_of(text_of(vector, "tag")));
    const auto iv = octets_of(text_of(vector, "iv")), salt = octets_of(text_of(vector, "salt"));
    for (std::size_t i = 2; i < 6; ++i) made.position.ssrc = made.position.ssrc << 8 | static_cast<std::uint32_t>(iv[i] ^ salt[i]);
    for (std::size_t i = 6; i < 12; ++i) made.position.index = made.position.index << 8 | static_cast<std::uint64_t>(iv[i] ^ salt[i]);
    const auto key = octets_of(text_of(vector, "key"));
    check(key.size() == 32 ? SrtpSuite::AeadAes256Gcm : SrtpSuite::AeadAes128Gcm, keys_of(key, salt), is_srtp ? SrtpProtocol::Srtp : SrtpProtocol::Srtcp, made);
    ++checked;
  }
  CHECK(checked == 12);
}
