#include <offhook/media/dtls/detail/record_screen.hpp>

#include "handshake_records.hpp"

#include <doctest/doctest.h>

using namespace offhook_test;
using offhook::media::DtlsRole;
using namespace offhook::media::detail;

namespace {

const Octets kHello = message(1, 3, 0, 0, {1, 2, 3});

ScreenedDatagram screen(const Octets& datagram, DtlsRole role = DtlsRole::Server, bool is_authenticated = false) {
  return RecordScreen(role).screen(datagram, is_authenticated);
}

bool passes(const Record& record, DtlsRole role = DtlsRole::Server, bool is_authenticated = false) {
  const Octets datagram = octets_of(record);
  const auto screened = screen(datagram, role, is_authenticated);
  CHECK((screened.plain.empty() || screened.plain == datagram));
  CHECK((screened.encrypted.empty() || screened.encrypted == datagram));
  return !screened.plain.empty() || !screened.encrypted.empty();
}

}  // namespace

TEST_CASE("RecordScreen lets well-formed messages of the peer's role pass [RFC 6347 section 4.2.2]") {
  for (const std::uint8_t from_client : Octets{1, 11, 15, 16}) CHECK(passes({.fragment = message(from_client, 1, 0, 0, {0})}, DtlsRole::Server));
  for (const std::uint8_t from_server : Octets{2, 3, 11, 12, 13, 14}) CHECK(passes({.fragment = message(from_server, 1, 0, 0, {0})}, DtlsRole::Client));
  CHECK(passes({.fragment = message(14, 0, 4, 0, {})}, DtlsRole::Client));
  CHECK(passes({.fragment = message(1, 10, 0, 7, {1, 2, 3})}));
  CHECK(passes({.fragment = joined(kHello, kHello)}));
  CHECK(passes({.content = 20, .fragment = {1}}));
}

TEST_CASE("RecordScreen removes messages that only this side's role sends, HelloRequest, unencrypted Finished and unknown messages") {
  for (const std::uint8_t other : Octets{0, 2, 3, 12, 13, 14, 4, 20, 22, 255})
    CHECK_FALSE(passes({.fragment = message(other, 1, 0, 0, {0})}, DtlsRole::Server));
  for (const std::uint8_t other : Octets{0, 1, 15, 16, 4, 20, 255}) CHECK_FALSE(passes({.fragment = message(other, 1, 0, 0, {0})}, DtlsRole::Client));
}

TEST_CASE("RecordScreen removes malformed messages, and records with unexpected content types [RFC 6347 section 4.1.2.7]") {
  CHECK_FALSE(passes({.fragment = {}}));
  CHECK_FALSE(passes({.fragment = Octets(kHello.begin(), kHello.end() - 1)}));
  CHECK_FALSE(passes({.fragment = joined(kHello, {1})}));
  CHECK_FALSE(passes({.fragment = message(1, 2, 0, 0, {1, 2, 3})}));
  CHECK_FALSE(passes({.fragment = message(1, 3, 0, 1, {1, 2, 3})}));
  CHECK_FALSE(passes({.fragment = message(1, 3, 0, 0, {})}));
  CHECK_FALSE(passes({.content = 20, .fragment = {2}}));
  CHECK_FALSE(passes({.content = 20, .fragment = {1, 1}}));
  for (const int content : {0, 19, 21, 23, 24, 25, 26, 255}) CHECK_FALSE(passes({.content = static_cast<std::uint8_t>(content), .fragment = kHello}));
  for (const int version : {0x0303, 0xfefc, 0xfefe, 0xff00}) CHECK_FALSE(passes({.version = static_cast<std::uint16_t>(version), .fragment = kHello}));
  CHECK(passes({.version = 0xfeff, .fragment = kHello}));
}

TEST_CASE("RecordScreen lets messages of kMaxMessageOctets pass, and removes longer messages") {
  CHECK(passes({.fragment = message(1, RecordScreen::kMaxMessageOctets, 0, 0, {1})}));
  CHECK_FALSE(passes({.fragment = message(1, RecordScreen::kMaxMessageOctets + 1, 0, 0, {1})}));
}

