// Runs the SIP stack in its own event loop, over one UDP socket:     sans_io sip:bob@127.0.0.1:5060     calls, and hangs up after the answer
#include <offhook/base/random.hpp>
#include <offhook/sip/stack/stack.hpp>

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdio>

using namespace offhook;

static const auto kLoopback = *base::IpAddress::parse("127.0.0.1");
static const char kOffer[] = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n";

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "usage: sans_io TARGET\n"), 2;
  const int udp = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_in here{.sin_family = AF_INET, .sin_port = 0, .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  socklen_t size = sizeof here;
  auto* address = reinterpret_cast<sockaddr*>(&here);
  if (::bind(udp, address, size) != 0 || ::getsockname(udp, address, &size) != 0) return std::perror("no socket"), 1;
  const base::SocketAddress local{kLoopback, ntohs(here.sin_port)};

  base::SystemRandom random;
  sip::Stack stack({}, random);
  sip::AccountOptions who;
  who.address_of_record = "sip:anna@" + local.to_string();
  who.registers = false;
  sip::CallOptions call;
  call.account = stack.accounts().add(who, base::Clock::now());
  call.target = argv[1];
  call.offer = {"application/sdp", kOffer};
  call.through_registrar = false;
  if (!stack.calls().call(call, base::Clock::now())) return std::fprintf(stderr, "the target is not a SIP address that can be called\n"), 1;

  for (bool answered = false;;) {
    // The stack returns names to look up, octets to send, and events. The handling of an event may produce more of these. Therefore the
    // loop repeats until there is no event.
    for (bool quiet = false; !quiet;) {
      quiet = true;
      while (const auto query = stack.poll_query()) {  // A real program queries DNS here. This example only knows the loopback address.
        sip::QueryResult found;
        found.routes.push_back({sip::Transport::Udp, local, {kLoopback, query->port.value_or(5060)}, sip::FlowId{1}});
        stack.on_answer(query->id, found, base::Clock::now());
      }
      while (const auto out = stack.poll_transmit()) {
        sockaddr_in there{.sin_family = AF_INET, .sin_port = htons(out->flow.remote.port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
        ::sendto(udp, out->bytes.data(), out->bytes.size(), 0, reinterpret_cast<const sockaddr*>(&there), sizeof there);
      }
      while (const auto event = stack.poll_event()) {
        quiet = false;
        if (const auto* progress = std::get_if<sip::CallProgress>(&*event)) std::printf("%d %s\n", progress->status, progress->reason.c_str());
        if (const auto* up = std::get_if<sip::CallAnswered>(&*event)) {
          std::printf("answered:\n%s", up->body.data.c_str());
          answered = true;
          (void)stack.calls().hang_up(up->session, base::Clock::now());
        }
        if (std::holds_alternative<sip::CallEnded>(*event)) std::printf("over\n");
      }
    }
    if (stack.unfinished() == 0 && stack.calls().size() == 0) return ::close(udp), answered ? 0 : 1;

    // The program then sleeps until a datagram arrives, or until the stack's deadline.
    const auto left = stack.next_deadline().value_or(base::Clock::now() + std::chrono::seconds(1)) - base::Clock::now();
    const auto wait = std::max<std::int64_t>(0, std::chrono::ceil<std::chrono::milliseconds>(left).count());
    pollfd readable{udp, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(wait)) > 0) {
      std::array<std::uint8_t, 65536> datagram;
      const auto count = ::recvfrom(udp, datagram.data(), datagram.size(), 0, address, &size);
      const sip::Flow flow{sip::FlowId{1}, sip::Transport::Udp, local, {kLoopback, ntohs(here.sin_port)}};
      if (count > 0) stack.receive(flow, {datagram.data(), static_cast<std::size_t>(count)}, base::Clock::now());
    }
    stack.handle_timeout(base::Clock::now());
  }
}
