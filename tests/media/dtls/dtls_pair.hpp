#pragma once

#include <offhook/media/dtls/handshake.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

namespace offhook_test {

using namespace offhook;
using namespace std::chrono_literals;
using State = media::DtlsHandshake::State;

inline media::DtlsEndpoint make_endpoint() { return *media::DtlsEndpoint::make(*media::DtlsCertificate::make()); }
inline const media::DtlsEndpoint& client_endpoint() {
  static const media::DtlsEndpoint made = make_endpoint();
  return made;
}
inline const media::DtlsEndpoint& server_endpoint() {
  static const media::DtlsEndpoint made = make_endpoint();
  return made;
}

/// Returns all datagrams that wait to be sent.
inline std::vector<Octets> take_all(media::DtlsHandshake& side) {
  std::vector<Octets> taken;
  while (const auto datagram = side.poll_transmit()) taken.emplace_back(datagram->begin(), datagram->end());
  return taken;
}

/// A client and a server on virtual time, and the network between them.
struct DtlsPair {
  explicit DtlsPair(media::DtlsOptions client_options = {}, media::DtlsOptions server_options = {})
      : client(client_endpoint(), media::DtlsRole::Client, std::move(client_options)),
        server(server_endpoint(), media::DtlsRole::Server, std::move(server_options)) {}

  void start() {
    server.start({client_endpoint().fingerprint()}, now);
    client.start({server_endpoint().fingerprint()}, now);
  }
  /// Carries datagrams until neither side has one to send.
  void exchange() {
    while (carry(client, server) + carry(server, client) > 0) {}
  }
  /// Advances the time and carries datagrams, until neither side has a deadline or a datagram.
  void run() {
    for (exchange(); const auto next = earliest(); exchange()) {
      now = std::max(now, *next);
      client.on_time(now);
      server.on_time(now);
      CHECK(client.is_consistent());
      CHECK(server.is_consistent());
    }
  }
  [[nodiscard]] bool is_connected() const { return client.state() == State::Connected && server.state() == State::Connected; }

  std::size_t carry(media::DtlsHandshake& from, media::DtlsHandshake& to) {
    const auto datagrams = take_all(from);
    for (const Octets& datagram : datagrams) {
      CHECK(datagram.size() <= media::DtlsHandshake::kMtu);
      if (!loses()) to.on_datagram(datagram, now);
    }
    return datagrams.size();
  }

  base::TimePoint now{std::chrono::hours(1)};
  std::function<bool()> loses = [] { return false; };
  media::DtlsHandshake client, server;

 private:
  [[nodiscard]] std::optional<base::TimePoint> earliest() const {
    const auto a = client.next_deadline(), b = server.next_deadline();
    return a && b ? std::min(a, b) : a ? a : b;
  }
};

}  // namespace offhook_test
