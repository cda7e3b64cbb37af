#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/file_writer.hpp>
#include <offhook/media/files/recording_encoder.hpp>
#include <offhook/media/files/sealed_recording.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

struct RecordingOrder {
  std::string path;                  ///< path of a file that does not exist yet, in an existing folder
  RecordingShape shape;
  std::optional<RecordingKey> key;   ///< encrypts the file (media/files/sealed_recording.hpp)
};

/// One recording on the disk. After each successful flush() the file can be opened, and contains everything that was added. Between two flushes it
/// contains at least the state of the last flush. Only one thread may use it, and may have to wait for the disk.
class RecordingFile {
 public:
  static constexpr std::size_t kPiece = 8192;  ///< add() writes when this many octets wait, because thousands of recordings wait in memory
  static constexpr std::size_t kMaxWaiting = std::size_t{4} << 20U;  ///< limit of octets that wait for a disk; beyond it, frames are lost and counted

  /// Creates the file. Errors: errno's number.
  [[nodiscard]] static base::Result<RecordingFile, int> create(const RecordingOrder& order, base::Random& random);

  void add(const RecordedFrame& frame);
  /// Writes everything. Errors: errno's number; refused octets are kept, and written first the next time.
  [[nodiscard]] base::Result<void, int> flush();
  /// Ends the file, after the last add(). May be repeated until it succeeds.
  [[nodiscard]] base::Result<void, int> finish();

  /// Returns the frames of 20 ms in the file.
  [[nodiscard]] std::uint64_t kept() const { return kept_; }
  /// Returns the frames that came while kMaxWaiting octets were waiting, or after the end.
  [[nodiscard]] std::uint64_t lost() const { return lost_; }
  [[nodiscard]] std::uint64_t octets() const { return offset_; }
  [[nodiscard]] const RecordingEncoder::Counters& counters() const { return encoder_.counters(); }

 private:
  RecordingFile(FileWriter file, RecordingEncoder encoder, std::optional<Sealer> sealer)
      : file_(std::move(file)), encoder_(std::move(encoder)), sealer_(std::move(sealer)) {}
  [[nodiscard]] bool seal(bool last);
  [[nodiscard]] base::Result<void, int> drain(bool last);
  [[nodiscard]] base::Result<void, int> write(bool last);

  FileWriter file_;
  RecordingEncoder encoder_;
  std::optional<Sealer> sealer_;
  std::vector<std::uint8_t> plain_, waiting_;   // plain_: output of the encoder; waiting_: octets that go to the disk unchanged
  std::uint64_t offset_ = 0;                    // octets in the file
  std::uint64_t kept_ = 0, lost_ = 0;
  bool finished_ = false;
};

}  // namespace offhook::inline v0::media
