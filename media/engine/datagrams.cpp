#include <offhook/media/engine/datagrams.hpp>

#include <offhook/media/engine/arrival_clock.hpp>
#include <offhook/media/engine/epoll_datagrams.hpp>
#include <offhook/media/engine/leg.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/media/engine/packet_tap.hpp>
#include <offhook/media/engine/uring_datagrams.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/translator.hpp>

#include <algorithm>
#include <array>
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

// --- from the sockets to the stream ----------------------------------------------------------------------------------------

void Datagrams::hand_in(Leg& leg, Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint arrival) {
  if (tap_ != nullptr) tap_received(leg, channel, from, datagram, arrival);
  if (leg.path) return through_path(leg, channel, from, datagram, arrival);
  to_stream(leg, channel, from, datagram, arrival);
  if (channel == Channel::Rtp) leg.pace.on_datagram(leg.stream.took_packet());
}

void Datagrams::through_path(Leg& leg, Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint arrival) {
  const auto received = leg.path->on_datagram(channel, from, datagram, arrival);
  bool taken = false;
  switch (received.verdict) {
    case PacketPath::Verdict::Rtp:
      to_stream(leg, Channel::Rtp, from, received.packet, arrival);
      taken = leg.stream.took_packet();
      break;
    case PacketPath::Verdict::Rtcp: to_stream(leg, Channel::Rtcp, from, received.packet, arrival); break;
    case PacketPath::Verdict::Consumed: break;
    case PacketPath::Verdict::Refused: ++leg.path_refused; break;
  }
  if (channel == Channel::Rtp) leg.pace.on_datagram(taken);
}

void Datagrams::to_stream(Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes packet, base::TimePoint arrival) {
  const auto onward = leg.stream.on_packet(channel, from, packet, arrival);
  if (!onward) return;
  Leg& other = *leg.relayed_with;
  if (!other.path) {
    if (tap_ != nullptr) tap_onward(other, *onward);
    return pass_on(other, *onward);
  }
  std::array<std::uint8_t, PacketPath::kMaxOctets> room;
  const auto size = rtp::write_packet(onward->packet, std::span(room).first(rtp::kMaxPassedOctets));
  if (size) send_protected(other, Channel::Rtp, room, *size, onward->to);  // The packet fits.
}

// --- from the stream to the sockets ----------------------------------------------------------------------------------------

void Datagrams::send(Leg& leg, const Sendout& out) {
  for (const auto& datagram : out.all()) {
    if (!leg.path) {
      send_tapped(leg, datagram.channel, datagram.bytes(), datagram.to);
      continue;
    }
    std::array<std::uint8_t, PacketPath::kMaxOctets> room;
    std::copy_n(datagram.octets.begin(), datagram.size, room.begin());
    send_protected(leg, datagram.channel, room, datagram.size, datagram.to);
  }
}

void Datagrams::send_protected(Leg& leg, Channel channel, std::span<std::uint8_t> room, std::size_t size, const base::SocketAddress& to) {
  const auto protected_size = leg.path->protect(channel, room, size);
  if (!protected_size || *protected_size > room.size()) {
    ++leg.send_failed;
    return;
  }
  send_tapped(leg, channel, room.first(*protected_size), to);
}

void Datagrams::send_tapped(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) {
  if (tap_ != nullptr) tap_sent(leg, channel, datagram, datagram.size(), to);
  send_one(leg, channel, datagram, to);
}

void Datagrams::run_path(Leg& leg, base::TimePoint now) {
  leg.path->on_time(now);
  for (int sent = 0; sent < PacketPath::kMaxOwnDatagrams; ++sent) {
    const auto own = leg.path->poll_transmit();
    if (!own) return;
    if (own->octets.size() <= PacketPath::kMaxOctets) send_tapped(leg, own->channel, own->octets, own->to);
    else ++leg.send_failed;
  }
}

// --- captures ---------------------------------------------------------------------------------------------------------------

namespace {

TappedPacket tapped(const Leg& leg, Channel channel, const base::SocketAddress& remote, base::Bytes beginning) {
  TappedPacket packet;
  packet.local = {leg.local.ip, static_cast<std::uint16_t>(leg.local.port + (channel == Channel::Rtcp ? 1 : 0))};
  packet.remote = remote;
  packet.kept = static_cast<std::uint16_t>(tapped_octets(beginning, leg.path != nullptr));
  std::copy_n(beginning.begin(), packet.kept, packet.octets.begin());
  return packet;
}

}  // namespace

void Datagrams::tap_received(const Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint arrival) {
  TappedPacket packet = tapped(leg, channel, from, datagram);
  packet.at = arrival;
  packet.size = static_cast<std::uint16_t>(datagram.size());
  tap_->put(packet);
}

void Datagrams::tap_sent(const Leg& leg, Channel channel, base::Bytes beginning, std::size_t size, const base::SocketAddress& to) {
  TappedPacket packet = tapped(leg, channel, to, beginning);
  packet.at = base::Clock::now();
  packet.is_sent = true;
  packet.size = static_cast<std::uint16_t>(size);
  tap_->put(packet);
}

void Datagrams::tap_onward(const Leg& through, const Onward& onward) {
  std::array<std::uint8_t, rtp::kFixedHeaderOctets> header;
  rtp::Packet without_audio = onward.packet;
  without_audio.payload = {};
  if (rtp::write_packet(without_audio, header))  // The packet has only the fixed header.
    tap_sent(through, Channel::Rtp, header, header.size() + onward.packet.payload.size(), onward.to);
}

// --- the tie of a socket to its peer ---------------------------------------------------------------------------------------

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
  if (!flush()) return;  // Datagrams to a tied peer wait without an address, so the socket must stay tied until they are sent: untie at the next look.
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
