#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace offhook::inline v0::agent::capture {

/// Logs the first of several failures of a sink, and its next success with the number of packets that were lost.
class FaultLog {
 public:
  /// `to` is the file or the collector.
  explicit FaultLog(std::string to) : to_(std::move(to)) {}

  /// `packets` is 0 if a sink fails before its first packet.
  void on_lost(std::string_view why, std::size_t packets = 1);
  void on_written();
  [[nodiscard]] bool is_failing() const { return is_failing_; }

 private:
  std::string to_;
  bool is_failing_ = false;
  std::uint64_t lost_ = 0;
};

}  // namespace offhook::inline v0::agent::capture
