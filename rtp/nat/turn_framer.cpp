#include <offhook/rtp/nat/turn_framer.hpp>

#include <offhook/rtp/nat/demultiplex.hpp>
#include <offhook/rtp/nat/stun_message.hpp>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::size_t kHeader = 4, kUntilCookie = 8;  // A header begins with the type or the channel number, and the length.

/// Returns the size of the message that begins with this header, or 0 if the header is invalid.
std::size_t size_of(base::Bytes header) {
  const std::size_t length = base::ByteReader(header.subspan(2)).u16();
  switch (kind_of(header)) {
    case DatagramKind::TurnChannel: return kHeader + (length + 3) / 4 * 4;
    case DatagramKind::Stun: return length % 4 == 0 ? kStunHeaderOctets + length : 0;
    case DatagramKind::Zrtp:
    case DatagramKind::Dtls:
    case DatagramKind::RtpOrRtcp:
    case DatagramKind::Unknown: return 0;
  }
  return 0;
}

bool begins_message(base::Bytes start) { return kind_of(start) == DatagramKind::TurnChannel || base::ByteReader(start.subspan(kHeader)).u32() == kStunCookie; }

}  // namespace

bool is_turn_message(base::Bytes octets) { return octets.size() >= kHeader && octets.size() == size_of(octets) && begins_message(octets); }

TurnFramer::Next TurnFramer::next(base::Bytes& stream) {
  if (failed_) stream = {};
  if (is_whole_) held_.clear();
  is_whole_ = false;
  if (!take_until(kHeader, stream)) return Next::None;
  const std::size_t size = size_of(held_);
  const bool has_start = take_until(std::min(size, kUntilCookie), stream);
  failed_ = size == 0 || (has_start && !begins_message(held_));
  if (failed_) {
    held_.clear();
    return Next::Error;
  }
  is_whole_ = take_until(size, stream);
  return is_whole_ ? Next::Message : Next::None;
}

/// Moves octets from `stream` to the message until it has `size` octets. Returns false if `stream` ends earlier.
bool TurnFramer::take_until(std::size_t size, base::Bytes& stream) {
  const std::size_t count = std::min(size - std::min(size, held_.size()), stream.size());
  held_.insert(held_.end(), stream.begin(), stream.begin() + static_cast<std::ptrdiff_t>(count));
  stream = stream.subspan(count);
  return held_.size() >= size;
}

}  // namespace offhook::inline v0::rtp
