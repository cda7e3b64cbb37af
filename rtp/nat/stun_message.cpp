#include <offhook/rtp/nat/stun_message.hpp>

#include <openssl/crypto.h>

#include <algorithm>

namespace offhook::inline v0::rtp {
namespace {

constexpr std::size_t kAttributeHeader = 4, kIntegrityOctets = HmacSha1::kOctets, kFingerprintOctets = 4;
constexpr std::uint32_t kFingerprintMask = 0x5354554e;
constexpr std::uint16_t kOptional = 0x8000;  // a receiver may ignore unknown attributes with this bit

constexpr std::array<std::uint32_t, 256> kCrcTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ ((value & 1) != 0 ? 0xEDB88320U : 0U);
    table[i] = value;
  }
  return table;
}();

std::uint32_t crc(std::uint32_t state, base::Bytes octets) {
  for (const std::uint8_t octet : octets) state = kCrcTable[(state ^ octet) & 0xff] ^ state >> 8;
  return state;
}

/// RFC 8489 section 14.6 allows a truncated code.
constexpr bool is_sha256_size(std::size_t size) { return size >= 16 && size <= HmacSha256::kOctets && size % 4 == 0; }
constexpr std::size_t padded(std::size_t size) { return (size + 3) / 4 * 4; }

/// Returns the header with the length field of a message that ends at `end`. Integrity and fingerprint are computed with such a header.
std::array<std::uint8_t, kStunHeaderOctets> header_until(base::Bytes octets, std::size_t end) {
  std::array<std::uint8_t, kStunHeaderOctets> header{};
  std::copy_n(octets.begin(), header.size(), header.begin());
  header[2] = static_cast<std::uint8_t>((end - kStunHeaderOctets) >> 8);
  header[3] = static_cast<std::uint8_t>(end - kStunHeaderOctets);
  return header;
}

/// Returns true if the attribute at `at` has the correct authentication code for the octets before it.
template <class Hmac>
bool is_code_at(base::Bytes octets, std::size_t at, const Hmac& key) {
  const std::size_t value_at = at + kAttributeHeader;
  const auto code = key.of(header_until(octets, value_at + Hmac::kOctets), octets.first(at).subspan(kStunHeaderOctets));
  return CRYPTO_memcmp(code.data(), octets.data() + value_at, code.size()) == 0;
}

// RFC 8489 section 5: bits C1 and C0 of the class are bits 8 and 4 of the type.
//  0                 1
//  2  3  4 5 6 7 8 9 0 1 2 3 4 5
// +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
// |M |M |M|M|M|C|M|M|M|C|M|M|M|M|
// |11|10|9|8|7|1|6|5|4|0|3|2|1|0|
// +--+--+-+-+-+-+-+-+-+-+-+-+-+-+
constexpr StunClass class_of(std::uint16_t type) { return static_cast<StunClass>((type >> 7 & 2) | (type >> 4 & 1)); }
constexpr std::uint16_t method_of(std::uint16_t type) { return static_cast<std::uint16_t>((type & 0xf) | (type >> 1 & 0x70) | (type >> 2 & 0xf80)); }

bool is_known(std::uint16_t type) {
  switch (static_cast<StunAttribute>(type)) {
    case StunAttribute::MappedAddress:
    case StunAttribute::Username:
    case StunAttribute::MessageIntegrity:
    case StunAttribute::ErrorCode:
    case StunAttribute::UnknownAttributes:
    case StunAttribute::ChannelNumber:
    case StunAttribute::Lifetime:
    case StunAttribute::XorPeerAddress:
    case StunAttribute::Data:
    case StunAttribute::Realm:
    case StunAttribute::Nonce:
    case StunAttribute::XorRelayedAddress:
    case StunAttribute::RequestedAddressFamily:
    case StunAttribute::EvenPort:
    case StunAttribute::RequestedTransport:
    case StunAttribute::DontFragment:
    case StunAttribute::MessageIntegritySha256:
    case StunAttribute::PasswordAlgorithm:
    case StunAttribute::Userhash:
    case StunAttribute::XorMappedAddress:
    case StunAttribute::ReservationToken:
    case StunAttribute::Priority:
    case StunAttribute::UseCandidate: return true;
    default: return false;
  }
}

