#pragma once

#include <offhook/media/engine/packet_path.hpp>
#include <offhook/rtp/packet.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace offhook_test {

using namespace offhook;

inline std::vector<std::uint8_t> octets_of(std::string_view text) { return {text.begin(), text.end()}; }

/// Counts what a TaggingPath did. The test reads the counts on its own thread.
struct PathCounts {
  std::atomic<std::uint64_t> ticks{0}, rtp{0}, rtcp{0}, protected_rtp{0}, protected_rtcp{0}, replies{0};
};

/// A packet path for tests. It adds a tag of four octets to the end of each packet. It answers a probe, which has no tag.
class TaggingPath : public media::PacketPath {
 public:
  static constexpr std::array<std::uint8_t, 4> kTag{0xa5, 0x5a, 0xc3, 0x3c};
  static constexpr std::string_view kProbe = "probe", kReply = "reply";

  explicit TaggingPath(std::shared_ptr<PathCounts> counts = std::make_shared<PathCounts>()) : counts_(std::move(counts)) {}

  static std::vector<std::uint8_t> tagged(std::vector<std::uint8_t> packet) {
    packet.insert(packet.end(), kTag.begin(), kTag.end());
    return packet;
  }
  static bool is_tagged(base::Bytes datagram) {
    return datagram.size() >= kTag.size() && std::equal(kTag.begin(), kTag.end(), datagram.end() - kTag.size());
  }

  Received on_datagram(media::Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint) override {
    if (std::equal(datagram.begin(), datagram.end(), kProbe.begin(), kProbe.end())) {
      asked_by_ = {channel, from};
      return {Verdict::Consumed};
    }
    if (!is_tagged(datagram)) return {};
    const auto packet = datagram.first(datagram.size() - kTag.size());
    const bool rtcp = channel == media::Channel::Rtcp || rtp::is_rtcp(packet);
    ++(rtcp ? counts_->rtcp : counts_->rtp);
    return {rtcp ? Verdict::Rtcp : Verdict::Rtp, packet};
  }
  std::optional<std::size_t> protect(media::Channel channel, std::span<std::uint8_t> room, std::size_t size) override {
    if (!protects) return std::nullopt;
    ++(channel == media::Channel::Rtcp ? counts_->protected_rtcp : counts_->protected_rtp);
    std::copy(kTag.begin(), kTag.end(), room.begin() + static_cast<std::ptrdiff_t>(size));
    return size + added;
  }
  std::optional<Own> poll_transmit() override {
    if (!own.empty()) {
      sending_ = std::move(own.back());
      own.pop_back();
      return Own{media::Channel::Rtp, own_to, sending_};
    }
    const auto asked_by = std::exchange(asked_by_, std::nullopt);
    if (!asked_by) return std::nullopt;
    ++counts_->replies;
    return Own{asked_by->first, asked_by->second, reply_};
  }
  void on_time(base::TimePoint) override { ++counts_->ticks; }

  bool protects = true;
  std::size_t added = kTag.size();  ///< octets that protect() claims to have added
  std::vector<std::vector<std::uint8_t>> own;  ///< the path's own datagrams, which go to `own_to`
  base::SocketAddress own_to;

 private:
  std::shared_ptr<PathCounts> counts_;
  std::vector<std::uint8_t> reply_ = octets_of(kReply);
  std::vector<std::uint8_t> sending_;
  std::optional<std::pair<media::Channel, base::SocketAddress>> asked_by_;
};

}  // namespace offhook_test
