#include <offhook/bench/yes_registrar.hpp>

#include <offhook/sip/message/parser.hpp>
#include <offhook/sip/message/writer.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

namespace offhook::bench {

YesRegistrar::YesRegistrar() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in local{};
  local.sin_family = AF_INET;
  local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof local;
  auto* address = reinterpret_cast<sockaddr*>(&local);
  if (::bind(socket_, address, size) != 0 || ::getsockname(socket_, address, &size) != 0) {
    throw std::runtime_error("no UDP port of 127.0.0.1 is free for the registrar");
  }
  port_ = ntohs(local.sin_port);
  const timeval limit{.tv_sec = 0, .tv_usec = 100'000};  // longest time until the thread notices that it must stop
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  thread_ = std::thread([this] { run(); });
}

YesRegistrar::~YesRegistrar() {
  stop_ = true;
  thread_.join();
  ::close(socket_);
}

void YesRegistrar::run() {
  std::array<std::uint8_t, 4096> datagram;
  while (!stop_) {
    sockaddr_in from{};
    socklen_t size = sizeof from;
    const auto count = ::recvfrom(socket_, datagram.data(), datagram.size(), 0, reinterpret_cast<sockaddr*>(&from), &size);
    if (count <= 0) continue;
    const auto request = sip::parse_message(pool_.copy({datagram.data(), static_cast<std::size_t>(count)}));
    if (!request || request->method_text() != "REGISTER") continue;
    const base::SocketAddress source{base::IpAddress::v4({127, 0, 0, 1}), ntohs(from.sin_port)};
    auto writer = sip::Writer::response(*request, 200, "OK", "yes", source);
    if (const auto contact = request->find(sip::HeaderName::Contact)) {
      const auto expires = request->number(sip::HeaderName::Expires);  // If this header field is missing, the Contact has the expiry.
      writer.header(sip::HeaderName::Contact, *contact);
      if (expires) writer.header(sip::HeaderName::Expires, *expires);
    }
    const std::string answer = writer.finish();
    (void)::sendto(socket_, answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from), size);
  }
}

}  // namespace offhook::bench
