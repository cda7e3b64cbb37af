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

/// Sends a datagram to `path.to` from the leg's socket or, if `path.base` is a relayed address, through the TURN server. A `base` with port 0 means the socket.
using SendAlong = std::function<void(media::Channel channel, const rtp::IcePath& path, base::Bytes octets)>;

/// ICE of one call: finds the addresses at which both sides reach each other (RFC 8445). Runs on the endpoint's thread; the leg's worker only carries its
/// datagrams.
class CallIce {
 public:
  /// `local` is the address on which the leg receives RTP. RTCP has the next port. `trickles`: true if the peer's first offer announces that it trickles.
  CallIce(base::SocketAddress local, bool controlling, bool trickles);

  /// Adds a candidate that a STUN or TURN server has reported. Call it before the first description.
  void add(const rtp::IceGathered& gathered) { (void)agent_->add_local(gathered); }
  /// Returns this side's description for an offer or an answer: its credentials and candidates, after the nomination only those of the selected pairs. If
  /// `hides_private` is true, it contains no private address (RFC 8839 section 8.1).
  [[nodiscard]] sdp::IceDescription description(bool hides_private, bool is_offer) const;
  /// Begins or continues ICE with the peer's description, and takes over the agent's paths. `is_muxed`: true with rtcp-mux. `is_answer`: true if `theirs` is
  /// from an answer of the peer.
  void apply(const sdp::IceDescription& theirs, bool is_muxed, bool is_answer, base::TimePoint now);
  /// Adds candidates that the peer has sent after its description, or before this side has answered it. Ignores them if their credentials are not those of the
  /// peer's description (RFC 8840 section 4.4).
  void add_trickled(sdp::IceDescription later, base::TimePoint now);
  /// Restarts ICE, so that the next description can go to another peer: RFC 8839 section 7.5. Does nothing unless ICE has completed.
  void restart();
  /// Call this if the peer did not answer the description after restart(): the former path continues.
  void cancel_restart();
  /// Takes a datagram that came to `from.base` from the peer's address `from.to`. Returns false if the datagram is not for ICE.
  [[nodiscard]] bool receive(const rtp::IcePath& from, base::Bytes datagram, base::TimePoint arrival);
  /// Runs the timers of ICE, and sends its checks. Returns true if a path has changed, or if media may come from another address. Errors: NotAcceptable
  /// if there is no path, or if the peer no longer confirms the path.
  [[nodiscard]] base::Result<bool, base::Error> advance(const SendAlong& send, base::TimePoint now);

  /// Returns true if both sides have agreed on ICE. Otherwise media use the addresses in the descriptions.
  [[nodiscard]] bool is_used() const { return used_; }
  /// Call this if a later description of the peer has no ICE, for example because a B2BUA plays music to this side. The next description restarts ICE (RFC 8839
  /// section 4.4.3.1). `is_other_fork`: the description is from another fork of the call; then a fork with ICE can still answer the present credentials.
  void stop(bool is_other_fork);
  /// Returns true while ICE looks for a path.
  [[nodiscard]] bool is_busy() const { return used_ && agent_->state() == rtp::IceState::Running; }
  /// Replaces the peer's addresses in `plan` by those of the ICE path. Without a path, clears them, so that the leg sends nothing.
  [[nodiscard]] media::MediaPlan along_path(media::MediaPlan plan) const;
  /// Returns the path of a socket's packets; nullopt if there is none.
  [[nodiscard]] const std::optional<rtp::IcePath>& path(media::Channel channel) const { return channel == media::Channel::Rtcp ? rtcp_path_ : rtp_path_; }
  /// Returns true if an authenticated STUN message of the peer came to `from.base` from `from.to`.
  [[nodiscard]] bool has_heard(const rtp::IcePath& from) const { return agent_->has_heard(from.base, from.to); }
  /// Returns this side's address on the path, as the peer sees it; nullopt without a path. Later descriptions have this address in c= and m=:
  /// RFC 8839 section 4.4.1.2.
  [[nodiscard]] std::optional<base::SocketAddress> present_address(media::Channel channel) const;
  /// Returns the types of both candidates of the path for the record, such as "host to prflx"; "" without a path.
  [[nodiscard]] std::string route() const;

 private:
  bool follow_paths(base::TimePoint now);
  void add_remote(const sdp::IceDescription& theirs, base::TimePoint now);

  base::SystemRandom random_;
  base::SocketAddress local_;
  std::unique_ptr<rtp::IceAgent> agent_;
  std::optional<rtp::IcePath> rtp_path_, rtcp_path_;
  rtp::ProvenSources proven_{};
  rtp::IceCredentials peer_;
  std::optional<sdp::IceDescription> trickled_;   // the peer's latest trickled candidates, which include the earlier ones (RFC 8840 section 4.4)
  bool trickles_;
  bool used_ = false, is_muxed_ = false;
  bool restarts_ = false;   // true after restart(), until the peer answers
};

}  // namespace offhook::inline v0::phone
