#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>
#include <offhook/sip/session/session_timer_options.hpp>
#include <offhook/sip/stack/events.hpp>

#include <cstdint>
#include <optional>

namespace offhook::inline v0::sip::session {

/// The session timer of one dialog, in both roles and with either refresher: RFC 4028. It knows what INVITE and UPDATE and their
/// 2xx say about it, and when to refresh or to give up; how a refresh travels is its owner's matter.
class SessionTimer {
 public:
  static constexpr std::uint32_t kLeastMinSe = 90;  ///< RFC 4028 section 5
  /// Deviation: a shorter interval than this counts as this one. No peer that means well asks for one, and nobody shall make us
  /// send requests at a rate of his choosing (RFC 4028 section 11).
  static constexpr std::uint32_t kShortest = 64;
  static constexpr int kMaxTooSmall = 4;  ///< 422 in a row that we follow; each must ask for more than the last.
  static constexpr int kMaxRetries = 3;   ///< Of a refresh that was refused: RFC 4028 section 10.

  enum class Due : std::uint8_t { Nothing, Refresh, Expired };
  enum class Refresher : std::uint8_t { Us, Them };

  /// What a request that refreshes a session says about its timer.
  struct Asked {
    bool supports = false;
    std::optional<SessionExpires> expires;  ///< One that cannot be read counts as none.
    std::uint32_t min_se = 0;
  };
  [[nodiscard]] static Asked asked_by(const Message& request);
  /// The Min-SE of the 422 that is due to it; nothing: it can be accepted. Who does not know the timer cannot be refused because
  /// of it: RFC 4028 section 9.
  [[nodiscard]] static std::optional<std::uint32_t> too_short(const SessionTimerOptions& options, const Asked& asked);

  explicit SessionTimer(const SessionTimerOptions& options);

  // Our request, an INVITE or UPDATE.
  void write_request(HeaderList& headers);
  void on_accepted(const Message& ok, base::TimePoint now);
  /// 422: true when the request shall be sent again at once.
  [[nodiscard]] bool on_too_small(const Message& response);
  /// The dialog stands: what was asked of us before it counts no more (RFC 4028 section 7.4).
  void on_established() { min_se_ = 0; }
  /// Another refusal of a refresh, which is tried again before the session expires, after `retry_after` seconds where the peer
  /// said so (RFC 3261 section 20.33); a peer without session timers has shown with it that it is there, unless a proxy may
  /// have said it in its place.
  void on_refused(int status, base::TimePoint now, std::optional<std::uint32_t> retry_after = std::nullopt);
  /// Something else is under way in the dialog. Nothing when there is nothing to refresh any more.
  void postpone(base::TimePoint now);

  // Theirs.
  [[nodiscard]] std::optional<std::uint32_t> too_short(const Asked& asked) const { return too_short(options_, asked); }
  /// Our 2xx goes out now.
  void accept(const Asked& asked, base::TimePoint now, HeaderList& headers);

  [[nodiscard]] Due on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const;
  void stop();

  [[nodiscard]] bool is_on() const { return gives_up_at_.has_value(); }
  [[nodiscard]] Refresher refresher() const { return refresher_; }
  [[nodiscard]] std::uint32_t interval() const { return interval_; }
  /// It is ours to refresh the session.
  [[nodiscard]] bool is_ours() const { return is_on() && refresher_ == Refresher::Us; }
  [[nodiscard]] bool is_consistent() const { return !refresh_at_ || is_ours(); }

 private:
  static constexpr base::Duration kPostponement = std::chrono::seconds(2);
  static constexpr base::Duration kTimeForAnswer = std::chrono::seconds(32);  // 64 * T1

  /// What a proxy says in the place of a peer that it cannot reach.
  [[nodiscard]] static bool is_of_a_proxy(int status) { return status >= 502 && status <= 504; }
  [[nodiscard]] bool is_off() const { return options_.use == SessionTimerOptions::Use::Off; }
  void start(std::uint32_t seconds, Refresher refresher, base::TimePoint now);

  SessionTimerOptions options_;
  std::uint32_t interval_ = 0;   // As agreed; 0 before the first 2xx that set one.
  std::uint32_t min_se_ = 0;     // The largest that was asked of us.
  std::uint32_t asked_for_ = 0;  // In our last request.
  int too_small_ = 0, refused_ = 0;
  bool insisted_ = false;        // By a 422: whoever sent it will not let the call pass without.
  bool alone_ = false;           // The peer knows no session timers; we refresh for our own sake.
  Refresher refresher_ = Refresher::Us;
  std::optional<base::TimePoint> refresh_at_, gives_up_at_;
};

}  // namespace offhook::inline v0::sip::session
