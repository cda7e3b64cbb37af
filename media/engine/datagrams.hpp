#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/send/sendout.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace offhook::inline v0::media {

struct Leg;
struct Onward;
class ArrivalClock;
class PacketTap;

/// Selects the system calls that carry the datagrams.
enum class DatagramPath : std::uint8_t {
  Best,    ///< io_uring if the kernel (6.1) and the container allow it, otherwise epoll
  Uring,
  Epoll,
};
[[nodiscard]] std::string_view to_string(DatagramPath path);

/// Receives and sends the datagrams of one worker's legs. Everything except the constructor belongs to the worker's thread; no function waits or allocates.
class Datagrams {
 public:
  virtual ~Datagrams() = default;

  /// Copies the beginning of each later datagram to `tap`, which must outlive this object. Call it before begin().
  void set_tap(PacketTap* tap) { tap_ = tap; }
  /// Call it once, on the thread that will call all other functions. Returns false if this path cannot work.
  [[nodiscard]] virtual bool begin() { return true; }
  /// Reads both sockets of the leg from now on.
  virtual void add(Leg& leg) = 0;
  /// Passes received datagrams to the legs' streams: at least the audio of the `due` legs, up to a bound for each leg, and the RTCP of any leg.
  virtual void receive(std::span<Leg* const> due, const ArrivalClock& clock) = 0;
  /// watch_audio() is for a relayed leg: every receive() then reads its audio, even if the leg is not due. unwatch_audio() ends this.
  virtual void watch_audio(Leg& leg) = 0;
  virtual void unwatch_audio(Leg& leg) = 0;
  /// Copies `out`, and sends it at the latest with the next flush(), protected by the leg's path if it has one. Counts refused datagrams in
  /// leg.send_failed.
  void send(Leg& leg, const Sendout& out);
  /// Call it once in each tick of a leg with a path: lets time pass in the path, and sends the path's own datagrams.
  void run_path(Leg& leg, base::TimePoint now);
  /// Returns false if some datagrams must wait.
  virtual bool flush() { return true; }
  /// Ties the leg's audio socket to its peer, or unties it. Call it five times a second; `peer` is as for PeerTie::look().
  void mind_peer(Leg& leg, const std::optional<base::SocketAddress>& peer);
  /// Unties the socket at once, because the peer will have another address.
  void untie(Leg& leg);
  /// Call it when a system call on the leg's audio socket fails with `error`: an ICMP message may have refused earlier audio of the leg. Unties the
  /// socket, because only a tied socket gets these errors. Ignores errors with another meaning, for example a full queue.
  void on_refusal(Leg& leg, int error);
  /// Stops reading the leg's sockets. Do not free the leg or close its sockets before is_released() returns true.
  virtual void remove(Leg& leg) = 0;
  [[nodiscard]] virtual bool is_released(const Leg& leg) const = 0;

  [[nodiscard]] virtual DatagramPath path() const = 0;

 protected:
  /// Returns true if this is the first receive() of a phase: work that is not per leg runs once in each phase.
  [[nodiscard]] bool begins_phase(const ArrivalClock& clock);
  /// Passes a datagram to the leg's stream, through the leg's path if it has one. If the stream relays it, sends it through the other leg.
  void hand_in(Leg& leg, Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint arrival);
  /// Copies a datagram of at most PacketPath::kMaxOctets, and sends it as send() does, but without the protection of the leg's path.
  virtual void send_one(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to) = 0;
  /// Sends a relayed packet of at most rtp::kMaxPassedOctets, as send_one() does.
  virtual void pass_on(Leg& through, const Onward& onward) = 0;

 private:
  void to_stream(Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes packet, base::TimePoint arrival);
  void through_path(Leg& leg, Channel channel, const base::SocketAddress& from, std::span<std::uint8_t> datagram, base::TimePoint arrival);
  /// Protects the first `size` octets of `room`, and sends them.
  void send_protected(Leg& leg, Channel channel, std::span<std::uint8_t> room, std::size_t size, const base::SocketAddress& to);
  /// Sends as send_one() does, and passes the datagram to the tap.
  void send_tapped(Leg& leg, Channel channel, base::Bytes datagram, const base::SocketAddress& to);
  void tap_received(const Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint arrival);
  /// `beginning` is the beginning of a datagram of `size` octets.
  void tap_sent(const Leg& leg, Channel channel, base::Bytes beginning, std::size_t size, const base::SocketAddress& to);
  void tap_onward(const Leg& through, const Onward& onward);
  void untie(Leg& leg, int looks);
  base::TimePoint phase_began_{};
  PacketTap* tap_ = nullptr;  // null if nothing is captured
};

/// Makes the `wanted` path, or for Best the best path available. Returns null if the process has no descriptors left, or if the system refuses `wanted`. Sets
/// `why` to the reason in these cases, and if epoll is the best path available.
[[nodiscard]] std::unique_ptr<Datagrams> make_datagrams(DatagramPath wanted, std::string& why);

}  // namespace offhook::inline v0::media
