#include <offhook/base/random.hpp>
#include <offhook/rtp/packet.hpp>
#include <offhook/rtp/srtp/srtp_receiver.hpp>
#include <offhook/rtp/srtp/srtp_sender.hpp>
#include <offhook/tests/testkit/octets.hpp>
#include <offhook/tests/testkit/skip.hpp>

#include <doctest/doctest.h>
#ifdef OFFHOOK_HAS_LIBSRTP2
#include <srtp2/srtp.h>
#endif

#include <array>
#include <cstdlib>
#include <deque>
#include <span>
#include <string>

using namespace offhook;
using offhook_test::Octets;

#ifdef OFFHOOK_HAS_LIBSRTP2
// Compares each packet with libsrtp2. Each side must accept the packets that the other side protects, and both must refuse the same packets.
namespace {

void set_crypto(srtp_policy_t& policy, rtp::SrtpSuite suite) {
  switch (suite) {
    case rtp::SrtpSuite::AesCm128Sha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
    case rtp::SrtpSuite::AesCm128Sha1_32:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      return;
    case rtp::SrtpSuite::AeadAes128Gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      return;
    case rtp::SrtpSuite::AeadAes256Gcm:
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
      return;
  }
}

/// A sender or a receiver of libsrtp2.
class Theirs {
 public:
  Theirs(rtp::SrtpSuite suite, Octets secret, srtp_ssrc_type_t direction) : secret_(std::move(secret)) {
    static const bool started = srtp_init() == srtp_err_status_ok;
    REQUIRE(started);
    srtp_policy_t policy{};
    set_crypto(policy, suite);
    policy.ssrc.type = direction;
    policy.key = secret_.data();
    policy.window_size = 128;
    REQUIRE(srtp_create(&session_, &policy) == srtp_err_status_ok);
  }
  ~Theirs() { srtp_dealloc(session_); }
  Theirs(const Theirs&) = delete;
  Theirs& operator=(const Theirs&) = delete;

  /// Returns the protected packet, or an empty vector if libsrtp2 refuses the packet.
  Octets protect(Octets packet, bool rtcp) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN);
    const auto status = rtcp ? srtp_protect_rtcp(session_, packet.data(), &size) : srtp_protect(session_, packet.data(), &size);
    packet.resize(status == srtp_err_status_ok ? static_cast<std::size_t>(size) : 0);
    return packet;
  }
  Octets unprotect(Octets packet, bool rtcp) {
    int size = static_cast<int>(packet.size());
    const auto status = rtcp ? srtp_unprotect_rtcp(session_, packet.data(), &size) : srtp_unprotect(session_, packet.data(), &size);
    packet.resize(status == srtp_err_status_ok ? static_cast<std::size_t>(size) : 0);
    return packet;
  }

 private:
  Octets secret_;
  srtp_t session_ = nullptr;
};

/// A sender and a receiver of Offhook. As in Theirs, the result is empty if they refuse the packet.
class Ours {
 public:
  explicit Ours(const rtp::SrtpMasterKey& key) : sender_(*rtp::SrtpSender::make(key)), receiver_(*rtp::SrtpReceiver::make(key)) {}
  Octets protect(Octets packet, bool rtcp) {
    const std::size_t size = packet.size();
    packet.resize(size + rtp::kMaxSrtpAddedOctets);
    packet.resize((rtcp ? sender_.protect_rtcp(packet, size) : sender_.protect_rtp(packet, size)).value_or(0));
    return packet;
  }
  Octets unprotect(Octets packet, bool rtcp) {
    const auto plain = rtcp ? receiver_.unprotect_rtcp(packet) : receiver_.unprotect_rtp(packet);
    return plain ? Octets(plain->begin(), plain->end()) : Octets();
  }

 private:
  rtp::SrtpSender sender_;
  rtp::SrtpReceiver receiver_;
};

/// Packets of three sources, with extensions, CSRCs, padding, jumps and roll-overs.
class Traffic {
 public:
  explicit Traffic(base::Random& random) : random_(random) {
    for (auto& sequence : sequences_) sequence = static_cast<std::uint16_t>(random.below(1 << 15));
  }
  Octets next(bool rtcp) { return rtcp ? report() : packet(); }

