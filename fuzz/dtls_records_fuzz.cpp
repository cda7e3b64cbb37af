// The first octet of the input selects the role of the attacked side. Steps follow: datagrams of a genuine peer, also changed, copied or lost, datagrams of
// an attacker, and time. Checks that the attacked side stays consistent, that it sends at most eight datagrams at a time, each of at most kMtu octets, and
// that nothing has ended an association whose sides are both connected.
#include "require.hpp"
#include "script.hpp"

#include <offhook/media/dtls/handshake.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

using namespace offhook;
using fuzz::require;
using fuzz::Script;
using media::DtlsHandshake;

namespace {

using Octets = std::vector<std::uint8_t>;

const media::DtlsEndpoint& shared_endpoint() {
  static const media::DtlsEndpoint made = *media::DtlsEndpoint::make(*media::DtlsCertificate::make());
  return made;
}

struct Association {
  Association(media::DtlsRole attacked_role, media::DtlsRole peer_role) : attacked(shared_endpoint(), attacked_role), peer(shared_endpoint(), peer_role) {
    peer.start({shared_endpoint().fingerprint()}, now);
  }

  /// Gives a datagram to the attacked side, and carries its answers to the peer.
  void give(const Octets& datagram) {
    attacked.on_datagram(Octets(datagram), now);  // The copy has its own memory, so that the sanitizer sees a read past the end.
    carry();
  }
  void carry() {
    std::size_t answers = 0;
    for (auto answer = attacked.poll_transmit(); answer; answer = attacked.poll_transmit()) {
      require(!answer->empty() && answer->size() <= DtlsHandshake::kMtu && ++answers <= 8);
      peer.on_datagram(*answer, now);
    }
    for (auto answer = peer.poll_transmit(); answer; answer = peer.poll_transmit()) waiting.emplace_back(answer->begin(), answer->end());
    require(attacked.is_consistent() && peer.is_consistent());
  }
  void pass(std::chrono::milliseconds time) {
    now += time;
    attacked.on_time(now);
    peer.on_time(now);
    const auto next = attacked.next_deadline();
    require(!next || *next > now);
    carry();
  }
  Octets take_waiting() {
    if (waiting.empty()) return {};
    Octets oldest = std::move(waiting.front());
    waiting.erase(waiting.begin());
    return oldest;
  }

  base::TimePoint now{std::chrono::hours(1)};
  DtlsHandshake attacked, peer;
  std::vector<Octets> waiting;  // datagrams of the peer to the attacked side
  Octets latest;                // the last datagram of the peer that arrived at the attacked side
};

Octets record(Script& script) {
  Octets made{script.next(), 0xfe, script.next(), 0, script.next(), 0, 0, 0, 0, 0, script.next(), 0};
  const auto body = script.text(script.next());
  made.push_back(static_cast<std::uint8_t>(body.size()));
  made.insert(made.end(), body.begin(), body.end());
  return made;
}

void step(Association& association, Script& script) {
  switch (script.next() % 9) {
    case 0: association.give(association.latest = association.take_waiting()); break;
    case 1: association.give(association.latest); break;
    case 2: (void)association.take_waiting(); break;
    case 3: association.pass(std::chrono::milliseconds(20 * script.next())); break;
    case 4: association.give(record(script)); break;
    case 5: {
      const auto text = script.text(script.next());
      association.give({text.begin(), text.end()});
      break;
    }
    case 6: {
      Octets changed = association.take_waiting();
      if (!changed.empty()) changed[script.next() * changed.size() / 256] ^= script.next();
      association.give(changed);
      break;
    }
    case 7: association.attacked.start({shared_endpoint().fingerprint()}, association.now); association.carry(); break;
    case 8: association.attacked.close(); association.carry(); break;
  }
}

bool have_equal_keys(const media::DtlsKeys& a, const media::DtlsKeys& b) {
  return std::ranges::equal(a.send.secret(), b.receive.secret()) && std::ranges::equal(a.receive.secret(), b.send.secret());
}

/// Checks two things if both sides are connected: they have the same keys, and one side can still close the association of the other side, so that nothing
/// that the attacker sent has ended it.
void check_end(Association& association) {
  using State = DtlsHandshake::State;
  DtlsHandshake &attacked = association.attacked, &peer = association.peer;
  if (attacked.state() != State::Connected || peer.state() != State::Connected) return;
  require(have_equal_keys(*attacked.keys(), *peer.keys()));
  association.pass(std::chrono::seconds(1));
  attacked.close();
  association.carry();
  require(peer.state() == State::ClosedByPeer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Script script(data, size);
  constexpr auto kClient = media::DtlsRole::Client, kServer = media::DtlsRole::Server;
  const bool attacks_server = script.next() % 2 == 1;
  Association association(attacks_server ? kServer : kClient, attacks_server ? kClient : kServer);
  for (int steps = 0; !script.over() && steps < 64; ++steps) step(association, script);
  check_end(association);
  return 0;
}
