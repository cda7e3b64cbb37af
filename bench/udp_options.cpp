#include <offhook/bench/udp_options.hpp>

#include <offhook/base/random.hpp>
#include <offhook/bench/peers/options.h>
#include <offhook/sip/stack/stack.hpp>
#include <offhook/sip/transport/sip_edge.hpp>

#include <arpa/inet.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <thread>

namespace offhook::bench {

namespace {

constexpr int kAtOnce = 32, kBatches = 12, kRounds = 11;  // Few enough that the transactions of 64 * T1 fit into every stack's table.

double seconds_of(clockid_t clock) {
  timespec now{};
  ::clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// A server with its own thread.
struct Server {
  std::string name;
  volatile int port = 0, stop = 0;
  std::unique_ptr<sip::SipEdge> edge;  // set only for Offhook's server
  std::thread thread;
  std::vector<double> rounds;

  Server() = default;
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (thread.joinable()) end();
  }
  void wait_for_port() const {
    for (int i = 0; i < 5000 && port == 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    if (port <= 0) throw std::runtime_error(name + " cannot serve OPTIONS on loopback");
  }
  double cpu() {
    clockid_t clock{};
    ::pthread_getcpuclockid(thread.native_handle(), &clock);
    return seconds_of(clock);
  }
  void end() {
    stop = 1;
    if (edge) edge->stop();
    thread.join();
  }
};

class Client {
 public:
  Client() : wire_(::socket(AF_INET, SOCK_DGRAM, 0)) {
    here_.sin_family = AF_INET;
    here_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{2, 0};
    ::setsockopt(wire_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    socklen_t size = sizeof here_;
    if (wire_ < 0 || ::bind(wire_, reinterpret_cast<sockaddr*>(&here_), sizeof here_) != 0)
      throw std::runtime_error("cannot bind a UDP port on loopback");
    ::getsockname(wire_, reinterpret_cast<sockaddr*>(&here_), &size);
  }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() { ::close(wire_); }

  void ask(const Server& server) {
    sockaddr_in to = here_;
    to.sin_port = htons(static_cast<std::uint16_t>(server.port));
    for (int i = 0; i < kAtOnce; ++i) {
      const std::string text = request(server.port);
      (void)::sendto(wire_, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
    for (int i = 0; i < kAtOnce; ++i) {
      char answer[4096];
      const auto got = ::recv(wire_, answer, sizeof answer, 0);
      if (got < 0) break;  // The datagram was lost, as happens on a busy machine. The batch is then shorter.
      if (got < 12 || std::string_view(answer, 12) != "SIP/2.0 200 ")
        throw std::runtime_error(server.name + " does not answer OPTIONS with 200");
    }
  }

 private:
  std::string request(int port) {
    const std::string number = std::to_string(++number_), mine = std::to_string(ntohs(here_.sin_port)),
                      theirs = std::to_string(port);
    return "OPTIONS sip:bot@127.0.0.1:" + theirs + " SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:" + mine + ";branch=z9hG4bK-b" +
           number + ";rport\r\nMax-Forwards: 70\r\nFrom: <sip:bench@127.0.0.1:" + mine + ">;tag=t" + number +
           "\r\nTo: <sip:bot@127.0.0.1:" + theirs + ">\r\nCall-ID: c" + number +
           "@127.0.0.1\r\nCSeq: 1 OPTIONS\r\nContact: <sip:bench@127.0.0.1:" + mine +
           ">\r\nAccept: application/sdp\r\nUser-Agent: bench\r\nContent-Length: 0\r\n\r\n";
  }
  int wire_;
  sockaddr_in here_{};
  std::uint64_t number_ = 0;
};

void start(Server& server, offhook_serve serve) {
  server.thread = std::thread([&server, serve] { serve(&server.port, &server.stop); });
  server.wait_for_port();
}

void start(Server& server, sip::Stack& stack) {
  sip::EdgeOptions options;
  options.bind = *base::IpAddress::parse("127.0.0.1");
  options.tcp = false;
  auto opened = sip::SipEdge::open(options, stack);
  if (!opened) throw std::runtime_error("cannot bind a UDP port on loopback");
  server.edge = std::move(*opened);
  server.edge->on_event([](const sip::Event&) {});
  server.port = server.edge->port();
  server.thread = std::thread([&server] { server.edge->run(); });
}

}  // namespace

std::vector<Result> measure_udp_options() {
  base::SeededRandom random(1);
  sip::StackOptions options;
  options.limits = {1'000'000, 1'000'000, 1'000'000, 1024};
  sip::Stack stack(options, random);
  Server servers[4];
  const std::pair<const char*, offhook_serve> kinds[] = {
      {"offhook", nullptr}, {"libosip2", offhook_osip_serve}, {"sofia-sip", offhook_sofia_serve}, {"libre", offhook_re_serve}};
  for (std::size_t i = 0; i < 4; ++i) {
    servers[i].name = kinds[i].first;
    if (kinds[i].second != nullptr)
      start(servers[i], kinds[i].second);
    else
      start(servers[i], stack);
  }
  Client client;
  for (int round = 0; round <= kRounds; ++round) {
    for (Server& server : servers) {
      const double before = server.cpu();
      for (int batch = 0; batch < kBatches; ++batch) client.ask(server);
      if (round > 0) server.rounds.push_back((server.cpu() - before) * 1e9 / (kBatches * kAtOnce));
    }
  }
  Result result{"sip.options.udp", "ns", 0, {}};
  for (Server& server : servers) {
    server.end();
    std::nth_element(server.rounds.begin(), server.rounds.begin() + kRounds / 2, server.rounds.end());
    (&server == servers ? result.ours : result.peers[server.name]) = server.rounds[kRounds / 2];
  }
  return {result};
}

}  // namespace offhook::bench
