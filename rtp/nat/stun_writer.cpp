#include <offhook/rtp/nat/stun_writer.hpp>

#include <algorithm>
#include <array>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::size_t kMaxValue = 65535;

/// RFC 8489 section 5: the bits of the class are between those of the method.
constexpr std::uint16_t type_of(StunMethod method, StunClass kind) {
  const unsigned bits = static_cast<unsigned>(method), class_bits = static_cast<unsigned>(kind);
  return static_cast<std::uint16_t>((bits & 0xf) | (bits & 0x70) << 1 | (bits & 0xf80) << 2 | (class_bits & 1) << 4 | (class_bits & 2) << 7);
}

}  // namespace

StunWriter::StunWriter(std::span<std::uint8_t> out, StunMethod method, StunClass kind, const StunId& id) : out_(out), writer_(out), id_(id) {
  writer_.u16(type_of(method, kind));
  writer_.u16(0);
  writer_.u32(kStunCookie);
  writer_.bytes(id);
}

void StunWriter::add_header(StunAttribute attribute, std::size_t size) {
  writer_.u16(static_cast<std::uint16_t>(attribute));
  writer_.u16(static_cast<std::uint16_t>(size));
}

void StunWriter::add(StunAttribute attribute, base::Bytes value) {
  const base::Bytes cut = value.first(std::min(value.size(), kMaxValue));
  add_header(attribute, cut.size());
  writer_.bytes(cut);
  for (std::size_t i = cut.size(); i % 4 != 0; ++i) writer_.u8(0);
}

void StunWriter::add(StunAttribute attribute, std::string_view text) { add(attribute, base::Bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())); }

void StunWriter::add_number(StunAttribute attribute, std::uint32_t value) {
  add_header(attribute, 4);
  writer_.u32(value);
}

void StunWriter::add_long_number(StunAttribute attribute, std::uint64_t value) {
  add_header(attribute, 8);
  writer_.u64(value);
}

void StunWriter::add_address(StunAttribute attribute, const base::SocketAddress& address) {
  const std::size_t octets = address.ip.is_v6() ? 16 : 4;
  std::array<std::uint8_t, 16> mask{};
  if (is_xored(attribute)) {
    base::ByteWriter writer(mask);
    writer.u32(kStunCookie);
    writer.bytes(id_);
  }
  add_header(attribute, 4 + octets);
  writer_.u16(address.ip.is_v6() ? 2 : 1);
  writer_.u16(static_cast<std::uint16_t>(address.port ^ (mask[0] << 8 | mask[1])));
  for (std::size_t i = 0; i < octets; ++i) writer_.u8(static_cast<std::uint8_t>(address.ip.octets()[i] ^ mask[i]));
}

void StunWriter::add_error(int code, std::string_view reason) {
  const base::Bytes text(reinterpret_cast<const std::uint8_t*>(reason.data()), reason.size());
  add_header(StunAttribute::ErrorCode, 4 + text.size());
  writer_.u16(0);
  writer_.u8(static_cast<std::uint8_t>(code / 100));
  writer_.u8(static_cast<std::uint8_t>(code % 100));
  writer_.bytes(text);
  for (std::size_t i = text.size(); i % 4 != 0; ++i) writer_.u8(0);
}

void StunWriter::set_length(std::size_t octets) const {
  out_[2] = static_cast<std::uint8_t>((octets - kStunHeaderOctets) >> 8);
  out_[3] = static_cast<std::uint8_t>(octets - kStunHeaderOctets);
}

void StunWriter::sign(const HmacSha1& key) {
  if (!writer_.ok()) return;
  const std::size_t size = writer_.size();
  set_length(size + 4 + HmacSha1::kOctets);
  add(StunAttribute::MessageIntegrity, key.of(out_.first(size), {}));
}

void StunWriter::sign(const HmacSha256& key) {
  if (!writer_.ok()) return;
  const std::size_t size = writer_.size();
  set_length(size + 4 + HmacSha256::kOctets);
  add(StunAttribute::MessageIntegritySha256, key.of(out_.first(size), {}));
}

void StunWriter::add_fingerprint() {
  if (!writer_.ok()) return;
  const std::size_t size = writer_.size();
  set_length(size + 4 + sizeof(std::uint32_t));
  add_number(StunAttribute::Fingerprint, stun_fingerprint(out_.first(size)));
}

base::Result<std::size_t, StunError> StunWriter::finish() const {
  if (!writer_.ok()) return base::fail(StunError::OutputTooSmall);
  set_length(writer_.size());
  return writer_.size();
}

}  // namespace offhook::inline v0::rtp
