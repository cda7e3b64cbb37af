#pragma once

#include <offhook/base/random.hpp>
#include <offhook/media/audio_port.hpp>
#include <offhook/media/engine/engine.hpp>
#include <offhook/media/engine/leg_rows.hpp>
#include <offhook/media/engine/order_box.hpp>
#include <offhook/media/engine/snapshot.hpp>
#include <offhook/media/engine/udp_socket.hpp>
#include <offhook/media/stream.hpp>

#include <atomic>
#include <cstdint>
#include <memory>

namespace offhook::inline v0::media {

/// One call's sockets and stream. Made on the signalling thread, then touched by its worker alone, until that hands it back.
struct Leg {
  Leg(StreamOptions options, std::shared_ptr<AudioPort> its_port, UdpSocket rtp_socket, UdpSocket rtcp_socket)
      : port(std::move(its_port)), rtp(std::move(rtp_socket)), rtcp(std::move(rtcp_socket)), stream(std::move(options), *port, random) {}

  base::SystemRandom random;
  std::shared_ptr<AudioPort> port;
  UdpSocket rtp, rtcp;
  Stream stream;
  std::uint64_t send_failed = 0;
  LegPlace place;                         // at its worker
  LegId id;                               // for the signalling thread
  Leg* next_arriving = nullptr;           // Inbox's
  std::uint32_t uring_place = 0;          // UringDatagrams'
  Leg* relayed_with = nullptr;            // the worker's
  bool audio_watched = false;             // AudioWatch's: read whenever there is any
  bool reports_unwatched = false;         // EpollDatagrams': nobody says when RTCP has come
  OrderBox orders;                        // looked into at each tick
  std::atomic<bool> closing{false};       // asked of the worker
  std::atomic<bool> gone{false};          // the worker's last word: it touches this leg no more
  Snapshot<LegStatistics> statistics;     // Written by the worker, read by anybody.
};

}  // namespace offhook::inline v0::media
