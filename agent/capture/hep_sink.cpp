#include <offhook/agent/capture/hep_sink.hpp>

#include <offhook/agent/capture/hep3.hpp>
#include <offhook/agent/capture/message_lines.hpp>
#include <offhook/agent/net/host_lookup.hpp>
#include <offhook/media/engine/socket_names.hpp>

#include <fmt/format.h>

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

Hep3 hep3_of(const Packet& packet, const HepOptions& options) {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(packet.at.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  Hep3 out;
  // HEP3 has the protocol above IP: TLS and WebSocket use TCP.
  out.ip_protocol = packet.transport == sip::Transport::Udp ? Hep3::kUdp : Hep3::kTcp;
  out.source = packet.source();
  out.destination = packet.destination();
  out.seconds = static_cast<std::uint32_t>(seconds.count());
  out.microseconds = static_cast<std::uint32_t>((time - seconds).count());
  out.capture_id = options.capture_id;
  out.key = options.key.reveal();
  const std::string_view call_id = call_id_of(packet.octets);
  if (call_id.size() <= HepSink::kMaxCallId) out.correlation_id = call_id;
  out.payload = packet.octets;
  return out;
}

/// Returns true if the next packet may pass through the same socket after this error of send(2), because the error says nothing about the
/// collector's address.
bool keeps_socket(int error) {
  constexpr std::array kPassing{ECONNREFUSED, EAGAIN, ENOBUFS, ENOMEM, EINTR, EMSGSIZE};
  return std::find(kPassing.begin(), kPassing.end(), error) != kPassing.end();
}

}  // namespace

HepSink::HepSink(HepOptions options) : options_(std::move(options)), faults_(fmt::format("{}:{}", options_.host, options_.port)) {}

void HepSink::take(const Packet& packet, base::TimePoint now) {
  if (!socket_ && now < retry_at_) return faults_.on_lost({});
  if (!socket_) {
    if (const std::string why = connect(); !why.empty()) {
      retry_at_ = now + kRetry;
      return faults_.on_lost(why);
    }
  }
  const auto datagram = write_hep3(hep3_of(packet, options_));
  if (!datagram) return faults_.on_lost("a key is too long for a datagram of HEP3");
  const auto send = [&] { return ::send(socket_->get(), datagram->data(), datagram->size(), MSG_NOSIGNAL) < 0 ? errno : 0; };
  int error = send();
  if (error == ECONNREFUSED) {  // The error reports that the collector refused an earlier packet. The kernel has not sent this packet.
    retry_at_ = now + kRetry;
    faults_.on_lost(std::strerror(error));
    error = send();
  }
  if (error == 0) {
    // send() succeeds even if no program listens at the collector's port, and only the next datagram fails.
    if (now >= retry_at_) faults_.on_written();
    return;
  }
  if (!keeps_socket(error)) socket_.reset();  // The collector may have another address now.
  retry_at_ = now + kRetry;
  faults_.on_lost(std::strerror(error));
}

std::string HepSink::connect() {
  const net::HostAddresses found = net::look_up(options_.host, [] { return false; });
  std::string why = found.trouble;
  for (const base::IpAddress& each : found.addresses) {
    sockaddr_storage to{};
    const socklen_t size = media::to_sockaddr({each, options_.port}, to);
    socket_.emplace(::socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket_->is_open() && ::connect(socket_->get(), reinterpret_cast<const sockaddr*>(&to), size) == 0) return "";
    why = std::strerror(errno);
  }
  socket_.reset();
  return why;
}

}  // namespace offhook::inline v0::agent::capture