TEST_CASE("RecordScreen reads kMaxRecords records of a datagram, and drops further records") {
  Octets datagram;
  for (std::size_t i = 0; i < RecordScreen::kMaxRecords; ++i) datagram = joined(datagram, octets_of({.sequence = i, .fragment = kHello}));
  CHECK(screen(datagram).plain == datagram);
  const Octets longer = joined(datagram, octets_of({.sequence = RecordScreen::kMaxRecords, .fragment = kHello}));
  CHECK(screen(longer).plain == datagram);
}

TEST_CASE("RecordScreen removes only the bad records of a datagram, but everything from a truncated record on") {
  const Octets good = octets_of({.fragment = kHello}), bad = octets_of({.content = 23, .fragment = kHello});
  const Octets truncated(good.begin(), good.end() - 1);
  CHECK(screen(joined(joined(bad, good), joined(bad, truncated))).plain == good);
  for (std::size_t size = 0; size < good.size(); ++size) {
    const Octets part(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    CHECK(screen(part).plain.empty());
  }
}

TEST_CASE("RecordScreen gives plain records new numbers, so that the peer's records count as new after a forged number [RFC 6347 section 4.1.2.6]") {
  RecordScreen screen(DtlsRole::Server);
  const std::uint64_t numbers[] = {7, 0xffffffffffff, 8, 8};
  for (std::uint64_t i = 0; i < std::size(numbers); ++i)
    CHECK(screen.screen(octets_of({.sequence = numbers[i], .fragment = kHello}), false).plain == octets_of({.sequence = i, .fragment = kHello}));
}

TEST_CASE("RecordScreen separates encrypted messages and alerts, and lets them pass unchanged") {
  const Octets any(40, 9);
  const Octets plain = octets_of({.fragment = kHello});
  for (const std::uint8_t content : Octets{21, 22}) {
    const Octets encrypted = octets_of({.content = content, .epoch = 1, .sequence = 0xffffffffffff, .fragment = any});
    const auto both = screen(joined(plain, encrypted));
    CHECK(both.plain == plain);
    CHECK(both.encrypted == encrypted);
    const auto after = screen(joined(plain, encrypted), DtlsRole::Server, true);
    CHECK(after.plain.empty());
    CHECK(after.encrypted == encrypted);
  }
  CHECK_FALSE(passes({.content = 23, .epoch = 1, .fragment = any}));
  CHECK_FALSE(passes({.content = 20, .epoch = 1, .fragment = {1}}));
  CHECK_FALSE(passes({.epoch = 2, .fragment = any}));
}

TEST_CASE("RecordScreen lets encrypted records of kMinEncryptedOctets pass, and removes shorter records [RFC 5288 section 3]") {
  for (const bool is_authenticated : {false, true}) {
    CHECK(passes({.content = 21, .epoch = 1, .fragment = Octets(RecordScreen::kMinEncryptedOctets, 9)}, DtlsRole::Server, is_authenticated));
    CHECK_FALSE(passes({.content = 21, .epoch = 1, .fragment = Octets(RecordScreen::kMinEncryptedOctets - 1, 9)}, DtlsRole::Server, is_authenticated));
  }
}

TEST_CASE("RecordScreen reports unencrypted alerts that would end the handshake, and removes all unencrypted alerts [RFC 5246 section 7.2]") {
  const auto alert = [](std::uint8_t level, std::uint8_t description, bool is_authenticated = false) {
    const auto screened = screen(octets_of({.content = 21, .fragment = {level, description}}), DtlsRole::Client, is_authenticated);
    CHECK(screened.plain.empty());
    return screened.alert;
  };
  CHECK(alert(2, 40) == 40);
  CHECK(alert(1, 0) == 0);
  CHECK(alert(1, 90) == std::nullopt);
  CHECK(alert(2, 40, true) == std::nullopt);
  CHECK(screen(octets_of({.content = 21, .epoch = 1, .fragment = {2, 40}})).alert == std::nullopt);
  CHECK(screen(octets_of({.content = 21, .fragment = {2, 40, 0}})).alert == std::nullopt);
}
