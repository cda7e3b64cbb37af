#include <offhook/media/engine/datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/epoll_datagrams.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/uring_datagrams.hpp>

#include <cerrno>
#include <system_error>
#include <utility>

namespace offhook::inline v0::media {

std::string_view to_string(DatagramPath path) {
  switch (path) {
    case DatagramPath::Best: return "best";
    case DatagramPath::Uring: return "io_uring";
    case DatagramPath::Epoll: return "epoll";
  }
  return "unknown";
}

bool Datagrams::begins_phase(const ArrivalClock& clock) { return std::exchange(phase_began_, clock.began()) != clock.began(); }

void Datagrams::hand_in(Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint arrival) {
  if (const auto onward = leg.stream.on_packet(channel, from, datagram, arrival)) pass_on(*leg.relayed_with, *onward);
  if (channel == Channel::Rtp) leg.pace.on_datagram(leg.stream.took_packet());
}

void Datagrams::mind_peer(Leg& leg, const std::optional<base::SocketAddress>& peer) {
  switch (leg.tie.look(peer)) {
    case PeerTie::Wish::Nothing: return;
    case PeerTie::Wish::Untie: return untie(leg);
    case PeerTie::Wish::Tie: leg.rtp.tie(leg.tie.peer()) ? leg.tie.tied() : leg.tie.cannot_be_tied(); return;
  }
}

void Datagrams::untie(Leg& leg) { untie(leg, PeerTie::kLooks); }

void Datagrams::untie(Leg& leg, int looks) {
  if (!leg.tie.is_tied()) return;
  leg.tie.owe_untying(looks);
  if (!flush()) return;  // The datagrams that wait have no address of their own: untie at the next look.
  leg.rtp.untie();
  leg.tie.untied();
}

void Datagrams::on_refusal(Leg& leg, int error) {
  if (error != EAGAIN && error != ENOBUFS && error != ENOMEM) untie(leg, PeerTie::kLooksRefused);
}

std::unique_ptr<Datagrams> make_datagrams(DatagramPath wanted, std::string& why) {
  if (wanted != DatagramPath::Epoll) {
    auto uring = std::make_unique<UringDatagrams>();
    if (uring->refusal() == 0) return uring;
    // EPERM: a container's filter, or kernel.io_uring_disabled; ENOSYS, EINVAL: a kernel before 6.1.
    why = "io_uring: " + std::generic_category().message(uring->refusal());
    if (wanted == DatagramPath::Uring) return nullptr;
  }
  auto epoll = std::make_unique<EpollDatagrams>();
  if (epoll->works()) return epoll;
  why = "epoll: no descriptors left";
  return nullptr;
}

}  // namespace offhook::inline v0::media
