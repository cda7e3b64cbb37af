#pragma once

#include <offhook/base/time.hpp>
#include <offhook/sip/message/message.hpp>

#include <chrono>
#include <optional>

namespace offhook::inline v0::sip::session {

/// Our REFER within a call, and the one subscription that it makes: RFC 3515 section 2.4. One at a time. Each call that takes
/// something in returns the final status once it is known; the transfer is then over.
class Transfer {
 public:
  static constexpr base::Duration kLimit = std::chrono::seconds(180);  ///< For the other one to pick up; then 408.

  void start(base::TimePoint now) { give_up_at_ = now + kLimit; }
  void stop() { give_up_at_.reset(); }
  [[nodiscard]] bool pending() const { return give_up_at_.has_value(); }

  /// A 2xx that grants `Refer-Sub: false` ends it with its own status: nothing more will be told (RFC 4488 section 4).
  [[nodiscard]] std::optional<int> on_response(const Message& response);
  [[nodiscard]] std::optional<int> on_failure(int status) { return end(status); }
  /// A NOTIFY whose Event is `refer`; its body is the status line of what the transferee met.
  [[nodiscard]] std::optional<int> on_notify(const Message& notify);
  [[nodiscard]] std::optional<int> on_time(base::TimePoint now);
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const { return give_up_at_; }

 private:
  [[nodiscard]] std::optional<int> end(int status);
  std::optional<base::TimePoint> give_up_at_;
};

/// True when its Event is of the package `refer`.
[[nodiscard]] bool is_of_refer(const Message& request);
/// True for a NOTIFY of the event package `refer`.
[[nodiscard]] bool is_refer_notify(const Message& request);

}  // namespace offhook::inline v0::sip::session
