#include <offhook/media/send/packetizer.hpp>

#include <offhook/rtp/packet.hpp>

#include <algorithm>
#include <cassert>

namespace offhook::inline v0::media {

namespace {
// A receiver of SRTP that loses the first packets can then not miss a roll-over: RFC 4568 section 6.4.
constexpr std::uint16_t kMaxFirstSequence = 0x7FFF;
}  // namespace

Packetizer::Packetizer(base::Random& random)
    : ssrc_(random.next_u32()), timestamp_(random.next_u32()), sequence_(static_cast<std::uint16_t>(random.next_u32() & kMaxFirstSequence)) {}

void Packetizer::begin_ssrc(std::uint32_t ssrc) {
  ssrc_ = ssrc;
  sequence_ &= kMaxFirstSequence;
  packets_before_ = packets_;
  payload_octets_before_ = payload_octets_;
  marker_ = true;
}

void Packetizer::configure(std::uint8_t payload_type, std::uint16_t ptime_ms, TickShape shape) {
  if (shape != shape_) interrupt();
  payload_type_ = payload_type;
  shape_ = shape;
  const auto steps = static_cast<std::size_t>(std::clamp(ptime_ms, kMinPtimeMs, kMaxPtimeMs) / 10);
  const std::size_t step_octets = shape.octets / 2u;
  // pending_ must have space for the octets that wait and for one tick more.
  const std::size_t most = (kMaxPayload - shape.octets) / step_octets + 1;
  packet_octets_ = std::min(steps, std::max<std::size_t>(most, 2)) * step_octets;
}

void Packetizer::audio(base::Bytes octets, const base::SocketAddress& to, Sendout& out) {
  assert(octets.size() == shape_.octets && pending_size_ + octets.size() <= pending_.size());
  std::copy(octets.begin(), octets.end(), pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_));
  pending_size_ += octets.size();
  std::size_t sent = 0;
  while (pending_size_ - sent >= packet_octets_) {
    const auto begin = timestamp_ + shape_.units - units_of(pending_size_ - sent);
    emit(base::Bytes(pending_).subspan(sent, packet_octets_), payload_type_, begin, marker_, to, out);
    marker_ = false;
    sent += packet_octets_;
  }
  std::copy(pending_.begin() + static_cast<std::ptrdiff_t>(sent), pending_.begin() + static_cast<std::ptrdiff_t>(pending_size_),
            pending_.begin());
  pending_size_ -= sent;
}

void Packetizer::emit_pending(const base::SocketAddress& to, Sendout& out) {
  if (pending_size_ == 0) return;
  emit(base::Bytes(pending_).first(pending_size_), payload_type_, timestamp_ - units_of(pending_size_), marker_, to, out);
  pending_size_ = 0;
}

void Packetizer::silence(base::Bytes description, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out) {
  emit_pending(to, out);
  emit(description, payload_type, timestamp_, false, to, out);
  marker_ = true;
}

void Packetizer::packet(base::Bytes payload, int begins_ms, const base::SocketAddress& to, Sendout& out) {
  if (payload.size() + rtp::kFixedHeaderOctets > kMaxDatagramOctets) return;
  const int units_per_ms = shape_.units / 20;
  emit(payload, payload_type_, timestamp_ + static_cast<std::uint32_t>(begins_ms * units_per_ms), marker_, to, out);
  marker_ = false;
}

void Packetizer::event(const rtp::EventSender::Outgoing& event, std::uint8_t payload_type, const base::SocketAddress& to, Sendout& out) {
  emit_pending(to, out);
  marker_ = false;
  emit(event.payload, payload_type, event.timestamp, event.marker, to, out);
}

void Packetizer::interrupt() {
  pending_size_ = 0;
  marker_ = true;
}

void Packetizer::skip(std::uint64_t ticks) {
  interrupt();
  timestamp_ += static_cast<std::uint32_t>(ticks * shape_.units);
}

void Packetizer::count(std::size_t payload_octets) {
  ++packets_;
  payload_octets_ += payload_octets;
  datagram_octets_ += rtp::kFixedHeaderOctets + payload_octets;
}

void Packetizer::go_on(std::uint16_t sequence, std::uint32_t timestamp) {
  interrupt();
  sequence_ = sequence;
  timestamp_ = timestamp;
}

std::uint64_t Packetizer::ticks_until_sent() const {
  // After a change to a shorter ptime, more octets may wait than one packet holds. Then the packet is sent now.
  if (pending_size_ >= packet_octets_) return 0;
  return (packet_octets_ - pending_size_ + shape_.octets - 1) / shape_.octets - 1;
}

void Packetizer::emit(base::Bytes payload, std::uint8_t payload_type, std::uint32_t timestamp, bool marker,
                      const base::SocketAddress& to, Sendout& out) {
  rtp::Packet packet;
  packet.marker = marker;
  packet.payload_type = payload_type;
  packet.sequence = sequence_++;
  packet.timestamp = timestamp;
  packet.ssrc = ssrc_;
  packet.payload = payload;
  Datagram* datagram = out.next();
  assert(datagram != nullptr);
  if (datagram == nullptr) return;
  const auto size = rtp::write_packet(packet, datagram->octets);
  if (!size) return;  // The payload type is over 127: the plan is invalid, and nothing can be sent.
  datagram->channel = Channel::Rtp;
  datagram->to = to;
  datagram->size = static_cast<std::uint16_t>(*size);
  out.keep();
  ++packets_;
  payload_octets_ += payload.size();
  datagram_octets_ += *size;
}

}  // namespace offhook::inline v0::media
