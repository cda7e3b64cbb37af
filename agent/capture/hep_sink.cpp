#include <offhook/agent/capture/hep_sink.hpp>

#include <offhook/agent/capture/hep3.hpp>
#include <offhook/agent/capture/message_lines.hpp>

#include <fmt/format.h>

#include <netdb.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

namespace offhook::inline v0::agent::capture {

namespace {

Hep3 hep3_of(const Packet& packet, const HepOptions& options) {
  const auto time = std::chrono::duration_cast<std::chrono::microseconds>(packet.at.time_since_epoch());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  Hep3 out;
  // The protocol of IP: TLS and WebSocket use TCP.
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

}  // namespace

bool keeps_socket(int error) {
  constexpr std::array kPassing{ECONNREFUSED, EAGAIN, ENOBUFS, ENOMEM, EINTR, EMSGSIZE};
  return std::find(kPassing.begin(), kPassing.end(), error) != kPassing.end();
}

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
  if (::send(socket_->get(), datagram->data(), datagram->size(), MSG_NOSIGNAL) >= 0) {
    // A datagram to a port where no program listens is sent, and only the next one fails.
    if (now >= retry_at_) faults_.on_written();
    return;
  }
  const int error = errno;
  if (!keeps_socket(error)) socket_.reset();  // The collector may have another address now.
  retry_at_ = now + kRetry;
  faults_.on_lost(std::strerror(error));
}

std::string HepSink::connect() {
  addrinfo hints{}, *found = nullptr;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICSERV;
  if (const int failed = ::getaddrinfo(options_.host.c_str(), std::to_string(options_.port).c_str(), &hints, &found); failed != 0) return ::gai_strerror(failed);
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  std::string why = "no address";
  for (const addrinfo* each = found; each != nullptr && !why.empty(); each = each->ai_next) {
    const int fd = ::socket(each->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      why = std::strerror(errno);
      continue;
    }
    socket_.emplace(fd);
    why = ::connect(fd, each->ai_addr, each->ai_addrlen) == 0 ? "" : std::strerror(errno);
  }
  if (!why.empty()) socket_.reset();
  return why;
}

}  // namespace offhook::inline v0::agent::capture