 private:
  Octets packet() {
    const std::size_t source = random_.below(sequences_.size());
    std::uint16_t& sequence = sequences_[source];
    sequence = static_cast<std::uint16_t>(sequence + (random_.below(200) == 0 ? 1 + random_.below(20'000) : 1));
    Octets payload(random_.below(8) == 0 ? random_.below(1200) : 160), extension(4 * random_.below(4)), out(1400);
    for (auto& octet : payload) octet = static_cast<std::uint8_t>(random_.next_u32());
    rtp::Packet packet;
    packet.sequence = sequence;
    packet.ssrc = 100 + static_cast<std::uint32_t>(source);
    packet.payload_type = 8;
    packet.payload = payload;
    packet.has_extension = random_.below(4) == 0;
    if (packet.has_extension) packet.extension = extension;
    packet.csrc_count = random_.below(10) == 0 ? static_cast<std::uint8_t>(random_.below(16)) : 0;
    packet.padding = random_.below(10) == 0 ? 4 : 0;
    out.resize(*rtp::write_packet(packet, out));
    return out;
  }
  Octets report() {
    const auto ssrc = static_cast<std::uint8_t>(100 + random_.below(3));
    Octets out{0x80, 201, 0, 1, 0, 0, 0, ssrc};
    for (std::uint64_t i = 4 * random_.below(20); i > 0; --i) out.push_back(static_cast<std::uint8_t>(random_.next_u32()));
    return out;
  }

  base::Random& random_;
  std::array<std::uint16_t, 3> sequences_{};
};

/// A network that reorders, drops, repeats and damages packets.
class Network {
 public:
  explicit Network(base::Random& random) : random_(random) {}
  void send(Octets packet, bool rtcp) {
    if (random_.below(20) == 0) return;
    if (random_.below(20) == 0) repeats_.push_back({packet, rtcp});
    if (repeats_.size() > 300) repeats_.pop_front();
    if (random_.below(50) == 0) {
      Octets damaged = packet;
      damaged[random_.below(damaged.size())] ^= static_cast<std::uint8_t>(1U << random_.below(8));
      way_.push_back({damaged, rtcp});
    }
    if (random_.below(100) == 0) way_.push_back({Octets(packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(random_.below(packet.size()))), rtcp});
    const auto at = way_.end() - static_cast<std::ptrdiff_t>(random_.below(10) == 0 ? random_.below(way_.size() + 1) : 0);
    way_.insert(at, {std::move(packet), rtcp});
    if (!repeats_.empty() && random_.below(20) == 0) way_.push_back(repeats_[random_.below(repeats_.size())]);
  }
  template <class Take>
  void deliver(Take take) {
    while (way_.size() > 20) {
      take(way_.front().octets, way_.front().rtcp);
      way_.pop_front();
    }
  }

 private:
  struct Datagram { Octets octets; bool rtcp; };
  base::Random& random_;
  std::deque<Datagram> way_, repeats_;
};

struct Count { int accepted = 0, refused = 0; };

/// `sender` protects the packets. Both receivers must agree on each datagram of the network.
template <class Sender>
Count compare(Sender& sender, Ours& ours, Theirs& theirs, base::Random& random, int packets) {
  Traffic traffic(random);
  Network network(random);
  Count count;
  for (int sent = 0; sent < packets; ++sent) {
    const bool rtcp = random.below(25) == 0;
    const auto plain = traffic.next(rtcp);
    auto packet = sender.protect(plain, rtcp);
    REQUIRE_FALSE(packet.empty());
    network.send(std::move(packet), rtcp);
    network.deliver([&](const Octets& datagram, bool is_rtcp) {
      const auto mine = ours.unprotect(datagram, is_rtcp), other = theirs.unprotect(datagram, is_rtcp);
      if (mine != other) FAIL("disagreement after " << sent << " packets: we return " << mine.size() << " octets, libsrtp2 " << other.size());
      ++(mine.empty() ? count.refused : count.accepted);
    });
  }
  return count;
}

Octets secret_of(rtp::SrtpSuite suite, base::Random& random) {
  Octets secret(rtp::facts_of(suite).key_octets + rtp::facts_of(suite).salt_octets);
  for (auto& octet : secret) octet = static_cast<std::uint8_t>(random.next_u32());
  return secret;
}

}  // namespace

TEST_CASE("SRTP agrees with libsrtp2 on each of many packets, both ways, with loss, reordering, replay, damage and roll-over") {
  const char* const wanted = std::getenv("OFFHOOK_SRTP_PACKETS");
  const int packets = wanted != nullptr ? std::atoi(wanted) : 5'000;  // in each direction of each suite
  const char* const seed = std::getenv("OFFHOOK_SEED");
  base::SeededRandom random(seed != nullptr ? std::strtoull(seed, nullptr, 10) : 1);
  for (const auto& facts : rtp::srtp_suites()) {
    CAPTURE(facts.name);
    for (const bool we_send : {true, false}) {
      CAPTURE(we_send);
      const Octets secret = secret_of(facts.suite, random);
      Ours ours(*rtp::SrtpMasterKey::make(facts.suite, secret));
      Theirs receiver(facts.suite, secret, ssrc_any_inbound);
      Theirs sender(facts.suite, secret, ssrc_any_outbound);
      const Count count = we_send ? compare(ours, ours, receiver, random, packets) : compare(sender, ours, receiver, random, packets);
      CHECK(count.accepted > packets * 9 / 10);
      CHECK(count.refused > packets / 50);
    }
  }
}
#else
TEST_CASE("SRTP agrees with libsrtp2 on each of many packets, both ways, with loss, reordering, replay, damage and roll-over") {
  offhook_test::skip("libsrtp2 was not there when this was built: install libsrtp2-dev");
}
#endif