// RFC 8489 sections 14.1 and 14.2.
//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0 0 0 0 0 0 0|    Family     |         Port (or X-Port)      |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |           Address (or X-Address): 32 or 128 bits              |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
std::optional<base::SocketAddress> address_of(base::Bytes value, bool xored, const StunId& id) {
  constexpr std::uint8_t kV4 = 1, kV6 = 2;
  constexpr std::size_t kV4Octets = 4, kV6Octets = 16;
  if (value.size() != 4 + kV4Octets && value.size() != 4 + kV6Octets) return std::nullopt;
  base::ByteReader reader(value);
  (void)reader.u8();
  const std::uint8_t family = reader.u8();
  std::uint16_t port = reader.u16();
  if (family != (value.size() == 4 + kV4Octets ? kV4 : kV6)) return std::nullopt;
  std::array<std::uint8_t, kV6Octets> mask{};
  if (xored) {
    base::ByteWriter writer(mask);
    writer.u32(kStunCookie);
    writer.bytes(id);
    port = static_cast<std::uint16_t>(port ^ kStunCookie >> 16);
  }
  std::array<std::uint8_t, kV6Octets> octets{};
  for (std::size_t i = 0; i < value.size() - 4; ++i) octets[i] = value[4 + i] ^ mask[i];
  if (family == kV4) return base::SocketAddress{base::IpAddress::v4({octets[0], octets[1], octets[2], octets[3]}), port};
  return base::SocketAddress{base::IpAddress::v6(octets), port};
}

}  // namespace

std::string_view to_string(StunError error) {
  switch (error) {
    case StunError::TooShort: return "too short";
    case StunError::NotStun: return "not STUN";
    case StunError::BadLength: return "the length field is wrong";
    case StunError::BadAttribute: return "an attribute is longer than the message";
    case StunError::TooMany: return "too many attributes";
    case StunError::BadFingerprint: return "the fingerprint is wrong";
    case StunError::OutputTooSmall: return "the output has too little space for the message";
  }
  return "unknown";
}

std::uint32_t stun_fingerprint(base::Bytes octets) noexcept { return ~crc(~0U, octets) ^ kFingerprintMask; }

template <class Each>
void StunMessage::for_each(Each each) const {
  base::ByteReader reader(octets_.first(end_).subspan(kStunHeaderOctets));
  while (reader.remaining() >= kAttributeHeader) {
    const std::uint16_t type = reader.u16();
    const std::size_t size = reader.u16();
    const base::Bytes value = reader.take(padded(size)).first(size);  // parse() has checked the sizes.
    if (!each(type, value)) return;
  }
}

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |0 0|     STUN Message Type     |         Message Length        |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                         Magic Cookie                          |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// |                     Transaction ID (96 bits)                  |
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
base::Result<StunMessage, StunError> StunMessage::parse(base::Bytes datagram) {
  base::ByteReader reader(datagram);
  const std::uint16_t type = reader.u16();
  const std::size_t length = reader.u16();
  const std::uint32_t cookie = reader.u32();
  const base::Bytes id = reader.take(StunId{}.size());
  if (!reader.ok()) return base::fail(StunError::TooShort);
  if (type >> 14 != 0 || cookie != kStunCookie) return base::fail(StunError::NotStun);
  if (length != reader.remaining() || length % 4 != 0) return base::fail(StunError::BadLength);

  StunMessage message;
  message.octets_ = datagram;
  message.end_ = datagram.size();
  message.kind_ = class_of(type);
  message.method_ = method_of(type);
  std::copy(id.begin(), id.end(), message.id_.begin());
  for (std::size_t count = 0; reader.remaining() > 0; ++count) {
    if (count == kMaxStunAttributes) return base::fail(StunError::TooMany);
    const std::size_t at = datagram.size() - reader.remaining();
    const auto attribute = static_cast<StunAttribute>(reader.u16());
    const std::size_t size = reader.u16();
    const base::Bytes value = reader.take(padded(size));
    if (!reader.ok()) return base::fail(StunError::BadAttribute);
    if (message.has_fingerprint_) return base::fail(StunError::BadFingerprint);
    if (attribute == StunAttribute::MessageIntegrity && !message.has_integrity() && !message.has_integrity_sha256()) {
      if (size != kIntegrityOctets) return base::fail(StunError::BadAttribute);
      message.integrity_at_ = message.end_ = at;
    }
    if (attribute == StunAttribute::MessageIntegritySha256 && !message.has_integrity_sha256()) {
      if (!is_sha256_size(size)) return base::fail(StunError::BadAttribute);
      message.integrity_sha256_at_ = at;
      message.end_ = std::min(message.end_, at);
    }
    if (attribute != StunAttribute::Fingerprint) continue;
    if (size != kFingerprintOctets || base::ByteReader(value).u32() != stun_fingerprint(datagram.first(at))) return base::fail(StunError::BadFingerprint);
    message.has_fingerprint_ = true;
    message.end_ = std::min(message.end_, at);
  }
  return message;
}

