#include <offhook/agent/capture/wire_capture.hpp>

#include <offhook/agent/capture/file_sink.hpp>
#include <offhook/agent/capture/masking.hpp>
#include <offhook/agent/capture/queued_sink.hpp>
#include <offhook/agent/capture/trace_sink.hpp>
#include <offhook/agent/support/log.hpp>

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

constexpr base::Duration kMediaPause = std::chrono::milliseconds(20);
constexpr base::Duration kTellDropped = std::chrono::seconds(10);

/// Gives the local address the family of the remote address: a socket for IPv4 and IPv6 may know its own address in one family only.
void make_one_family(Packet& packet) {
  if (packet.local.ip.is_v6() != packet.remote.ip.is_v6()) packet.local.ip = packet.remote.ip.is_v6() ? base::IpAddress::v6({}) : base::IpAddress::v4({});
}

Packet packet_of(const sip::WireMessage& message) {
  Packet packet{message.direction, message.at, message.flow.transport, message.flow.local, message.flow.remote, std::string(message.octets)};
  make_one_family(packet);
  return packet;
}

Packet packet_of(const media::TappedPacket& tapped, std::chrono::nanoseconds wall_ahead) {
  Packet packet;
  packet.direction = tapped.is_sent ? Direction::Sent : Direction::Received;
  packet.at = WallTime(std::chrono::duration_cast<WallTime::duration>(tapped.at.time_since_epoch() + wall_ahead));
  packet.local = tapped.local;
  packet.remote = tapped.remote;
  packet.octets.assign(tapped.beginning().begin(), tapped.beginning().end());
  packet.size = tapped.size;
  make_one_family(packet);
  return packet;
}

}  // namespace

base::Result<std::unique_ptr<WireCapture>, base::Error> WireCapture::open(const CaptureOptions& options) {
  std::vector<std::unique_ptr<CaptureSink>> sinks;
  if (!options.file.empty()) {
    auto file = FileSink::open(store::posix_file_system(), options.file, options.file_octets);
    if (!file) return base::fail(file.error());
    sinks.push_back(std::move(*file));
  }
  if (options.hep) sinks.push_back(std::make_unique<QueuedSink>(std::make_unique<HepSink>(*options.hep)));
  if (options.trace) sinks.push_back(std::make_unique<QueuedSink>(std::make_unique<TraceSink>(STDERR_FILENO, options.colours)));
  return std::make_unique<WireCapture>(std::move(sinks), options.media && !options.file.empty() ? std::make_shared<media::PacketTaps>() : nullptr);
}

WireCapture::WireCapture(std::vector<std::unique_ptr<CaptureSink>> sinks, std::shared_ptr<media::PacketTaps> media)
    : sinks_(std::move(sinks)), media_(std::move(media)), thread_([this] { run(); }) {}

WireCapture::~WireCapture() {
  queue_.close();
  thread_.join();
}

void WireCapture::on_message(const sip::WireMessage& message) noexcept {
  if (queue_.has_room(message.octets.size())) queue_.handle(1, [&] { queue_.put(packet_of(message)); });
}

std::uint64_t WireCapture::dropped() const {
  std::uint64_t sum = queue_.dropped() + (media_ ? media_->dropped() : 0);
  for (const auto& sink : sinks_) sum += sink->dropped();
  return sum;
}

void WireCapture::run() {
  std::vector<Packet> packets;
  for (bool is_open = true; is_open;) {
    is_open = queue_.take_all(packets, media_ ? kMediaPause : kTellDropped);
    while (media_ && write_media() && !is_open) {}  // Write media before the messages, because most of these packets are older.
    for (Packet& packet : packets) {
      mask_secrets(packet.octets);
      for (const auto& sink : sinks_) queue_.handle(1, [&] { sink->take(packet, base::Clock::now()); });
    }
    if (base::Clock::now() >= tell_at_) tell_dropped();
  }
  for (const auto& sink : sinks_) sink->close();
  tell_dropped();
}

bool WireCapture::write_media() {
  const auto now = base::Clock::now();
  const std::chrono::nanoseconds wall_ahead = std::chrono::system_clock::now().time_since_epoch() - now.time_since_epoch();
  std::vector<Packet> packets;
  for (media::TappedPacket tapped; packets.size() < kMostMedia && media_->try_take(tapped);) queue_.handle(1, [&] { packets.push_back(packet_of(tapped, wall_ahead)); });
  std::stable_sort(packets.begin(), packets.end(), [](const Packet& a, const Packet& b) { return a.at < b.at; });
  for (std::span<const Packet> rest = packets; !rest.empty();) {
    const auto part = rest.first(std::min(rest.size(), kMostAtOnce));
    queue_.handle(part.size(), [&] {
      for (const auto& sink : sinks_) sink->take_media(part, now);
    });
    rest = rest.subspan(part.size());
  }
  return packets.size() == kMostMedia;
}

void WireCapture::tell_dropped() {
  const std::uint64_t lost = dropped();
  if (lost == told_ || !has_memory_for([&] { log::warning("capture.dropped", {{"packets", lost - told_}}); })) return;
  told_ = lost;
  tell_at_ = base::Clock::now() + kTellDropped;
}

}  // namespace offhook::inline v0::agent::capture
