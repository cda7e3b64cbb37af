#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::sip::session {

/// Our REFER within a call, and the one subscription that it creates: RFC 3515 section 2.4. Handles one REFER at a time. Each
/// function that processes an event returns the final status once it is known; the transfer is then over.
class Transfer {
 public:
  static constexpr base::Duration kLimit = std::chrono::seconds(180);  ///< time for the transfer target to answer; then the status is 408

  void start(base::TimePoint now) {
    give_up_at_ = now + kLimit;
    accepted_ = false;
  }
  void stop() { give_up_at_.reset(); }
  [[nodiscard]] bool pending() const { return give_up_at_.has_value(); }
  /// Returns true when the peer has accepted the last REFER, as a 2xx or a NOTIFY shows. A NOTIFY may come before the 2xx.
  [[nodiscard]] bool accepted() const { return accepted_; }

  /// A 2xx with `Refer-Sub: false` ends the transfer with its own status, because no notification will follow
  /// (RFC 4488 section 4).
  [[nodiscard]] std::optional<int> on_response(const Message& response);
  [[nodiscard]] std::optional<int> on_failure(int status) { return end(status); }
  /// Processes a NOTIFY whose Event is `refer`. Its body is the status line of the response that the transferee received.
  [[nodiscard]] std::optional<int> on_notify(const Message& notify);
  [[nodiscard]] std::optional<int> on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return give_up_at_; }

 private:
  [[nodiscard]] std::optional<int> end(int status);
  std::optional<base::TimePoint> give_up_at_;
  bool accepted_ = false;
};

/// Returns true if the Event field names the package `refer`.
[[nodiscard]] bool is_of_refer(const Message& request);
/// Returns true for a NOTIFY of the event package `refer`.
[[nodiscard]] bool is_refer_notify(const Message& request);

}  // namespace offhook::inline v0::sip::session
