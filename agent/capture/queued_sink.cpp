#include <offhook/agent/capture/queued_sink.hpp>

#include <utility>
#include <vector>

namespace offhook::inline v0::agent::capture {

QueuedSink::QueuedSink(std::unique_ptr<CaptureSink> sink) : sink_(std::move(sink)), thread_([this] { run(); }) {}

void QueuedSink::close() {
  queue_.close();
  if (thread_.joinable()) thread_.join();
}

void QueuedSink::run() {
  std::vector<Packet> packets;
  for (bool is_open = true; is_open;) {
    is_open = queue_.take_all(packets);
    for (const Packet& packet : packets) queue_.handle(1, [&] { sink_->take(packet, base::Clock::now()); });
  }
}

}  // namespace offhook::inline v0::agent::capture
