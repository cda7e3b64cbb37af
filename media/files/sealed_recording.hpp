#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

struct evp_cipher_ctx_st;

namespace offhook::inline v0::media {

// A file that is encrypted while it is written. If its writer is stopped at any time, it is valid up to its last chunk (docs/recordings.md):
//
//     header   8 octets   89 4F 48 52 45 43 0D 0A   ("\x89OHREC\r\n")
//              1          version, 1
//              1          content: 1 WAV, 2 Opus in Ogg
//              2          zero
//              32         salt, random for each file
//              16         proof of the key
//     chunk    4          big endian: the highest bit marks the last chunk, the other bits are the number of its octets (n)
//              n          ciphertext, AES-256-GCM
//              16         tag
//
// HKDF-SHA-256 (RFC 5869) derives the proof and a separate key for each file. Its inputs are the key, the salt, and the octets before the salt as `info`. The
// nonce of a chunk is its number (0, 1 ...) as 12 octets, big endian. The chunk's first four octets are authenticated with it. Therefore a chunk that was
// changed, left out, repeated, moved, or taken from another file does not open. A file without its last chunk is known to be incomplete.

inline constexpr std::size_t kRecordingKeyOctets = 32;
inline constexpr std::size_t kSealedHeaderOctets = 60;
inline constexpr std::size_t kSealOverhead = 20;           ///< octets added to each chunk
inline constexpr std::size_t kMaxSealedChunk = 1U << 20U;  ///< octets of content

enum class SealError : std::uint8_t {
  BadKey,          ///< the text is not 64 hexadecimal digits
  NotSealed,       ///< the file is not an encrypted recording
  BadVersion,      ///< made by a later version of this program
  WrongKey,        ///< the file was encrypted with another key, or the header was changed
  Altered,         ///< a chunk was changed, moved, left out, or belongs to another file
  Cut,             ///< the last chunk is missing: the writer was stopped, or the end was cut off
  TrailingOctets,  ///< there are octets after the last chunk
  TooLong,         ///< a chunk has over kMaxSealedChunk octets
  Crypto,          ///< OpenSSL refused: it has no AES-256-GCM, or no memory
};
[[nodiscard]] std::string_view to_string(SealError error);

using RecordingKey = std::array<std::uint8_t, kRecordingKeyOctets>;
/// Parses 64 hexadecimal digits, as `openssl rand -hex 32` prints them; ignores blanks and line ends around them.
[[nodiscard]] base::Result<RecordingKey, SealError> parse_recording_key(std::string_view text);

enum class SealedKind : std::uint8_t { Wav = 1, OggOpus = 2 };

struct ReleaseCipher {
  void operator()(evp_cipher_ctx_st* context) const noexcept;
};

/// Encrypts one file. Not for the audio thread.
class Sealer {
 public:
  /// `salt` must be an unpredictable source. Errors: Crypto.
  [[nodiscard]] static base::Result<Sealer, SealError> make(const RecordingKey& key, SealedKind kind, base::Random& salt);

  [[nodiscard]] const std::array<std::uint8_t, kSealedHeaderOctets>& header() const { return header_; }
  /// Appends the next chunk, encrypted. Errors: TooLong, Crypto; then nothing is appended.
  [[nodiscard]] base::Result<void, SealError> seal(base::Bytes plain, bool last, std::vector<std::uint8_t>& out);

 private:
  Sealer() = default;
  std::array<std::uint8_t, kSealedHeaderOctets> header_{};
  std::unique_ptr<evp_cipher_ctx_st, ReleaseCipher> cipher_;
  std::uint64_t chunk_ = 0;
};

/// Decrypts one file. Pass exactly wanted() octets to feed(), again and again, and call finish() at the end of the file.
///
///     Header -> Size -> Chunk -> Size ... -> End
class SealedReader {
 public:
  explicit SealedReader(const RecordingKey& key) : key_(key) {}

  /// Returns the number of octets for the next feed(). After the last chunk it is 1: any octet then is TrailingOctets.
  [[nodiscard]] std::size_t wanted() const { return wanted_; }
  /// Appends decrypted octets to `plain`, only after their tag was verified. Reading cannot continue after an error.
  [[nodiscard]] base::Result<void, SealError> feed(base::Bytes octets, std::vector<std::uint8_t>& plain);
  /// Call it at the end of the file. Errors: Cut, NotSealed (within the header).
  [[nodiscard]] base::Result<void, SealError> finish() const;
  /// Returns the content, once the header was read.
  [[nodiscard]] std::optional<SealedKind> kind() const { return kind_; }

 private:
  enum class State : std::uint8_t { Header, Size, Chunk, End };
  [[nodiscard]] base::Result<void, SealError> read_header(base::Bytes octets);
  [[nodiscard]] base::Result<void, SealError> read_size(base::Bytes octets);
  [[nodiscard]] base::Result<void, SealError> read_chunk(base::Bytes octets, std::vector<std::uint8_t>& plain);

  RecordingKey key_;
  State state_ = State::Header;
  std::size_t wanted_ = kSealedHeaderOctets;
  std::optional<SealedKind> kind_;
  std::unique_ptr<evp_cipher_ctx_st, ReleaseCipher> cipher_;
  std::array<std::uint8_t, 4> size_{};
  bool last_ = false;
  std::uint64_t chunk_ = 0;
};

}  // namespace offhook::inline v0::media
