// The first octet of the input selects the suite, and the second octet selects the size of the MKI. Datagrams follow, each after its length
// in two octets. Checks that SrtpReceiver refuses each datagram that SrtpSender did not make, that it reads and writes only within a
// datagram, and that it restores a datagram that SrtpSender has protected.
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <algorithm>
#include <cstdlib>
#include <span>
#include <vector>

using namespace offhook;

namespace {

template <class Unprotect>
void must_refuse(base::Bytes datagram, Unprotect unprotect) {
  std::vector<std::uint8_t> copy(datagram.begin(), datagram.end());  // The copy has its own memory, so that the sanitizer sees a read past the end.
  if (unprotect(std::span(copy))) std::abort();
}

template <class Protect, class Unprotect>
void must_come_back(base::Bytes datagram, Protect protect, Unprotect unprotect) {
  std::vector<std::uint8_t> room(datagram.begin(), datagram.end());
  room.resize(datagram.size() + rtp::kMaxSrtpAddedOctets);
  const auto size = protect(std::span(room), datagram.size());
  if (!size) return;
  room.resize(*size);
  room.shrink_to_fit();
  const auto plain = unprotect(std::span(room));
  if (!plain || !std::equal(plain->begin(), plain->end(), datagram.begin(), datagram.end())) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  base::ByteReader reader({data, size});
  const auto& facts = rtp::srtp_suites()[reader.u8() % rtp::srtp_suites().size()];
  const std::vector<std::uint8_t> secret(facts.key_octets + facts.salt_octets, 7);
  const auto key = *rtp::SrtpMasterKey::make(facts.suite, secret);
  const std::vector<std::uint8_t> mki(reader.u8() % (rtp::SrtpReceiver::kMaxMkiOctets + 1), 1);
  auto with_mki = *rtp::SrtpReceiver::make(key, mki);
  auto sender = *rtp::SrtpSender::make(key);
  auto receiver = *rtp::SrtpReceiver::make(key);
  while (reader.remaining() > 2) {
    const std::size_t length = reader.u16();
    const auto datagram = reader.take(std::min(length, reader.remaining()));
    must_refuse(datagram, [&](auto packet) { return with_mki.unprotect_rtp(packet).has_value(); });
    must_refuse(datagram, [&](auto packet) { return with_mki.unprotect_rtcp(packet).has_value(); });
    must_come_back(datagram, [&](auto room, auto octets) { return sender.protect_rtp(room, octets); }, [&](auto packet) { return receiver.unprotect_rtp(packet); });
    must_come_back(datagram, [&](auto room, auto octets) { return sender.protect_rtcp(room, octets); }, [&](auto packet) { return receiver.unprotect_rtcp(packet); });
  }
  return 0;
}
