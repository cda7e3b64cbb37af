// Uses the clients of rtp/nat/ with real sockets; README.md describes the arguments.
#include <offhook/base/random.hpp>
#include <offhook/base/text.hpp>
#include <offhook/rtp/nat/stun_client.hpp>
#include <offhook/rtp/nat/stun_credential.hpp>
#include <offhook/rtp/nat/stun_server.hpp>
#include <offhook/rtp/nat/turn_client.hpp>
#include <offhook/tests/turn/server_link.hpp>

#include <poll.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <deque>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;
using offhook_test::ServerLink;
using offhook_test::UdpSocket;
using Octets = std::vector<std::uint8_t>;
namespace turn = offhook::rtp::turn;

namespace {

constexpr base::Duration kPatience = 60s;
const base::SocketAddress kHost{base::IpAddress::v4({127, 0, 0, 1}), 0}, kStranger{base::IpAddress::v4({127, 0, 0, 2}), 0};
const base::SocketAddress kHostV6{base::IpAddress::parse("::1").value(), 0};

using Arguments = std::map<std::string, std::string, std::less<>>;

Arguments arguments_of(int argc, char** argv) {
  Arguments all{{"", argc > 1 ? argv[1] : ""}};
  for (int i = 2; i < argc; ++i) {
    const std::string name = argv[i];
    const bool has_value = i + 1 < argc && !std::string_view(argv[i + 1]).starts_with("--");
    all[name] = has_value ? argv[++i] : "yes";
  }
  return all;
}

base::SocketAddress address_in(const std::string& text) {
  const auto colon = text.rfind(':');
  const auto ip = base::IpAddress::parse(std::string_view(text).substr(0, colon));
  const auto port = base::parse_number<std::uint16_t>(std::string_view(text).substr(colon + 1));
  if (!ip || !port) throw std::runtime_error("--server must be an address and a port, such as 127.0.0.1:3478");
  return {*ip, *port};
}

rtp::TurnOptions options_in(Arguments& arguments) {
  using Transport = rtp::StunTransport;
  using Family = rtp::TurnFamily;
  const std::map<std::string, Transport> transports{{"udp", Transport::Udp}, {"tcp", Transport::Tcp}, {"tls", Transport::Tls}};
  const std::map<std::string, Family> families{{"", Family::Any}, {"v4", Family::V4}, {"v6", Family::V6}, {"both", Family::Both}};
  rtp::TurnOptions options;
  options.server = address_in(arguments["--server"]);
  options.transport = transports.at(arguments["--transport"]);
  options.family = families.at(arguments["--family"]);
  options.software = "Offhook test";
  return options;
}

rtp::StunCredential credential_in(Arguments& arguments) {
  constexpr int kHour = 3600;
  const std::string user = arguments["--user"];
  if (arguments.contains("--secret")) return rtp::time_limited_credential(arguments["--secret"], user, std::time(nullptr) + kHour);
  return {user, arguments["--password"]};
}

/// One client, its link to the server, and the peers on the other side of the relay.
class Relay {
 public:
  explicit Relay(Arguments& arguments)
      : options_(options_in(arguments)), link_(options_.transport, options_.server, arguments["--ca"]), client_(options_, credential_in(arguments), random_),
        is_v6_(options_.family == rtp::TurnFamily::V6), echo_(is_v6_ ? kHostV6 : kHost), stranger_(kStranger) {}

