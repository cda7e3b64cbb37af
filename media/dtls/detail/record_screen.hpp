#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/dtls/role.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace offhook::inline v0::media::detail {

/// The records of one datagram that OpenSSL may read.
struct ScreenedDatagram {
  std::vector<std::uint8_t> plain;        ///< records without encryption, of epoch 0
  std::vector<std::uint8_t> encrypted;    ///< records of epoch 1
  /// The description of the last plain alert that would have ended the handshake. Such an alert is in neither of the two.
  std::optional<std::uint8_t> alert;
};

/// Removes records that end an association in OpenSSL although anybody can send them: alerts without encryption, encrypted records that are too short,
/// malformed messages, messages that only this side's own role sends, and other content. RFC 6347 section 4.1.2.7 asks to discard invalid records.
///
/// Gives plain records new sequence numbers. A forged record with a high number would otherwise make OpenSSL discard the peer's records as old. OpenSSL still
/// discards copies of messages, by their own numbers.
class RecordScreen {
 public:
  static constexpr std::size_t kMaxRecords = 16;                  ///< of one datagram; further ones are not read
  static constexpr std::size_t kMinEncryptedOctets = 8 + 16 + 2;  ///< nonce and tag of AES-GCM (RFC 5288 section 3), and an alert
  static constexpr std::uint32_t kMaxMessageOctets = 16384;       ///< of one message of a handshake, without its header

  /// `role` is that of this side.
  explicit RecordScreen(DtlsRole role) : role_(role) {}
  /// After the handshake, `is_authenticated` is true, and no plain record passes.
  [[nodiscard]] ScreenedDatagram screen(base::Bytes datagram, bool is_authenticated);

 private:
  DtlsRole role_;
  std::uint32_t next_number_ = 0;
};

}  // namespace offhook::inline v0::media::detail
