#include <offhook/rtp/srtp/srtp_receiver.hpp>

#include <offhook/rtp/srtp/detail/packet_layout.hpp>
#include <offhook/rtp/srtp/detail/session_cipher.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {

using detail::SessionCipher;

namespace {

constexpr std::size_t kMaxTriedOctets = 2048;  // The receiver tries a longer body with one index only.
constexpr std::uint16_t kHalfRound = 1U << 15;

/// Accepts the index of a packet with a correct tag. `window` is null if the packet's source is new.
void accept(SourceTable& sources, IndexWindow* window, std::uint32_t ssrc, std::uint64_t index) {
  (window != nullptr ? *window : sources.add(ssrc)).accept(index);
}

/// The possible indexes of a packet. The tag shows which of them is right.
struct Candidates {
  std::array<std::uint64_t, 3> indexes{};
  std::size_t count = 0;
  void add(std::uint64_t index) {
    if (std::find(indexes.begin(), indexes.begin() + static_cast<std::ptrdiff_t>(count), index) == indexes.begin() + static_cast<std::ptrdiff_t>(count)) indexes[count++] = index;
  }
};

/// Returns the possible indexes of the first packet of a source. A source's roll-over counter starts at 0 (RFC 4568 section 6.4); it is 1 if all packets before
/// the roll-over were lost. A peer may also continue the counter under a new master key (RFC 3711 section 3.3.1): `earlier` is the window under the former
/// key, or nullptr.
Candidates first_indexes(std::uint16_t sequence, const IndexWindow* earlier) {
  Candidates all;
  all.add(sequence);
  if (earlier != nullptr) all.add(earlier->index_of(sequence));
  if (sequence < kHalfRound) all.add(std::uint64_t{1} << 16 | sequence);
  return all;
}

}  // namespace

SrtpReceiver::SrtpReceiver(detail::SessionCipher rtp, detail::SessionCipher rtcp)
    : rtp_(std::make_unique<SessionCipher>(std::move(rtp))), rtcp_(std::make_unique<SessionCipher>(std::move(rtcp))) {}
SrtpReceiver::SrtpReceiver(SrtpReceiver&&) noexcept = default;
SrtpReceiver& SrtpReceiver::operator=(SrtpReceiver&&) noexcept = default;
SrtpReceiver::~SrtpReceiver() = default;

base::Result<SrtpReceiver, SrtpError> SrtpReceiver::make(const SrtpMasterKey& key, base::Bytes mki) {
  if (mki.size() > kMaxMkiOctets) return base::fail(SrtpError::BadMki);
  auto rtp = SessionCipher::make(key, detail::SrtpProtocol::Srtp, SessionCipher::Direction::Open);
  auto rtcp = SessionCipher::make(key, detail::SrtpProtocol::Srtcp, SessionCipher::Direction::Open);
  if (!rtp || !rtcp) return base::fail(SrtpError::Crypto);
  SrtpReceiver made(*std::move(rtp), *std::move(rtcp));
  made.earlier_ = std::make_unique<SourceTable>();
  std::copy(mki.begin(), mki.end(), made.mki_.begin());
  made.mki_octets_ = mki.size();
  return made;
}

// |<- header ->|<------ body ------>|<- MKI ->|<- tag ->|    RFC 3711 section 3.1
// |<- header ->|<------ body ------>|<- tag ->|<- MKI ->|    RFC 7714 section 8.2
base::Result<std::span<std::uint8_t>, SrtpError> SrtpReceiver::unprotect_rtp(std::span<std::uint8_t> packet) {
  const auto header = detail::read_rtp_header(packet);
  const std::size_t added = rtp_->tag_octets() + mki_octets_;
  if (!header || packet.size() - header->octets < added) return base::fail(SrtpError::BadPacket);
  const auto plain = packet.first(packet.size() - added), end = packet.last(added);
  const auto tag = rtp_->is_aead() ? end.first(rtp_->tag_octets()) : end.last(rtp_->tag_octets());
  const auto mki_at = rtp_->is_aead() ? end.last(mki_octets_) : end.first(mki_octets_);
  if (!std::equal(mki_at.begin(), mki_at.end(), mki().begin())) return base::fail(SrtpError::BadMki);

  const auto body = plain.subspan(header->octets);
  const auto open_as = [&](std::uint64_t index) {
    const auto roll_over = detail::to_octets(static_cast<std::uint32_t>(index >> 16));
    return rtp_->open({.header = plain.first(header->octets), .body = body, .index = roll_over, .tag = tag}, {header->ssrc, index});
  };

  IndexWindow* const window = rtp_sources_.find(header->ssrc);
  if (window == nullptr) {
    if (!rtp_sources_.has_room_for(header->ssrc)) return base::fail(SrtpError::TooManySources);
    const auto index = open_first(header->ssrc, header->sequence, body, open_as);
    if (!index) return base::fail(SrtpError::BadTag);
    accept(rtp_sources_, nullptr, header->ssrc, *index);
    return plain;
  }
  const std::uint64_t index = window->index_of(header->sequence);
  if (index > detail::kMaxRtpIndex) return base::fail(SrtpError::KeyUsedUp);
  if (!window->is_new(index)) return base::fail(SrtpError::Replayed);
  if (!open_as(index)) return base::fail(SrtpError::BadTag);
  window->accept(index);
  return plain;
}

