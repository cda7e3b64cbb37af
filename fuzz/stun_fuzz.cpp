// The input is one datagram. Checks that StunMessage reads only within the datagram. If it is a STUN message, StunWriter writes its attributes
// again, and StunMessage must read the same values from the result. StunServer gets the datagram, and its answer must not be longer than its bound. StunClient
// gets the datagram as the answer to its request.
#include <offhook/base/random.hpp>
#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/nat/stun_client.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_server.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <variant>
#include <vector>

using namespace offhook;

namespace {

void serve(base::Bytes datagram) {
  base::SeededRandom random(1);
  static rtp::StunServer server(1000000, random);
  std::vector<std::uint8_t> room(rtp::StunServer::kMaxAnswerOctets);
  const auto size = server.answer(datagram, {base::IpAddress::v6({1}), 1}, base::TimePoint{}, room);
  if (size && (*size > rtp::StunServer::kMaxFactor * datagram.size() || !rtp::StunMessage::parse(base::Bytes(room).first(*size)))) std::abort();
}

/// Passes the datagram to a client. If the datagram is at least as long as the client's request, it first gets the request's id, so that it is an answer.
void answer(std::vector<std::uint8_t> datagram) {
  constexpr std::size_t kIdAt = 8;
  base::SeededRandom random(1);
  rtp::StunClientOptions options;
  options.server = {base::IpAddress::v4({192, 0, 2, 1}), 3478};
  options.keep_alive = std::chrono::seconds(20);
  rtp::StunClient client(options, random);
  client.start(base::TimePoint{});
  const auto request = client.poll_transmit()->octets;
  if (datagram.size() >= request.size()) std::copy_n(request.begin() + kIdAt, rtp::StunId{}.size(), datagram.begin() + kIdAt);
  client.on_message(datagram, options.server, base::TimePoint{});
  const bool has_address = client.mapped().has_value();
  const auto event = client.poll_event();
  if (has_address != (event && std::holds_alternative<rtp::StunClient::Mapped>(*event))) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> datagram(data, data + size);  // The copy has its own memory, so that the sanitizer sees a read past the end.
  serve(datagram);
  answer(datagram);
  const auto message = rtp::StunMessage::parse(datagram);
  if (!message) return 0;
  constexpr std::uint16_t kMaxMethod = 0xff;  // RFC 7983 section 7 can distinguish STUN from other protocols only up to this method.
  if (message->method() <= kMaxMethod && rtp::kind_of(datagram) != rtp::DatagramKind::Stun) std::abort();
  const rtp::HmacSha1 key(base::Bytes(message->id()));
  (void)message->is_signed_with(key);
  (void)message->error();
  (void)message->unknown();
  const auto mapped = message->address(rtp::StunAttribute::XorMappedAddress);
  const auto peers = message->addresses(rtp::StunAttribute::XorPeerAddress);
  std::vector<std::uint8_t> out(size + 256);
  rtp::StunWriter writer(out, rtp::StunMethod::Binding, message->kind(), message->id());
  writer.add(rtp::StunAttribute::Username, message->text(rtp::StunAttribute::Username));
  if (mapped) writer.add_address(rtp::StunAttribute::XorMappedAddress, *mapped);
  for (const auto& peer : peers) writer.add_address(rtp::StunAttribute::XorPeerAddress, peer);
  writer.sign(key);
  writer.add_fingerprint();
  const auto written = writer.finish();
  if (!written) return 0;
  const auto again = rtp::StunMessage::parse(base::Bytes(out).first(*written));
  const bool equal = again && again->is_signed_with(key) && again->id() == message->id() && again->kind() == message->kind() && again->address(rtp::StunAttribute::XorMappedAddress) == mapped &&
                     again->addresses(rtp::StunAttribute::XorPeerAddress) == peers && again->text(rtp::StunAttribute::Username) == message->text(rtp::StunAttribute::Username);
  if (!equal) std::abort();
  return 0;
}