  void find_own_address() {
    rtp::StunClientOptions options;
    options.server = options_.server;
    options.transport = options_.transport;
    stun_.emplace(options, random_);
    stun_->start(base::Clock::now());
    expect("an answer to the Binding request", [this] { return stun_->mapped().has_value(); });
    const std::string mapped = stun_->mapped()->to_string(), own = link_.address().to_string();
    if (mapped != own) throw std::runtime_error("the server sees " + mapped + " instead of " + own);
    std::printf("mapped %s\n", mapped.c_str());
    stun_.reset();
  }
  void expect_refusal() {
    client_.start(base::Clock::now());
    const auto failed = expect_event<turn::Failed>("a refusal");
    if (failed.why != rtp::TurnFailure::WrongCredential) throw std::runtime_error("another failure: " + std::string(to_string(failed.why)));
    std::printf("refused %d\n", failed.code);
  }
  void allocate() {
    client_.start(base::Clock::now());
    const auto allocated = expect_event<turn::Allocated>("an allocation");
    const auto& relayed = is_v6_ ? allocated.relayed_v6 : allocated.relayed_v4;
    if (!relayed) throw std::runtime_error("the server gives another address family");
    const bool lacks_v6 = options_.family == rtp::TurnFamily::Both && !allocated.relayed_v6;
    if (lacks_v6) throw std::runtime_error("the server gives no address of IPv6: " + std::to_string(allocated.missing_family_code));
    relayed_ = *relayed;
    std::printf("relayed %s by %s\n", relayed_.to_string().c_str(), client_.server().to_string().c_str());
  }
  void permit() {
    if (!client_.permit(echo_.address(), base::Clock::now())) throw std::runtime_error("the client permits no peer");
    (void)expect_event<turn::PeerReady>("a permission");
  }
  void bind() {
    if (!client_.bind(echo_.address(), base::Clock::now())) throw std::runtime_error("the client binds no channel");
    if (!expect_event<turn::PeerReady>("a channel").has_channel) throw std::runtime_error("not a channel");
  }
  /// Sends datagrams of several sizes to the echo, and waits for each one to come back.
  void echo(const char* how) {
    int count = 0;
    for (const std::size_t size : {1U, 2U, 3U, 4U, 12U, 172U, 333U, 1000U, 1200U}) {
      const Octets datagram(size, static_cast<std::uint8_t>(size));
      for (int tries = 3; tries > 0 && !comes_back(datagram); --tries) {
        if (tries == 1) throw std::runtime_error("no echo of " + std::to_string(size) + " octets");
      }
      ++count;
    }
    std::printf("%s %d\n", how, count);
  }
  /// Checks that a datagram of a host without permission does not come, although a later datagram of the echo comes.
  void refuse_stranger() {
    if (is_v6_) return;  // IPv6 has only one loopback address.
    stranger_.send(Octets{7, 7, 7}, relayed_);
    if (!comes_back(Octets{8})) throw std::runtime_error("no echo after the stranger");
  }
  void pass_time(base::Duration duration) {
    const auto end = base::Clock::now() + duration;
    while (base::Clock::now() < end) turn_once(50ms);
  }
  void release() {
    client_.release(base::Clock::now());
    (void)expect_event<turn::Released>("the end of the allocation");
    std::printf("released\n");
  }

 private:
  bool comes_back(const Octets& datagram) {
    Octets room(datagram.size() + rtp::kMaxTurnAddedOctets);
    const auto size = client_.channels().wrap(echo_.address(), datagram, room, random_);
    if (!size) throw std::runtime_error("cannot send: " + std::string(to_string(size.error())));
    received_.clear();
    link_.send(base::Bytes(room).first(*size), client_.server());
    return within(5s, [&] { return !received_.empty() && received_.front() == datagram; });
  }

  template <class Done>
  bool within(base::Duration duration, Done done) {
    const auto end = base::Clock::now() + duration;
    while (!done()) {
      if (base::Clock::now() >= end) return false;
      if (link_.is_closed()) throw std::runtime_error("the server closes the connection");
      turn_once(100ms);
    }
    return true;
  }
  template <class Done>
  void expect(const std::string& what, Done done) {
    if (!within(kPatience, done)) throw std::runtime_error("no " + what);
  }
  /// Returns the next event, which must have this type.
  template <class Event>
  Event expect_event(const std::string& what) {
    std::optional<turn::Event> event;
    expect(what, [&] { return (event = client_.poll_event()).has_value(); });
    if (auto* wanted = std::get_if<Event>(&*event)) return *wanted;
    if (const auto* failed = std::get_if<turn::Failed>(&*event)) throw std::runtime_error(std::string(to_string(failed->why)) + ": " + failed->reason);
    if (const auto* lost = std::get_if<turn::Lost>(&*event)) throw std::runtime_error("lost: " + std::string(to_string(lost->why)));
    if (const auto* refused = std::get_if<turn::PeerRefused>(&*event)) throw std::runtime_error("the peer is refused: " + std::to_string(refused->code));
    throw std::runtime_error("another event instead of " + what);
  }

