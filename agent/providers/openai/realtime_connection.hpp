#pragma once

#include <offhook/agent/providers/openai/realtime_wire.hpp>
#include <offhook/base/time.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::agent::openai::realtime {

inline constexpr base::Duration kOpenWithin = std::chrono::seconds(5);        ///< TCP, TLS, handshake and session.created
inline constexpr base::Duration kConfigureWithin = std::chrono::seconds(5);   ///< session.update to session.updated
inline constexpr base::Duration kRenewFrom = std::chrono::minutes(50);        ///< of the 60 that a session lasts: in a quiet moment
inline constexpr base::Duration kRenewAt = std::chrono::minutes(55);          ///< and from then on at any
inline constexpr base::Duration kRenewRetry = std::chrono::seconds(30);       ///< after a second socket that came to nothing
inline constexpr base::Duration kSettled = std::chrono::seconds(30);          ///< a socket that lived so long was a good one
inline constexpr base::Duration kLongestBackOff = std::chrono::seconds(10);   ///< a server that wants more is given up
inline constexpr unsigned kMaxReconnects = 3;                                 ///< in a row

/// Which socket the conversation is on: opens it, waits for its session, opens another when it breaks, and a second one beside it
/// before its hour is over. Knows nothing of what is said. Pure.
class RealtimeConnection {
 public:
  enum class Phase : std::uint8_t { Idle, Opening, AwaitingSession, Configuring, Ready, BackingOff, GivenUp };
  /// What the owner has to do.
  enum class Change : std::uint8_t {
    None,
    Configure,   ///< send session.update on the socket that the call was about
    Ready,       ///< current() is to be used from now on
    NextReady,   ///< a second one waits for switch_over()
    Lost,        ///< current() is no more: see lost(), then recover()
    GivenUp,     ///< nothing more happens unless somebody wants it
  };

  RealtimeConnection(Wire& wire, RealtimeCounters& counters) : wire_(wire), counters_(counters) {}
  RealtimeConnection(const RealtimeConnection&) = delete;
  RealtimeConnection& operator=(const RealtimeConnection&) = delete;

  void start(base::TimePoint now) { open_current(now); }
  [[nodiscard]] Change on_open(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_session_created(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_session_updated(std::uint32_t socket, base::TimePoint now);
  [[nodiscard]] Change on_closed(std::uint32_t socket, const Fault& fault, base::TimePoint now);
  /// The socket is of no more use, although it is open.
  [[nodiscard]] Change drop(std::uint32_t socket, const Fault& fault, base::TimePoint now);
  /// After Lost: the second socket, a new one, one later, or none.
  [[nodiscard]] Change recover(base::TimePoint now);
  /// Somebody needs a session: one more try when none was left. False when that would be in vain.
  [[nodiscard]] bool want(base::TimePoint now);

  /// Opens the second socket when it is time for it.
  void renew_if_due(bool quiet, base::TimePoint now);
  [[nodiscard]] bool next_is_ready() const { return next_ && next_->phase == Phase::Ready; }
  /// The second socket becomes current(), the first is closed.
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
  std::optional<base::TimePoint> reopen_at_;    // while there is no current_
  std::optional<base::TimePoint> renew_not_before_;
  std::optional<base::TimePoint> refused_until_;  // the server said when to come back
  unsigned attempts_ = 0;
  std::uint32_t last_socket_ = 0;
  bool given_up_ = false, fatal_ = false;
  bool looked_for_quiet_ = false;  // since current() is as old as kRenewFrom
  Fault lost_;
};

}  // namespace offhook::inline v0::agent::openai::realtime
