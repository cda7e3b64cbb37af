// The input is one datagram. Checks that StunMessage reads only within the datagram. If it is a STUN message, StunWriter writes its attributes
// again, and StunMessage must read the same values from the result.
#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace offhook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> datagram(data, data + size);  // The copy has its own memory, so that the sanitizer sees a read past the end.
  const auto message = rtp::StunMessage::parse(datagram);
  if (!message) return 0;
  constexpr std::uint16_t kMaxMethod = 0xff;  // RFC 7983 section 7 can tell STUN from other protocols only up to this method.
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