  /// Sends the waiting datagrams, waits for at most `limit`, and handles the datagrams that have come.
  void turn_once(base::Duration limit) {
    flush();
    std::array<pollfd, 2> ready{pollfd{link_.fd(), POLLIN, 0}, pollfd{echo_.fd(), POLLIN, 0}};
    poll(ready.data(), ready.size(), static_cast<int>(limit / 1ms));
    while (const auto datagram = echo_.receive()) {
      if (datagram->first != relayed_) throw std::runtime_error("the peer sees " + datagram->first.to_string());
      echo_.send(datagram->second, datagram->first);
    }
    const auto now = base::Clock::now();
    for (const auto& message : link_.receive()) take(message, now);
    client_.on_time(now);
    if (stun_) stun_->on_time(now);
    flush();
  }
  void take(const ServerLink::Message& message, base::TimePoint now) {
    const auto data = client_.channels().unwrap(message.octets);
    if (data) {
      if (data->peer != echo_.address()) throw std::runtime_error("data of " + data->peer.to_string());
      received_.emplace_back(data->octets.begin(), data->octets.end());
    } else if (data == base::fail(rtp::TurnDataError::NotData)) {
      client_.on_message(message.octets, message.from, now);
      if (stun_) stun_->on_message(message.octets, message.from, now);
    }
  }
  void flush() {
    while (const auto transmit = client_.poll_transmit()) link_.send(transmit->octets, transmit->to);
    while (const auto transmit = stun_ ? stun_->poll_transmit() : std::nullopt) link_.send(transmit->octets, transmit->to);
  }

  base::SystemRandom random_;
  rtp::TurnOptions options_;
  ServerLink link_;
  rtp::TurnClient client_;
  std::optional<rtp::StunClient> stun_;
  bool is_v6_;
  UdpSocket echo_, stranger_;
  base::SocketAddress relayed_;
  std::deque<Octets> received_;
};

void relay(Arguments& arguments) {
  Relay relay(arguments);
  relay.find_own_address();
  if (arguments.contains("--refused")) return relay.expect_refusal();
  relay.allocate();
  relay.permit();
  relay.echo("indications");
  relay.pass_time(3s);  // If the server's nonces last a second, the next request has a stale nonce.
  relay.bind();
  relay.echo("channel");
  relay.refuse_stranger();
  relay.release();
}

void serve(Arguments& arguments) {
  base::SystemRandom random;
  rtp::StunServer server(10, random);
  const UdpSocket socket({kHost.ip, base::parse_number<std::uint16_t>(arguments["--port"]).value()});
  std::printf("serves %s\n", socket.address().to_string().c_str());
  std::fflush(stdout);
  for (;;) {
    pollfd ready{socket.fd(), POLLIN, 0};
    poll(&ready, 1, -1);
    const auto request = socket.receive();
    if (!request) continue;
    std::array<std::uint8_t, rtp::StunServer::kMaxAnswerOctets> room{};
    const auto size = server.answer(request->second, request->first, base::Clock::now(), room);
    if (size) socket.send(base::Bytes(room).first(*size), request->first);
  }
}

}  // namespace

int main(int argc, char** argv) {
  try {
    Arguments arguments = arguments_of(argc, argv);
    if (arguments[""] == "relay") {
      relay(arguments);
    } else if (arguments[""] == "serve") {
      serve(arguments);
    } else {
      throw std::runtime_error("the first argument must be relay or serve");
    }
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "offhook_turn_echo: %s\n", error.what());
    return 1;
  }
}
