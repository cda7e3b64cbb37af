#pragma once

#include <offhook/agent/capture/capture_sink.hpp>
#include <offhook/agent/capture/fault_log.hpp>
#include <offhook/agent/capture/pcapng.hpp>
#include <offhook/agent/store/file_system.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <system_error>

namespace offhook::inline v0::agent::capture {

/// Writes packets to a file of pcapng with mode 0600. A full file becomes PATH.1, in place of an older PATH.1, and a new file begins. The same
/// happens to the file of an earlier process. A file that is not a capture stays unchanged, at PATH and at PATH.1. If another program moves the file away, or
/// changes its size, a new file begins too. Each packet is complete in the file when take() returns. Packets are lost while the disk is full or fails, and
/// while another process captures to this path, which a lock on the file detects.
class FileSink final : public CaptureSink {
 public:
  static constexpr base::Duration kRetry = std::chrono::seconds(5);  ///< pause after a failure

  /// Begins the file. `most_octets` is the size from which a file is full. The error names the file, for example a file that is not a
  /// capture. A full disk is not an error: packets are lost until the disk has space.
  [[nodiscard]] static base::Result<std::unique_ptr<FileSink>, base::Error> open(store::FileSystem& files, std::string path, std::uint64_t most_octets);
  void take(const Packet& packet, base::TimePoint now) override { write_or_count_lost({&packet, 1}, now); }
  void take_media(std::span<const Packet> packets, base::TimePoint now) override { write_or_count_lost(packets, now); }

 private:
  FileSink(store::FileSystem& files, std::string path, std::uint64_t most_octets)
      : files_(files), path_(std::move(path)), most_octets_(most_octets), faults_(path_) {}
  void write_or_count_lost(std::span<const Packet> packets, base::TimePoint now);
  store::FileResult<void> begin();
  /// Locks the file at the path. Creates it if it is missing.
  store::FileResult<void> lock();
  store::FileResult<void> keep_as_older();
  [[nodiscard]] std::string older() const { return path_ + ".1"; }
  [[nodiscard]] std::string why(const std::error_code& failed) const;
  store::FileResult<void> write(std::span<const Packet> packets);
  store::FileResult<void> append(const std::string& blocks);

  store::FileSystem& files_;
  std::string path_;
  std::uint64_t most_octets_;
  std::unique_ptr<store::AppendFile> file_;  // Null if the next packet begins a new file.
  std::uint64_t size_ = 0;
  std::shared_ptr<void> lock_;  // Lock on the file that this sink began last.
  PcapngWriter writer_;
  FaultLog faults_;
  base::TimePoint retry_at_{};
};

}  // namespace offhook::inline v0::agent::capture
