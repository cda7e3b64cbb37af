// Tests with real sockets on loopback, and without timed assertions. c-ares sends its questions to a small name server in the test.
#include "name_server.hpp"

#include <offhook/base/random.hpp>
#include <offhook/sip/transport/dns_client.hpp>

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using boost::asio::ip::udp;
using sip::locate::Answer;
using sip::locate::Question;
using sip::locate::RecordType;

namespace {

struct Asking {
  boost::asio::io_context io{1};
  test::NameServer server{io};
  std::unique_ptr<sip::detail::DnsClient> client = std::make_unique<sip::detail::DnsClient>(
      io, sip::DnsOptions{{server.address()}, std::chrono::milliseconds(100), 2});

  Answer ask(const std::string& name, RecordType type = RecordType::A) {
    std::optional<Answer> answer;
    client->ask({type, name}, [&](Answer said) { answer = std::move(said); });
    CHECK(!answer);  // ask() never runs the callback itself.
    while (!answer && io.run_one_for(30s) > 0) continue;
    REQUIRE(answer);
    return *answer;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asking, "DnsClient asks a name server, and distinguishes the kinds of its answers") {
  const auto found = ask("good.example");
  REQUIRE(found.kind == Answer::Kind::Found);
  CHECK(std::get<sip::locate::AddressRecord>(found.records.at(0).data).address.to_string() == "192.0.2.1");
  const auto srv = ask("_sip._udp.good.example", RecordType::Srv);
  CHECK(std::get<sip::locate::SrvRecord>(srv.records.at(0).data).port == 5070);
  CHECK(ask("good.example", RecordType::Naptr).kind == Answer::Kind::NoData);
  CHECK(ask("nobody.example").kind == Answer::Kind::NoName);
  CHECK(ask("broken.example").kind == Answer::Kind::Timeout);  // After SERVFAIL c-ares asks the next server, but there is none.
  CHECK(ask("cut.example").kind == Answer::Kind::Failed);
}

TEST_CASE_FIXTURE(Asking, "Answer::trouble names the failure of the name servers in a few words") {
  CHECK(ask("good.example").trouble.empty());
  CHECK(ask("nobody.example").trouble.empty());
  CHECK(ask("broken.example").trouble.find("SERVFAIL") != std::string::npos);
  CHECK(ask("dead.example").trouble == "timeout");
  CHECK(ask("cut.example").trouble == "an answer that cannot be read");
}

TEST_CASE_FIXTURE(Asking, "If the name server does not answer, DnsClient reports a timeout after all attempts, and delays no other question") {
  bool overtaken = false;  // If the host stalls during a try, a later try must succeed.
  for (int tries = 0; tries < 20 && !overtaken; ++tries) {
    const std::string name = "dead.n" + std::to_string(tries) + ".example";
    std::optional<Answer> dead;
    client->ask({RecordType::A, name}, [&](Answer said) { dead = std::move(said); });
    CHECK(ask("good.example").kind == Answer::Kind::Found);
    overtaken = !dead;
    while (!dead && io.run_one_for(30s) > 0) continue;
    REQUIRE(dead);
    CHECK(dead->kind == Answer::Kind::Timeout);
    CHECK(server.asked[name] == 2);
  }
  CHECK(overtaken);
}

TEST_CASE_FIXTURE(Asking, "DnsClient ignores an answer to another question") {
  CHECK(ask("other.example").kind == Answer::Kind::Timeout);
}

TEST_CASE_FIXTURE(Asking, "DnsClient asks again over TCP after a truncated answer") {
  CHECK(ask("long.example").kind == Answer::Kind::Found);
  CHECK(server.asked_by_tcp == 1);
}

TEST_CASE_FIXTURE(Asking, "DnsClient reports a timeout at once if the port of the name server is closed") {
  std::uint16_t port = 0;
  {
    udp::socket gone(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    port = gone.local_endpoint().port();
  }
  client = std::make_unique<sip::detail::DnsClient>(
      io, sip::DnsOptions{{{*base::IpAddress::parse("127.0.0.1"), port}}, std::chrono::milliseconds(100), 2});
  CHECK(ask("good.example").kind == Answer::Kind::Timeout);
}

TEST_CASE_FIXTURE(Asking, "DnsClient limits the concurrent questions, and calls no callback of a pending question after its end") {
  std::size_t answered = 0;
  for (std::size_t i = 0; i < sip::detail::DnsClient::kMaxQuestions; ++i)
    client->ask({RecordType::A, "dead" + std::string(".n") + std::to_string(i) + ".example"}, [&](const Answer&) { ++answered; });
  io.poll();
  CHECK(answered == 0);
  CHECK(ask("good.example").kind == Answer::Kind::Failed);
  client.reset();
  while (io.poll_one() > 0 && answered == 0) continue;
  CHECK(answered == 0);
}

TEST_CASE_FIXTURE(Asking, "If DnsClient ends just before the timeout of its question is delivered, the timeout does not use it") {
  boost::asio::steady_timer before(io, std::chrono::milliseconds(0));
  before.async_wait([this](const boost::system::error_code&) { client.reset(); });
  client->ask({RecordType::A, "dead.example"}, [](const Answer&) { FAIL("the client has ended, so it must not call back"); });
  const auto late = base::Clock::now() + std::chrono::seconds(1);
  while (base::Clock::now() < late) continue;  // Both timers expire before the first one is delivered.
  while (io.poll_one() > 0) continue;
  CHECK(client == nullptr);
}
