// Real sockets on loopback, no timed assertion: a small name server in the test, and c-ares pointed at it.
#include "dns_message.hpp"

#include <offhook/base/random.hpp>
#include <offhook/sip/transport/dns_client.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

#include <array>
#include <map>
#include <optional>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;
using boost::asio::ip::udp;
using sip::locate::Answer;
using sip::locate::Question;
using sip::locate::RecordType;
using sim::DnsMessage;

namespace {

/// Answers by the first label of the name: what it says is what the server does.
class NameServer {
 public:
  explicit NameServer(boost::asio::io_context& io)
      : socket_(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0)), acceptor_(io) {
    const tcp::endpoint same(boost::asio::ip::address_v4::loopback(), socket_.local_endpoint().port());
    acceptor_.open(same.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(same);
    acceptor_.listen();
    receive();
    accept();
  }
  [[nodiscard]] base::SocketAddress address() const { return {*base::IpAddress::parse("127.0.0.1"), socket_.local_endpoint().port()}; }
  std::map<std::string, std::size_t> asked;  // by name
  std::size_t asked_by_tcp = 0;

 private:
  struct Asked {
    std::uint16_t id = 0, type = 0;
    std::string name;
  };
  static Asked read(const std::uint8_t* bytes, std::size_t size) {
    Asked asked;
    asked.id = static_cast<std::uint16_t>(bytes[0] << 8 | bytes[1]);
    std::size_t at = 12;
    while (at < size && bytes[at] != 0) {
      if (!asked.name.empty()) asked.name += '.';
      asked.name.append(reinterpret_cast<const char*>(bytes) + at + 1, bytes[at]);
      at += bytes[at] + 1U;
    }
    asked.type = static_cast<std::uint16_t>(bytes[at + 1] << 8 | bytes[at + 2]);
    return asked;
  }
  static std::optional<std::string> respond(const Asked& asked, bool by_tcp) {
    const std::string what = asked.name.substr(0, asked.name.find('.'));
    if (what == "dead") return std::nullopt;
    if (what == "nobody") return DnsMessage(asked.id, asked.name, asked.type, 3).bytes;
    if (what == "broken") return DnsMessage(asked.id, asked.name, asked.type, 2).bytes;
    if (what == "cut") return DnsMessage(asked.id, asked.name, asked.type, 0, 1).u16(0xc00c).bytes;
    if (what == "other") return DnsMessage(asked.id, "evil.example", asked.type, 0, 1).a(60, {192, 0, 2, 66}).bytes;
    if (what == "long" && !by_tcp) {
      std::string truncated = DnsMessage(asked.id, asked.name, asked.type).bytes;
      truncated[2] = static_cast<char>(truncated[2] | 2);
      return truncated;
    }
    if (asked.type == 1) return DnsMessage(asked.id, asked.name, 1, 0, 1).a(60, {192, 0, 2, 1}).bytes;
    if (asked.type == 33) return DnsMessage(asked.id, asked.name, 33, 0, 1).srv(60, 1, 2, 5070, "one.example").bytes;
    return DnsMessage(asked.id, asked.name, asked.type).bytes;
  }
  void receive() {
    socket_.async_receive_from(boost::asio::buffer(buffer_), from_, [this](const boost::system::error_code& error, std::size_t size) {
      if (error) return;
      const Asked question = read(buffer_.data(), size);
      ++asked[question.name];
      if (const auto response = respond(question, false)) socket_.send_to(boost::asio::buffer(*response), from_);
      receive();
    });
  }
  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket peer) {
      if (error) return;
      ++asked_by_tcp;
      peer_.emplace(std::move(peer));
      boost::asio::async_read(*peer_, boost::asio::buffer(length_), [this](const boost::system::error_code& broken, std::size_t) {
        if (!broken) answer_by_tcp();
      });
      accept();
    });
  }
  void answer_by_tcp() {
    query_.resize(static_cast<std::size_t>(length_[0] << 8 | length_[1]));
    boost::asio::async_read(*peer_, boost::asio::buffer(query_), [this](const boost::system::error_code& broken, std::size_t) {
      if (broken) return;
      const std::string response = *respond(read(query_.data(), query_.size()), true);
      const std::array<std::uint8_t, 2> size{static_cast<std::uint8_t>(response.size() >> 8), static_cast<std::uint8_t>(response.size())};
      boost::asio::write(*peer_, boost::asio::buffer(size));
      boost::asio::write(*peer_, boost::asio::buffer(response));
    });
  }

  udp::socket socket_;
  udp::endpoint from_;
  tcp::acceptor acceptor_;
  std::optional<tcp::socket> peer_;
  std::array<std::uint8_t, 2> length_{};
  std::vector<std::uint8_t> query_;
  std::array<std::uint8_t, 2048> buffer_{};
};

