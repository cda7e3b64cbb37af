#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/sendout.hpp>

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

/// Which system calls carry the datagrams.
enum class DatagramPath : std::uint8_t {
  Best,    ///< io_uring where the kernel (6.1) and the container allow it, else epoll
  Uring,
  Epoll,
};
[[nodiscard]] std::string_view to_string(DatagramPath path);

/// How the datagrams of one worker's legs come and go. All but the constructor belongs to the worker's thread; nothing here waits for
/// anybody, and nothing allocates.
class Datagrams {
 public:
  virtual ~Datagrams() = default;

  /// Once, on the thread that will call all the rest. False when nothing can come of it.
  [[nodiscard]] virtual bool begin() { return true; }
  /// Both sockets of a leg are read from now on.
  virtual void add(Leg& leg) = 0;
  /// Hands what has come to the legs' streams: at least what waits for `due`, their audio up to a bound for each leg, and any leg's RTCP.
  virtual void receive(std::span<Leg* const> due, const ArrivalClock& clock) = 0;
  /// The leg is relayed, or is no more: its audio is read in every receive(), whether it is due or not.
  virtual void watch_audio(Leg& leg) = 0;
  virtual void unwatch_audio(Leg& leg) = 0;
  /// `out` is copied, and has left for the network with the next flush() at the latest. What is refused counts in leg.send_failed.
  virtual void send(Leg& leg, const Sendout& out) = 0;
  /// False when some of it has to wait.
  virtual bool flush() { return true; }
  /// Ties its socket for audio to its peer, or unties it: five times a second. `peer` as PeerTie::look() has it.
  void mind_peer(Leg& leg, const std::optional<base::SocketAddress>& peer);
  /// At once: its peer is to be somewhere else.
  void untie(Leg& leg);
  /// Audio that it sent was refused, says an ICMP message by way of the next call of its socket, which fails for that alone: it is untied,
  /// for a tied socket alone hears of that. Errors for which that means nothing, a full queue say, are no refusals.
  void on_refusal(Leg& leg, int error);
  /// Reads no more of them. The leg must not be freed, nor its sockets be closed, before is_released().
  virtual void remove(Leg& leg) = 0;
  [[nodiscard]] virtual bool is_released(const Leg& leg) const = 0;

  [[nodiscard]] virtual DatagramPath path() const = 0;

 protected:
  /// Whether this is the first receive() of a phase: what is not asked by leg is looked for once in each.
  [[nodiscard]] bool begins_phase(const ArrivalClock& clock);
  /// What came for a leg goes to its stream, and what of it is passed on leaves through the leg that it is relayed with.
  void hand_in(Leg& leg, Channel channel, const base::SocketAddress& from, base::Bytes datagram, base::TimePoint arrival);
  /// As send(): a packet of at most rtp::kMaxPassedOctets.
  virtual void pass_on(Leg& through, const Onward& onward) = 0;

 private:
  void untie(Leg& leg, int looks);
  base::TimePoint phase_began_{};
};

/// `wanted`, or for Best what there is. Null when there is none: no descriptors left, or `wanted` is refused here; `why` says which.
[[nodiscard]] std::unique_ptr<Datagrams> make_datagrams(DatagramPath wanted, std::string& why);

}  // namespace offhook::inline v0::media
