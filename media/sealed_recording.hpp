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

// A file that is encrypted as it is written, and is good up to its last chunk whenever its writer is stopped (docs/recordings.md):
//
//     header   8 octets   89 4F 48 52 45 43 0D 0A   ("\x89OHREC\r\n")
//              1          version, 1
//              1          what is inside: 1 WAV, 2 Opus in Ogg
//              2          zero
//              32         salt, random for each file
//              16         proof of the key
//     chunk    4          big endian: the highest bit says that it is the last one, the others how many octets it holds (n)
//              n          ciphertext, AES-256-GCM
//              16         tag
//
// HKDF-SHA-256 (RFC 5869) of the key with that salt, and with the octets before the salt in its `info`, gives each file a key of its
// own and the proof. The nonce of a chunk is its number (0, 1 ...) as 12 octets, big endian; its first four octets are authenticated
// with it. So a chunk that was changed, left out, repeated, moved, or taken from another file does not open, and a file without its
// last chunk is known to be cut.

inline constexpr std::size_t kRecordingKeyOctets = 32;
inline constexpr std::size_t kSealedHeaderOctets = 60;
inline constexpr std::size_t kSealOverhead = 20;           ///< of a chunk
inline constexpr std::size_t kMaxSealedChunk = 1U << 20U;  ///< octets inside

enum class SealError : std::uint8_t {
  BadKey,          ///< not 64 hexadecimal digits
  NotSealed,       ///< another kind of file
  BadVersion,      ///< of a later version of this program
  WrongKey,        ///< or a header that was changed
  Altered,         ///< a chunk was changed, moved, left out, or belongs to another file
  Cut,             ///< the last chunk is missing: its writer was stopped, or somebody cut the end off
  TrailingOctets,  ///< something was added behind the last chunk
  TooLong,         ///< a chunk of over kMaxSealedChunk octets
  Crypto,          ///< the library refused: it has no AES-256-GCM, or no memory
};
[[nodiscard]] std::string_view to_string(SealError error);

using RecordingKey = std::array<std::uint8_t, kRecordingKeyOctets>;
/// 64 hexadecimal digits, as `openssl rand -hex 32` prints them; blanks and line ends around them are left out.
[[nodiscard]] base::Result<RecordingKey, SealError> parse_recording_key(std::string_view text);

enum class SealedKind : std::uint8_t { Wav = 1, OggOpus = 2 };

struct ReleaseCipher {
  void operator()(evp_cipher_ctx_st* context) const noexcept;
};

/// Seals one file. Not for the audio thread.
class Sealer {
 public:
  /// `salt` from a source that nobody can guess. Errors: Crypto.
  [[nodiscard]] static base::Result<Sealer, SealError> make(const RecordingKey& key, SealedKind kind, base::Random& salt);

  [[nodiscard]] const std::array<std::uint8_t, kSealedHeaderOctets>& header() const { return header_; }
  /// Appends the next chunk, sealed. Errors: TooLong, Crypto; then nothing is appended.
  [[nodiscard]] base::Result<void, SealError> seal(base::Bytes plain, bool last, std::vector<std::uint8_t>& out);

 private:
  Sealer() = default;
  std::array<std::uint8_t, kSealedHeaderOctets> header_{};
  std::unique_ptr<evp_cipher_ctx_st, ReleaseCipher> cipher_;
  std::uint64_t chunk_ = 0;
};

/// Opens one file, fed with as much of it as it asks for: feed() exactly wanted() octets, or finish() when there are no more.
///
///     Header -> Size -> Chunk -> Size ... -> End
class SealedReader {
 public:
  explicit SealedReader(const RecordingKey& key) : key_(key) {}

  /// Octets for the next feed(). After the last chunk it is 1: whatever comes then is TrailingOctets.
  [[nodiscard]] std::size_t wanted() const { return wanted_; }
  /// Appends what became readable to `plain`: never an octet that was not proved. After an error there is no way on.
  [[nodiscard]] base::Result<void, SealError> feed(base::Bytes octets, std::vector<std::uint8_t>& plain);
  /// The file ended here. Errors: Cut, NotSealed (within the header).
  [[nodiscard]] base::Result<void, SealError> finish() const;
  /// Once the header was read.
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
