#include <offhook/bench/subjects.hpp>

#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <srtp2/srtp.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

namespace offhook::bench {

namespace {

constexpr std::size_t kPacketOctets = 172;  // 20 ms of G.711

struct Suite {
  const char* name;
  rtp::SrtpSuite suite;
  void (*of_libsrtp2)(srtp_crypto_policy_t*);
};
const std::array<Suite, 4> kSuites{{
    {"srtp.aes_cm_sha1_80", rtp::SrtpSuite::AesCm128Sha1_80, srtp_crypto_policy_set_rtp_default},
    {"srtp.aes_cm_sha1_32", rtp::SrtpSuite::AesCm128Sha1_32, srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32},
    {"srtp.gcm_128", rtp::SrtpSuite::AeadAes128Gcm, srtp_crypto_policy_set_aes_gcm_128_16_auth},
    {"srtp.gcm_256", rtp::SrtpSuite::AeadAes256Gcm, srtp_crypto_policy_set_aes_gcm_256_16_auth},
}};

using Room = std::array<std::uint8_t, kPacketOctets + SRTP_MAX_TRAILER_LEN>;
static_assert(SRTP_MAX_TRAILER_LEN >= rtp::kMaxSrtpAddedOctets);

std::vector<std::uint8_t> secret_of(rtp::SrtpSuite suite) {
  return std::vector<std::uint8_t>(rtp::facts_of(suite).key_octets + rtp::facts_of(suite).salt_octets, 0x5a);
}

/// Writes the RTP packet of turn `turn` to `room`.
void write(Room& room, std::size_t turn) {
  static const std::array<std::uint8_t, kPacketOctets - rtp::kFixedHeaderOctets> payload{};
  rtp::Packet packet;
  packet.sequence = static_cast<std::uint16_t>(turn);
  packet.timestamp = static_cast<std::uint32_t>(160 * turn);
  packet.ssrc = 7;
  packet.payload = payload;
  (void)rtp::write_packet(packet, room);
}

Work ours(const Suite& suite) {
  const auto key = *rtp::SrtpMasterKey::make(suite.suite, secret_of(suite.suite));
  auto sender = std::make_shared<rtp::SrtpSender>(*rtp::SrtpSender::make(key));
  auto receiver = std::make_shared<rtp::SrtpReceiver>(*rtp::SrtpReceiver::make(key));
  return repeat([sender, receiver, room = Room{}](std::size_t turn) mutable {
    write(room, turn);
    const auto size = sender->protect_rtp(room, kPacketOctets);
    const auto plain = receiver->unprotect_rtp(std::span(room).first(size.value_or(0)));
    if (!plain) throw std::runtime_error("Offhook's SRTP refused a packet");
    keep(room);
  });
}

std::shared_ptr<srtp_ctx_t_> session(const Suite& suite, std::vector<std::uint8_t>& secret, srtp_ssrc_type_t direction) {
  static const bool started = srtp_init() == srtp_err_status_ok;
  srtp_policy_t policy{};
  suite.of_libsrtp2(&policy.rtp);
  suite.of_libsrtp2(&policy.rtcp);
  policy.ssrc.type = direction;
  policy.key = secret.data();
  policy.window_size = 128;
  srtp_t made = nullptr;
  if (!started || srtp_create(&made, &policy) != srtp_err_status_ok) throw std::runtime_error("libsrtp2 did not create a session");
  return {made, srtp_dealloc};
}

Work theirs(const Suite& suite) {
  auto secret = secret_of(suite.suite);
  auto sender = session(suite, secret, ssrc_any_outbound), receiver = session(suite, secret, ssrc_any_inbound);
  return repeat([sender, receiver, room = Room{}](std::size_t turn) mutable {
    write(room, turn);
    int size = kPacketOctets;
    const bool works = srtp_protect(sender.get(), room.data(), &size) == srtp_err_status_ok && srtp_unprotect(receiver.get(), room.data(), &size) == srtp_err_status_ok;
    if (!works) throw std::runtime_error("libsrtp2 refused a packet");
    keep(room);
  });
}

}  // namespace

std::vector<Subject> srtp_subjects() {
  std::vector<Subject> subjects;
  for (const Suite& suite : kSuites) subjects.push_back({suite.name, {"offhook", ours(suite)}, {{"libsrtp2", theirs(suite)}}});
  return subjects;
}

}  // namespace offhook::bench
