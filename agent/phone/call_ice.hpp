#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/error.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/media/send/sendout.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/sdp/ice_lines.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::phone {

/// Sends a datagram from a leg's socket, or from a relayed address, to the peer. `base` without a port stands for the socket.
using SendAlong = std::function<void(media::Channel channel, const rtp::IcePath& path, base::Bytes octets)>;

/// ICE of one call: finds the addresses at which both sides reach each other (RFC 8445). Runs on the thread of the endpoint; the worker of the leg only carries its
/// datagrams.
class CallIce {
 public:
  /// `local` is the address of RTP on which the leg receives. RTCP has the next port.
  CallIce(base::SocketAddress local, bool controlling);

  /// Adds a candidate that a server has given, before the first description.
  void add(const rtp::IceGathered& gathered) { (void)agent_->add_local(gathered); }
  /// Returns this side's description: its credentials and candidates. `hides_private`: it names no private address (RFC 8839 section 8.1).
  [[nodiscard]] sdp::IceDescription description(bool hides_private) const;
  /// Begins or continues with the peer's side of an agreement. `is_muxed`: RTCP has the port of RTP. `is_answer`: it comes from the peer's answer.
  void apply(const sdp::IceDescription& theirs, bool is_muxed, bool is_answer, base::TimePoint now);
  /// Restarts, so that the next description can go to another peer: RFC 8839 section 7.5. Does nothing while ICE still looks for a path.
  void restart();
  /// The peer has not answered the description of restart().
  void cancel_restart();
  /// Takes a datagram that came to `from.base` from the peer's address `from.to`. Returns false if it is not for ICE.
  [[nodiscard]] bool receive(const rtp::IcePath& from, base::Bytes datagram, base::TimePoint arrival);
  /// Sends and times the checks. Returns true if where media go has changed. Errors: NotAcceptable if there is no path, or if the peer no longer confirms it.
  [[nodiscard]] base::Result<bool, base::Error> advance(const SendAlong& send, base::TimePoint now);

  /// Returns true if ICE is agreed. Otherwise the addresses of the descriptions count.
  [[nodiscard]] bool is_used() const { return used_; }
  /// The peer has ended ICE by a later description.
  void stop() { used_ = false; }
  /// Returns true while ICE looks for a path.
  [[nodiscard]] bool is_busy() const { return used_ && agent_->state() == rtp::IceState::Running; }
  /// Puts the peer's addresses on the path into a plan. Without a path, the plan has no addresses, so that nothing is sent.
  [[nodiscard]] media::MediaPlan along_path(media::MediaPlan plan) const;
  /// Returns where packets of a socket go; nullopt without a path.
  [[nodiscard]] const std::optional<rtp::IcePath>& path(media::Channel channel) const { return channel == media::Channel::Rtcp ? rtcp_path_ : rtp_path_; }
  /// Returns true if the peer has proven that it sends to `from.base` from `from.to`.
  [[nodiscard]] bool has_heard(const rtp::IcePath& from) const { return agent_->has_heard(from.base, from.to); }
  /// Returns this side's address on the path, as the peer sees it; nullopt without a path. Later descriptions have it as their default: RFC 8839 section 4.4.1.2.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(media::Channel channel) const;
  /// Returns how the path reaches the peer, such as "host to prflx", for the record; "" without a path.
  [[nodiscard]] std::string route() const;

 private:
  base::SystemRandom random_;
  base::SocketAddress local_;
  std::unique_ptr<rtp::IceAgent> agent_;
  std::optional<rtp::IcePath> rtp_path_, rtcp_path_;
  bool used_ = false, is_muxed_ = false;
  bool restarts_ = false;   // by restart(), and the peer has not answered yet
};

}  // namespace offhook::inline v0::phone
