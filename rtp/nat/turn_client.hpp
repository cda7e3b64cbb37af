#pragma once

#include <offhook/base/bytes.hpp>
#include <offhook/base/random.hpp>
#include <offhook/base/result.hpp>
#include <offhook/base/socket_address.hpp>
#include <offhook/base/time.hpp>
#include <offhook/rtp/nat/long_term_credential.hpp>
#include <offhook/rtp/nat/stun_message.hpp>
#include <offhook/rtp/nat/stun_redirections.hpp>
#include <offhook/rtp/nat/stun_transaction.hpp>
#include <offhook/rtp/nat/turn_channels.hpp>
#include <offhook/rtp/nat/turn_peers.hpp>
#include <offhook/rtp/nat/turn_types.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

namespace offhook::inline v0::rtp {

/// Client side of one allocation at a TURN server: RFC 8656 sections 7 to 12. Pure: no I/O, no clock. It allocates, so do not use it on a media worker.
///
/// The owner sends what poll_transmit() returns. It passes each message of the server (over a stream, each message from a TurnFramer) to
/// TurnChannels::unwrap() first and, if that returns NotData, to on_message(). TurnChannels also wraps the datagrams to the peers. When poll_channels()
/// returns a value, the owner gives this copy to the thread that wraps and unwraps. Over UDP, an indication every kKeepAlive keeps the NAT's binding.
class TurnClient {
 public:
  enum class State : std::uint8_t { Idle, Allocating, Redirected, Allocated, Releasing };

  static constexpr std::size_t kMaxPending = 10;                     ///< pending requests at a time: RFC 8489 section 6.2
  /// An answer with a lifetime below kMinLifetime is a BadAnswer. The client treats a lifetime above kMaxLifetime as kMaxLifetime.
  static constexpr std::chrono::seconds kMinLifetime{10}, kMaxLifetime{3600};
  static constexpr base::Duration kKeepAlive = std::chrono::seconds(20);
  static constexpr base::Duration kRetry = std::chrono::seconds(5);  ///< wait before the client repeats a failed refresh of the allocation

  TurnClient(TurnOptions options, StunCredential credential, base::Random& random);

  /// Requests an allocation, if there is none. Over TCP and TLS, call it when the connection is up.
  void start(base::TimePoint now);
  /// permit() requests a permission for the peer's IP address; bind() requests a permission and a channel. The client refreshes both until forget(). Errors:
  /// all of TurnPeerError.
  [[nodiscard]] base::Result<void, TurnPeerError> permit(const base::SocketAddress& peer, base::TimePoint now);
  [[nodiscard]] base::Result<void, TurnPeerError> bind(const base::SocketAddress& peer, base::TimePoint now);
  /// Ends the permission and the channels of this address at once on this side, and stops their refreshes, so that they expire on the server.
  void forget(const base::IpAddress& peer, base::TimePoint now);
  /// Deletes the allocation on the server: RFC 8656 section 8.1. Released follows.
  void release(base::TimePoint now);

  void on_message(base::Bytes message, const base::SocketAddress& from, base::TimePoint now);
  void on_disconnected();
  void on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] std::optional<turn::Transmit> poll_transmit();
  [[nodiscard]] std::optional<turn::Event> poll_event();
  /// Returns channels() if it has changed since the last call.
  [[nodiscard]] std::optional<TurnChannels> poll_channels();

  [[nodiscard]] const TurnChannels& channels() const { return channels_; }
  [[nodiscard]] const base::SocketAddress& server() const { return options_.server; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Request {
    StunMethod method = StunMethod::Allocate;
    TurnPeers::Request peer{};     // only for CreatePermission and ChannelBind
    bool has_new_nonce = false;    // true for the repetition after a 438
  };
  struct Pending {
    StunTransaction transaction;
    Request request;
    bool is_signed = false;          // true if the request has the credential
    bool has_forged_answer = false;  // true if an answer without the server's signature came
  };
  struct Failure {
    TurnFailure why = TurnFailure::NoAnswer;
    int code = 0;
    std::string_view reason;
  };

  enum class Verdict : std::uint8_t { Ignored, Genuine, Forged };

  void send(const Request& request, base::TimePoint now);
  void add_attributes(StunWriter& writer, const Request& request) const;
  void add_families(StunWriter& writer) const;
  void send_due(base::TimePoint now);

  [[nodiscard]] Verdict verdict_of(const Pending& pending, const StunMessage& answer) const;
  void on_answer(const Pending& pending, const StunMessage& answer, base::TimePoint now);
  void on_challenge(const Pending& pending, const StunMessage& answer, int code, base::TimePoint now);
  void on_redirect(const StunMessage& answer, const Failure& failure, base::TimePoint now);
  void on_success(const Request& request, const StunMessage& answer, base::TimePoint now);
  void on_allocated(const StunMessage& answer, base::TimePoint now);
  void on_refreshed(std::chrono::seconds lifetime, base::TimePoint now);
  void on_failure(const Request& request, const Failure& failure, base::TimePoint now);
  void on_refresh_failure(const Failure& failure, base::TimePoint now);
  void on_peer_failure(const Request& request, const Failure& failure, base::TimePoint now);

  void enter(State next);
  void give_back(base::TimePoint now);
  void lose(const Failure& failure);
  void update_channels(base::TimePoint now);
  [[nodiscard]] bool has_pending(StunMethod method) const;

  TurnOptions options_;                          // `server` changes with each redirection
  LongTermCredential credential_;
  base::Random& random_;
  State state_ = State::Idle;
  std::vector<Pending> pending_;                 // at most kMaxPending
  StunRedirections redirections_;
  TurnPeers peers_;
  bool relays_v4_ = false, relays_v6_ = false;
  std::optional<base::TimePoint> refresh_at_;    // nullopt while a Refresh is pending
  base::TimePoint expire_at_{};
  std::optional<base::TimePoint> keep_alive_at_;
  std::array<std::uint8_t, kStunHeaderOctets> keep_alive_{};
  bool keep_alive_is_due_ = false, channels_changed_ = false;
  TurnChannels channels_;
  std::deque<turn::Event> events_;
};

}  // namespace offhook::inline v0::rtp
