#include <offhook/agent/capture/wire_capture.hpp>

#include <offhook/agent/capture/file_sink.hpp>
#include <offhook/agent/capture/masking.hpp>
#include <offhook/agent/capture/trace_sink.hpp>
#include <offhook/agent/support/log.hpp>

#include <unistd.h>

#include <chrono>
#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

constexpr auto kMediaPause = std::chrono::milliseconds(20);
constexpr std::size_t kMostMediaAtOnce = 256;  // One write of a file has these packets.
constexpr int kMostWrites = 64;                // Then SIP messages have their turn.
constexpr auto kTellDropped = std::chrono::seconds(10);

Packet packet_of(const sip::WireMessage& message) {
  Packet packet{message.direction, message.at, message.flow.transport, message.flow.local, message.flow.remote, std::string(message.octets)};
  // A socket of both families may not know its own IPv4 address.
  if (packet.local.ip.is_v6() != packet.remote.ip.is_v6()) packet.local.ip = packet.remote.ip.is_v6() ? base::IpAddress::v6({}) : base::IpAddress::v4({});
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
  if (options.hep) sinks.push_back(std::make_unique<HepSink>(*options.hep));
  if (options.trace) sinks.push_back(std::make_unique<TraceSink>(STDERR_FILENO, options.colours));
  return std::make_unique<WireCapture>(std::move(sinks), options.media && !options.file.empty() ? std::make_shared<media::PacketTaps>() : nullptr);
}

WireCapture::WireCapture(std::vector<std::unique_ptr<CaptureSink>> sinks, std::shared_ptr<media::PacketTaps> media)
    : sinks_(std::move(sinks)), media_(std::move(media)), thread_([this] { run(); }) {}

WireCapture::~WireCapture() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WireCapture::on_message(const sip::WireMessage& message) noexcept {
  const std::lock_guard lock(mutex_);
  const bool fits = waiting_.size() < kMaxWaiting && waiting_octets_ + message.octets.size() <= kMaxWaitingOctets;
  try {
    if (fits) waiting_.push_back(packet_of(message));
  } catch (...) {  // No memory is left: the call goes on without this message in the capture.
    ++dropped_;
    return;
  }
  if (!fits) {
    ++dropped_;
    return;
  }
  waiting_octets_ += message.octets.size();
  wake_.notify_one();
}

std::uint64_t WireCapture::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_ + (media_ ? media_->dropped() : 0);
}

void WireCapture::run() {
  std::unique_lock lock(mutex_);
  for (bool is_last = false; !is_last;) {
    const auto is_due = [this] { return closing_ || !waiting_.empty(); };
    if (media_) (void)wake_.wait_for(lock, kMediaPause, is_due);
    else wake_.wait(lock, is_due);
    is_last = closing_;
    auto packets = std::exchange(waiting_, {});
    waiting_octets_ = 0;
    lock.unlock();
    write(std::move(packets));
    if (media_) write_media();
    tell_dropped(is_last);
    lock.lock();
    is_last = is_last && waiting_.empty();
  }
}

void WireCapture::write(std::vector<Packet> packets) {
  for (Packet& packet : packets) {
    mask_secrets(packet.octets);
    for (const auto& sink : sinks_) sink->take(packet, base::Clock::now());
  }
}

void WireCapture::write_media() {
  const auto now = base::Clock::now();
  const std::chrono::nanoseconds wall_ahead = std::chrono::system_clock::now().time_since_epoch() - now.time_since_epoch();
  std::vector<Packet> packets;
  for (int i = 0; i < kMostWrites; ++i) {
    packets.clear();
    for (media::TappedPacket tapped; packets.size() < kMostMediaAtOnce && media_->try_take(tapped);) packets.push_back(packet_of(tapped, wall_ahead));
    if (packets.empty()) return;
    for (const auto& sink : sinks_) sink->take_media(packets, now);
  }
}

void WireCapture::tell_dropped(bool is_last) {
  const auto now = base::Clock::now();
  const std::uint64_t lost = dropped();
  if (lost == told_ || (now < tell_at_ && !is_last)) return;
  log::warning("capture.dropped", {{"messages", lost - std::exchange(told_, lost)}});
  tell_at_ = now + kTellDropped;
}

}  // namespace offhook::inline v0::agent::capture
