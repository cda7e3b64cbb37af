#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/engine/audio_watch.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/media/engine/shared_buffers.hpp>

#include <liburing.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// Datagrams by io_uring. It requests audio for all due legs together, once for each leg in step (ReadPace). The same system call also submits the datagrams
/// that wait to be sent. RTCP is rare: one multishot request reads it for the life of its leg, into buffers that all legs share. No work runs asynchronously
/// (IORING_SETUP_DEFER_TASKRUN): the kernel works when receive() or flush() is called, in the worker's own time. It stops reading a flooded socket for a tick.
class UringDatagrams : public Datagrams {
 public:
  UringDatagrams();
  ~UringDatagrams() override;
  UringDatagrams(const UringDatagrams&) = delete;
  UringDatagrams& operator=(const UringDatagrams&) = delete;
  /// Returns 0, or the errno with which the kernel refused.
  [[nodiscard]] int refusal() const { return refusal_; }

  [[nodiscard]] bool begin() override;
  void add(Leg& leg) override;
  void receive(std::span<Leg* const> due, const ArrivalClock& clock) override;
  void watch_audio(Leg& leg) override { relayed_.add(leg); }
  void unwatch_audio(Leg& leg) override { relayed_.remove(leg); }
  bool flush() override;
  void remove(Leg& leg) override;
  [[nodiscard]] bool is_released(const Leg& leg) const override;
  [[nodiscard]] DatagramPath path() const override { return DatagramPath::Uring; }

 protected:
  /// Submits the waiting requests. If memory is short, the kernel accepts only some of them, or none. If `all` is true, the kernel also does its pending
  /// work for this ring.
  virtual void enter(bool all);

 private:
  static constexpr unsigned kRequests = 128;        ///< waiting requests; few, so that they and the completions stay in the cache
  static constexpr unsigned kCompletions = 1024;
  static constexpr std::size_t kAudioOctets = 3584; ///< space for a datagram of audio. Longer datagrams are truncated and dropped
  static constexpr std::size_t kSends = kRequests;
  static constexpr std::uint16_t kMaxReports = 64;  ///< datagrams per leg and tick; the socket keeps further ones, and drops some when it is full
  static constexpr std::size_t kAsks = 64;          ///< requests for audio in progress at once

  enum class Request : std::uint8_t { Other, ReadRtp, ReadRtcp, SendRtp, SendRtcp };
  /// Identifies a completion: the request, the place of its leg, and how often the place was taken. For audio, `place` is the index of its Ask.
  struct Tag {
    Request request = Request::Other;
    std::uint32_t place = 0;
    std::uint32_t taken = 0;
    [[nodiscard]] std::uint64_t value() const { return std::uint64_t{taken} << 32 | std::uint64_t{place} << 8 | static_cast<std::uint8_t>(request); }
    [[nodiscard]] static Tag of(std::uint64_t value);
  };
  struct Place {
    Leg* leg = nullptr;
    std::uint32_t taken = 0;
    base::TimePoint reports_since{};
    std::uint16_t reports = 0;    // RTCP datagrams since `reports_since`, for one tick
    bool armed = false;           // true while the kernel has the request to read the leg's RTCP
    bool leaving = false;
  };
  /// The request for one datagram of audio.
  struct Ask {
    Leg* leg = nullptr;           // null if the kernel does not write to this Ask
    msghdr header{};
    iovec part{};
    sockaddr_storage from{};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
    std::array<std::uint8_t, kAudioOctets> octets;
  };
  struct Outgoing {
    sockaddr_storage to{};
    std::array<std::uint8_t, PacketPath::kMaxOctets> octets;
  };

  void send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) override;
  void pass_on(Leg& through, const Onward& onward) override;
  [[nodiscard]] std::span<std::uint8_t> next_send(Leg& leg, Channel channel, std::size_t octets, const base::SocketAddress& to);
  [[nodiscard]] io_uring_sqe* next_request();
  void know_socket(const Leg& leg, int fd);
  void aim_at_audio(io_uring_sqe& request, const Leg& leg) const;
  void arm(Tag read);
  void arm_again();
  void cancel(Tag read);
  void cancel_again();
  void receive_reports(const ArrivalClock& clock);
  void receive_audio(std::span<Leg* const> due, const ArrivalClock& clock);
  [[nodiscard]] bool ask(Leg& leg, std::uint32_t at);
  [[nodiscard]] bool is_asked(const Leg& leg) const;
  void end_floods(base::TimePoint now);
  [[nodiscard]] bool has_work() const;
  void take_completions(const ArrivalClock& clock);
  void on_completion(const io_uring_cqe& completion, const ArrivalClock& clock);
  void on_audio(Ask& ask, std::int32_t result, const ArrivalClock& clock);
  void on_report(Place& place, Tag tag, std::span<std::uint8_t> buffer, const ArrivalClock& clock);
  void release(std::uint32_t place);
  void on_submitted();
  void submit();

  int refusal_ = 0;
  io_uring ring_{};
  SharedBuffers buffers_;
  msghdr wanted_{};                            // sizes of address and time at the start of each buffer
  bool knows_sockets_ = false;                 // the kernel keeps the audio sockets registered, by place
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_places_, freed_places_;  // freed_places_ become free once the kernel has accepted the waiting requests
  std::vector<Tag> stopped_;                   // reads that ended or found no space, and must be requested again
  std::vector<Tag> flooded_;                   // reads that must not be requested again before a tick has passed
  std::vector<Tag> uncancelled_;               // reads whose cancellation found no space
  std::unique_ptr<std::array<Ask, kAsks>> asks_;
  std::vector<Leg*> wanting_;                  // legs whose audio is requested next
  AudioWatch relayed_;
  std::unique_ptr<std::array<Outgoing, kSends>> outgoing_;
  std::size_t sends_ = 0;                      // waiting items of outgoing_
};

}  // namespace offhook::inline v0::media
