#include "world.hpp"

#include <doctest/doctest.h>

#include <optional>

using namespace offhook;
using namespace offhook::sim;
using sip::Locator;
using sip::Transport;
using Kind = Answer::Kind;

namespace {

const std::vector<Transport> kAll{Transport::Udp, Transport::Tcp, Transport::Tls, Transport::Ws, Transport::Wss};

struct Locating : World {
  base::SeededRandom random{1};
  Locator::Options options{kAll, true, true, {}};
  std::string error;

  /// Returns one entry like `UDP 192.0.2.1:5060` for each candidate.
  std::vector<std::string> locate(const std::string& host, std::optional<std::uint16_t> port = {},
                                  std::optional<Transport> transport = {}, bool secure = false) {
    asked.clear();
    Locator locator({host, port, transport, secure}, options, random);
    serve(locator);
    REQUIRE(locator.is_done());
    error = locator.error();
    CHECK(error.empty() == !locator.candidates().empty());
    std::vector<std::string> all;
    for (const auto& one : locator.candidates()) {
      CHECK(one.name == sip::locate::normal_name(host));
      all.push_back(std::string(to_string(one.transport)) + " " + one.remote.to_string());
    }
    return all;
  }
  bool begins(const std::string& with) const { return error.starts_with(with); }
  std::vector<std::string> secure(const std::string& host, std::optional<std::uint16_t> port = {},
                                  std::optional<Transport> transport = {}) {
    return locate(host, port, transport, true);
  }
};
using List = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(Locating, "The locator looks nothing up for a numeric host, and selects UDP for sip and TLS for sips [RFC 3263 section 4.1]") {
  CHECK(locate("192.0.2.1") == List{"UDP 192.0.2.1:5060"});
  CHECK(secure("192.0.2.1") == List{"TLS 192.0.2.1:5061"});
  CHECK(locate("192.0.2.1", 5080) == List{"UDP 192.0.2.1:5080"});
  CHECK(secure("192.0.2.1", 5080) == List{"TLS 192.0.2.1:5080"});
  CHECK(locate("2001:db8::1") == List{"UDP [2001:db8::1]:5060"});
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(Locating, "The locator uses the transport of the URI, and the default port of that transport [RFC 3263 sections 4.1 and 4.2, RFC 7118 section 5.5]") {
  CHECK(locate("192.0.2.1", {}, Transport::Tcp) == List{"TCP 192.0.2.1:5060"});
  CHECK(locate("192.0.2.1", {}, Transport::Tls) == List{"TLS 192.0.2.1:5061"});
  CHECK(locate("192.0.2.1", {}, Transport::Ws) == List{"WS 192.0.2.1:80"});
  CHECK(secure("192.0.2.1", {}, Transport::Tcp) == List{"TLS 192.0.2.1:5061"});
  CHECK(secure("192.0.2.1", {}, Transport::Ws) == List{"WSS 192.0.2.1:443"});
  CHECK(secure("192.0.2.1", {}, Transport::Udp).empty());
}

TEST_CASE_FIXTURE(Locating, "For a name with a port, the locator looks up only the addresses [RFC 3263 section 4.2]") {
  address("a.example", "192.0.2.1").address("a.example", "192.0.2.2");
  CHECK(locate("a.example", 5060) == List{"UDP 192.0.2.1:5060", "UDP 192.0.2.2:5060"});
  CHECK(asked == std::vector<Question>{{RecordType::Aaaa, "a.example"}, {RecordType::A, "a.example"}});
  CHECK(secure("a.example", 5070) == List{"TLS 192.0.2.1:5070", "TLS 192.0.2.2:5070"});
  CHECK(locate("a.example", 5070, Transport::Tcp) == List{"TCP 192.0.2.1:5070", "TCP 192.0.2.2:5070"});
}

TEST_CASE_FIXTURE(Locating, "For a name with a transport, the locator looks up the SRV records of that transport, and then the addresses [RFC 3263 section 4.2]") {
  srv("_sip._tcp.a.example", 0, 0, 5070, "one.a.example").address("one.a.example", "192.0.2.1").address("a.example", "192.0.2.9");
  CHECK(locate("a.example", {}, Transport::Tcp) == List{"TCP 192.0.2.1:5070"});
  CHECK(locate("a.example", {}, Transport::Udp) == List{"UDP 192.0.2.9:5060"});
  CHECK(asked.front() == Question{RecordType::Srv, "_sip._udp.a.example"});
  CHECK(locate("a.example", {}, Transport::Tls) == List{"TLS 192.0.2.9:5061"});
  CHECK(asked.front() == Question{RecordType::Srv, "_sips._tcp.a.example"});
  CHECK(locate("a.example", {}, Transport::Wss) == List{"WSS 192.0.2.9:443"});
}

TEST_CASE_FIXTURE(Locating, "For a name without port and transport, the locator uses the NAPTR records by their order and preference [RFC 3263 section 4.1]") {
  naptr("a.example", 100, 50, "SIP+D2U", "_sip._udp.a.example").naptr("a.example", 50, 60, "SIP+D2T", "_sip._tcp.a.example");
  naptr("a.example", 50, 50, "SIPS+D2T", "_sips._tcp.b.example").naptr("a.example", 200, 0, "sips+d2w", "_x.a.example", "S");
  srv("_sip._udp.a.example", 0, 0, 5060, "u.a.example").srv("_sip._tcp.a.example", 0, 0, 5062, "t.a.example");
  srv("_sips._tcp.b.example", 0, 0, 5061, "s.a.example").srv("_x.a.example", 0, 0, 8443, "w.a.example");
  for (const auto& [name, text] : {std::pair{"u", "192.0.2.1"}, {"t", "192.0.2.2"}, {"s", "192.0.2.3"}, {"w", "192.0.2.4"}})
    address(std::string(name) + ".a.example", text);
  CHECK(locate("A.Example.") == List{"TLS 192.0.2.3:5061", "TCP 192.0.2.2:5062", "UDP 192.0.2.1:5060", "WSS 192.0.2.4:8443"});
  CHECK(secure("a.example") == List{"TLS 192.0.2.3:5061", "WSS 192.0.2.4:8443"});
  options.transports = {Transport::Udp, Transport::Tcp};
  CHECK(locate("a.example") == List{"TCP 192.0.2.2:5062", "UDP 192.0.2.1:5060"});
}

TEST_CASE_FIXTURE(Locating, "The locator finds WebSocket servers by SIP+D2W, SIPS+D2W and SRV. Without these records it uses the ports 80 and 443 [RFC 7118 section 5.5]") {
  options.transports = {Transport::Ws, Transport::Wss};
  address("a.example", "192.0.2.1").address("w.a.example", "192.0.2.2").address("s.a.example", "192.0.2.3");
  CHECK(locate("a.example", {}, Transport::Ws) == List{"WS 192.0.2.1:80"});
  CHECK(asked.front() == Question{RecordType::Srv, "_sip._ws.a.example"});
  CHECK(secure("a.example", {}, Transport::Ws) == List{"WSS 192.0.2.1:443"});
  CHECK(asked.front() == Question{RecordType::Srv, "_sips._ws.a.example"});
  CHECK(locate("a.example", 8080, Transport::Ws) == List{"WS 192.0.2.1:8080"});
  CHECK(secure("a.example", 8443, Transport::Ws) == List{"WSS 192.0.2.1:8443"});
  naptr("a.example", 1, 1, "SIP+D2W", "_sip._ws.a.example").naptr("a.example", 1, 2, "SIPS+D2W", "_sips._ws.a.example");
  srv("_sip._ws.a.example", 0, 0, 8080, "w.a.example").srv("_sips._ws.a.example", 0, 0, 8443, "s.a.example");
  CHECK(locate("a.example") == List{"WS 192.0.2.2:8080", "WSS 192.0.2.3:8443"});
  CHECK(secure("a.example") == List{"WSS 192.0.2.3:8443"});
  CHECK(locate("a.example", {}, Transport::Ws) == List{"WS 192.0.2.2:8080"});
}

TEST_CASE_FIXTURE(Locating, "The locator skips NAPTR records with another service, another flag, a regular expression or an invalid name [RFC 3263 section 4.1]") {
  naptr("a.example", 1, 1, "E2U+sip", "_sip._udp.bad.example").naptr("a.example", 1, 2, "SIP+D2S", "_sip._sctp.a.example");
  naptr("a.example", 1, 3, "SIP+D2U", "_sip._udp.bad.example", "u").naptr("a.example", 1, 4, "SIP+D2U", "", "s");
  naptr("a.example", 1, 5, "SIP+D2U", "_sip._udp.bad.example", "s", "!^.*$!sip:x@bad.example!");
  naptr("a.example", 1, 6, "SIP+D2U", "_sip._udp.bad example", "s").naptr("a.example", 9, 0, "SIP+D2U", "_sip._udp.a.example");
  srv("_sip._udp.a.example", 0, 0, 5060, "u.a.example").address("u.a.example", "192.0.2.1");
  CHECK(locate("a.example") == List{"UDP 192.0.2.1:5060"});
}

TEST_CASE_FIXTURE(Locating, "Without NAPTR records, the locator looks up the SRV records of each supported transport [RFC 3263 section 4.1]") {
  srv("_sip._tcp.a.example", 0, 0, 5060, "t.a.example").address("t.a.example", "192.0.2.2");
  srv("_sips._tcp.a.example", 0, 0, 5061, "s.a.example").address("s.a.example", "192.0.2.3");
  CHECK(locate("a.example") == List{"TCP 192.0.2.2:5060", "TLS 192.0.2.3:5061"});
  CHECK(secure("a.example") == List{"TLS 192.0.2.3:5061"});
  for (const Question& question : asked) CHECK(question.name.find("_udp") == std::string::npos);
}

TEST_CASE_FIXTURE(Locating, "Without NAPTR and SRV records, the locator uses the addresses of the name itself [RFC 3263 section 4.2]") {
  address("a.example", "192.0.2.1");
  CHECK(locate("a.example") == List{"UDP 192.0.2.1:5060"});
  CHECK(secure("a.example") == List{"TLS 192.0.2.1:5061"});
  CHECK(locate("b.example").empty());
  CHECK(error == "no such name in DNS: b.example, check how it is written");
  options.transports = {Transport::Udp};
  CHECK(secure("a.example").empty());
}

TEST_CASE_FIXTURE(Locating, "An SRV target of a dot means that the service does not exist. The locator then does not use the addresses of the name [RFC 3263 section 4.3]") {
  srv("_sip._udp.a.example", 0, 0, 0, "").srv("_sip._tcp.a.example", 0, 0, 0, ".").address("a.example", "192.0.2.1");
  CHECK(locate("a.example").empty());
  CHECK(error == "a.example has no address in DNS: give it an A, AAAA or SRV record");
}

TEST_CASE_FIXTURE(Locating, "The locator keeps the order of the SRV targets, and looks up addresses of both families for each target [RFC 3263 section 4.3]") {
  srv("_sip._udp.a.example", 20, 0, 5060, "two.a.example").srv("_sip._udp.a.example", 10, 0, 5070, "one.a.example");
  address("one.a.example", "192.0.2.1").address("one.a.example", "2001:db8::1").address("one.a.example", "2001:db8::2");
  address("two.a.example", "192.0.2.2");
  CHECK(locate("a.example", {}, Transport::Udp) == List{"UDP [2001:db8::1]:5070", "UDP 192.0.2.1:5070",
                                                        "UDP [2001:db8::2]:5070", "UDP 192.0.2.2:5060"});
  options.v6 = false;
  CHECK(locate("a.example", {}, Transport::Udp) == List{"UDP 192.0.2.1:5070", "UDP 192.0.2.2:5060"});
  for (const Question& question : asked) CHECK(question.type != RecordType::Aaaa);
}

TEST_CASE_FIXTURE(Locating, "order_by_weight uses the weights as probabilities, and rarely puts a record of weight 0 first [RFC 3263 section 4.3]") {
  const auto first_of = [&](std::vector<sip::locate::SrvRecord> records) {
    sip::locate::order_by_weight(records, random);
    return records.front().target;
  };
  std::map<std::string, int> first;
  for (int i = 0; i < 4000; ++i) ++first[first_of({{1, 30, 1, "a"}, {1, 10, 1, "b"}, {2, 60000, 1, "late"}, {1, 0, 1, "none"}})];
  CHECK(first["a"] > 2750);  // 3000 are expected.
  CHECK(first["a"] < 3150);
  CHECK(first["b"] > 800);
  CHECK(first["none"] > 20);  // About 1 of 41 is expected.
  CHECK(first["none"] < 250);
  CHECK(first["late"] == 0);
}

TEST_CASE_FIXTURE(Locating, "The locator follows CNAME records within one answer and across answers, and stops at a loop") {
  alias(RecordType::A, "a.example", "b.example");
  add(RecordType::A, "a.example", {"b.example", ttl, sip::locate::AddressRecord{ip("192.0.2.1")}});
  add(RecordType::A, "a.example", {"x.example", ttl, sip::locate::AddressRecord{ip("192.0.2.66")}});
  CHECK(locate("a.example", 5060) == List{"UDP 192.0.2.1:5060"});
  alias(RecordType::A, "c.example", "d.example").address("d.example", "192.0.2.4");
  CHECK(locate("c.example", 5060) == List{"UDP 192.0.2.4:5060"});
  alias(RecordType::A, "e.example", "f.example").alias(RecordType::A, "f.example", "e.example");
  CHECK(locate("e.example", 5060).empty());
  alias(RecordType::Srv, "_sip._udp.g.example", "_sip._udp.h.example").srv("_sip._udp.h.example", 0, 0, 5070, "d.example");
  CHECK(locate("g.example", {}, Transport::Udp) == List{"UDP 192.0.2.4:5070"});
}

TEST_CASE_FIXTURE(Locating, "For a name with one label, and for a name in the hosts file, the locator looks up no services") {
  address("pbx", "192.0.2.1");
  CHECK(locate("pbx") == List{"UDP 192.0.2.1:5060"});
  CHECK(asked.size() == 2);
  CHECK(locate("localhost") == List{"UDP 127.0.0.1:5060", "UDP [::1]:5060"});
  options.known = {ip("192.0.2.7")};
  CHECK(locate("a.example", {}, Transport::Tcp) == List{"TCP 192.0.2.7:5060"});
  CHECK(asked.empty());
}

TEST_CASE_FIXTURE(Locating, "The locator refuses a malformed host name and sends no question") {
  for (const char* host : {"", ".", "a b.example", "a..example", "x\\.example", "under\r\nscore"}) {
    CHECK(locate(host, 5060).empty());
    CHECK(asked.empty());
  }
  options.transports = {Transport::Udp};
  CHECK(locate("192.0.2.1", {}, Transport::Tcp).empty());
  CHECK(error == "SIP over TCP is not enabled");
}

TEST_CASE_FIXTURE(Locating, "The error text has the failure of the name server, and the name that was looked up") {
  answers[{RecordType::A, "a.example"}] = {Kind::Failed, {}, "SERVFAIL"};
  fails(RecordType::Aaaa, "a.example", Kind::NoData);
  CHECK(locate("a.example", 5060).empty());
  CHECK(error == "no DNS answer for a.example: SERVFAIL, check the name servers of this machine, or write an address instead of the name");
  srv("_sip._udp.b.example", 0, 0, 5060, "gone.b.example").srv("_sip._udp.b.example", 1, 0, 5060, "a.example");
  CHECK(locate("b.example", {}, Transport::Udp).empty());
  CHECK(begins("no DNS answer for a.example: SERVFAIL,"));  // The locator reports the most serious failure, not the last one.
  address("a.example", "192.0.2.1");
  CHECK(locate("b.example", {}, Transport::Udp) == List{"UDP 192.0.2.1:5060"});
  CHECK(error.empty());
  srv("_sip._udp.c.example", 0, 0, 5060, "gone.c.example");
  CHECK(locate("c.example", {}, Transport::Udp).empty());
  CHECK(error == "no such name in DNS: gone.c.example, check how it is written");
}

TEST_CASE_FIXTURE(Locating, "Each failure of the name servers has its own text. After a NAPTR timeout, the locator asks all other questions at once") {
  fails(RecordType::A, "a.example", Kind::Timeout).fails(RecordType::Aaaa, "a.example", Kind::NoData);
  CHECK(locate("a.example", 5060).empty());
  CHECK(begins("no DNS answer for a.example: timeout, check the name servers"));
  fails(RecordType::A, "a.example", Kind::Failed);
  CHECK(locate("a.example", 5060).empty());
  CHECK(begins("no DNS answer for a.example: the name server failed, check the name servers"));

  Locator locator({"b.example", {}, {}, false}, options, random);
  REQUIRE(locator.poll_question() == Question{RecordType::Naptr, "b.example"});
  CHECK(!locator.poll_question());
  locator.on_answer({RecordType::Naptr, "b.example"}, {Kind::Timeout, {}});
  std::vector<Question> together;
  while (const auto question = locator.poll_question()) together.push_back(*question);
  CHECK(together.size() == 7);  // Two address families and five transports.
  address("b.example", "192.0.2.1");
  locator.on_answer({RecordType::A, "b.example"}, answer({RecordType::A, "b.example"}));
  CHECK(!locator.is_done());
  locator.give_up();  // The name servers never answer the SRV questions.
  REQUIRE(locator.candidates().size() == 1);
  CHECK(locator.candidates().front().remote.to_string() == "192.0.2.1:5060");
}

TEST_CASE_FIXTURE(Locating, "The locator ignores answers to questions that it did not ask, and second answers") {
  Locator locator({"a.example", 5060, {}, false}, options, random);
  locator.on_answer({RecordType::A, "other.example"}, {Kind::Found, {{"a.example", ttl, sip::locate::AddressRecord{ip("192.0.2.66")}}}});
  locator.on_answer({RecordType::A, "a.example"}, {Kind::NoData, {}});
  address("a.example", "192.0.2.66");
  locator.on_answer({RecordType::A, "a.example"}, answer({RecordType::A, "a.example"}));
  locator.on_answer({RecordType::Aaaa, "a.example"}, {Kind::NoData, {}});
  CHECK(locator.is_done());
  CHECK(locator.candidates().empty());
}
