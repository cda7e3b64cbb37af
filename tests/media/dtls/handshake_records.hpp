#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/tests/testkit/octets.hpp>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace offhook_test {

/// A DTLS record: RFC 6347 section 4.1.
struct Record {
  std::uint8_t content = 22;
  std::uint16_t version = 0xfefd, epoch = 0;
  std::uint64_t sequence = 0;
  Octets fragment;
};

inline void append_number(Octets& out, std::uint64_t value, int octets) {
  while (octets-- > 0) out.push_back(static_cast<std::uint8_t>(value >> (8 * octets)));
}

inline Octets octets_of(const Record& record) {
  Octets out{record.content};
  append_number(out, record.version, 2);
  append_number(out, record.epoch, 2);
  append_number(out, record.sequence, 6);
  append_number(out, record.fragment.size(), 2);
  return joined(std::move(out), record.fragment);
}

inline std::vector<Record> records_of(const std::vector<Octets>& datagrams) {
  std::vector<Record> records;
  for (const Octets& datagram : datagrams) {
    offhook::base::ByteReader reader(datagram);
    while (reader.remaining() > 0) {
      Record record{reader.u8(), reader.u16(), reader.u16(), 0, {}};
      record.sequence = static_cast<std::uint64_t>(reader.u16()) << 32;
      record.sequence |= reader.u32();
      const auto fragment = reader.take(reader.u16());
      record.fragment.assign(fragment.begin(), fragment.end());
      records.push_back(std::move(record));
    }
  }
  return records;
}

/// Returns a handshake message, or a fragment of one: RFC 6347 section 4.2.2.
inline Octets message(std::uint8_t type, std::uint64_t length, std::uint64_t number, std::uint64_t offset, const Octets& body) {
  Octets out{type};
  append_number(out, length, 3);
  append_number(out, number, 2);
  append_number(out, offset, 3);
  append_number(out, body.size(), 3);
  return joined(std::move(out), body);
}

/// Cuts the messages in unencrypted records into fragments of at most `size` octets, and puts each fragment into a separate record. The records get new numbers
/// from `sequence` on.
inline std::vector<Record> in_fragments(const std::vector<Record>& records, std::size_t size, std::uint64_t& sequence) {
  std::vector<Record> out;
  for (const Record& record : records) {
    if (record.content != 22 || record.epoch != 0) {
      out.push_back(record);
      if (record.epoch == 0) out.back().sequence = sequence++;
      continue;
    }
    offhook::base::ByteReader reader(record.fragment);
    const std::uint8_t type = reader.u8();
    const std::uint64_t length = reader.u24(), number = reader.u16(), offset = reader.u24();
    (void)reader.u24();
    const Octets body(reader.rest().begin(), reader.rest().end());
    std::size_t at = 0;
    do {
      const std::size_t piece = std::min(size, body.size() - at);
      Record one = record;
      one.sequence = sequence++;
      const auto begin = body.begin() + static_cast<std::ptrdiff_t>(at);
      one.fragment = message(type, length, number, offset + at, Octets(begin, begin + static_cast<std::ptrdiff_t>(piece)));
      out.push_back(std::move(one));
      at += piece;
    } while (at < body.size());
  }
  return out;
}

}  // namespace offhook_test