struct Asking {
  boost::asio::io_context io{1};
  NameServer server{io};
  std::unique_ptr<sip::detail::DnsClient> client = std::make_unique<sip::detail::DnsClient>(
      io, sip::DnsOptions{{server.address()}, std::chrono::milliseconds(100), 2});

  Answer ask(const std::string& name, RecordType type = RecordType::A) {
    std::optional<Answer> answer;
    client->ask({type, name}, [&](Answer said) { answer = std::move(said); });
    CHECK(!answer);  // Never from inside the call.
    while (!answer && io.run_one_for(30s) > 0) continue;
    REQUIRE(answer);
    return *answer;
  }
};

}  // namespace

TEST_CASE_FIXTURE(Asking, "A name server is asked, and what it says is told apart") {
  const auto found = ask("good.example");
  REQUIRE(found.kind == Answer::Kind::Found);
  CHECK(std::get<sip::locate::AddressRecord>(found.records.at(0).data).address.to_string() == "192.0.2.1");
  const auto srv = ask("_sip._udp.good.example", RecordType::Srv);
  CHECK(std::get<sip::locate::SrvRecord>(srv.records.at(0).data).port == 5070);
  CHECK(ask("good.example", RecordType::Naptr).kind == Answer::Kind::NoData);
  CHECK(ask("nobody.example").kind == Answer::Kind::NoName);
  CHECK(ask("broken.example").kind == Answer::Kind::Timeout);  // The next server is asked, and says the same: nobody had an answer.
  CHECK(ask("cut.example").kind == Answer::Kind::Failed);
}

TEST_CASE_FIXTURE(Asking, "What the name servers said is there in a word or two, for people") {
  CHECK(ask("good.example").trouble.empty());
  CHECK(ask("nobody.example").trouble.empty());
  CHECK(ask("broken.example").trouble.find("SERVFAIL") != std::string::npos);
  CHECK(ask("dead.example").trouble == "timeout");
  CHECK(ask("cut.example").trouble == "an answer that cannot be read");
}

TEST_CASE_FIXTURE(Asking, "A dead name server is a timeout after all its attempts, and holds up nobody else") {
  bool overtaken = false;  // On a machine that stalls, at the next try.
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

TEST_CASE_FIXTURE(Asking, "An answer to another question than ours is no answer") {
  CHECK(ask("other.example").kind == Answer::Kind::Timeout);
}

TEST_CASE_FIXTURE(Asking, "An answer that does not fit a datagram is asked for again by TCP") {
  CHECK(ask("long.example").kind == Answer::Kind::Found);
  CHECK(server.asked_by_tcp == 1);
}

TEST_CASE_FIXTURE(Asking, "A port where nobody listens is a timeout at once") {
  std::uint16_t port = 0;
  {
    udp::socket gone(io, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
    port = gone.local_endpoint().port();
  }
  client = std::make_unique<sip::detail::DnsClient>(
      io, sip::DnsOptions{{{*base::IpAddress::parse("127.0.0.1"), port}}, std::chrono::milliseconds(100), 2});
  CHECK(ask("good.example").kind == Answer::Kind::Timeout);
}

TEST_CASE_FIXTURE(Asking, "Questions under way are bounded; whoever waits when the client ends hears nothing") {
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
