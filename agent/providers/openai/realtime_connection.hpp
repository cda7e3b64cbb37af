#pragma once

#include <offhook/agent/providers/openai/realtime_wire.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr base::Duration kOpenWithin = std::chrono::seconds(5);        ///< limit for TCP, TLS, handshake and session.created
inline constexpr base::Duration kConfigureWithin = std::chrono::seconds(5);   ///< limit from session.update to session.updated
inline constexpr base::Duration kRenewFrom = std::chrono::minutes(50);        ///< age for a renewal in a quiet moment; a session ends after 60 minutes
inline constexpr base::Duration kRenewAt = std::chrono::minutes(55);          ///< age from which a session is renewed even without a quiet moment
inline constexpr base::Duration kRenewRetry = std::chrono::seconds(30);       ///< wait after the failure of a second socket
inline constexpr base::Duration kSettled = std::chrono::seconds(30);          ///< after this time, a socket resets the count of reconnections
inline constexpr base::Duration kLongestBackOff = std::chrono::seconds(10);   ///< if the server requires a longer wait, the connection is given up
inline constexpr unsigned kMaxReconnects = 3;                                 ///< most reconnections in a row

/// Manages the socket of the conversation. Opens it, waits for its session, and opens another one when it breaks. Opens a second
/// socket before the session reaches its maximum age. Does not read the frames of the conversation. Pure.
class RealtimeConnection {
 public:
  enum class Phase : std::uint8_t { Idle, Opening, AwaitingSession, Configuring, Ready, BackingOff, GivenUp };
  /// The action that the owner must take.
  enum class Change : std::uint8_t {
    None,
    Configure,   ///< send session.update on the socket that the event is about
    Ready,       ///< use current() from now on
    NextReady,   ///< a second socket waits for switch_over()
    Lost,        ///< current() is lost: read lost(), then call recover()
    GivenUp,     ///< no attempt is left: fail all requests; only want() opens another socket
  };

  RealtimeConnection(Wire& wire, RealtimeCounters& counters) : wire_(wire), counters_(counters) {}
  RealtimeConnection(const RealtimeConnection&) = delete;
  RealtimeConnection& operator=(const RealtimeConnection&) = delete;

  void start(base::TimePoint now) { open_current(now); }
  [[nodiscard]] Change on_open(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_session_created(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_session_updated(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_closed(std::uint32_t socket, const Fault& fault, base::TimePoint now);
  /// Closes an open socket because of `fault`, for example when the server sends unreadable frames.
  [[nodiscard]] Change drop(std::uint32_t socket, const Fault& fault, base::TimePoint now);
  /// Recovers after Lost: uses the second socket, opens a new one now or later, or gives up.
  [[nodiscard]] Change recover(base::TimePoint now);
  /// Call this when a session is needed. If the connection was given up, tries once more. Returns false if that would be useless.
  [[nodiscard]] bool want(base::TimePoint now);

  /// Opens the second socket when it is due.
  void renew_if_due(bool quiet, base::TimePoint now);
  [[nodiscard]] bool next_is_ready() const { return next_ && next_->phase == Phase::Ready; }
  /// Makes the second socket current(), and closes the first one.
  void switch_over(base::TimePoint now);
  void close();

  [[nodiscard]] Change on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;

  [[nodiscard]] Phase phase() const;
  [[nodiscard]] bool renewing() const { return next_.has_value(); }
  [[nodiscard]] std::uint32_t current() const { return current_ ? current_->socket : 0; }
  [[nodiscard]] bool knows(std::uint32_t socket) const { return (current_ && current_->socket == socket) || (next_ && next_->socket == socket); }
  [[nodiscard]] bool is_configuring(std::uint32_t socket) const;
  [[nodiscard]] const Fault& lost() const { return lost_; }
  [[nodiscard]] bool is_consistent() const;

 private:
  struct Link {
    std::uint32_t socket = 0;
    Phase phase = Phase::Opening;  // Opening, AwaitingSession, Configuring or Ready
    std::optional<base::TimePoint> deadline;
    base::TimePoint ready_at{};
  };
  [[nodiscard]] Link* find(std::uint32_t socket);
  [[nodiscard]] Link open_link(base::TimePoint now);
  void open_current(base::TimePoint now);
  [[nodiscard]] Change lose(std::uint32_t socket, const Fault& fault, base::TimePoint now);
  [[nodiscard]] Change give_up();
  [[nodiscard]] std::optional<base::Duration> back_off() const;

  Wire& wire_;
  RealtimeCounters& counters_;
  std::optional<Link> current_, next_;
  std::optional<base::TimePoint> reopen_at_;    // time of the next reconnection; set only while there is no current_
  std::optional<base::TimePoint> renew_not_before_;
  std::optional<base::TimePoint> refused_until_;  // the server refuses connections until then
  unsigned attempts_ = 0;
  std::uint32_t last_socket_ = 0;
  bool given_up_ = false, fatal_ = false;
  bool looked_for_quiet_ = false;  // true: current() is older than kRenewFrom
  Fault lost_;
};

}  // namespace offhook::inline v0::agent::openai::realtime
