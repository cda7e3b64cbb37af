// The input drives a source policy with RTP and RTCP from four hosts. Each host may send in sequence and pass its probation. The input
// consists of groups of four octets: action, source, sequence step, time step. Bits 0 and 1 of the source are the host, bit 2 is the port,
// bits 3 and 4 are the SSRC. Host 0 is the host of the SDP, host 1 the host of the signalling, and the others are strangers. The packets of
// this side must always go to a host that the policy allows.
#include <offhook/rtp/source_policy.hpp>

#include <offhook/base/bytes.hpp>

#include <array>
#include <cstdlib>

using namespace offhook;

namespace {

base::SocketAddress address(unsigned host, unsigned port) {
  return {base::IpAddress::v4({192, 0, 2, static_cast<std::uint8_t>(host + 1)}), static_cast<std::uint16_t>(4000 + port)};
}

class Driver {
 public:
  Driver() { agree(0); }

  void step(base::ByteReader& reader) {
    const std::uint8_t action = reader.u8(), source = reader.u8(), jump = reader.u8();
    now_ += std::chrono::milliseconds(reader.u8()) * ((action & 0x80) != 0 ? 100 : 1);
    const auto from = address(source & 3U, (source >> 2 & 1U) * 2);
    const std::uint32_t ssrc = source >> 3 & 3U;
    switch (action & 7) {
      case 0: return agree(source);
      case 1: return report({from.ip, static_cast<std::uint16_t>(from.port + 1)}, ssrc);
      default: return packet(from, source & 0x1FU, ssrc, jump);
    }
  }

 private:
  void agree(std::uint8_t how) {
    expected_.rtp = address(0, how >> 2 & 2U);
    if ((how & 0x10) != 0) expected_.rtp.port = 0;
    expected_.rtcp = {expected_.rtp.ip, static_cast<std::uint16_t>(expected_.rtp.port + 1)};
    expected_.signalling_host = (how & 0x20) != 0 ? base::IpAddress{} : address(1, 0).ip;
    expected_.rule = std::array{rtp::SourceRule::PeerHosts, rtp::SourceRule::SdpAddress, rtp::SourceRule::PeerHosts, rtp::SourceRule::AnyHost}[how & 3U];
    policy_.expect(expected_);
    policy_.relearn();
    look();
  }
  void packet(const base::SocketAddress& from, std::size_t sender, std::uint32_t ssrc, std::uint8_t jump) {
    sequence_[sender] = static_cast<std::uint16_t>(sequence_[sender] + 1 + (jump < 200 ? 0 : jump));
    const auto before = policy_.locked();
    const bool was_final = policy_.is_final(), of_sdp = expected_.rtp.port != 0 && from == expected_.rtp;
    const auto verdict = policy_.on_rtp(from, ssrc, sequence_[sender], now_);
    const auto after = policy_.locked();
    if (verdict == rtp::SourcePolicy::Verdict::Accept && after != from) std::abort();
    if (verdict != rtp::SourcePolicy::Verdict::Accept && after != before) std::abort();
    if (of_sdp && !policy_.is_final()) std::abort();
    if (was_final && after != before) std::abort();
    look();
  }
  void report(const base::SocketAddress& from, std::uint32_t ssrc) {
    const bool believed = policy_.on_rtcp(from, ssrc);
    if (believed && policy_.rtcp_destination() != from) std::abort();
    look();
  }
  [[nodiscard]] bool is_allowed(const base::SocketAddress& to) const {
    switch (expected_.rule) {
      case rtp::SourceRule::SdpAddress: return to == expected_.rtp || to == expected_.rtcp;
      case rtp::SourceRule::PeerHosts: return to.ip == expected_.rtp.ip || to.ip == expected_.signalling_host;
      case rtp::SourceRule::AnyHost: return true;
    }
    return false;
  }
  void look() const {
    for (const auto& to : {policy_.rtp_destination(), policy_.rtcp_destination()}) {
      if (to && !is_allowed(*to)) std::abort();
    }
  }

  rtp::SourcePolicy policy_;
  rtp::ExpectedSource expected_;
  base::TimePoint now_ = base::TimePoint{} + std::chrono::seconds(1);
  std::array<std::uint16_t, 32> sequence_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMaxSteps = 20'000;
  Driver driver;
  base::ByteReader reader({data, size});
  for (std::size_t step = 0; step < kMaxSteps && reader.remaining() >= 4; ++step) driver.step(reader);
  return 0;
}
