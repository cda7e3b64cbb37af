#include <offhook/agent/capture/wire_capture.hpp>

#include <offhook/agent/capture/file_sink.hpp>
#include <offhook/agent/capture/masking.hpp>
#include <offhook/agent/capture/trace_sink.hpp>
#include <offhook/agent/support/log.hpp>

#include <unistd.h>

#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

Packet packet_of(const sip::WireMessage& message) {
  Packet packet{message.direction, message.at, message.flow.transport, message.flow.local, message.flow.remote, std::string(message.octets)};
  // A socket of both families may not know its own IPv4 address.
  if (packet.local.ip.is_v6() != packet.remote.ip.is_v6()) packet.local.ip = packet.remote.ip.is_v6() ? base::IpAddress::v6({}) : base::IpAddress::v4({});
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
  return std::make_unique<WireCapture>(std::move(sinks));
}

WireCapture::WireCapture(std::vector<std::unique_ptr<CaptureSink>> sinks) : sinks_(std::move(sinks)), thread_([this] { run(); }) {}

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
  return dropped_;
}

void WireCapture::run() {
  std::uint64_t told = 0;
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return closing_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    auto packets = std::exchange(waiting_, {});
    waiting_octets_ = 0;
    const std::uint64_t dropped = dropped_;
    lock.unlock();
    write(std::move(packets));
    if (dropped > told) log::warning("capture.dropped", {{"messages", dropped - std::exchange(told, dropped)}});
    lock.lock();
  }
}

void WireCapture::write(std::vector<Packet> packets) {
  for (Packet& packet : packets) {
    mask_secrets(packet.octets);
    for (const auto& sink : sinks_) sink->take(packet, base::Clock::now());
  }
}

}  // namespace offhook::inline v0::agent::capture