std::optional<base::Bytes> StunMessage::find(StunAttribute attribute) const {
  std::optional<base::Bytes> found;
  for_each([&](std::uint16_t type, base::Bytes value) {
    if (type != static_cast<std::uint16_t>(attribute)) return true;
    found = value;
    return false;
  });
  return found;
}

std::string_view StunMessage::text(StunAttribute attribute) const {
  const auto value = find(attribute);
  return value ? std::string_view(reinterpret_cast<const char*>(value->data()), value->size()) : std::string_view();
}

std::optional<std::uint32_t> StunMessage::number(StunAttribute attribute) const {
  const auto value = find(attribute);
  return value && value->size() == 4 ? std::optional(base::ByteReader(*value).u32()) : std::nullopt;
}

std::optional<std::uint64_t> StunMessage::long_number(StunAttribute attribute) const {
  const auto value = find(attribute);
  return value && value->size() == 8 ? std::optional(base::ByteReader(*value).u64()) : std::nullopt;
}

std::optional<base::SocketAddress> StunMessage::address(StunAttribute attribute) const {
  const auto value = find(attribute);
  return value ? address_of(*value, is_xored(attribute), id_) : std::nullopt;
}

std::vector<base::SocketAddress> StunMessage::addresses(StunAttribute attribute) const {
  std::vector<base::SocketAddress> all;
  for_each([&](std::uint16_t type, base::Bytes value) {
    const auto one = type == static_cast<std::uint16_t>(attribute) ? address_of(value, is_xored(attribute), id_) : std::nullopt;
    if (one) all.push_back(*one);
    return true;
  });
  return all;
}

std::optional<StunMessage::ErrorReply> StunMessage::error() const {
  const auto value = find(StunAttribute::ErrorCode);
  if (!value || value->size() < 4) return std::nullopt;
  const int hundreds = (*value)[2] & 7, rest = (*value)[3];
  if (hundreds < 3 || hundreds > 6 || rest > 99) return std::nullopt;  // RFC 8489 section 14.8
  return ErrorReply{100 * hundreds + rest, text(StunAttribute::ErrorCode).substr(4)};
}

std::vector<std::uint16_t> StunMessage::unknown() const {
  std::vector<std::uint16_t> all;
  for_each([&](std::uint16_t type, base::Bytes) {
    if (type < kOptional && !is_known(type)) all.push_back(type);
    return true;
  });
  return all;
}

bool StunMessage::has_unknown() const {
  bool found = false;
  for_each([&](std::uint16_t type, base::Bytes) { return !(found = type < kOptional && !is_known(type)); });
  return found;
}

bool StunMessage::is_signed_with(const HmacSha1& key) const { return has_integrity() && is_code_at(octets_, integrity_at_, key); }

bool StunMessage::is_signed_with(const HmacSha256& key) const {
  constexpr std::size_t kLengthAt = 2;
  if (!has_integrity_sha256() || base::ByteReader(octets_.subspan(integrity_sha256_at_ + kLengthAt)).u16() != HmacSha256::kOctets) return false;
  return is_code_at(octets_, integrity_sha256_at_, key);
}

}  // namespace offhook::inline v0::rtp
