#pragma once

#include <offhook/base/pooled.hpp>
#include <offhook/base/prefetch.hpp>
#include <offhook/base/random.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/peer_tie.hpp>
#include <offhook/media/engine/read_pace.hpp>
#include <offhook/media/engine/snapshot.hpp>
#include <offhook/media/engine/station.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/stream.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

/// What is asked of a leg's worker.
enum LegWish : std::uint8_t {
  kClose = 1,
  kMove = 2,    ///< to Leg::next_station
};

/// One call's sockets and stream. Made on the signalling thread, then touched by its worker alone, until that hands it on or back.
struct Leg : base::Pooled<Leg> {
  /// `random` is drawn from here and never on the worker: each draw of the system's generator is a system call.
  Leg(StreamOptions options, std::shared_ptr<AudioPort> its_port, UdpSocket rtp_socket, UdpSocket rtcp_socket, base::Random& random)
      : port(std::move(its_port)), rtp(std::move(rtp_socket)), rtcp(std::move(rtcp_socket)), stream(std::move(options), *port, random) {}

  /// Asks for what its next tick touches to be in the cache soon: first what says where, then, once that is there, the rest.
  void prefetch_links() const noexcept {
    base::prefetch(this, 1);
    base::prefetch_between(&send_failed, &statistics);
    stream.prefetch_links();
  }
  void prefetch() noexcept { stream.prefetch(); }

  std::shared_ptr<AudioPort> port;
  UdpSocket rtp, rtcp;
  Stream stream;
  std::uint64_t send_failed = 0;
  PeerTie tie;                            // of `rtp`
  LegPlace place;                         // at its worker
  Station* station = nullptr;             // the same, and more of it
  Station* departs_to = nullptr;          // it is on its way there
  Station* came_from = nullptr;           // until it has arrived
  std::uint64_t last_tick = 0;            // that it had before it was handed over
  bool handed_over = false;               // and it was not ticked since
  bool seated = false;                    // in station->room
  LegId id;                               // for the signalling thread
  Leg* next_arriving = nullptr;           // Inbox's
  std::uint8_t young = 50;                // ticks, in each of which its figures are renewed: who calls briefly has some, too
  ReadPace pace;                          // of its audio, for whoever reads its sockets
  std::uint32_t uring_place = 0;          // UringDatagrams'
  Leg* relayed_with = nullptr;            // the worker's
  bool audio_watched = false;             // AudioWatch's: read whenever there is any
  bool reports_unwatched = false;         // EpollDatagrams': nobody says when RTCP has come
  OrderBox orders;                        // looked into at each tick
  std::atomic<std::uint8_t> wishes{0};    // asked of the worker: LegWish
  std::atomic<Station*> next_station{nullptr};  // where it is to go; the latest wish holds
  Snapshot<LegStatistics> statistics;     // Written by the worker, read by anybody.
};

}  // namespace offhook::inline v0::media
