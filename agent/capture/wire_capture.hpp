#pragma once

#include <offhook/agent/capture/capture_sink.hpp>
#include <offhook/agent/capture/hep_sink.hpp>
#include <offhook/agent/capture/packet_queue.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/result.hpp>
#include <offhook/media/engine/packet_tap.hpp>
#include <offhook/sip/model/wire_message.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace offhook::inline v0::agent::capture {

/// The places that get a copy of each SIP message of the process. By default there is none.
struct CaptureOptions {
  std::string file;                        ///< a file of pcapng; "": none
  std::uint64_t file_octets = 64U << 20U;  ///< the size at which a new file begins
  std::optional<HepOptions> hep{};         ///< a collector of HEP3
  bool trace = false;                      ///< prints the messages on standard error
  bool colours = false;                    ///< true: prints the messages in colours
  bool media = false;                      ///< the file also gets the headers of RTP, and RTCP

  [[nodiscard]] bool is_on() const { return !file.empty() || hep || trace; }
};

/// Takes SIP messages from the signalling thread, masks their secrets, and gives them to sinks, on a thread of its own. The signalling thread never
/// waits for a sink: messages wait in a PacketQueue, and those beyond its bounds are dropped, counted and logged. Also takes the headers of media, fifty
/// times a second, if it has taps.
class WireCapture {
 public:
  static constexpr std::size_t kMostMedia = 65536;  ///< packets of media that are written in a row; then SIP messages have their turn
  static constexpr std::size_t kMostAtOnce = 256;   ///< packets of media that a sink gets at once, for one write of a file

  explicit WireCapture(std::vector<std::unique_ptr<CaptureSink>> sinks, std::shared_ptr<media::PacketTaps> media = nullptr);
  /// Writes the messages that wait. They have PacketQueue::kTimeToEnd here, and again in a sink with a queue; those that remain are dropped, counted and logged.
  ~WireCapture();
  WireCapture(const WireCapture&) = delete;
  WireCapture& operator=(const WireCapture&) = delete;

  /// Opens the sinks. If CaptureOptions::media is set, media_taps() returns the taps to give to the engine. The error names the file that cannot be written.
  [[nodiscard]] static base::Result<std::unique_ptr<WireCapture>, base::Error> open(const CaptureOptions& options);
  [[nodiscard]] const std::shared_ptr<media::PacketTaps>& media_taps() const { return media_; }

  /// Copies the message. Any thread may call it; it returns at once.
  void on_message(const sip::WireMessage& message) noexcept;
  /// Returns the number of packets that were dropped, because sinks were too slow or memory was missing. A packet that two sinks lack counts twice.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  void run();
  /// Returns true if more packets of media may wait.
  bool write_media();
  /// Logs the number of packets that were dropped since the previous such log line, unless it is 0.
  void tell_dropped();

  const std::vector<std::unique_ptr<CaptureSink>> sinks_;
  const std::shared_ptr<media::PacketTaps> media_;  // null: no media
  PacketQueue queue_;
  std::uint64_t told_ = 0;       // Only the thread uses it.
  base::TimePoint tell_at_{};    // Only the thread uses it.
  std::thread thread_;
};

}  // namespace offhook::inline v0::agent::capture
