#pragma once

#include <offhook/base/pooled.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/random.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/packet_path.hpp>
#include <offhook/media/engine/peer_tie.hpp>
#include <offhook/media/engine/read_pace.hpp>
#include <offhook/media/engine/snapshot.hpp>
#include <offhook/media/engine/start_order.hpp>
#include <offhook/media/engine/leg_slot.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/port/audio_port.hpp>
#include <offhook/media/stream/stream.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

/// Orders to a leg's worker.
enum LegWish : std::uint8_t {
  kClose = 1,
  kMove = 2,    ///< move to LegMove::wanted
};

/// The move of a leg from one slot to another, between two of its ticks. Its worker uses it; only `wanted` is set by the signalling thread.
struct LegMove {
  std::atomic<LegSlot*> wanted{nullptr};  // slot to which the latest order moves the leg
  LegSlot* to = nullptr;                  // slot to which the leg is moving now
  LegSlot* from = nullptr;                // the slot that the leg left; null after its arrival
  std::uint64_t last_tick = 0;            // the leg's last tick before the move
  bool handed_over = false;               // true if the leg moved, and has not been ticked since
};

/// One call's sockets and stream. The signalling thread makes it. Then only its worker uses it, until the worker passes it on or returns it.
struct Leg : base::Pooled<Leg> {
  /// Draws from `random` here, and never on the worker, because each draw of the system's generator is a system call.
  Leg(StreamOptions options, std::shared_ptr<AudioPort> its_port, UdpSocket rtp_socket, UdpSocket rtcp_socket, base::Random& random,
      std::unique_ptr<PacketPath> its_path = nullptr)
      : port(std::move(its_port)), rtp(std::move(rtp_socket)), rtcp(std::move(rtcp_socket)), path(std::move(its_path)),
        stream(std::move(options), *port, random) {}

  /// prefetch_links() prefetches the pointers. Once these are in the cache, prefetch() prefetches the data that the next tick uses.
  void prefetch_links() const noexcept {
    base::prefetch(this, 1);
    base::prefetch_between(&send_failed, &statistics);
    stream.prefetch_links();
  }
  void prefetch() noexcept { stream.prefetch(); }

  std::shared_ptr<AudioPort> port;
  UdpSocket rtp, rtcp;
  std::unique_ptr<PacketPath> path;       // null if datagrams pass unchanged
  Stream stream;
  std::uint64_t send_failed = 0;
  std::uint64_t path_refused = 0;         // datagrams that `path` refused
  PeerTie tie;                            // decides when `rtp` is tied to its peer
  LegPlace place;                         // the leg's place in a row of its worker
  LegSlot* slot = nullptr;                // the leg's present slot
  LegMove move;
  bool has_joined = false;                // true if the leg has joined the conference of its slot
  LegId id;                               // used by the signalling thread
  Leg* next_arriving = nullptr;           // used by Inbox
  std::uint8_t young = 50;                // remaining first ticks, each of which updates the statistics, so that short calls have statistics too
  ReadPace pace;                          // pace of reading its audio; used by the code that reads its sockets
  std::uint32_t uring_place = 0;          // index of the leg in UringDatagrams
  Leg* relayed_with = nullptr;            // the other leg of the relay, or null; used by the worker
  bool audio_watched = false;             // used by AudioWatch: true if the leg is read whenever audio has come
  bool reports_unwatched = false;         // used by EpollDatagrams: true if epoll does not report the leg's RTCP
  OrderBox<StartOrder> orders;                        // read at each tick
  std::atomic<std::uint8_t> wishes{0};    // orders to the worker: LegWish
  Snapshot<LegStatistics> statistics;     // written by the worker, read by any thread
  base::SocketAddress local{};            // the address of `rtp`; RTCP has the next port. Only captures use it
};

}  // namespace offhook::inline v0::media
