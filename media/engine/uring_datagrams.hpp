#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/media/engine/audio_watch.hpp>
#include <offhook/media/engine/datagrams.hpp>
#include <offhook/rtp/translator.hpp>

#include <liburing.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace offhook::inline v0::media {

/// io_uring. Audio is asked for: of all legs that are due together, and once for each that is in step (ReadPace); what was to be sent
/// before enters the kernel with the same call. RTCP, which seldom comes, is read by one multishot request for the life of its leg, into
/// buffers that all legs share. Nothing runs behind the worker's back (IORING_SETUP_DEFER_TASKRUN): the kernel works when receive() or
/// flush() is called, on the worker's own time. A socket that is flooded is left alone for a tick.
class UringDatagrams : public Datagrams {
 public:
  UringDatagrams();
  ~UringDatagrams() override;
  UringDatagrams(const UringDatagrams&) = delete;
  UringDatagrams& operator=(const UringDatagrams&) = delete;
  /// 0, or the errno with which the kernel refused.
  [[nodiscard]] int refusal() const { return refusal_; }

  [[nodiscard]] bool begin() override;
  void add(Leg& leg) override;
  void receive(std::span<Leg* const> due, const ArrivalClock& clock) override;
  void watch_audio(Leg& leg) override { relayed_.add(leg); }
  void unwatch_audio(Leg& leg) override { relayed_.remove(leg); }
  void send(Leg& leg, const Sendout& out) override;
  bool flush() override;
  void remove(Leg& leg) override;
  [[nodiscard]] bool is_released(const Leg& leg) const override;
  [[nodiscard]] DatagramPath path() const override { return DatagramPath::Uring; }

 protected:
  /// What waits goes to the kernel, which may take a part of it or nothing, for want of memory; `all`: and does what there is to do for us.
  virtual void enter(bool all);

 private:
  static constexpr unsigned kRequests = 128;        ///< that may wait for the kernel; few, so that they stay in the cache, as the completions
  static constexpr unsigned kCompletions = 1024;
  static constexpr unsigned kBuffers = 1024;        ///< a power of two; given back within the same receive()
  static constexpr std::size_t kBufferOctets = 3584;  ///< a datagram, before RTCP also header, address and time: longer ones are cut, and dropped
  static constexpr std::size_t kSends = kRequests;
  static constexpr std::uint16_t kMaxReports = 64;  ///< of one leg in a tick; then its socket keeps them, and drops
  static constexpr std::size_t kAsks = 64;          ///< for audio, that may be under way

  enum class Request : std::uint8_t { Other, ReadRtp, ReadRtcp, SendRtp, SendRtcp };
  /// What a completion is told by: the request, the place of its leg, and how often the place has been taken. Of audio: which Ask it is.
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
    std::uint16_t reports = 0;    // datagrams since then, for a tick
    bool armed = false;           // the read of its RTCP: the kernel has it
    bool leaving = false;
  };
  /// For one datagram of audio.
  struct Ask {
    Leg* leg = nullptr;           // null: the kernel does not write to it
    msghdr header{};
    iovec part{};
    sockaddr_storage from{};
    alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(timespec))> control{};
    std::array<std::uint8_t, kBufferOctets> octets;
  };
  struct Outgoing {
    sockaddr_storage to{};
    std::array<std::uint8_t, std::max(kMaxDatagramOctets, rtp::kMaxPassedOctets)> octets;
  };

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
  void set_up_buffers();
  void offer(std::uint16_t buffer);
  void take_completions(const ArrivalClock& clock);
  void on_completion(const io_uring_cqe& completion, const ArrivalClock& clock);
  void on_audio(Ask& ask, std::int32_t result, const ArrivalClock& clock);
  void on_report(Place& place, Tag tag, std::span<std::uint8_t> buffer, const ArrivalClock& clock);
  void release(std::uint32_t place);
  void on_submitted();
  void submit();

  /// The ring through which buffers are offered: a page or more, shared with the kernel.
  struct alignas(4096) Offers {
    std::array<io_uring_buf, kBuffers> entries{};
    [[nodiscard]] io_uring_buf_ring* ring() { return reinterpret_cast<io_uring_buf_ring*>(this); }
  };

  int refusal_ = 0;
  io_uring ring_{};
  std::unique_ptr<Offers> offers_;
  std::unique_ptr<std::array<std::array<std::uint8_t, kBufferOctets>, kBuffers>> buffers_;
  unsigned offered_ = 0;                       // to the kernel, since it last was told
  msghdr wanted_{};                            // how much room for address and time each buffer begins with
  bool knows_sockets_ = false;                 // the kernel keeps those of audio at hand, by place
  std::vector<Place> places_;
  std::vector<std::uint32_t> free_places_, freed_places_;  // the latter once the kernel has taken what waits for it
  std::vector<Tag> stopped_;                   // reads that ended, or found no room, and have to be made again
  std::vector<Tag> flooded_;                   // reads that are not to be made again before a tick has passed
  std::vector<Tag> uncancelled_;               // reads that are to end and found no room for that
  std::unique_ptr<std::array<Ask, kAsks>> asks_;
  std::vector<Leg*> wanting_;                  // of whom audio is to be asked for, now
  AudioWatch relayed_;
  std::unique_ptr<std::array<Outgoing, kSends>> outgoing_;
  std::size_t sends_ = 0;                      // of them waiting
};

}  // namespace offhook::inline v0::media
