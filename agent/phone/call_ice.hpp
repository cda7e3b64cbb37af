#pragma once

#include <offhook/base/error.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/time.hpp>
#include <offhook/media/engine/path_mail.hpp>
#include <offhook/media/port/media_plan.hpp>
#include <offhook/rtp/ice/ice_agent.hpp>
#include <offhook/sdp/ice_lines.hpp>

#include <memory>
#include <optional>
#include <string>

namespace offhook::inline v0::phone {

/// ICE of one call: finds the addresses at which both sides reach each other (RFC 8445). Runs on the thread of the endpoint; the worker of the leg only carries its
/// datagrams.
class CallIce {
 public:
  /// `local` is the address of RTP on which the leg receives. RTCP has the next port.
  CallIce(base::SocketAddress local, bool controlling);

  /// Returns this side's description: its credentials and candidates.
  [[nodiscard]] sdp::IceDescription description() const;
  /// Begins or continues with the peer's side of an agreement. `is_muxed`: RTCP has the port of RTP.
  void apply(const sdp::IceDescription& theirs, bool is_muxed, base::TimePoint now);
  /// Returns false if the datagram is not for ICE.
  [[nodiscard]] bool receive(const media::PathDatagram& datagram);
  /// Sends and times the checks. Returns true if where media go has changed. Errors: NotAcceptable if there is no path, or if the peer no longer confirms it.
  [[nodiscard]] base::Result<bool, base::Error> advance(media::PathMail& mail, base::TimePoint now);

  /// Returns true if ICE is agreed. Otherwise the addresses of the descriptions count.
  [[nodiscard]] bool is_used() const { return used_; }
  /// The peer has ended ICE by a later description.
  void stop() { used_ = false; }
  /// Returns true while ICE looks for a path.
  [[nodiscard]] bool is_busy() const { return used_ && agent_->state() == rtp::IceState::Running; }
  /// Puts the addresses of the path into a plan. Without a path, the plan has no addresses, so that nothing is sent.
  [[nodiscard]] media::MediaPlan along_path(media::MediaPlan plan) const;
  /// Returns true if the peer has proven that it sends from this address.
  [[nodiscard]] bool has_heard(media::Channel channel, const base::SocketAddress& from) const { return agent_->has_heard(base_of(channel), from); }
  /// Returns how the path reaches the peer, such as "host to prflx", for the record; "" without a path.
  [[nodiscard]] std::string route() const;

 private:
  [[nodiscard]] base::SocketAddress base_of(media::Channel channel) const;

  base::SystemRandom random_;
  base::SocketAddress local_;
  std::unique_ptr<rtp::IceAgent> agent_;
  std::optional<rtp::IcePath> rtp_path_, rtcp_path_;
  bool used_ = false, is_muxed_ = false;
};

}  // namespace offhook::inline v0::phone
