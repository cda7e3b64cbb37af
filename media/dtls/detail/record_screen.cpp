#include <offhook/media/dtls/detail/record_screen.hpp>

#include <span>

namespace offhook::inline v0::media::detail {

namespace {

/// A record: RFC 6347 section 4.1.
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------+-------------------------------+---------------+
///     | content type  |            version            |     epoch     |
///     +---------------+-------------------------------+---------------+
///     |     epoch     |                sequence number                |
///     +---------------+-------------------------------+---------------+
///     |                sequence number                |    length     |
///     +---------------+-------------------------------+---------------+
///     |    length     |   fragment, of `length` octets
///     +---------------+-----------------------------------------------
struct Record {
  std::uint8_t content = 0;
  std::uint16_t version = 0, epoch = 0;
  base::Bytes fragment;
};
enum Content : std::uint8_t { kChangeCipherSpec = 20, kAlert = 21, kHandshake = 22 };
constexpr std::uint16_t kDtls10 = 0xfeff, kDtls12 = 0xfefd;  // A ClientHello may have either version.
constexpr std::uint8_t kFatal = 2, kCloseNotify = 0;
constexpr std::size_t kNumberAt = 5;  // offset of the low 48 bits of the sequence number

Record read_record(base::ByteReader& reader) {
  Record record;
  record.content = reader.u8();
  record.version = reader.u16();
  record.epoch = reader.u16();
  (void)reader.take(6);
  record.fragment = reader.take(reader.u16());
  return record;
}

/// Returns true for the messages that the peer of `role` sends before its encryption starts: RFC 5246 section 7.4, RFC 6347 section 4.2.
bool comes_from_peer(std::uint8_t message, DtlsRole role) {
  switch (message) {
    case 11: return true;                                                        // certificate
    case 1: case 15: case 16: return role == DtlsRole::Server;                   // client_hello, certificate_verify, client_key_exchange
    case 2: case 3: case 12: case 13: case 14: return role == DtlsRole::Client;  // hellos, key exchange, certificate request and hello done of a server
    default: return false;
  }
}

/// Returns true if all messages of the record, or their fragments, are well-formed: RFC 6347 section 4.2.2.
bool has_good_messages(base::Bytes octets, DtlsRole role) {
  base::ByteReader reader(octets);
  do {
    const std::uint8_t message = reader.u8();
    const std::uint32_t length = reader.u24();
    (void)reader.u16();  // message_seq
    const std::uint32_t offset = reader.u24(), size = reader.u24();
    (void)reader.take(size);
    const bool is_empty = size == 0 && length != 0;
    if (!reader.ok() || !comes_from_peer(message, role) || length > RecordScreen::kMaxMessageOctets || offset + size > length || is_empty) return false;
  } while (reader.remaining() > 0);
  return true;
}

bool is_good_plain_record(const Record& record, DtlsRole role) {
  if (record.content == kHandshake) return has_good_messages(record.fragment, role);
  return record.content == kChangeCipherSpec && record.fragment.size() == 1 && record.fragment[0] == 1;
}

bool is_good_encrypted_record(const Record& record) {
  return record.epoch == 1 && (record.content == kHandshake || record.content == kAlert) && record.fragment.size() >= RecordScreen::kMinEncryptedOctets;
}

/// Returns the description of an alert that ends a handshake: RFC 5246 section 7.2.
std::optional<std::uint8_t> ending_alert(const Record& record) {
  if (record.content != kAlert || record.fragment.size() != 2) return std::nullopt;
  const bool ends = record.fragment[0] == kFatal || record.fragment[1] == kCloseNotify;
  return ends ? std::optional(record.fragment[1]) : std::nullopt;
}

/// Appends a record, with `number` as its sequence number.
void append_renumbered(std::vector<std::uint8_t>& out, base::Bytes octets, std::uint32_t number) {
  const auto at = out.size();
  out.insert(out.end(), octets.begin(), octets.end());
  base::ByteWriter writer(std::span<std::uint8_t>(out).subspan(at + kNumberAt));
  writer.u16(0);
  writer.u32(number);
}

}  // namespace

ScreenedDatagram RecordScreen::screen(base::Bytes datagram, bool is_authenticated) {
  ScreenedDatagram screened;
  base::ByteReader reader(datagram);
  for (std::size_t i = 0; i < kMaxRecords && reader.remaining() > 0; ++i) {
    const base::Bytes rest = reader.rest();
    const Record record = read_record(reader);
    if (!reader.ok()) break;
    const auto octets = rest.first(rest.size() - reader.remaining());
    if (record.version != kDtls10 && record.version != kDtls12) continue;
    if (is_good_encrypted_record(record)) screened.encrypted.insert(screened.encrypted.end(), octets.begin(), octets.end());
    if (record.epoch != 0 || is_authenticated) continue;
    if (is_good_plain_record(record, role_)) append_renumbered(screened.plain, octets, next_number_++);
    if (const auto alert = ending_alert(record)) screened.alert = alert;
  }
  return screened;
}

}  // namespace offhook::inline v0::media::detail