/// Opens the first packet of a source. The roll-over counter is not known yet. Returns the packet's index, or nullopt if the tag is wrong for all possible
/// indexes.
template <class OpenAs>
std::optional<std::uint64_t> SrtpReceiver::open_first(std::uint32_t ssrc, std::uint16_t sequence, std::span<std::uint8_t> body, const OpenAs& open_as) {
  const auto candidates = first_indexes(sequence, earlier_->find(ssrc));
  std::array<std::uint8_t, kMaxTriedOctets> before;
  const bool can_repeat = body.size() <= before.size();
  if (can_repeat) std::copy(body.begin(), body.end(), before.begin());
  for (std::size_t i = 0; i < (can_repeat ? candidates.count : 1); ++i) {
    if (i > 0) std::copy_n(before.begin(), body.size(), body.begin());
    if (candidates.indexes[i] <= detail::kMaxRtpIndex && open_as(candidates.indexes[i])) return candidates.indexes[i];
  }
  return std::nullopt;
}

// |<- header ->|<------ body ------>|<- E, index ->|<- MKI ->|<- tag ->|    RFC 3711 section 3.4
// |<- header ->|<------ body ------>|<- tag ->|<- E, index ->|<- MKI ->|    RFC 7714 section 9.2
base::Result<std::span<std::uint8_t>, SrtpError> SrtpReceiver::unprotect_rtcp(std::span<std::uint8_t> packet) {
  const auto ssrc = detail::read_rtcp_header(packet);
  const std::size_t added = rtcp_->tag_octets() + detail::kRtcpIndexOctets + mki_octets_;
  if (!ssrc || packet.size() - detail::kRtcpHeaderOctets < added) return base::fail(SrtpError::BadPacket);
  const auto plain = packet.first(packet.size() - added), end = packet.last(added);
  const std::size_t tag_at = rtcp_->is_aead() ? 0 : added - rtcp_->tag_octets(), index_at = rtcp_->is_aead() ? rtcp_->tag_octets() : 0;
  const auto mki_at = end.subspan(index_at + detail::kRtcpIndexOctets, mki_octets_);
  if (!std::equal(mki_at.begin(), mki_at.end(), mki().begin())) return base::fail(SrtpError::BadMki);

  const base::Bytes word = end.subspan(index_at, detail::kRtcpIndexOctets);
  const std::uint32_t flag_and_index = base::ByteReader(word).u32();
  if ((flag_and_index & detail::kEncryptedFlag) == 0) return base::fail(SrtpError::NotEncrypted);
  const std::uint32_t index = flag_and_index & detail::kMaxRtcpIndex;
  IndexWindow* const window = rtcp_sources_.find(*ssrc);
  if (window == nullptr && !rtcp_sources_.has_room_for(*ssrc)) return base::fail(SrtpError::TooManySources);
  if (window != nullptr && !window->is_new(index)) return base::fail(SrtpError::Replayed);
  const bool opened = rtcp_->open({.header = plain.first(detail::kRtcpHeaderOctets), .body = plain.subspan(detail::kRtcpHeaderOctets), .index = word,
                                  .tag = end.subspan(tag_at, rtcp_->tag_octets())}, {*ssrc, index});
  if (!opened) return base::fail(SrtpError::BadTag);
  accept(rtcp_sources_, window, *ssrc, index);
  return plain;
}

}  // namespace offhook::inline v0::rtp
