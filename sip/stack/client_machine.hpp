#pragma once

#include <offhook/sip/message/method.hpp>
#include <offhook/sip/transaction/invite_client.hpp>
#include <offhook/sip/transaction/non_invite_client.hpp>

#include <optional>
#include <utility>
#include <variant>

namespace offhook::inline v0::sip {

/// The client transaction of one request of ours, for INVITE and for other methods: RFC 3261 sections 17.1.1 and 17.1.2.
class ClientMachine {
 public:
  /// Transmits the request.
  void start(Method method, transaction::Timers timers, Transport transport, base::TimePoint now, transaction::Actions& out) {
    if (method == Method::Invite)
      machine_.emplace<transaction::InviteClient>(timers, transport, now, out);
    else
      machine_.emplace<transaction::NonInviteClient>(timers, transport, now, out);
  }
  [[nodiscard]] bool is_started() const { return machine_.index() != 0; }
  [[nodiscard]] bool is_invite() const { return std::holds_alternative<transaction::InviteClient>(machine_); }

  void on_response(int status, base::TimePoint now, transaction::Actions& out) {
    with([&](auto& machine) { machine.on_response(status, now, out); });
  }
  void on_transport_error(base::TimePoint now, transaction::Actions& out) {
    with([&](auto& machine) { machine.on_transport_error(now, out); });
  }
  void on_time(base::TimePoint now, transaction::Actions& out) {
    with([&](auto& machine) { machine.on_time(now, out); });
  }
  /// Calls InviteClient::on_cancelled() for an INVITE. Does nothing for other requests.
  void on_cancelled(base::TimePoint now) {
    if (auto* invite = std::get_if<transaction::InviteClient>(&machine_)) invite->on_cancelled(now);
  }
  void stop_resending() {
    with([](auto& machine) { machine.stop_resending(); });
  }
  void resume_resending(base::TimePoint now) {
    with([&](auto& machine) { machine.resume_resending(now); });
  }
  [[nodiscard]] std::optional<base::TimePoint> next_deadline() const {
    std::optional<base::TimePoint> due;
    with([&](const auto& machine) { due = machine.next_deadline(); });
    return due;
  }
  [[nodiscard]] bool is_consistent() const {
    bool consistent = true;
    with([&](const auto& machine) { consistent = machine.is_consistent(); });
    return consistent;
  }

 private:
  template <class Do>
  void with(Do what) {
    if (auto* invite = std::get_if<transaction::InviteClient>(&machine_)) what(*invite);
    if (auto* other = std::get_if<transaction::NonInviteClient>(&machine_)) what(*other);
  }
  template <class Do>
  void with(Do what) const {
    if (const auto* invite = std::get_if<transaction::InviteClient>(&machine_)) what(*invite);
    if (const auto* other = std::get_if<transaction::NonInviteClient>(&machine_)) what(*other);
  }

  std::variant<std::monostate, transaction::InviteClient, transaction::NonInviteClient> machine_;
};

}  // namespace offhook::inline v0::sip
