#include "dns_message.hpp"

#include <offhook/sip/locate/locator.hpp>
#include <offhook/sip/transport/dns_answer.hpp>

#include <doctest/doctest.h>

using namespace offhook;
using namespace std::chrono_literals;
using sip::locate::Answer;
using sip::locate::Question;
using sip::locate::RecordType;
using sim::DnsMessage;

namespace {

const Question kAddress{RecordType::A, "a.example"};

Answer parse(const std::string& bytes, const Question& question = kAddress) {
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
  return sip::detail::parse_dns_answer({exact.data(), exact.size()}, question);
}

DnsMessage a_message(std::uint16_t answers = 1) { return DnsMessage(7, "a.example", 1, 0, answers); }

}  // namespace

TEST_CASE("parse_dns_answer reads A, AAAA, CNAME, SRV and NAPTR records with their TTL") {
  const auto addresses = parse(a_message(2).a(60, {192, 0, 2, 1}).a(0x80000000U, {192, 0, 2, 2}).bytes);
  REQUIRE(addresses.records.size() == 2);
  CHECK(std::get<sip::locate::AddressRecord>(addresses.records[0].data).address.to_string() == "192.0.2.1");
  CHECK(addresses.records[0].ttl == 60s);
  CHECK(addresses.records[1].ttl == 0s);
  CHECK(addresses.records[0].name == "a.example");

  auto six = a_message();
  six.same_name().head(28, 5, 16).u32(0x20010db8).u32(0).u32(0).u32(1);
  CHECK(std::get<sip::locate::AddressRecord>(parse(six.bytes).records.at(0).data).address.to_string() == "2001:db8::1");
  auto alias = a_message();
  alias.same_name().head(5, 5, 11).name("B.example");
  CHECK(std::get<sip::locate::AliasRecord>(parse(alias.bytes).records.at(0).data).target == "B.example");

  const auto srv = parse(DnsMessage(7, "_sip._udp.a.example", 33, 0, 1).srv(5, 10, 20, 5070, "one.example").bytes,
                         {RecordType::Srv, "_sip._udp.a.example"});
  const auto one = std::get<sip::locate::SrvRecord>(srv.records.at(0).data);
  CHECK(one.priority == 10);
  CHECK(one.weight == 20);
  CHECK(one.port == 5070);
  CHECK(one.target == "one.example");
  const auto naptr = parse(DnsMessage(7, "a.example", 35, 0, 1).naptr(5, 1, 2, "SIP+D2U", "_sip._udp.a.example").bytes,
                           {RecordType::Naptr, "a.example"});
  const auto service = std::get<sip::locate::NaptrRecord>(naptr.records.at(0).data);
  CHECK(service.service == "SIP+D2U");
  CHECK(service.flags == "s");
  CHECK(service.regexp.empty());
  CHECK(service.replacement == "_sip._udp.a.example");
}

TEST_CASE("parse_dns_answer distinguishes a missing name, a missing record and a refusal") {
  CHECK(parse(DnsMessage(7, "a.example", 1, 3).bytes).kind == Answer::Kind::NoName);
  CHECK(parse(DnsMessage(7, "a.example", 1).bytes).kind == Answer::Kind::NoData);
  CHECK(parse(DnsMessage(7, "a.example", 1, 2).bytes).kind == Answer::Kind::Failed);
  CHECK(parse(DnsMessage(7, "a.example", 1, 5).bytes).kind == Answer::Kind::Failed);
}

TEST_CASE("parse_dns_answer replaces a name with a suffix of the search list by the requested name") {
  const auto found = parse(DnsMessage(7, "a.example.lan", 1, 0, 1).a(60, {192, 0, 2, 1}).bytes);
  CHECK(found.records.at(0).name == "a.example");
}

TEST_CASE("parse_dns_answer refuses a message that is cut off or has a wrong length") {
  const std::string whole = a_message().a(60, {192, 0, 2, 1}).bytes;
  for (std::size_t size = 0; size < whole.size(); ++size) CHECK(parse(whole.substr(0, size)).kind == Answer::Kind::Failed);
  CHECK(parse(whole).kind == Answer::Kind::Found);
  CHECK(parse(a_message().a(60, {192, 0, 2}).bytes).kind == Answer::Kind::Failed);
  CHECK(parse(a_message().a(60, {192, 0, 2, 1, 9}).bytes).kind == Answer::Kind::Failed);
  CHECK(parse(a_message(2).a(60, {192, 0, 2, 1}).bytes).kind == Answer::Kind::Failed);  // The header announces two records.
  auto ring = a_message();
  ring.u16(0xc000 | static_cast<unsigned>(ring.bytes.size())).head(1, 5, 4).u32(0);
  CHECK(parse(ring.bytes).kind == Answer::Kind::Failed);
  auto overlong = a_message();
  overlong.same_name().head(5, 5, 3).name("b.example");  // The name extends beyond its record.
  CHECK(parse(overlong.bytes).kind == Answer::Kind::Failed);
  std::string query = whole;
  query[2] = 0;
  CHECK(parse(query).kind == Answer::Kind::Failed);
}

TEST_CASE("parse_dns_answer skips records of other types and classes, and keeps at most kMaxRecords") {
  auto odd = a_message(3);
  odd.same_name().head(16, 5, 3).text("xy").same_name().head(1, 5, 4, 3).u32(0).a(60, {192, 0, 2, 1});
  CHECK(parse(odd.bytes).records.size() == 1);
  for (const std::size_t count : {sip::Locator::kMaxRecords, sip::Locator::kMaxRecords + 1}) {
    auto many = a_message(static_cast<std::uint16_t>(count));
    for (std::size_t i = 0; i < count; ++i) many.a(60, {192, 0, 2, static_cast<std::uint8_t>(i)});
    CHECK(parse(many.bytes).records.size() == sip::Locator::kMaxRecords);
  }
}
