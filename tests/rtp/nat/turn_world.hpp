#pragma once

#include <offhook/base/random.hpp>
#include <offhook/rtp/nat/turn_client.hpp>
#include <offhook/rtp/nat/turn_framer.hpp>
#include <offhook/tests/rtp/nat/scripted_turn_server.hpp>

#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

namespace offhook_test {

/// A client and its server on virtual time. The link between them is a stream, or delays, loses and reorders datagrams.
class TurnWorld {
 public:
  explicit TurnWorld(rtp::StunTransport transport = rtp::StunTransport::Udp, rtp::TurnFamily family = rtp::TurnFamily::Any, std::uint64_t seed = 1)
      : random(seed), chance_(seed + 1), transport_(transport),
        client({.server = kServer, .transport = transport, .family = family, .software = "test"}, {"user", "secret"}, random) {}

  static inline const base::SocketAddress kServer = socket_address("192.0.2.1", 3478), kClient = socket_address("10.0.0.5", 40000);

  base::TimePoint now{1h};
  base::SeededRandom random;

 private:
  base::SeededRandom chance_;
  rtp::StunTransport transport_;

 public:
  ScriptedTurnServer server;
  rtp::TurnClient client;
  unsigned loss_percent = 0;
  bool is_cut = false;
  std::vector<rtp::turn::Event> events;
  std::vector<std::pair<base::SocketAddress, Octets>> received;
  std::size_t max_at_once = 0;  ///< largest number of requests that left at the same time

  void start() { client.start(now); }
  /// Lets the time pass.
  void run_for(base::Duration duration) {
    const auto end = now + duration;
    for (;;) {
      pump();
      auto next = std::min(end, client.next_deadline().value_or(end));
      if (!link_.empty()) next = std::min(next, link_.begin()->first);
      now = std::max(now, next);
      deliver();
      client.on_time(now);
      CHECK(client.is_consistent());
      if (client.next_deadline()) CHECK(*client.next_deadline() > now);
      pump();
      if (now == end && (link_.empty() || link_.begin()->first > end)) return;
    }
  }
  /// Runs until the client has an allocation or has failed.
  void allocate() {
    start();
    run_for(60s);
    REQUIRE(last<rtp::turn::Allocated>());
  }
  void pass(const Octets& message, const base::SocketAddress& from = kServer) {
    client.on_message(message, from, now);
    CHECK(client.is_consistent());
    pump();
  }
  /// Sends from the client to the peer. Returns false if the client refuses.
  bool send(const base::SocketAddress& peer, const Octets& octets) {
    Octets room(octets.size() + rtp::kMaxTurnAddedOctets);
    const auto size = client.channels().wrap(peer, octets, room, random);
    if (!size) return false;
    room.resize(*size);
    put(std::move(room), true);
    return true;
  }
  /// Sends from the peer to the client. Returns false if the server has no permission.
  bool send_back(const base::SocketAddress& peer, const Octets& octets) {
    auto message = server.from_peer(peer, octets, now);
    if (message) put(std::move(*message), false);
    return message.has_value();
  }

  template <class Event>
  [[nodiscard]] std::optional<Event> last() const {
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
      if (const auto* found = std::get_if<Event>(&*event)) return *found;
    }
    return std::nullopt;
  }
  template <class Event>
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(std::count_if(events.begin(), events.end(), [](const auto& event) { return std::holds_alternative<Event>(event); }));
  }

 private:
  struct Flying {
    Octets octets;
    bool to_server = false;
  };

  void put(Octets octets, bool to_server) {
    if (is_cut || (!rtp::is_stream(transport_) && chance_.below(100) < loss_percent)) return;
    if (rtp::is_stream(transport_)) octets.resize((octets.size() + 3) / 4 * 4);  // RFC 8656 section 12.5
    const auto jitter = rtp::is_stream(transport_) ? 0 : chance_.below(30);
    link_.emplace(now + 20ms + std::chrono::milliseconds(jitter), Flying{std::move(octets), to_server});
  }
  void pump() {
    std::size_t sent = 0;
    while (const auto transmit = client.poll_transmit()) {
      put(Octets(transmit->octets.begin(), transmit->octets.end()), true);
      ++sent;
    }
    max_at_once = std::max(max_at_once, sent);
    while (auto event = client.poll_event()) events.push_back(std::move(*event));
  }
  void deliver() {
    while (!link_.empty() && link_.begin()->first <= now) {
      const Flying flying = std::move(link_.extract(link_.begin()).mapped());
      if (flying.to_server) {
        if (auto answer = server.on_message(flying.octets, kClient, now)) put(std::move(*answer), false);
      } else if (rtp::is_stream(transport_)) {
        deliver_stream(flying.octets);
      } else {
        take(flying.octets);
      }
      pump();
    }
  }
  /// Passes the octets on in pieces of any size.
  void deliver_stream(base::Bytes octets) {
    while (!octets.empty()) {
      base::Bytes piece = octets.first(1 + chance_.below(octets.size()));
      octets = octets.subspan(piece.size());
      auto next = framer_.next(piece);
      for (; next == rtp::TurnFramer::Next::Message; next = framer_.next(piece)) take(framer_.message());
      CHECK(next == rtp::TurnFramer::Next::None);
    }
  }
  void take(base::Bytes message) {
    const auto data = client.channels().unwrap(message);
    if (data) {
      received.emplace_back(data->peer, Octets(data->octets.begin(), data->octets.end()));
    } else if (data == base::fail(rtp::TurnDataError::NotData)) {
      client.on_message(message, kServer, now);
    }
  }

  std::multimap<base::TimePoint, Flying> link_;
  rtp::TurnFramer framer_;
};

}  // namespace offhook_test
