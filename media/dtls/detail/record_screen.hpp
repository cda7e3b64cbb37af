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
  std::vector<std::uint8_t> plain;        ///< unencrypted records, of epoch 0
  std::vector<std::uint8_t> encrypted;    ///< records of epoch 1
  /// The description of the last unencrypted alert that would have ended the handshake. `plain` does not contain such alerts.
  std::optional<std::uint8_t> alert;
};

/// Removes records that would make OpenSSL end an association, although an attacker can send them: unencrypted alerts, encrypted records that are too short,
/// malformed messages, messages that the peer's role never sends, and unexpected content types. RFC 6347 section 4.1.2.7 recommends to discard invalid records.
///
/// Gives plain records new sequence numbers, because otherwise a forged record with a high number would make OpenSSL discard the peer's records as old. OpenSSL
/// still discards copies of handshake messages, by their message numbers.
class RecordScreen {
 public:
  static constexpr std::size_t kMaxRecords = 16;                  ///< records of one datagram; the screen drops further records
  static constexpr std::size_t kMinEncryptedOctets = 8 + 16 + 2;  ///< nonce and tag of AES-GCM (RFC 5288 section 3), and an alert
  static constexpr std::uint32_t kMaxMessageOctets = 16384;       ///< largest handshake message, without its header

  /// `role` is the role of this side.
  explicit RecordScreen(DtlsRole role) : role_(role) {}
  /// Splits the datagram into records. If `is_authenticated` is true, as it is after the handshake, no plain record passes.
  [[nodiscard]] ScreenedDatagram screen(base::Bytes datagram, bool is_authenticated);

 private:
  DtlsRole role_;
  std::uint32_t next_number_ = 0;
};

}  // namespace offhook::inline v0::media::detail
