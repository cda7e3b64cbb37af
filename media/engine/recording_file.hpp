#pragma once

#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/file_writer.hpp>
#include <offhook/media/recording_encoder.hpp>
#include <offhook/media/sealed_recording.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace offhook::inline v0::media {

struct RecordingOrder {
  std::string path;                  ///< of a file that is not there yet, in a folder that is
  RecordingShape shape;
  std::optional<RecordingKey> key;   ///< encrypts it (media/sealed_recording.hpp)
};

/// One recording on the disk. After each flush() that succeeds the file can be opened, and holds all that was added; between two of
/// them it holds at least what it did after the last. Its owner is one thread, which may wait for a disk.
class RecordingFile {
 public:
  static constexpr std::size_t kPiece = 8192;  ///< octets that are written without waiting for a flush(): thousands of files wait in memory
  static constexpr std::size_t kMaxWaiting = std::size_t{4} << 20U;  ///< octets that a disk refuses; then frames are lost, and counted

  /// Errors: errno's number.
  [[nodiscard]] static base::Result<RecordingFile, int> create(const RecordingOrder& order, base::Random& random);

  void add(const RecordedFrame& frame);
  /// Errors: errno's number; what was refused is kept and goes first the next time.
  [[nodiscard]] base::Result<void, int> flush();
  /// The end of the file, after the last add(); may be repeated until it succeeds.
  [[nodiscard]] base::Result<void, int> finish();

  /// Frames of 20 ms that are in the file.
  [[nodiscard]] std::uint64_t kept() const { return kept_; }
  /// Frames that found kMaxWaiting octets waiting, or came after the end.
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
  std::vector<std::uint8_t> plain_, waiting_;   // What the encoder made; what goes to the disk as it stands.
  std::uint64_t offset_ = 0;                    // octets in the file
  std::uint64_t kept_ = 0, lost_ = 0;
  bool finished_ = false;
};

}  // namespace offhook::inline v0::media
