#include <offhook/rtp/srtp/srtp_sender.hpp>

#include <offhook/rtp/srtp/detail/packet_layout.hpp>
#include <offhook/rtp/srtp/detail/session_cipher.hpp>

#include <algorithm>
#include <utility>

namespace offhook::inline v0::rtp {

using detail::SessionCipher;

SrtpSender::SrtpSender(detail::SessionCipher rtp, detail::SessionCipher rtcp)
    : rtp_(std::make_unique<SessionCipher>(std::move(rtp))), rtcp_(std::make_unique<SessionCipher>(std::move(rtcp))) {}
SrtpSender::SrtpSender(SrtpSender&&) noexcept = default;
SrtpSender& SrtpSender::operator=(SrtpSender&&) noexcept = default;
SrtpSender::~SrtpSender() = default;

base::Result<SrtpSender, SrtpError> SrtpSender::make(const SrtpMasterKey& key) {
  auto rtp = SessionCipher::make(key, detail::SrtpProtocol::Srtp, SessionCipher::Direction::Seal);
  auto rtcp = SessionCipher::make(key, detail::SrtpProtocol::Srtcp, SessionCipher::Direction::Seal);
  if (!rtp || !rtcp) return base::fail(SrtpError::Crypto);
  return SrtpSender(*std::move(rtp), *std::move(rtcp));
}

base::Result<std::size_t, SrtpError> SrtpSender::protect_rtp(std::span<std::uint8_t> room, std::size_t size) {
  const auto header = size <= room.size() ? detail::read_rtp_header(room.first(size)) : std::nullopt;
  if (!header) return base::fail(SrtpError::BadPacket);
  if (room.size() - size < rtp_->tag_octets()) return base::fail(SrtpError::NoRoom);
  IndexWindow* window = sources_.find(header->ssrc);
  if (window == nullptr && !sources_.has_room_for(header->ssrc)) return base::fail(SrtpError::TooManySources);
  if (window == nullptr) window = &sources_.add(header->ssrc);
  const std::uint64_t index = window->index_of(header->sequence);
  if (index > detail::kMaxRtpIndex) return base::fail(SrtpError::KeyUsedUp);
  if (!window->is_new(index)) return base::fail(SrtpError::Replayed);
  window->accept(index);
  const auto roll_over = detail::to_octets(static_cast<std::uint32_t>(index >> 16));
  const bool sealed = rtp_->seal({.header = room.first(header->octets), .body = room.subspan(header->octets, size - header->octets),
                                 .index = roll_over, .tag = room.subspan(size, rtp_->tag_octets())}, {header->ssrc, index});
  if (!sealed) return base::fail(SrtpError::Crypto);
  return size + rtp_->tag_octets();
}

base::Result<std::size_t, SrtpError> SrtpSender::protect_rtcp(std::span<std::uint8_t> room, std::size_t size) {
  const auto ssrc = size <= room.size() ? detail::read_rtcp_header(room.first(size)) : std::nullopt;
  if (!ssrc) return base::fail(SrtpError::BadPacket);
  if (room.size() - size < rtcp_->tag_octets() + detail::kRtcpIndexOctets) return base::fail(SrtpError::NoRoom);
  if (rtcp_index_ == detail::kMaxRtcpIndex) return base::fail(SrtpError::KeyUsedUp);
  const auto word = detail::to_octets(++rtcp_index_ | detail::kEncryptedFlag);
  const auto end = detail::rtcp_end(room.subspan(size, rtcp_->tag_octets() + detail::kRtcpIndexOctets), *rtcp_);
  std::copy(word.begin(), word.end(), end.index.begin());
  const bool sealed = rtcp_->seal({.header = room.first(detail::kRtcpHeaderOctets),
                                  .body = room.subspan(detail::kRtcpHeaderOctets, size - detail::kRtcpHeaderOctets),
                                  .index = word, .tag = end.tag}, {*ssrc, rtcp_index_});
  if (!sealed) return base::fail(SrtpError::Crypto);
  return size + rtcp_->tag_octets() + detail::kRtcpIndexOctets;
}

}  // namespace offhook::inline v0::rtp
