#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/model/events.hpp>
#include <offhook/sip/session/session_timer_options.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::session {

/// The session timer of one dialog, in both roles and with either refresher: RFC 4028. Reads and writes the timer fields of
/// INVITE, UPDATE and their 2xx, and decides when to refresh or to give up. Its owner sends the refreshes.
class SessionTimer {
 public:
  static constexpr std::uint32_t kLeastMinSe = 90;  ///< RFC 4028 section 5
  /// Deviation: a shorter interval counts as this one. No correct peer requests a shorter one, and no peer may choose the rate at
  /// which we send requests (RFC 4028 section 11).
  static constexpr std::uint32_t kShortest = 64;
  static constexpr int kMaxTooSmall = 4;  ///< consecutive 422 responses to follow; each must request a longer interval than the last
  static constexpr int kMaxRetries = 3;   ///< retries of a refused refresh: RFC 4028 section 10

  enum class Due : std::uint8_t { Nothing, Refresh, Expired };
  enum class Refresher : std::uint8_t { Us, Them };

  /// The timer fields of a request that refreshes a session.
  struct Asked {
    bool supports = false;
    std::optional<SessionExpires> expires;  ///< nullopt: missing or malformed
    std::uint32_t min_se = 0;
  };
  [[nodiscard]] static Asked asked_by(const Message& request);
  /// Returns the Min-SE of the 422 for the request, or nullopt if the request is acceptable. A request is always acceptable if its
  /// sender does not support timers (RFC 4028 section 9).
  [[nodiscard]] static std::optional<std::uint32_t> too_short(const SessionTimerOptions& options, const Asked& asked);

  explicit SessionTimer(const SessionTimerOptions& options);

  // For our INVITE or UPDATE.
  void write_request(HeaderList& headers);
  void on_accepted(const Message& ok, base::TimePoint now);
  /// Processes a 422. Returns true if the request must be sent again at once.
  [[nodiscard]] bool on_too_small(const Message& response);
  /// Call this when the dialog is established. Forgets the Min-SE values that came before (RFC 4028 section 7.4).
  void on_established() { min_se_ = 0; }
  /// Processes a refusal of a refresh, other than 422. Plans a retry before the session expires, after `retry_after` seconds if the peer
  /// sent Retry-After (RFC 3261 section 20.33). If the peer does not support session timers, a refusal shows that the peer is alive,
  /// unless a proxy may have sent the refusal.
  void on_refused(int status, base::TimePoint now, std::optional<std::uint32_t> retry_after = std::nullopt);
  /// Delays the refresh, because another exchange in the dialog is pending. Does nothing if no refresh is due.
  void postpone(base::TimePoint now);

  // For the peer's request.
  [[nodiscard]] std::optional<std::uint32_t> too_short(const Asked& asked) const { return too_short(options_, asked); }
  /// Call this before our 2xx is sent. Starts the timer, and appends its fields to the `headers` of the 2xx.
  void accept(const Asked& asked, base::TimePoint now, HeaderList& headers);

  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  void stop();

  [[nodiscard]] bool is_on() const { return gives_up_at_.has_value(); }
  [[nodiscard]] Refresher refresher() const { return refresher_; }
  [[nodiscard]] std::uint32_t interval() const { return interval_; }
  /// Returns true if we refresh the session.
  [[nodiscard]] bool is_ours() const { return is_on() && refresher_ == Refresher::Us; }
  [[nodiscard]] bool is_consistent() const { return !refresh_at_ || is_ours(); }

 private:
  static constexpr base::Duration kPostponement = std::chrono::seconds(2);
  static constexpr base::Duration kTimeForAnswer = std::chrono::seconds(32);  // 64 * T1

  /// Returns true for a status that a proxy sends for a peer that it cannot reach.
  [[nodiscard]] static bool is_of_a_proxy(int status) { return status >= 502 && status <= 504; }
  [[nodiscard]] bool is_off() const { return options_.use == SessionTimerOptions::Use::Off; }
  void start(std::uint32_t seconds, Refresher refresher, base::TimePoint now);

  SessionTimerOptions options_;
  std::uint32_t interval_ = 0;   // Agreed interval in seconds; 0 before the first 2xx that set one.
  std::uint32_t min_se_ = 0;     // The largest Min-SE that we received.
  std::uint32_t asked_for_ = 0;  // Session-Expires of our last request; 0 if it had none.
  int too_small_ = 0, refused_ = 0;
  bool insisted_ = false;        // A 422 arrived: a proxy or the peer requires the timer.
  bool alone_ = false;           // The peer does not support session timers; we refresh for our own benefit.
  Refresher refresher_ = Refresher::Us;
  std::optional<base::TimePoint> refresh_at_, gives_up_at_;
};

}  // namespace offhook::inline v0::sip::session
